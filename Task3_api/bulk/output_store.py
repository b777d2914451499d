"""Where answers go: a folder, or what fsspec takes for one; a file is there whole or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from fsspec.implementations.local import LocalFileSystem

from Task1_database.file_system import open_file_system
from Task1_database.whole_file import PART, write_whole


class OutputStore:
    """A folder of answers, by path or URL; TablecastError for a URL that cannot be opened."""

    def __init__(self, url: str) -> None:
        self._filesystem, self._folder = open_file_system(url)

    def write(self, name: str, data: bytes) -> str:
        """Put a file in place; returns its SHA-256.

        Object stores show what was sent when all of it was.
        """
        path = f"{self._folder}/{name}"
        self._filesystem.makedirs(self._folder, exist_ok=True)
        if isinstance(self._filesystem, LocalFileSystem):
            write_whole(Path(path), data)
        else:
            self._filesystem.pipe_file(path, data)
        return hashlib.sha256(data).hexdigest()

    def size(self, name: str) -> int | None:
        """Of a file in bytes, or None where there is none."""
        path = f"{self._folder}/{name}"
        return int(self._filesystem.size(path)) if self._filesystem.exists(path) else None

    def read_json(self, name: str) -> Any:
        """What a file holds, or None where there is none."""
        path = f"{self._folder}/{name}"
        return json.loads(self._filesystem.cat_file(path)) if self.size(name) else None

    def sweep(self) -> None:
        """Forget files that a killed process was writing."""
        for path in self._filesystem.glob(f"{self._folder}/*{PART}"):
            self._filesystem.rm_file(path)
