"""A file can be split only where splitting its lines gives what a CSV reader gives."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Task3_api.batch.reader import UploadedCsv
from Task3_api.batch.split_scan import LONGEST_LINE, SplitScan

files = st.text(st.sampled_from('ab1,,,,"\r\n\n\nä\0'), max_size=40).map(str.encode)


def can_split(*chunks: bytes) -> bool:
    scan = SplitScan()
    for chunk in chunks:
        scan.feed(chunk)
    return scan.at_end()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\n1,2\n", True),
        (b"a,b\r\n1,2\r\n", True),
        (b"a,b\n1,2", True),
        ("a,b\n1,ä\n".encode(), True),
        (b"\xef\xbb\xbfa,b\n1,2\n", True),
        (b"", False),
        (b"a\n1\n\n2\n", False),
        (b"a,b\n1\n", False),
        (b"a,b\n1,2\n\n", False),
        (b"a,b\n1,2,3\n", False),
        (b'a,b\n1,"2"\n', False),
        (b"a,b\n1,2\r3,4\n", False),
        (b"a,b\n1,2\r", False),
        (b"a,b\n1,\0\n", False),
        (b"a,b\n1,\xff\n", False),
        (b"a,b\n1,caf\xc3", False),
        (b"a,b\n1," + b"2" * LONGEST_LINE, False),
    ],
)
def test_what_can_be_split(data: bytes, expected: bool) -> None:
    assert can_split(data) == expected
    assert SplitScan.of(io.BytesIO(data)).at_end() == expected


@given(data=files, cut=st.integers(0, 40), again=st.integers(0, 40))
def test_it_does_not_matter_where_the_bytes_are_cut(data: bytes, cut: int, again: int) -> None:
    assert can_split(data[:cut], data[cut:][:again], data[cut:][again:]) == can_split(data)


@given(files)
def test_a_file_that_can_be_split_reads_as_a_csv_reader_reads_it(data: bytes) -> None:
    if not can_split(b"n,m\n" + data) or not data:
        return
    blocks = UploadedCsv(io.BytesIO(b"n,m\n" + data)).blocks()
    rows = [cells.row(index) for lines, cells in blocks for index in range(len(lines))]
    assert rows == list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
