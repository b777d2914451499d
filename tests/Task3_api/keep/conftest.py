"""A service that keeps its answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from Task2_model.contract import Contract
from Task3_api.app import create_app
from Task3_api.keep.keeper import Keeper
from Task3_api.keep.kept import keeper_of
from Task3_api.predictor import Predictor

Make = Callable[..., Flask]


@pytest.fixture
def make(sealed: Path, tmp_path: Path) -> Iterator[Make]:
    """Makes services that keep their answers in one folder; they are ended with the test."""
    apps = []

    def make_app(**config: Any) -> Flask:
        app = create_app({"MODEL_DIR": str(sealed), "KEEP": str(tmp_path / "kept"), **config})
        apps.append(app)
        return app

    yield make_app
    for app in apps:
        if keeper := keeper_of(app):
            keeper.close()


@pytest.fixture
def keeping(make: Make) -> Flask:
    return make()


def keeper(app: Flask) -> Keeper:
    found = keeper_of(app)
    assert found
    return found


@pytest.fixture
def predictor_contract(predictor: Predictor) -> Contract:
    return predictor.contract
