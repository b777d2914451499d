"""Where the processes of one service count together."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from Task3_api.server import metrics_folder


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(metrics_folder, "SHARED_MEMORY", tmp_path)
    monkeypatch.setenv(metrics_folder.VARIABLE, "")
    return tmp_path


def test_it_is_empty_at_every_start_and_its_owners_alone(base: Path) -> None:
    first = metrics_folder.prepare("127.0.0.1", 5000)
    (first / "counter_1.db").write_bytes(b"old")
    again = metrics_folder.prepare("127.0.0.1", 5000)
    assert (again, list(again.iterdir())) == (first, [])
    assert stat.S_IMODE(again.stat().st_mode) == 0o700
    assert os.environ[metrics_folder.VARIABLE] == str(again)
    assert again.parent == base


def test_services_do_not_share_it(base: Path) -> None:
    addresses = [("127.0.0.1", 5000), ("127.0.0.1", 5001), ("::1", 5000), ("0.0.0.0", 5000)]
    assert len({metrics_folder.prepare(*address) for address in addresses}) == len(addresses)


def test_what_somebody_put_in_its_place_is_not_followed(base: Path, tmp_path: Path) -> None:
    folder = metrics_folder.prepare("127.0.0.1", 5000)
    folder.rmdir()
    (aim := tmp_path / "aim").mkdir()
    (aim / "kept").write_text("kept")
    folder.symlink_to(aim)
    assert metrics_folder.prepare("127.0.0.1", 5000) != folder
    assert (aim / "kept").exists()


def test_without_shared_memory_it_is_on_disk(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics_folder, "SHARED_MEMORY", base / "none")
    monkeypatch.setattr("tempfile.tempdir", str(base))
    assert metrics_folder.prepare("127.0.0.1", 5000).parent == base
