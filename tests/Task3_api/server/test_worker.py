"""gunicorn's worker as `tablecast serve` runs it, with clients of every kind at once."""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import psutil
import pytest

from Task3_api.server.serve import free_port
from Task3_api.server.worker import is_short
from tests.live import Live, start

pytestmark = pytest.mark.skipif(os.name == "nt", reason="gunicorn is of POSIX")

THREADS = 8
QUESTION = b"GET /predict?x=1800 HTTP/1.1\r\nHost: here\r\n\r\n"
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
    port = free_port(18_850)
    command = ["-m", "tablecast", "serve", "houses", "--port", str(port)]
    live = start(command, port, home, getattr(request, "param", 1))
    yield live
    if live.process.poll() is None:
        live.stop()


def connected(live: Live) -> socket.socket:
    return socket.create_connection(("127.0.0.1", live.port), timeout=20)


def uploaded(live: Live) -> socket.socket:
    """A connection that has sent a file whose answer is longer than what the system buffers."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    line.settimeout(20)
    line.connect(("127.0.0.1", live.port))
    line.sendall(UPLOAD)
    return line


def rest(line: socket.socket) -> bytes:
    return b"".join(iter(lambda: line.recv(1 << 20), b""))


def is_answer(answer: bytes) -> bool:
    return answer.startswith(b"HTTP/1.1 200 ")


STALLING = {
    "within the head": (QUESTION[:20], QUESTION[20:]),
    "before the body": (QUESTION[:-2] + b"Content-Length: 3\r\n\r\n", b"abc"),
}


@pytest.mark.parametrize("parts", STALLING.values(), ids=STALLING)
def test_more_clients_than_threads_that_stall_hold_up_no_question(
    live: Live, parts: tuple[bytes, bytes]
) -> None:
    with ExitStack() as lines:
        stalled = [lines.enter_context(connected(live)) for _ in range(THREADS + 4)]
        for line in stalled:
            line.sendall(parts[0])
        time.sleep(0.2)
        begun = time.monotonic()
        assert live.ask("GET", "/predict?x=1800")[0] == 200
        assert time.monotonic() - begun < 4  # gunicorn drains what was not read for 5
        for line in stalled:
            line.sendall(parts[1])
        assert all(is_answer(line.recv(65536)) for line in stalled)


def test_what_looks_like_a_question_within_another_request_is_none(live: Live) -> None:
    upload = UPLOAD.partition(b"\r\n\r\n")[0] + b"\r\nOther: "
    with ExitStack() as lines:
        for line in [lines.enter_context(connected(live)) for _ in range(THREADS)]:
            line.sendall(b"GET /explain?x=1800 HTTP/1.1\r\nHost: here\r\n\r\n" + upload)
            time.sleep(0.002)  # the first is being answered, the second was read with it, in part
            line.sendall(b"GET /predict?x=1\r\n\r\n")
        time.sleep(0.5)
        assert live.ask("GET", "/predict?x=1800")[0] == 200


def test_a_question_is_short_only_if_its_answer_can_be_written_at_once() -> None:
    server, client = socket.socketpair()
    with closing(server), closing(client):
        assert not is_short(server)
        client.sendall(QUESTION)
        assert is_short(server)
        server.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                server.send(b"0" * 4096)
        assert not is_short(server)
        client.recv(1 << 20)
        client.sendall(QUESTION)
        assert not is_short(server)  # two of them: others may wait for the second


def test_questions_sent_together_are_answered_in_order(live: Live) -> None:
    questions = [QUESTION.replace(b"1800", b"%d" % (1000 + number)) for number in range(20)]
    with closing(connected(live)) as line:
        line.sendall(b"".join(questions))
        answers = b""
        while answers.count(b'"given"') < len(questions):
            answers += line.recv(65536)
    told = [int(number) for number in re.findall(rb'"living_area":([0-9]+)', answers)]
    assert told == list(range(1000, 1020))


def test_clients_that_say_nothing_take_no_thread(live: Live) -> None:
    with ExitStack() as lines:
        silent = [lines.enter_context(connected(live)) for _ in range(8 * THREADS)]
        assert live.ask("GET", "/predict?x=1800")[0] == 200
        for line in silent:
            line.sendall(QUESTION)
        assert all(is_answer(line.recv(65536)) for line in silent)


def test_questions_are_answered_while_the_answer_to_a_file_is_not_read(live: Live) -> None:
    with closing(uploaded(live)) as line:
        assert is_answer(line.recv(1000))
        assert {live.ask("GET", "/predict?x=1800")[0] for _ in range(20)} == {200}
        assert rest(line).count(NOTE) > ROWS - 20


def test_a_stop_lets_a_file_be_answered_to_its_end(served: Live) -> None:
    with closing(connected(served)) as silent, closing(uploaded(served)) as line:
        first = line.recv(1000)
        served.process.terminate()
        assert rest(silent) == b""  # the worker is stopping
        answer = first + rest(line)
    assert is_answer(answer)
    assert answer.count(NOTE) == ROWS
    assert answer.endswith(b"0\r\n\r\n")
    assert "Traceback" not in served.process.communicate(timeout=20)[1]


def test_a_stop_does_not_wait_for_who_says_nothing(served: Live) -> None:
    with closing(connected(served)) as line:
        assert served.ask("GET", "/predict?x=1800")[0] == 200  # so that the silent one is taken
        begun = time.monotonic()
        served.stop()
        assert time.monotonic() - begun < 12  # of the 15 that gunicorn.conf.py allows
        assert line.recv(1) == b""


@pytest.mark.parametrize("served", [2], indirect=True)
def test_two_workers_share_connections_that_come_at_once(served: Live) -> None:
    workers = psutil.Process(served.process.pid).children()
    assert len(workers) == 2
    with ExitStack() as lines:  # both are up once each holds a connection
        for _ in range(1000):
            if all(_held(worker, served.port) for worker in workers):
                break
            lines.enter_context(connected(served))
            time.sleep(0.01)
    fuller = []
    for _ in range(10):
        with ExitStack() as lines:
            for line in [lines.enter_context(connected(served)) for _ in range(16)]:
                line.sendall(QUESTION)
                assert is_answer(line.recv(65536))
            fuller.append(max(_held(worker, served.port) for worker in workers))
        while any(_held(worker, served.port) for worker in workers):
            time.sleep(0.01)
    assert sorted(fuller)[7] <= 11, fuller  # 13 to 16, where who wakes first takes all


def _held(worker: psutil.Process, port: int) -> int:
    ours = [one for one in worker.net_connections("tcp") if one.laddr.port == port]
    return sum(one.status == psutil.CONN_ESTABLISHED for one in ours)
