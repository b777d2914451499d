"""The service as a running server, started as users start it and asked over HTTP."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from Task1_database.errors import TablecastError
from Task3_api.server.serve import address, free_port, ip_of, is_free, serve
from Task3_api.server.servers import GUNICORN_CONFIGURATION
from tests.live import own_port, start

FORBIDDEN = {"pandas", "sklearn", "joblib", "duckdb", "matplotlib", "onnx", "onnxruntime", "scipy"}
posix = pytest.mark.skipif(os.name == "nt", reason="signals and gunicorn are of POSIX")


@posix
def test_started_asked_and_stopped_as_users_do(home: Path, sealed: Path) -> None:
    port = own_port()
    live = start(["-m", "tablecast", "serve", "houses", "--port", str(port)], port, home)
    status, body = live.ask("GET", "/predict?x=1800")
    assert status == 200
    assert json.loads(body)["lower"] < json.loads(body)["prediction"] < json.loads(body)["upper"]
    begun = time.monotonic()
    out, log = live.stop()
    assert time.monotonic() - begun < 15
    assert live.process.returncode == 0
    assert f"Serving houses, version {sealed.name}, at http://127.0.0.1:{port}" in out
    assert re.search(rf"^[-\d]+T[:.\d]+Z INFO serving houses, version {sealed.name}$", log, re.M)
    assert "Traceback" not in log
    assert is_free(port, "127.0.0.1")


OPEN = "Everybody who can reach this service may ask it: TABLECAST_KEYS names no key."


@posix
@pytest.mark.parametrize("server", ["granian", "gunicorn"])
def test_who_lets_everybody_ask_is_told_so(home: Path, server: str) -> None:
    port = free_port(18_700)
    command = ["-m", "tablecast", "serve", "houses", "--port", str(port), "--server", server]
    live = start([*command, "--host", "0.0.0.0"], port, home)
    assert OPEN in live.ask("GET", "/status")[1].decode()
    assert live.stop()[1].count(OPEN) >= 1
    live = start(command, port, home)
    assert OPEN not in live.ask("GET", "/status")[1].decode()
    assert OPEN not in live.stop()[1]


WHOLE = "must be a whole number"


@posix
@pytest.mark.parametrize(
    "command",
    [
        ["-m", "Task3_api.server"],
        ["-m", "gunicorn", "--config", str(GUNICORN_CONFIGURATION)],
    ],
)
def test_a_container_says_on_one_line_that_there_is_no_model(
    tmp_path: Path, command: list[str]
) -> None:
    environment = {**os.environ, "MODELS": str(tmp_path), "PORT": str(own_port())}
    environment["WEB_CONCURRENCY"] = "1"
    done = subprocess.run(
        [sys.executable, *command],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode != 0
    (line,) = (line for line in done.stderr.splitlines() if line.startswith("tablecast: "))
    assert line.startswith(f"tablecast: {tmp_path}: no model has been trained; ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("variable", "text", "issue"),
    [
        ("WEB_CONCURRENCY", "two", f"WEB_CONCURRENCY {WHOLE}, not 'two'"),
        ("PORT", "http", f"PORT {WHOLE}, not 'http'"),
        ("TABLECAST_STALLED_SECONDS", "1.5", f"TABLECAST_STALLED_SECONDS {WHOLE}, not '1.5'"),
        ("TABLECAST_MAX_LINE_LENGTH", "1M", f"TABLECAST_MAX_LINE_LENGTH {WHOLE}, not '1M'"),
        ("TABLECAST_KEEP_DAYS", "0", "TABLECAST_KEEP_DAYS: expected a number above 0, not '0'"),
        ("TABLECAST_KEEP", "no://x", "no://x cannot be opened: no:// is no kind of store that is "
         "known"),
        ("TABLECAST_KEEP", "/dev/null", "/dev/null/houses: nothing can be kept there: Not a "
         "directory"),
    ],
)  # fmt: skip
def test_a_setting_that_is_none_is_named(
    models: Path, variable: str, text: str, issue: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "Task3_api.server"],
        check=False,
        env={**os.environ, "MODELS": str(models), variable: text},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.stderr == f"tablecast: {issue}\n"
    assert done.returncode == 1


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


def test_an_unknown_host_is_an_error_that_names_it(models: Path) -> None:
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


def test_a_server_is_given_a_numeric_address() -> None:
    assert ip_of("localhost") in ("127.0.0.1", "::1")
    assert ip_of("0.0.0.0") == "0.0.0.0"
