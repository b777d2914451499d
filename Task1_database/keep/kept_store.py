"""Where a service's answers and their outcomes are kept: files of JSON lines, under one roof.

    answers/<writer>-<number>.jsonl   what one worker answered, from its answer of that number on
    outcomes/<the same name>          what became of the answers of that file
    batches/<key>/                    a file that was sent, and its answers, where these are kept
    watch.json                        what `tablecast watch` last made of it all

An answer's id names its writer and its number, so that it leads to its file without a database;
its last part is random, so that nobody finds an answer but who was given its id. Writers are named
by the time of their beginning: names in order are files in order of time.

The server imports this module, so it needs nothing beyond Python.
"""

from __future__ import annotations

import os
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ANSWERS, OUTCOMES, BATCHES = "answers", "outcomes", "batches"
WATCH = "watch.json"
ABOUT = "about.json"  # of a batch: there once the rest of it is
SECRET_BYTES = 8
ID = re.compile(r"([0-9a-f]{16})-([0-9a-f]{1,12})-[0-9a-f]{16}")
NAME = re.compile(r"([0-9a-f]{16})-([0-9a-f]{12})\.jsonl")


class AnswerIndex(NamedTuple):
    """What an id of ours names: the answer's writer, and its number there."""

    writer: str
    number: int


class KeepStore(ABC):
    """A folder or a bucket that holds what is kept of one dataset."""

    @abstractmethod
    def names(self, kind: str, writer: str = "") -> list[str]:
        """The files of ANSWERS or OUTCOMES, the oldest first; of one writer where it is named."""

    @abstractmethod
    def sizes(self, kind: str) -> dict[str, int]:
        """The bytes of each file of ANSWERS or OUTCOMES, which tell whether it has grown."""

    @abstractmethod
    def read(self, kind: str, name: str) -> bytes:
        """The whole lines of a file; nothing where there is none."""

    @abstractmethod
    def add_outcomes(self, name: str, make: Callable[[bytes], bytes]) -> None:
        """Add to an outcomes file what `make` makes of the lines that it has.

        Nobody else adds to it meanwhile. It is on the disk when this returns.
        """

    @abstractmethod
    def add_batch(self, key: str, folder: Path) -> None:
        """Keep a copy of a folder of files; it is there as a whole or not at all."""

    @abstractmethod
    def fetch_batch(self, key: str, folder: Path) -> bool:
        """Copy the files of a batch to a new folder; False where there is none."""

    @abstractmethod
    def remove_batch(self, key: str) -> None:
        """Delete a batch, if it is there."""

    @abstractmethod
    def delete_before(self, moment: float) -> int:
        """Delete whole files last written to before that time; how many were."""

    @abstractmethod
    def write(self, path: str, data: bytes) -> None:
        """Put a file in place, whole: WATCH, say."""

    @abstractmethod
    def read_file(self, path: str) -> bytes | None:
        """What `write` put there; None where there is nothing."""


def new_writer() -> str:
    """A name that no other writer has, in the order of time."""
    return f"{int(time.time()):08x}{os.urandom(4).hex()}"


def new_id(writer: str, number: int, secret: str = "") -> str:
    """The id of a writer's answer, which cannot be guessed; `secret` is one of `secrets`."""
    return f"{writer}-{number:x}-{secret or os.urandom(SECRET_BYTES).hex()}"


def secrets(count: int) -> list[str]:
    """Random ends of ids: many at once cost the system hardly more than one."""
    drawn, digits = os.urandom(SECRET_BYTES * count).hex(), 2 * SECRET_BYTES
    return [drawn[begin : begin + digits] for begin in range(0, len(drawn), digits)]


def parse_id(answer_id: str) -> AnswerIndex | None:
    """What an id names; None for one that somebody else gave."""
    match = ID.fullmatch(answer_id)
    return AnswerIndex(match[1], int(match[2], 16)) if match else None


def file_name(writer: str, first: int) -> str:
    """The file of a writer's answers from number `first` on."""
    return f"{writer}-{first:012x}.jsonl"


def whole_lines(data: bytes) -> bytes:
    """Without what was being written at the end."""
    return data[: data.rfind(b"\n") + 1]
