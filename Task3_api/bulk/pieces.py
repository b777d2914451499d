"""Inputs, cut into pieces that can be answered alone, anywhere and in any order.

A piece is some rows of one file: bytes of a CSV that begin and end between two rows, or row groups
of a Parquet file; a workbook, or a text in UTF-16, is one piece. Cutting reads a CSV once, for its
line ends and quotes alone; that a piece is sound, whoever answers it checks.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any, Literal

import fsspec
from pyarrow import ArrowInvalid, parquet

from Task1_database.errors import DataError
from Task1_database.file_system import open_file_system

CSV_BYTES = 32 << 20  # of a piece, about
PARQUET_ROWS = 250_000  # of a piece, at least, where a file has smaller row groups
Kind = Literal["csv", "parquet", "workbook"]
KINDS: dict[str, Kind] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xlsx": "workbook",
}


@dataclass(frozen=True)
class Piece:
    """Some rows of one input."""

    url: str  # the input, as fsspec opens it
    kind: Kind
    # bytes of a text below its header or of a workbook, or a Parquet file's row groups
    begin: int
    end: int
    rows: int  # how many; of a CSV the lines, which are more where a cell holds a line end
    header_bytes: int  # of a CSV: the length of its header
    first_line: int  # of a CSV: the line that the piece begins with, from 1
    output: str  # the name of the file with its answers, without a suffix


def inputs(patterns: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The files that some paths, URLs or globs name: url -> what tells whether it has changed.

    Raises DataError for what names nothing, or a file of a kind that is not read; TablecastError
    for a URL that cannot be opened.
    """
    files: dict[str, dict[str, Any]] = {}
    for pattern in patterns:
        filesystem, path = open_file_system(pattern)
        matches = [path] if filesystem.isfile(path) else sorted(filesystem.glob(path))
        if not matches or not all(map(filesystem.isfile, matches)):
            raise DataError(f"{pattern}: there is no such file")
        for match in matches:
            url = filesystem.unstrip_protocol(match)
            if PurePosixPath(match).suffix.lower() not in KINDS:
                raise DataError(f"{pattern}: {match} is none of {', '.join(KINDS)}")
            info = filesystem.info(match)
            state = info.get("ETag") or info.get("mtime") or info.get("LastModified") or ""
            files[url] = {"bytes": info["size"], "state": str(state)}
    return files


def cut(urls: list[str]) -> Iterator[Piece]:
    """The pieces of some inputs, in their order.

    Raises DataError for an input that is empty or no Parquet.
    """
    for number, url in enumerate(urls):
        name = PurePosixPath(url)
        stem = f"{number:04d}-{name.stem}"
        yield from CUTTERS[KINDS[name.suffix.lower()]](url, stem)


def _whole(url: str, stem: str) -> Iterator[Piece]:
    filesystem, path = open_file_system(url)
    yield Piece(url, "workbook", 0, filesystem.size(path), 1, 0, 1, f"{stem}-00000")


def _cut_csv(url: str, stem: str) -> Iterator[Piece]:
    with fsspec.open(url, "rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            yield from _whole(url, stem)
            return
        file.seek(0)
        header_bytes, lines = _to_row_end(file, 0)
        if not header_bytes:
            raise DataError(f"{url} is empty")
        begin, line, index = header_bytes, 1 + lines, 0
        while True:
            length, lines = _to_row_end(file, CSV_BYTES)
            if not length and index:
                return
            yield Piece(
                url, "csv", begin, begin + length, lines, header_bytes, line, f"{stem}-{index:05d}"
            )
            begin, line, index = begin + length, line + lines, index + 1


def _to_row_end(file: IO[bytes], size: int) -> tuple[int, int]:
    """Read on for at least `size` bytes and to the end of a row; how many bytes and lines.

    A line end is a row's where an even number of quotes is before it.
    """
    length = lines = quotes = 0
    data = file.read(size)
    while True:
        length += len(data)
        lines += data.count(b"\n")
        quotes += data.count(b'"')
        if data.endswith(b"\n") and quotes % 2 == 0:
            return length, lines
        data = file.readline()
        if not data:  # the last row has no line end
            return length, lines + (length > 0)


def _cut_parquet(url: str, stem: str) -> Iterator[Piece]:
    with fsspec.open(url, "rb") as file:
        try:
            metadata = parquet.ParquetFile(file).metadata
        except ArrowInvalid as error:
            raise DataError(f"{url} is no Parquet file ({error})") from None
        sizes = [metadata.row_group(index).num_rows for index in range(metadata.num_row_groups)]
    begin = rows = index = 0
    for end, size in enumerate(sizes, start=1):
        rows += size
        if rows >= PARQUET_ROWS or end == len(sizes):
            yield Piece(url, "parquet", begin, end, rows, 0, 0, f"{stem}-{index:05d}")
            begin, rows, index = end, 0, index + 1


CUTTERS: dict[Kind, Callable[[str, str], Iterator[Piece]]] = {
    "csv": _cut_csv,
    "parquet": _cut_parquet,
    "workbook": _whole,
}
