"""Clients that are slow, silent or unread, and what everybody else notices of them.

    python -m benchmarks.rude [--server granian] [--clients 64 500] [--seconds 30]

Each kind of rude client in turn: so many of them connect, and while they last a polite one asks
for /healthz, /predict and / again and again. Its slowest answer counts, and what the server's
processes came to hold in memory beyond what they held when nobody was rude.
"""

from __future__ import annotations

import argparse
import http.client
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.contenders import Home
from benchmarks.processes import ROOT
from benchmarks.servers import Server, Service
from benchmarks.start import first_run
from benchmarks.traffic import Request
from Task3_api.server.servers import SERVERS

PATHS = ("/healthz", "/predict?x=1800", "/")
PATIENCE = 30  # seconds; a polite client waits no longer
HEAD = b"POST /predict HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
TABLE = b"living_area,note\n" + b"1800,%s\n" % (b"n" * 90) * 20_000
UPLOAD = (
    b"POST /batch_prediction HTTP/1.1\r\nHost: here\r\nContent-Type: text/csv\r\n"
    b"Content-Length: %d\r\n\r\n" % len(TABLE)
) + TABLE
BEGINNINGS = {
    "silent": b"",
    "slow head": b"GET /predict?x=1800 HTTP/1.1\r\nX-Slow: ",
    "slow body": HEAD + b"Content-Length: 1000000\r\n\r\n{",
    "slow reader": UPLOAD,
}
DRIPPING = {"slow head": b"a", "slow body": b" "}  # sent again and again


@dataclass(frozen=True)
class Politeness:
    """What a polite client met.

    Attributes
    ----------
    answers, failures : int
    slowest : float
        Seconds of the slowest answer, or of the longest wait for none.
    """

    answers: int
    failures: int
    slowest: float


def service(home: Home, server: str) -> Service:
    """Two workers of a server, as shipped."""
    return Service(
        server,
        [sys.executable, "-m", "Task3_api.server", "--server", server, "--port", "{port}"],
        ROOT,
        Request("/predict?x=1800", holds='"lower"'),
        {"MODELS": str(home.models), "WEB_CONCURRENCY": "2"},
    )


@contextmanager
def rude(port: int, kind: str, count: int) -> Iterator[Callable[[], None]]:
    """So many rude clients; what is yielded lets each drip a little more."""
    with ExitStack() as stack:
        clients = [stack.enter_context(_connected(port)) for _ in range(count)]
        for client in clients:
            _send(client, BEGINNINGS[kind])

        def drip() -> None:
            for client in clients:
                _send(client, DRIPPING.get(kind, b""))

        yield drip


def polite(port: int, seconds: float, drip: Callable[[], None]) -> Politeness:
    """Ask for each path in turn, over a new connection each time."""
    answers = failures = 0
    slowest = 0.0
    until, turn = time.perf_counter() + seconds, 0
    while time.perf_counter() < until:
        begun = time.perf_counter()
        if _asked(port, PATHS[turn % len(PATHS)]):
            answers += 1
        else:
            failures += 1
        slowest = max(slowest, time.perf_counter() - begun)
        turn += 1
        if turn % 20 == 0:
            drip()
        time.sleep(0.02)
    return Politeness(answers, failures, slowest)


def megabytes(server: Server) -> float:
    """What all processes of a server hold."""
    master = psutil.Process(server.process.pid)
    family = [master, *master.children(recursive=True)]
    return float(sum(one.memory_full_info().uss for one in family)) / 1e6


def lines(home: Home, server: str, counts: Sequence[int], seconds: float) -> Iterator[str]:
    """A line of the table for each kind and number of rude clients."""
    yield "| server | rude clients | answers | failures | slowest, s | more memory, MB |"
    yield "|---|---|---|---|---|---|"
    for kind in BEGINNINGS:
        for count in counts:
            with Server(service(home, server)) as running:
                polite(running.port, 2, lambda: None)
                before = megabytes(running)
                with rude(running.port, kind, count) as drip:
                    met = polite(running.port, seconds, drip)
                    more = megabytes(running) - before
            yield (
                f"| {server} | {count} {kind} | {met.answers} | {met.failures} "
                f"| {met.slowest:.2f} | {more:.0f} |"
            )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--server", choices=SERVERS, default="granian")
    parser.add_argument("--clients", type=int, nargs="+", default=[64, 500])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--home", type=Path, help="a folder in which houses is trained")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(options.home) if options.home else first_run(Path(folder))[0]
        for line in lines(home, options.server, options.clients, options.seconds):
            print(line, flush=True)


def _connected(port: int) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    client.settimeout(PATIENCE)
    client.connect(("127.0.0.1", port))
    return client


def _send(client: socket.socket, data: bytes) -> None:
    with suppress(OSError):  # the server may have let it go, or not take more at present
        client.settimeout(1)
        client.sendall(data)


def _asked(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status == 200 and bool(answer.read())
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    main()
