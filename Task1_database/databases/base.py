"""What Tablecast asks of a database, whichever it is.

Readers use `query`, `frame` and `columns`. Loading uses `transaction`: tables made inside one
appear to everybody else together when it ends, or, whatever happens, not at all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Self

from Task1_database.errors import DatabaseError, DatabaseInUse
from Task1_database.schema import Table

if TYPE_CHECKING:
    import pandas as pd

    from Task1_database.csv_file import CsvFile

Kind = Literal["integer", "number", "text", "date"]
KINDS: dict[str, Kind] = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "integer"), "integer"),
    **dict.fromkeys(("bigint", "hugeint"), "integer"),
    **dict.fromkeys(("double", "double precision", "float", "real"), "number"),
    **dict.fromkeys(("decimal", "numeric"), "number"),
    **dict.fromkeys(("char", "varchar", "character", "character varying"), "text"),
    **dict.fromkeys(("text", "tinytext", "mediumtext", "longtext"), "text"),
    "date": "date",
}
Cell = int | float | str | date | None


@dataclass(frozen=True)
class Result:
    """The answer to a query: the names of its columns, and its rows in order."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]  # of Cells


class Transaction(ABC):
    """Tables being made anew, together; what it reads, it reads as it has made it so far."""

    @abstractmethod
    def load(self, csv: CsvFile) -> int:
        """Make the CSV's table, with every row of the file; how many there are.

        Raises DataError, naming file, line, column and value of the first thing that does not fit.
        """

    @abstractmethod
    def create_table_as(self, table: str, select: str) -> None:
        """Make a table out of what a SELECT gives."""

    @abstractmethod
    def create_table(self, table: Table, rows: Sequence[Sequence[Cell]]) -> None:
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

        Raises QueryTimeout if it takes longer than `seconds`; DatabaseError if the database cannot
        answer it.
        """

    @abstractmethod
    def frame(self, sql: str) -> pd.DataFrame:
        """The rows of a SELECT as a DataFrame: numbers as numbers, text as str or None."""

    @abstractmethod
    def columns(self, table: str) -> dict[str, Kind]:
        """What each column of a table holds, in order.

        Raises TableMissing if there is no such table; DatabaseError if a column is of a type that a
        model has no use for.
        """

    @abstractmethod
    def tables(self) -> set[str]:
        """The names of the tables that there are."""

    def has_leftovers(self) -> bool:
        """Whether there are tables of a transaction that was killed, or is still under way."""
        return False

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self.query(f"SELECT COUNT(*) FROM {table}").rows[0][0])

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Transaction]:
        """Tables made together, all or nothing: undone if its block raises or the process dies."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def kind_of(column: str, type_: str) -> Kind:
    """What a column holds whose type the database calls so.

    Raises DatabaseError if it is neither numbers nor text nor dates.
    """
    name = type_.lower()
    if name.endswith(",0)"):
        return "integer"
    if name.partition("(")[0] not in KINDS:
        raise DatabaseError(f"{column} is a {type_.upper()}; expected a number, text or a date")
    return KINDS[name.partition("(")[0]]


def cell(value: Any) -> Cell:
    """A value as every database gives it: a truth is 1 or 0, a decimal an int or a float."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    plain: Cell = value
    return plain


def in_use(url: str) -> DatabaseInUse:
    """The error of a second process that would write."""
    advice = "wait until it ends, or stop it, and try again"
    return DatabaseInUse(f"{url} is in use by another process; {advice}")
