"""How far values moved between two samples, and whether chance could have moved them so far.

The population stability index and the Jensen-Shannon divergence say how far. Two samples of one
population differ, too, the more the smaller they are: then the index is about (1/n + 1/m) times a
chi-square variable (Yurdakul and Naranjo, "Statistical properties of the population stability
index", Journal of Risk Model Validation 2020), which gives the index that chance may reach. Of
many features some would be found moved by chance, so their p-values are adjusted together
(Benjamini and Hochberg, JRSS B 1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc, chdtri

from Task2_model.contract import Floats

BINS = 10
MOST_CATEGORIES = 20
LEVEL = 0.05  # of the false discoveries
FEWEST = 30  # values on either side, to say anything


@dataclass(frozen=True)
class Shift:
    """How far one sample is from another."""

    # population stability index; Jensen-Shannon divergence in bits, 0 to 1
    psi: float
    js: float
    threshold: float  # the index that chance alone exceeds one time in twenty, with as many rows
    p: float  # how often chance alone would move it as far
    # values in each sample
    before: int
    now: int


def numeric_shift(before: Floats, now: Floats) -> Shift | None:
    """The shift of a number, by tenths of its values before; None where values are too few."""
    if min(len(before), len(now)) < FEWEST:
        return None
    edges = np.unique(np.quantile(before, np.linspace(0, 1, BINS + 1)[1:-1]))
    counts = [
        np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
        for values in (before, now)
    ]
    return shift(*counts)


def category_shift(before: npt.NDArray[np.object_], now: npt.NDArray[np.object_]) -> Shift | None:
    """The shift of a category: the most frequent ones before, and all others together."""
    if min(len(before), len(now)) < FEWEST:
        return None
    names, sizes = np.unique(before.astype(str), return_counts=True)
    known = names[np.argsort(-sizes)][:MOST_CATEGORIES].tolist()
    counts = []
    for values in (before.astype(str), now.astype(str)):
        own = [int((values == name).sum()) for name in known]
        counts.append(np.array([*own, len(values) - sum(own)]))
    return shift(*counts)


def shift(before: npt.NDArray[np.intp], now: npt.NDArray[np.intp]) -> Shift:
    """The shift between two counts over the same bins."""
    filled = before + now > 0
    before, now = before[filled], now[filled]
    p, q = ((counts + 0.5) / (counts + 0.5).sum() for counts in (before, now))
    psi = float(((q - p) * np.log(q / p)).sum())
    middle = (p + q) / 2
    js = float((p * np.log2(p / middle) + q * np.log2(q / middle)).sum() / 2)
    scale = 1 / before.sum() + 1 / now.sum()
    degrees = max(len(before) - 1, 1)
    return Shift(
        psi,
        js,
        float(scale * chdtri(degrees, LEVEL)),
        float(chdtrc(degrees, psi / scale)),
        int(before.sum()),
        int(now.sum()),
    )


def discoveries(p_values: Sequence[float], level: float = LEVEL) -> list[bool]:
    """Of several p-values those that are found, at most `level` of them falsely."""
    order = np.argsort(p_values)
    thresholds = level * np.arange(1, len(order) + 1) / max(len(order), 1)
    passed = np.flatnonzero(np.asarray(p_values)[order] <= thresholds)
    discovered = set(order[: passed[-1] + 1].tolist()) if len(passed) else set()
    return [index in discovered for index in range(len(p_values))]
