"""Columns that say what another one says: SexCode of Sex, or a length in cm beside one in inches.

Two columns are the same if each value of one goes with one value of the other, and values repeat;
or if they are numbers, and one is the other multiplied and shifted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from Task1_database.onboarding.association import Values
from Task1_database.onboarding.source_cells import TABLE, SourceCells
from Task1_database.onboarding.source_column import SourceColumn

MIN_REPETITION = 2  # rows of a value on average, for one-to-one to mean anything
PLACES = 6  # to which numbers are compared once they are scaled


def duplicates(
    cells: SourceCells, columns: Sequence[SourceColumn], values: Sequence[Values], kept: int | None
) -> dict[int, SourceColumn]:
    """The columns that repeat another, by index, each with that other one.

    `values` are those of some rows, shape (rows,) each. Of two that are the same a text stays
    rather than its code, or else the one that comes first; the column at the index `kept` stays.
    """
    first: dict[bytes, SourceColumn] = {}
    same: dict[int, SourceColumn] = {}
    pairs = [*zip(columns, values, strict=True)]
    for column, array in sorted(pairs, key=lambda p: (p[0].index != kept, p[0].kind != "text")):
        signature = _signature(array)
        other = first.setdefault(signature, column)
        if other is not column and column.index != kept and _are_one_to_one(cells, column, other):
            same[column.index] = other
    return same


def _signature(values: Values) -> bytes:
    """The same bytes for columns that are the same."""
    texts = values if values.dtype.kind == "f" else values.astype(str)
    _, starts, inverse = np.unique(texts, return_index=True, return_inverse=True)
    if len(starts) * MIN_REPETITION <= len(values):  # values by the order in which they appear
        return np.argsort(np.argsort(starts))[inverse].tobytes()
    return _scaled(values).tobytes() if values.dtype.kind == "f" else texts.tobytes()


def _scaled(values: Values) -> Values:
    """Numbers that vary, so that a column becomes the same as itself multiplied and shifted."""
    present = values[~np.isnan(values)]
    shifted = values - present[0]
    furthest = shifted[np.nanargmax(np.abs(shifted))]
    return np.asarray(np.round(shifted / furthest, PLACES) + 0.0)  # no -0.0


def _are_one_to_one(cells: SourceCells, one: SourceColumn, other: SourceColumn) -> bool:
    """Whether it is so in all rows."""
    pairs = f"SELECT {one.value} AS a, {other.value} AS b, count(*) AS n FROM {TABLE} GROUP BY a, b"
    (counts,) = cells.query(
        "SELECT count(*), count(DISTINCT a) + max(CASE WHEN a IS NULL THEN 1 ELSE 0 END), "
        f"count(DISTINCT b) + max(CASE WHEN b IS NULL THEN 1 ELSE 0 END) FROM ({pairs})"
    )
    return len(set(counts)) == 1
