"""The SQL of the MySQL image judges and writes values as Python does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from Task1_database import init_sql
from Task1_database.csv_file import _quoted
from Task1_database.literals import sql_text
from Task1_database.questions import _text
from Task1_database.schema import Column
from tests.servers import PROGRAMS, MariaDB, MySQL, running
from tests.Task1_database.initdb.image import SCRIPTS

KINDS = [kind for kind in PROGRAMS if issubclass(kind, MariaDB)]
COLUMNS = [
    *(Column("c", base) for base in ("SMALLINT", "INTEGER", "BIGINT", "DOUBLE PRECISION", "DATE")),
    Column("c", "DECIMAL", (6, 2)),
    Column("c", "DECIMAL", (5, 0)),
    Column("c", "DECIMAL", (2, 2), required=True),
    Column("c", "DECIMAL", (38, 10)),
    Column("c", "VARCHAR", (5,)),
    Column("c", "TEXT", required=True),
]
ODD = [
    "", " ", "0", "-0", "+1", "01", "00", "1.", ".5", ".", "-.5e3", "1e5", "1E+05", "1e", "e5",
    "1_000", "0x10", "nan", "NaN", "inf", "-Infinity", "NULL", "\\N", "١٢", "½", " 1", "1 ",
    "1\n", "\n", "1\0", "32767", "32768", "-32768", "-32769", "2147483647", "2147483648",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
    "9" * 20, "9" * 300, "1.7976931348623157e308", "-1.7976931348623157E+308",
    "1.7976931348623158e308", "17976931348623157e292", "1.8e308", "1e999", "-1e999",
    "1e99999999999999999999", "0e99999999999999999999", "1e-400", "5e-324",
    "1e-99999999999999999999", "2.2250738585072014e-308", "0.1", "1" + "0" * 308,
    "1" + "0" * 309, "9999.99", "10000", "0009999.99", "9999.999", "-9999.9", "+.99", "0.99",
    "1.00", "99999", "100000", "5.", "2024-02-29", "2023-02-29", "0001-01-01", "0000-01-01",
    "9999-12-31", "2024-00-10", "2024-1-1", "2024-W01-1", "20240101", "2024-01-01 ",
    "2024-13-01", "-2024-01-1", "1900-02-29", "2000-02-29", "abcde", "abcdef", "ünïcö", "ünïcöd",
    "🏠" * 5, "🏠" * 6, "x" * 65_535, "x" * 65_536, "ü" * 32_768,
]  # fmt: skip
NEAR = st.text("0123456789+-.eE ", max_size=12) | st.dates().map(str) | st.text(max_size=7)
NUMBERS = st.floats().map(repr) | st.decimals(allow_nan=False).map(str) | st.integers().map(str)

Ask = Callable[[str], list[Any]]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.kind, scope="module")
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    """The values that a SELECT gives, in a session as the image's, which has its functions."""
    server = running(request.param)
    maria = request.param is not MySQL
    with closing(server.connection()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("SET NAMES utf8mb4")
        cursor.execute(init_sql.session(maria=maria))
        cursor.execute("SET collation_server = @@collation_connection")
        cursor.execute("DROP DATABASE IF EXISTS _init")
        cursor.execute("CREATE DATABASE _init")
        cursor.execute("USE _init")
        functions, _, _ = (SCRIPTS / "functions.sql").read_text("utf-8").partition("DELIMITER")
        for function in functions.split(";\n")[:-1]:
            cursor.execute(function)

        def values(sql: str) -> list[Any]:
            cursor.execute(sql)
            (row,) = cursor.fetchall()
            return list(row)

        yield values
        cursor.execute("DROP DATABASE _init")


def check(ask: Ask, column: Column, texts: list[str]) -> None:
    texts = ["", *(text for text in texts if "\0" not in text)]  # no file with NUL gets this far
    cells = (f"{sql_text(text)} AS c{i}" for i, text in enumerate(texts))
    tests = (init_sql.accepts(column, f"c{i}") for i in range(len(texts)))
    accepted = ask(f"SELECT {', '.join(tests)} FROM (SELECT {', '.join(cells)}) AS _cells")
    assert {text[:99]: bool(a) for text, a in zip(texts, accepted, strict=True)} == {
        text[:99]: column.accepts(text) for text in texts
    }


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.type)
def test_odd_texts_are_values_or_not(ask: Ask, column: Column) -> None:
    check(ask, column, ODD)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.type)
@given(texts=st.lists(NEAR | NUMBERS, min_size=1, max_size=30))
def test_any_text_is_a_value_or_not(ask: Ask, column: Column, texts: list[str]) -> None:
    check(ask, column, texts)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cn"]), max_size=50))
@example("it's")
@example('"it\'s" \\ \t\r\n\x1b[2J\u200b\u202e\xa0\U000e0001')
@example("x" * 41)
@example("")
def test_a_text_is_shown_as_python_shows_it(ask: Ask, text: str) -> None:
    assert ask(f"SELECT _init.repr({sql_text(text)})") == [_quoted(text)]


@given(st.text("\r\na", max_size=8))
def test_line_endings_are_counted_as_python_counts_them(ask: Ask, text: str) -> None:
    lines = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert ask(f"SELECT _init.breaks({sql_text(text)})") == [lines - 1]


@given(st.floats(allow_nan=False, allow_infinity=False))
@example(1e22)
@example(-1.5e-7)
@example(math.pi * 1e-300)
@example(-0.0)
def test_a_number_is_written_as_in_answers(ask: Ask, number: float) -> None:
    exact = repr(number) if "e" in repr(number) else f"{number!r}e0"
    assert ask(f"SELECT _init.plain({exact})") == [_text(number)]


def test_sql_of_a_text_ends_where_the_text_does() -> None:
    assert sql_text("it's \\ \"") == "'it''s \\ \"'"
