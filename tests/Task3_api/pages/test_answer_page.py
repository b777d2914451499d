"""One answer's page: what was asked, what came true, and who may see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from Task3_api.app import create_app
from Task3_api.keep.kept import keeper_of
from tests.Task3_api.html import one, parsed, text_of


@pytest.fixture
def keeping(sealed: Path, tmp_path: Path) -> Iterator[Flask]:
    config = {"MODEL_DIR": str(sealed), "KEEP": str(tmp_path), "KEEP_PRIVATE": "age"}
    app = create_app(config)
    yield app
    keeper = keeper_of(app)
    assert keeper
    keeper.close()


def kept(client: FlaskClient) -> str:
    """The address of an answer, kept as the page does it."""
    form = one(parsed(client.get("/?living_area=1800&heating=hot+air&age=31")), "form.keeping")
    fields = {tag["name"]: tag["value"] for tag in form.select("input")}
    response = client.post(str(form["action"]), data=fields)
    assert response.status_code == 303
    return response.location


def tell(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    return client.post(address, data=fields)


def test_it_shows_what_was_asked_and_answered(keeping: Flask) -> None:
    client = keeping.test_client()
    answer = client.get("/predict?living_area=1800&heating=hot+air&age=31").get_json()
    text = text_of(one(parsed(client.get(kept(client))), "main"))
    for part in ("prediction", "lower", "upper"):
        assert f"${answer[part]:,.0f}" in text
    assert "Living area 1,800 sq ft" in text
    assert "Heating hot air" in text
    assert "31 years" not in text
    assert "1 more was told and not kept, being private." in text


def test_what_came_true_is_said_and_changed_on_purpose_alone(keeping: Flask) -> None:
    client = keeping.test_client()
    address = kept(client)
    assert tell(client, address, outcome="1").status_code == 303
    assert "$0 , outside of the range" in text_of(one(parsed(client.get(address)), "main"))
    refused = tell(client, address, outcome="200000")
    assert "Another outcome is recorded" in text_of(one(parsed(refused, 409), "[role=alert]"))
    assert tell(client, address, outcome="200000", replace="true").status_code == 303
    assert "$200,000 , as the range said" in text_of(one(parsed(client.get(address)), "main"))


def test_what_is_no_price_is_told_beside_the_entry(keeping: Flask) -> None:
    client = keeping.test_client()
    refused = tell(client, kept(client), outcome="much")
    assert "must be a decimal number" in text_of(one(parsed(refused, 400), "[role=alert]"))


def test_nobody_finds_an_answer_without_its_id(keeping: Flask) -> None:
    client = keeping.test_client()
    writer, number, secret = kept(client).removeprefix("/answer/").split("-")
    assert client.get(f"/answer/{writer}-{number}-{secret}").status_code == 200
    for guess in (f"{writer}-{number}-{'0' * 16}", f"{writer}-{number}", "17", "..%2f..%2fCURRENT"):
        assert client.get(f"/answer/{guess}").status_code == 404


def test_a_page_is_made_for_everyone(keeping: Flask) -> None:
    client = keeping.test_client()
    address = kept(client)
    tell(client, address, outcome="1")
    soup = parsed(client.get(address))
    for entry in soup.select("form input, form select"):
        assert one(soup, f"label[for={entry['id']}]").get_text(strip=True)
    assert not soup.select("[style], script:not([src])")
