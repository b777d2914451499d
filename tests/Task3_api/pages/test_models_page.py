"""The first page of a service of several models."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from Task3_api.app import create_app
from tests.Task3_api.html import one, parsed, text_of


@pytest.fixture(scope="module")
def front(several: Path) -> FlaskClient:
    return create_app({"MODELS": str(several)}).test_client()


def test_it_says_of_each_model_what_it_is_and_how(front: FlaskClient, sealed: Path) -> None:
    soup = parsed(front.get("/"))
    assert text_of(one(soup, "h1")) == "3 models"
    births, clients, houses = soup.select(".models > li")
    text = text_of(houses)
    for part in ("Price , in $ , from any of", "Ready /houses/", "Held-out error $", sealed.name):
        assert part in text, part
    assert one(houses, "h2 a")["href"] == "/houses/"
    assert "Ready" in text_of(births)
    assert "Term of the birth : at term or premature , from" in text_of(births)
    assert text_of(clients).startswith("Not served /clients/ clients 20260101T000000Z-00000000")
    assert not clients.select("a")


def test_every_link_of_every_model_leads_somewhere(front: FlaskClient) -> None:
    pages = ["/"]
    for name in ("houses", "births"):
        parts = ("", "?x=30", "batch_prediction", "questions", "report", "model", "docs", "status")
        pages += [f"/{name}/{part}" for part in parts]
    seen: dict[str, str] = {}
    for page in pages:
        soup = BeautifulSoup(front.get(page).text, "html.parser")
        for tag in soup.select("[href], [src], [action], [data-answer], [data-description]"):
            for name in ("href", "src", "action", "data-answer", "data-description"):
                if address := str(tag.get(name) or "").partition("#")[0]:
                    seen.setdefault(address, page)
    assert "/" in seen
    for address, page in seen.items():
        with front.get(address) as response:
            assert response.status_code in (200, 405), f"{address} on {page}"
        assert address == "/" or address.startswith(("/houses/", "/births/", "/static/")), page


def test_one_model_has_no_such_page(client: FlaskClient) -> None:
    assert "All models" not in client.get("/").text
