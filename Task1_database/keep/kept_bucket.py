"""What is kept in an object store: S3, Google's or Azure's, by fsspec.

Objects cannot be added to. So answers are written to a file of this machine, and the whole file is
sent once it is closed; outcomes are an object for each time that some are posted, sent before they
are acknowledged. Either is there as a whole or not at all, as stores have it.
"""

# ruff: noqa: D102 - kept_store.py says what the methods do

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from Task1_database.errors import StoreAway
from Task1_database.file_system import open_file_system
from Task1_database.keep.kept_folder import KeptFolder
from Task1_database.keep.kept_store import (
    ABOUT,
    ANSWERS,
    BATCHES,
    NAME,
    OUTCOMES,
    WATCH,
    KeepStore,
    whole_lines,
)


class KeptBucket(KeepStore):
    """Everything below a URL such as s3://bucket/folder, and what is still in a folder here.

    Parameters
    ----------
    url : str
    spool : KeptFolder, optional
        Where files wait that are not sent yet; who only reads has none.

    Raises TablecastError where the store cannot be opened: see `open_file_system`; StoreAway, in
    every method, where it cannot be reached.
    """

    def __init__(self, url: str, spool: KeptFolder | None = None) -> None:
        self.spool = spool
        self._files, self._root = open_file_system(url, use_listings_cache=False)

    def names(self, kind: str, writer: str = "") -> list[str]:
        names = {path.rpartition("/")[2] for path in self._below(f"{kind}/{writer}")}
        if self.spool and kind == ANSWERS:
            names.update(self.spool.names(kind, writer))
        return sorted(name for name in names if NAME.fullmatch(name))

    def sizes(self, kind: str) -> dict[str, int]:
        sizes: dict[str, int] = defaultdict(int)
        for path, details in self._ask("find", f"{self._root}/{kind}", detail=True).items():
            sizes[path.rpartition(f"/{kind}/")[2].partition("/")[0]] += details["size"]
        if self.spool and kind == ANSWERS:
            sizes |= self.spool.sizes(kind)
        return {name: size for name, size in sizes.items() if NAME.fullmatch(name)}

    def read(self, kind: str, name: str) -> bytes:
        if kind == OUTCOMES:
            parts = sorted(self._below(f"{OUTCOMES}/{name}/"))
            return b"".join(whole_lines(self._ask("cat_file", path)) for path in parts)
        waiting = self.spool.read(kind, name) if self.spool else b""
        return waiting or whole_lines(self.read_file(f"{kind}/{name}") or b"")

    def add_outcomes(self, name: str, make: Callable[[bytes], bytes]) -> None:
        """As in a folder, but two who post at the same moment do not see each other's."""
        if added := make(self.read(OUTCOMES, name)):
            now = f"{time.time_ns():016x}-{os.urandom(4).hex()}"  # the latest is the last by name
            self.write(f"{OUTCOMES}/{name}/{now}.jsonl", added)

    def delete_before(self, moment: float) -> int:
        limit, count = datetime.fromtimestamp(moment, UTC), 0
        for path, details in self._ask("find", self._root, detail=True).items():
            changed: Any = details.get("LastModified") or details.get("mtime")
            is_report = path.rpartition("/")[2] == WATCH
            if isinstance(changed, datetime) and changed < limit and not is_report:
                self._ask("rm_file", path)
                count += 1
        return count

    def add_batch(self, key: str, folder: Path) -> None:
        """Into the spool; it is sent with the answers."""
        self.need_spool().add_batch(key, folder)

    def fetch_batch(self, key: str, folder: Path) -> bool:
        if self.spool and self.spool.fetch_batch(key, folder):
            return True
        paths = self._below(f"{BATCHES}/{key}/")
        if ABOUT not in [path.rpartition("/")[2] for path in paths]:
            return False
        folder.mkdir()
        for path in paths:
            (folder / path.rpartition("/")[2]).write_bytes(self._ask("cat_file", path))
        return True

    def remove_batch(self, key: str) -> None:
        if self.spool:
            self.spool.remove_batch(key)
        for path in self._below(f"{BATCHES}/{key}/"):
            self._ask("rm_file", path)

    def write(self, path: str, data: bytes) -> None:
        try:
            self._ask("pipe_file", f"{self._root}/{path}", data)
        except FileNotFoundError as error:  # there is no such bucket
            raise self._away(error) from error

    def read_file(self, path: str) -> bytes | None:
        try:
            return bytes(self._ask("cat_file", f"{self._root}/{path}"))
        except FileNotFoundError:
            return None

    def send_closed(self) -> int:
        """Send the files that nobody adds to any more, and forget them here; how many were.

        Those of killed processes are among them. Raises OSError where the store cannot be reached;
        what was not sent is still there.
        """
        count = 0
        for name in self.spool.names(ANSWERS) if self.spool else ():
            count += self._send(name)
        for folder in self.spool.batches() if self.spool else ():
            self._send_batch(folder)
        return count

    def need_spool(self) -> KeptFolder:
        """Where files wait; ValueError for who only reads."""
        if self.spool is None:
            raise ValueError("a bucket that is only read has no spool")
        return self.spool

    def _send(self, name: str) -> bool:
        with self.need_spool().closed(ANSWERS, name) as path:
            if path is None:
                return False
            if data := whole_lines(path.read_bytes()):
                self._send_bytes(f"{ANSWERS}/{name}", data)
            os.unlink(path)  # noqa: PTH108 (the lock is on what it names)
            return True

    def _send_batch(self, folder: Path) -> None:
        """What says that it is whole goes last."""
        for path in sorted(folder.iterdir(), key=lambda path: path.name == ABOUT):
            self._send_bytes(f"{BATCHES}/{folder.name}/{path.name}", path.read_bytes())
        self.need_spool().remove_batch(folder.name)

    def _send_bytes(self, name: str, data: bytes) -> None:
        try:
            self.write(name, data)
            size = self._ask("size", f"{self._root}/{name}")
        except StoreAway as error:
            raise OSError(f"{name} is not sent: {error}") from error
        if size != len(data):
            raise OSError(f"{name} did not arrive whole: {size} of {len(data)} bytes")

    def _ask(self, method: str, *arguments: object, **options: object) -> Any:
        """What the file system says; StoreAway where it cannot be asked."""
        try:
            return getattr(self._files, method)(*arguments, **options)
        except FileNotFoundError:
            raise
        except Exception as error:  # each store's library has errors of its own
            raise self._away(error) from error

    def _away(self, error: Exception) -> StoreAway:
        return StoreAway(
            f"{self._root} cannot be reached: {str(error).partition(chr(10))[0][:200]}"
        )

    def _below(self, prefix: str) -> list[str]:
        """The objects whose path begins so: a folder's own, or those of one that is named last."""
        folder, _, beginning = prefix.rpartition("/")
        try:
            paths = self._ask("ls", f"{self._root}/{folder}", detail=False)
        except FileNotFoundError:
            return []
        plain = (path.rstrip("/") for path in paths)
        return [path for path in plain if path.rpartition("/")[2].startswith(beginning)]
