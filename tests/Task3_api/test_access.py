"""Who may ask: everybody, or who has a key, by a header or by a cookie."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from Task1_database.errors import TablecastError
from Task3_api.app import create_app
from Task3_api.fast_path import FastPath, FastRequest
from Task3_api.keys import new_key
from Task3_api.settings import is_loopback

FREE = {
    *("/healthz", "/readyz", "/ping", "/v2/health/live", "/v2/health/ready"),
    *("/login", "/static/style.css"),
}
BROWSER = {"Accept": "text/html"}


class Secured(NamedTuple):
    """A service that knows a key."""

    app: Flask
    key: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def secured_app(sealed: Path, known: object, **config: object) -> Flask:
    return create_app({"MODEL_DIR": str(sealed), "KEYS": str(known), **config})


@pytest.fixture(scope="module")
def secured(sealed: Path) -> Secured:
    key, known = new_key("alice")
    return Secured(secured_app(sealed, known), key)


def paths(app: Flask) -> list[str]:
    """Every address that takes GET and has no part to fill in, and one that there is not."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return [*(rule.rule for rule in rules if not rule.arguments), "/static/style.css", "/nowhere"]


def test_without_keys_everybody_may_ask(client: FlaskClient) -> None:
    assert client.get("/predict?x=1800").status_code == 200
    assert client.get("/login").status_code == 404
    assert "Set-Cookie" not in client.get("/").headers


def test_nothing_but_the_free_addresses_is_answered_without_a_key(secured: Secured) -> None:
    client = secured.app.test_client()
    free = set()
    for path in paths(secured.app):
        with client.get(path) as response:
            free |= {path} if response.status_code != 401 else set()
    assert free == FREE
    assert client.get("/v2/models/houses/ready").status_code == 200
    assert client.get("/v2/models/houses").status_code == 401
    posted = ("/predict", "/batch_prediction", "/invocations", "/v2/models/houses/infer")
    for path in (*posted, "/single_prediction"):
        assert client.post(path, json={"x": 1800}).status_code == 401


def test_the_refusal_says_how_to_ask(secured: Secured) -> None:
    response = secured.app.test_client().get("/predict?x=1800")
    assert response.mimetype == "application/problem+json"
    assert response.headers["WWW-Authenticate"].lower().startswith("bearer")
    how = "send it as Authorization: Bearer KEY, or log in at /login"
    assert response.get_json()["detail"] == f"a key is needed; {how}"


def test_a_key_lets_in(secured: Secured) -> None:
    client = secured.app.test_client()
    response = client.get("/predict?x=1800", headers=secured.bearer)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    lower = {"Authorization": secured.bearer["Authorization"].replace("Bearer", "bearer")}
    assert client.post("/predict", json={"x": 1800}, headers=lower).status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer  ", "Bearer x", "Basic {}", "{}"])
def test_whatever_is_no_key_does_not(secured: Secured, header: str) -> None:
    headers = {"Authorization": header.format(secured.key)}
    assert secured.app.test_client().get("/predict?x=1", headers=headers).status_code == 401


def fast(secured: Secured, *headers: tuple[bytes, bytes]) -> bytes | None:
    request = FastRequest("GET", "/predict", b"x=1800", headers)
    response = FastPath(secured.app).answer(request)
    assert request.key_name == ("alice" if response else None)
    return response.data if response else None


def test_the_fast_path_asks_for_the_key_too(secured: Secured) -> None:
    behind = secured.app.test_client().get("/predict?x=1800", headers=secured.bearer)
    bearer = f"Bearer {secured.key}".encode()
    assert fast(secured, (b"authorization", bearer)) == behind.data
    assert fast(secured) is None
    assert fast(secured, (b"authorization", b"Bearer x")) is None
    assert fast(secured, (b"authorization", bearer), (b"authorization", b"Bearer x")) is None


def test_openapi_says_so(secured: Secured, client: FlaskClient) -> None:
    document = secured.app.test_client().get("/openapi.json", headers=secured.bearer).get_json()
    schemes = document["components"]["securitySchemes"]
    assert {(s["type"], s["scheme"]) for s in schemes.values()} == {("http", "bearer")}
    assert document["security"] == [{name: []} for name in schemes]
    free = {
        path for path, of in document["paths"].items() if of.get("get", {}).get("security") == []
    }
    health = {"/v2/health/live", "/v2/health/ready", "/v2/models/houses/ready"}
    assert free == {"/healthz", "/readyz"} | health
    assert "security" not in client.get("/openapi.json").get_json()


def log_in(client: FlaskClient, key: str, address: str = "/") -> int:
    return client.post("/login", data={"key": key, "next": address}).status_code


def test_people_log_in_once(secured: Secured) -> None:
    client = secured.app.test_client()
    refused = client.get("/questions?a=b", headers=BROWSER)
    page = BeautifulSoup(refused.text, "html.parser")
    assert (refused.status_code, refused.mimetype) == (401, "text/html")
    form = {entry["name"]: entry.get("value", "") for entry in page.select("form input")}
    assert form == {"next": "/questions?a=b", "key": ""}
    response = client.post("/login", data=form | {"key": secured.key}, headers=BROWSER)
    assert (response.status_code, response.headers["Location"]) == (303, "/questions?a=b")
    home = client.get("/", headers=BROWSER)
    assert home.status_code == 200
    assert "Logged in by the key <b>alice</b>" in home.text
    assert client.post("/predict", json={"x": 1800}).status_code == 200
    assert client.post("/logout").status_code == 303
    assert client.get("/", headers=BROWSER).status_code == 401


def test_the_login_page_tells_nothing_of_the_model(secured: Secured) -> None:
    text = secured.app.test_client().get("/questions", headers=BROWSER).text
    assert "houses" not in text.lower()
    assert "Version" not in text


def test_a_wrong_key_is_said_and_not_repeated(secured: Secured) -> None:
    client = secured.app.test_client()
    response = client.post("/login", data={"key": "wrong-key", "next": "/"}, headers=BROWSER)
    assert response.status_code == 401
    assert "This key is not known." in response.text
    assert "wrong-key" not in response.text
    assert client.get("/", headers=BROWSER).status_code == 401


def test_the_cookie_is_for_this_site_alone(secured: Secured) -> None:
    client = secured.app.test_client()
    data = {"key": secured.key}
    plain = client.post("/login", data=data).headers["Set-Cookie"]
    safe = client.post("/login", data=data, base_url="https://here").headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in plain
    assert ("Secure" in safe, "Secure" in plain) == (True, False)
    assert secured.key not in plain


def test_a_cookie_ends_with_its_key(sealed: Path) -> None:
    key, known = new_key("alice")
    client = secured_app(sealed, known, SECRET="s" * 32).test_client()
    assert log_in(client, key) == 303
    cookie = client.get_cookie("tablecast")
    assert cookie is not None
    for keys, status in ((f"{known},{new_key('bob')[1]}", 200), (str(new_key("alice")[1]), 401)):
        other = secured_app(sealed, keys, SECRET="s" * 32).test_client()
        other.set_cookie("tablecast", cookie.value)
        assert other.get("/status").status_code == status


def test_a_cookie_that_was_altered_lets_nobody_in(secured: Secured) -> None:
    client = secured.app.test_client()
    assert log_in(client, secured.key) == 303
    cookie = client.get_cookie("tablecast")
    assert cookie is not None
    client.set_cookie("tablecast", cookie.value[:-2] + "xx")
    assert client.get("/status").status_code == 401


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: b=c", ""],
)
def test_logging_in_leads_nowhere_else(secured: Secured, address: str) -> None:
    client = secured.app.test_client()
    response = client.post("/login", data={"key": secured.key, "next": address})
    assert response.headers["Location"] == "/"


def test_a_key_that_is_none_stops_the_start(sealed: Path) -> None:
    with pytest.raises(TablecastError, match="TABLECAST_KEYS: an entry is NAME:SHA256"):
        secured_app(sealed, "alice")


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_who_can_reach_an_address(address: str, loopback: bool) -> None:
    assert is_loopback(address) == loopback
