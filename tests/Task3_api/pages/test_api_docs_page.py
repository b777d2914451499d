"""The interface on a page: described, and tried with Swagger UI from an installed package."""

from __future__ import annotations

import json

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.browser import Open
from tests.live import Live


def test_every_operation_is_named(client: FlaskClient) -> None:
    soup = BeautifulSoup(client.get("/docs").text, "html.parser")
    named = [
        tuple(cell.get_text() for cell in row.select("code")) for row in soup.select("tbody tr")
    ]
    paths = client.get("/openapi.json").get_json()["paths"]
    assert named == [(m.upper(), path) for path, methods in paths.items() for m in methods]


def test_the_policy_admits_no_other_origin_and_nothing_inline(client: FlaskClient) -> None:
    policy = client.get("/docs").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; img-src 'self' data:; ")
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", ["index.html", "oauth2-redirect.html", "../__init__.py"])
def test_no_other_file_of_the_package_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/docs/{name}").status_code == 404


def test_it_can_be_tried(browse: Open, live: Live) -> None:
    operation = browse(live, "/docs").locator("#operations-default-predict_one")
    operation.locator(".opblock-summary-control").click()
    operation.locator("[placeholder=living_area]").fill("1800")
    operation.locator(".execute").click()
    answer = json.loads(operation.locator(".live-responses-table code").first.inner_text())
    assert answer == json.loads(live.ask("GET", "/predict?living_area=1800")[1])


def test_a_classification_can_be_tried_too(browse: Open, clients_live: Live) -> None:
    operation = browse(clients_live, "/docs", dark=True).locator("#operations-default-predict")
    operation.locator(".opblock-summary-control").click()
    operation.locator(".execute").click()
    answer = json.loads(operation.locator(".live-responses-table code").first.inner_text())
    assert answer["label"] in (0, 1)
