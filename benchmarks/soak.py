"""Mixed load for a long time, with rude clients among it: no 5xx, memory flat, p99 steady.

    python -m benchmarks.soak [--minutes 30] [--server granian] [--pace 1]

A line a minute: answers by status, p99 of GET /predict, what the server's processes hold, and the
load of the machine, which p99 follows. A lower pace makes all polite clients wait longer.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from benchmarks.contenders import Home, Questions
from benchmarks.rude import BEGINNINGS, megabytes, rude, service
from benchmarks.servers import Server
from benchmarks.start import first_run
from Task3_api.server.servers import SERVERS

RUDE_AT_ONCE, RUDE_SECONDS = 20, 5
PATIENCE = 60  # seconds
TABLE = b"living_area,bedrooms,note\n" + b"1800,3,=1+1\n1e9,,x\nmany,3,\n" * 3_000
PATHS = ("/", "/?x=1800", "/explain?x=1800", "/questions", "/openapi.json", "/healthz", "/nowhere")


@dataclass
class Seen:
    """What a minute saw: answers by status, and the seconds of GET /predict."""

    statuses: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def line(self, minute: int, held: float) -> str:
        """The line of this minute."""
        late = sorted(self.seconds)[int(0.99 * len(self.seconds))] if self.seconds else 0
        figures = f"p99 {1000 * late:6.1f} ms  {held:6.0f} MB  load {os.getloadavg()[0]:4.1f}"
        return f"{minute:3d} min  {figures}  {dict(self.statuses)}"


class Soak:
    """Threads that ask the same server until they are told to end.

    Parameters
    ----------
    pace : float
        How often they ask, as a share of the usual.
    """

    def __init__(self, port: int, questions: Questions, pace: float = 1.0) -> None:
        self._port = port
        self._pace = pace
        self._questions = questions
        self._ended = threading.Event()
        self.seen = Seen()

    def run(self, minutes: float, report: Callable[[int, Seen], None]) -> None:
        """Ask for so many minutes, and report each."""
        works = [self._ask_one, self._ask_one, self._ask_many, self._ask_files, self._ask_pages]
        threads = [threading.Thread(target=work) for work in (*works, self._be_rude)]
        for thread in threads:
            thread.start()
        until = time.monotonic() + 60 * minutes
        for minute in count(1):
            time.sleep(max(0.0, min(60.0, until - time.monotonic())))
            seen, self.seen = self.seen, Seen()
            report(minute, seen)
            if time.monotonic() >= until:
                break
        self._ended.set()
        for thread in threads:
            thread.join()

    def _ask_one(self) -> None:
        paths = [request.path for request in self._questions.by_address()]
        for turn in self._turns(0.005):
            begun = time.perf_counter()
            self._ask("GET", paths[turn % len(paths)])
            self.seen.seconds.append(time.perf_counter() - begun)

    def _ask_many(self) -> None:
        body = self._questions.many()[0].body.encode()
        broken = json.dumps([{"x": "many"}]).encode()
        for turn in self._turns(0.05):
            sent = broken if turn % 10 == 0 else body
            self._ask("POST", "/predict", sent, "application/json")

    def _ask_files(self) -> None:
        for turn in self._turns(0.5):
            self._ask("POST", "/batch_prediction", TABLE[: -(turn % 7) or None], "text/csv")

    def _ask_pages(self) -> None:
        for turn in self._turns(0.1):
            self._ask("GET", PATHS[turn % len(PATHS)])

    def _be_rude(self) -> None:
        kinds: Sequence[str] = list(BEGINNINGS)
        for turn in self._turns(0):
            with rude(self._port, kinds[turn % len(kinds)], RUDE_AT_ONCE) as drip:
                drip()
                self._ended.wait(RUDE_SECONDS)

    def _turns(self, pause: float) -> Iterator[int]:
        for turn in count():
            if self._ended.wait(pause / self._pace):
                return
            yield turn

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> None:
        headers = {"Content-Type": kind} if kind else {}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            self.seen.statuses[f"{answer.status}"] += 1
        except (OSError, http.client.HTTPException) as error:
            self.seen.statuses[type(error).__name__] += 1
        finally:
            connection.close()


def main() -> None:
    """Soak, a line a minute."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--server", choices=SERVERS, default="granian")
    parser.add_argument("--pace", type=float, default=1.0, help="how often to ask, beside usual")
    parser.add_argument("--home", type=Path, help="a folder in which houses is trained")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(options.home) if options.home else first_run(Path(folder))[0]
        with Server(service(home, options.server)) as server:
            soak = Soak(server.port, Questions(home.houses()), options.pace)
            soak.run(options.minutes, lambda *seen: say_minute(server, *seen))


def say_minute(server: Server, minute: int, seen: Seen) -> None:
    """Print a minute's line."""
    print(seen.line(minute, megabytes(server)), flush=True)


if __name__ == "__main__":
    main()
