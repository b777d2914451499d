"""A file that is written whole or not at all: beside its place first, then renamed."""

from __future__ import annotations

import os
from pathlib import Path

PART = ".part"  # what a file ends with that a killed process was writing


def write_whole(
    path: Path, data: bytes, *, beside: Path | None = None, synced: bool = True
) -> None:
    """Have a file hold `data` at once; whoever reads it meanwhile has what was there before.

    Parameters
    ----------
    beside : Path, optional
        Where it is written first, on the same file system; in the same folder otherwise.
    synced : bool
        Whether it is on the disk when this returns, whatever becomes of the machine.
    """
    beside = beside or path.with_name(f".{path.name}.{os.getpid()}{PART}")
    beside.write_bytes(data)
    if synced:
        sync(beside)
    beside.replace(path)
    if synced:
        sync(path.parent)


def sync(path: Path) -> None:
    """Have a file's or a folder's contents on the disk; Windows cannot sync folders."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
