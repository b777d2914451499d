"""An uploaded file as a table: a CSV of whatever encoding and separator, or a workbook's sheet.

Plain CSV in UTF-8 whose header names a feature is taken as it is, at full speed. Only where a file
is something else is it looked at more closely, by what `new` reads files with, and written anew
where it has to be.
"""

from __future__ import annotations

import codecs
import re
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import IO

from werkzeug.exceptions import UnsupportedMediaType

from Task1_database.errors import DataError, InputError
from Task1_database.files.column_reading import ColumnReading
from Task1_database.files.encoding import NOT_TEXT, copy_as_utf8, utf16_codec
from Task1_database.files.layout import HEAD, SEPARATORS, header_record, separator_of
from Task1_database.files.workbook import MAGIC, sheet_to_csv
from Task2_model.contract import Contract
from Task3_api.batch.column_match import ColumnMatches, match_columns
from Task3_api.batch.column_parser import FeatureColumn
from Task3_api.batch.reader import UploadedCsv
from Task3_api.batch.split_scan import CHUNK, SplitScan
from Task3_api.parsing import Parser

MAX_UNPACKED = 32 * 2**20  # bytes of a workbook, which take about ten seconds
NUMBERED = re.compile(r"column_[1-9][0-9]*")
UTF_8 = "UTF-8"


@dataclass(frozen=True)
class FileLayout:
    """What a file is."""

    encoding: str = UTF_8  # of a text, in words
    separator: str = ","
    sheet: str = ""  # of a workbook; empty for a text
    above: int = 0  # physical lines above the header

    @property
    def description(self) -> str:
        """The layout in words; empty where it is what a CSV should be."""
        if self.sheet:
            return f"the sheet {self.sheet!r} of a workbook"
        if (self.encoding, self.separator) == (UTF_8, ","):
            return ""
        return f"{self.encoding} text, separated by {SEPARATORS[self.separator]}"


@dataclass(frozen=True)
class UploadedTable:
    """A file that was sent, understood."""

    file: IO[bytes]  # what the rows are read from; it is the caller's to close
    csv: UploadedCsv
    layout: FileLayout
    matches: ColumnMatches

    def feature_columns(self, parser: Parser) -> list[FeatureColumn]:
        """The columns that are features; InputError where there is none."""
        if not self.matches.used:
            raise self.matches.problem()
        return feature_columns(self.matches, self.layout, self.csv.is_plain, parser)


def feature_columns(
    matches: ColumnMatches, layout: FileLayout, is_plain: bool, parser: Parser
) -> list[FeatureColumn]:
    """The columns that are features, with how their cells are read in a file of this layout."""
    columns = []
    for match in matches.used:
        feature, name = match.feature, matches.header[match.position]
        reading = matches.contract.readings.get(feature.name)
        is_canonical = reading is None or name != reading.column or is_plain
        prefers_plain = bool(layout.sheet) or (match.is_exact and is_canonical)
        if layout.separator == ";" and (reading is None or reading.is_plain):
            # Where semicolons part cells, a comma is for decimals: 0,5 is no other number.
            reading = replace(reading or ColumnReading(name), decimal=",")
            prefers_plain = True
        columns.append(FeatureColumn(feature, match.position, name, parser, reading, prefers_plain))
    return columns


def open_table(
    file: IO[bytes],
    contract: Contract,
    scan: SplitScan | None = None,
    chosen: dict[str, str] | None = None,
) -> UploadedTable:
    """Read a file's layout and header, and check it as a whole.

    Parameters
    ----------
    file : binary file
        Seekable; it is closed, here where something is wrong or where it is written anew.
    contract : Contract
    scan : SplitScan, optional
        The scan of the file while it arrived.
    chosen : dict, optional
        See `match_columns`.

    Raises
    ------
    InputError
        Naming line and column, where it is not sound.
    UnsupportedMediaType
        Where it is no table at all.
    """
    with ExitStack() as on_error:
        on_error.callback(file.close)
        file.seek(0)
        start = file.read(4096)
        scan = scan or SplitScan.of(file)
        if not start.startswith(MAGIC) and scan.at_end():
            csv = UploadedCsv(file, scan)
            if match_columns(contract, csv.header).used or {*(chosen or {}).values()} & {
                *csv.header
            }:
                matches = match_columns(contract, csv.header, chosen)
                on_error.pop_all()
                return UploadedTable(file, csv, FileLayout(), matches)
        table = _look_closer(file, start, scan, contract, chosen or {})
        if table.file is file:
            on_error.pop_all()
        return table


def _look_closer(
    file: IO[bytes], start: bytes, scan: SplitScan, contract: Contract, chosen: dict[str, str]
) -> UploadedTable:
    with ExitStack() as on_error:
        text, layout = _as_text(file, start)
        if text is not file:
            on_error.callback(text.close)
            scan = SplitScan.of(text, scan.longest_line)
        layout = _with_table(text, layout, contract)
        read = partial(UploadedCsv, text, scan, separator=layout.separator, above=layout.above)
        csv = read()
        matches = match_columns(contract, csv.header, chosen)
        numbered = _numbered_header(contract, len(csv.header))
        if not matches.used and numbered:
            csv = read(header=numbered)
            matches = match_columns(contract, numbered, chosen)
        on_error.pop_all()
        return UploadedTable(text, csv, layout, matches)


def _as_text(file: IO[bytes], start: bytes) -> tuple[IO[bytes], FileLayout]:
    """The file as UTF-8: itself, or a copy."""
    for magic, problem in NOT_TEXT.items():
        if start.startswith(magic) and magic != MAGIC:
            raise UnsupportedMediaType(f"the file {problem}")
    is_text = not start.startswith(MAGIC)
    if is_text and not _is_of_another_encoding(file, start):
        return file, FileLayout()
    with ExitStack() as on_error:
        copy = on_error.enter_context(tempfile.TemporaryFile())
        try:
            if is_text:
                layout = FileLayout(encoding=copy_as_utf8("the file", file, copy))
            else:
                sheet, *_ = sheet_to_csv("the file", file, None, copy, MAX_UNPACKED)
                layout = FileLayout(sheet=sheet)
        except DataError as error:
            raise InputError(str(error)) from None
        on_error.pop_all()
        return copy, layout


def _is_of_another_encoding(file: IO[bytes], start: bytes) -> bool:
    """Whether a text is not UTF-8 at all, other than UTF-8 with a broken byte, which is refused."""
    if utf16_codec(start):
        return True
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    all_ascii = True
    while chunk := file.read(CHUNK):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return all_ascii and error.object[: error.start].isascii()
        all_ascii &= chunk.isascii()
    return bool(decoder.getstate()[0]) and all_ascii


def _with_table(text: IO[bytes], layout: FileLayout, contract: Contract) -> FileLayout:
    """The layout with what separates the cells, and where the table begins."""
    text.seek(0)
    data = text.read(HEAD)
    head = data.decode("utf-8-sig", "replace")
    whole = len(data) < HEAD
    separator = "," if layout.sheet else separator_of(head, whole=whole)
    first = header_record(head, separator, whole=whole)
    above = first.first - 1 if first else 0
    top = head.partition("\n")[0].rstrip("\r").split(separator)
    if match_columns(contract, list(dict.fromkeys(top))).used:
        above = 0  # the first line is a header: if rows are wider, they are what is wrong
    return replace(layout, separator=separator, above=above)


def _numbered_header(contract: Contract, width: int) -> list[str]:
    """The header of a file that has none, where the file of training had none."""
    names = [reading.column for reading in contract.readings.values()]
    header = [f"column_{number + 1}" for number in range(width)]
    is_numbered = bool(names) and all(NUMBERED.fullmatch(name) for name in names)
    return header if is_numbered and set(names) & set(header) else []
