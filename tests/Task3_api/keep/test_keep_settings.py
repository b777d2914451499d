"""Where answers are kept is said by the configuration, or else by the environment."""

from __future__ import annotations

import pytest

from Task1_database.errors import TablecastError
from Task3_api.keep.keep_settings import KeepSettings


def test_nothing_is_kept_unless_one_says_so() -> None:
    assert KeepSettings.of({}, {}) == KeepSettings("", None, 3600, frozenset())


def test_the_environment_and_before_it_the_configuration() -> None:
    environment = {
        "TABLECAST_KEEP": "/there",
        "TABLECAST_KEEP_DAYS": "30",
        "TABLECAST_KEEP_SECONDS": "60",
        "TABLECAST_KEEP_PRIVATE": "name, age,",
        "TABLECAST_KEEP_BATCHES": "1",
    }
    assert KeepSettings.of({}, environment) == KeepSettings(
        "/there", 30, 60, frozenset({"name", "age"}), True
    )
    assert KeepSettings.of({"KEEP": ""}, environment).url == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEEP_BATCHES", "yes"),
        ("KEEP_DAYS", "-1"),
        ("KEEP_DAYS", "soon"),
        ("KEEP_DAYS", "nan"),
        ("KEEP_SECONDS", "0"),
    ],
)
def test_what_cannot_be_read_is_named(name: str, value: str) -> None:
    with pytest.raises(TablecastError, match=f"TABLECAST_{name}: expected .* not '{value}'"):
        KeepSettings.of({}, {f"TABLECAST_{name}": value})
