"""A long answer on its way from the app to its client.

A thread writes it to a file as fast as it is made, and it is sent from there as fast as its client
takes it. So a client that is slow, or reads nothing, holds a file and no thread, and the answer's
rows are not kept in memory for it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Iterable
from concurrent.futures import Executor
from typing import IO

PIECE = 1 << 16  # bytes that are sent at once; a client that reads nothing holds a few of them


class AnswerSpool:
    """An answer that is written to a file and read from it at the same time.

    Parameters
    ----------
    file : binary file
        Empty; it stays the caller's to close.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file.fileno()
        self._loop = asyncio.get_running_loop()
        self._more = asyncio.Event()
        self._is_unwanted = False

    async def pieces(self, answer: Iterable[bytes], pool: Executor) -> AsyncGenerator[bytes, None]:
        """The answer, made by a thread of the pool; what is raised there is raised here."""
        writing = self._loop.run_in_executor(pool, self._write, answer)
        writing.add_done_callback(lambda _: self._more.set())
        sent, is_written = 0, False
        try:
            while not is_written:
                self._more.clear()
                is_written = writing.done()
                while piece := os.pread(self._file, PIECE, sent):
                    sent += len(piece)
                    yield piece
                if not is_written:
                    await self._more.wait()
        finally:
            self._is_unwanted = True
            await writing

    def _write(self, answer: Iterable[bytes]) -> None:
        end = 0
        for piece in answer:
            if self._is_unwanted:
                break
            view = memoryview(piece)
            while view:
                written = os.pwrite(self._file, view, end)
                view, end = view[written:], end + written
            self._loop.call_soon_threadsafe(self._more.set)
