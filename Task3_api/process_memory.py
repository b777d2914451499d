"""What this process keeps of the memory that it has freed; of glibc alone, and else as it is."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # mallopt(3)
KEPT, MAPPED = 128 * 2**20, 32 * 2**20  # bytes: free at most, and of one block taken by itself


def give_back_memory() -> None:
    """Give the system what is free: the opening of a model takes several times what it keeps."""
    if trim := _of_glibc("malloc_trim"):
        trim(0)


def keep_freed_memory() -> None:
    """Keep what is freed, as glibc does unless it is told otherwise."""
    if mallopt := _of_glibc("mallopt"):
        mallopt(M_TRIM_THRESHOLD, KEPT)
        mallopt(M_MMAP_THRESHOLD, MAPPED)


@cache
def _of_glibc(name: str) -> Any:
    """A function of the C library; None where it has none of that name."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
