"""Answers come as a workbook: the same cells, numbers as numbers."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from Task1_database.errors import InputError
from Task3_api.batch.batch_options import XLSX
from Task3_api.batch.workbook_writer import MAX_CELLS, check_size, write_workbook
from tests.Task3_api.batch.csv_posts import send, table, written


def cells(data: bytes) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("12", 12),
        ("-3.50", -3.5),
        ("0.5", 0.5),
        ("00123", "00123"),
        ("1234567890123456", "1234567890123456"),
        ("'=1+1", "'=1+1"),
        ("=1+1", "'=1+1"),
        ("\a=1+1", "'=1+1"),
        ('a "b"\r\nc\u2028d', 'a "b"\nc\u2028d'),
        ("bell\a", "bell"),
        ("12,5", "12,5"),
    ],
)
def test_each_cell(text: str, value: object) -> None:
    line = written([[text, "end"]]).decode()
    with write_workbook(["a,b\r\n", line]) as file:
        assert cells(file.read()) == [["a", "b"], [value, "end"]]


def test_the_answers_are_those_of_the_csv(client: FlaskClient) -> None:
    body = written([["living_area", "note"], ["1800", "=1+1"], ["x", "007"], ["900", 'a\n"b"']])
    header, *rows = table(send(client, body))
    for response in (
        client.post("/batch_prediction?format=xlsx", data=body, content_type="text/csv"),
        send(client, body, headers={"Accept": XLSX}),
    ):
        with response:
            assert response.mimetype == XLSX
            assert response.headers["Row-Count"] == "3"
            disposition = response.headers["Content-Disposition"]
            assert disposition == "attachment; filename=houses_predictions.xlsx"
            first, *others = cells(response.data)
        assert first == header
        assert others[0][:5] == [1800, "'=1+1", *map(float, rows[0][2:5])]
        assert others[1][:3] == ["x", "007", None]
        assert others[1][len(header) - 1] == rows[1][-1]
        assert others[2][1] == 'a\n"b"'


def test_a_table_that_takes_too_long_is_refused_before_it_is_answered(client: FlaskClient) -> None:
    check_size(MAX_CELLS // 10, 10)
    with pytest.raises(InputError):
        check_size(MAX_CELLS // 10 + 1, 10)
    body = b"x,a,b,c,d,e,f,g,h,i\n" + b"1,,,,,,,,,\n" * (MAX_CELLS // 10 + 1)
    response = client.post("/batch_prediction?format=xlsx", data=body, content_type="text/csv")
    assert response.status_code == 400
    assert response.get_json()["detail"] == (
        "100,001 rows of 10 columns are more than an XLSX is made for, 1,000,000 cells; ask for CSV"
    )
