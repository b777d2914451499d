"""What is freed goes back to the system, where the C library can give it back."""

from __future__ import annotations

import ctypes
import sys

import psutil
import pytest

from Task3_api.process_memory import give_back_memory

SIZE, COUNT = 100_000, 600  # bytes of a block, which are too few for it to be taken by itself


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"),
    reason="malloc_trim is of glibc",
)
def test_freed_memory_is_given_back() -> None:
    blocks = [bytearray(b"x" * SIZE) for _ in range(COUNT)]
    del blocks[:-1]  # the last keeps those below it in the heap
    process = psutil.Process()
    before = process.memory_info().rss
    give_back_memory()
    assert before - process.memory_info().rss > SIZE * COUNT // 2
