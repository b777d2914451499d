"""A challenger in the shadow: what it would have answered to the questions that were really asked.

It costs the service nothing: `watch` asks it the kept questions afterwards, and compares both where
an outcome has come. Only what was asked since it was put in the shadow counts, as it may have
learned from what came true before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from Task1_database.errors import ConfidenceError
from Task2_model.artifact import SealedModel
from Task2_model.contract import Floats, Rows
from Task2_model.gate import Candidate
from Task2_model.mask_conditional import Block
from Task2_model.monitoring.coverage_test import ALPHA, share_inside
from Task2_model.monitoring.watch_frame import given_of
from Task2_model.versions import in_shadow

FEWEST = 30  # outcomes, to say anything of a difference
TIGHTEST = 500  # outcomes at which the interval is as narrow as it can be made


def challenger_report(models: Path, known: pd.DataFrame) -> dict[str, Any]:
    """The version in the shadow beside what was answered, ready for JSON; empty without one.

    Parameters
    ----------
    models : Path
        models/<dataset>.
    known : DataFrame
        Rows of `watch_frame` that have an outcome, in the order in which those came. Those whose
        values are private cannot be asked again.
    """
    shadow = in_shadow(models)
    if shadow is None:
        return {}
    sealed = SealedModel.open(models / shadow.version)
    asked = known[(known["asked_at"] >= shadow.since) & (known["private_names"] == "[]")]
    replay = Replay(Candidate(sealed), asked)
    both = ~np.isnan(replay.errors)
    served = asked["error"].to_numpy(dtype=np.float64)[both]
    difference = replay.errors[both] - served
    low, high = mean_interval(difference)
    inside = replay.covered[~np.isnan(replay.covered)]
    return {
        "version": shadow.version,
        "since": shadow.since,
        "outcomes": int(both.sum()),
        "error": _mean(served),
        "challenger_error": _mean(replay.errors[both]),
        "difference": {"mean": _mean(difference), "low": low, "high": high},
        "coverage": share_inside(asked["covered"].to_numpy(dtype=np.float64)[both]),
        "challenger_coverage": share_inside(inside),
    }


def mean_interval(values: Floats, alpha: float = ALPHA) -> tuple[float | None, float | None]:
    """Where the mean of `values` (n,) lies, at any n from some dozens on; None with fewer.

    The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
    "Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics
    2024, theorem 2.2: it stays right however often one looks, as the values' normal theory does.
    """
    count = len(values)
    if count < FEWEST:
        return None, None
    log = -2 * math.log(alpha)
    rho = (log + math.log(log + 1)) / TIGHTEST  # squared, equation 11 there
    spread = count * rho + 1
    width = math.sqrt(2 * spread / (count**2 * rho) * math.log(math.sqrt(spread) / alpha))
    mean, width = float(values.mean()), width * float(values.std())
    return mean - width, mean + width


@dataclass
class Replay:
    """What a version answers to rows of `watch_frame`.

    Attributes
    ----------
    errors, covered : float64 arrays, shape (n,)
        As in `watch_frame`; NaN where it knows none of the features, or cannot be as sure.
    """

    candidate: Candidate
    asked: pd.DataFrame

    def __post_init__(self) -> None:
        self.errors, self.covered = (np.full(len(self.asked), np.nan) for _ in range(2))
        rows = self.candidate.rows(given_of(self.asked))
        answerable = ~np.isnan(rows).all(axis=1)
        levels = self.asked["confidence"].to_numpy(dtype=np.float64)
        for level in np.unique(levels[answerable]).tolist():
            self._ask(rows, np.flatnonzero(answerable & (levels == level)), level)

    def _ask(self, rows: Rows, own: np.ndarray[Any, np.dtype[np.intp]], level: float) -> None:
        outcomes = self.asked["outcome"].iloc[own]
        try:
            block = self.candidate.conformal.block(rows[own], confidence=level)
            self.covered[own] = self._is_covered(block, outcomes)
        except ConfidenceError:
            block = self.candidate.conformal.point(rows[own])
        self.errors[own] = self._error(block, outcomes)

    def _error(self, block: Block, outcomes: pd.Series[Any]) -> Floats:
        if self.candidate.contract.task == "regression":
            return np.abs(np.asarray(block["prediction"]) - outcomes.astype(float).to_numpy())
        return np.asarray(block["label"] != self._classes(outcomes), dtype=np.float64)

    def _is_covered(self, block: Block, outcomes: pd.Series[Any]) -> Floats:
        if self.candidate.contract.task == "regression":
            truth = outcomes.astype(float).to_numpy()
            return ((block["lower"] <= truth) & (truth <= block["upper"])).astype(np.float64)
        classes = self._classes(outcomes)
        inside = block["set"][np.arange(len(classes)), classes] & (classes >= 0)
        return np.asarray(inside, dtype=np.float64)

    def _classes(self, outcomes: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.intp]]:
        """The index of each outcome's class; -1 for one that this version does not know."""
        index = {name: i for i, name in enumerate(self.candidate.contract.target.classes)}
        return np.array([index.get(str(outcome), -1) for outcome in outcomes], dtype=np.intp)


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if len(values) else None
