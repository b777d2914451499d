"""What is answered ahead of Flask is what Flask answers, and no hook is passed by."""

from __future__ import annotations

import json
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


def posted(app: Flask, body: object, **changes: Any) -> bytes | None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = [(b"content-type", b"application/json")]
    plain: dict[str, Any] = {"query": b"", "headers": headers, "body": data}
    response = FastPath(app).answer(FastRequest("POST", "/predict", **plain | changes))
    return response.data if response else None


HOUSE = {"living_area": 1800, "lot_size": 0.58, "rooms": 9, "heating": "hot air"}


@pytest.mark.parametrize(
    "body",
    [
        HOUSE,
        [HOUSE],
        [HOUSE] * 9,
        [{**HOUSE, "living_area": size} for size in (9999, 800.5, 0, -0.0, 1e30, "1800", 2**60)]
        * 2,
        [*[HOUSE] * 9, {"living_area": 1800, "lot_size": None}],
        [{**HOUSE, "heating": kind} for kind in ("hot air", "electric", "wood", "", None)] * 2,
    ],
)
def test_posted_records_byte_for_byte(app: Flask, body: object) -> None:
    behind = app.test_client().post("/predict", json=body)
    assert behind.status_code == 200
    assert posted(app, body) == behind.data


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        3,
        [HOUSE, {}],
        [*[HOUSE] * 9, {**HOUSE, "living_area": "1_000"}],
        {"colour": "red"},
        {"observation": HOUSE, "id": "a"},
        {"dataframe_records": [HOUSE]},
        b'{"x": 1, "x": 2}',
        b'{"x": 1e39}',
        b'{"x": NaN}',
        b'{"x": 1',
        b"\xff",
    ],
)
def test_other_documents_are_left_to_flask(app: Flask, body: object) -> None:
    assert posted(app, body) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"query": b"confidence=0.8"},
        {"headers": []},
        {"headers": [(b"content-type", b"text/csv")]},
        {"headers": [(b"content-type", b"application/json"), (b"content-encoding", b"gzip")]},
        {"path": "/invocations"},
    ],
)
def test_other_posts_are_left_to_flask(app: Flask, changes: dict[str, Any]) -> None:
    request = FastRequest("POST", "/predict", b"", body=json.dumps(HOUSE).encode())
    request.headers = [(b"content-type", b"application/json")]
    assert FastPath(app).answer(request) is not None
    for name, value in changes.items():
        setattr(request, name, value)
    assert FastPath(app).answer(request) is None


def test_more_records_than_are_taken_are_left_to_flask(sealed: Path) -> None:
    app = create_app({"MODEL_DIR": str(sealed), "MAX_RECORDS": 10})
    app.test_client().post("/predict", json=HOUSE)
    assert posted(app, [HOUSE] * 9) is not None
    assert posted(app, [HOUSE] * 11) is None


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
