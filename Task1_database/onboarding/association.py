"""How much of the target one column alone explains, related by a line or not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Values = npt.NDArray[Any]  # shape (rows,): numbers (NaN where missing) or texts (None)

MIN_SHARE = 0.5  # of rows that must have a number before it can give another away
MIN_VALUES = 10


def encode_target(values: Values, *, classes: bool) -> Floats:
    """The target to be explained: the rank of a number, or a mark for each class; (rows, parts)."""
    if classes:
        _, inverse, count = np.unique(values, return_inverse=True, return_counts=True)
        return np.eye(len(count))[inverse]
    return _ranks(values)[:, None]


def leakage_score(column: Values, target: Floats) -> float:
    """The share of the target's variance, up to 1, that a column explains if it gives it away.

    A text, or a number for a class, does so if rows with the same value, or the nearest ones, have
    the same target. A number does so for a number if the two rise or fall together: in a table in
    the order of time, neighbours are alike without any giving the other away.
    """
    if target.shape[1] > 1 or column.dtype.kind != "f":
        return _explained(_mean_by_value(column, target), target)
    given = ~np.isnan(column)
    if given.mean() < MIN_SHARE or np.ptp(column[given]) == 0:
        return 0.0
    return float(np.corrcoef(_ranks(column[given]), target[given, 0])[0, 1] ** 2)


def association(column: Values, target: Floats) -> float:
    """The share of the target's variance that rows with much the same value explain."""
    if column.dtype.kind != "f":
        return _explained(_mean_by_value(column, target), target)
    given = ~np.isnan(column)
    if given.sum() < MIN_VALUES:
        return 0.0
    guess = _mean_by_order(column[given], target[given], reach=max(1, int(given.sum()) // 40))
    return _explained(guess, target[given]) * float(given.mean())


def _ranks(values: Values) -> Floats:
    """Equal numbers share the middle of their ranks."""
    _, inverse, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[inverse], dtype=np.float64)


def _explained(guess: Floats, target: Floats) -> float:
    variation = float(((target - target.mean(axis=0)) ** 2).sum())
    return 1 - float(((target - guess) ** 2).sum()) / variation if variation else 0.0


def _mean_by_value(column: Values, target: Floats) -> Floats:
    """The mean of the other rows with the same value; of neighbours for a number of its own."""
    numbers = column.dtype.kind == "f"
    values = column if numbers else column.astype(str)
    _, inverse, count = np.unique(values, return_inverse=True, return_counts=True)
    sums = np.zeros((len(count), target.shape[1]))
    np.add.at(sums, inverse, target)
    others = count[inverse][:, None] - 1
    single = others == 0
    guess = (sums[inverse] - target) / np.where(single, 1, others)
    instead = _mean_by_order(column, target, reach=1) if numbers else target.mean(axis=0)
    return np.where(single, instead, guess)


def _mean_by_order(column: Floats, target: Floats, reach: int) -> Floats:
    """The mean of so many rows on either side, in the column's order; equals in a random one."""
    shuffled = np.random.default_rng(0).permutation(len(column))
    order = shuffled[np.argsort(column[shuffled], kind="stable")]
    ordered, rows = target[order], np.arange(len(target))
    sums = np.vstack([np.zeros(target.shape[1]), np.cumsum(ordered, axis=0)])
    first, end = np.maximum(rows - reach, 0), np.minimum(rows + reach + 1, len(target))
    guess = np.empty_like(target)
    guess[order] = (sums[end] - sums[first] - ordered) / (end - first - 1)[:, None]
    return guess
