"""A version put in service while the service runs: taken up if whole, else the old one stays."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from Task2_model.artifact import CURRENT
from Task3_api import model_reloader
from Task3_api.app import create_app

OTHERS = [f"2099010{day}T000000Z-0123abcd" for day in (1, 2, 3)]


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_reloader, "CHECK_SECONDS", 0.1)


@pytest.fixture
def growing(sealed: Path, tmp_path: Path) -> Path:
    """A folder of models of which one can put others in service."""
    models = tmp_path / "houses"
    shutil.copytree(sealed, models / sealed.name)
    (models / CURRENT).write_text(sealed.name + "\n")
    return models


def put(models: Path, sealed: Path, version: str, spoil: str | None = None) -> None:
    """Put a copy of the sealed model in service under another version's name."""
    folder = shutil.copytree(sealed, models / version)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "version": version}))
    if spoil:
        (folder / spoil).write_bytes(b"")
    beside = models / ".current"
    beside.write_text(version + "\n")
    beside.replace(models / CURRENT)


def served_by(app: Flask) -> str:
    answer = app.test_client().get("/predict?x=1800")
    assert answer.status_code == 200
    return str(answer.get_json()["model"]["version"])


def soon(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def serves(app: Flask, version: str) -> bool:
    return served_by(app) == version


def test_another_version_is_taken_up(growing: Path, sealed: Path) -> None:
    app = create_app({"MODELS": str(growing)})
    assert served_by(app) == sealed.name
    for version in OTHERS[:2]:
        put(growing, sealed, version)
        assert soon(partial(serves, app, version))


def test_a_broken_version_is_logged_and_the_old_one_stays(
    growing: Path, sealed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app({"MODELS": str(growing)})
    put(growing, sealed, OTHERS[0], spoil="model.onnx")
    size = (sealed / "model.onnx").stat().st_size
    assert soon(lambda: served_by(app) == sealed.name and bool(caplog.messages))
    assert caplog.messages == [
        f"version {OTHERS[0]} is not served: {growing / OTHERS[0] / 'model.onnx'} differs from its"
        f" manifest (0 bytes, expected {size:,}); the sealed model has been altered"
    ]
    put(growing, sealed, OTHERS[1])
    assert soon(lambda: served_by(app) == OTHERS[1])
    assert caplog.messages[1:] == [f"serving houses, version {OTHERS[1]}"]


def test_a_version_that_was_refused_is_tried_again(
    growing: Path, sealed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app({"MODELS": str(growing)})
    put(growing, sealed, OTHERS[0], spoil="model.onnx")
    assert soon(lambda: served_by(app) == sealed.name and bool(caplog.messages))
    shutil.copy(sealed / "model.onnx", growing / OTHERS[0])
    assert soon(lambda: served_by(app) == OTHERS[0])
    assert caplog.messages[1:] == [f"serving houses, version {OTHERS[0]}"]


def test_only_the_pinned_version_is_taken_up(
    growing: Path, sealed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pin = hashlib.sha256((sealed / "manifest.json").read_bytes()).hexdigest()
    app = create_app({"MODELS": str(growing), "MODEL_SHA256": pin})
    put(growing, sealed, OTHERS[0])
    assert soon(lambda: served_by(app) == sealed.name and bool(caplog.messages))
    assert "is not the manifest that MODEL_SHA256 names" in caplog.messages[0]


def test_who_runs_it_is_told_why_a_version_is_not_served(growing: Path, sealed: Path) -> None:
    client = create_app({"MODELS": str(growing)}).test_client()
    assert "not_served" not in client.get("/readyz").get_json()
    put(growing, sealed, OTHERS[0], spoil="model.onnx")
    assert soon(lambda: "not_served" in client.get("/readyz").get_json())
    ready = client.get("/readyz").get_json()
    assert ready["model"]["version"] == sealed.name
    assert ready["not_served"].startswith(f"version {OTHERS[0]} is not served: {OTHERS[0]}")
    assert "model.onnx" in ready["not_served"]
    assert str(growing.parent) not in ready["not_served"]
    page = client.get("/status").text
    assert "is not served" in page
    assert str(growing.parent) not in page
    put(growing, sealed, OTHERS[1])
    assert soon(lambda: "not_served" not in client.get("/readyz").get_json())


@pytest.mark.parametrize("text", [None, "", "../elsewhere\n"])
def test_a_current_that_names_none_changes_nothing_and_is_logged_once(
    growing: Path, sealed: Path, text: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app({"MODELS": str(growing)})
    (growing / CURRENT).unlink()
    if text is not None:
        (growing / CURRENT).write_text(text)
    for _ in range(2):
        time.sleep(0.3)
        assert served_by(app) == sealed.name
    (message,) = caplog.messages
    assert (
        "is not a version's name" if text is not None else "no model has been trained"
    ) in message
    put(growing, sealed, OTHERS[0])
    assert soon(lambda: served_by(app) == OTHERS[0])


def test_one_sealed_model_alone_is_not_left(growing: Path, sealed: Path) -> None:
    app = create_app({"MODEL_DIR": str(growing / sealed.name)})
    put(growing, sealed, OTHERS[0])
    time.sleep(1.1)
    assert served_by(app) == sealed.name
    time.sleep(1)
    assert served_by(app) == sealed.name
