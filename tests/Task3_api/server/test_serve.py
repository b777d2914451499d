"""The service as a running server, started as users start it and asked over HTTP."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from Task1_database.errors import TablecastError
from Task3_api.server.serve import CONFIGURATION, address, free_port, is_free, serve
from tests.live import Live, start

FORBIDDEN = {"pandas", "sklearn", "joblib", "duckdb", "matplotlib", "onnx", "onnxruntime", "scipy"}
posix = pytest.mark.skipif(os.name == "nt", reason="signals and gunicorn are of POSIX")


@posix
def test_started_asked_and_stopped_as_users_do(home: Path, sealed: Path) -> None:
    port = free_port(18_200)
    live = start(["-m", "tablecast", "serve", "houses", "--port", str(port)], port, home)
    status, body = live.ask("GET", "/predict?x=1800")
    assert status == 200
    assert json.loads(body)["lower"] < json.loads(body)["prediction"] < json.loads(body)["upper"]
    begun = time.monotonic()
    out, log = live.stop()
    assert time.monotonic() - begun < 15
    assert live.process.returncode == 0
    assert f"Serving houses, version {sealed.name}, at http://127.0.0.1:{port}" in out
    assert f"serving houses, version {sealed.name}" in log
    assert "Traceback" not in log
    assert is_free(port, "127.0.0.1")


def test_without_gunicorn_waitress_serves(home: Path, models: Path) -> None:
    port = free_port(18_400)
    code = (
        "import sys, pathlib; sys.modules['gunicorn'] = None\n"
        "from Task3_api.server.serve import serve\n"
        f"serve(pathlib.Path({str(models)!r}), host='127.0.0.1', port={port})"
    )
    live = start(["-c", code], port, home)
    try:
        assert live.ask("GET", "/predict?x=1800")[0] == 200
        headers = {"Content-Type": "text/csv"}
        sent = iter([b"living_area\n", b"1800\n"])
        status, body = live.ask("POST", "/batch_prediction", body=sent, headers=headers)
        assert (status, body.count(b"\r\n")) == (200, 2)
    finally:
        live.stop()


HEAD = b"POST /batch_prediction HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Type: "
TABLE = b"living_area\n" + b"1800\n" * 1000
FORM = (
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    + TABLE
    + b"\r\n--edge--\r\n"
)
CUT = b"the request was cut"


def sized(body: bytes, size: int | None = None) -> bytes:
    return b"\r\nContent-Length: %d\r\n\r\n" % (size or len(body)) + body


def chunked(body: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n" + end


@posix
@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        (HEAD + b"text/csv" + sized(TABLE, len(TABLE) + 5), CUT + b": 5,012 of 5,017 bytes came"),
        (HEAD + b"text/csv" + chunked(TABLE, end=b""), CUT),
        (HEAD + b"text/csv" + chunked(TABLE, end=b"9\r\n1800\n"), CUT),
        (HEAD + b"multipart/form-data; boundary=edge" + sized(FORM[:-900], len(FORM)), CUT),
        (HEAD + b"multipart/form-data; boundary=edge" + chunked(FORM[:-900], end=b""), CUT),
        (
            HEAD + b"multipart/form-data; boundary=edge" + chunked(FORM[:-900]),
            b"the body is not valid multipart/form-data",
        ),
    ],
)
def test_a_cut_upload_is_never_answered_as_if_whole(live: Live, sent: bytes, detail: bytes) -> None:
    answer = live.raw(sent)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert detail in answer
    assert b"prediction," not in answer


@posix
@pytest.mark.parametrize(
    "sent",
    [
        HEAD + b"text/csv" + sized(TABLE),
        HEAD + b"text/csv" + chunked(TABLE),
        HEAD + b"multipart/form-data; boundary=edge" + sized(FORM),
        HEAD + b"multipart/form-data; boundary=edge" + chunked(FORM),
    ],
)
def test_a_whole_upload_is_answered(live: Live, sent: bytes) -> None:
    answer = live.raw(sent)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"\r\n1800,") == 1000


@posix
def test_gunicorn_says_on_one_line_that_there_is_no_model(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gunicorn", "--config", str(CONFIGURATION)]
    environment = {**os.environ, "MODELS": str(tmp_path), "PORT": str(free_port(18_800))}
    environment["WEB_CONCURRENCY"] = "1"
    done = subprocess.run(
        command, check=False, env=environment, capture_output=True, text=True, timeout=30
    )
    assert done.returncode != 0
    assert f"tablecast: {tmp_path}: no model has been trained\n" in done.stderr
    assert "Traceback" not in done.stderr


@posix
def test_a_client_that_reads_only_after_sending_all_is_served(live: Live) -> None:
    table = b"living_area,note\n" + b"1800,%s\n" % (b"n" * 90) * 60_000
    status, body = live.ask(
        "POST", "/batch_prediction", body=table, headers={"Content-Type": "text/csv"}
    )
    assert (status, body.count(b"\r\n")) == (200, 60_001)


def test_a_server_loads_nothing_that_only_training_needs(sealed: Path) -> None:
    code = (
        "import sys\n"
        "from Task3_api.app import create_app\n"
        f"client = create_app({{'MODEL_DIR': {str(sealed)!r}}}).test_client()\n"
        "for path in ('/', '/?x=1', '/predict?x=1', '/questions', '/model', '/openapi.json'):\n"
        "    assert client.get(path).status_code == 200, path\n"
        "sent = {'data': b'x\\n1\\n', 'content_type': 'text/csv'}\n"
        "assert client.post('/batch_prediction', **sent).text.count('\\n') == 2\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "numpy" in done.stdout.split()
    assert not FORBIDDEN & set(done.stdout.split())


def test_the_next_free_port_is_found() -> None:
    first = free_port(18_600)
    with socket.create_server(("127.0.0.1", first)):
        assert not is_free(first, "127.0.0.1")
        assert first < free_port(first) < first + 100
    assert free_port(first) == first


@posix
def test_where_a_port_is_taken_the_next_serves_and_says_so(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        chosen = free_port(port)
        live = start(["-m", "tablecast", "serve", "houses", "--port", str(port)], chosen, home)
        out, _ = live.stop()
    assert f"Port {port} is taken; {chosen} is the next that is free." in out


def test_an_unknown_host_is_said(models: Path) -> None:
    with pytest.raises(
        TablecastError, match=r"no\.such\.host\.invalid is no address of this machine"
    ):
        serve(models, host="no.such.host.invalid")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:5000"),
        ("0.0.0.0", "http://127.0.0.1:5000"),
        ("::", "http://[::1]:5000"),
        ("example.org", "http://example.org:5000"),
    ],
)
def test_address(host: str, url: str) -> None:
    assert address(host, 5000) == url
