"""A CSV is read as RFC 4180 has it, or refused with the line and what is wrong there."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from Task3_api.app import create_app
from Task3_api.batch.reader import BYTES, ROWS
from tests.Task3_api.batch.csv_posts import NOTHING, send, table, written

ANSWER = ["prediction", "lower", "upper", "warnings", "error"]
UTF_8 = "save the file as CSV in UTF-8"


NOT_A_CSV = [
    (b"", "the file is empty"),
    (b"\xef\xbb\xbf", "the file is empty"),
    (b"\n\n\r\n", "the file is empty"),
    (b"living_area\n", "the file has a header and no rows"),
    (b"age,living_area\r\n\r\n\r\n", "the file has a header and no rows"),
    (b"age,living_area\n1,2\n1,2,3\n", "line 3 has 3 cells, the header 2"),
    (b"age,living_area\n1,2\n1\n", "line 3 has 1 cells, the header 2"),
    (b'age,name\n1,"a\nb"\n\n1\n', "line 5 has 1 cells, the header 2"),
    ("age\n1\n".encode("utf-16")[:-1], "the file: is broken UTF-16; save it as UTF-8"),
    (b"age\n1\n2\0\n", f"line 3 has a NUL byte; {UTF_8}"),
    (b"age,fuel\n1,\xc3\xa9\n2,\xff\n", f"line 3 is not UTF-8 (byte 0xff); {UTF_8}"),
    (b"age,fuel\n1,\xc3\xa9\n2,caf\xc3", f"line 3 is not UTF-8 (byte 0xc3); {UTF_8}"),
    (b'age,fuel\n1,"gas\n2,oil\n', "line 2: a quote is opened and never closed"),
    (
        b'age,fuel\n1,gas\n2,"oil\n' + b"3,gas\n" * 30_000,
        "line 3: a cell has more than 131,072 characters; is a quote not closed?",
    ),
    (
        b'age,fuel\n1,"gas" oil\n',
        "line 2: ',' expected after '\"'; a quote inside a quoted cell is written twice",
    ),
    (b"age,fuel,age\n1,gas,2\n", "columns 1 and 3 are both called 'age'"),
    (b"age,,\n1,2,3\n", "columns 2 and 3 are both called ''"),
    (
        b"age,error\n1,2\n",
        "the file already has a column called error; rename or remove it",
    ),
]


@pytest.mark.parametrize(("body", "detail"), NOT_A_CSV, ids=[detail for _, detail in NOT_A_CSV])
def test_a_file_that_is_not_sound(client: FlaskClient, body: bytes, detail: str) -> None:
    response = send(client, body)
    assert response.json is not None
    assert response.json["detail"] == detail
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"age\n" + b"1" * 201, 2),
        (b"age\n1\n" + b"1" * 201 + b"\n2\n", 3),
        (b"age,note\n1,2\n1," + b"n" * 199 + b"\n", 3),
        (b'age,note\n1,"2"\n1,2\n1,' + b"n" * 199 + b"\n1,2\n", 4),
        (b"age,note\r1,2\r1," + b"n" * 199 + b"\r1,2\r", 1),
        (b"age;note\n1;2\n1;" + b"n" * 199, 3),
        (("age,note\n1,2\n1," + "é" * 100).encode("utf-16"), 3),
        (b"age\n" + b"1\n" * 200_000 + b"1" * 201, 200_002),
    ],
)
def test_a_line_is_bounded(sealed: Path, body: bytes, line: int) -> None:
    client = create_app({"MODEL_DIR": str(sealed), "MAX_LINE_LENGTH": 200}).test_client()
    response = send(client, body)
    assert response.get_json()["detail"] == f"line {line} is longer than 200 bytes; is this a CSV?"
    assert response.status_code == 413


@pytest.mark.parametrize("quote", [b"", b'"'])
def test_a_line_may_be_as_long_as_it_may(sealed: Path, quote: bytes) -> None:
    client = create_app({"MODEL_DIR": str(sealed), "MAX_LINE_LENGTH": 200}).test_client()
    row = b"1800," + quote + b"n" * (195 - 2 * len(quote)) + quote
    assert len(table(send(client, b"living_area,note\n" + row + b"\n" + row))) == 3


def test_a_megabyte_is_long_enough_unless_told_otherwise(client: FlaskClient) -> None:
    response = send(client, b"age\n" + b"1" * 1_100_000)
    assert response.get_json()["detail"].startswith("line 2 is longer than 1,048,576 bytes;")


@pytest.mark.parametrize(
    ("body", "echoed"),
    [
        (b"\xef\xbb\xbfliving_area\n1800\n", [["living_area"], ["1800"]]),
        (b"living_area,age\r\n1800,5\r\n", [["living_area", "age"], ["1800", "5"]]),
        (b"living_area\n1800", [["living_area"], ["1800"]]),
        (b"living_area\r1800\r900\r", [["living_area"], ["1800"], ["900"]]),
        (b"\n\nage,note\n\n1,b\n\n", [["age", "note"], ["1", "b"]]),
        (b'note,x\n"a ""b"",\nc",1800\n', [["note", "x"], ['a "b",\nc', "1800"]]),
        ("note,age\né🏠,5\n".encode(), [["note", "age"], ["é🏠", "5"]]),
    ],
)
def test_a_file_that_is(client: FlaskClient, body: bytes, echoed: list[list[str]]) -> None:
    header, *rows = table(send(client, body))
    assert header == echoed[0] + ANSWER
    assert [row[: len(echoed[0])] for row in rows] == echoed[1:]
    assert all(row[-1] == "" and float(row[-5]) > 0 for row in rows)


def test_an_empty_line_of_an_only_column_is_a_row(client: FlaskClient) -> None:
    _, *rows = table(send(client, b"living_area\n1800\n\n900\n"))
    assert [row[0] for row in rows] == ["1800", "", "900"]
    assert [row[-1] for row in rows] == ["", NOTHING, ""]


def test_long_rows_make_shorter_blocks(client: FlaskClient) -> None:
    rows = [["1800", "n" * 100_000] for _ in range(3 * BYTES // 100_000)]
    assert [r[:2] for r in table(send(client, written([["x", "note"], *rows])))[1:]] == rows


def test_a_quoted_file_is_answered_as_a_plain_one(client: FlaskClient) -> None:
    rows = [["heating", "living_area"], *([["hot air", str(700 + i)] for i in range(2 * ROWS)])]
    unquoted = written(rows)
    rows[1][0] = "hot, air"
    quoted = table(send(client, written(rows)))
    assert quoted[0] == table(send(client, unquoted))[0]
    assert quoted[2:] == table(send(client, unquoted))[2:]
    assert quoted[1][5] == "heating 'hot, air' was never seen in training and is left out"
