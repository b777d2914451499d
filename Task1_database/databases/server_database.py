"""A database on a server, MySQL's or PostgreSQL's: what its session can do, as a `Database`."""

# ruff: noqa: D102 - base.py says what the methods do

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from Task1_database.csv_file import CsvFile
from Task1_database.databases.base import Cell, Database, Kind, Result, Transaction
from Task1_database.databases.duckdb_csv import write_clean
from Task1_database.databases.server_session import PREVIOUS, STAGING, ServerSession
from Task1_database.databases.url import ServerAddress
from Task1_database.schema import Table
from Task1_database.scratch_folder import scratch_folder

if TYPE_CHECKING:
    import pandas as pd


class ServerDatabase(Database):
    """The database that `url` (such as mysql://user:password@host:port/database) names.

    Who only reads sees everything as it was at one moment.
    """

    def __init__(self, session: type[ServerSession], url: str, *, read_only: bool) -> None:
        with ExitStack() as stack:
            self._folder = stack.enter_context(scratch_folder(Path(gettempdir()), "tablecast-"))
            self._session = session(ServerAddress.of(url), None if read_only else self._folder)
            stack.callback(self._session.close)
            self._stack = stack.pop_all()

    def query(self, sql: str, *, seconds: float | None = None) -> Result:
        with self._session.rolled_back_on_error():
            return self._session.rows(sql, seconds)

    def frame(self, sql: str) -> pd.DataFrame:
        with self._session.rolled_back_on_error():
            return self._session.frame(sql)

    def columns(self, table: str) -> dict[str, Kind]:
        return self._session.columns(table, table)

    def tables(self) -> set[str]:
        return self._session.tables()

    def has_leftovers(self) -> bool:
        return any(name.endswith((STAGING, PREVIOUS)) for name in self.tables())

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._session.all_or_nothing():
            transaction = StagedTransaction(self._session, self._folder)
            yield transaction
            self._session.publish(transaction.tables)

    def close(self) -> None:
        self._stack.close()


class StagedTransaction(Transaction):
    """Tables made beside those in use: how a server changes several of them at once.

    Its readers shall neither wait for a load nor see half of one. So each table is first made
    under another name, ending in __new; what the transaction itself reads, it reads as if those
    had their real names already; and at its end the session publishes all `tables` together.

    Parameters
    ----------
    folder : Path
        Where the rows that are to be sent may lie for a while.
    """

    def __init__(self, session: ServerSession, folder: Path) -> None:
        self.tables: list[str] = []
        self._session = session
        self._folder = folder
        self._percent = -1.0

    def load(self, csv: CsvFile) -> int:
        name = self._stage(csv.table.name)
        self._session.create(csv.table, name)
        files = write_clean(csv, self._folder / csv.table.name)
        rows = 0
        for done, file in enumerate(files):
            self._percent = 100 * done / len(files)
            rows += self._session.send(file, csv, name)
            file.unlink()
        self._percent = -1.0
        return rows

    def create_table_as(self, table: str, select: str) -> None:
        select = self._with_staged(select)
        self._session.create_as(self._stage(table), select)

    def create_table(self, table: Table, rows: Sequence[Sequence[Cell]]) -> None:
        name = self._stage(table.name)
        self._session.create(table, name)
        self._session.insert(name, rows)

    def query(self, sql: str) -> Result:
        return self._session.rows(self._with_staged(sql))

    def columns(self, table: str) -> dict[str, Kind]:
        return self._session.columns(table, table + STAGING if table in self.tables else table)

    def progress(self) -> float:
        return self._percent

    def _stage(self, table: str) -> str:
        if table not in self.tables:
            self.tables.append(table)
        return table + STAGING

    def _with_staged(self, select: str) -> str:
        """The SELECT, for which the staged tables have their real names.

        A SELECT that begins with WITH stays whole in a CTE of its own: MariaDB finds the outer
        names from there, but not from a derived table.
        """
        if not self.tables:
            return select
        shadows = (f"{table} AS (SELECT * FROM {table}{STAGING})" for table in self.tables)
        return f"WITH {', '.join(shadows)}, _made AS (\n{select}\n) SELECT * FROM _made"
