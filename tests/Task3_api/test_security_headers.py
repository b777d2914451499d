"""What browsers shall refuse is in every answer."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from Task3_api.security_headers import HEADERS


@pytest.mark.parametrize("path", ["/", "/predict?x=1800", "/predict", "/static/ask.js", "/nowhere"])
def test_every_answer_is_secured(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        headers = response.headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize("path", ["/docs", "/report.html"])
def test_a_page_with_a_policy_of_its_own_has_the_other_headers(
    client: FlaskClient, path: str
) -> None:
    with client.get(path) as response:
        headers = response.headers
    differing = [name for name, value in HEADERS.items() if headers[name] != value]
    assert differing == ["Content-Security-Policy"]
    assert len(headers.getlist("Content-Security-Policy")) == 1
