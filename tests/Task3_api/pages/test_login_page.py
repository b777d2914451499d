"""The page where people enter a key; what it lets in is tested with `access`."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from Task3_api.app import create_app
from Task3_api.keys import new_key
from Task3_api.pages.login_page import local


def test_the_form(sealed: Path) -> None:
    client = create_app({"MODEL_DIR": str(sealed), "KEYS": str(new_key("alice")[1])}).test_client()
    page = BeautifulSoup(client.get("/login").text, "html.parser")
    form = page.select_one("form")
    assert form is not None
    assert (form["method"], form["action"]) == ("post", "/login")
    assert page.select_one("input[type=password][name=key][autocomplete=current-password]")
    assert page.select_one("label[for=key]")
    assert client.post("/login", json={"key": "x"}).status_code == 415


@pytest.mark.parametrize("address", ["/", "/?x=1", "/questions", "/a%20b?c=/d//e"])
def test_addresses_of_this_service_are_kept(address: str) -> None:
    assert local(address) == address


@pytest.mark.parametrize("address", ["", "x", "//x", "///x", "/\\x", "http://x", "/\nx"])
def test_others_are_not(address: str) -> None:
    assert local(address) == "/"
