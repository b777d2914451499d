"""How much one column alone tells about another, whether the two are related by a line or not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Values = npt.NDArray[Any]  # shape (rows,): numbers (NaN where missing) or texts (None)

MOSTLY = 0.5  # the share of rows that must tell a number before it can give another away
FEWEST = 10


def truth_of(values: Values, *, classes: bool) -> Floats:
    """What is to be guessed: the rank of a number, or a mark for each class; (rows, parts)."""
    if classes:
        _, place, count = np.unique(values, return_inverse=True, return_counts=True)
        return np.eye(len(count))[place]
    return _ranks(values)[:, None]


def gives_away(column: Values, truth: Floats) -> float:
    """The share of the truth's variance, up to 1, that a column explains if it gives it away.

    A text, or a number for a class, does so if rows with the same value, or the nearest ones, have
    the same truth. A number does so for a number if the two rise or fall together: in a table in
    the order of time, neighbours are alike without any giving the other away.
    """
    if truth.shape[1] > 1 or column.dtype.kind != "f":
        return _explained(_by_value(column, truth), truth)
    told = ~np.isnan(column)
    if told.mean() < MOSTLY or np.ptp(column[told]) == 0:
        return 0.0
    return float(np.corrcoef(_ranks(column[told]), truth[told, 0])[0, 1] ** 2)


def relates(column: Values, truth: Floats) -> float:
    """The share of the truth's variance that rows with much the same value explain."""
    if column.dtype.kind != "f":
        return _explained(_by_value(column, truth), truth)
    told = ~np.isnan(column)
    if told.sum() < FEWEST:
        return 0.0
    guess = _by_order(column[told], truth[told], reach=max(1, int(told.sum()) // 40))
    return _explained(guess, truth[told]) * float(told.mean())


def _ranks(values: Values) -> Floats:
    """Equal numbers share the middle of their places."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[place], dtype=np.float64)


def _explained(guess: Floats, truth: Floats) -> float:
    spread = float(((truth - truth.mean(axis=0)) ** 2).sum())
    return 1 - float(((truth - guess) ** 2).sum()) / spread if spread else 0.0


def _by_value(column: Values, truth: Floats) -> Floats:
    """The mean of the other rows with the same value; of neighbours for a number of its own."""
    numbers = column.dtype.kind == "f"
    values = column if numbers else column.astype(str)
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    sums = np.zeros((len(count), truth.shape[1]))
    np.add.at(sums, place, truth)
    others = count[place][:, None] - 1
    alone = others == 0
    guess = (sums[place] - truth) / np.where(alone, 1, others)
    instead = _by_order(column, truth, reach=1) if numbers else truth.mean(axis=0)
    return np.where(alone, instead, guess)


def _by_order(column: Floats, truth: Floats, reach: int) -> Floats:
    """The mean of so many rows on either side, in the column's order; equals in a random one."""
    shuffled = np.random.default_rng(0).permutation(len(column))
    order = shuffled[np.argsort(column[shuffled], kind="stable")]
    ordered, rows = truth[order], np.arange(len(truth))
    sums = np.vstack([np.zeros(truth.shape[1]), np.cumsum(ordered, axis=0)])
    first, end = np.maximum(rows - reach, 0), np.minimum(rows + reach + 1, len(truth))
    guess = np.empty_like(truth)
    guess[order] = (sums[end] - sums[first] - ordered) / (end - first - 1)[:, None]
    return guess
