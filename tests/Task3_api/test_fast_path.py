"""What is answered ahead of Flask is what Flask answers, and no hook is passed by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, abort

from Task3_api.app import create_app
from Task3_api.current_model import KEY
from Task3_api.fast_path import FastPath, FastRequest

QUERY = "x=1800"


def answer(app: Flask, query: str = QUERY) -> bytes | None:
    response = FastPath(app).answer(FastRequest("GET", "/predict", query.encode()))
    return response.data if response else None


@pytest.fixture
def own_app(sealed: Path) -> Flask:
    return create_app({"MODEL_DIR": str(sealed)})


@pytest.mark.parametrize(
    "query", [QUERY, "living_area=9999&heating=hot+air", "x=1800&age=", "x=1800&confidence=0.8"]
)
def test_byte_for_byte(app: Flask, query: str) -> None:
    behind = app.test_client().get(f"/predict?{query}")
    assert answer(app, query) == behind.data


@pytest.mark.parametrize(
    "query",
    ["x=1e999", "colour=red", "", "x=", "x=%ff", "x=1&x=2", "x=1&confidence=2", "confidence=0.8"],
)
def test_errors_are_left_to_flask(app: Flask, query: str) -> None:
    assert answer(app, query) is None


def test_a_subset_that_is_not_calibrated_is_left_to_a_thread(own_app: Flask) -> None:
    for query in (QUERY, f"{QUERY}&confidence=0.8"):
        assert answer(own_app, query) is None
        assert own_app.test_client().get(f"/predict?{query}").status_code == 200
        assert answer(own_app, query) is not None


def test_other_requests_are_left_to_flask(app: Flask) -> None:
    ahead = FastPath(app)
    assert ahead.answer(FastRequest("HEAD", "/predict", QUERY.encode())) is None
    assert ahead.answer(FastRequest("GET", "/explain", QUERY.encode())) is None


def test_a_defect_is_reported_by_flask(own_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    own_app.extensions[KEY].parser.contract = None  # which it needs to say what is known
    assert answer(own_app, "colour=red") is None
    response = own_app.test_client().get("/predict?colour=red")
    assert (response.status_code, response.mimetype) == (500, "application/problem+json")
    assert "GET /predict failed" in caplog.text


def refuse(*_: Any) -> None:
    abort(401)


@pytest.mark.parametrize(
    "add",
    [
        lambda app: app.before_request(refuse),
        lambda app: app.before_request_funcs.setdefault("api", []).append(refuse),
        lambda app: app.after_request(lambda response: response),
        lambda app: app.teardown_request(lambda error: None),
        lambda app: app.teardown_appcontext(lambda error: None),
        lambda app: setattr(app, "wsgi_app", app.wsgi_app),
    ],
)
def test_it_steps_aside_for_hooks_that_it_does_not_know(
    own_app: Flask, add: Callable[[Flask], object]
) -> None:
    own_app.test_client().get(f"/predict?{QUERY}")
    assert answer(own_app) is not None
    own_app._got_first_request = False  # Flask takes hooks before the first request alone
    add(own_app)
    assert answer(own_app) is None
