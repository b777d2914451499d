"""A body that was cut is never answered as if it were whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from Task3_api.app import create_app

FORM = "application/x-www-form-urlencoded"


PATHS = ("/predict", "/invocations", "/v2/models/houses/infer", "/batch_prediction/preview")


@pytest.mark.parametrize("path", PATHS)
def test_a_cut_body_is_refused(client: FlaskClient, path: str) -> None:
    """As some servers hand it over: the announced length, fewer bytes, and no error."""
    kind = "text/csv" if path.endswith("preview") else "application/json"
    environ = {"CONTENT_LENGTH": "5000", "wsgi.input_terminated": True}
    response = client.post(path, data=b"[]", content_type=kind, environ_overrides=environ)
    assert response.status_code == 400
    assert response.get_json()["detail"] == (
        "the request was cut: 2 of 5,000 bytes came; send it again"
    )


def too_many(response: TestResponse, detail: str) -> None:
    assert response.status_code == 413
    assert response.get_json()["detail"] == detail


@pytest.fixture
def small(sealed: Path) -> FlaskClient:
    """A service that takes little."""
    bounds = {"MAX_RECORDS": 3, "MAX_COLUMNS": 4, "MAX_FIELDS": 5}
    return create_app({"MODEL_DIR": str(sealed), **bounds}).test_client()


def test_records_are_bounded(small: FlaskClient) -> None:
    record = {"x": 1800}
    rows = {"columns": ["x"], "data": [[1800]] * 3}
    assert len(small.post("/predict", json=[record] * 3).get_json()) == 3
    assert small.post("/invocations", json={"dataframe_split": rows}).status_code == 200
    detail = "4 records came; 3 are allowed in one request"
    too_many(small.post("/predict", json=[record] * 4), detail)
    too_many(small.post("/invocations", json={"dataframe_records": [record] * 4}), detail)
    four = {"dataframe_split": {**rows, "data": [[1800]] * 4}}
    too_many(small.post("/invocations", json=four), detail)
    tensor = {"name": "x", "shape": [4], "datatype": "FP64", "data": [1800] * 4}
    too_many(small.post("/v2/models/houses/infer", json={"inputs": [tensor]}), detail)


@pytest.mark.parametrize("item", ["{}", "[]", "[[[]]]", '{"x":1}'])
def test_many_small_ones_are_refused_before_they_are_read(client: FlaskClient, item: str) -> None:
    body = "[" + ",".join([item] * 1_000_000) + "]"
    response = client.post("/predict", data=body, content_type="application/json")
    assert response.status_code == 413
    assert "records or more came; 10,000 are allowed in one request" in response.text


def test_columns_are_bounded(small: FlaskClient, client: FlaskClient) -> None:
    detail = "5 columns came; 4 are allowed in one request"
    tensor = {"name": "x", "shape": [1], "datatype": "FP64", "data": [1800]}
    inputs = {"inputs": [tensor] * 5}
    too_many(
        small.post("/v2/models/houses/infer", json=inputs), detail.replace("columns", "inputs")
    )
    split = {"columns": list("abcde"), "data": []}
    too_many(small.post("/invocations", json={"dataframe_split": split}), detail)
    table = {"data": "x,b,c,d,e\n1800,,,,\n", "content_type": "text/csv"}
    too_many(small.post("/batch_prediction", **table), detail)
    twice = {"columns": [f"c{n}" for n in range(4_998)] + ["c0"], "data": []}
    response = client.post("/invocations", json={"dataframe_split": twice})
    assert "the column 'c0' appears more than once" in response.get_json()["detail"]


def test_fields_are_bounded(small: FlaskClient, client: FlaskClient) -> None:
    query = "&".join(f"a{n}=1" for n in range(7))
    detail = "6 fields or more came; 5 are allowed in one request"
    too_many(small.get(f"/predict?{query}"), detail)
    too_many(small.post("/single_prediction", data=query, content_type=FORM), detail)
    many = "&".join(f"a{n}=1" for n in range(4_000))
    response = client.post("/single_prediction", data=many, content_type=FORM)
    assert response.status_code == 400
    assert response.text.count("is not known") == 10
