"""The upload of a CSV: whole, of a type that is known, and not too large."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from Task3_api.app import create_app
from tests.Task3_api.batch.csv_posts import send


def upload(client: FlaskClient, *files: tuple[str, bytes], **fields: str) -> TestResponse:
    data: dict[str, Any] = {"file": [(io.BytesIO(body), name) for name, body in files], **fields}
    return client.post("/batch_prediction", data=data, content_type="multipart/form-data")


def test_a_form_and_a_body_are_answered_alike(client: FlaskClient) -> None:
    body = b"living_area\n1800\n"
    assert upload(client, ("a.csv", body), note="x").data == send(client, body).data


@pytest.mark.parametrize(
    ("files", "detail"),
    [
        ([], "send one file; none came"),
        ([("", b"")], "send one file; none came"),
        ([("a.csv", b"x\n1\n"), ("b.csv", b"x\n1\n")], "send one file; 2 came"),
        ([("a.csv", b"")], "the file is empty"),
    ],
)
def test_a_form_without_one_file(
    client: FlaskClient, files: list[tuple[str, bytes]], detail: str
) -> None:
    response = upload(client, *files)
    assert response.json is not None
    assert (response.status_code, response.json["detail"]) == (400, detail)


def test_a_cut_upload_is_not_answered(client: FlaskClient) -> None:
    """As gunicorn hands it over: the announced length, fewer bytes, and no error."""
    environ = {"CONTENT_LENGTH": "5000", "wsgi.input_terminated": True}
    response = send(client, b"living_area\n1800\n", environ_overrides=environ)
    assert response.json is not None
    assert response.json["detail"] == "the request was cut: 17 of 5,000 bytes came; send it again"
    assert response.status_code == 400


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/x-www-form-urlencoded", "text/csv; charset=utf-7"],
)
def test_another_type_is_refused(client: FlaskClient, content_type: str) -> None:
    response = client.post("/batch_prediction", data=b"x\n1\n", content_type=content_type)
    assert response.json is not None
    assert response.json["detail"] == (
        "send text/csv, an XLSX workbook, or multipart/form-data with one file"
    )
    assert response.status_code == 415


def test_too_large_a_file_is_refused(sealed: Path) -> None:
    client = create_app({"MODEL_DIR": str(sealed), "MAX_UPLOAD_LENGTH": 100}).test_client()
    assert send(client, b"living_area\n" + b"1800\n" * 10).status_code == 200
    response = send(client, b"living_area\n" + b"1800\n" * 100)
    assert response.json is not None
    assert response.json["detail"] == "the body is larger than the 100 bytes allowed here"
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("body", "headers", "detail"),
    [
        (b"\x1f\x8bpacked", {}, "the file is gzip; send it unpacked"),
        (b"%PDF-1.7", {}, "the file is a PDF; expected a CSV or an XLSX"),
        (b"x\n1\n", {"Content-Encoding": "gzip"}, "send the body unpacked, not as gzip"),
    ],
)
def test_packed_bodies_are_refused(
    client: FlaskClient, body: bytes, headers: dict[str, str], detail: str
) -> None:
    response = send(client, body, headers=headers)
    assert response.json is not None
    assert (response.status_code, response.json["detail"]) == (415, detail)


def test_a_form_without_a_boundary_is_refused(client: FlaskClient) -> None:
    response = client.post(
        "/batch_prediction", data=b"x", headers={"Content-Type": "multipart/form-data"}
    )
    assert response.json is not None
    assert response.json["detail"] == "the Content-Type multipart/form-data names no boundary"
    assert response.status_code == 400


def test_a_form_of_many_parts_is_refused(client: FlaskClient) -> None:
    parts = {f"part {n}": "x" for n in range(20)}
    response = client.post("/batch_prediction", data=parts, content_type="multipart/form-data")
    assert response.json is not None
    assert response.json["detail"] == "a form may have 8 parts, and 1,048,576 bytes beside its file"
    assert response.status_code == 413
