"""One line a request, on standard output: who asked for what, and what came of it.

Nothing of what was asked about is in it: paths are without their query, and no body, header or
cookie is repeated; only the name of a key is.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

LONGEST = 200  # characters of a path


class AccessLine(NamedTuple):
    """What is told of one request."""

    client: str
    key: str | None  # the name of the key that it came with
    method: str
    path: str
    status: int
    seconds: float  # from its arrival to the end of its answer
    request_id: str

    def as_text(self) -> str:
        """For people: parted by blanks, of which no part has any."""
        path = _quoted(self.path[:LONGEST])
        who = f"{self.client} {self.key or '-'}"
        what = f"{self.method[:20]} {path} {self.status}"
        return f"{now()} {who} {what} {self.seconds:.4f}s {self.request_id}"

    def as_json(self) -> str:
        """For programs: an object."""
        known = {**self._asdict(), "path": self.path[:LONGEST], "seconds": round(self.seconds, 6)}
        return json.dumps({"time": now(), **known})


class AccessLog:
    """Writes each line at once and whole; a line that cannot be written is lost.

    Parameters
    ----------
    form : str
        "text" or "json"; "most" is text without what the fast path answers, for which a line would
        take a quarter of the rate; anything else is no lines at all.
    descriptor : int
        Where to.

    Attributes
    ----------
    takes_fast : bool
        Whether what the fast path answers has its lines, too.
    """

    def __init__(self, form: str, descriptor: int = 1) -> None:
        text = AccessLine.as_text
        self._write_as = {"text": text, "most": text, "json": AccessLine.as_json}.get(form)
        self.takes_fast = form in ("text", "json")
        self._descriptor = descriptor

    def write(self, line: AccessLine) -> None:
        """Write a line, if any are wanted."""
        if self._write_as:
            with suppress(OSError):
                os.write(self._descriptor, self._write_as(line).encode() + b"\n")


def now() -> str:
    """The time, to the millisecond."""
    seconds = time.time()
    return f"{_to_the_second(int(seconds))}.{int(seconds % 1 * 1000):03}Z"


@lru_cache(2)
def _to_the_second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@lru_cache(256)
def _quoted(path: str) -> str:
    return quote(path, safe="/:@!$&'()*+,;=~", errors="surrogatepass")
