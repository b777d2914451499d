"""Where things are kept: $TABLECAST_HOME, or else the current directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from Task1_database.databases.connect import connect
from Task1_database.workspace import Workspace


@pytest.mark.parametrize("name", ["plain", "with a space", "50 % off", "ünïcode"])
def test_a_database_url_leads_to_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("TABLECAST_HOME", str(tmp_path / name))
    workspace = Workspace.here()
    connect(workspace.database_url("houses")).close()
    assert (tmp_path / name / "databases" / "houses.duckdb").is_file()
    assert workspace.results("houses") == tmp_path / name / "results" / "houses"
    assert workspace.models("houses") == tmp_path / name / "models" / "houses"


def test_without_a_home_it_is_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TABLECAST_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert Workspace.here().home == tmp_path


def test_the_environment_may_name_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAWSDB_URL", "mysql://me:secret@host/db")
    assert Workspace(tmp_path).database_url("houses") == "mysql://me:secret@host/db"
