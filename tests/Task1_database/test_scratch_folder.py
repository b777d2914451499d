"""A folder of one's own goes with its maker, killed or not, and nobody else's goes with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from Task1_database.scratch_folder import scratch_folder

HOLD = """
import sys, time
from pathlib import Path
from Task1_database.scratch_folder import scratch_folder
with scratch_folder(Path(sys.argv[1]), ".made-") as folder:
    (folder / "half").write_text("half")
    print(folder.name, flush=True)
    time.sleep(60)
"""


def test_it_is_gone_at_the_end_whatever_happens(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, ".made-") as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "file").write_text("text")
    with pytest.raises(ZeroDivisionError), scratch_folder(tmp_path, ".made-"):
        1 / 0  # noqa: B018
    assert list(tmp_path.iterdir()) == []


def test_what_was_renamed_stays(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, ".made-") as folder:
        folder.rename(tmp_path / "kept")
    assert list(tmp_path.iterdir()) == [tmp_path / "kept"]


def test_the_next_sweeps_what_the_dead_left_and_nothing_of_the_living(tmp_path: Path) -> None:
    (tmp_path / ".made-by-somebody-else").mkdir()
    (tmp_path / "other.lock").write_text("")
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    names = []
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for process in processes:
        assert process.stdout
        names.append(process.stdout.readline().strip())
    alive, dead = processes
    dead.kill()
    dead.communicate()
    assert (tmp_path / names[1] / "half").exists()
    with scratch_folder(tmp_path, ".made-"):
        assert not (tmp_path / names[1]).exists()
        assert (tmp_path / names[0] / "half").exists()
    alive.kill()
    alive.communicate()
    with scratch_folder(tmp_path, ".made-"):
        pass
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {".made-by-somebody-else", "other.lock"}
