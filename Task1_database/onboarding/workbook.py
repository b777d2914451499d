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
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from Task1_database.errors import DataError
from Task1_database.onboarding.delimited import assert_few_columns
from Task1_database.onboarding.names import join_quoted

MAX_UNPACKED = 128 * 2**20  # bytes, which take some ten seconds
MAX_ROWS = 2**20  # of a sheet, as Excel has it
DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, SyntaxError, LookupError, ValueError,
    TypeError, AttributeError, NotImplementedError, RuntimeError,
)  # fmt: skip
_ZEROS = re.compile(r"0{2,}")


def is_workbook(file: Path) -> bool:
    """Whether a file is an XLSX, by its name and its first bytes."""
    with file.open("rb") as data:
        return data.read(4) == b"PK\x03\x04" and file.suffix.lower() in (".xlsx", ".xlsm")


def sheet_to_csv(file: Path, sheet: str | None, path: Path) -> tuple[str, ...]:
    """Write a sheet (the first one with something in it, if none is named) as a CSV.

    Returns the sheet's name, then those of the others.

    Raises
    ------
    DataError
        If there is no such sheet (naming those that there are), no workbook, or too large a one.
    """
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 (on demand)

    try:
        with file.open("rb") as data:  # which is closed whatever is wrong with it
            _assert_bounded(file.name, data)
            return _write_sheet(file.name, data, sheet, path)
    except (InvalidFileException, *DAMAGED) as error:
        reason = str(error).strip() or type(error).__name__
        raise DataError(f"{file.name}: cannot be read as a workbook: {reason}") from error


def _assert_bounded(file: str, data: BinaryIO) -> None:
    """Make sure that a workbook stays small when unpacked: a few MB can hold gigabytes."""
    with zipfile.ZipFile(data) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if unpacked > MAX_UNPACKED:
            limit = f"at most {MAX_UNPACKED // 2**20} are read"
            has = f"unpacked, it has {unpacked / 2**20:,.0f} MB; {limit}"
            raise DataError(f"{file}: {has}. Save the sheet as CSV, which may be of any size")
        for part in parts:
            if "worksheets/" in part.filename:  # counted at once: to read them takes a minute
                _assert_few_rows(file, archive.read(part).count(b"<row"))


def _write_sheet(file: str, data: BinaryIO, sheet: str | None, path: Path) -> tuple[str, ...]:
    from openpyxl import load_workbook  # noqa: PLC0415 (a CSV should not wait for it)

    with warnings.catch_warnings(action="ignore"):  # of what a table does not show
        book = load_workbook(data, read_only=True, data_only=True)
    try:
        names = [page.title for page in book.worksheets]
        if sheet is not None and sheet not in names:
            raise DataError(f"{file}: there is no sheet {sheet!r}; there are {join_quoted(names)}")
        for name in names if sheet is None else [sheet]:
            if _write(_rows(file, book[name]), path):
                return (name, *(other for other in names if other != name))
    finally:
        book.close()
    raise DataError(f"{file}: {'the sheet is' if sheet else 'all sheets are'} empty")


def _rows(file: str, page: Any) -> Iterator[list[str]]:
    """Each row that holds anything, without the empty cells after its last."""
    _assert_few_rows(file, page.max_row or 0)
    page.reset_dimensions()  # which a workbook only claims: each row could be filled up to them
    for number, row in enumerate(page.iter_rows(), start=1):
        _assert_few_rows(file, number)
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        assert_few_columns(file, len(cells))
        if cells:
            yield cells


def _assert_few_rows(file: str, count: int) -> None:
    if count > MAX_ROWS:
        has = f"a sheet has more than {MAX_ROWS:,} rows, which Excel cannot have"
        raise DataError(f"{file}: {has}. Save it as CSV, which may be of any size")


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
