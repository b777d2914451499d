"""What the environment tells the service: understood, or refused before it starts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from Task1_database.errors import TablecastError
from Task3_api.settings import NUMBERS, TEXTS, check, settings


def test_nothing_need_be_told() -> None:
    assert settings({}) == {**NUMBERS, **TEXTS}
    assert settings({"TABLECAST_MAX_UPLOAD_LENGTH": ""}) == settings({})


def test_a_number_is_taken() -> None:
    assert settings({"TABLECAST_MAX_UPLOAD_LENGTH": "1000"})["MAX_UPLOAD_LENGTH"] == 1000


@pytest.mark.parametrize("text", ["many", "-1", "1.5", "1_000", "1e6", "١٢", "9" * 16])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(TablecastError, match="TABLECAST_PROXIES must be a whole number, not"):
        settings({"TABLECAST_PROXIES": text})


def test_every_setting_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs/service.md").read_text("utf-8")
    undocumented = [name for name in (*NUMBERS, *TEXTS) if f"`{name}`" not in page]
    assert undocumented == ["ADDRESS"]  # which `tablecast serve` says


@pytest.mark.parametrize(
    ("storage", "problem"),
    [
        ("somewhere", "TABLECAST_LIMIT_STORAGE, 'somewhere': "),
        ("nothing://here", "TABLECAST_LIMIT_STORAGE, 'nothing': unknown storage scheme"),
        ("memcached://user:secret@here", "TABLECAST_LIMIT_STORAGE, 'memcached': "),
    ],
)
def test_what_is_no_storage_is_refused(storage: str, problem: str) -> None:
    environment = {"TABLECAST_LIMIT": "3/minute", "TABLECAST_LIMIT_STORAGE": storage}
    with pytest.raises(TablecastError, match=f"^{re.escape(problem)}") as caught:
        check(settings(environment))
    assert "secret" not in str(caught.value)


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(TablecastError, match="TABLECAST_KEYS: an entry"):
        check(settings({"TABLECAST_KEYS": "alice"}))
