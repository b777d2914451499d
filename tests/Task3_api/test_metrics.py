"""What is counted, as Prometheus's own parser reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from Task3_api.app import create_app
from Task3_api.fast_path import FastPath, FastRequest
from Task3_api.keys import new_key
from tests.live import Live, own_port, start

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


HOUSES = ("dataset", "houses")


def samples(text: str) -> Samples:
    families = text_string_to_metric_families(text)
    every = (sample for family in families for sample in family.samples)
    return {(each.name, tuple(sorted(each.labels.items()))): each.value for each in every}


def requests(read: Samples, method: str, path: str, status: int) -> float:
    labels = (HOUSES, ("method", method), ("path", path), ("status", str(status)))
    return read.get(("tablecast_requests_total", labels), 0)


@pytest.fixture
def own_app(sealed: Path) -> Flask:
    return create_app({"MODEL_DIR": str(sealed), "ADDRESS": "127.0.0.1"})


def read(client: FlaskClient) -> Samples:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.mimetype == "text/plain"
    return samples(response.text)


def test_requests_rows_and_warnings_are_counted(own_app: Flask, sealed: Path) -> None:
    client = own_app.test_client()
    client.get("/predict?x=1800")
    client.get("/predict?x=many")
    client.post("/predict", json=[{"x": 1800}, {"heating": "embers", "x": 1}])
    table = b"x,heating\n1800,hot air\nmany,hot air\n99999,embers\n"
    with client.post("/batch_prediction", data=table, content_type="text/csv") as response:
        assert response.data.count(b"\r\n") == 4
    client.get("/no/such/place")
    client.open("/predict", method="BREW")
    seen = read(client)
    assert requests(seen, "GET", "/predict", 200) == 1
    assert requests(seen, "GET", "/predict", 400) == 1
    assert requests(seen, "GET", "none", 404) == 1
    assert requests(seen, "other", "none", 405) == 1
    assert seen["tablecast_rows_total", (HOUSES, ("path", "/predict"))] == 3
    assert seen["tablecast_rows_total", (HOUSES, ("path", "/batch_prediction"))] == 2
    assert seen["tablecast_warnings_total", (HOUSES, ("kind", "unseen_category"))] == 2
    assert seen["tablecast_warnings_total", (HOUSES, ("kind", "above_range"))] == 1
    assert seen["tablecast_request_seconds_count", (HOUSES, ("path", "/predict"))] == 3
    assert seen["tablecast_model", (("dataset", "houses"), ("version", sealed.name))] == 1


def test_the_fast_path_counts_as_flask_does(own_app: Flask) -> None:
    client = own_app.test_client()
    client.get("/predict?x=99999")
    before = read(client)
    assert FastPath(own_app).answer(FastRequest("GET", "/predict", b"x=99999")) is not None
    after = read(client)
    assert requests(after, "GET", "/predict", 200) == requests(before, "GET", "/predict", 200) + 1
    for name in ("tablecast_rows_total", "tablecast_request_seconds_count"):
        assert after[name, (HOUSES, ("path", "/predict"))] == 2
    assert after["tablecast_warnings_total", (HOUSES, ("kind", "above_range"))] == 2


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("0.0.0.0", 404), ("", 404)]
)
def test_they_are_for_this_machine(sealed: Path, address: str, status: int) -> None:
    client = create_app({"MODEL_DIR": str(sealed), "ADDRESS": address}).test_client()
    assert client.get("/metrics").status_code == status


def test_or_for_who_has_a_key(sealed: Path) -> None:
    key, known = new_key("prometheus")
    config = {"MODEL_DIR": str(sealed), "ADDRESS": "0.0.0.0", "KEYS": str(known)}
    client = create_app(config).test_client()
    assert client.get("/metrics").status_code == 401
    headers = {"Authorization": f"Bearer {key}"}
    assert client.get("/metrics", headers=headers).status_code == 200


@pytest.fixture(scope="module", params=["granian", "gunicorn", "waitress"])
def two(request: pytest.FixtureRequest, home: Path) -> Iterator[Live]:
    """A service of two processes, where its server can have as many."""
    port = own_port()
    command = ["-m", "tablecast", "serve", "houses", "--port", str(port)]
    live = start([*command, "--server", request.param], port, home, workers=2)
    yield live
    live.stop()


def test_several_processes_count_together(two: Live) -> None:
    for _ in range(40):  # each over a connection of its own, which either process may take
        assert two.ask("GET", "/predict?x=1800")[0] == 200
    seen = samples(two.ask("GET", "/metrics")[1].decode())
    assert requests(seen, "GET", "/predict", 200) == 40
    answered = sum(value for (name, _), value in seen.items() if name == "tablecast_requests_total")
    status = two.ask("GET", "/status")[1].decode()
    assert f"{answered + 1:,.0f} answered since then" in status
