"""DuckDB, embedded: a database that is one file, and the reader of every CSV.

A kill at any moment of a transaction leaves what was there before. SQL can reach neither files
(save the CSVs being loaded) nor the network, and can load no extension. A query with a time limit
is answered by a process of its own, which reads only.
"""

# ruff: noqa: D102 - base.py says what the methods do

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import duckdb

from Task1_database.csv_file import CsvFile
from Task1_database.databases.base import (
    Cell,
    Database,
    Kind,
    Result,
    Transaction,
    cell,
    in_use,
    kind_of,
)
from Task1_database.databases.duckdb_csv import first_line, refusals_of, select_of
from Task1_database.databases.duckdb_process import DuckProcess
from Task1_database.errors import DatabaseError, DatabaseInUse, TableMissing
from Task1_database.schema import Table
from Task1_database.scratch_folder import scratch_folder

if TYPE_CHECKING:
    import pandas as pd

LOCKED_DOWN: dict[str, str | bool] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "enable_external_access": False,
    "lock_configuration": True,
}


class DuckDatabase(Database):
    """The database file that `url` (duckdb:///folder/file.duckdb) names."""

    def __init__(self, url: str, *, read_only: bool, files: Sequence[Path]) -> None:
        self.url = url
        path = _path(url)
        if read_only and not path.exists():
            raise TableMissing(f"{url} is not there yet; load a dataset into it first")
        self._connection = _open(url, path, read_only, files)
        self._process: DuckProcess | None = None

    def query(self, sql: str, *, seconds: float | None = None) -> Result:
        if seconds is not None:
            return self._query_within(sql, seconds)
        with _errors():
            return _rows(self._connection, sql)

    def _query_within(self, sql: str, seconds: float) -> Result:
        """By a process that can be ended; it goes on with the next query, or another one does."""
        if self._process is None:
            self._process = DuckProcess(_path(self.url), LOCKED_DOWN)
        try:
            return self._process.query(sql, seconds)
        finally:
            if not self._process.is_alive:
                self._end_process()

    def _end_process(self) -> None:
        if self._process is not None:
            self._process.close()
        self._process = None

    def frame(self, sql: str) -> pd.DataFrame:
        import pandas as pd  # noqa: PLC0415 (loading does without)

        with _errors():
            frame = self._connection.execute(sql).df()
        for name in frame.select_dtypes("number"):  # integers with gaps come as a masked type
            if frame[name].hasnans:
                frame[name] = frame[name].astype(float)
        for name in frame.select_dtypes(exclude=["number", "datetime"]):
            codes, texts = frame[name].factorize()  # equal texts become one, soon compared
            last_is_none = pd.Series([*texts, None], dtype=object)  # the code of a missing one: -1
            frame[name] = last_is_none.take(codes).set_axis(frame.index)
        return frame

    def columns(self, table: str) -> dict[str, Kind]:
        return _columns(self._connection, table)

    def tables(self) -> set[str]:
        sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'"
        return {str(name) for (name,) in self.query(sql).rows}

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        self._connection.begin()
        try:
            yield DuckTransaction(self._connection)
        except BaseException:
            with suppress(duckdb.Error):  # a rollback that fails would hide what went wrong
                self._connection.rollback()
            raise
        with _errors():
            self._connection.commit()

    def close(self) -> None:
        self._end_process()
        self._connection.close()


class DuckTransaction(Transaction):
    """One transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def load(self, csv: CsvFile) -> int:
        self._replace(csv.table)
        insert = f"INSERT INTO {csv.table.name} {select_of(csv)}"
        with _errors(), refusals_of(csv):
            (count,) = self._connection.execute(insert).fetchall()
        return int(count[0])

    def create_table_as(self, table: str, select: str) -> None:
        with _errors():
            statements = self._connection.extract_statements(f"CREATE TABLE {table} AS {select}")
            if len(statements) != 1:  # it would run them all
                raise DatabaseError(f"expected one SELECT, not {len(statements)} statements")
            self._connection.execute(f"DROP TABLE IF EXISTS {table}")
            self._connection.execute(statements[0])

    def create_table(self, table: Table, rows: Sequence[Sequence[Cell]]) -> None:
        self._replace(table)
        marks = ", ".join("?" * len(table.columns))
        with _errors():
            self._connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)

    def query(self, sql: str) -> Result:
        with _errors():
            return _rows(self._connection, sql)

    def columns(self, table: str) -> dict[str, Kind]:
        return _columns(self._connection, table)

    def progress(self) -> float:
        return self._connection.query_progress()

    def _replace(self, table: Table) -> None:
        with _errors():
            self._connection.execute(f"DROP TABLE IF EXISTS {table.name}")
            self._connection.execute(table.ddl())


def _path(url: str) -> Path:
    parts = urlsplit(url)
    if parts.netloc or not parts.path.strip("/"):
        raise DatabaseError(f"{url!r} is not a database; expected duckdb:///folder/file.duckdb")
    return Path(url2pathname(unquote("/" + parts.path.lstrip("/"))))


def enable_progress(connection: duckdb.DuckDBPyConnection) -> None:
    """Have `query_progress` say how far a statement is; in Jupyter it stays silent.

    There DuckDB refuses the setting unless ipywidgets is installed, though nothing is to be shown.
    """
    with suppress(duckdb.InvalidInputException):
        connection.execute("SET enable_progress_bar = true")
        connection.execute("SET enable_progress_bar_print = false")


def _open(
    url: str, path: Path, read_only: bool, files: Sequence[Path]
) -> duckdb.DuckDBPyConnection:
    try:
        if read_only:
            return duckdb.connect(path, read_only=True, config=dict(LOCKED_DOWN))
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = _connect(path)
        enable_progress(connection)
        connection.execute("SET allowed_paths = $files", {"files": [str(file) for file in files]})
        for name, value in LOCKED_DOWN.items():
            connection.execute(f"SET {name} = {value}")
    except (duckdb.ConnectionException, duckdb.InvalidInputException) as error:
        raise DatabaseInUse(f"{url} is open elsewhere in this process; close it there") from error
    except (duckdb.Error, OSError) as error:
        if "Could not set lock" in str(error) or "being used by another process" in str(error):
            raise in_use(url) from error
        raise DatabaseError(f"{url} cannot be opened: {first_line(error)}") from error
    return connection


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the file; one that is not there is made beside and moved in whole.

    DuckDB could never open the half of one that a kill or a full disk left.
    """
    if not path.exists():
        with scratch_folder(path.parent, ".database-") as folder:
            duckdb.connect(folder / path.name).close()
            with suppress(OSError):  # another was faster, or there are no links: DuckDB makes it
                path.hardlink_to(folder / path.name)
    return duckdb.connect(path)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Result:
    cursor = connection.execute(sql)
    names = tuple(str(column[0]) for column in cursor.description or ())
    return Result(names, [tuple(map(cell, row)) for row in cursor.fetchall()])


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, Kind]:
    try:
        described = connection.execute(f"DESCRIBE {table}").fetchall()
    except duckdb.CatalogException as error:
        raise TableMissing(f"there is no table {table}; load it first") from error
    return {name: kind_of(f"{table}.{name}", kind) for name, kind, *_ in described}


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise DatabaseError(first_line(error)) from error
