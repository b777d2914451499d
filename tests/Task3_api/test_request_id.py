"""The identity of a request: the client's own where it can be one, and always echoed."""

from __future__ import annotations

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from Task3_api.app import create_app
from Task3_api.fast_path import FastPath, FastRequest
from Task3_api.request_id import HEADER, accepted_or_new


def test_what_the_client_proposes_is_echoed(client: FlaskClient) -> None:
    for path in ("/predict?x=1800", "/predict?x=nan", "/nowhere", "/"):
        assert client.get(path, headers={HEADER: "a-b.c:1_Z"}).headers[HEADER] == "a-b.c:1_Z"


@pytest.mark.parametrize("proposed", [None, "", "a b", "a\tb", "é", "<b>", "a" * 65, '"', "a/b"])
def test_what_could_mislead_a_log_is_replaced(proposed: str | None) -> None:
    first, second = accepted_or_new(proposed), accepted_or_new(proposed)
    assert first != second
    assert len(first) == 32


def test_the_fast_path_echoes_too(app: Flask) -> None:
    app.test_client().get("/predict?x=1800")
    for headers in ([(b"x-request-id", b"mine")], []):
        request = FastRequest("GET", "/predict", b"x=1800", headers)
        response = FastPath(app).answer(request)
        assert response is not None
        assert response.headers[HEADER] == request.request_id
        assert (request.request_id == "mine") == bool(headers)


def test_views_know_it(sealed: object) -> None:
    app = create_app({"MODEL_DIR": str(sealed)})
    app.add_url_rule("/who", "who", lambda: [g.request_id, g.key_name])
    assert app.test_client().get("/who", headers={HEADER: "mine"}).json == ["mine", None]
