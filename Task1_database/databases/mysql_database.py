"""MySQL and MariaDB: tables that take the places of others all at once, by one RENAME TABLE.

Whatever else these servers define commits at once, so a loader that was killed leaves tables
behind, which the next one removes. A lock that the server keeps for its connection lets no second
loader in; readers go on undisturbed.
"""

# ruff: noqa: D102, S608 - see database.py and staging.py; names in SQL are checked ones

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from Task1_database.csv_file import CsvFile
from Task1_database.databases.base import Cell, Change, Database, Kind, Result
from Task1_database.databases.duckdb_csv import read_clean
from Task1_database.databases.mysql_session import MysqlSession
from Task1_database.databases.staged_transaction import NEW, StagedChange
from Task1_database.databases.url import ServerAddress
from Task1_database.errors import DatabaseError
from Task1_database.schema import Table

if TYPE_CHECKING:
    import pandas as pd

OLD = "__old"
PIECE = 1 << 19  # bytes of rows in one INSERT: well below any server's max_allowed_packet


class MysqlDatabase(Database):
    """The database that `url` (mysql://user:password@host:port/database) names.

    Who only reads sees everything as it was at one moment.
    """

    def __init__(self, url: str, *, read_only: bool) -> None:
        with ExitStack() as stack:
            self._folder = Path(stack.enter_context(TemporaryDirectory(prefix="tablecast-")))
            folder = None if read_only else self._folder
            self._session = MysqlSession(ServerAddress.of(url), folder)
            stack.callback(self._session.close)
            if not read_only:
                self._session.lock()
                self._clean_up()
            self._stack = stack.pop_all()

    def query(self, sql: str, *, seconds: float | None = None) -> Result:
        return self._session.rows(sql, seconds)

    def frame(self, sql: str) -> pd.DataFrame:
        return self._session.frame(sql)

    def columns(self, table: str) -> dict[str, Kind]:
        return self._session.columns(table, table)

    def tables(self) -> set[str]:
        return self._session.tables()

    @contextmanager
    def change(self) -> Iterator[Change]:
        change = MysqlChange(self._session, self._folder)
        try:
            yield change
            change.end()
        finally:
            with suppress(DatabaseError):  # what stays after all, the next loader removes
                self._clean_up()

    def _clean_up(self) -> None:
        names = self._session.made_by_us()
        self._session.drop(*(name for name in names if name.endswith((NEW, OLD))))

    def close(self) -> None:
        self._stack.close()


class MysqlChange(StagedChange):
    """One RENAME TABLE, once all tables are made."""

    def __init__(self, session: MysqlSession, folder: Path) -> None:
        super().__init__(folder)
        self._session = session

    def make(self, table: Table, name: str) -> None:
        self._session.drop(name)
        self._session.run(f"{table.ddl(name)} {self._session.ours}")

    def make_as(self, name: str, select: str) -> None:
        self._session.drop(name)
        self._session.run(f"CREATE TABLE {name} {self._session.ours} AS {select}")

    def send(self, file: Path, csv: CsvFile, name: str) -> int:
        if self._session.takes_files:
            return self._session.send(file, csv.path.name, name)
        rows = read_clean(file, csv.table)
        step = max(1, len(rows) * PIECE // max(1, file.stat().st_size))
        for start in range(0, len(rows), step):
            self.insert(name, rows[start : start + step])
        return len(rows)

    def insert(self, name: str, rows: Sequence[Sequence[Cell]]) -> None:
        marks = ", ".join(["%s"] * len(rows[0]))
        self._session.run(f"INSERT INTO {name} VALUES ({marks})", rows)

    def run(self, sql: str) -> Result:
        return self._session.rows(sql)

    def describe(self, table: str, name: str) -> dict[str, Kind]:
        return self._session.columns(table, name)

    def end(self) -> None:
        """Let every staged table take its place."""
        there, moves = self._session.tables(), []
        for table in self.staged:
            moves += [f"{table} TO {table}{OLD}"] * (table in there)
            moves.append(f"{table}{NEW} TO {table}")
        if moves:
            self._session.run(f"RENAME TABLE {', '.join(moves)}")
