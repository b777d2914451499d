"""Versions are listed, put in service, taken back and deleted; the one in service never is."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from Task1_database.errors import SealError
from Task2_model.artifact import current
from Task2_model.versions import (
    Shadow,
    before_current,
    end_shadow,
    find_version,
    history,
    in_shadow,
    names,
    prune,
    put_in_service,
    put_in_shadow,
    versions,
)

FIRST, SECOND, THIRD, FOURTH = (f"2026010{n}T000000Z-0000000{n}" for n in range(1, 5))


@pytest.fixture
def four(sealed: Path, tmp_path: Path) -> Path:
    """Four versions; the first is in service."""
    models = tmp_path / "houses"
    for name in (FIRST, SECOND, THIRD, FOURTH):
        folder = shutil.copytree(sealed, models / name)
        manifest = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps({**manifest, "version": name}))
    put_in_service(models, FIRST)
    return models


def test_all_are_listed_the_latest_first(four: Path) -> None:
    listed = versions(four)
    assert [version.name for version in listed] == [FOURTH, THIRD, SECOND, FIRST]
    assert [version.is_current for version in listed] == [False, False, False, True]
    assert str(listed[3]) == f"{FIRST}      1,728 rows  trained     in service"
    assert versions(four / "nowhere") == []


def test_one_is_found_by_the_beginning_of_its_name(four: Path) -> None:
    assert find_version(four, "20260102") == four / SECOND
    assert find_version(four, "") == four / FOURTH
    with pytest.raises(SealError, match="4 versions begin with '2026'"):
        find_version(four, "2026")
    with pytest.raises(SealError, match=r"no version is called '\.\./x'; the latest are"):
        find_version(four, "../x")


def test_what_was_before_is_known_from_the_history(four: Path) -> None:
    for name in (THIRD, SECOND):
        put_in_service(four, name)
    assert history(four) == [FIRST, THIRD, SECOND]
    assert before_current(four) == THIRD
    shutil.rmtree(four / THIRD)
    assert before_current(four) == FIRST


def test_without_a_history_it_is_the_one_sealed_before(four: Path) -> None:
    put_in_service(four, THIRD)
    (four / "HISTORY").unlink()
    assert before_current(four) == SECOND
    put_in_service(four, FIRST)
    (four / "HISTORY").unlink()
    with pytest.raises(SealError, match="there is no version before"):
        before_current(four)


def test_what_was_noted_and_never_put_in_service_was_not_before(four: Path) -> None:
    put_in_service(four, SECOND)
    with (four / "HISTORY").open("a") as file:
        file.write(f"2026-01-04T00:00:00Z {FOURTH}\n")  # and then came a kill
    assert before_current(four) == FIRST


def test_a_broken_version_is_not_put_in_service(four: Path) -> None:
    (four / SECOND / "contract.json").write_text("{}")
    with pytest.raises(SealError, match=r"contract\.json differs from its manifest"):
        put_in_service(four, SECOND)
    assert current(four) == four / FIRST
    assert history(four) == [FIRST]


def test_pruning_spares_the_one_in_service_and_the_one_before(four: Path) -> None:
    put_in_service(four, SECOND)
    assert prune(four, 1) == [THIRD]
    assert names(four) == [FOURTH, SECOND, FIRST]
    assert not list(four.glob(".pruned*"))


def test_a_challenger_is_in_the_shadow_until_it_is_in_service(four: Path) -> None:
    assert in_shadow(four) is None
    with pytest.raises(SealError, match=f"version {FIRST} is in service; a challenger is another"):
        put_in_shadow(four, FIRST)
    put_in_shadow(four, SECOND, datetime(2026, 2, 3, tzinfo=UTC))
    assert in_shadow(four) == Shadow(SECOND, "2026-02-03T00:00:00Z")
    assert [version.state for version in versions(four)] == ["", "", "in the shadow", "in service"]
    assert prune(four, 1) == [THIRD]
    put_in_service(four, SECOND)
    assert in_shadow(four) is None
    put_in_shadow(four, FOURTH)
    end_shadow(four)
    assert in_shadow(four) is None
