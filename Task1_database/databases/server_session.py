"""A connection to a database server: what one to MySQL and one to PostgreSQL do alike.

A session tells of which kind its driver's error is, so that what goes wrong is said in the same
words whichever server it is; no message ever holds the password.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from Task1_database.csv_file import CsvFile
from Task1_database.databases.base import Cell, Kind, Result, cell, kind_of
from Task1_database.databases.deadline import deadline
from Task1_database.databases.url import ServerAddress
from Task1_database.errors import (
    DatabaseAway,
    DatabaseError,
    DatabaseInUse,
    QueryTimeout,
    TableMissing,
)
from Task1_database.schema import Table

if TYPE_CHECKING:
    import pandas as pd

CONNECT_SECONDS = 10
LOCK_SECONDS = 10  # for how long to wait until others let go of a table
STAGING, PREVIOUS = "__new", "__old"  # endings of a table on its way in, and on its way out
GRACE = 2.0  # seconds in which a server may stop by itself, which keeps the connection
BLOCK = 20_000  # rows of a frame that the server sends at once
ServerErrorKind = Literal["away", "denied", "locked", "timeout", "replaced"]
MESSAGES: dict[ServerErrorKind, tuple[type[DatabaseError], str]] = {
    "away": (DatabaseAway, "{url}: the server went away; start it and try again ({text})"),
    "denied": (DatabaseError, "{user} may not do this in {url}: {text}"),
    "locked": (DatabaseInUse, "{url}: others are using a table; try again later ({text})"),
    "timeout": (QueryTimeout, "took longer than {limit}"),
    "replaced": (DatabaseInUse, "{url}: was loaded anew while it was being read; try again"),
}


class ServerSession(ABC):
    """A connection that may send files from `folder`; without one it only reads, as of one moment.

    Raises DatabaseInUse if it is to write and another session of ours does already.
    """

    schema: ClassVar[str]  # SQL for the schema that the tables are in
    kinds: ClassVar[Mapping[Any, Kind]]  # of the driver's type codes; any other is text

    @abstractmethod
    def __init__(self, address: ServerAddress, folder: Path | None) -> None:
        """Connect."""

    @abstractmethod
    def cursor(self, seconds: float | None = None) -> AbstractContextManager[Any]:
        """A cursor whose errors are ours; `seconds` is the limit that they speak of."""

    @abstractmethod
    def frame_cursor(self) -> AbstractContextManager[Any]:
        """A cursor for many rows, not all of which the client holds."""

    @abstractmethod
    def time_limit(self, seconds: float) -> AbstractContextManager[None]:
        """Have the server let no SELECT take longer."""

    @abstractmethod
    def break_off(self) -> None:
        """End the connection, from another thread, whatever the server is doing for it."""

    @abstractmethod
    def create(self, table: Table, name: str) -> None:
        """Make an empty table under that name, in place of one that may be there."""

    @abstractmethod
    def create_as(self, name: str, select: str) -> None:
        """Make a table out of a SELECT, in place of one that may be there."""

    @abstractmethod
    def send(self, file: Path, csv: CsvFile, name: str) -> int:
        """Load a file that `write_clean` made of the CSV into a table; how many rows arrived."""

    @abstractmethod
    def publish(self, tables: Sequence[str]) -> None:
        """Let the staged tables take the places of those in use, all at once."""

    @abstractmethod
    def described(self, name: str) -> list[tuple[str, str]]:
        """Each column of a table with its type; none if there is no such table."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the lock, which the server would do a moment later, and of the server."""

    @contextmanager
    def rolled_back_on_error(self) -> Iterator[None]:
        """End the transaction, where there is one, if something in the block fails."""
        yield

    def all_or_nothing(self) -> AbstractContextManager[None]:
        """Undo what is made in the block, if something in it fails."""
        return self.rolled_back_on_error()

    def run(self, sql: str, rows: Sequence[Sequence[Cell]] | None = None) -> None:
        """Run a statement, once for each row if there are rows."""
        with self.cursor() as cursor:
            if rows is None:
                cursor.execute(sql)
            else:
                cursor.executemany(sql, rows)

    def rows(self, sql: str, seconds: float | None = None) -> Result:
        """The rows of a SELECT."""
        with ExitStack() as limits:
            if seconds is not None:
                limits.enter_context(deadline(seconds, self.break_off, grace=GRACE))
                limits.enter_context(self.time_limit(seconds))
            cursor = limits.enter_context(self.cursor(seconds))
            cursor.execute(sql)
            names = tuple(column[0] for column in cursor.description or ())
            return Result(names, [tuple(map(cell, row)) for row in cursor.fetchall()])

    def frame(self, sql: str) -> pd.DataFrame:
        """The rows of a SELECT as a DataFrame."""
        with self.frame_cursor() as cursor:
            cursor.execute(sql)
            names = [column[0] for column in cursor.description]
            kinds = [self.kinds.get(column[1], "text") for column in cursor.description]
            return frame_of(names, kinds, iter(lambda: cursor.fetchmany(BLOCK), []))

    def insert(self, name: str, rows: Sequence[Sequence[Cell]]) -> None:
        """Send rows into a table."""
        marks = ", ".join(["%s"] * len(rows[0]))
        self.run(f"INSERT INTO {name} VALUES ({marks})", rows)

    def tables(self, condition: str = "TRUE") -> set[str]:
        """The names of the tables that there are."""
        schema = f"table_schema = {self.schema} AND {condition}"
        rows = self.rows(f"SELECT table_name FROM information_schema.tables WHERE {schema}").rows
        return {str(name) for (name,) in rows}

    def columns(self, table: str, name: str) -> dict[str, Kind]:
        """What each column of a table holds, which lies under that name."""
        described = self.described(name)
        if not described:
            raise TableMissing(f"there is no table {table}; load it first")
        return {column: kind_of(f"{table}.{column}", type_) for column, type_ in described}


def not_opened(address: ServerAddress, text: str, kind: ServerErrorKind | None) -> DatabaseError:
    """The error of a connection that was not made."""
    error = DatabaseAway if kind == "away" else DatabaseError
    return error(f"{address.url} cannot be opened: {address.cleaned(text)}")


def failed(
    address: ServerAddress, text: str, kind: ServerErrorKind | None, seconds: float | None = None
) -> DatabaseError:
    """The error of a statement that failed; `seconds` is its time limit."""
    text = address.cleaned(text).replace(STAGING, "")
    if kind is None:
        return DatabaseError(text)
    error, message = MESSAGES[kind]
    user = address.user or "this user"
    limit = "the server allows" if seconds is None else f"{seconds:g} seconds"
    return error(message.format(url=address.url, text=text, user=user, limit=limit))


def frame_of(
    names: Sequence[str], kinds: Sequence[Kind], blocks: Iterable[Sequence[Sequence[Any]]]
) -> pd.DataFrame:
    """A DataFrame: numbers as numbers (whole ones without gaps as integers), text as str or None.

    Parameters
    ----------
    kinds : sequence of Kind
        What each column holds.
    blocks : iterable of lists of rows
    """
    import pandas as pd  # noqa: PLC0415 (loading does without)

    pieces: list[list[Any]] = [[_typed((), kind)] for kind in kinds]
    for rows in blocks:
        for piece, kind, values in zip(pieces, kinds, zip(*rows, strict=True), strict=True):
            piece.append(_typed(values, kind))
    columns = (np.concatenate(piece[1:] or piece) for piece in pieces)
    frame = pd.DataFrame({i: pd.Series(c, dtype=c.dtype) for i, c in enumerate(columns)})
    frame.columns = pd.Index(names)
    return frame


def _typed(values: Sequence[Any], kind: Kind) -> np.ndarray[Any, Any]:
    if kind == "integer" and None not in values:
        return np.array(values, dtype=np.int64)
    if kind in {"integer", "number"}:
        return np.array(values, dtype=np.float64)
    if kind == "date":
        return np.array(values, dtype="datetime64[us]")
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return cells
