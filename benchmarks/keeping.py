"""What keeping every answer costs: the same service with and without, by turns.

    python -m benchmarks.keeping [--home FOLDER] [--rounds 15] [--seconds 2]

The processor's time a request is the steadier of the two figures, as other work on the machine
takes none of it; the rate is what a client sees.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psutil

from benchmarks.contenders import Home, Questions
from benchmarks.results import Finding, Goal, Spread
from benchmarks.rounds import by_turns
from benchmarks.rude import service
from benchmarks.servers import Server, Service
from benchmarks.start import first_run
from benchmarks.traffic import Request, traffic


class Cost(NamedTuple):
    """Of a round: answers a second, the 99th percentile in ms, the server's µs a request."""

    rate: float
    p99: float
    processor: float


def one_worker(home: Home, keep: str) -> Service:
    """The service as shipped, with one worker; it keeps its answers in `keep`, or nothing."""
    shipped = service(home, "granian")
    own = {**shipped.environment, "WEB_CONCURRENCY": "1", "TABLECAST_KEEP": keep}
    return replace(shipped, environment=own)


def cost(server: Server, requests: Sequence[Request], seconds: float) -> Cost:
    """Some seconds of traffic."""
    before = _processor_seconds(server)
    seen = traffic(server.port, requests, seconds=seconds)
    used = _processor_seconds(server) - before
    return Cost(seen.rate, seen.p99, 1e6 * used / (seen.rate * seconds))


def _processor_seconds(server: Server) -> float:
    master = psutil.Process(server.process.pid)
    times = [one.cpu_times() for one in (master, *master.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


def measured(home: Home, keep: Path, rounds: int, seconds: float) -> list[Finding]:
    """Both services up at once, asked by turns."""
    requests = Questions(home.houses()).by_address()
    with Server(one_worker(home, "")) as plain, Server(one_worker(home, str(keep))) as keeping:
        works: list[Callable[[], Cost]] = [
            partial(cost, server, requests, seconds) for server in (plain, keeping)
        ]
        without, kept = by_turns(rounds, *works)
    about = "{} beside {}".format
    return [
        Finding(
            f"with keeping / without: {what}",
            Spread.ratio([each[i] for each in kept], [each[i] for each in without]),
            goal,
            about(*(Spread.of(each[i] for each in costs) for costs in (kept, without))),
        )
        for i, (what, goal) in enumerate(
            [
                ("requests/s", Goal(0.95, at_least=True)),
                ("p99", Goal(1.1)),
                ("processor's time a request", Goal(1 / 0.95)),
            ]
        )
    ]


def main() -> None:
    """Print each ratio beside its goal."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path, help="a folder in which houses is trained")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(options.home) if options.home else first_run(Path(folder) / "home")[0]
        keep = Path(folder) / "kept"
        for finding in measured(home, keep, options.rounds, options.seconds):
            print(f"{finding}; {finding.about}")


if __name__ == "__main__":
    main()
