"""The service as a running server, started as users start it and asked over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from Task1_database.errors import TablecastError
from Task3_api.server import address, free_port, is_free, serve

FORBIDDEN = {"pandas", "sklearn", "joblib", "duckdb", "matplotlib", "onnx", "scipy"}
posix = pytest.mark.skipif(os.name == "nt", reason="signals and gunicorn are of POSIX")


@dataclass
class Live:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    port: int

    def ask(self, method: str, path: str, **options: Any) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, **options)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def raw(self, sent: bytes) -> bytes:
        """What is answered to exactly these bytes, after which the client says no more."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as client:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(65536), b""))

    def wait(self) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if self.ask("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        self.process.kill()
        raise AssertionError("\n".join(text or "" for text in self.process.communicate()))

    def stop(self) -> tuple[str, str]:
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=20)


def start(command: list[str], port: int, home: Path) -> Live:
    environment = {**os.environ, "TABLECAST_HOME": str(home), "WEB_CONCURRENCY": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(
        [sys.executable, *command], cwd=home, env=environment, text=True, **pipes
    )
    live = Live(process, port)
    live.wait()
    return live


@pytest.fixture(scope="module")
def home(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which houses is trained."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "models").mkdir()
    (folder / "models" / "houses").symlink_to(models)
    return folder


@pytest.fixture(scope="module")
def live(home: Path) -> Iterator[Live]:
    port = free_port(18_000)
    live = start(["-m", "tablecast", "serve", "houses", "--port", str(port)], port, home)
    yield live
    live.stop()


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
        "from Task3_api.server import serve\n"
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
    assert "onnxruntime" in done.stdout.split()
    assert not FORBIDDEN & set(done.stdout.split())


def test_the_next_free_port_is_found() -> None:
    first = free_port(18_600)
    with socket.create_server(("127.0.0.1", first)):
        assert not is_free(first, "127.0.0.1")
        assert first < free_port(first) < first + 100
    assert free_port(first) == first


def test_a_port_asked_for_is_not_replaced(models: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            TablecastError, match=f"port {port} of 127.0.0.1 is taken; name another"
        ):
            serve(models, host="127.0.0.1", port=port)


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
