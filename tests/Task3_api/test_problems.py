"""Errors of the protocol itself, for programs and for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask, jsonify
from flask.testing import FlaskClient

from Task3_api.app import create_app

SERVER_ERROR = "the service could not answer; the fault is not yours, and it has been logged"


@pytest.fixture
def broken(sealed: Path) -> Flask:
    """The service with two defects of the kind that a mistake in our code would be."""
    app = create_app({"MODEL_DIR": str(sealed), "MAX_CONTENT_LENGTH": 1000})
    app.add_url_rule("/defect", "defect", lambda: dict[str, str]()["secret"])
    app.add_url_rule("/nan", "nan", lambda: jsonify(float("nan")))
    return app


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "title", "detail"),
    [
        ("GET", "/nowhere", {}, 404, "Not Found", "there is nothing at '/nowhere'"),
        ("GET", "/a%0Ab", {}, 404, "Not Found", r"there is nothing at '/a\nb'"),
        (
            "GET",
            "/questions/../x.csv",
            {},
            404,
            "Not Found",
            "there is nothing at '/questions/../x.csv'",
        ),
        ("DELETE", "/questions", {}, 405, "Method Not Allowed", "/questions does not take DELETE"),
        ("GET", "/invocations", {}, 405, "Method Not Allowed", "/invocations does not take GET"),
        (
            "POST",
            "/predict",
            {"json": {"x": "1" * 2000}},
            413,
            "Request Entity Too Large",
            "the body is larger than the 1,000 bytes allowed here",
        ),
        (
            "POST",
            "/predict",
            {"data": {"x": "1"}},
            415,
            "Unsupported Media Type",
            "send application/json; a CSV goes to /batch_prediction",
        ),
        (
            "POST",
            "/single_prediction",
            {"json": {"x": 1}},
            415,
            "Unsupported Media Type",
            "send the form as application/x-www-form-urlencoded",
        ),
        ("GET", "/defect", {}, 500, "Internal Server Error", SERVER_ERROR),
        ("GET", "/nan", {}, 500, "Internal Server Error", SERVER_ERROR),
    ],
)
def test_a_problem(
    broken: Flask,
    method: str,
    path: str,
    options: dict[str, Any],
    status: int,
    title: str,
    detail: str,
) -> None:
    response = broken.test_client().open(path, method=method, **options)
    body = response.get_json()
    actual = body.pop("detail")
    assert actual.startswith(detail) if status == 405 else actual == detail
    assert body == {"type": "about:blank", "title": title, "status": status}
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    if status == 405:
        assert response.headers["Allow"]


def test_a_defect_is_logged_and_not_shown(broken: Flask, caplog: pytest.LogCaptureFixture) -> None:
    response = broken.test_client().get("/defect", headers={"Accept": "text/html"})
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert "secret" in caplog.text
    assert "GET /defect failed" in caplog.text


@pytest.mark.parametrize(
    ("path", "accept", "page"),
    [
        ("/nowhere", "text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("/nowhere", "*/*", False),
        ("/nowhere", "application/json", False),
        ("/?y=1", "text/html", True),
        ("/predict", "text/html", False),
    ],
)
def test_people_get_a_page_and_programs_data(
    client: FlaskClient, path: str, accept: str, page: bool
) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert (response.mimetype == "text/html") == page


def test_a_page_escapes_what_it_repeats(client: FlaskClient) -> None:
    response = client.get("/<script>alert(1)</script>", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert" in response.text
