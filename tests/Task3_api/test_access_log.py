"""The line of a request: all that is needed, and nothing of what was asked about."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from Task1_database.errors import TablecastError
from Task3_api.access_log import AccessLine, AccessLog
from Task3_api.app import create_app
from Task3_api.keys import new_key
from tests.live import own_port, start

LINE = AccessLine("10.0.0.1", None, "GET", "/predict", 200, 0.00123456, "abc")


def written(form: str, *lines: AccessLine) -> str:
    read, write = os.pipe()
    log = AccessLog(form, write)
    for line in lines:
        log.write(line)
    os.close(write)
    with os.fdopen(read) as file:
        return file.read()


def test_as_text() -> None:
    (line,) = written("text", LINE).splitlines()
    time, rest = line.split(" ", 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time)
    assert rest == "10.0.0.1 - GET /predict 200 0.0012s abc"


def test_as_json() -> None:
    (line,) = written("json", LINE).splitlines()
    parts = json.loads(line)
    assert parts.pop("time").endswith("Z")
    assert parts == {**LINE._asdict(), "seconds": 0.001235}


@pytest.mark.parametrize("form", ["", "off"])
def test_none(form: str) -> None:
    assert written(form, LINE) == ""


@pytest.mark.parametrize("path", ["/a\nb", "/a b", "/é\x1b[31m", '/"', "/" + "a" * 5000, "/\ud800"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_path_cannot_pass_for_more_lines_or_parts(form: str, path: str) -> None:
    text = written(form, LINE._replace(path=path))
    assert text.endswith("\n")
    assert len(text.splitlines()) == 1
    assert text.isascii()
    assert len(text) < 1000
    assert form == "json" or len(text.split()) == 8


def test_a_line_that_cannot_be_written_fails_nothing() -> None:
    read, write = os.pipe()
    os.close(read)
    AccessLog("text", write).write(LINE)
    os.close(write)


def test_another_form_is_refused(sealed: Path) -> None:
    with pytest.raises(TablecastError, match="TABLECAST_LOG must be text, json, most or off"):
        create_app({"MODEL_DIR": str(sealed), "LOG": "xml"})


@pytest.mark.parametrize("server", ["granian", "gunicorn", "waitress"])
def test_every_request_has_one_line_and_no_secret(home: Path, server: str) -> None:
    key, known = new_key("ci")
    port = own_port()
    command = ["-m", "tablecast", "serve", "houses", "--port", str(port), "--server", server]
    live = start(command, port, home, TABLECAST_KEYS=str(known), TABLECAST_LOG="json")
    headers = {"Authorization": f"Bearer {key}", "X-Request-Id": "mine"}
    table = {"body": b"living_area\n1777\n", "headers": {**headers, "Content-Type": "text/csv"}}
    for method, path, options in (
        ("GET", "/predict?x=1777", {"headers": headers}),
        ("GET", "/predict?x=1777", {"headers": headers}),
        ("GET", "/predict?x=1777", {}),
        ("POST", "/batch_prediction", table),
    ):
        live.ask(method, path, **options)
    out, log = live.stop()
    lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    logged = [
        (p["key"], p["method"], p["path"], p["status"]) for p in lines if p["path"] != "/readyz"
    ]
    assert logged == [
        ("ci", "GET", "/predict", 200),
        ("ci", "GET", "/predict", 200),
        (None, "GET", "/predict", 401),
        ("ci", "POST", "/batch_prediction", 200),
    ]
    assert [p["request_id"] == "mine" for p in lines[-4:]] == [True, True, False, True]
    assert all(0 < p["seconds"] < 20 and p["client"] == "127.0.0.1" for p in lines)
    assert "1777" not in out + log
    assert key not in out + log
