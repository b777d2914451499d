"""An uploaded CSV, checked as a whole before any of it is answered.

RFC 4180 in UTF-8, with or without a byte order mark, lines ending as they like, cells separated by
whatever `UploadedTable` found. Whatever would
make the rest of the file mean something else (a ragged row, an open quote, bytes that are not
text) is reported before the first answer, so that an answer is never broken off half way. Most
files have no quotes, and the same number of commas in every line. `SplitScan` checks that while the
bytes arrive; any other file is read once more, strictly, to take it or to say what is wrong where.
The rows come in blocks, so that memory does not grow with the file.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Generator, Iterator
from contextlib import closing
from io import TextIOWrapper
from itertools import islice
from typing import IO, NamedTuple

from Task1_database.errors import InputError, TooLongError
from Task3_api.batch.cells import Cells, Row
from Task3_api.batch.split_scan import CHUNK, SplitScan
from Task3_api.parsing import quote

ROWS = 4_000  # of a block, at most
BYTES = 1 << 18  # of a block, about, at most
LINE_END = "\r\n\0"  # no cell holds a NUL, and one that holds a line end is quoted


class RowBlock(NamedTuple):
    """Some rows: as lines of CSV, without their ends, and as cells."""

    lines: list[str]
    cells: Cells


class UploadedCsv:
    """A CSV that is sound from its first byte to its last.

    Parameters
    ----------
    file : binary file
        Seekable; it stays the caller's to close.
    scan : SplitScan, optional
        The scan of the file while it arrived; it says how long a line may be.
    separator : str
        What stands between cells; other than a comma, the scan counts for nothing.
    above : int
        Physical lines above the header.
    header : list of str, optional
        The columns' names, where the file has none.

    Attributes
    ----------
    header : list of str
        The columns' names, each once.
    row_count : int
        How many rows stand below the header.
    is_plain : bool
        Whether commas alone part its cells: no quotes, nothing above the header.

    Raises InputError, naming line and column, where the file is not sound.
    """

    def __init__(
        self,
        file: IO[bytes],
        scan: SplitScan | None = None,
        *,
        separator: str = ",",
        above: int = 0,
        header: list[str] | None = None,
    ) -> None:
        self._file = file
        self._separator = separator
        self._above = above
        self._headless = header is not None
        scan = scan or SplitScan.of(file)
        self.is_plain = separator == "," and not above and scan.at_end()
        self._can_split = self.is_plain and not self._headless
        if not self.is_plain:
            _check_text(file, scan.longest_line)
        with closing(self._rows()) as rows:
            self.header = header if header is not None else next(rows, [])
            _check_header(self.header)
            if next(rows, None) is None:
                raise InputError("the file has a header and no rows")
            # Where the file cannot be split, each row is checked as it is read and counted.
            self.row_count = scan.lines - 1 if self._can_split else 1 + sum(1 for _ in rows)

    def blocks(self) -> Generator[RowBlock, None, None]:
        """The rows below the header in order, a bounded number at a time."""
        return self._split_blocks() if self._can_split else self._quoted_blocks()

    def _split_blocks(self) -> Generator[RowBlock, None, None]:
        self._file.seek(0)
        self._file.readline()
        while data := self._file.read(BYTES) + self._file.readline():
            text = data.replace(b"\r\n", b"\n") if b"\r" in data else data
            text = text.removesuffix(b"\n") + b"\n"
            lines = text.decode().split("\n")[:-1]
            cells = Cells.between(text, b",\n", len(self.header))
            for begin in range(0, len(lines), ROWS):
                end = begin + ROWS
                yield RowBlock(lines[begin:end], cells.rows(begin, end))

    def _quoted_blocks(self) -> Generator[RowBlock, None, None]:
        with closing(self._rows()) as rows:
            if not self._headless:
                next(rows)
            while block := list(islice(self._until_full(rows), ROWS)):
                yield RowBlock(as_lines(block), Cells.of(block))

    def _until_full(self, rows: Iterator[Row]) -> Iterator[Row]:
        full = self._file.tell() + BYTES
        for row in rows:
            yield row
            if self._file.tell() >= full:
                return

    def _rows(self) -> Generator[Row, None, None]:
        """Every row, the header first, each as wide as the header."""
        self._file.seek(0)
        text = TextIOWrapper(self._file, encoding="utf-8-sig", newline="")
        try:
            yield from _rows(text, self._separator, self._above)
        finally:
            text.detach()  # or the file would be closed with it


def as_lines(rows: list[Row]) -> list[str]:
    """Rows as lines of CSV, without their ends."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=LINE_END).writerows(rows)
    return buffer.getvalue().removesuffix(LINE_END).split(LINE_END)


def _rows(text: TextIOWrapper, separator: str, above: int) -> Iterator[Row]:
    for _ in range(above):
        text.readline()
    reader = csv.reader(text, strict=True, delimiter=separator)
    width, line = 0, above + 1
    try:
        for cells in reader:
            row = cells or [""] * (width == 1)  # an only column's empty cell is an empty line
            if row:
                width = width or len(row)
                if len(row) != width:
                    raise InputError(f"line {line} has {len(row)} cells, the header {width}")
                yield row
            line = above + reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"line {line}: {_in_our_words(error)}") from None


def _in_our_words(error: csv.Error) -> str:
    if "end of data" in str(error):
        return "a quote is opened and never closed"
    if "field limit" in str(error):
        return f"a cell has more than {csv.field_size_limit():,} characters; is a quote not closed?"
    return f"{error}; a quote inside a quoted cell is written twice"


def _check_header(header: Row) -> None:
    if not header:
        raise InputError("the file is empty")
    first: dict[str, int] = {}
    for number, name in enumerate(header, start=1):
        if name in first:
            both = f"columns {first[name]} and {number}"
            raise InputError(f"{both} are both called {quote(name)}", field=name[:40])
        first[name] = number


def _check_text(file: IO[bytes], longest_line: int) -> None:
    """Read the file once as bytes: UTF-8 throughout, no NUL, no endless line."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, length = 1, 0
    while chunk := file.read(CHUNK):
        _check_chunk(chunk, decoder, line)
        lengths = _line_lengths(chunk, length)
        if max(lengths) > longest_line:
            above = next(n for n, size in enumerate(lengths) if size > longest_line)
            line += chunk.count(b"\n", 0, max(0, sum(lengths[:above]) + above - length))
            raise TooLongError(f"line {line} is longer than {longest_line:,} bytes; is this a CSV?")
        line, length = line + chunk.count(b"\n"), lengths[-1]
    _decode(decoder, b"", line, final=True)


def _check_chunk(chunk: bytes, decoder: codecs.IncrementalDecoder, line: int) -> None:
    nul = chunk.find(b"\0")
    if nul >= 0:
        line += chunk.count(b"\n", 0, nul)
        raise InputError(f"line {line} has a NUL byte; save the file as CSV in UTF-8")
    _decode(decoder, chunk, line)


def _decode(
    decoder: codecs.IncrementalDecoder, chunk: bytes, line: int, *, final: bool = False
) -> None:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        line += error.object.count(b"\n", 0, error.start)
        byte = f"byte 0x{error.object[error.start]:02x}"
        problem = f"line {line} is not UTF-8 ({byte})"
        raise InputError(f"{problem}; save the file as CSV in UTF-8") from None


def _line_lengths(chunk: bytes, before: int) -> list[int]:
    """The lengths of a chunk's lines; of the first, `before` bytes came earlier."""
    lengths = [len(line) for line in chunk.replace(b"\r", b"\n").split(b"\n")]
    lengths[0] += before
    return lengths
