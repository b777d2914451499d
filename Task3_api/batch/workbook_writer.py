"""Answers as a workbook: the lines of an answered CSV, numbers as numbers.

openpyxl writes each row to the disk as it comes, so that memory does not grow with the rows; it is
slow, so their number is bounded.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO

from Task1_database.errors import InputError
from Task1_database.literals import harmless
from Task3_api.parsing import DECIMAL

MAX_CELLS = 1_000_000  # which take some ten seconds
MAX_DIGITS = 15  # of a number in a workbook; longer ones, and codes such as 00123, stay text


def check_size(rows: int, columns: int) -> None:
    """Raise an InputError where a workbook of so many rows would take too long."""
    if rows * columns > MAX_CELLS:
        size = f"{rows:,} rows of {columns} columns"
        raise InputError(
            f"{size} are more than an XLSX is made for, {MAX_CELLS:,} cells; ask for CSV",
            field="format",
        )


def write_workbook(lines: Iterable[str]) -> IO[bytes]:
    """Some lines of CSV as a workbook of one sheet, in a temporary file at its beginning."""
    from openpyxl import Workbook  # noqa: PLC0415 (a CSV should not wait for it)

    with ExitStack() as on_error:
        file = on_error.enter_context(tempfile.TemporaryFile())
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Predictions")
        sheet.freeze_panes = "A2"
        for row in csv.reader(_physical_lines(lines)):
            sheet.append([_value(text) for text in row])
        book.save(file)
        file.seek(0)
        on_error.pop_all()
        return file


def _physical_lines(lines: Iterable[str]) -> Iterator[str]:
    for piece in lines:
        yield from io.StringIO(piece, newline="")  # unlike splitlines() it knows CR and LF alone


def _value(text: str) -> float | int | str | None:
    if not text:
        return None
    if DECIMAL.fullmatch(text) and _is_short(text):
        number = float(text)
        return int(number) if number.is_integer() else number
    return _printable(text)


def _is_short(text: str) -> bool:
    """Whether a number has no more digits than are kept, and no zeros before it."""
    whole, _, _ = text.lstrip("+-").partition(".")
    return len(text) <= MAX_DIGITS and (len(whole) < 2 or whole[0] != "0")


def _printable(text: str) -> str:
    """A text without the signs that a workbook cannot hold, and that is no formula."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    cleaned: str = ILLEGAL_CHARACTERS_RE.sub("", text)
    return harmless(cleaned)
