"""A connection to MySQL or MariaDB, set so that SQL means there what it means everywhere else.

Text is compared, grouped and ordered byte by byte, quotes and backslashes are as the standard has
them, a division keeps its digits, a value that does not fit is an error.

Tables take the places of others all at once, by one RENAME TABLE. Whatever else these servers
define commits at once, so a loader that was killed leaves tables behind, which the next one
removes. A lock that the server keeps for its connection lets no second loader in; readers go on
undisturbed.
"""

# ruff: noqa: D102 - server_session.py says what the methods do

from __future__ import annotations

import os
import re
import ssl  # noqa: F401 - before the driver, whose own libssl goes with no other libcrypto
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import mysql.connector
from mysql.connector.constants import ClientFlag, FieldType

from Task1_database.csv_file import CsvFile
from Task1_database.databases.base import Kind, in_use
from Task1_database.databases.duckdb_csv import read_clean
from Task1_database.databases.mysql_settings import COLLATIONS, FORMAT, MODE, settings
from Task1_database.databases.server_session import (
    CONNECT_SECONDS,
    LOCK_SECONDS,
    PREVIOUS,
    STAGING,
    ServerErrorKind,
    ServerSession,
    failed,
    not_opened,
)
from Task1_database.databases.url import ServerAddress
from Task1_database.errors import DatabaseError
from Task1_database.literals import sql_text
from Task1_database.schema import Table

PORT = 3306
MARK = "made by Tablecast"  # a comment on our tables, so that we remove no others
LOCK = "LEFT(CONCAT('tablecast ', DATABASE()), 64)"  # the longest name that a lock may have
PACKET = 1 << 19  # bytes of rows in one INSERT: well below any server's max_allowed_packet
LOCK_TIMEOUTS = {"lock_wait_timeout": LOCK_SECONDS, "innodb_lock_wait_timeout": LOCK_SECONDS}
KINDS: dict[int, Kind] = {
    **dict.fromkeys((FieldType.TINY, FieldType.SHORT, FieldType.INT24), "integer"),
    **dict.fromkeys((FieldType.LONG, FieldType.LONGLONG), "integer"),
    **dict.fromkeys((FieldType.FLOAT, FieldType.DOUBLE), "number"),
    **dict.fromkeys((FieldType.DECIMAL, FieldType.NEWDECIMAL), "number"),
    FieldType.DATE: "date",
}
ERROR_KINDS: dict[
    int, ServerErrorKind
] = {  # the servers' error numbers; from 2000 to 2999 the client's
    **dict.fromkeys((1040, 1053, 1927, 4031), "away"),  # full, going down, connection ended
    **dict.fromkeys((2002, 2003, 2005, 2006, 2013, 2055), "away"),  # not reached, or lost
    **dict.fromkeys((1044, 1142, 1143, 1227, 1370), "denied"),
    **dict.fromkeys((1205, 1213), "locked"),  # waited too long, deadlock
    **dict.fromkeys((1969, 3024), "timeout"),  # MariaDB's, MySQL's
    1412: "replaced",  # the table is younger than what this transaction sees
}


class MysqlSession(ServerSession):
    """A connection to MySQL or MariaDB."""

    schema = "DATABASE()"
    kinds = KINDS

    def __init__(self, address: ServerAddress, folder: Path | None) -> None:
        self._address = address
        self._connection = _connection(address, folder)
        try:
            self._set_up()
            if folder is None:
                self.run("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                self.run("SET SESSION autocommit = 0")
            else:
                self._lock()
                self._drop_leftovers()
        except BaseException:
            self.close()
            raise

    def _set_up(self) -> None:
        version, files, collation = self.rows(
            "SELECT VERSION(), @@local_infile, (SELECT MAX(collation_name)"
            f" FROM information_schema.collations WHERE collation_name IN {COLLATIONS})"
        ).rows[0]
        if not collation:
            needed = "expected MySQL 8.0.17 or MariaDB 10.2, or later"
            raise DatabaseError(f"{self._address.url} is {version}; {needed}")
        self._is_mariadb = "MariaDB" in version
        self._takes_files = bool(files)
        self._options = f"CHARACTER SET utf8mb4 COLLATE {collation} COMMENT '{MARK}'"
        self.run(f"SET NAMES utf8mb4 COLLATE {collation}")
        self.run(f"SET SESSION {settings(LOCK_TIMEOUTS, maria=self._is_mariadb)}")

    def _lock(self) -> None:
        if self.rows(f"SELECT GET_LOCK({LOCK}, 0)").rows != [(1,)]:
            raise in_use(self._address.url)

    @contextmanager
    def cursor(self, seconds: float | None = None) -> Iterator[Any]:
        try:
            cursor = self._connection.cursor()
            yield cursor
            cursor.close()
        except mysql.connector.Error as error:
            kind = ERROR_KINDS.get(error.errno)
            if isinstance(error, mysql.connector.OperationalError) and error.errno == -1:
                kind = "away"  # the driver knows already that the connection is lost
            raise failed(self._address, error.msg or str(error), kind, seconds) from error

    frame_cursor = cursor

    @contextmanager
    def time_limit(self, seconds: float) -> Iterator[None]:
        name, limit = "max_execution_time", f"{max(1, seconds * 1000):.0f}"
        if self._is_mariadb:
            name, limit = "max_statement_time", f"{seconds:.3f}"
        self.run(f"SET SESSION {name} = {limit}")
        try:
            yield
        finally:
            with suppress(DatabaseError):
                self.run(f"SET SESSION {name} = DEFAULT")

    def break_off(self) -> None:
        """By a second connection: this one's socket is the driver's alone."""
        end = f"KILL CONNECTION {self._connection.connection_id}"
        errors = DatabaseError, mysql.connector.Error  # what cannot be ended goes on
        with suppress(*errors), closing(_connection(self._address, None)) as other:
            other.cursor().execute(end)

    def create(self, table: Table, name: str) -> None:
        self._drop(name)
        self.run(f"{table.ddl(name)} {self._options}")

    def create_as(self, name: str, select: str) -> None:
        self._drop(name)
        self.run(f"CREATE TABLE {name} {self._options} AS {select}")

    def send(self, file: Path, csv: CsvFile, name: str) -> int:
        if self._takes_files:
            return self._send_file(file, csv.path.name, name)
        rows = read_clean(file, csv.table)
        step = max(1, len(rows) * PACKET // max(1, file.stat().st_size))
        for start in range(0, len(rows), step):
            self.insert(name, rows[start : start + step])
        return len(rows)

    def _send_file(self, file: Path, source: str, table: str) -> int:
        with self.cursor() as cursor:
            load = f"LOAD DATA LOCAL INFILE {sql_text(file)} INTO TABLE {table}"
            cursor.execute(f"{load} CHARACTER SET utf8mb4 {FORMAT}")
            rows = int(cursor.rowcount)
            if cursor.warning_count:  # what would else be an error is one no longer with LOCAL
                cursor.execute("SHOW WARNINGS")
                raise DatabaseError(f"{source}: the server says: {cursor.fetchall()[0][2]}")
            return rows

    def publish(self, tables: Sequence[str]) -> None:
        in_place, moves = self.tables(), []
        for table in tables:
            moves += [f"{table} TO {table}{PREVIOUS}"] * (table in in_place)
            moves.append(f"{table}{STAGING} TO {table}")
        if moves:
            self.run(f"RENAME TABLE {', '.join(moves)}")

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        try:
            yield
        finally:
            with suppress(DatabaseError):  # what stays after all, the next loader removes
                self._drop_leftovers()

    def _drop_leftovers(self) -> None:
        ours = self.tables(f"table_comment = '{MARK}'")
        self._drop(*(name for name in sorted(ours) if name.endswith((STAGING, PREVIOUS))))

    def _drop(self, *tables: str) -> None:
        if tables:
            self.run(f"DROP TABLE IF EXISTS {', '.join(tables)}")

    def described(self, name: str) -> list[tuple[str, str]]:
        return self.rows(
            "SELECT column_name, CASE data_type WHEN 'decimal' THEN column_type ELSE data_type END"
            " FROM information_schema.columns"
            f" WHERE table_schema = DATABASE() AND table_name = '{name}' ORDER BY ordinal_position"
        ).rows

    def close(self) -> None:
        with suppress(DatabaseError):
            self.run(f"DO RELEASE_LOCK({LOCK})")
        with suppress(mysql.connector.Error):
            self._connection.close()


def _connection(address: ServerAddress, folder: Path | None) -> Any:
    for option in address.options.keys() - {"reconnect"}:
        raise DatabaseError(f"{address.url}: there is no option {option}; leave it out")
    sends = {"allow_local_infile_in_path": str(folder)} if folder else {}
    try:
        return mysql.connector.connect(
            host=address.host or "127.0.0.1",
            port=address.port or PORT,
            user=address.user,
            password=address.password,
            database=address.database,
            connection_timeout=CONNECT_SECONDS,
            client_flags=[-ClientFlag.MULTI_STATEMENTS],
            charset="utf8mb4",
            sql_mode=MODE,
            autocommit=True,
            **sends,
        )
    except mysql.connector.Error as error:
        text = re.sub(r" \((-?\d+)\)$", _cause, error.msg or str(error))
        raise not_opened(address, text, ERROR_KINDS.get(error.errno)) from error


def _cause(number: re.Match[str]) -> str:
    """What a number of the operating system means, in words."""
    return f": {os.strerror(int(number[1]))}" if int(number[1]) > 0 else ""
