"""What is answered ahead of Flask is what Flask answers."""

from __future__ import annotations

import pytest
from flask import Flask

from Task3_api.shortcut import Shortcut


@pytest.mark.parametrize(
    "query", ["x=1800", "living_area=9999&heating=hot+air", "x=1e999", "colour=red", "", "x=%ff"]
)
def test_byte_for_byte(app: Flask, query: str) -> None:
    assert isinstance(app.wsgi_app, Shortcut)
    flask = Flask("by hand")
    flask.wsgi_app = app.wsgi_app._next  # type: ignore[method-assign]
    ahead, behind = (each.test_client().get(f"/predict?{query}") for each in (app, flask))
    assert (ahead.status, ahead.data) == (behind.status, behind.data)
    assert dict(ahead.headers) == dict(behind.headers)
