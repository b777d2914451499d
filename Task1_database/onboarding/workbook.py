"""A sheet of an XLSX workbook, written as a CSV: each cell as a person would type it.

Days become 2024-01-31, truths TRUE and FALSE, and a number that is displayed with zeros before it
(a post code, say) keeps them. Of a formula it is the value that counts.
"""

from __future__ import annotations

import csv
import datetime
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from Task1_database.errors import DataError
from Task1_database.onboarding.names import join_quoted

_ZEROS = re.compile(r"0{2,}")


def is_workbook(file: Path) -> bool:
    """Whether a file is an XLSX, by its name and its first bytes."""
    with file.open("rb") as data:
        return data.read(4) == b"PK\x03\x04" and file.suffix.lower() in (".xlsx", ".xlsm")


def sheet_to_csv(file: Path, sheet: str | None, path: Path) -> str:
    """Write a sheet (the first one with something in it, if none is named) as a CSV; its name.

    Raises
    ------
    DataError
        If there is no such sheet (naming those that there are), or no workbook.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 (a CSV should not wait for it)
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with warnings.catch_warnings(action="ignore"):  # of what a table does not show
            book = load_workbook(file, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise DataError(f"{file.name}: cannot be read as a workbook: {error}") from error
    try:
        names = [page.title for page in book.worksheets]
        if sheet is not None and sheet not in names:
            raise DataError(
                f"{file.name}: there is no sheet {sheet!r}; there are {join_quoted(names)}"
            )
        for name in names if sheet is None else [sheet]:
            if _write(_rows(book[name].iter_rows()), path):
                return name
    finally:
        book.close()
    raise DataError(f"{file.name}: {'the sheet is' if sheet else 'all sheets are'} empty")


def _rows(rows: Iterable[Iterable[Any]]) -> Iterator[list[str]]:
    """Each row that holds anything, without the empty cells after its last."""
    for row in rows:
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield cells


def _write(rows: Iterator[list[str]], path: Path) -> bool:
    """Write rows, whether there are any: as wide as the widest, save a title's above the table."""
    kept = list(rows)
    width = max(map(len, kept), default=0)
    above = next((number for number, row in enumerate(kept) if 2 * _filled(row) > width), 0)
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows(kept[:above])
        writer.writerows([*row, *[""] * (width - len(row))] for row in kept[above:])
    return bool(kept)


def _filled(row: list[str]) -> int:
    return sum(map(bool, row))


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time.min
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, int) and _ZEROS.fullmatch(cell.number_format or ""):
        return str(value).zfill(len(cell.number_format))
    return str(value)
