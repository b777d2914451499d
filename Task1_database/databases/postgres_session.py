"""A connection to PostgreSQL, set so that SQL means there what it means everywhere else.

The text in tables of ours is compared and ordered byte by byte. One statement at a time is sent,
so that no SELECT can bring along another that ends a read-only transaction.

What is made is made in one transaction, which a kill at any moment undoes. Readers go on
undisturbed while tables are being made; only when these take their places at the end do both
sides wait for each other. A lock that the server keeps for its connection lets no second loader in.
"""

# ruff: noqa: D102 - server_session.py says what the methods do

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors, postgres
from psycopg.conninfo import make_conninfo

from Task1_database.csv_file import CsvFile
from Task1_database.databases.base import Kind, in_use
from Task1_database.databases.server_session import (
    CONNECT_SECONDS,
    LOCK_SECONDS,
    STAGING,
    ServerErrorKind,
    ServerSession,
    failed,
    not_opened,
)
from Task1_database.databases.url import ServerAddress
from Task1_database.schema import Table

WRITING, READING = "hashtext('tablecast writes')", "hashtext('tablecast reads')"
CHUNK = 1 << 18
KINDS: dict[int, Kind] = {
    **{postgres.types[name].oid: "integer" for name in ("int2", "int4", "int8")},
    **{postgres.types[name].oid: "number" for name in ("float4", "float8", "numeric")},
    postgres.types["date"].oid: "date",
}
ERROR_KINDS: dict[type[psycopg.Error], ServerErrorKind] = {
    errors.InsufficientPrivilege: "denied",
    errors.LockNotAvailable: "locked",
    errors.DeadlockDetected: "locked",
    errors.QueryCanceled: "timeout",
}


class PostgresSession(ServerSession):
    """A connection to PostgreSQL; while one that reads is open, no table of ours is replaced."""

    schema = "current_schema()"
    kinds = KINDS

    def __init__(self, address: ServerAddress, folder: Path | None) -> None:
        self._address = address
        self._connection = _connection(address)
        try:
            self._set_up(read_only=folder is None)
        except BaseException:
            self.close()
            raise

    def _set_up(self, *, read_only: bool) -> None:
        self.run(f"SET lock_timeout = {LOCK_SECONDS * 1000:.0f}")
        if read_only:
            self.run(f"SELECT pg_advisory_lock_shared({READING})")
        elif self.rows(f"SELECT pg_try_advisory_lock({WRITING})").rows != [(1,)]:
            raise in_use(self._address.url)
        self._commit()
        if read_only:
            self._connection.read_only = True
            self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ

    @contextmanager
    def cursor(self, seconds: float | None = None) -> Iterator[Any]:
        with self._errors(seconds), self._connection.cursor(binary=True) as cursor:
            yield cursor

    @contextmanager
    def frame_cursor(self) -> Iterator[Any]:
        """A cursor of the server's: the client holds one block."""
        with self._errors(), self._connection.cursor("frame", binary=True) as cursor:
            yield cursor

    @contextmanager
    def time_limit(self, seconds: float) -> Iterator[None]:
        self.run(f"SET LOCAL statement_timeout = {max(1, seconds * 1000):.0f}")
        yield
        self.run("SET LOCAL statement_timeout TO DEFAULT")

    def break_off(self) -> None:
        """A server at work inside of a function heeds nothing, so that it is not asked."""
        with suppress(OSError, psycopg.Error):
            number = self._connection.fileno()
            with socket.fromfd(number, socket.AF_INET, socket.SOCK_STREAM) as line:
                line.shutdown(socket.SHUT_RDWR)

    def create(self, table: Table, name: str) -> None:
        self._create(name, table.ddl(name))

    def create_as(self, name: str, select: str) -> None:
        self._create(name, f"CREATE TABLE {name} AS {select}")

    def _create(self, name: str, statement: str) -> None:
        """Make a table by a statement; its text is compared byte by byte."""
        self.run(f"DROP TABLE IF EXISTS {name}")
        self.run(statement)
        collate = (
            """format('ALTER %I TYPE %s COLLATE "C"', attname, format_type(atttypid, atttypmod))"""
        )
        if actions := self._attributes(name, collate, "AND attcollation <> 0"):
            self.run(f"ALTER TABLE {name} {', '.join(action for (action,) in actions)}")

    def send(self, file: Path, csv: CsvFile, name: str) -> int:
        with self.cursor() as cursor, file.open("rb") as rows:
            with cursor.copy(f"COPY {name} FROM STDIN (FORMAT csv, NULL 'NULL')") as copy:
                while chunk := rows.read(CHUNK):
                    copy.write(chunk)
            return int(cursor.rowcount)

    def publish(self, tables: Sequence[str]) -> None:
        self.run(f"SELECT pg_advisory_xact_lock({READING})")  # wait for readers, let none begin
        for table in tables:
            self._replace(table)
        self._commit()

    def _replace(self, table: str) -> None:
        """Let the staged table take another's place; whoever might read that may read it."""
        grants = self.rows(
            f"SELECT format('GRANT %s ON {table} TO %s', privilege_type,"
            " CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)"
            " FROM pg_class, aclexplode(relacl)"
            f" WHERE oid = to_regclass('{table}') AND grantee <> relowner"
        ).rows
        self.run(f"DROP TABLE IF EXISTS {table}")
        self.run(f"ALTER TABLE {table}{STAGING} RENAME TO {table}")
        for (grant,) in grants:
            self.run(grant)

    def _commit(self) -> None:
        with self._errors():
            self._connection.commit()

    @contextmanager
    def rolled_back_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            with suppress(psycopg.Error):
                self._connection.rollback()
            raise

    def described(self, name: str) -> list[tuple[str, str]]:
        return self._attributes(name, "attname, format_type(atttypid, atttypmod)")

    def _attributes(self, table: str, expressions: str, condition: str = "") -> list[Any]:
        return self.rows(
            f"SELECT {expressions} FROM pg_attribute WHERE attrelid = to_regclass('{table}')"
            f" AND attnum > 0 AND NOT attisdropped {condition} ORDER BY attnum"
        ).rows

    def close(self) -> None:
        with suppress(psycopg.Error):
            self._connection.rollback()
            self._connection.execute("SELECT pg_advisory_unlock_all()")
        self._connection.close()

    @contextmanager
    def _errors(self, seconds: float | None = None) -> Iterator[None]:
        """Turn the driver's errors into ours."""
        try:
            yield
        except psycopg.Error as error:
            text = error.diag.message_primary or str(error)
            if error.diag.message_detail:
                text += f" ({error.diag.message_detail})"
            kind = "away" if self._connection.closed else ERROR_KINDS.get(type(error))
            raise failed(self._address, text, kind, seconds) from error


def _connection(address: ServerAddress) -> psycopg.Connection[Any]:
    parameters: dict[str, Any] = {
        "host": address.host,
        "port": address.port,
        "user": address.user,
        "password": address.password,
        "dbname": address.database,
        "connect_timeout": CONNECT_SECONDS,
        "client_encoding": "UTF8",
    }
    try:
        return psycopg.connect(make_conninfo(**(parameters | address.options)))
    except psycopg.Error as error:
        text = str(error).removeprefix("connection failed: ")
        busy = "the database system is" in text  # starting up, shutting down, recovering
        refused = "FATAL" in text and not busy
        away = isinstance(error, psycopg.OperationalError) and not refused
        raise not_opened(address, text, "away" if away else None) from error
