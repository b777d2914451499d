"""The raw table of a new dataset: its columns with their types, its key, and the CSV that fills it.

A file that is as the loader wants it, with a key of whole numbers, is taken as it is. Any other is
written anew: with names that SQL takes as they stand, numbers with points, days as 2024-01-31,
nothing where a value is missing, a moment as a day and an hour, and the number of the row if there
is no key.
"""

# ruff: noqa: S608 - the SQL is made of column numbers, and of expressions that this package wrote

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from Task1_database.dataset import FEATURES_TABLE, ROW_ID
from Task1_database.onboarding.names import free, is_safe, safe_name, safe_names
from Task1_database.onboarding.source_cells import TABLE, SourceCells
from Task1_database.onboarding.source_column import SourceColumn
from Task1_database.schema import TEXT_BYTES, Column, Table

ROW_NUMBER = "row_no"
LARGEST_INTEGER = 2**31 - 1
ROW_BYTES = 40_000  # of VARCHARs, at four bytes a character: MySQL's rows hold 65,535
SIZES = (10, 20, 40, 80, 160, 255)
ID = re.compile(r"(?i:(.*[^a-z])?(id|uuid|guid))|.*I[Dd]")
_KEY = re.compile(r"(.*_)?(key_?|no|nr|num|number|index_?|idx|rownames?|row_|pk)|")
_TIME = re.compile(r"(.*_)?(time|date|year|quarter|month|week|day|hour|minute|second|age|t)")


@dataclass(frozen=True)
class RawColumn:
    """A column of the raw table, and SQL for its cells in the CSV that is written for it."""

    column: Column
    cells: str


@dataclass(frozen=True)
class RawTable:
    """The one raw table of a dataset.

    Attributes
    ----------
    names, hours : dict
        The name of the column that each of the file's is, by its place there; and of the one
        with the hour, if it holds moments.
    key : str
        The column that tells rows apart.
    key_place : int or None
        Where in the file that is; None for the number of the row.
    copied : bool
        Whether the file itself is its CSV.
    """

    name: str
    columns: tuple[RawColumn, ...]
    names: dict[int, str]
    hours: dict[int, str]
    key: str
    key_place: int | None
    copied: bool

    @property
    def table(self) -> Table:
        """As the loader knows it."""
        return Table(self.name, tuple(raw.column for raw in self.columns))

    def write(self, cells: SourceCells, path: Path) -> None:
        """Write the CSV anew."""
        selected = ", ".join(f"{raw.cells} AS {raw.column.name}" for raw in self.columns)
        file = str(path).replace("'", "''")
        cells.query(f"COPY (SELECT {selected} FROM {TABLE}) TO '{file}' (FORMAT csv, HEADER)")


def raw_table(cells: SourceCells, fields: Sequence[SourceColumn], name: str) -> RawTable:
    """The raw table of a file."""
    kept = [found for found in fields if found.bytes <= TEXT_BYTES]
    key = next((found.place for found in kept if is_key(cells, found)), None)
    copied = key is not None and _is_plain(cells, fields)
    labels = [found.label for found in kept]
    given = labels if copied else safe_names(labels, {ROW_NUMBER, ROW_ID})
    names = dict(zip((found.place for found in kept), given, strict=True))
    hours: dict[int, str] = {}
    for found in kept:
        if found.kind == "moment":
            taken = {*names.values(), *hours.values()}
            hours[found.place] = free(f"{names[found.place].rstrip('_')}_hour", taken)
    columns = list(_columns(kept, names, hours, key))
    if key is None:
        base = "INTEGER" if cells.rows < LARGEST_INTEGER else "BIGINT"
        columns.insert(0, RawColumn(Column(ROW_NUMBER, base, required=True), "rowid + 1"))
    key_name = ROW_NUMBER if key is None else names[key]
    table_name = free(safe_name(name), {FEATURES_TABLE})
    return RawTable(table_name, tuple(columns), names, hours, key_name, key, copied)


def is_key(cells: SourceCells, found: SourceColumn) -> bool:
    """Whether whole numbers differ in every row, and only count or name the rows."""
    if found.kind != "integer" or found.told < cells.rows:
        return False
    name, span = safe_name(found.label), found.high - found.low + 1
    counts = span == cells.rows and found.low in (0, 1) and not _TIME.fullmatch(name)
    if span < cells.rows or not (counts or _KEY.fullmatch(name) or ID.fullmatch(found.label)):
        return False
    in_order = f"SELECT bool_and({found.value} = rowid + {found.low}) FROM {TABLE}"
    if counts and cells.query(in_order) == [(True,)]:  # spares a long count
        return True
    ((different,),) = cells.query(f"SELECT count(DISTINCT {found.value}) FROM {TABLE}")
    return bool(different == cells.rows)


def _is_plain(cells: SourceCells, fields: Sequence[SourceColumn]) -> bool:
    """Whether names and values are as the loader wants them."""
    return (
        cells.source.plain
        and cells.well_formed
        and all(found.bytes <= TEXT_BYTES for found in fields)
        and all(found.plain and is_safe(found.label) for found in fields)
        and len({safe_name(found.label) for found in fields}) == len(fields)
    )


def _columns(
    kept: Sequence[SourceColumn], names: dict[int, str], hours: dict[int, str], key: int | None
) -> Iterator[RawColumn]:
    space = ROW_BYTES
    for found in kept:
        base, size = _type(found, space)
        space -= 4 * sum(size)
        column = Column(names[found.place], base, size, required=found.place == key)
        yield RawColumn(column, found.text)
        if found.place in hours:
            yield RawColumn(Column(hours[found.place], "INTEGER"), f"hour({found.value})")


def _type(found: SourceColumn, space: int) -> tuple[str, tuple[int, ...]]:
    if found.kind == "integer":
        small = max(-found.low, found.high) < LARGEST_INTEGER
        return ("INTEGER" if small else "BIGINT"), ()
    if found.kind == "text":
        size = next((size for size in SIZES if size >= found.longest and 4 * size <= space), None)
        return ("VARCHAR", (size,)) if size else ("TEXT", ())
    return ("DOUBLE PRECISION" if found.kind == "number" else "DATE"), ()
