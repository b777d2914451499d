"""Which columns become features, and why each of the others is left out.

Some say nothing, whatever is to be predicted; some say too much, for they give the target away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from Task1_database.onboarding.association import association, encode_target, leakage_score
from Task1_database.onboarding.outcome import Outcome
from Task1_database.onboarding.raw_table import ID, is_key
from Task1_database.onboarding.source_cells import SAMPLE, TABLE, SourceCells
from Task1_database.onboarding.source_column import SourceColumn

MAX_CATEGORIES = 200
MAX_CATEGORY_LENGTH = 200  # characters; what is longer is prose
MAX_IDS = 50  # different whole numbers called id; if there are more, they stand for single things
LEAK = 0.98  # the share of the target's variance from which on a column gives it away


@dataclass(frozen=True)
class Comparison:
    """What columns are to the target, by their indices.

    Attributes
    ----------
    leaks : dict
        Why a column is left out that gives the target away.
    associations : dict
        How much of the target each column alone explains, at most 1.
    remark : str
        That all of them give the target away, and are kept because there are no others.
    """

    leaks: dict[int, str]
    associations: dict[int, float]
    remark: str


def reason_to_leave_out(cells: SourceCells, column: SourceColumn, key: int | None) -> str:
    """Why a column says nothing, empty if it may; `key` is the index of the rows' key, if any."""
    if not column.non_null_count:
        return "it is empty in every row"
    if column.index == key:
        return "it numbers the rows, and is their row_id"
    if column.is_constant:
        where = "" if column.non_null_count == cells.rows else " wherever it is not missing"
        return f"it is always {_format(column.minimum)}{where}"
    return _text_reason(column) if column.kind == "text" else _number_reason(cells, column)


def _text_reason(column: SourceColumn) -> str:
    distinct, rows, length = column.distinct_count, column.non_null_count, column.max_length
    if length > MAX_CATEGORY_LENGTH:
        return f"it holds texts of up to {length:,} characters, which are no categories"
    if distinct > rows / 2:
        return f"{distinct:,} of its {rows:,} texts differ: they name rows, as an id does"
    if distinct > MAX_CATEGORIES:
        return f"it has {distinct:,} different texts; at most {MAX_CATEGORIES} are categories"
    return ""


def _number_reason(cells: SourceCells, column: SourceColumn) -> str:
    if is_key(cells, column):
        return "it is another number for each row"
    if column.kind == "integer" and ID.fullmatch(column.label):
        ((distinct,),) = cells.query(f"SELECT count(DISTINCT {column.value}) FROM {TABLE}")
        if distinct > MAX_IDS:
            return f"it is called an id, and has {distinct:,} different ones"
    return ""


def _format(value: Any) -> str:
    return repr(value) if isinstance(value, (str, int, float)) else value.date().isoformat()


def compare(
    cells: SourceCells, columns: Sequence[SourceColumn], outcome: Outcome, x: int | None
) -> Comparison:
    """Compare columns with the target; the one at the index `x` is wanted, whatever it explains."""
    values, target = _sampled(cells, columns, outcome)
    label, leaks, remark = outcome.source.label, {}, ""
    for column, array in zip(columns, values, strict=True):
        share = leakage_score(array, target)
        if share >= LEAK and not column.is_date and column.index != x:
            explains = f"it alone explains {100 * share:.3g} % of {label}"
            leaks[column.index] = f"{explains}: is it known before {label} is?"
    if len(leaks) == len(columns):
        remark = "; ".join(f"{column.label}: {leaks[column.index]}" for column in columns)
        remark, leaks = f"{remark}; but nothing else is there to predict from", {}
    associations = {c.index: association(v, target) for c, v in zip(columns, values, strict=True)}
    return Comparison(leaks, associations, remark)


def _sampled(
    cells: SourceCells, columns: Sequence[SourceColumn], outcome: Outcome
) -> tuple[list[npt.NDArray[Any]], npt.NDArray[np.float64]]:
    """Some rows that have the target: the columns, and the target to compare them with."""
    target = outcome.source.value
    values = ", ".join(f"{_comparable(column)} AS v{i}" for i, column in enumerate(columns))
    arrays = cells.arrays(
        f"SELECT {target} AS target, {values} FROM {SAMPLE} WHERE {target} IS NOT NULL"
    )
    encoded = encode_target(_unmasked(arrays["target"]), classes=bool(outcome.classes))
    return [_unmasked(arrays[f"v{i}"]) for i in range(len(columns))], encoded


def _comparable(column: SourceColumn) -> str:
    if column.is_date:
        return f"epoch({column.value}) / 86400.0"
    return f"CAST({column.value} AS DOUBLE)" if column.is_numeric else column.value


def _unmasked(values: Any) -> npt.NDArray[Any]:
    """An array without a mask: NaN, or None for text, where there was no value."""
    if isinstance(values, np.ma.MaskedArray):
        return np.asarray(values.filled(np.nan if values.dtype.kind == "f" else None))
    return np.asarray(values)
