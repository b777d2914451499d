"""Clients of every kind at once, under granian."""

from __future__ import annotations

import http.client
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest

from Task3_api.keys import new_key
from tests.live import Live, Logged, own_port, start

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are of POSIX")

MANY = 64
STALLED_SECONDS = 1
QUESTION = b"GET /predict?x=1800 HTTP/1.1\r\nHost: here\r\n\r\n"
POST = b"POST /predict HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
ROWS = 60_000
NOTE = b"n" * 90
TABLE = b"living_area,note\n" + b"1800,%s\n" % NOTE * ROWS
UPLOAD = (
    b"POST /batch_prediction HTTP/1.1\r\nHost: here\r\nConnection: close\r\n"
    b"Content-Type: text/csv\r\nContent-Length: %d\r\n\r\n" % len(TABLE)
) + TABLE


@pytest.fixture
def served(home: Path, request: pytest.FixtureRequest) -> Iterator[Live]:
    """A service of its own, of one worker or of as many as the test says."""
    port = own_port()
    command = ["-m", "tablecast", "serve", "houses", "--port", str(port)]
    settings = {"TABLECAST_STALLED_SECONDS": str(STALLED_SECONDS)}
    live = start(command, port, home, getattr(request, "param", 1), **settings)
    yield live
    if live.process.poll() is None:
        live.stop()


def slow_reader(live: Live) -> socket.socket:
    """A connection that has sent a file, and whose answer is longer than what systems buffer."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    client.settimeout(20)
    client.connect(("127.0.0.1", live.port))
    client.sendall(UPLOAD)
    return client


def rest(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(1 << 20), b""))


def body(client: socket.socket) -> bytes:
    """The body of the answer; an error where it is not whole."""
    response = http.client.HTTPResponse(client)
    response.begin()
    return response.read()


def workers_of(live: Live) -> list[psutil.Process]:
    return list(psutil.Process(live.process.pid).children())


RUDE = {
    "say nothing": b"",
    "stop within the head": QUESTION[:20],
    "stop before the body": POST + b"Content-Length: 11\r\n\r\n",
    "stop within the body": POST + b'Content-Length: 11\r\n\r\n{"x":',
    "stop within a chunk": POST + b'Transfer-Encoding: chunked\r\n\r\nb\r\n{"x":',
}


@pytest.mark.parametrize("beginning", RUDE.values(), ids=RUDE)
def test_many_clients_that_stall_hold_up_nobody(live: Live, beginning: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(MANY):
            stack.enter_context(live.connect()).sendall(beginning)
        time.sleep(0.2)
        for path in ("/healthz", "/predict?x=1800", "/"):
            assert live.ask("GET", path)[0] == 200
        sent = {"body": b"living_area\n1800\n", "headers": {"Content-Type": "text/csv"}}
        assert live.ask("POST", "/batch_prediction", **sent)[0] == 200


def test_a_body_that_stalls_ends_in_408(served: Live) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(served.connect()) for _ in range(MANY)]
        for client in clients:
            client.sendall(RUDE["stop within the body"])
        for client in clients:
            answer = rest(client)
            assert answer.startswith(b"HTTP/1.1 408 ")
            assert b"nothing of the body came for 1 seconds" in answer


def test_a_body_that_comes_slowly_is_answered(served: Live) -> None:
    with served.connect() as client:
        client.sendall(POST + b"Connection: close\r\nContent-Length: 10\r\n\r\n")
        for byte in b'{"x":1800}':
            time.sleep(STALLED_SECONDS / 8)  # ten of them are more than the limit, together
            client.sendall(bytes([byte]))
        assert rest(client).startswith(b"HTTP/1.1 200 ")


def test_uploads_at_once_are_bounded(home: Path) -> None:
    port = own_port()
    command = ["-m", "tablecast", "serve", "houses", "--port", str(port)]
    live = start(command, port, home, TABLECAST_MAX_UPLOADS="2")
    with ExitStack() as stack:
        half = UPLOAD[: len(UPLOAD) // 2]
        for _ in range(2):
            stack.enter_context(live.connect()).sendall(half)
        time.sleep(0.5)
        third = stack.enter_context(live.connect())
        third.sendall(half)
        answer = third.recv(65536)
        assert answer.startswith(b"HTTP/1.1 429 ")
        assert b"retry-after: 1\r\n" in answer.lower()
        small = {"body": b"living_area\n1800\n", "headers": {"Content-Type": "text/csv"}}
        assert live.ask("POST", "/batch_prediction", **small)[0] == 200
    time.sleep(0.5)  # those that broke off are noticed
    with slow_reader(live) as client:
        assert body(client).count(NOTE) == ROWS
    live.stop()


def test_who_has_no_key_cannot_fill_the_disk(home: Path) -> None:
    port = own_port()
    command = ["-m", "tablecast", "serve", "houses", "--port", str(port)]
    live = start(command, port, home, TABLECAST_KEYS=str(new_key("ci")[1]))
    with live.connect() as client:
        client.sendall(UPLOAD[:5_000])  # and nothing more: the answer does not wait for it
        assert client.recv(65536).startswith(b"HTTP/1.1 401 ")
    live.stop()


def test_readers_that_stall_hold_up_nobody(live: Live) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(slow_reader(live)) for _ in range(8)]
        for path in ("/healthz", "/predict?x=1800", "/"):
            assert live.ask("GET", path)[0] == 200
        assert body(clients[0]).count(NOTE) == ROWS


def test_a_reader_that_stalls_for_too_long_is_let_go(served: Live) -> None:
    with slow_reader(served) as client:
        time.sleep(6 * STALLED_SECONDS)  # a busy machine takes its time to fill what is between
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            body(client)


def test_a_stop_lets_a_file_be_answered_to_its_end(served: Live) -> None:
    with slow_reader(served) as client:
        response = http.client.HTTPResponse(client)
        response.begin()
        served.process.terminate()
        assert response.read().count(NOTE) == ROWS
    assert "Traceback" not in served.process.communicate(timeout=20)[1]


def test_a_stop_is_heeded_by_a_worker_that_is_still_starting(models: Path) -> None:
    command = [sys.executable, "-m", "Task3_api.server", "--port", str(own_port())]
    environment = {**os.environ, "MODELS": str(models), "WEB_CONCURRENCY": "1"}
    process = Logged([*command, "--host", "127.0.0.1"], env=environment)
    while not psutil.Process(process.pid).children():
        assert process.poll() is None
        time.sleep(0.005)
    time.sleep(0.05)
    process.terminate()
    begun = time.monotonic()
    process.communicate(timeout=30)
    assert time.monotonic() - begun < 10


def test_a_stop_waits_for_no_one_who_is_silent_and_takes_no_one_new(served: Live) -> None:
    with served.connect() as silent:
        assert served.ask("GET", "/healthz")[0] == 200
        served.process.terminate()
        assert rest(silent) == b""
        with pytest.raises(ConnectionRefusedError):
            served.connect()
        served.process.communicate(timeout=20)
    assert served.process.returncode == 0


@pytest.mark.parametrize("served", [2], indirect=True)
def test_a_worker_that_is_killed_is_replaced(served: Live) -> None:
    before = workers_of(served)
    assert len(before) == 2
    before[0].send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while len(workers_of(served)) < 2 or before[0] in workers_of(served):
        with suppress(ConnectionError):  # only what the dead one had taken fails
            assert served.ask("GET", "/predict?x=1800")[0] == 200
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert before[1] in workers_of(served)


def test_running_out_of_descriptors_costs_no_worker_its_life(served: Live) -> None:
    (worker,) = workers_of(served)
    limit = worker.num_fds() + 20
    resource.prlimit(worker.pid, resource.RLIMIT_NOFILE, (limit, limit))
    with ExitStack() as stack:
        for _ in range(60):
            stack.enter_context(served.connect())
        time.sleep(0.5)
    deadline = time.monotonic() + 20
    while True:
        with suppress(OSError):
            if served.ask("GET", "/predict?x=1800")[0] == 200:
                break
        assert time.monotonic() < deadline
    assert workers_of(served) == [worker]
