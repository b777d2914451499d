"""Pages as tests read them."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag
from werkzeug.test import TestResponse


def parsed(response: TestResponse, status: int = 200) -> BeautifulSoup:
    assert response.status_code == status, response.text
    assert response.mimetype == "text/html"
    return BeautifulSoup(response.text, "html.parser")


def one(parent: BeautifulSoup | Tag, selector: str) -> Tag:
    tags = parent.select(selector)
    assert len(tags) == 1, f"{len(tags)} of {selector}"
    return tags[0]


def text_of(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())
