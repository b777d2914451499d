"""What holds under each of the three servers."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from Task3_api.server.serve import is_free
from Task3_api.server.servers import SERVERS
from tests.live import Live, own_port, start

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are of POSIX")


@pytest.fixture(scope="module", params=SERVERS)
def served(request: pytest.FixtureRequest, home: Path) -> Iterator[Live]:
    port = own_port()
    options = ["--port", str(port), "--server", request.param]
    live = start(["-m", "tablecast", "serve", "houses", *options], port, home)
    yield live
    begun = time.monotonic()
    _, log = live.stop()
    assert time.monotonic() - begun < 15
    assert live.process.returncode == 0
    assert "Traceback" not in log
    assert is_free(port, "127.0.0.1")


TABLE = b"living_area\n" + b"1800\n" * 1000
FORM = (
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    + TABLE
    + b"\r\n--edge--\r\n"
)
CSV = b"text/csv"
MULTIPART = b"multipart/form-data; boundary=edge"
CUT = b"the request was cut"


def upload(content_type: bytes, body: bytes) -> bytes:
    head = b"POST /batch_prediction HTTP/1.1\r\nHost: here\r\nConnection: close\r\n"
    return head + b"Content-Type: " + content_type + b"\r\n" + body


def sized(body: bytes, size: int | None = None) -> bytes:
    return b"Content-Length: %d\r\n\r\n" % (size or len(body)) + body


def chunked(body: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n" + end


def test_a_question(served: Live) -> None:
    status, body = served.ask("GET", "/predict?x=1800")
    assert status == 200
    assert json.loads(body)["lower"] < json.loads(body)["prediction"] < json.loads(body)["upper"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/openapi.json", "/report.pdf"])
def test_pages_and_files(served: Live, path: str) -> None:
    status, body = served.ask("GET", path)
    assert (status, len(body) > 10) == (200, True)
    assert served.ask("HEAD", path) == (200, b"")


def test_errors(served: Live) -> None:
    for path, status in (("/predict?x=many", 400), ("/nowhere/%C3%A9?a=b", 404)):
        assert served.ask("GET", path)[0] == status
    assert served.ask("DELETE", "/predict")[0] == 405
    assert served.ask("POST", "/predict", body=b"{}")[0] == 415


def test_records(served: Live) -> None:
    sent = json.dumps([{"x": 1000 + number} for number in range(100)])
    json_headers = {"Content-Type": "application/json"}
    status, body = served.ask("POST", "/predict", body=sent, headers=json_headers)
    assert (status, len(json.loads(body))) == (200, 100)


@pytest.mark.parametrize(
    "sent",
    [
        upload(CSV, sized(TABLE)),
        upload(CSV, chunked(TABLE)),
        upload(MULTIPART, sized(FORM)),
        upload(MULTIPART, chunked(FORM)),
    ],
)
def test_a_whole_upload_is_answered(served: Live, sent: bytes) -> None:
    answer = served.raw(sent)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"\r\n1800,") == 1000


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        (upload(CSV, sized(TABLE, len(TABLE) + 5)), CUT + b": 5,012 of 5,017 bytes came"),
        (upload(CSV, chunked(TABLE, end=b"")), CUT),
        (upload(CSV, chunked(TABLE, end=b"9\r\n1800\n")), CUT),
        (upload(MULTIPART, sized(FORM[:-900], len(FORM))), CUT),
        (upload(MULTIPART, chunked(FORM[:-900], end=b"")), CUT),
    ],
)
def test_a_cut_upload_is_never_answered_as_if_whole(
    served: Live, sent: bytes, detail: bytes
) -> None:
    answer = served.raw(sent, cut=True)
    if "waitress" in str(served.process.args):
        assert answer == b""  # it closes the connection
    else:
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert detail in answer


def test_malformed_chunks_are_refused(served: Live) -> None:
    malformed = chunked(TABLE, end=b"zz\r\n1800\r\n0\r\n\r\n")
    assert served.raw(upload(CSV, malformed)).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/predict", "application/json"),
        ("/single_prediction", "application/x-www-form-urlencoded"),
    ],
)
def test_more_than_is_held_in_memory_is_refused(served: Live, path: str, content_type: str) -> None:
    blanks = (b" " * (1 << 20) for _ in range(17))
    status, _ = served.ask("POST", path, body=blanks, headers={"Content-Type": content_type})
    assert status == 413


def test_a_form_that_ends_too_early_is_refused(served: Live) -> None:
    answer = served.raw(upload(MULTIPART, chunked(FORM[:-900])))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"the body is not valid multipart/form-data" in answer


def test_a_client_that_reads_only_after_sending_all_is_served(served: Live) -> None:
    table = b"living_area,note\n" + b"1800,%s\n" % (b"n" * 90) * 60_000
    status, body = served.ask(
        "POST", "/batch_prediction", body=table, headers={"Content-Type": "text/csv"}
    )
    assert (status, body.count(b"\r\n")) == (200, 60_001)


def test_questions_sent_together_are_answered_in_order(served: Live) -> None:
    asked = b"GET /predict?x=%d HTTP/1.1\r\nHost: here\r\n\r\n"
    with served.connect() as client:
        client.sendall(b"".join(asked % x for x in range(1000, 1020)))
        answers = b""
        while answers.count(b'"given"') < 20:
            answers += client.recv(65536)
    areas = [int(part.partition(b"}")[0]) for part in answers.split(b'"living_area":')[1:]]
    assert areas == list(range(1000, 1020))


@pytest.mark.parametrize("server", SERVERS)
def test_uploads_are_bounded(home: Path, server: str) -> None:
    port = own_port()
    command = ["-m", "tablecast", "serve", "houses", "--port", str(port), "--server", server]
    live = start(command, port, home, TABLECAST_MAX_UPLOADS="0", TABLECAST_MAX_LINE_LENGTH="50")
    table = b"living_area\n" + b"1800\n" * 20_000
    for framed in (sized, chunked):
        answer = live.raw(upload(CSV, framed(table)))
        assert answer.startswith(b"HTTP/1.1 429 ")
        assert b"\r\nretry-after: 1\r\n" in answer.lower()
    assert live.raw(upload(CSV, sized(TABLE))).startswith(b"HTTP/1.1 200 ")
    answer = live.raw(upload(CSV, sized(b"living_area,note\n1800," + b"n" * 50 + b"\n")))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"line 2 is longer than 50 bytes" in answer
    live.stop()


@pytest.mark.parametrize("server", ["granian", "gunicorn"])
def test_a_stopped_service_refuses_who_comes_and_answers_who_is_there(
    home: Path, server: str
) -> None:
    port = own_port()
    command = ["-m", "tablecast", "serve", "houses", "--port", str(port), "--server", server]
    live = start(command, port, home, workers=2)
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        line.settimeout(20)
        line.connect(("127.0.0.1", port))
        line.sendall(upload(CSV, sized(TABLE * 60)))  # its answer is longer than what is buffered
        answer = line.recv(1000)
        live.process.terminate()
        until = time.monotonic() + 10
        while not is_free(port, "127.0.0.1") and time.monotonic() < until:
            time.sleep(0.02)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        assert live.process.poll() is None
        answer += b"".join(iter(lambda: line.recv(1 << 20), b""))
    assert answer.endswith(b"0\r\n\r\n")
    assert "Traceback" not in live.process.communicate(timeout=20)[1]
