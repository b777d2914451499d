"""Several models below their names: which folders they are, and what of them can be opened."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from flask import Flask

from Task1_database.errors import SealError, TablecastError
from Task2_model.artifact import CURRENT
from Task3_api.mounts import Mount, locate, mounted_folders, open_all, served_lines

VERSION = "20260101T000000Z-00000000"


def model(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / CURRENT).write_text(VERSION)
    return folder


def test_a_folder_of_models_is_several_even_if_it_holds_one(tmp_path: Path) -> None:
    houses = model(tmp_path / "houses")
    model(tmp_path / ".hidden")
    (tmp_path / "in_the_making").mkdir()
    assert mounted_folders({"MODELS": str(tmp_path)}) == {"houses": houses}
    births = model(tmp_path / "births")
    found = mounted_folders({"MODELS": str(tmp_path)})
    assert list(found.items()) == [("births", births), ("houses", houses)]


def test_so_are_several_folders_in_the_order_they_are_named(tmp_path: Path) -> None:
    folders = [model(tmp_path / "one" / "houses"), tmp_path / "not" / "there"]
    text = os.pathsep.join(map(str, folders))
    assert list(mounted_folders({}, {"MODELS": text}).values()) == folders


def test_one_model_is_not(tmp_path: Path) -> None:
    houses = model(tmp_path / "houses")
    for source in ({"MODELS": str(houses)}, {"MODEL_DIR": str(tmp_path)}, {"MODELS": "/no"}, {}):
        assert mounted_folders(source, {"MODEL_DIR": str(tmp_path)}) == {}


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a/houses", "b/houses"], "2 models are called houses; a service has a name once"),
        (["houses", "my houses"], "'my houses' cannot name a model in an address"),
    ],
)
def test_names_that_cannot_be(tmp_path: Path, names: list[str], message: str) -> None:
    text = os.pathsep.join(str(model(tmp_path / name)) for name in names)
    with pytest.raises(TablecastError, match=message):
        mounted_folders({"MODELS": text})


def test_a_pin_is_of_one_model(tmp_path: Path) -> None:
    model(tmp_path / "houses")
    with pytest.raises(TablecastError, match="MODEL_SHA256 is of one manifest"):
        mounted_folders({"MODELS": str(tmp_path)}, {"MODEL_SHA256": "0" * 64})


def test_where_none_can_be_opened_each_says_why(tmp_path: Path) -> None:
    def broken() -> Flask:
        raise SealError(f"{tmp_path}/v1: manifest.json is missing")

    mounts = [Mount(name, tmp_path, broken) for name in ("houses", "births")]
    with pytest.raises(SealError, match=r"served: houses: v1: manifest.*; births: v1: manifest"):
        open_all(mounts)


def test_what_cannot_be_opened_is_tried_again(app: Flask, tmp_path: Path) -> None:
    marker = tmp_path / "whole"

    def make() -> Flask:
        if not marker.exists():
            raise SealError("not yet")
        return app

    mount = Mount("houses", tmp_path, make)
    mount.open()
    assert (mount.app, mount.model, mount.issue) == (None, None, "not yet")
    marker.touch()
    mount.retry()
    until = time.monotonic() + 10
    while mount.app is None and time.monotonic() < until:
        time.sleep(0.01)
    assert mount.app is app


def test_one_model_answers_everywhere(app: Flask) -> None:
    assert locate(app, "/houses/predict") == (app, "")
    (line,) = served_lines(app)
    assert line.startswith("serving houses, version ")
