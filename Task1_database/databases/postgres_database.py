"""PostgreSQL: a change is one transaction, which a kill at any moment undoes.

Readers go on undisturbed while tables are being made; only when these change places at the end do
both sides wait for each other. A lock that the server keeps for its connection lets no second
loader in.
"""

# ruff: noqa: D102, S608 - see database.py and staging.py; names in SQL are checked ones

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from Task1_database.csv_file import CsvFile
from Task1_database.databases.base import Cell, Change, Database, Kind, Result
from Task1_database.databases.postgres_session import PostgresSession
from Task1_database.databases.staged_transaction import NEW, StagedChange
from Task1_database.databases.url import ServerAddress
from Task1_database.schema import Table

if TYPE_CHECKING:
    import pandas as pd


class PostgresDatabase(Database):
    """The database that `url` (postgresql://user:password@host:port/database) names.

    Who only reads sees everything as it was at one moment.
    """

    def __init__(self, url: str, *, read_only: bool) -> None:
        self._session = PostgresSession(ServerAddress.of(url), read_only=read_only)

    def query(self, sql: str, *, seconds: float | None = None) -> Result:
        with self._session.undone_if_it_fails():
            return self._session.rows(sql, seconds)

    def frame(self, sql: str) -> pd.DataFrame:
        with self._session.undone_if_it_fails():
            return self._session.frame(sql)

    def columns(self, table: str) -> dict[str, Kind]:
        return self._session.columns(table, table)

    def tables(self) -> set[str]:
        return self._session.tables()

    @contextmanager
    def change(self) -> Iterator[Change]:
        with (
            TemporaryDirectory(prefix="tablecast-") as folder,
            self._session.undone_if_it_fails(),
        ):
            change = PostgresChange(self._session, Path(folder))
            yield change
            change.end()
            self._session.commit()

    def close(self) -> None:
        self._session.close()


class PostgresChange(StagedChange):
    """One transaction."""

    def __init__(self, session: PostgresSession, folder: Path) -> None:
        super().__init__(folder)
        self._session = session

    def make(self, table: Table, name: str) -> None:
        self._session.make(name, table.ddl(name))

    def make_as(self, name: str, select: str) -> None:
        self._session.make(name, f"CREATE TABLE {name} AS {select}")

    def send(self, file: Path, csv: CsvFile, name: str) -> int:
        return self._session.send(file, name)

    def insert(self, name: str, rows: Sequence[Sequence[Cell]]) -> None:
        marks = ", ".join(["%s"] * len(rows[0]))
        self._session.run(f"INSERT INTO {name} VALUES ({marks})", rows)

    def run(self, sql: str) -> Result:
        return self._session.rows(sql)

    def describe(self, table: str, name: str) -> dict[str, Kind]:
        return self._session.columns(table, name)

    def end(self) -> None:
        """Let every staged table take its place."""
        self._session.keep_readers_out()
        for table in self.staged:
            self._session.replace(table, table + NEW)
