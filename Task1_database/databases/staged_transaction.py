"""Tables made beside those in use: how a server changes several of them at once.

Its readers shall neither wait for a load nor see half of one. So each table is first made under
another name, ending in __new; what the change itself reads, it reads as if those had their real
names already; and at its end all of them change places together.
"""

# ruff: noqa: D102, S608 - database.py says what the methods do; names in SQL are checked ones

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path

from Task1_database.csv_file import CsvFile
from Task1_database.databases.base import Cell, Change, Kind, Result
from Task1_database.databases.duckdb_csv import write_clean
from Task1_database.schema import Table

NEW = "__new"


class StagedChange(Change):
    """A change whose tables are `staged`, in this order; a backend runs it and ends it.

    Parameters
    ----------
    folder : Path
        Where the rows that are to be sent may lie for a while.
    """

    def __init__(self, folder: Path) -> None:
        self.staged: list[str] = []
        self._folder = folder
        self._percent = -1.0

    @abstractmethod
    def make(self, table: Table, name: str) -> None:
        """Make an empty table under that name, in place of one that may be there."""

    @abstractmethod
    def make_as(self, name: str, select: str) -> None:
        """Make a table out of a SELECT, in place of one that may be there."""

    @abstractmethod
    def send(self, file: Path, csv: CsvFile, name: str) -> int:
        """Send a file that `write_clean` made of the CSV into a table; how many rows arrived."""

    @abstractmethod
    def insert(self, name: str, rows: Sequence[Sequence[Cell]]) -> None:
        """Send rows into a table."""

    @abstractmethod
    def run(self, sql: str) -> Result:
        """The rows of a SELECT, as it stands."""

    @abstractmethod
    def describe(self, table: str, name: str) -> dict[str, Kind]:
        """What each column of a table holds, which lies under that name."""

    def load(self, csv: CsvFile) -> int:
        self.make(csv.table, self._stage(csv.table.name))
        files = write_clean(csv, self._folder / csv.table.name)
        rows = 0
        for done, file in enumerate(files):
            self._percent = 100 * done / len(files)
            rows += self.send(file, csv, csv.table.name + NEW)
            file.unlink()
        self._percent = -1.0
        return rows

    def derive(self, table: str, select: str) -> None:
        select = self._seen(select)
        self.make_as(self._stage(table), select)

    def write(self, table: Table, rows: Sequence[Sequence[Cell]]) -> None:
        name = self._stage(table.name)
        self.make(table, name)
        self.insert(name, rows)

    def query(self, sql: str) -> Result:
        return self.run(self._seen(sql))

    def columns(self, table: str) -> dict[str, Kind]:
        return self.describe(table, table + NEW if table in self.staged else table)

    def progress(self) -> float:
        return self._percent

    def _stage(self, table: str) -> str:
        if table not in self.staged:
            self.staged.append(table)
        return table + NEW

    def _seen(self, select: str) -> str:
        """The SELECT, for which the staged tables have their real names.

        A SELECT that begins with WITH stays whole in a CTE of its own: MariaDB finds the outer
        names from there, but not from a derived table.
        """
        if not self.staged:
            return select
        shadows = (f"{table} AS (SELECT * FROM {table}{NEW})" for table in self.staged)
        return f"WITH {', '.join(shadows)}, _made AS (\n{select}\n) SELECT * FROM _made"
