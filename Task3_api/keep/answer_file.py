"""The file that one worker adds its answers to, and the next one once it is full or old."""

from __future__ import annotations

import os
import time

from Task1_database.keep.kept_folder import KeptFolder, append_whole, open_locked
from Task1_database.keep.kept_store import ANSWERS, file_name

FILE_BYTES = 1 << 23
FILE_SECONDS = 3600


class AnswerFile:
    """Files of one writer, one after the other; only the last is added to."""

    def __init__(self, folder: KeptFolder, writer: str, seconds: float = FILE_SECONDS) -> None:
        self._folder, self._writer = folder.root / ANSWERS, writer
        self._seconds = seconds
        self._handle: int | None = None
        self._size = 0
        self._ends = 0.0

    def append(self, data: bytes, first: int) -> None:
        """Add whole lines, the least number among them being `first`; all, or an OSError."""
        if self._handle is not None and not os.fstat(self._handle).st_nlink:
            self.close()  # somebody deleted it, to make room say
        if self._handle is None:
            path = self._folder / file_name(self._writer, first)
            self._handle = open_locked(path)
            self._size, self._ends = 0, time.monotonic() + self._seconds
        append_whole(self._handle, data, self._size)
        self._size += len(data)

    @property
    def is_full(self) -> bool:
        """Whether what comes next belongs into another file."""
        late = self._handle is not None and time.monotonic() >= self._ends
        return late or self._size >= FILE_BYTES

    def close(self) -> None:
        """Have what was added on the disk; the next lines begin another file."""
        if self._handle is not None:
            handle, self._handle, self._size = self._handle, None, 0
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
