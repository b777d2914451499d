"""Which columns become features, and why each of the others is left out.

Some say nothing, whatever is to be predicted, or nothing new; some say too much, for they give the
target away. Where the rows cannot tell, it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from Task1_database.onboarding.association import Values, association, encode_target, leakage_score
from Task1_database.onboarding.duplicates import duplicates
from Task1_database.onboarding.hindsight import parts_of, sounds_late
from Task1_database.onboarding.identifiers import identified_count
from Task1_database.onboarding.outcome import Outcome
from Task1_database.onboarding.raw_table import is_key
from Task1_database.onboarding.source_cells import SAMPLE, SourceCells
from Task1_database.onboarding.source_column import SourceColumn

MAX_CATEGORIES = 10_000  # a list that a page can still offer
MAX_CATEGORY_LENGTH = 200  # characters; what is longer is prose
LEAK = 0.98  # the share of the target's variance from which on a column gives it away
SUSPICIOUS = 0.9  # and the share from which on it is asked about


@dataclass(frozen=True)
class Comparison:
    """What columns are to the target and to each other, by their indices."""

    # why a column is left out: it gives the target away, or repeats another one
    reasons: dict[int, str]
    # of columns that stay, what makes it doubtful that they are known before the target is
    doubts: dict[int, str]
    associations: dict[int, float]  # how much of the target each column alone explains, at most 1
    remark: str  # that all of them give the target away, and are kept because there are no others


def reason_to_leave_out(cells: SourceCells, column: SourceColumn, key: int | None) -> str:
    """Why a column says nothing, empty if it may; `key` is the index of the rows' key, if any."""
    if not column.non_null_count:
        return "it is empty in every row"
    if column.index == key:
        return "it numbers the rows, and is their row_id"
    if column.is_constant:
        where = "" if column.non_null_count == cells.rows else " wherever it is not missing"
        return f"it is always {_format(column.minimum)}{where}"
    if column.kind == "text" and (reason := _text_reason(column)):
        return reason
    if is_key(cells, column):
        return "it is another number for each row"
    distinct = identified_count(cells, column)
    return f"it is an identifier, with {distinct:,} different values" if distinct else ""


def _text_reason(column: SourceColumn) -> str:
    distinct, rows, length = column.distinct_count, column.non_null_count, column.max_length
    if length > MAX_CATEGORY_LENGTH:
        return f"it holds texts of up to {length:,} characters, which are no categories"
    if distinct > rows / 2:
        return f"{distinct:,} of its {rows:,} texts differ: they name rows, as an id does"
    if distinct > MAX_CATEGORIES:
        return f"it has {distinct:,} different texts; at most {MAX_CATEGORIES:,} are categories"
    return ""


def _format(value: Any) -> str:
    return repr(value) if isinstance(value, (str, int, float)) else value.date().isoformat()


def compare(
    cells: SourceCells, columns: Sequence[SourceColumn], outcome: Outcome, x: int | None
) -> Comparison:
    """Compare columns with the target; the one at the index `x` is wanted, whatever it explains."""
    values, target = _sampled(cells, columns, outcome)
    encoded = encode_target(target, classes=bool(outcome.classes))
    shares = {c.index: leakage_score(v, encoded) for c, v in zip(columns, values, strict=True)}
    leaks, remark = _leaks(columns, values, target, outcome, shares), ""
    leaks = {index: why for index, why in leaks.items() if index != x}
    if len(leaks) == len(columns):
        remark = "; ".join(f"{column.label}: {leaks[column.index]}" for column in columns)
        remark, leaks = f"{remark}; but nothing else is there to predict from", {}
    left = [pair for pair in zip(columns, values, strict=True) if pair[0].index not in leaks]
    kept, kept_values = [column for column, _ in left], [array for _, array in left]
    same = duplicates(cells, kept, kept_values, x)
    reasons = leaks | {index: f"it says what {other.label} says" for index, other in same.items()}
    staying = [column for column in kept if column.index not in same and not remark]
    return Comparison(
        reasons=reasons,
        doubts=dict(_doubts(staying, outcome.source.label, shares)),
        associations={c.index: association(v, encoded) for c, v in left},
        remark=remark,
    )


def _leaks(
    columns: Sequence[SourceColumn],
    values: Sequence[Values],
    target: Values,
    outcome: Outcome,
    shares: dict[int, float],
) -> dict[int, str]:
    """Why columns give the target away, alone or two together."""
    label = outcome.source.label
    leaks = {
        column.index: f"{_explains(label, shares[column.index])}: is it known before {label} is?"
        for column in columns
        if shares[column.index] >= LEAK and not column.is_date
    }
    if outcome.classes:
        return leaks
    rest = [pair for pair in zip(columns, values, strict=True) if pair[0].index not in leaks]
    return leaks | parts_of(target, [c for c, _ in rest], [v for _, v in rest], label)


def _doubts(
    columns: Sequence[SourceColumn], label: str, shares: dict[int, float]
) -> Iterator[tuple[int, str]]:
    for column in columns:
        if shares[column.index] >= SUSPICIOUS and not column.is_date:
            yield column.index, _explains(label, shares[column.index])
        elif sounds_late(column):
            yield column.index, f"it is called like something that comes after {label}"


def _explains(label: str, share: float) -> str:
    return f"it alone explains {100 * share:.3g} % of {label}"


def _sampled(
    cells: SourceCells, columns: Sequence[SourceColumn], outcome: Outcome
) -> tuple[list[Values], Values]:
    """Some rows that have the target: the columns, and the target."""
    target = outcome.source.value
    values = ", ".join(f"{_comparable(column)} AS v{i}" for i, column in enumerate(columns))
    arrays = cells.arrays(
        f"SELECT {target} AS target, {values} FROM {SAMPLE} WHERE {target} IS NOT NULL"
    )
    return [_unmasked(arrays[f"v{i}"]) for i in range(len(columns))], _unmasked(arrays["target"])


def _comparable(column: SourceColumn) -> str:
    if column.is_date:
        return f"epoch({column.value}) / 86400.0"
    return f"CAST({column.value} AS DOUBLE)" if column.is_numeric else column.value


def _unmasked(values: Any) -> Values:
    """An array without a mask: NaN, or None for text, where there was no value."""
    if isinstance(values, np.ma.MaskedArray):
        return np.asarray(values.filled(np.nan if values.dtype.kind == "f" else None))
    return np.asarray(values)
