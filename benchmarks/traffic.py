"""The same load for every server: connections that stay open and ask again as soon as answered.

It runs in a process of its own, so that what it costs is known (`busy`) and disturbs no server
from within. Every answer must be 200, of its full Content-Length, and hold what is expected of
it; the first on each connection must be JSON.

    python -m benchmarks.traffic PORT < plan.json
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import cycle

CONNECTIONS = 16
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
PATIENCE = 60  # seconds without any answer


@dataclass(frozen=True)
class Request:
    """One request, and the text that its answer must hold."""

    path: str
    body: str = ""
    holds: str = ""

    def to_bytes(self) -> bytes:
        """As it goes over the wire: a GET, or a POST of JSON where there is a body."""
        head = "GET" if not self.body else "POST"
        lines = [f"{head} {self.path} HTTP/1.1", "Host: localhost", "Accept: application/json"]
        if self.body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode()


@dataclass(frozen=True)
class Round:
    """What some seconds of traffic saw.

    Attributes
    ----------
    rate : float
        Answers a second.
    median, p99 : float
        Milliseconds from a request's first byte to its answer's last.
    busy : float
        The share of one core that the traffic's own process used.
    """

    rate: float
    median: float
    p99: float
    busy: float


def traffic(
    port: int,
    requests: Sequence[Request],
    *,
    seconds: float = 2,
    connections: int = CONNECTIONS,
) -> Round:
    """A round of traffic from another process; RuntimeError where an answer was not right."""
    plan = {
        "requests": [asdict(request) for request in requests],
        "seconds": seconds,
        "connections": connections,
    }
    command = [sys.executable, "-m", "benchmarks.traffic", str(port)]
    done = subprocess.run(
        command, input=json.dumps(plan), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"port {port}: {done.stderr.strip().splitlines()[-1]}")
    return Round(**json.loads(done.stdout))


@dataclass
class _Connection:
    """One of the connections, with the answer that it waits for."""

    line: socket.socket
    plan: Iterator[tuple[bytes, bytes]]
    buffer: bytes = b""
    holds: bytes = b""
    begun: float = 0.0
    times: list[float] = field(default_factory=list)

    def ask(self) -> None:
        request, self.holds = next(self.plan)
        self.buffer, self.begun = b"", time.perf_counter()
        self.line.sendall(request)

    def hear(self) -> bool:
        """Take what has come; whether the answer is whole."""
        part = self.line.recv(1 << 18)
        if not part:
            raise ConnectionError("the server closed the connection before its answer was whole")
        self.buffer += part
        head, end, body = self.buffer.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if not end or (length and len(body) < int(length[1])):
            return False
        self.times.append(time.perf_counter() - self.begun)
        self._check(head, body)
        return True

    def _check(self, head: bytes, body: bytes) -> None:
        if not head.startswith(b"HTTP/1.1 200") or not LENGTH.search(head):
            raise ValueError(f"not a 200 with its length: {head[:200]!r} {body[:200]!r}")
        if self.holds not in body:
            raise ValueError(f"an answer without {self.holds!r}: {body[:200]!r}")
        if len(self.times) == 1:
            json.loads(body)


def drive(port: int, requests: Sequence[Request], seconds: float, connections: int) -> Round:
    """Traffic from this process, for so many seconds, or else until the first answer."""
    wire = [(request.to_bytes(), request.holds.encode()) for request in requests]
    plan = cycle(wire)
    waiting = selectors.DefaultSelector()
    lines = [_Connection(_connected(port), plan) for _ in range(connections)]
    for line in lines:
        waiting.register(line.line, selectors.EVENT_READ, line)
    begun, own = time.perf_counter(), time.process_time()
    _talk(lines, waiting, begun + seconds)
    taken, own = time.perf_counter() - begun, time.process_time() - own
    for line in lines:
        line.line.close()
    times = sorted(moment for line in lines for moment in line.times)
    return Round(
        rate=len(times) / taken,
        median=1000 * times[len(times) // 2],
        p99=1000 * times[int(0.99 * len(times))],
        busy=own / taken,
    )


def _talk(lines: list[_Connection], waiting: selectors.BaseSelector, until: float) -> None:
    for line in lines:
        line.ask()
    answered = 0
    while time.perf_counter() < until or not answered:
        ready = waiting.select(PATIENCE)
        if not ready:
            raise TimeoutError(f"no answer within {PATIENCE} s")
        for key, _ in ready:
            if key.data.hear():
                answered += 1
                key.data.ask()


def _connected(port: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def main() -> None:
    """Read a plan, drive it, print what was seen."""
    plan = json.load(sys.stdin)
    plan["requests"] = [Request(**request) for request in plan["requests"]]
    print(json.dumps(asdict(drive(int(sys.argv[1]), **plan))))


if __name__ == "__main__":
    main()
