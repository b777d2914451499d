"""A CSV is loaded exactly as it stands, or refused with its line, column and value."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Task1_database.csv_file import CsvFile
from Task1_database.databases.base import Database
from Task1_database.databases.connect import connect
from Task1_database.errors import DataError
from Task1_database.schema import Column, Table, parse

BOATS = parse(
    "CREATE TABLE boats (id INTEGER NOT NULL, Size DOUBLE PRECISION, Price DECIMAL(6,2),"
    " Built DATE, Kind VARCHAR(5));",
    "schema.sql",
)[0]
HEADER = "id,Size,Price,Built,Kind\n"
COLUMNS = "expected the columns id, size, price, built, kind"
INTEGER = (
    "expected INTEGER NOT NULL (a whole number from -2147483648 to 2147483647, no zeros before it)"
)
SIZE = "expected DOUBLE PRECISION (a number such as 12.5)"
PRICE = "expected DECIMAL(6,2) (at most 4 digits before the point and 2 after it)"
DAY = "expected DATE (a day such as 2024-01-31)"
KIND = "expected VARCHAR(5) (at most 5 characters)"
UTF8 = "is not UTF-8; expected text in UTF-8"
QUOTE = "a quote is not closed, or one inside a value is not doubled"


@dataclass
class Reader:
    """A database that reads a file which is written over and over."""

    path: Path
    database: Database

    def rows(self, content: str, table: Table = BOATS) -> list[tuple[object, ...]]:
        self.path.write_text(content, "utf-8", newline="")
        return self.read(table)

    def read(self, table: Table = BOATS) -> list[tuple[object, ...]]:
        source = CsvFile(self.path, table)
        with self.database.transaction() as transaction:
            source.check(transaction.load(source))
            return transaction.query(f"SELECT * FROM {table.name}").rows


def rows(path: Path, table: Table = BOATS) -> list[tuple[object, ...]]:
    """The rows of a CSV after it went through a database."""
    with connect(f"duckdb://{path.with_suffix('.duckdb')}", files=[path]) as database:
        return Reader(path, database).read(table)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    path = tmp_path_factory.mktemp("csv") / "boats.csv"
    with connect(f"duckdb://{path.with_suffix('.duckdb')}", files=[path]) as database:
        yield Reader(path, database)


@pytest.mark.parametrize(
    "content",
    [
        b"id,Size,Price,Built,Kind\n1,2.5,3.25,2024-02-29,a\n2,,,,\n",
        b"\xef\xbb\xbfid,Size,Price,Built,Kind\n1,2.5,3.25,2024-02-29,a\n2,,,,\n",
        b"id,Size,Price,Built,Kind\r\n1,2.5,3.25,2024-02-29,a\r\n2,,,,\r\n",
        b"id,Size,Price,Built,Kind\n1,2.5,3.25,2024-02-29,a\n2,,,,",
        b"ID,SIZE,price,built,KIND\n1,2.5,3.25,2024-02-29,a\n2,,,,\n\n\n",
        b'"Kind","Built","Price","Size","id"\n"a","2024-02-29","3.25","2.5","1"\n"","","","","2"\n',
        b"id,Size,Price,Built,Kind\n\n1,25e-1,3.25,2024-02-29,a\n\n2,,,,\n",
    ],
    ids=["simple", "bom", "crlf", "no last line feed", "case", "quoted, reordered", "blank lines"],
)
def test_ways_to_write_the_same_table(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "boats.csv"
    path.write_bytes(content)
    (first, second) = rows(path)
    assert (first[:3], str(first[3]), first[4]) == ((1, 2.5, 3.25), "2024-02-29", "a")
    assert second == (2, None, None, None, None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ": the file is empty; expected a header and rows"),
        (b"\xef\xbb\xbf", ": the file is empty; expected a header and rows"),
        (HEADER, ": the file has a header and no rows"),
        ("\n" + HEADER + "1,,,,\n", f", line 1: is blank; {COLUMNS}"),
        ("id,Size,Price,Built\n1,,,\n", f", line 1: column kind is missing; {COLUMNS}"),
        ("id,Size,Price,Built,Kind,Hue\n", f", line 1: 'hue' is not a column of boats; {COLUMNS}"),
        ("id,Size,Price,Built,Kind,ID\n", f", line 1: column id is there 2 times; {COLUMNS}"),
        ("id;Size\n", f", line 1: 'id;size' is not a column of boats; {COLUMNS}"),
        (HEADER + "1,2,3\n", ", line 2: has 3 values; expected 5"),
        (HEADER + "1,,,,\n2,,,,,\n", ", line 3: has 6 values; expected 5"),
        (HEADER + '1,,,,"a\n2,,,,b\n', f", line 2: {QUOTE} (unexpected end of data)"),
        (HEADER + '1,,,,"a\n2,,,,"b"\n', f""", line 2: {QUOTE} (',' expected after '"')"""),
        (HEADER + '1,,,,"a"b\n', f""", line 2: {QUOTE} (',' expected after '"')"""),
        (HEADER + "1,,,,a\0b\n", ", line 2: has a NUL byte; expected text"),
        (HEADER.encode() + b"1,,,,a\n2,,,,\xe9\n", f", line 3: byte 0xE9 {UTF8}"),
        ((HEADER + "1,,,,a\n").encode("utf-16"), ": is UTF-16; expected UTF-8: save it as such"),
        (HEADER + "1,,,,a\r\n2,,,,b\n", ", line 2: ends with CRLF; expected LF, as in line 1"),
        (HEADER + "1,,,,a\n,,,,\n", f", line 3, column id: is empty; {INTEGER}"),
        (HEADER + '1,,,,"x\ny"\n2x,,,,\n', f", line 4, column id: '2x'; {INTEGER}"),
        (HEADER + '1,,,,"x\ny"\n2,,,,"a\nbcdef"\n', f", line 4, column kind: 'a\\nbcdef'; {KIND}"),
        (HEADER + "1,,,,abcdef\n", f", line 2, column kind: 'abcdef'; {KIND}"),
        (HEADER + "1,,,,ünïcö\n2,,,,ünïcöd\n", f", line 3, column kind: 'ünïcöd'; {KIND}"),
        (HEADER + "1,,,2023-02-29,\n", f", line 2, column built: '2023-02-29'; {DAY}"),
        (HEADER + f"1,{'1' * 5000},,,\n", f", line 2, column size: '{'1' * 40}…'; {SIZE}"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, content: str | bytes, message: str) -> None:
    path = tmp_path / "boats.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError) as caught:
        rows(path)
    assert str(caught.value) == f"boats.csv{message}"


@pytest.mark.parametrize(
    ("column", "expected", "values"),
    [
        (
            "id",
            INTEGER,
            "1.5 1_000 1e3 0x10 0b1 007 +5 -0 nan inf ١٢ 2147483648 -2147483649 true 1e999 1. -",
        ),
        ("size", SIZE, "nan inf -inf infinity 1e999 1_000 0x10 ١٢ 1e . 1.2.3 true 1d 1f --1 1,5"),
        ("price", PRICE, "10000 1.234 1.230 1e3 1_0 nan 0x10 . 99999.9 -10000"),
        (
            "built",
            DAY,
            "2024-1-5 2024/01/05 20240105 2024-02-30 0000-01-01 12024-01-05 epoch infinity "
            "2024-01-05T00:00:00 -infinity +2024-01-5 2024-W01-1",
        ),
    ],
)
def test_what_is_not_exactly_a_value_is_refused(
    reader: Reader, column: str, expected: str, values: str
) -> None:
    names = HEADER.strip().lower().split(",")
    blanks = [" 1", "1 ", "\t1", "1\t", "1\x0b", "1\x0c", "1\r", "1\n", " ", "\n1"]
    for value in [*values.split(), *blanks]:
        cells = ["7" if name == "id" else "" for name in names]
        cells[names.index(column)] = f'"{value}"'
        with pytest.raises(DataError) as caught:
            reader.rows(HEADER + "1,,,,\n" + ",".join(cells) + "\n")
        assert str(caught.value) == f"boats.csv, line 3, column {column}: {value!r}; {expected}"


def test_row_900_000_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("b\n" + "1.5\n" * 899_998 + "9_5\n" + "1.5\n" * 100_000)
    table = Table("t", (Column("b", "DOUBLE PRECISION"),))
    with pytest.raises(DataError) as caught:
        rows(path, table)
    assert str(caught.value) == f"t.csv, line 900000, column b: '9_5'; {SIZE}"


TYPES = [
    Column("c", "SMALLINT"),
    Column("c", "INTEGER"),
    Column("c", "BIGINT"),
    Column("c", "DOUBLE PRECISION"),
    Column("c", "DECIMAL", (4, 2)),
    Column("c", "DECIMAL", (3, 0)),
    Column("c", "DATE"),
    Column("c", "VARCHAR", (3,)),
    Column("c", "VARCHAR", (3,), required=True),
]
ODD = st.text("0123456789.eE+-_ x\tnaif/é", max_size=8)
WHOLE = st.integers(-(2**64), 2**64).map(str)
REAL = st.floats().map(repr)
DAYS = st.dates().map(str) | st.from_regex(r"[0-9]{4}-[01][0-9]-[0-3][0-9]", fullmatch=True)


@given(st.sampled_from(TYPES), ODD | WHOLE | REAL | DAYS)
def test_the_fast_reader_and_the_exact_one_agree(
    reader: Reader, column: Column, value: str
) -> None:
    """DuckDB loads just what `Column.accepts`; so whatever it refuses can be named."""
    content = f'i,c\n1,"{value}"\n'
    table = Table("t", (Column("i", "INTEGER"), column))
    if column.accepts(value):
        assert len(reader.rows(content, table)) == 1
    else:
        with pytest.raises(DataError, match=r"^boats\.csv, line 2, column c: "):
            reader.rows(content, table)


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=20), st.sampled_from(["\n", "\r\n"]))
def test_text_comes_back_as_it_was_written(
    reader: Reader, table_rows: list[tuple[str, str]], ending: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *table_rows])
    table = Table("t", (Column("a", "TEXT"), Column("b", "TEXT")))
    expected = [(a or None, b or None) for a, b in table_rows]
    assert reader.rows(text.getvalue(), table) == expected


@pytest.mark.parametrize("content", ["a\n1\n\n3\n", 'a\n1\n""\n3\n'])
def test_a_blank_line_of_a_single_column_is_a_missing_value(tmp_path: Path, content: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(content)
    assert rows(path, Table("t", (Column("a", "INTEGER"),))) == [(1,), (None,), (3,)]


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    path.write_text(HEADER + "1,,,,\n")
    source = CsvFile(path, BOATS)
    assert source.fingerprint.lines == 2
    path.write_text(HEADER + "2,,,,\n")
    with pytest.raises(DataError) as caught:
        source.check(1)
    assert str(caught.value) == "boats.csv: changed while it was being read; load it again"


def test_rows_that_were_not_read_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "boats.csv"
    path.write_text(HEADER + '1,,,,"a\nb"\n2,,,,\n')
    with pytest.raises(DataError) as caught:
        CsvFile(path, BOATS).check(1)
    assert str(caught.value) == "boats.csv: has 2 rows, but 1 were read"
