"""All cells of a file, as text, in a DuckDB that lasts while a dataset is made of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from Task1_database.csv_file import CsvFile
from Task1_database.databases.duckdb_database import enable_progress
from Task1_database.errors import DataError
from Task1_database.files.column_reading import BLANKS
from Task1_database.literals import sql_text
from Task1_database.onboarding.delimited import Delimited
from Task1_database.onboarding.formats import MISSING_NUMBER
from Task1_database.progress import Log, logged, silent
from Task1_database.schema import Table

TABLE = "cells"
SAMPLE = "sampled_cells"
SAMPLE_ROWS = 20_000  # in which columns are compared
FORMAT_ROWS = 1_000  # from the top, and as many from all over, that suggest a column's format
SECONDS = 1.0  # between two lines on how much is read


class SourceCells:
    """The cells of column 0 are `c0` in the table `cells`, in the file's order by `rowid`.

    The table `sampled_cells` has the first rows of it, and rows from all over. A file is
    `well_formed` if DuckDB reads it without help.
    """

    def __init__(
        self, source: Delimited, connection: duckdb.DuckDBPyConnection, scratch: Path
    ) -> None:
        self.source = source
        self.indices = range(len(source.labels))
        self._connection = connection
        self.rows = self._read(scratch)
        self.sample_rows = self._take_sample()

    def query(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """The rows that a statement gives."""
        return self._connection.execute(sql, values or None).fetchall()

    def arrays(self, sql: str) -> dict[str, Any]:
        """The columns that a statement gives, as NumPy arrays; masked where there are NULLs."""
        return self._connection.execute(sql).fetchnumpy()

    def some_values(self, index: int) -> list[str]:
        """Different values of a column: of the first rows, and of rows from all over the file."""
        step = self.sample_rows // FORMAT_ROWS + 1
        few = f"FROM {SAMPLE} WHERE rowid < {FORMAT_ROWS} OR rowid % {step} = 0"
        values = self._different(f"c{index} {few}")
        every = f"FROM {TABLE} WHERE c{index} <> '' LIMIT {FORMAT_ROWS}"
        return values or self._different(f"c{index} {every}")

    def _different(self, column: str) -> list[str]:
        """The different values of a column in some rows that do not mark a missing one."""
        rows = self.query(f"SELECT DISTINCT {column}")
        return sorted(value for (value,) in rows if value and not marks_missing(value))

    def _take_sample(self) -> int:
        """Copy the first rows, and rows from all over, so that reading a few takes no time."""
        few = f"rowid < {FORMAT_ROWS} OR rowid % {self.rows // SAMPLE_ROWS + 1} = 0"
        ((count,),) = self.query(f"CREATE TABLE {SAMPLE} AS FROM {TABLE} WHERE {few}")
        return int(count)

    def _read(self, scratch: Path) -> int:
        """Read all cells, the fast way if that is sure to lose none; how many rows there are."""
        source = self.source
        rows = 0
        if source.is_simple:
            with suppress(duckdb.Error):
                rows = self._read_csv(source.path, source.separator, source.skip)
        self.well_formed = rows > 0 and self._is_complete(rows)
        if not self.well_formed:
            clean = scratch / "clean.csv"
            with clean.open("w", encoding="utf-8", newline="") as text:
                writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
                writer.writerow(source.labels)
                writer.writerows(source.rows())
            rows = self._read_csv(clean, ",", 1)
        if not rows:
            problem = f"{source.file.name}: there is a header and no rows"
            if source.other_sheets:
                problem += f" in the sheet {source.sheet!r}; {source.sheet_hint}"
            raise DataError(problem)
        return rows

    def _read_csv(self, path: Path, separator: str, skip: int) -> int:
        columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in self.indices)
        ((count,),) = self.query(
            f"CREATE OR REPLACE TABLE {TABLE} AS FROM read_csv({sql_text(path)}, header = false, "
            f"skip = {skip}, auto_detect = false, delim = '{separator}', quote = '\"', "
            f"escape = '\"', nullstr = '', strict_mode = true, columns = {{{columns}}})"
        )
        return int(count)

    def _is_complete(self, rows: int) -> bool:
        """Whether the file has no more rows: where line ends are mixed, some can get lost."""
        lines = CsvFile(self.source.path, Table("", ())).fingerprint.lines
        return rows == lines - self.source.skip or rows == sum(1 for _ in self.source.rows())


@contextmanager
def cells_of(source: Delimited, scratch: Path, log: Log = silent) -> Iterator[SourceCells]:
    """The cells of a file; what does not fit into memory lies in `scratch`.

    `log` is told how much of the file is read.

    Raises DataError if the file has no rows, or one that is not as wide as the others or not well
    quoted.
    """
    with duckdb.connect(config={"temp_directory": str(scratch / "spilt")}) as connection:
        enable_progress(connection)
        task, size = f"reading {source.file.name}", source.path.stat().st_size
        with logged(log, task, connection.query_progress, SECONDS, size):
            cells = SourceCells(source, connection, scratch)
        yield cells


def marks_missing(value: str) -> bool:
    """Whether a cell is blank, or holds nothing but a sign for a missing value."""
    value = value.strip(BLANKS)
    return not value or value.lower() in MISSING_NUMBER


def has_blanks(cell: str) -> str:
    """SQL for whether a cell has blanks around it: all of them come before ! in the alphabet."""
    return f"({cell} < '!' OR {cell}[-1] < '!')"


def trimmed(cell: str) -> str:
    """SQL for a cell without the blanks around it."""
    return f"trim({cell}, concat(' ', chr(9), chr(10), chr(13)))"
