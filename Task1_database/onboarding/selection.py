"""Why a column is no use as a feature, whatever is to be predicted."""

# ruff: noqa: S608 - the SQL is made of column numbers, and of expressions that this package wrote

from __future__ import annotations

from Task1_database.onboarding.raw_table import ID, is_key
from Task1_database.onboarding.source_cells import TABLE, SourceCells
from Task1_database.onboarding.source_column import SourceColumn

MOST_CATEGORIES = 200
LONGEST_CATEGORY = 200  # characters; what is longer is prose
MANY_NAMED = 50  # different whole numbers called id, from which on they stand for single things


def reason_to_leave_out(cells: SourceCells, found: SourceColumn, key: int | None) -> str:
    """Why a column says nothing, empty if it may; `key` is the place of the rows' key, if any."""
    if not found.told:
        return "it is empty in every row"
    if found.place == key:
        return "it numbers the rows, and is their row_id"
    if found.constant:
        where = "" if found.told == cells.rows else " wherever it is told"
        return f"it is always {_shown(found)}{where}"
    return _text_reason(found) if found.kind == "text" else _number_reason(cells, found)


def _text_reason(found: SourceColumn) -> str:
    if found.longest > LONGEST_CATEGORY:
        return f"it holds texts of up to {found.longest:,} characters, which are no categories"
    different = found.different
    if different > found.told / 2:
        return f"{different:,} of its {found.told:,} texts differ: they name rows, as an id does"
    if different > MOST_CATEGORIES:
        return f"it has {different:,} different texts; at most {MOST_CATEGORIES} are categories"
    return ""


def _number_reason(cells: SourceCells, found: SourceColumn) -> str:
    if is_key(cells, found):
        return "it is another number for each row"
    if found.kind == "integer" and ID.fullmatch(found.label):
        ((different,),) = cells.query(f"SELECT count(DISTINCT {found.value}) FROM {TABLE}")
        if different > MANY_NAMED:
            return f"it is called an id, and has {different:,} different ones"
    return ""


def _shown(found: SourceColumn) -> str:
    low = found.low
    return repr(low) if isinstance(low, (str, int, float)) else low.date().isoformat()
