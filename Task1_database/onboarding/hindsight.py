"""Columns that may be known only once the target is: what makes it up, and what comes after it.

A model that learns from them looks excellent, and has nothing to go by when it is asked. That the
difference or the sum of two columns is the target, the rows show; the rest can only be asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from Task1_database.onboarding.association import Floats, Values
from Task1_database.onboarding.names import safe_name
from Task1_database.onboarding.source_column import SourceColumn

TOLERANCE = 0.005  # of the target's interquartile range: so near is equal
MIN_EQUAL = 0.5  # of the rows; clock times such as 1805 subtract right within the hour only
MIN_EQUAL_OF_FEW = 0.95  # where the target has so few values that chance makes many equal
FEW_VALUES = 30
MAX_ROWS = 2_000
MAX_CELLS = 40_000_000  # compared in all
UNITS_OF_A_DAY = (1, 24, 1_440, 86_400)
LATE = re.compile(
    r"actual|after(wards)?|arr(ival|ived)?|cancell?ed|closed|completed|discharged?|dropoff|ended"
    r"|final|outcome|paid|post|recover(ed|ies|y)|refund(ed)?|resol(ution|ved)|result|returned"
    r"|settled"
)
EARLY = re.compile(r"crs|expected|planned|predicted|previous|prior|sched(uled)?")


def sounds_late(column: SourceColumn) -> bool:
    """Whether a column is called like something that comes after the fact, as arr_time is."""
    words = safe_name(column.label).split("_")
    return any(map(LATE.fullmatch, words)) and not any(map(EARLY.fullmatch, words))


def parts_of(
    target: Floats, columns: Sequence[SourceColumn], values: Sequence[Values], label: str
) -> dict[int, str]:
    """Columns that make up a number (rows,) with another one, by index, each with how.

    Where the target is the sum of two, both do; where it is a difference, what is subtracted from.
    """
    spread = float(np.subtract(*np.percentile(target, [75, 25])))
    if not spread:
        return {}
    names, matrix = _numbers(columns, values)
    if not names:
        return {}
    rows = np.random.default_rng(0).permutation(len(target))
    rows = rows[: max(200, min(MAX_ROWS, MAX_CELLS // max(1, len(names)) ** 2))]
    few = len(np.unique(target)) <= FEW_VALUES
    parts: dict[int, str] = {}
    for one, other, sign, share in _equal(target[rows], matrix[:, rows], TOLERANCE * spread):
        if share < (MIN_EQUAL_OF_FEW if few else MIN_EQUAL) or names[one] is names[other]:
            continue
        verb = "less" if sign < 0 else "plus"
        how = f"{names[one].label} {verb} {names[other].label} is {label}"
        how += "" if share == 1 else f" in {100 * share:.0f} % of the rows"
        for column in names[one : one + 1] if sign < 0 else (names[one], names[other]):
            parts.setdefault(column.index, f"{how}: is it known before {label} is?")
    return parts


def _numbers(
    columns: Sequence[SourceColumn], values: Sequence[Values]
) -> tuple[list[SourceColumn], Floats]:
    """The columns that can be subtracted, shape (columns, rows); days in smaller units, too."""
    units = {
        column.index: UNITS_OF_A_DAY if column.kind == "moment" else (1,) for column in columns
    }
    kept = [
        (column, array * unit)
        for column, array in zip(columns, values, strict=True)
        if array.dtype.kind == "f"
        for unit in units[column.index]
    ]
    return [column for column, _ in kept], np.array([array for _, array in kept])


def _equal(
    target: Floats, matrix: Floats, tolerance: float
) -> Iterator[tuple[int, int, int, float]]:
    """Pairs of rows of a matrix, the sign of the second, the share where they make the target."""
    for one, first in enumerate(matrix):
        matters = (np.abs(matrix) > tolerance) & (np.abs(first) > tolerance)
        for sign in (-1, 1):
            equal = (np.abs(first + sign * matrix - target) <= tolerance) & matters
            shares = equal.mean(axis=1)
            for other in np.flatnonzero(shares >= MIN_EQUAL):
                if sign < 0 or other > one:
                    yield one, int(other), sign, float(shares[other])
