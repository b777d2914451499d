"""What takes long to make is made once a run, whichever worker needs it first.

pytest-xdist runs the tests in several processes, each with fixtures of its own; a folder made with
`once` is shared by all of them. With TABLECAST_TEST_CACHE=FOLDER it is kept there and used by
later runs, too, until the code or the data that it is made from changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

Once = Callable[[str, Callable[[Path], object]], Path]
ROOT = Path(__file__).parents[1]
SOURCES = ("tablecast/**/*", "Task1_database/**/*", "Task2_model/**/*", "tests/*_dataset.py")


def once_in(root: Path) -> Once:
    """`once(name, make)`: the folder in `root` that `make(folder)` filled."""

    def once(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = root / name, root / f"{name}.done"
        with FileLock(root / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return once


def root_of(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workers of this run find what one of them made."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each worker's own is in the run's
        base = base.parent
    kept = os.environ.get("TABLECAST_TEST_CACHE")
    root = Path(kept) / _fingerprint() if kept else base / "once"
    root.mkdir(parents=True, exist_ok=True)
    return root


def _fingerprint() -> str:
    """Of all that models are made from."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern)):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
