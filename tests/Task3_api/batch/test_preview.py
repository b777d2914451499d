"""A file's beginning as the service understands it."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from Task3_api.batch.preview import PREVIEW_BYTES, whole_rows
from Task3_api.batch.reader import ROWS
from Task3_api.predictor import Predictor

URL = "/batch_prediction/preview"


def preview(client: FlaskClient, body: bytes) -> dict[str, Any]:
    response = client.post(URL, data=body, content_type="text/csv")
    assert response.status_code == 200, response.text
    return dict(response.get_json())


def test_columns_are_used_passed_on_or_lacking(client: FlaskClient, predictor: Predictor) -> None:
    understood = preview(client, b"id,living_area,heating\n1,1800,electric\n2,,\n")
    assert [column["feature"] for column in understood["columns"]] == ["", "Living area", "Heating"]
    labels = [
        f.label for f in predictor.contract.features if f.name not in ("living_area", "heating")
    ]
    assert understood["missing"] == labels
    assert understood["rows"] == [["1", "1800", "electric"], ["2", "", ""]]
    assert understood["rows_looked_at"] == 2
    assert understood["marks"] == []


def test_x_stands_for_the_main_feature_alone(client: FlaskClient) -> None:
    assert preview(client, b"x\n1800\n")["columns"][0]["feature"] == "Living area"
    columns = preview(client, b"x,living_area\n1,1800\n")["columns"]
    assert [column["feature"] for column in columns] == ["", "Living area"]


def test_cells_are_read_as_they_will_be_answered(client: FlaskClient) -> None:
    body = b"bedrooms,heating\n4e38,coal\n3,electric\nnan,\n" + b"x,\n" * 10
    understood = preview(client, body)
    bedrooms, heating = understood["columns"]
    assert (bedrooms["bad"], bedrooms["unseen"]) == (12, 0)
    assert (heating["bad"], heating["unseen"]) == (0, 1)
    assert bedrooms["problem"] == "bedrooms is too large a number: '4e38'"
    assert heating["remark"] == "heating 'coal' was never seen in training and is left out"
    assert len(understood["rows"]) == 8
    marked = {(mark["row"], mark["column"]): mark for mark in understood["marks"]}
    assert set(marked) == {(row, 0) for row in (0, 2, 3, 4, 5, 6, 7)} | {(0, 1)}
    answered = client.post("/batch_prediction", data=body, content_type="text/csv").text
    first = next(csv.DictReader(io.StringIO(answered)))
    assert (first["error"], first["warnings"]) == (
        marked[0, 0]["detail"],
        marked[0, 1]["detail"],
    )


def test_every_block_is_looked_at(client: FlaskClient) -> None:
    understood = preview(client, b"bedrooms,heating\n" + b"3,\n" * ROWS + b"x,coal\n" * 2)
    bedrooms, heating = understood["columns"]
    assert understood["rows_looked_at"] == ROWS + 2
    assert (bedrooms["bad"], heating["unseen"]) == (2, 2)
    assert (len(understood["rows"]), understood["marks"]) == (8, [])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"living_area\n",
        b"a,a\n1,2\n",
        b"x,error\n1,2\n",
        b"x\n1,2\n",
        b'x\n"1\n',
        b"x,y\n1,\xc3\xa9\n2,\xff\n",
        b"x\n\0\n",
        "x\n1\n".encode("utf-16")[:-1],
        b"PK\x03\x04",
    ],
)
def test_what_would_be_refused_is_refused_with_the_same_words(
    client: FlaskClient, body: bytes
) -> None:
    whole, beginning = (
        client.post(path, data=body, content_type="text/csv") for path in ("/batch_prediction", URL)
    )
    assert whole.status_code == beginning.status_code == 400
    assert whole.get_json()["detail"] == beginning.get_json()["detail"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_longer_file_is_cut_after_a_whole_row(client: FlaskClient, end: str) -> None:
    line = f'1800,"a ""b"",{end}é🏠"{end}'
    body = (f"living_area,note{end}" + line * 9000).encode()
    assert len(body) > 2 * PREVIEW_BYTES
    for length in range(PREVIEW_BYTES + 1, PREVIEW_BYTES + 2 * len(line.encode()), 5):
        understood = preview(client, body[:length])
        assert understood["rows"][0] == ["1800", f'a "b",{end}é🏠']
        assert understood["rows_looked_at"] == whole_rows(body[:PREVIEW_BYTES]).count(b"1800")
        assert understood["columns"][0]["bad"] == 0


def test_a_quote_that_no_cell_begins_with_cuts_nothing() -> None:
    body = b'x,note\n1,5" pipe\n2,6" pipe\n3,ha'
    assert whole_rows(body) == b'x,note\n1,5" pipe\n2,6" pipe\n'


def test_another_type_is_refused(client: FlaskClient) -> None:
    response = client.post(URL, data=b"{}", content_type="application/json")
    assert response.status_code == 415
