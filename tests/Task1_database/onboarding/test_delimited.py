"""How a text file is written is found out: encoding, separator, where the table begins, header."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Task1_database.errors import DataError
from Task1_database.onboarding.delimited import Delimited, delimited

ROWS = "".join(f"{i},{i * i},ä{i}\n" for i in range(30))


def found(folder: Path, data: str | bytes, target: str = "b") -> Delimited:
    file = folder / "table.csv"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return delimited(file, target, folder)


@pytest.mark.parametrize(
    ("encoding", "called"),
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
def test_an_encoding_is_found_out(tmp_path: Path, encoding: str, called: str) -> None:
    table = found(tmp_path, ("a,b,c\n" + ROWS).encode(encoding))
    assert table.encoding == called
    assert table.labels == ("a", "b", "c")
    assert list(table.rows())[7] == ["7", "49", "ä7"]


def test_what_is_not_even_windows_1252_is_latin_1(tmp_path: Path) -> None:
    table = found(tmp_path, b"a,b\n\x81,2\n\xe4,3\n")
    assert (table.encoding, list(table.rows())[1]) == ("Latin-1", ["ä", "3"])


@pytest.mark.parametrize(
    ("text", "separator", "labels", "skip"),
    [
        ("a,b\n1,2\n", ",", ("a", "b"), 1),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ";", ("a", "b"), 1),
        ("a\tb\n1,5\t2\n", "\t", ("a", "b"), 1),
        ("a|b\n1|2\n", "|", ("a", "b"), 1),
        ('"a;x",b\n"1;2;3",2\n', ",", ("a;x", "b"), 1),
        ("sep=;\na;b\n1;2\n", ";", ("a", "b"), 2),
        ("Sales of 2024\n\na;b;c\n1;2;3\n4;5;6\n", ";", ("a", "b", "c"), 3),
        ('"a\nb",b\n1,2\n', ",", ("a b", "b"), 2),
        ("a;b\r\n1;2\r\n", ";", ("a", "b"), 1),
        ("b\n1\n", ",", ("b",), 1),
        ("a,b,\n1,2,\n", ",", ("a", "b", ""), 1),
    ],
)
def test_separator_and_header_are_found_out(
    tmp_path: Path, text: str, separator: str, labels: tuple[str, ...], skip: int
) -> None:
    table = found(tmp_path, text)
    assert (table.separator, table.labels, table.skip) == (separator, labels, skip)


@pytest.mark.parametrize(
    ("first", "target", "header"),
    [
        ("a,b", "b", True),
        ("a,B ", "b", True),
        ("a,living area", "livingArea", True),
        ("1,2", "b", True),
        ("1,2", "column_2", False),
        ("a,b", "column_2", False),
        ("a,column_2", "column_2", True),
        ("a,b", "column_3", True),
    ],
)
def test_the_target_tells_whether_there_is_a_header(
    tmp_path: Path, first: str, target: str, header: bool
) -> None:
    table = found(tmp_path, f"{first}\n3,4\n5,6\n", target)
    assert table.header is header
    assert (table.labels == ("column_1", "column_2")) is not header
    assert len(list(table.rows())) == 3 - header


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "table.csv: the file is empty; expected a header and rows"),
        (b" \n\n", "table.csv: the file is empty; expected a header and rows"),
        (b"a,b\n1,\0\n", "table.csv: has a NUL byte; expected text"),
        (b"\xff\xfea\0,", "table.csv: is broken UTF-16; save it as UTF-8"),
        (b"PK\x03\x04", "table.csv: is a zip archive or a workbook; expected a CSV, or an XLSX n"),
        (b"\xd0\xcf\x11\xe0", "table.csv: is an old workbook; save it as XLSX or CSV"),
        (b"\x1f\x8b\x08", "table.csv: is compressed; unpack it first"),
        (b'a,"' + b"x" * 200_000, "table.csv: the first row has no end; is a quote not closed?"),
        (b"PAR1", "table.csv: is a Parquet file; expected a CSV or an XLSX"),
    ],
)
def test_what_is_no_table_of_text_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        found(tmp_path, data)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n\n3\n", "table.csv, line 4: has 1 values; expected 2"),
        ('a,b\n"1\n2",3\n4,5,6\n', "table.csv, line 4: has 3 values; expected 2"),
        ('a,b\n1,"2\n', "table.csv, line 2: a quote is not closed, or one inside a value is not"),
        ('a,b\n1,"2"3\n', "table.csv, line 2: a quote is not closed, or one inside a value is n"),
    ],
)
def test_a_row_that_does_not_fit_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        list(found(tmp_path, text).rows())
    assert str(caught.value).startswith(message)


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@given(
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=3, max_size=9),
)
def test_quoted_cells_come_back_whatever_they_hold(
    tmp_path_factory: pytest.TempPathFactory,
    separator: str,
    ending: str,
    rows: list[tuple[str, ...]],
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    with (folder / "written.csv").open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, delimiter=separator, lineterminator=ending, quoting=csv.QUOTE_ALL)
        writer.writerows([("a", "b", "c"), *rows])
    table = delimited(folder / "written.csv", "b", folder)
    assert table.separator == separator
    assert list(table.rows()) == [list(row) for row in rows]
