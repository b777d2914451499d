"""A body that was cut is never answered as if it were whole."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("path", ["/predict", "/invocations", "/batch_prediction/preview"])
def test_a_cut_body_is_refused(client: FlaskClient, path: str) -> None:
    """As some servers hand it over: the announced length, fewer bytes, and no error."""
    kind = "text/csv" if path.endswith("preview") else "application/json"
    environ = {"CONTENT_LENGTH": "5000", "wsgi.input_terminated": True}
    response = client.post(path, data=b"[]", content_type=kind, environ_overrides=environ)
    assert response.status_code == 400
    assert response.get_json()["detail"] == (
        "the request was cut: 2 of 5,000 bytes came; send it again"
    )
