"""Several models in one service: each below its name, with one door for all."""

from __future__ import annotations

import gc
import shutil
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from Task1_database.errors import SealError, TablecastError
from Task3_api.app import create_app
from Task3_api.fast_path import FastPath, FastRequest
from Task3_api.keep.kept import keeper_of
from Task3_api.keys import new_key
from Task3_api.mounts import EXTENSION, locate, served_lines

BROWSER = {"Accept": "text/html"}


def service(several: Path, **config: Any) -> Flask:
    return create_app({"MODELS": str(several), "ADDRESS": "127.0.0.1", **config})


@pytest.fixture(scope="module")
def front(several: Path) -> FlaskClient:
    return service(several).test_client()


def test_each_model_answers_below_its_name(front: FlaskClient, client: FlaskClient) -> None:
    assert front.get("/houses/predict?x=1800").data == client.get("/predict?x=1800").data
    assert front.get("/births/predict?x=30").get_json()["model"]["dataset"] == "births"
    posted = front.post("/houses/predict", json={"x": 1800})
    assert posted.get_json()["prediction"] == client.get("/predict?x=1800").get_json()["prediction"]


def test_a_model_more_costs_less_than_2_mb(models: Path, tmp_path: Path) -> None:
    for name in ("homes", "houses"):
        (tmp_path / name).symlink_to(models)
    service(tmp_path).test_client().get("/houses/predict?x=1800")
    (tmp_path / "one_more").symlink_to(models)
    sizes = []
    for _ in range(2):
        tracemalloc.start()
        kept = service(tmp_path)
        gc.collect()
        sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        del kept
        (tmp_path / "one_more").unlink(missing_ok=True)
    assert 0 < sizes[0] - sizes[1] < 2_000_000


def test_the_fast_path_does_too(front: FlaskClient) -> None:
    app, root = locate(front.application, "/houses/predict")
    front.get("/houses/predict?x=1800")
    response = FastPath(app).answer(FastRequest("GET", "/predict", b"x=1800", root=root))
    assert response
    assert response.data == front.get("/houses/predict?x=1800").data


def test_a_name_without_a_slash_leads_to_its_page(front: FlaskClient) -> None:
    response = front.get("/houses?x=1800")
    assert (response.status_code, response.headers["Location"]) == (308, "/houses/?x=1800")


def test_what_cannot_be_opened_leaves_the_others_alone(front: FlaskClient) -> None:
    for path in ("/clients", "/clients/", "/clients/predict?x=1"):
        response = front.get(path)
        assert (response.status_code, response.mimetype) == (503, "application/problem+json")
        assert response.get_json()["detail"].startswith("clients is not served: 2026")
        assert response.headers["Retry-After"] == "60"
    assert front.post("/clients/predict", json={}).status_code == 503
    page = front.get("/clients/", headers=BROWSER)
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert 'href="/"' in page.text


def test_whether_it_is_ready_names_what_is_served_and_what_is_not(
    front: FlaskClient, several: Path
) -> None:
    ready = front.get("/readyz").get_json()
    assert ready["status"] == "ready"
    assert {name: model["dataset"] for name, model in ready["models"].items()} == {
        "births": "births",
        "houses": "houses",
    }
    assert list(ready["not_served"]) == ["clients"]
    assert str(several) not in ready["not_served"]["clients"]
    assert front.get("/healthz").get_json() == {"status": "ok"}
    assert front.get("/houses/readyz").get_json()["model"] == ready["models"]["houses"]
    assert len(served_lines(front.application)) == 3


def test_what_there_is_not(front: FlaskClient) -> None:
    nothing = front.get("/predict?x=1800")
    assert nothing.status_code == 404
    assert nothing.get_json()["detail"] == (
        "there is nothing at '/predict'; the models are at /births/ and /clients/ and /houses/"
    )
    inside = front.get("/houses/nowhere").get_json()["detail"]
    assert inside == "there is nothing at '/houses/nowhere'"
    refused = front.delete("/houses/predict").get_json()["detail"]
    assert refused.startswith("/houses/predict does not take DELETE")


def test_its_interface_says_where_it_is(front: FlaskClient, client: FlaskClient) -> None:
    assert front.get("/houses/openapi.json").get_json()["servers"] == [{"url": "/houses"}]
    assert "servers" not in client.get("/openapi.json").get_json()


def test_a_model_that_becomes_whole_is_served(several: Path, models: Path, tmp_path: Path) -> None:
    shutil.copytree(several, tmp_path / "models", symlinks=True)
    client = service(tmp_path / "models").test_client()
    assert client.get("/clients/predict?x=1800").status_code == 503
    version = (models / "CURRENT").read_text().strip()
    shutil.copytree(models / version, tmp_path / "models" / "clients" / version)
    (tmp_path / "models" / "clients" / "CURRENT").write_text(version)
    until = time.monotonic() + 20
    while client.get("/clients/predict?x=1800").status_code == 503 and time.monotonic() < until:
        time.sleep(0.1)
    assert client.get("/clients/predict?x=1800").status_code == 200
    assert "not_served" not in client.get("/readyz").get_json()


def test_one_key_and_one_cookie_open_all(several: Path) -> None:
    key, known = new_key("alice")
    client = service(several, KEYS=str(known)).test_client()
    for path in ("/", "/houses/predict?x=1", "/births/", "/clients/", "/metrics", "/nowhere"):
        assert client.get(path).status_code == 401, path
    for path in ("/healthz", "/readyz", "/houses/healthz", "/login", "/houses/login"):
        assert client.get(path).status_code == 200, path
    bearer = {"Authorization": f"Bearer {key}"}
    assert client.get("/births/predict?x=30", headers=bearer).status_code == 200
    asked = client.get("/houses/?x=1800", headers=BROWSER)
    assert 'value="/houses/?x=1800"' in asked.text
    entered = client.post("/houses/login", data={"key": key, "next": "/houses/?x=1800"})
    assert (entered.status_code, entered.headers["Location"]) == (303, "/houses/?x=1800")
    for path in ("/", "/houses/predict?x=1", "/births/"):
        assert client.get(path).status_code == 200, path
    left = client.post("/logout")
    assert left.headers["Location"] == "/login"
    assert client.get("/births/").status_code == 401


def test_uploads_of_all_are_counted_together(several: Path) -> None:
    client = service(several, MAX_UPLOADS=1).test_client()
    upload = {"data": b"living_area\n" + b"1800\n" * 20_000, "content_type": "text/csv"}
    first = client.post("/houses/batch_prediction", **upload)
    assert client.post("/births/batch_prediction", **upload).status_code == 429
    first.close()
    assert client.post("/births/batch_prediction", **upload).status_code == 400


def test_one_limit_is_of_all(several: Path) -> None:
    client = service(several, LIMIT="3/minute").test_client()
    paths = ("/houses/predict?x=1", "/births/predict?x=30", "/", "/houses/predict?x=1", "/")
    assert [client.get(path).status_code for path in paths] == [200, 200, 200, 429, 429]
    assert client.get("/readyz").status_code == 200


def test_each_model_is_counted_as_itself(several: Path) -> None:
    client = service(several).test_client()
    for path in ("/houses/predict?x=1", "/houses/predict?x=2", "/births/predict?x=30", "/"):
        client.get(path)
    text = client.get("/metrics").text
    families = {family.name: family.samples for family in text_string_to_metric_families(text)}
    counted = {
        (sample.labels["dataset"], sample.labels["path"]): sample.value
        for sample in families["tablecast_requests"]
        if sample.name.endswith("_total")
    }
    assert counted == {("houses", "/predict"): 2, ("births", "/predict"): 1, ("", "/"): 1}
    assert {sample.labels["dataset"] for sample in families["tablecast_model"]} == {
        "houses",
        "births",
    }
    assert "2 answered since then" in client.get("/houses/status").text


def test_the_log_names_the_model(several: Path, capfd: pytest.CaptureFixture[str]) -> None:
    client = service(several, LOG="text").test_client()
    client.get("/houses/predict?x=1800")
    client.get("/clients/predict")
    out = capfd.readouterr().out
    assert " GET /houses/predict 200 " in out
    assert " GET /clients/predict 503 " in out


def test_answers_are_kept_by_dataset(several: Path, tmp_path: Path) -> None:
    app = service(several, KEEP=str(tmp_path))
    client = app.test_client()
    for path in ("/houses/predict?x=1800", "/births/predict?x=30"):
        assert client.get(path).get_json()["id"]
    for mount in app.extensions[EXTENSION]:
        if mount.app and (keeper := keeper_of(mount.app)):
            keeper.close()
    kept = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*") if path.is_file()}
    assert kept == {"houses", "births"}


def test_no_service_without_a_sound_model(tmp_path: Path, several: Path) -> None:
    (tmp_path / "clients").symlink_to(several / "clients")
    with pytest.raises(SealError, match="none of the models can be served: clients: 2026"):
        service(tmp_path)


def test_a_name_that_the_service_has_itself(tmp_path: Path, models: Path) -> None:
    (tmp_path / "metrics").symlink_to(models)
    with pytest.raises(TablecastError, match=r"/metrics is the service's own"):
        service(tmp_path)
