"""A connection to MySQL or MariaDB, set so that SQL means there what it means everywhere else.

Text is compared, grouped and ordered byte by byte, quotes and backslashes are as the standard has
them, a division keeps its digits, a value that does not fit is an error.
"""

# ruff: noqa: S608 - names in SQL are checked ones

from __future__ import annotations

import os
import re
import ssl  # noqa: F401 - before the driver, whose own libssl goes with no other libcrypto
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mysql.connector
from mysql.connector.constants import ClientFlag, FieldType

from Task1_database.databases.base import Cell, Kind, Result, cell, kind_of
from Task1_database.databases.frames import BLOCK, frame_of
from Task1_database.databases.mysql_settings import COLLATIONS, FORMAT, MODE, settings
from Task1_database.databases.server_errors import (
    CONNECT_SECONDS,
    LOCK_SECONDS,
    Trouble,
    failed,
    in_use,
    not_opened,
)
from Task1_database.databases.url import ServerAddress
from Task1_database.errors import DatabaseError, TableMissing

if TYPE_CHECKING:
    import pandas as pd

PORT = 3306
MARK = "made by Tablecast"  # a comment on our tables, so that we remove no others
LOCK = "LEFT(CONCAT('tablecast ', DATABASE()), 64)"  # the longest name that a lock may have
PATIENCE = {"lock_wait_timeout": LOCK_SECONDS, "innodb_lock_wait_timeout": LOCK_SECONDS}
SENT: dict[int, Kind] = {
    **dict.fromkeys((FieldType.TINY, FieldType.SHORT, FieldType.INT24), "integer"),
    **dict.fromkeys((FieldType.LONG, FieldType.LONGLONG), "integer"),
    **dict.fromkeys((FieldType.FLOAT, FieldType.DOUBLE), "number"),
    **dict.fromkeys((FieldType.DECIMAL, FieldType.NEWDECIMAL), "number"),
    FieldType.DATE: "date",
}
TROUBLE: dict[int, Trouble] = {  # the servers' error numbers; from 2000 to 2999 the client's
    **dict.fromkeys((1040, 1053, 1927, 4031), "away"),  # full, going down, connection ended
    **dict.fromkeys((2002, 2003, 2005, 2006, 2013, 2055), "away"),  # not reached, or lost
    **dict.fromkeys((1044, 1142, 1143, 1227, 1370), "denied"),
    **dict.fromkeys((1205, 1213), "locked"),  # waited too long, deadlock
    **dict.fromkeys((1969, 3024), "late"),  # MariaDB's, MySQL's
    1412: "moved",  # the table is younger than what this transaction sees
}


class MysqlSession:
    """A connection that may send files from `folder`; without one it only reads, as of one moment.

    Attributes
    ----------
    takes_files : bool
        Whether the server lets a client send it files.
    ours : str
        The options of a table of ours, for the end of CREATE TABLE.
    """

    def __init__(self, address: ServerAddress, folder: Path | None) -> None:
        self._address = address
        self._connection = _connection(address, folder)
        try:
            self._set_up()
            if folder is None:
                self.run("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                self.run("SET SESSION autocommit = 0")
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
        self._maria = "MariaDB" in version
        self.takes_files = bool(files)
        self.ours = f"CHARACTER SET utf8mb4 COLLATE {collation} COMMENT '{MARK}'"
        self.run(f"SET NAMES utf8mb4 COLLATE {collation}")
        self.run(f"SET SESSION {settings(PATIENCE, maria=self._maria)}")

    def lock(self) -> None:
        """Let no other session of ours write to the database.

        Raises
        ------
        DatabaseInUse
            If one does.
        """
        if self.rows(f"SELECT GET_LOCK({LOCK}, 0)").rows != [(1,)]:
            raise in_use(self._address)

    def run(self, sql: str, rows: Sequence[Sequence[Cell]] | None = None) -> None:
        """Run a statement, once for each row if there are rows."""
        with self._cursor() as cursor:
            if rows is None:
                cursor.execute(sql)
            else:
                cursor.executemany(sql, rows)

    def rows(self, sql: str, seconds: float | None = None) -> Result:
        """The rows of a SELECT."""
        with self._limit(seconds), self._cursor(seconds) as cursor:
            cursor.execute(sql)
            rows = [tuple(map(cell, row)) for row in cursor.fetchall()]
            return Result(tuple(cursor.column_names), rows)

    def frame(self, sql: str) -> pd.DataFrame:
        """The rows of a SELECT as a DataFrame."""
        with self._cursor() as cursor:
            cursor.execute(sql)
            kinds = [SENT.get(column[1], "text") for column in cursor.description]
            blocks = iter(lambda: cursor.fetchmany(BLOCK), [])
            return frame_of(cursor.column_names, kinds, blocks)

    def send(self, file: Path, source: str, table: str) -> int:
        """Load a file of `write_clean`, made of `source`; how many rows arrived."""
        path = str(file).replace("'", "''")
        with self._cursor() as cursor:
            cursor.execute(
                f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE {table} CHARACTER SET utf8mb4 {FORMAT}"
            )
            rows = int(cursor.rowcount)
            if cursor.warning_count:  # what would else be an error is one no longer with LOCAL
                cursor.execute("SHOW WARNINGS")
                raise DatabaseError(f"{source}: the server says: {cursor.fetchall()[0][2]}")
            return rows

    def tables(self) -> set[str]:
        """The names of the tables that there are."""
        sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
        return {str(name) for (name,) in self.rows(sql).rows}

    def columns(self, table: str, name: str) -> dict[str, Kind]:
        """What each column of a table holds, which lies under that name."""
        found = self.rows(
            "SELECT column_name, CASE data_type WHEN 'decimal' THEN column_type ELSE data_type END"
            " FROM information_schema.columns"
            f" WHERE table_schema = DATABASE() AND table_name = '{name}' ORDER BY ordinal_position"
        ).rows
        if not found:
            raise TableMissing(f"there is no table {table}; load it first")
        return {column: kind_of(f"{table}.{column}", type_) for column, type_ in found}

    def made_by_us(self) -> list[str]:
        """The names of the tables that bear our mark."""
        sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
        return [str(name) for (name,) in self.rows(f"{sql} AND table_comment = '{MARK}'").rows]

    def drop(self, *tables: str) -> None:
        """Remove tables, if they are there."""
        if tables:
            self.run(f"DROP TABLE IF EXISTS {', '.join(tables)}")

    def close(self) -> None:
        """Let go of the lock, which the server would do a moment later, and of the server."""
        with suppress(DatabaseError):
            self.run(f"DO RELEASE_LOCK({LOCK})")
        with suppress(mysql.connector.Error):
            self._connection.close()

    @contextmanager
    def _cursor(self, seconds: float | None = None) -> Iterator[Any]:
        """A cursor whose errors are ours."""
        try:
            cursor = self._connection.cursor()
            yield cursor
            cursor.close()
        except mysql.connector.Error as error:
            trouble = TROUBLE.get(error.errno)
            if isinstance(error, mysql.connector.OperationalError) and error.errno == -1:
                trouble = "away"  # the driver knows already that the connection is lost
            raise failed(self._address, error.msg or str(error), trouble, seconds) from error

    @contextmanager
    def _limit(self, seconds: float | None) -> Iterator[None]:
        """Let no SELECT take longer."""
        if seconds is None:
            yield
            return
        name, limit = "max_execution_time", f"{max(1, seconds * 1000):.0f}"
        if self._maria:
            name, limit = "max_statement_time", f"{seconds:.3f}"
        self.run(f"SET SESSION {name} = {limit}")
        try:
            yield
        finally:
            with suppress(DatabaseError):
                self.run(f"SET SESSION {name} = DEFAULT")


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
        raise not_opened(address, text, TROUBLE.get(error.errno)) from error


def _cause(number: re.Match[str]) -> str:
    """What a number of the operating system means, in words."""
    return f": {os.strerror(int(number[1]))}" if int(number[1]) > 0 else ""
