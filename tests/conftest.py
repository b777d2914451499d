"""What the tests share: houses really loaded, really trained, really served, once a run."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads of tests side by side wait by spinning

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import cast

import joblib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

import tablecast
from Task1_database.databases.connect import connect
from Task1_database.databases.url import VARIABLES
from Task1_database.dataset import Dataset
from Task1_database.load import load
from Task2_model.artifact import SealedModel
from Task2_model.model import PredictiveModel
from Task2_model.study import Study
from Task2_model.train import train
from Task3_api.app import create_app
from Task3_api.predictor import Predictor
from tests.live import Live, own_port, start
from tests.once import Once, once_in, root_of

settings.register_profile("tablecast", deadline=None)  # time is not the matter
settings.load_profile("tablecast")
pytest_plugins = ["tests.servers", "tests.browser"]
for variable in VARIABLES:  # no test may touch the database of whoever runs it
    os.environ.pop(variable, None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where TABLECAST_SKIP_NOTHING is set, a test that skips itself has failed."""
    report = yield
    if report.skipped and os.environ.get("TABLECAST_SKIP_NOTHING"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but nothing may be: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """`once(name, make)`: a folder made once a run; read it, never write to it."""
    return once_in(root_of(tmp_path_factory))


@pytest.fixture(scope="session")
def houses() -> Dataset:
    return Dataset.open("houses")


@pytest.fixture(scope="session")
def houses_url(houses: Dataset, once: Once) -> str:
    """A DuckDB file with houses loaded; read it, never write to it."""

    def url(folder: Path) -> str:
        return f"duckdb:///{folder}/houses.duckdb"

    return url(once("houses_database", lambda folder: list(load(houses, url(folder)))))


@pytest.fixture(scope="session")
def study(houses: Dataset, houses_url: str, once: Once) -> Study:
    """The study of houses, evaluated and fitted."""

    def make(folder: Path) -> None:
        with connect(houses_url, read_only=True) as database:
            study = Study.read(database, houses)
        assert study.fitted
        joblib.dump(study, folder / "study.joblib")

    return cast("Study", joblib.load(once("houses_study", make) / "study.joblib"))


@pytest.fixture(scope="session")
def fitted(study: Study) -> PredictiveModel:
    return study.fitted


@pytest.fixture(scope="session")
def models(houses: Dataset, houses_url: str, once: Once) -> Path:
    """models/houses with one version in service, made as `tablecast train` makes it."""
    return once("houses_models", lambda folder: train(houses, houses_url, folder))


@pytest.fixture(scope="session")
def sealed(models: Path) -> Path:
    """The folder of the sealed model; copy it before altering anything."""
    (folder,) = (path.parent for path in models.glob("*/manifest.json"))
    return folder


@pytest.fixture(scope="session")
def predictor(sealed: Path) -> Predictor:
    return Predictor(SealedModel.open(sealed))


@pytest.fixture(scope="session")
def app(sealed: Path) -> Flask:
    return create_app({"MODEL_DIR": str(sealed), "TESTING": True})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def home(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which houses is trained."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "models").mkdir()
    (folder / "models" / "houses").symlink_to(models)
    return folder


@pytest.fixture(scope="session")
def births_home(once: Once) -> Path:
    """A home in which births, a classification, is loaded and trained, as one does from Python."""

    def make(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TABLECAST_HOME", str(folder))
            tablecast.load("births")
            tablecast.train("births")

    return once("births_home", make)


@pytest.fixture(scope="session")
def several(models: Path, births_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three models: houses and births are sound, clients cannot be opened."""
    folder = tmp_path_factory.mktemp("several")
    (folder / "houses").symlink_to(models)
    (folder / "births").symlink_to(births_home / "models" / "births")
    (folder / "clients").mkdir()
    (folder / "clients" / "CURRENT").write_text("20260101T000000Z-00000000")
    return folder


@pytest.fixture(scope="session")
def live(home: Path) -> Iterator[Live]:
    """The service, as `tablecast serve houses` runs it."""
    port = own_port()
    live = start(["-m", "tablecast", "serve", "houses", "--port", str(port)], port, home)
    yield live
    live.stop()
