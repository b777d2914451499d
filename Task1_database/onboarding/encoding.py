"""A file as UTF-8 text, in whatever encoding it comes.

UTF-8 is known by its bytes; what is not UTF-8 is UTF-16 if it says so or looks like it, and
Windows-1252 (of which Latin-1 is part) otherwise.
"""

from __future__ import annotations

import codecs
from pathlib import Path

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


def as_utf8(file: Path, scratch: Path) -> tuple[Path, str]:
    """The file as UTF-8 (itself, or a copy in `scratch`), and its encoding.

    Raises
    ------
    DataError
        If it is no text.
    """
    with file.open("rb") as data:
        start = data.read(4096)
    for magic, problem in NOT_TEXT.items():
        if start.startswith(magic):
            raise DataError(f"{file.name}: {problem}")
    if codec := _utf16(start):
        return _copy(file, codec, scratch), "UTF-16"
    if _is_utf8(file):
        marked = start.startswith(codecs.BOM_UTF8)
        return file, f"UTF-8{MARK if marked else ''}"
    try:
        return _copy(file, "cp1252", scratch), "Windows-1252"
    except UnicodeDecodeError:  # five bytes mean nothing there
        return _copy(file, "latin-1", scratch), "Latin-1"


def _utf16(start: bytes) -> str:
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


def _is_utf8(file: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as data:
        while piece := data.read(CHUNK):
            if b"\0" in piece:
                raise DataError(f"{file.name}: has a NUL byte; expected text")
            if not piece.isascii() or decoder.getstate()[0]:
                try:
                    decoder.decode(piece)
                except UnicodeDecodeError:
                    return False
    return not decoder.getstate()[0]


def _copy(file: Path, codec: str, scratch: Path) -> Path:
    copy = scratch / "utf8.csv"
    try:
        with (
            file.open(encoding=codec, newline="") as text,
            copy.open("w", encoding="utf-8", newline="") as utf8,
        ):
            while piece := text.read(CHUNK):
                if "\0" in piece:
                    raise DataError(f"{file.name}: has a NUL character; expected text")
                utf8.write(piece)
    except UnicodeDecodeError:
        if codec.startswith("utf-16"):
            raise DataError(f"{file.name}: is broken UTF-16; save it as UTF-8") from None
        raise
    return copy
