"""What Tablecast asks of a database, whichever it is, and how to open one by its URL.

Readers use `query`, `frame` and `columns`. Loading uses `change`: tables made anew inside one
change appear to everybody else together when it ends, or, whatever happens, not at all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit

from Task1_database.csvfile import CsvFile
from Task1_database.errors import DatabaseError
from Task1_database.schema import Table

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["integer", "number", "text", "date"]
Cell = int | float | str | date | None


@dataclass(frozen=True)
class Result:
    """The answer to a query: the names of its columns, and its rows in order."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]  # of Cells


class Change(ABC):
    """Tables being made anew, together; what it reads, it reads as it has made it so far."""

    @abstractmethod
    def load(self, csv: CsvFile) -> int:
        """Make the CSV's table, with every row of the file; how many there are.

        Raises
        ------
        DataError
            Naming file, line, column and value of the first thing that does not fit.
        """

    @abstractmethod
    def derive(self, table: str, select: str) -> None:
        """Make a table out of what a SELECT gives."""

    @abstractmethod
    def write(self, table: Table, rows: Sequence[Sequence[Cell]]) -> None:
        """Make a small table with these rows."""

    @abstractmethod
    def query(self, sql: str) -> Result:
        """The rows of a SELECT."""

    @abstractmethod
    def progress(self) -> float:
        """How much of what is being done is done, in percent; below 0 if that is not known."""

    @abstractmethod
    def columns(self, table: str) -> dict[str, Kind]:
        """What each column of a table holds, in order."""


class Database(ABC):
    """An open database; a context manager that closes it."""

    @abstractmethod
    def query(self, sql: str, *, seconds: float | None = None) -> Result:
        """The rows of a SELECT.

        Raises
        ------
        QueryTimeout
            If it takes longer than `seconds`.
        DatabaseError
            If the database cannot answer it.
        """

    @abstractmethod
    def frame(self, sql: str) -> pd.DataFrame:
        """The rows of a SELECT as a DataFrame: numbers as numbers, text as str or None."""

    @abstractmethod
    def columns(self, table: str) -> dict[str, Kind]:
        """What each column of a table holds, in order.

        Raises
        ------
        TableMissing
            If there is no such table.
        DatabaseError
            If a column is of a type that a model has no use for.
        """

    @abstractmethod
    def tables(self) -> set[str]:
        """The names of the tables that there are."""

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self.query(f"SELECT COUNT(*) FROM {table}").rows[0][0])  # noqa: S608

    @abstractmethod
    def change(self) -> AbstractContextManager[Change]:
        """One change, all or nothing: undone if its block raises or the process dies."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def connect(url: str, *, read_only: bool = False, files: Sequence[Path] = ()) -> Database:
    """Open the database at `url`, such as duckdb:///folder/houses.duckdb.

    Parameters
    ----------
    read_only : bool
        Whether nothing may be changed, which lets several processes read at once.
    files : sequence of Path
        The CSV files that may be loaded; SQL can reach no other file.

    Raises
    ------
    DatabaseInUse
        If another process is writing to it, or reads it while this one wants to write.
    TableMissing
        If it is to be read and is not there.
    DatabaseError
        If the URL is not one, or cannot be opened.
    """
    scheme = urlsplit(url).scheme
    if scheme == "duckdb":
        from Task1_database.duckdb_backend import DuckDatabase  # noqa: PLC0415 (drivers on demand)

        return DuckDatabase(url, read_only=read_only, files=files)
    raise DatabaseError(
        f"{safe_url(url)!r} is not a database; expected duckdb:///folder/file.duckdb"
    )


def safe_url(url: str) -> str:
    """The URL with its password hidden, fit for a log or a message."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    login, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{login.partition(':')[0]}:***@{host}").geturl()


def cell(value: Any) -> Cell:
    """A value as every database gives it: decimals become int or float, whichever is exact."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value  # type: ignore[no-any-return]
