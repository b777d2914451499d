"""Keeps the answers of one worker without being in their way.

An answer gets its id and waits in memory; a thread writes what waits, several times a second, into
a file of this worker alone. Where the disk is full or slow, answers are dropped and counted, and
nobody waits for it.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import count
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from Task1_database.keep.answer_lines import answer_line, kept_part
from Task1_database.keep.kept_bucket import KeptBucket
from Task1_database.keep.kept_folder import KeptFolder
from Task1_database.keep.kept_store import new_id, new_writer, secrets
from Task3_api.keep.answer_file import FILE_SECONDS, AnswerFile

FLUSH_SECONDS = 0.1  # what waits for longer is lost if the process is killed
MOST_WAITING = 50_000  # answers; some 50 MB
SEND_SECONDS = 10.0  # between two attempts to send closed files
CLEAN_SECONDS = 3600  # between two looks for files older than they may be
DAY = 86_400
SECRETS = 512  # drawn at once
Waiting = tuple[int, str, float, bytes, str]  # number, id, time, answer, key
logger = logging.getLogger(__name__)


class Keeper:
    """Keeps answers in a folder, or in a bucket by way of one.

    Parameters
    ----------
    store : KeptFolder or KeptBucket
    private : callable
        Gives the features whose values are not kept, at any time.
    days : float or None
        After how many days files are deleted; None for never.
    seconds : float
        After which a file is closed, and sent if it belongs into a bucket.
    batches : bool
        Whether files that are sent are kept with their answers, too.
    counted : callable
        Is told how many answers were kept, and how many dropped.

    Attributes
    ----------
    kept, dropped : int
        Answers of this process that were written, and that were not.
    """

    def __init__(
        self,
        store: KeptFolder | KeptBucket,
        *,
        private: Callable[[], frozenset[str]] = frozenset,
        days: float | None = None,
        seconds: float = FILE_SECONDS,
        batches: bool = False,
        counted: Callable[[int, int], object] = lambda kept, dropped: None,
    ) -> None:
        self.store, self.private, self.days, self.batches = store, private, days, batches
        self._folder: KeptFolder = store if isinstance(store, KeptFolder) else store.need_spool()
        self._seconds, self._counted = seconds, counted
        self.kept = self.dropped = 0
        self._waiting: deque[Waiting] = deque()
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._file: AnswerFile | None = None
        self._process = self._sender = 0

    def keep(self, answer: dict[str, Any], own_id: str | None = None, key: str = "") -> None:
        """Give an answer its id, or the asker's own, and have it written soon.

        Where too many wait it is dropped, and has no id but the asker's own.
        """
        answer_id = self.keep_part(kept_part(answer, self.private()), own_id, key) or own_id
        if answer_id:
            answer["id"] = answer_id

    def keep_part(self, part: bytes, own_id: str | None = None, key: str = "") -> str | None:
        """Have what is kept of an answer written soon; its id, or None where it is dropped.

        What waits is bytes: dicts that live on would keep the garbage collector busy.
        """
        if self._process != os.getpid():  # a server may fork, and a thread does not survive that
            self._start()
        if len(self._waiting) >= MOST_WAITING:
            self._count(dropped=1)
            return None
        number = next(self._numbers)
        answer_id = own_id or new_id(self.writer, number, self._secret())
        self._waiting.append((number, answer_id, time.time(), part, key))
        return answer_id

    def _secret(self) -> str:
        try:
            return self._secrets.pop()
        except IndexError:
            secret, *others = secrets(SECRETS)
            self._secrets.extend(others)
            return secret

    def keep_batch(self, key: str, folder: Path) -> None:
        """Keep a copy of the folder of an answered file; where it cannot be, nobody waits."""
        self.begin_sending()
        try:
            self.store.add_batch(key, folder)
        except OSError as error:
            logger.error("an answered file is not kept: %s", error.strerror)

    def flush(self) -> None:
        """Write what waits; called by the thread, and safe to call from any other."""
        with self._lock:
            if self._file is None or self._process != os.getpid():
                return
            waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
            try:
                if waiting:
                    self._write(self._file, waiting)
                if self._file.is_full:
                    self._file.close()
            except OSError as error:
                self._complain(error)

    def close(self) -> None:
        """Write what waits and end the thread; another `keep` begins anew."""
        self._ending.set()
        self._sender = 0
        if self._file is None or self._thread is None or self._process != os.getpid():
            return
        self._thread.join()
        self.flush()
        self._process = 0
        try:
            self._file.close()
        except OSError as error:
            self._complain(error)
        self._send()

    def _start(self) -> None:
        with self._lock:
            if self._process == os.getpid():
                return
            self._waiting.clear()  # a fork's parent writes what was waiting there
            self.writer = new_writer()
            self._numbers = count()
            self._secrets: deque[str] = deque()  # of this process alone
            self._file = AnswerFile(self._folder, self.writer, self._seconds)
            self._complaint = 0.0
            if self._sender != os.getpid():
                self._ending = threading.Event()
            self._thread = threading.Thread(target=self._run, daemon=True, name="keeper")
            self._thread.start()
            self.begin_sending()
            atexit.register(self.close)
            Finalize(self, self.close, exitpriority=10)  # of processes that end without atexit
            self._process = os.getpid()

    def begin_sending(self) -> None:
        """Send, and delete, what is left of processes before this one, without an answer yet."""
        if self._sender == os.getpid():
            return
        if self.days is not None or isinstance(self.store, KeptBucket):
            self._sender = os.getpid()
            threading.Thread(target=self._look_after, daemon=True, name="sender").start()

    def _run(self) -> None:
        while not self._ending.wait(FLUSH_SECONDS):
            self.flush()

    def _look_after(self) -> None:
        """Send what is closed and delete what is old, apart from the thread that writes."""
        clean = 0.0
        while True:
            self._send()
            if self.days is not None and time.monotonic() >= clean:
                clean = time.monotonic() + CLEAN_SECONDS
                self._clean(self.days)
            if self._ending.wait(SEND_SECONDS):
                return

    def _send(self) -> None:
        if isinstance(self.store, KeptBucket):
            try:
                self.store.send_closed()
            except Exception as error:  # each store has errors of its own
                logger.error("files wait to be sent, and are tried again: %s", error)

    def _clean(self, days: float) -> None:
        try:
            self.store.delete_before(time.time() - days * DAY)
        except Exception as error:
            logger.error("old files are not deleted: %s", error)

    def _write(self, file: AnswerFile, waiting: list[Waiting]) -> None:
        lines = b"".join([answer_line(i, at, part, key) for _, i, at, part, key in waiting])
        try:
            file.append(lines, min(waiting)[0])
        except OSError:
            self._count(dropped=len(waiting))
            raise
        self._count(kept=len(waiting))

    def _count(self, *, kept: int = 0, dropped: int = 0) -> None:
        self.kept += kept
        self.dropped += dropped
        self._counted(kept, dropped)

    def _complain(self, error: OSError) -> None:
        if time.monotonic() >= self._complaint:
            self._complaint = time.monotonic() + 60
            logger.error("answers are not kept (%d so far): %s", self.dropped, error.strerror)
