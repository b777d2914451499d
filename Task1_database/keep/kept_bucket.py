"""What is kept in an object store: S3, Google's or Azure's, by fsspec.

Objects cannot be added to. So answers are written to a file of this machine, and the whole file is
sent once it is closed; outcomes are an object for each time that some are posted, sent before they
are acknowledged. Either is there as a whole or not at all, as stores have it.
"""

# ruff: noqa: D102 - kept_store.py says what the methods do

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from Task1_database.errors import TablecastError
from Task1_database.keep.kept_folder import KeptFolder
from Task1_database.keep.kept_store import (
    ANSWERS,
    NAME,
    OUTCOMES,
    KeepStore,
    new_writer,
    whole_lines,
)


class KeptBucket(KeepStore):
    """Everything below a URL such as s3://bucket/folder, and what is still in a folder here.

    Parameters
    ----------
    url : str
    spool : KeptFolder, optional
        Where files wait that are not sent yet; who only reads has none.

    Raises TablecastError where what speaks to the store is not installed.
    """

    def __init__(self, url: str, spool: KeptFolder | None = None) -> None:
        self.spool = spool
        scheme = url.partition(":")[0]
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 (on demand)

            self._files, self._root = url_to_fs(url, use_listings_cache=False)
        except ImportError as error:
            extra = " pip install 'tablecast[s3]'" if scheme == "s3" else ""
            raise TablecastError(f"{scheme}:// cannot be kept to: {error};{extra}") from error
        except ValueError as error:
            raise TablecastError(f"{url}: {error}") from error

    def names(self, kind: str, writer: str = "") -> list[str]:
        names = {path.rpartition("/")[2] for path in self._below(f"{kind}/{writer}")}
        if self.spool and kind == ANSWERS:
            names.update(self.spool.names(kind, writer))
        return sorted(name for name in names if NAME.fullmatch(name))

    def read(self, kind: str, name: str) -> bytes:
        if kind == OUTCOMES:
            parts = sorted(self._below(f"{OUTCOMES}/{name}/"))
            return b"".join(whole_lines(self._files.cat_file(path)) for path in parts)
        waiting = self.spool.read(kind, name) if self.spool else b""
        return waiting or whole_lines(self.read_file(f"{kind}/{name}") or b"")

    def add_outcomes(self, name: str, make: Callable[[bytes], bytes]) -> None:
        """As in a folder, but two who post at the same moment do not see each other's."""
        if added := make(self.read(OUTCOMES, name)):
            self.write(f"{OUTCOMES}/{name}/{new_writer()}.jsonl", added)

    def delete_before(self, moment: float) -> int:
        limit, count = datetime.fromtimestamp(moment, UTC), 0
        for path, details in self._files.find(self._root, detail=True).items():
            changed: Any = details.get("LastModified") or details.get("mtime")
            if isinstance(changed, datetime) and changed < limit and not path.endswith(".json"):
                self._files.rm_file(path)
                count += 1
        return count

    def write(self, path: str, data: bytes) -> None:
        self._files.pipe_file(f"{self._root}/{path}", data)

    def read_file(self, path: str) -> bytes | None:
        try:
            return bytes(self._files.cat_file(f"{self._root}/{path}"))
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
                self._send_bytes(name, data)
            os.unlink(path)  # noqa: PTH108 (the lock is on what it names)
            return True

    def _send_bytes(self, name: str, data: bytes) -> None:
        try:
            self.write(f"{ANSWERS}/{name}", data)
            size = self._files.size(f"{self._root}/{ANSWERS}/{name}")
        except Exception as error:  # each store's library has errors of its own
            raise OSError(f"{name} is not sent: {error}") from error
        if size != len(data):
            raise OSError(f"{name} did not arrive whole: {size} of {len(data)} bytes")

    def _below(self, prefix: str) -> list[str]:
        """The objects whose path begins so: a folder's own, or those of one that is named last."""
        folder, _, beginning = prefix.rpartition("/")
        try:
            paths = self._files.ls(f"{self._root}/{folder}", detail=False)
        except FileNotFoundError:
            return []
        return [p for p in map(_plain, paths) if p.rpartition("/")[2].startswith(beginning)]


def _plain(path: str) -> str:
    return path.rstrip("/")
