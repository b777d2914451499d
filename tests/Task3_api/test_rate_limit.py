"""A limit for each client, by its key or address, off unless it is asked for."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from Task1_database.errors import TablecastError
from Task3_api.app import create_app
from Task3_api.fast_path import FastPath, FastRequest
from Task3_api.keys import new_key
from Task3_api.server.serve import is_free
from tests.live import own_port


def service(sealed: Path, **config: Any) -> FlaskClient:
    return create_app({"MODEL_DIR": str(sealed), "LIMIT": "3/minute", **config}).test_client()


def statuses(client: FlaskClient, number: int = 5, **options: Any) -> list[int]:
    return [client.get("/predict?x=1800", **options).status_code for _ in range(number)]


def test_who_asks_too_much_is_told_when_to_come_again(sealed: Path) -> None:
    client = service(sealed)
    assert statuses(client) == [200, 200, 200, 429, 429]
    refused = client.post("/predict", json={"x": 1800})
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert refused.get_json()["detail"].startswith("no more than 3/minute may be asked; try again")
    for path in ("/healthz", "/readyz", "/static/icon.svg"):
        with client.get(path) as response:
            assert response.status_code == 200


def test_without_a_limit_there_is_none(client: FlaskClient) -> None:
    assert set(statuses(client, 50)) == {200}


def test_the_fast_path_is_no_way_around(sealed: Path) -> None:
    client = service(sealed)
    statuses(client)
    assert FastPath(client.application).answer(FastRequest("GET", "/predict", b"x=1800")) is None


def test_each_address_for_itself(sealed: Path) -> None:
    client = service(sealed)
    assert 429 in statuses(client, environ_base={"REMOTE_ADDR": "10.0.0.1"})
    assert statuses(client, 3, environ_base={"REMOTE_ADDR": "10.0.0.2"}) == [200] * 3
    assert 429 in statuses(client, environ_base={"REMOTE_ADDR": "2001:db8::1"})
    assert set(statuses(client, environ_base={"REMOTE_ADDR": "2001:db8::2"})) == {429}
    assert statuses(client, 3, environ_base={"REMOTE_ADDR": "2001:db8:0:1::1"}) == [200] * 3


def test_an_address_is_what_the_stated_proxies_say(sealed: Path) -> None:
    forged = {"X-Forwarded-For": "1.1.1.1"}
    other = {"X-Forwarded-For": "2.2.2.2"}
    alone = service(sealed)
    assert 429 in statuses(alone, headers=forged)
    assert set(statuses(alone, headers=other)) == {429}
    behind = service(sealed, PROXIES=1)
    assert 429 in statuses(behind, headers=forged)
    assert statuses(behind, 3, headers=other) == [200] * 3
    more = {"X-Forwarded-For": "3.3.3.3, 2.2.2.2"}
    assert set(statuses(behind, headers=more)) == {429}


def test_each_key_for_itself(sealed: Path) -> None:
    (one, one_known), (other, other_known) = new_key("one"), new_key("other")
    client = service(sealed, KEYS=f"{one_known},{other_known}")
    assert 429 in statuses(client, headers={"Authorization": f"Bearer {one}"})
    elsewhere = {"REMOTE_ADDR": "10.0.0.9"}
    headers = {"Authorization": f"Bearer {one}"}
    assert set(statuses(client, headers=headers, environ_base=elsewhere)) == {429}
    assert statuses(client, 3, headers={"Authorization": f"Bearer {other}"}) == [200] * 3
    assert set(statuses(client)) == {401}


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """A Redis of its own."""
    program = shutil.which("redis-server")
    if not program or not find_spec("redis"):
        pytest.skip("there is no redis-server, or no client of it")
    port = own_port()
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL)
    until = time.monotonic() + 20
    while is_free(port, "127.0.0.1"):
        assert time.monotonic() < until
        time.sleep(0.02)
    yield f"redis://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


def test_processes_may_count_together(sealed: Path, redis: str) -> None:
    clients = [service(sealed, LIMIT_STORAGE=redis) for _ in range(2)]
    assert [statuses(client, 1) for client in (*clients, *clients)] == [[200]] * 3 + [[429]]


def test_where_the_storage_is_away_each_counts_for_itself(sealed: Path) -> None:
    pytest.importorskip("redis")
    client = service(sealed, LIMIT_STORAGE=f"redis://127.0.0.1:{own_port()}")
    assert statuses(client) == [200, 200, 200, 429, 429]


def test_a_limit_that_is_none_stops_the_start(sealed: Path) -> None:
    with pytest.raises(TablecastError, match="TABLECAST_LIMIT: 'often' is no limit"):
        service(sealed, LIMIT="often")
