"""How the service is, on a page: what it serves, since when, with which packages."""

from __future__ import annotations

from datetime import timedelta
from importlib import metadata
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from Task3_api.app import create_app
from Task3_api.pages.status_page import duration
from Task3_api.predictor import Predictor


def text_of(client: FlaskClient) -> str:
    page = BeautifulSoup(client.get("/status").text, "html.parser")
    return " ".join(page.get_text(" ").split())


def test_what_is_served_with_what(client: FlaskClient, predictor: Predictor) -> None:
    text = text_of(client)
    assert f"Version {predictor.version}" in text
    trained = predictor.sealed.manifest["provenance"]["packages"]
    assert f"numpy {metadata.version('numpy')} {trained['numpy']}" in text
    assert f"tablecast {metadata.version('tablecast')} {trained['tablecast']}" in text
    assert f"Flask {metadata.version('flask')} –" in text
    assert f"scikit-learn – {trained['scikit-learn']}" in text
    assert 'href="/readyz"' in client.get("/status").text


def test_requests_are_counted_from_the_start(sealed: Path) -> None:
    client = create_app({"MODEL_DIR": str(sealed)}).test_client()
    for _ in range(3):
        client.get("/healthz")
    assert "Requests 3 answered since then" in text_of(client)
    assert "Requests 4 answered since then" in text_of(client)


def test_no_folder_and_no_environment_is_disclosed(
    client: FlaskClient, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hush@there/db")
    text = client.get("/status").text
    assert "hush" not in text
    assert str(sealed.parent) not in text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (61, "1 minute 1 second"),
        (7325, "2 hours 2 minutes"),
        (90_000, "1 day 1 hour"),
    ],
)
def test_a_time_in_words(seconds: int, text: str) -> None:
    assert duration(timedelta(seconds=seconds)) == text
