"""Requests are watched to their end, streamed ones too, and the address is the client's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from Task3_api.app import create_app
from Task3_api.fast_path import FastPath, FastRequest

FORWARDED = "6.6.6.6, 10.0.0.7"


def lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


@pytest.mark.parametrize(("proxies", "client"), [(0, "127.0.0.1"), (1, "10.0.0.7"), (2, "6.6.6.6")])
def test_as_many_proxies_are_believed_as_there_are(
    sealed: Path, capfd: pytest.CaptureFixture[str], proxies: int, client: str
) -> None:
    app = create_app({"MODEL_DIR": str(sealed), "PROXIES": proxies, "LOG": "json"})
    app.test_client().get("/predict?x=1800", headers={"X-Forwarded-For": FORWARDED})
    headers = [(b"x-forwarded-for", FORWARDED.encode())]
    request = FastRequest("GET", "/predict", b"x=1800", headers, "127.0.0.1")
    assert FastPath(app).answer(request) is not None
    assert [line["client"] for line in lines(capfd)] == [client, client]


def test_a_streamed_answer_is_told_once_it_is_sent(
    sealed: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    client = create_app({"MODEL_DIR": str(sealed), "LOG": "json"}).test_client()
    table = b"x\n" + b"1800\n" * 50_000
    response = client.post("/batch_prediction", data=table, content_type="text/csv")
    assert lines(capfd) == []
    assert response.data.count(b"\r\n") == 50_001
    response.close()
    (line,) = lines(capfd)
    assert (line["path"], line["status"]) == ("/batch_prediction", 200)
    assert line["seconds"] > 0.01


def test_most_are_all_but_the_fast_ones(sealed: Path, capfd: pytest.CaptureFixture[str]) -> None:
    app = create_app({"MODEL_DIR": str(sealed), "LOG": "most"})
    app.test_client().get("/predict?x=1800")
    assert FastPath(app).answer(FastRequest("GET", "/predict", b"x=1800")) is not None
    assert len(capfd.readouterr().out.splitlines()) == 1
    headers = [(b"content-type", b"application/json")]
    posted = FastRequest("POST", "/predict", b"", headers=headers, body=b'[{"x": 1800}]')
    assert FastPath(app).answer(posted) is not None
    assert " POST /predict 200 " in capfd.readouterr().out
