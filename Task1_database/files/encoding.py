"""A file as UTF-8 text, in whatever encoding it comes.

UTF-8 is known by its bytes; what is not UTF-8 is UTF-16 if it says so or looks like it, and
Windows-1252 (of which Latin-1 is part) otherwise.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from Task1_database.errors import DataError

CHUNK = 1 << 20
MARK = " (with a byte-order mark)"
NOT_TEXT = {
    b"PK\x03\x04": "is a zip archive or a workbook; expected a CSV, or an XLSX named so",
    b"\xd0\xcf\x11\xe0": "is an old workbook; save it as XLSX or CSV",
    b"\x1f\x8b": "is compressed; unpack it first",
    b"PAR1": "is a Parquet file; expected a CSV or an XLSX",
    b"SQLite format 3": "is a database; expected a CSV or an XLSX",
    b"%PDF": "is a PDF; expected a CSV or an XLSX",
}
UTF_16 = ("utf-16", "utf-16-le", "utf-16-be")
SINGLE_BYTE = {"cp1252": "Windows-1252", "latin-1": "Latin-1"}  # all bytes mean something in one


def as_utf8(file: Path, scratch: Path) -> tuple[Path, str]:
    """The file as UTF-8 (itself, or a copy in `scratch`), and its encoding.

    Raises DataError if it is no text.
    """
    with file.open("rb") as data:
        start = data.read(4096)
        for magic, problem in NOT_TEXT.items():
            if start.startswith(magic):
                raise DataError(f"{file.name}: {problem}")
        if not utf16_codec(start) and _is_utf8(file.name, data):
            marked = start.startswith(codecs.BOM_UTF8)
            return file, f"UTF-8{MARK if marked else ''}"
        copy = scratch / "utf8.csv"
        with copy.open("wb") as utf8:
            return copy, copy_as_utf8(file.name, data, utf8)


def copy_as_utf8(name: str, data: IO[bytes], utf8: IO[bytes]) -> str:
    """Write a text that is not UTF-8 as such; the encoding that it has.

    Raises DataError, naming the file, if it is no text.
    """
    data.seek(0)
    if codec := utf16_codec(data.read(4096)):
        _copy(name, data, codec, utf8)
        return "UTF-16"
    with suppress(UnicodeDecodeError):  # five bytes mean nothing in Windows-1252
        _copy(name, data, "cp1252", utf8)
        return SINGLE_BYTE["cp1252"]
    _copy(name, data, "latin-1", utf8)
    return SINGLE_BYTE["latin-1"]


def utf16_codec(start: bytes) -> str:
    """The codec of a text in UTF-16, which says so or looks like it; empty for any other."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for codec, high in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros = start[high::2].count(0)
        if (
            len(start) > 3
            and zeros > 0.8 * len(start[high::2])
            and not start[1 - high :: 2].count(0)
        ):
            return codec
    return ""


def _is_utf8(name: str, data: IO[bytes]) -> bool:
    data.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    while piece := data.read(CHUNK):
        if b"\0" in piece:
            raise DataError(f"{name}: has a NUL byte; expected text")
        if not piece.isascii() or decoder.getstate()[0]:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                return False
    return not decoder.getstate()[0]


def _copy(name: str, data: IO[bytes], codec: str, utf8: IO[bytes]) -> None:
    """Write a text in some encoding as UTF-8, over whatever was written before."""
    data.seek(0)
    utf8.seek(0)
    utf8.truncate()
    decoder = codecs.getincrementaldecoder(codec)()
    decode: Callable[[bytes, bool], str] = decoder.decode
    try:
        while piece := data.read(CHUNK):
            _write(name, decode(piece, False), utf8)
        _write(name, decode(b"", True), utf8)
    except UnicodeDecodeError:
        if codec in UTF_16:
            raise DataError(f"{name}: is broken UTF-16; save it as UTF-8") from None
        raise


def _write(name: str, text: str, utf8: IO[bytes]) -> None:
    if "\0" in text:
        raise DataError(f"{name}: has a NUL character; expected text")
    utf8.write(text.encode())
