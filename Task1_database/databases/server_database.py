"""A database on a server, MySQL's or PostgreSQL's: what its session can do, as a `Database`."""

# ruff: noqa: D102 - base.py says what the methods do

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from Task1_database.databases.base import Database, Kind, Result, Transaction
from Task1_database.databases.server_session import PREVIOUS, STAGING, ServerSession
from Task1_database.databases.staged_transaction import StagedTransaction
from Task1_database.databases.url import ServerAddress
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
