"""A connection to PostgreSQL, set so that SQL means there what it means everywhere else.

The text in tables of ours is compared and ordered byte by byte. One statement at a time is sent,
so that no SELECT can bring along another that ends a read-only transaction.
"""

# ruff: noqa: S608 - names in SQL are checked ones

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors, postgres
from psycopg.conninfo import make_conninfo

from Task1_database.databases.base import Cell, Kind, Result, cell, kind_of
from Task1_database.databases.frames import BLOCK, frame_of
from Task1_database.databases.server_errors import (
    CONNECT_SECONDS,
    LOCK_SECONDS,
    Trouble,
    failed,
    in_use,
    not_opened,
)
from Task1_database.databases.url import ServerAddress
from Task1_database.errors import TableMissing

if TYPE_CHECKING:
    import pandas as pd

WRITING, READING = "hashtext('tablecast writes')", "hashtext('tablecast reads')"
CHUNK = 1 << 18
SENT: dict[int, Kind] = {
    **{postgres.types[name].oid: "integer" for name in ("int2", "int4", "int8")},
    **{postgres.types[name].oid: "number" for name in ("float4", "float8", "numeric")},
    postgres.types["date"].oid: "date",
}
TROUBLE: dict[type[psycopg.Error], Trouble] = {
    errors.InsufficientPrivilege: "denied",
    errors.LockNotAvailable: "locked",
    errors.DeadlockDetected: "locked",
    errors.QueryCanceled: "late",
}


class PostgresSession:
    """A connection that no other session may write beside, or one that only reads.

    It reads as of one moment: as long as it is open, no table of ours changes places.
    """

    def __init__(self, address: ServerAddress, *, read_only: bool) -> None:
        self._address = address
        self._connection = _connection(address)
        try:
            self._set_up(read_only)
        except BaseException:
            self.close()
            raise

    def _set_up(self, read_only: bool) -> None:
        self.run(f"SET lock_timeout = {LOCK_SECONDS * 1000:.0f}")
        if read_only:
            self.run(f"SELECT pg_advisory_lock_shared({READING})")
        elif self.rows(f"SELECT pg_try_advisory_lock({WRITING})").rows != [(1,)]:
            raise in_use(self._address)
        self.commit()
        if read_only:
            self._connection.read_only = True
            self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ

    def run(self, sql: str, rows: Sequence[Sequence[Cell]] | None = None) -> None:
        """Run a statement, once for each row if there are rows."""
        with self._cursor() as cursor:
            if rows is None:
                cursor.execute(sql.encode())
            else:
                cursor.executemany(sql.encode(), rows)

    def rows(self, sql: str, seconds: float | None = None) -> Result:
        """The rows of a SELECT."""
        with self._cursor(seconds) as cursor:
            if seconds is not None:
                limit = f"{max(1, seconds * 1000):.0f}"
                cursor.execute(f"SET LOCAL statement_timeout = {limit}".encode())
            cursor.execute(sql.encode())
            names = tuple(column.name for column in cursor.description or ())
            rows = [tuple(map(cell, row)) for row in cursor.fetchall()]
            if seconds is not None:
                cursor.execute(b"SET LOCAL statement_timeout TO DEFAULT")
            return Result(names, rows)

    def frame(self, sql: str) -> pd.DataFrame:
        """The rows of a SELECT as a DataFrame."""
        with self._told(), self._connection.cursor("frame", binary=True) as cursor:
            cursor.execute(sql.encode())  # a cursor of the server's: the client holds one block
            columns = cursor.description or ()
            kinds = [SENT.get(column.type_code, "text") for column in columns]
            names = [column.name for column in columns]
            return frame_of(names, kinds, iter(lambda: cursor.fetchmany(BLOCK), []))

    def send(self, file: Path, table: str) -> int:
        """Load a file of `write_clean`; how many rows arrived."""
        command = f"COPY {table} FROM STDIN (FORMAT csv, NULL 'NULL')"
        with self._cursor() as cursor, file.open("rb") as rows:
            with cursor.copy(command.encode()) as copy:
                while chunk := rows.read(CHUNK):
                    copy.write(chunk)
            return int(cursor.rowcount)

    def tables(self) -> set[str]:
        """The names of the tables that there are."""
        schema = "table_schema = current_schema()"
        rows = self.rows(f"SELECT table_name FROM information_schema.tables WHERE {schema}").rows
        return {str(name) for (name,) in rows}

    def columns(self, table: str, name: str) -> dict[str, Kind]:
        """What each column of a table holds, which lies under that name."""
        found = self._described(name, "attname, format_type(atttypid, atttypmod)")
        if not found:
            raise TableMissing(f"there is no table {table}; load it first")
        return {column: kind_of(f"{table}.{column}", type_) for column, type_ in found}

    def make(self, name: str, create: str) -> None:
        """Make a table by a statement, whose text is compared byte by byte."""
        self.run(f"DROP TABLE IF EXISTS {name}")
        self.run(create)
        change = (
            """format('ALTER %I TYPE %s COLLATE "C"', attname, format_type(atttypid, atttypmod))"""
        )
        if found := self._described(name, change, "AND attcollation <> 0"):
            self.run(f"ALTER TABLE {name} {', '.join(column for (column,) in found)}")

    def replace(self, table: str, name: str) -> None:
        """Let the table under `name` take another's place; whoever might read that may read it."""
        grants = self.rows(
            f"SELECT format('GRANT %s ON {table} TO %s', privilege_type,"
            " CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)"
            " FROM pg_class, aclexplode(relacl)"
            f" WHERE oid = to_regclass('{table}') AND grantee <> relowner"
        ).rows
        self.run(f"DROP TABLE IF EXISTS {table}")
        self.run(f"ALTER TABLE {name} RENAME TO {table}")
        for (grant,) in grants:
            self.run(grant)

    def keep_readers_out(self) -> None:
        """Wait until nobody reads, and let nobody begin until the transaction ends."""
        self.run(f"SELECT pg_advisory_xact_lock({READING})")

    def commit(self) -> None:
        """End the transaction: what was made in it is there."""
        with self._told():
            self._connection.commit()

    @contextmanager
    def undone_if_it_fails(self) -> Iterator[None]:
        """End the transaction if something fails: what was made in it is not there."""
        try:
            yield
        except BaseException:
            with suppress(psycopg.Error):
                self._connection.rollback()
            raise

    def close(self) -> None:
        """Let go of the locks, which the server would do a moment later, and of the server."""
        with suppress(psycopg.Error):
            self._connection.rollback()
            self._connection.execute("SELECT pg_advisory_unlock_all()")
        self._connection.close()

    def _described(self, table: str, what: str, only: str = "") -> list[tuple[Any, ...]]:
        return self.rows(
            f"SELECT {what} FROM pg_attribute WHERE attrelid = to_regclass('{table}')"
            f" AND attnum > 0 AND NOT attisdropped {only} ORDER BY attnum"
        ).rows

    @contextmanager
    def _cursor(self, seconds: float | None = None) -> Iterator[psycopg.Cursor[Any]]:
        with self._told(seconds), self._connection.cursor(binary=True) as cursor:
            yield cursor

    @contextmanager
    def _told(self, seconds: float | None = None) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            text = error.diag.message_primary or str(error)
            if error.diag.message_detail:
                text += f" ({error.diag.message_detail})"
            trouble = "away" if self._connection.closed else TROUBLE.get(type(error))
            raise failed(self._address, text, trouble, seconds) from error


def _connection(address: ServerAddress) -> psycopg.Connection[Any]:
    known: dict[str, Any] = {
        "host": address.host,
        "port": address.port,
        "user": address.user,
        "password": address.password,
        "dbname": address.database,
        "connect_timeout": CONNECT_SECONDS,
        "client_encoding": "UTF8",
    }
    try:
        return psycopg.connect(make_conninfo(**(known | address.options)))
    except psycopg.Error as error:
        text = str(error).removeprefix("connection failed: ")
        busy = "the database system is" in text  # starting up, shutting down, recovering
        refused = "FATAL" in text and not busy
        away = isinstance(error, psycopg.OperationalError) and not refused
        raise not_opened(address, text, "away" if away else None) from error
