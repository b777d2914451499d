"""Identifiers: columns that say which thing or person a row is about, and nothing about it.

A model that is given one learns each person by heart, and knows nothing of the next. So none is a
feature; one that repeats says instead which rows belong together.
"""

from __future__ import annotations

import re

from Task1_database.onboarding.names import safe_name
from Task1_database.onboarding.raw_table import KEY
from Task1_database.onboarding.source_cells import TABLE, SourceCells
from Task1_database.onboarding.source_column import SourceColumn

MAX_CODES = 10  # different values: no more than that are codes of kinds, whatever they are called
_SUFFIX = "id|no|nr|num|number|code|key"
_SOMEONE = (
    "subject|patient|person|customer|client|user|participant|respondent|student|pupil|employee"
    "|household|family|member|player|child|animal|driver|donor|borrower"
)
_ID = re.compile(
    rf"(.*_)?(ids?|uuid|guid|pid|uid|idnum|identifier)(_?({_SUFFIX}))?"
    rf"|(.*_)?({_SOMEONE})_?({_SUFFIX})"
)
_PERHAPS = re.compile(rf"(.*_)?({_SOMEONE})")


def identified_count(cells: SourceCells, column: SourceColumn) -> int:
    """How many different things a column identifies; 0 if it is no identifier.

    One called id is. One called nr or patient is if its rows stand together, value by value, or
    if its numbers run from one to the last without a gap, none of them in one row only.
    """
    name = safe_name(column.label)
    called = bool(_ID.fullmatch(name))
    perhaps = called or bool(name and (_PERHAPS.fullmatch(name) or KEY.fullmatch(name)))
    if column.kind not in ("integer", "text") or not perhaps:
        return 0
    distinct, runs, least = _repetition(cells, column)
    if distinct <= MAX_CODES:
        return 0
    counts = column.kind == "integer" and column.maximum - column.minimum + 1 == distinct
    return distinct if called or (least > 1 and (counts or runs == distinct)) else 0


def _repetition(cells: SourceCells, column: SourceColumn) -> tuple[int, int, int]:
    """How many different values, how many runs of equal ones, how many rows the rarest is in."""
    values = f"SELECT rowid AS r, {column.value} AS v FROM {TABLE}"
    before = f"SELECT v, lag(v) OVER (ORDER BY r) AS b FROM ({values}) WHERE v IS NOT NULL"
    starts = f"SELECT v, count(*) AS n, count(*) FILTER (b IS DISTINCT FROM v) AS s FROM ({before})"
    (row,) = cells.query(f"SELECT count(*), sum(s), min(n) FROM ({starts} GROUP BY v)")
    return int(row[0]), int(row[1] or 0), int(row[2] or 0)
