"""A CSV sent to a server as one request, and its answer read to the end, as a program does it."""

from __future__ import annotations

import http.client
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 18
PATIENCE = 3600  # seconds


@dataclass(frozen=True)
class Transfer:
    """What it took.

    Attributes
    ----------
    seconds : float
        From the first byte sent to the last byte received.
    waited : float
        Seconds from the last byte sent to the first byte of the answer's body.
    lines : int
        Line ends in the answer.
    """

    seconds: float
    waited: float
    lines: int


def send(port: int, path: str, file: Path) -> Transfer:
    """POST the file as text/csv; RuntimeError where the answer is not 200."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE, blocksize=CHUNK)
    begun = time.perf_counter()
    head = {"Content-Type": "text/csv", "Content-Length": str(file.stat().st_size)}
    with closing(line), file.open("rb") as body:
        line.request("POST", path, body, head)
        sent = time.perf_counter()
        with line.getresponse() as answer:
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status} {answer.read(500)!r}")
            part = answer.read1(CHUNK)
            first, lines = time.perf_counter(), 0
            while part:
                lines += part.count(b"\n")
                part = answer.read1(CHUNK)
        return Transfer(time.perf_counter() - begun, first - sent, lines)
