"""Answered files, stored for a short time so that a page can show them.

Each has a folder of its own under a key that nobody can guess: the table that was sent, its
answers, and where each row begins. A folder appears whole, by a rename, and every worker sees it.
There is a bound to how many there are, to their bytes and to their age. What a service keeps for
longer is in an archive besides, and comes back from there when somebody asks for it.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from Task1_database.keep.kept_store import ABOUT
from Task3_api.batch.row_index import RowIndex
from Task3_api.batch.uploaded_table import FileLayout

if TYPE_CHECKING:
    from Task3_api.keep.keeper import Keeper

KEY = re.compile(r"[A-Za-z0-9_-]{24}")
KEY_BYTES = 18
ROWS = 100_000  # of one result, at most; a longer file is answered and not kept
BYTES = 64 * 2**20  # of one table, at most
MAX_RESULTS = 100
MAX_BYTES = 1 << 30  # of all of them
SECONDS = 30 * 60  # that a result is kept
HIDDEN = "."  # begins the name of a folder that is being written or removed
TABLE, ANSWERS, INDEX = "table.csv", "answers.csv", "index.npz"
FILES = (TABLE, ANSWERS, INDEX, ABOUT)


@dataclass(frozen=True)
class ResultInfo:
    """What was answered."""

    # the model that answered
    dataset: str
    version: str
    header: list[str]  # the columns that were sent
    columns: dict[str, str]  # the column of each feature that had one
    chosen: dict[str, str]  # those among them that somebody chose
    layout: FileLayout
    is_plain: bool  # see `UploadedCsv`
    confidence: float | None = None  # see `BatchOptions`


@dataclass(frozen=True)
class StoredResult:
    """One answered file."""

    key: str
    folder: Path
    info: ResultInfo

    def index(self) -> RowIndex:
        """Where its rows are, and what is to be known of each."""
        return RowIndex.read(self.folder / INDEX)

    def answers(self) -> IO[bytes]:
        """The answered CSV, as a file to be closed."""
        return (self.folder / ANSWERS).open("rb")

    def table(self) -> IO[bytes]:
        """The table that was sent, as UTF-8 text, as a file to be closed."""
        return (self.folder / TABLE).open("rb")


class ResultStore:
    """The results that are kept in one folder, by any number of workers.

    Parameters
    ----------
    folder : Path
        Made where it is not there; nobody else may have access to it.
    max_results, max_bytes : int
        How many there are, and how large they are together; the oldest go first.
    seconds : float
        How long one is kept.
    archive : Keeper, optional
        Which keeps those that are to be `archived`.
    """

    def __init__(
        self,
        folder: Path,
        max_results: int = MAX_RESULTS,
        max_bytes: int = MAX_BYTES,
        seconds: float = SECONDS,
        archive: Keeper | None = None,
    ) -> None:
        self.archive = archive
        self._folder = folder
        self._max_results = max_results
        self._max_bytes = max_bytes
        self._seconds = seconds

    def stage(self, table: IO[bytes], info: ResultInfo, *, archived: bool = False) -> StagedResult:
        """A result that is to be written, and `archived` then; `table` is copied."""
        self._make_folder()
        self.sweep()
        key = secrets.token_urlsafe(KEY_BYTES)
        staging = self._folder / f"{HIDDEN}{key}"
        staging.mkdir(mode=0o700)
        with (staging / TABLE).open("wb") as copy:
            table.seek(0)
            shutil.copyfileobj(table, copy)
        (staging / ABOUT).write_text(json.dumps(asdict(info)), "utf-8")
        archive = self.archive if archived else None
        return StagedResult(self, staging, self._folder / key, len(info.header), archive)

    def get(self, key: str) -> StoredResult | None:
        """The result under a key; None where there is none, or no longer."""
        if not KEY.fullmatch(key):
            return None
        return self._here(key) or (self._here(key) if self._fetch(key) else None)

    def _here(self, key: str) -> StoredResult | None:
        folder = self._folder / key
        try:
            age = time.time() - folder.stat().st_mtime
            info = json.loads((folder / ABOUT).read_text("utf-8"))
        except OSError:
            return None
        if age > self._seconds:
            _remove(folder)
            return None
        return StoredResult(
            key, folder, ResultInfo(**{**info, "layout": FileLayout(**info["layout"])})
        )

    def _fetch(self, key: str) -> bool:
        """Bring a result back from the archive, for as long as a new one is here."""
        if self.archive is None:
            return False
        self._make_folder()
        folder = self._folder / f"{HIDDEN}{key}.{secrets.token_hex(4)}"
        try:
            if not self.archive.store.fetch_batch(key, folder):
                return False
            if not all((folder / name).is_file() for name in FILES):
                return False
            os.utime(folder)
            with suppress(OSError):  # another worker was faster
                folder.rename(self._folder / key)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        self.sweep_later()
        return True

    def remove(self, key: str) -> None:
        """Remove a result, if it is there; from the archive, too."""
        if KEY.fullmatch(key):
            _remove(self._folder / key)
            if self.archive:
                self.archive.store.remove_batch(key)

    def sweep_later(self) -> None:
        """Sweep once what is there now is too old, even if nobody sends anything until then."""
        timer = threading.Timer(self._seconds + 1, self.sweep)
        timer.daemon = True
        timer.start()

    def sweep(self) -> None:
        """Remove what is too old, and the oldest of what is too much."""
        total, oldest = 0, time.time() - self._seconds
        for count, (changed, folder) in enumerate(sorted(self._folders(), reverse=True), start=1):
            total += _size(folder)
            if changed < oldest or count > self._max_results or total > self._max_bytes:
                _remove(folder)

    def _folders(self) -> Iterator[tuple[float, Path]]:
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            with suppress(OSError):  # which another worker has removed
                yield folder.stat().st_mtime, folder

    def _make_folder(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = self._folder.lstat()
        own = getattr(os, "getuid", lambda: status.st_uid)()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != own:
            raise PermissionError(f"{self._folder} is not a folder of this user alone")


class StagedResult:
    """A result while it is written; `key` is what it will be found under."""

    def __init__(
        self,
        store: ResultStore,
        staging: Path,
        folder: Path,
        width: int,
        archive: Keeper | None = None,
    ) -> None:
        self._store, self._archive = store, archive
        self._staging = staging
        self._folder = folder
        self._width = width
        self.key = folder.name

    def written(self, lines: Iterator[str]) -> Iterator[str]:
        """The lines of the answer, which are written as they pass; all of them, or nothing."""
        try:
            with (self._staging / ANSWERS).open("wb") as file:
                for piece in lines:
                    file.write(piece.encode())
                    yield piece
            with (self._staging / ANSWERS).open("rb") as file:
                RowIndex.of(file, self._width).write(self._staging / INDEX)
            os.utime(self._staging)
            self._staging.rename(self._folder)
            if self._archive:
                self._archive.keep_batch(self.key, self._folder)
        except BaseException:
            shutil.rmtree(self._staging, ignore_errors=True)
            raise
        finally:
            getattr(lines, "close", bool)()
        self._store.sweep()
        self._store.sweep_later()


def default_folder() -> Path:
    """Where results are kept unless somebody says otherwise: a folder of this user's own."""
    user = getattr(os, "getuid", int)()
    return Path(tempfile.gettempdir()) / f"tablecast-results-{user}"


def _remove(folder: Path) -> None:
    """Remove a folder at once for all others, then bit by bit."""
    hidden = folder.with_name(f"{HIDDEN}{secrets.token_hex(8)}")
    with suppress(OSError):
        folder.rename(hidden)
        shutil.rmtree(hidden, ignore_errors=True)


def _size(folder: Path) -> int:
    size = 0
    with suppress(OSError):
        for file in folder.iterdir():
            size += file.stat().st_size
    return size
