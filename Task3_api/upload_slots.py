"""What a process takes at once: so many uploads, and so many bytes of them together.

An upload is a body that does not fit into memory. It counts from its 65,537th byte until its
answer is sent, however it ends. Each process of a service counts for itself.
"""

from __future__ import annotations

from threading import Lock

from flask import Flask
from werkzeug.exceptions import HTTPException, TooManyRequests

EXTENSION = "tablecast_uploads"  # the UploadSlots, among the extensions of the app
IN_MEMORY = 1 << 16  # bytes; a longer body is an upload


class InsufficientStorage(HTTPException):
    """The disk is full."""

    code = 507
    description = "the service has no room for this at present; try again later"


def register(app: Flask, door: Flask | None = None) -> None:
    """Give the app its slots: those of `door`, where several apps are one service."""
    own = UploadSlots(app.config["MAX_UPLOADS"], app.config["MAX_SPOOL_LENGTH"])
    app.extensions[EXTENSION] = door.extensions[EXTENSION] if door else own


class UploadSlots:
    """What is left of what a process takes at once; threads may share it.

    Parameters
    ----------
    uploads : int
    size : int
        Bytes of all uploads together.
    """

    def __init__(self, uploads: int, size: int) -> None:
        self._lock = Lock()
        self._uploads = uploads
        self._size = size

    def take(self, uploads: int, size: int) -> None:
        """Take some, or raise a 429 where there are no more uploads, a 507 for bytes."""
        with self._lock:
            if uploads > self._uploads:
                words = "as many files are being sent as are taken at once; try again in a moment"
                raise TooManyRequests(words, retry_after=1)
            if size > self._size:
                raise InsufficientStorage
            self._uploads -= uploads
            self._size -= size

    def give_back(self, size: int) -> None:
        """Let others have an upload of so many bytes."""
        with self._lock:
            self._uploads += 1
            self._size += size


class UploadShare:
    """What one request has of the slots; nothing, as long as its body fits into memory.

    Attributes
    ----------
    size : int
        Bytes that have come.
    """

    def __init__(self, slots: UploadSlots) -> None:
        self._slots = slots
        self._taken = 0
        self.size = 0

    def add(self, size: int) -> None:
        """Count bytes that came, or raise what `UploadSlots.take` raises."""
        self.size += size
        if self.size > IN_MEMORY:
            self._slots.take(0 if self._taken else 1, self.size - self._taken)
            self._taken = self.size

    def give_back(self) -> None:
        """Let others have it."""
        if self._taken:
            self._slots.give_back(self._taken)
            self._taken = 0
