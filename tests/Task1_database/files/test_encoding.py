"""The encoding of a text file is detected by its bytes; what is no text is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from Task1_database.errors import DataError
from Task1_database.files.encoding import as_utf8

TEXT = "a,b,c\n" + "".join(f"{i},{i * i},ä{i}\n" for i in range(30))


def read(folder: Path, data: bytes) -> tuple[str, str]:
    """The text, and its encoding."""
    file = folder / "table.csv"
    file.write_bytes(data)
    path, encoding = as_utf8(file, folder)
    assert file.read_bytes() == data
    return path.read_text("utf-8-sig"), encoding


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 (with a byte-order mark)"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
        ("latin-1", "Windows-1252"),
    ],
)
def test_an_encoding_is_detected(tmp_path: Path, codec: str, encoding: str) -> None:
    assert read(tmp_path, TEXT.encode(codec)) == (TEXT, encoding)


def test_what_is_not_even_windows_1252_is_latin_1(tmp_path: Path) -> None:
    assert read(tmp_path, b"a\n\x81\n\xe4\n") == ("a\n\x81\nä\n", "Latin-1")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a,b\n1,\0\n", "table.csv: has a NUL byte; expected text"),
        (b"\xff\xfea\0,", "table.csv: is broken UTF-16; save it as UTF-8"),
        (b"PK\x03\x04", "table.csv: is a zip archive or a workbook; expected a CSV, or an XLSX n"),
        (b"\xd0\xcf\x11\xe0", "table.csv: is an old workbook; save it as XLSX or CSV"),
        (b"\x1f\x8b\x08", "table.csv: is compressed; unpack it first"),
        (b"PAR1", "table.csv: is a Parquet file; expected a CSV or an XLSX"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, data)
    assert str(caught.value).startswith(message)
