"""The image reads a CSV as `tablecast load` does: the same records, the same first error."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Task1_database.csv_file import CsvFile
from Task1_database.errors import DataError
from Task1_database.schema import parse
from tests.Task1_database.initdb.image import SCRIPTS

AWKS = [awk for awk in ("gawk", "mawk") if shutil.which(awk)]  # the image's is gawk
TABLES = {
    width: parse(f"CREATE TABLE t ({', '.join(f'c{i} TEXT' for i in range(width))})", "schema.sql")[
        0
    ]
    for width in (1, 2, 3)
}
PIECES = ["a", "1", " ", ",", ",", '"', '"', '""', "\n", "\n", "\r\n", "\r", "é", "\\", "\u2028"]
ODD = [
    b"\0",
    b"\xe9",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xc0\x80",
]

Records = list[tuple[int, list[str]]]


@dataclass
class Read:
    """The records before the first error, and that, of which the header is the first."""

    records: Records
    error: str | None


def read_by_python(path: Path, width: int) -> Read:
    csv = CsvFile(path, TABLES[width])
    records: Records = []
    try:
        for line, values in csv._records():
            expected = len(records[0][1]) if records else len(values)
            if len(values) != expected:
                raise csv._line_error(line, f"has {len(values)} values; expected {expected}")
            records.append((line, values))
        if not records:
            raise DataError(f"{path.name}: the file is empty; expected a header and rows")
    except DataError as error:
        return Read(records, str(error))
    return Read(records, None)


def read_by_awk(awk: str, path: Path, width: int) -> Read:
    header, counted = path.with_name("header"), path.with_name("counted")
    header.write_bytes(b"")
    settings = {
        "LC_ALL": "C",
        "name": path.name,
        "columns": str(width),
        "unended": str(int(not path.read_bytes().endswith(b"\n"))),
        "header": str(header),
        "counted": str(counted),
    }
    with path.open("rb") as file:
        done = subprocess.run(
            [awk, "-f", str(SCRIPTS / "records.awk")],
            check=False, stdin=file, capture_output=True, env={**os.environ, **settings},
        )  # fmt: skip
    rows = [(line, values) for line, values in unquoted(done.stdout)]
    names = unquoted(header.read_bytes())
    assert [values[0] for _, values in names] == [str(i + 1) for i in range(len(names))]
    assert int(counted.read_text()) == len(rows)
    error = done.stderr.decode().removesuffix("\n") or None
    assert (done.returncode == 0) == (error is None)
    first = [(names[0][0], [values[1] for _, values in names])] if names else []
    return Read(first + rows, error)


def unquoted(written: bytes) -> Records:
    """What LOAD DATA makes of it: each line a number, then values, in quotes or digits."""
    text, at = written.decode(), 0
    records: Records = []
    while at < len(text):
        comma = text.index(",", at)
        line, values, at = int(text[at:comma]), [], comma
        while text[at] == ",":
            start = at = at + 1
            if text[at] != '"':
                at = text.index(",", at)
                values.append(text[start:at])
                continue
            at = text.index('"', at + 1) + 1
            while text[at] == '"':
                at = text.index('"', at + 1) + 1
            values.append(text[start + 1 : at - 1].replace('""', '"'))
        assert text[at] == "\n"
        records.append((line, values))
        at += 1
    return records


def check(content: bytes, width: int, folder: Path) -> Read:
    path = folder / "boats.csv"
    path.write_bytes(content)
    expected = read_by_python(path, width)
    for awk in AWKS:
        assert read_by_awk(awk, path, width) == expected, awk
    return expected


def test_there_is_an_awk() -> None:
    assert AWKS


@pytest.mark.parametrize(
    ("content", "records", "error"),
    [
        (b'a,b\n1"2,x"\n', [["a", "b"], ['1"2', 'x"']], None),
        (b"a,b\r1,2\r", [["a", "b"], ["1", "2"]], None),
        (b"\xef\xbb\xbfa,b\r\n\r\n1,", [["a", "b"], ["1", ""]], None),
        (b'a,b\n"1\r\n\r2",\n', [["a", "b"], ["1\r\n\r2", ""]], None),
        (b"a,b\n1,2\r3,4\n", [["a", "b"]], "line 2: ends with CR; expected LF, as in line 1"),
        (b"a,b\n1,2\n\xc3", [["a", "b"], ["1", "2"]], "line 3: byte 0xC3 is not UTF-8"),
        (b"a\0b,c\n", [], "line 1: has a NUL byte; expected text"),
        (b"\n\n", [], "the file is empty"),
    ],
)  # fmt: skip
def test_what_is_read(
    tmp_path: Path, content: bytes, records: list[list[str]], error: str | None
) -> None:
    read = check(content, 2, tmp_path)
    assert [values for _, values in read.records] == records
    assert (error in read.error) if error and read.error else error == read.error


@given(
    st.sampled_from([1, 2, 3]),
    st.sampled_from(["", "a\n", "a,b\n", "a,b\r\n", "a,b,c\r", '"a\n",b,c\n']),
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.just(b"") | st.just(b"") | st.sampled_from(ODD),
    st.integers(0, 14),
)
def test_any_file_is_read_the_same(width: int, head: str, rest: str, odd: bytes, at: int) -> None:
    content = (head + rest).encode()
    with TemporaryDirectory() as folder:
        check(content[:at] + odd + content[at:], width, Path(folder))


def test_a_quote_that_is_never_closed_is_not_kept_to_the_end(tmp_path: Path) -> None:
    read = check(b'a,b\n1,"' + (b"x" * 99 + b"\n") * 6000, 2, tmp_path)
    assert read.error
    assert "field larger than field limit" in read.error
