"""A raw CSV file as it lies on the disk: its header, its fingerprint, and its first error.

The rules are RFC 4180 in UTF-8 (a byte-order mark and either line ending are fine). The database
engine reads the rows, fast; only when it refuses does `first_error` go through the file again, cell
by cell, to name the line, the column and the value.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from Task1_database.errors import DataError
from Task1_database.schema import Column, Table

CHUNK = 1 << 20
MAX_QUOTED = 40  # characters of a bad value that an error message repeats
_BREAK = re.compile(r"\r\n|\r|\n")
_QUOTE = "a quote is not closed, or one inside a value is not doubled"
_ENDINGS = {"\n": "LF", "\r": "CR", "\r\n": "CRLF"}
_NOT_UTF8 = re.compile(r"[\udc80-\udcff]")


@dataclass(frozen=True)
class Fingerprint:
    """A file's digest and last change, and how many lines and commas it has outside quotes."""

    sha256: str
    mtime_ns: int
    lines: int
    commas: int


@dataclass(frozen=True)
class CsvFile:
    """The CSV at `path`, to be read into `table`."""

    path: Path
    table: Table

    def columns(self) -> list[Column]:
        """The table's columns in the order of the file's header; upper and lower case are one.

        Raises DataError if the file is empty, or its header lacks a column, repeats one or has one
        too many.
        """
        with closing(self._records()) as records:
            header = next(records, None)
        if header is None:
            raise DataError(f"{self.path.name}: the file is empty; expected a header and rows")
        by_name = {column.header: column for column in self.table.columns}
        if header[0] > 1:
            raise self._header_error("is blank")
        names = [name.lower() for name in header[1]]
        for name in names:
            if name not in by_name:
                raise self._header_error(f"{_quoted(name)} is not a column of {self.table.name}")
            if names.count(name) > 1:
                raise self._header_error(f"column {name} is there {names.count(name)} times")
        for name in by_name:
            if name not in names:
                raise self._header_error(f"column {name} is missing")
        return [by_name[name] for name in names]

    @cached_property
    def fingerprint(self) -> Fingerprint:
        """Its fingerprint, after one pass over its bytes."""
        digest, lines, commas, quoted, chunk = hashlib.sha256(), 0, 0, False, b"\n"
        mtime_ns = self.path.stat().st_mtime_ns
        with self.path.open("rb") as file:
            while piece := file.read(CHUNK):
                chunk = piece
                digest.update(chunk)
                if b"\0" in chunk:
                    raise self.first_error() or DataError(f"{self.path.name}: has a NUL byte")
                unquoted, quoted = _outside_quotes(chunk, quoted)
                lines += int(np.count_nonzero(unquoted == ord("\n")))
                commas += int(np.count_nonzero(unquoted == ord(",")))
        lines += not chunk.endswith(b"\n")
        return Fingerprint(digest.hexdigest(), mtime_ns, lines, commas)

    def check(self, loaded: int) -> None:
        """Make sure that as many rows were loaded as the file has, counted another way.

        Raises DataError if it has none or another number, or if it is no longer the file of the
        fingerprint.
        """
        if self.path.stat().st_mtime_ns != self.fingerprint.mtime_ns:
            raise DataError(f"{self.path.name}: changed while it was being read; load it again")
        if loaded == 0:
            raise DataError(f"{self.path.name}: the file has a header and no rows")
        lines, commas = loaded + 1, (loaded + 1) * (len(self.table.columns) - 1)
        if (lines, commas) != (self.fingerprint.lines, self.fingerprint.commas):
            self._check_by_records(loaded)

    def _check_by_records(self, loaded: int) -> None:
        """Blank lines and stray quotes are no error, but mislead the quick count."""
        if error := self.first_error():
            raise error
        with closing(self._records()) as records:
            rows = sum(1 for _ in records) - 1
        if loaded != rows:
            raise DataError(f"{self.path.name}: has {rows:,} rows, but {loaded:,} were read")

    def first_error(self) -> DataError | None:
        """The first thing in the file that does not fit, as an error to raise."""
        try:
            columns = self.columns()
            with closing(self._records()) as records:
                next(records)
                for line, values in records:
                    self._check(line, values, columns)
        except DataError as error:
            return error
        return None

    def _check(self, line: int, values: list[str], columns: list[Column]) -> None:
        if len(values) != len(columns):
            raise self._line_error(line, f"has {len(values)} values; expected {len(columns)}")
        for column, value in zip(columns, values, strict=True):
            if not column.accepts(value):
                problem = _quoted(value) if value else "is empty"
                raise self._line_error(line, f"{problem}; expected {column.expected}", column)
            line += len(_BREAK.findall(value))

    def _records(self) -> Generator[tuple[int, list[str]], None, None]:
        """Each record with the physical line that it begins on; blank lines are none."""
        with self.path.open("rb") as file:
            if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
                raise DataError(f"{self.path.name}: is UTF-16; expected UTF-8: save it as such")
        with self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            lines = _Lines(file)
            reader = csv.reader(lines, strict=True)
            line = 1
            while True:
                try:
                    values = next(reader, None)
                    lines.check_ending()
                except csv.Error as error:
                    raise self._line_error(line, f"{_QUOTE} ({error})") from None
                except ValueError as error:
                    raise self._line_error(lines.number, str(error)) from None
                if values is None:
                    return
                if values or len(self.table.columns) == 1:
                    yield line, values or [""]
                line = lines.number + 1

    def _header_error(self, problem: str) -> DataError:
        names = ", ".join(column.header for column in self.table.columns)
        return DataError(f"{self.path.name}, line 1: {problem}; expected the columns {names}")

    def _line_error(self, line: int, problem: str, column: Column | None = None) -> DataError:
        where = f", column {column.header}" if column else ""
        return DataError(f"{self.path.name}, line {line}{where}: {problem}")


class _Lines:
    """The physical lines of a file, each checked (ValueError) on its way to the CSV parser."""

    def __init__(self, file: Iterable[str]) -> None:
        self._file = iter(file)
        self._ending = self._first = ""
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._file)
        self.number += 1
        self._ending = line[len(line.rstrip("\r\n")) :]
        self._first = self._first or self._ending
        if match := _NOT_UTF8.search(line):
            byte = ord(match[0]) - 0xDC00
            raise ValueError(f"byte 0x{byte:02X} is not UTF-8; expected text in UTF-8")
        if "\0" in line:
            raise ValueError("has a NUL byte; expected text")
        return line

    def check_ending(self) -> None:
        """Make sure that the line that ended a record ends as the first one did."""
        if self._ending and self._ending != self._first:
            ending, expected = _ENDINGS[self._ending], _ENDINGS[self._first]
            raise ValueError(f"ends with {ending}; expected {expected}, as in line 1")


def _quoted(value: str) -> str:
    return repr(value if len(value) <= MAX_QUOTED else f"{value[:MAX_QUOTED]}…")


def _outside_quotes(chunk: bytes, quoted: bool) -> tuple[npt.NDArray[np.uint8], bool]:
    """The bytes of a chunk that lie outside quotes, and whether it ends inside them."""
    data = np.frombuffer(chunk, np.uint8)
    if not quoted and b'"' not in chunk:
        return data, False
    inside = np.bitwise_xor.accumulate((data == ord('"')).view(np.uint8)) ^ quoted
    return data[inside == 0], bool(inside[-1])
