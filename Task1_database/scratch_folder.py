"""A folder to make something in, which nobody else uses and which does not outlive its maker.

Whoever makes one holds a lock on a file beside it. The system releases the lock when the process
ends, however it ends, so that the next to come can tell what the dead have left, and removes it.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: what a killed process leaves there, it leaves
    fcntl = None  # type: ignore[assignment]

LOCK = ".lock"


@contextmanager
def scratch_folder(parent: Path, prefix: str, mode: int = 0o700) -> Iterator[Path]:
    """An empty folder in `parent`, removed at the end unless it has been renamed.

    Those that begin with `prefix` and whose process is dead are removed first.
    """
    _sweep(parent, prefix)
    folder, handle = _locked(parent, prefix)
    try:
        folder.mkdir(mode=mode)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        folder.with_suffix(LOCK).unlink(missing_ok=True)
        os.close(handle)


def _locked(parent: Path, prefix: str) -> tuple[Path, int]:
    """The path of a folder to be made, and the lock that is held on it."""
    while True:
        folder = parent / f"{prefix}{uuid.uuid4().hex}"
        handle = os.open(folder.with_suffix(LOCK), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        if fcntl is None:
            return folder, handle
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return folder, handle
        os.close(handle)  # somebody swept between the two


def _sweep(parent: Path, prefix: str) -> None:
    if fcntl is None:
        return
    for lock in parent.glob(f"{prefix}*{LOCK}"):
        with suppress(OSError), lock.open("r+b") as file:  # not ours, not dead, or gone already
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink()
