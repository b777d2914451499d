"""The raw table of a new dataset: its columns with their types, its key, and the CSV that fills it.

A file that is as the loader wants it, with a key of whole numbers, is taken as it is. Any other is
written anew: with names that SQL takes as they stand, numbers with points, days as 2024-01-31,
nothing where a value is missing, a moment as a day and an hour, and the number of the row if there
is no key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from Task1_database.dataset import FEATURES_TABLE, ROW_ID
from Task1_database.literals import TEXT_BYTES, sql_text
from Task1_database.onboarding.names import free, is_safe, safe_name, safe_names
from Task1_database.onboarding.source_cells import TABLE, SourceCells
from Task1_database.onboarding.source_column import SourceColumn
from Task1_database.schema import Column, Table

ROW_NUMBER = "row_no"
MAX_INTEGER = 2**31 - 1
ROW_BYTES = 40_000  # of VARCHARs, at four bytes a character: MySQL's rows hold 65,535
SIZES = (10, 20, 40, 80, 160, 255)
ID = re.compile(r"(?i:(.*[^a-z])?(id|uuid|guid))|.*I[Dd]")
KEY = re.compile(r"(.*_)?(key_?|no|nr|num|number|index_?|idx|rownames?|row_|pk)|")
_TIME = re.compile(r"(.*_)?(time|date|year|quarter|month|week|day|hour|minute|second|age|t)")


@dataclass(frozen=True)
class RawColumn:
    """A column of the raw table, and SQL for its cells in the CSV that is written for it."""

    column: Column
    cells: str


@dataclass(frozen=True)
class RawTable:
    """The one raw table of a dataset."""

    name: str
    columns: tuple[RawColumn, ...]
    # the name of the column that each of the file's is, by its index there; and of the one with the
    # hour, if it holds moments
    names: dict[int, str]
    hours: dict[int, str]
    key: str  # the column that identifies rows
    key_index: int | None  # its index in the file; None for the number of the row
    is_copy: bool  # whether the file itself is its CSV

    @property
    def table(self) -> Table:
        """As the loader takes it."""
        return Table(self.name, tuple(raw.column for raw in self.columns))

    def write(self, cells: SourceCells, path: Path) -> None:
        """Write the CSV anew."""
        selected = ", ".join(f"{raw.cells} AS {raw.column.name}" for raw in self.columns)
        cells.query(
            f"COPY (SELECT {selected} FROM {TABLE}) TO {sql_text(path)} (FORMAT csv, HEADER)"
        )


def raw_table(cells: SourceCells, columns: Sequence[SourceColumn], name: str) -> RawTable:
    """The raw table of a file."""
    kept = [column for column in columns if column.max_bytes <= TEXT_BYTES]
    key = next((column.index for column in kept if is_key(cells, column)), None)
    is_copy = key is not None and _is_canonical(cells, columns)
    labels = [column.label for column in kept]
    chosen = labels if is_copy else safe_names(labels, {ROW_NUMBER, ROW_ID})
    names = dict(zip((column.index for column in kept), chosen, strict=True))
    hours: dict[int, str] = {}
    for column in kept:
        if column.kind == "moment":
            taken = {*names.values(), *hours.values()}
            hours[column.index] = free(f"{names[column.index].rstrip('_')}_hour", taken)
    raw_columns = list(_raw_columns(kept, names, hours, key))
    if key is None:
        base = "INTEGER" if cells.rows < MAX_INTEGER else "BIGINT"
        raw_columns.insert(0, RawColumn(Column(ROW_NUMBER, base, required=True), "rowid + 1"))
    return RawTable(
        name=free(safe_name(name), {FEATURES_TABLE}),
        columns=tuple(raw_columns),
        names=names,
        hours=hours,
        key=ROW_NUMBER if key is None else names[key],
        key_index=key,
        is_copy=is_copy,
    )


def is_key(cells: SourceCells, column: SourceColumn) -> bool:
    """Whether whole numbers differ in every row, and only count or name the rows."""
    if column.kind != "integer" or column.non_null_count < cells.rows:
        return False
    name, width = safe_name(column.label), column.maximum - column.minimum + 1
    counts = width == cells.rows and column.minimum in (0, 1) and not _TIME.fullmatch(name)
    if width < cells.rows or not (counts or KEY.fullmatch(name) or ID.fullmatch(column.label)):
        return False
    in_order = f"SELECT bool_and({column.value} = rowid + {column.minimum}) FROM {TABLE}"
    if counts and cells.query(in_order) == [(True,)]:  # spares a long count
        return True
    ((distinct,),) = cells.query(f"SELECT count(DISTINCT {column.value}) FROM {TABLE}")
    return bool(distinct == cells.rows)


def _is_canonical(cells: SourceCells, columns: Sequence[SourceColumn]) -> bool:
    """Whether names and values are as the loader wants them."""
    return (
        cells.source.is_canonical
        and cells.well_formed
        and all(column.max_bytes <= TEXT_BYTES for column in columns)
        and all(column.is_canonical and is_safe(column.label) for column in columns)
        and len({safe_name(column.label) for column in columns}) == len(columns)
    )


def _raw_columns(
    kept: Sequence[SourceColumn], names: dict[int, str], hours: dict[int, str], key: int | None
) -> Iterator[RawColumn]:
    space = ROW_BYTES
    for column in kept:
        base, size = _type(column, space)
        space -= 4 * sum(size)
        index = column.index
        yield RawColumn(Column(names[index], base, size, required=index == key), column.text)
        if index in hours:
            yield RawColumn(Column(hours[index], "INTEGER"), f"hour({column.value})")


def _type(column: SourceColumn, space: int) -> tuple[str, tuple[int, ...]]:
    if column.kind == "integer":
        small = max(-column.minimum, column.maximum) < MAX_INTEGER
        return ("INTEGER" if small else "BIGINT"), ()
    if column.kind == "text":
        length = column.max_length
        size = next((size for size in SIZES if size >= length and 4 * size <= space), None)
        return ("VARCHAR", (size,)) if size else ("TEXT", ())
    return ("DOUBLE PRECISION" if column.kind == "number" else "DATE"), ()
