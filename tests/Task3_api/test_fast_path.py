"""What is answered ahead of Flask is what Flask answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client

from Task3_api.app import create_app
from Task3_api.current_model import KEY
from Task3_api.fast_path import FastPath


@pytest.mark.parametrize(
    "query", ["x=1800", "living_area=9999&heating=hot+air", "x=1e999", "colour=red", "", "x=%ff"]
)
def test_byte_for_byte(app: Flask, query: str) -> None:
    assert isinstance(app.wsgi_app, FastPath)
    ahead = app.test_client().get(f"/predict?{query}")
    behind = Client(app.wsgi_app._next, app.response_class).get(f"/predict?{query}")
    assert (ahead.status, ahead.data) == (behind.status, behind.data)
    assert dict(ahead.headers) == dict(behind.headers)


def test_a_defect_is_told_by_flask(sealed: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app({"MODEL_DIR": str(sealed)})
    app.extensions[KEY].parser.contract = None  # which it needs to say what is known
    response = app.test_client().get("/predict?colour=red")
    assert (response.status_code, response.mimetype) == (500, "application/problem+json")
    assert "GET /predict failed" in caplog.text
