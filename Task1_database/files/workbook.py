"""A sheet of an XLSX workbook, written as a CSV: each cell as a person would type it.

Days become 2024-01-31, truths TRUE and FALSE, and a number that is displayed with zeros before it
(a post code, say) keeps them. Of a formula it is the value that counts.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import struct
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from Task1_database.errors import DataError
from Task1_database.files.layout import assert_few_columns
from Task1_database.progress import Log, ProgressLine, silent

MAGIC = b"PK\x03\x04"  # of a zip archive, which a workbook is
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_UNPACKED = 128 * 2**20  # bytes, which take some ten seconds
MAX_DIRECTORY = 2**20  # bytes that name the parts of a workbook, which has a few dozen
MAX_ROWS = 2**20  # of a sheet, as Excel has it
ROWS_A_LINE = 5_000  # read between two lines on how far it is
END = struct.Struct("<4s4H2LH")  # of a zip archive: the last record, before a comment
END_MAGIC = b"PK\x05\x06"
DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, SyntaxError, LookupError, ValueError,
    TypeError, AttributeError, NotImplementedError, RuntimeError,
)  # fmt: skip
_ZEROS = re.compile(r"0{2,}")


def is_workbook(file: Path) -> bool:
    """Whether a file is an XLSX, by its name and its first bytes."""
    with file.open("rb") as data:
        return data.read(4) == MAGIC and file.suffix.lower() in (".xlsx", ".xlsm")


def sheet_to_csv(
    name: str,
    data: IO[bytes],
    sheet: str | None,
    csv_file: IO[bytes],
    max_unpacked: int = MAX_UNPACKED,
    log: Log = silent,
) -> tuple[str, ...]:
    """Write a sheet (the first one with something in it, if none is named) as a CSV.

    Returns the sheet's name, then those of the others.

    Parameters
    ----------
    name : str
        What errors call the workbook.
    data : binary file
        The workbook.
    sheet : str or None
        Which one to take.
    csv_file : binary file
        Where the CSV is written to, in UTF-8.
    max_unpacked : int
        How many bytes it may have when unpacked; a MB takes up to a third of a second.
    log : callable
        Gets a `ProgressLine` for every so many rows.

    Raises DataError if there is no such sheet (naming those that there are), no workbook, or too
    large a one.
    """
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 (on demand)

    try:
        _assert_bounded(name, data, max_unpacked)
        return _write_sheet(name, data, sheet, csv_file, log)
    except (InvalidFileException, *DAMAGED) as error:
        inner = error.__cause__ or error.__context__ or error  # openpyxl's own names our paths
        reason = " ".join(str(inner).split()) or type(inner).__name__
        raise DataError(f"{name}: cannot be read as a workbook: {reason}") from error


def _assert_bounded(file: str, data: IO[bytes], max_unpacked: int) -> None:
    """Make sure that a workbook stays small when unpacked: a few MB can hold gigabytes."""
    _assert_few_parts(data)
    with zipfile.ZipFile(data) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if unpacked > max_unpacked:
            limit = f"at most {max_unpacked // 2**20} are read"
            has = f"unpacked, it has {unpacked / 2**20:,.0f} MB; {limit}"
            raise DataError(f"{file}: {has}. Save the sheet as CSV, which may be of any size")
        for part in parts:
            if "worksheets/" in part.filename:  # counted at once: to read them takes a minute
                _assert_few_rows(file, archive.read(part).count(b"<row"))


def _assert_few_parts(data: IO[bytes]) -> None:
    """Make sure that the names of a zip's parts fit into memory: an archive can have millions."""
    length = data.seek(0, 2)
    data.seek(max(0, length - END.size - 2**16))  # a comment may come behind
    tail = data.read()
    position = tail.rfind(END_MAGIC)
    if position < 0 or len(tail) - position < END.size:
        raise zipfile.BadZipFile("its end is missing")
    if END.unpack_from(tail, position)[5] > MAX_DIRECTORY:
        raise zipfile.BadZipFile("it has too many parts")


def _write_sheet(
    file: str, data: IO[bytes], sheet: str | None, csv_file: IO[bytes], log: Log
) -> tuple[str, ...]:
    from openpyxl import load_workbook  # noqa: PLC0415 (a CSV should not wait for it)

    data.seek(0)
    with warnings.catch_warnings(action="ignore"):  # of what a table does not show
        book = load_workbook(data, read_only=True, data_only=True)
    try:
        names = [page.title for page in book.worksheets]
        if sheet is not None and sheet not in names:
            known = ", ".join(map(repr, names))
            raise DataError(f"{file}: there is no sheet {sheet!r}; there are {known}")
        for name in names if sheet is None else [sheet]:
            if _write(_rows(file, book[name], log), csv_file):
                return (name, *(other for other in names if other != name))
    finally:
        book.close()
    raise DataError(f"{file}: {'the sheet is' if sheet else 'all sheets are'} empty")


def _rows(file: str, page: Any, log: Log) -> Iterator[list[str]]:
    """Each row that holds anything, without the empty cells after its last."""
    claimed = page.max_row or 0
    _assert_few_rows(file, claimed)
    page.reset_dimensions()  # which a workbook only claims: each row could be filled up to them
    for number, row in enumerate(page.iter_rows(), start=1):
        _assert_few_rows(file, number)
        if number % ROWS_A_LINE == 0:
            log(ProgressLine(f"reading {page.title}", number, max(claimed, number), "rows"))
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


def _write(rows: Iterator[list[str]], csv_file: IO[bytes]) -> bool:
    """Write rows, whether there are any: as wide as the widest, save a title's above the table.

    How wide that is shows when all are read, so they are written twice, the first time aside.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as aside:
        width, widths = 0, []
        writer = csv.writer(aside, lineterminator="\n")
        for row in rows:
            writer.writerow(row)
            width = max(width, len(row))
            widths.append(sum(map(bool, row)))
        above = next((number for number, filled in enumerate(widths) if 2 * filled > width), 0)
        aside.seek(0)
        with _as_text(csv_file) as text:
            writer = csv.writer(text, lineterminator="\n")
            for number, row in enumerate(csv.reader(aside)):
                writer.writerow(row if number < above else [*row, *[""] * (width - len(row))])
    return bool(widths)


@contextmanager
def _as_text(file: IO[bytes]) -> Iterator[io.TextIOWrapper]:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()  # or the file would be closed with it


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
