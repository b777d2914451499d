"""How a text file is written is detected: encoding, separator, where the table begins, header."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Task1_database.dataset import Dataset
from Task1_database.errors import DataError
from Task1_database.new import new
from Task1_database.onboarding.delimited import Delimited, detect
from tests.Task1_database.onboarding.tables import answers, boats, write_table

ROWS = "".join(f"{i},{i * i},ä{i}\n" for i in range(30))


def detected(folder: Path, data: str | bytes, target: str = "b") -> Delimited:
    file = folder / "table.csv"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return detect(file, target, folder)


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
def test_separator_and_header_are_detected(
    tmp_path: Path, text: str, separator: str, labels: tuple[str, ...], skip: int
) -> None:
    table = detected(tmp_path, text)
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
def test_the_target_decides_whether_there_is_a_header(
    tmp_path: Path, first: str, target: str, header: bool
) -> None:
    table = detected(tmp_path, f"{first}\n3,4\n5,6\n", target)
    assert table.header is header
    assert (table.labels == ("column_1", "column_2")) is not header
    assert len(list(table.rows())) == 3 - header


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "table.csv: the file is empty; expected a header and rows"),
        (b" \n\n", "table.csv: the file is empty; expected a header and rows"),
        (b'a,"' + b"x" * 200_000, "table.csv: the first row has no end; is a quote not closed?"),
    ],
)
def test_what_is_no_table_of_text_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        detected(tmp_path, data)
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
        list(detected(tmp_path, text).rows())
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
    table = detect(folder / "written.csv", "b", folder)
    assert table.separator == separator
    assert list(table.rows()) == [list(row) for row in rows]


def test_a_file_without_a_header_has_numbered_columns(tmp_path: Path) -> None:
    file = write_table(tmp_path, boats())
    file.write_bytes(file.read_bytes().partition(b"\n")[2])
    result = new(file, "column_3", tmp_path / "home")
    assert (result.plan.rows, result.plan.target.name) == (120, "column_3")
    assert "with no header: the columns are called column_1, column_2 …" in "\n".join(
        result.lines()
    )
    answers(Dataset.open(str(result.folder)), tmp_path)
