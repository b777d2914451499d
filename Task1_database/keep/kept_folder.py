"""What is kept in a folder of this machine, or of a disk that several share."""

# ruff: noqa: D102 - kept_store.py says what the methods do

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

from Task1_database.errors import TablecastError
from Task1_database.keep.kept_store import ANSWERS, BATCHES, NAME, OUTCOMES, KeepStore, whole_lines
from Task1_database.whole_file import write_whole

try:
    import fcntl
except ImportError:  # Windows: one process alone adds outcomes there
    fcntl = None  # type: ignore[assignment]

_own_lock = threading.Lock()


class KeptFolder(KeepStore):
    """A folder; it is made where there is none, unless it is only read.

    Raises TablecastError where nothing can be written to it.
    """

    def __init__(self, root: Path, *, read_only: bool = False) -> None:
        self.root = root
        if read_only:
            return
        try:
            for kind in (ANSWERS, OUTCOMES):
                (root / kind).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TablecastError(f"{root}: nothing can be kept there: {error.strerror}") from None
        if not os.access(root / ANSWERS, os.W_OK):
            raise TablecastError(f"{root}: nothing can be kept there: it is not ours to write to")

    def names(self, kind: str, writer: str = "") -> list[str]:
        return sorted(entry.name for entry in self._files(kind) if entry.name.startswith(writer))

    def sizes(self, kind: str) -> dict[str, int]:
        sizes = {}
        for entry in self._files(kind):
            with suppress(FileNotFoundError):  # it is sent, or too old
                sizes[entry.name] = entry.stat().st_size
        return sizes

    def _files(self, kind: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self.root / kind) as entries:
                return [entry for entry in entries if NAME.fullmatch(entry.name)]
        except FileNotFoundError:
            return []

    def read(self, kind: str, name: str) -> bytes:
        try:
            return whole_lines((self.root / kind / name).read_bytes())
        except FileNotFoundError:
            return b""

    def add_outcomes(self, name: str, make: Callable[[bytes], bytes]) -> None:
        with (self.root / OUTCOMES / name).open("a+b", buffering=0) as file, _locked(file):
            file.seek(0)
            lines = whole_lines(file.readall())
            if added := make(lines):
                file.truncate(len(lines))  # what a kill left of a line
                append_whole(file.fileno(), added, len(lines))
                os.fsync(file.fileno())

    @contextmanager
    def closed(self, kind: str, name: str) -> Iterator[Path | None]:
        """The path of a file that nobody adds to, held meanwhile; None where somebody does."""
        path = self.root / kind / name
        try:
            file = path.open("rb")
        except FileNotFoundError:
            yield None
            return
        with file:
            try:
                if fcntl:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
                return
            yield path if os.fstat(file.fileno()).st_nlink else None

    def add_batch(self, key: str, folder: Path) -> None:
        target = self.root / BATCHES / key
        beside = target.with_name(f".{key}")
        try:
            shutil.copytree(folder, beside)
            os.utime(beside)
            beside.rename(target)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise

    def fetch_batch(self, key: str, folder: Path) -> bool:
        try:
            shutil.copytree(self.root / BATCHES / key, folder)
        except FileNotFoundError:
            return False
        return True

    def remove_batch(self, key: str) -> None:
        """At once for all others, then bit by bit."""
        hidden = self.root / BATCHES / f".{key}.{os.urandom(4).hex()}"
        with suppress(FileNotFoundError):
            (self.root / BATCHES / key).rename(hidden)
            shutil.rmtree(hidden, ignore_errors=True)

    def batches(self) -> list[Path]:
        """The folder of each."""
        return sorted(path for path in self.root.glob(f"{BATCHES}/*") if path.name[0] != ".")

    def delete_before(self, moment: float) -> int:
        count = 0
        for path in (*self.root.glob("*/*.jsonl"), *self.batches()):
            with suppress(FileNotFoundError):  # another worker was faster
                if path.stat().st_mtime < moment:
                    self.remove_batch(path.name) if path.is_dir() else path.unlink()
                    count += 1
        return count

    def write(self, path: str, data: bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, data, synced=False)

    def read_file(self, path: str) -> bytes | None:
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError:
            return None


def append_whole(handle: int, data: bytes, size: int) -> None:
    """Add all of `data` to a file of `size` bytes that is open for appending, or nothing."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(handle, view) :]
    except OSError:
        with suppress(OSError):
            os.ftruncate(handle, size)
        raise


def open_locked(path: Path) -> int:
    """A file to be added to, which is not `closed` before its handle is; made where none is."""
    while True:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        if fcntl:
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return handle
        os.close(handle)  # somebody took it for closed between the two


@contextmanager
def _locked(file: FileIO) -> Iterator[None]:
    """Nobody else adds to this file, in this process or another; a kill lets go of it."""
    with _own_lock:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
