"""Where the processes of one service keep what they count together: in memory, if it can be."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (the folder in it is its owner's alone)


def prepare(address: str, port: int) -> Path:
    """An empty folder for the service that listens there, named to its processes to come."""
    base = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    name = re.sub(r"[^0-9A-Za-z.]", "_", f"{address}_{port}")
    folder = base / f"tablecast_metrics_{os.getuid() if hasattr(os, 'getuid') else ''}_{name}"
    if _is_ours(folder):
        shutil.rmtree(folder)
    try:
        folder.mkdir(0o700)
    except FileExistsError:  # somebody else's, who could read and change what is counted
        folder = Path(tempfile.mkdtemp(prefix="tablecast_metrics_", dir=base))
    os.environ[VARIABLE] = str(folder)
    return folder


def _is_ours(folder: Path) -> bool:
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return False
    owner = os.getuid() if hasattr(os, "getuid") else status.st_uid
    return stat.S_ISDIR(status.st_mode) and status.st_uid == owner
