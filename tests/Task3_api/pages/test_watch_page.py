"""Whether the promise is kept, on a page: what was found, what to do, and what nobody can know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from Task1_database.dataset import Dataset
from Task1_database.keep.kept_folder import KeptFolder
from Task1_database.keep.kept_store import WATCH
from Task1_database.watch_tables import fold
from Task2_model.artifact import current
from Task2_model.monitoring.watch import watch
from Task2_model.study import Study
from Task3_api import metrics
from Task3_api.app import create_app
from Task3_api.keep.keeper import Keeper
from Task3_api.keep.kept import keeper_of
from Task3_api.pages.watch_page import WatchView
from Task3_api.predictor import Predictor
from tests.Task2_model.monitoring.kept_week import keep_week
from tests.Task3_api.html import one, parsed, text_of


@pytest.fixture
def keeping(sealed: Path, tmp_path: Path) -> Iterator[Flask]:
    app = create_app({"MODEL_DIR": str(sealed), "KEEP": str(tmp_path)})
    yield app
    keeper(app).close()


def keeper(app: Flask) -> Keeper:
    found = keeper_of(app)
    assert found
    return found


def test_a_week_with_its_pictures(
    keeping: Flask,
    houses: Dataset,
    models: Path,
    predictor: Predictor,
    study: Study,
    tmp_path: Path,
) -> None:
    folder = keeper(keeping).store
    assert isinstance(folder, KeptFolder)
    keep_week(folder, predictor, study, lambda price, day: price * (1.4 if day >= 3 else 1))
    tables = fold(folder, houses, f"duckdb:///{tmp_path}/watch.duckdb")
    report = watch(tables, models, by="heating")
    folder.write(WATCH, orjson.dumps(report))
    client = keeping.test_client()
    soup = parsed(client.get("/watch"))
    assert "it should be 90: recalibrate." in text_of(one(soup, ".findings li.broken:first-child"))
    assert len(soup.select(".days circle")) == 7
    short = [tag["class"] == ["short"] for tag in soup.select(".days g[class]")]
    assert short == [True] * 4
    assert len(soup.select(".days path.line")) == 2
    assert len(soup.select(".shifts tr")) == 12
    assert "hot air" in text_of(one(soup, "[aria-labelledby=parts]"))
    assert "What this page cannot know" in soup.get_text()
    assert not soup.select("[style], script:not([src])")
    assert client.get("/watch.json").get_json()["outcomes"] == report["outcomes"]
    seen = report["coverage"]["seen"]
    figures = keeping.extensions[metrics.EXTENSION].text().decode()
    assert 'tablecast_watch_promise_broken{dataset="houses"} 1.0' in figures
    assert f'tablecast_watch_coverage{{dataset="houses"}} {seen}' in figures
    assert 'tablecast_watch_psi{dataset="houses",feature="living_area",moved="' in figures
    assert client.get("/").text.count('href="/watch"') == 1


def test_classes_are_watched_too(births_home: Path, tmp_path: Path) -> None:
    models = births_home / "models" / "births"
    app = create_app({"MODEL_DIR": str(current(models)), "KEEP": str(tmp_path)})
    client, store = app.test_client(), keeper(app).store
    ages = [{"mother_age": 20 + number % 20} for number in range(100)]
    answers = client.post("/predict", json=ages).get_json()
    outcomes = [
        {"id": answer["id"], "outcome": "premie" if number % 5 == 0 else "full term"}
        for number, answer in enumerate(answers)
    ]
    assert client.post("/outcomes", json=outcomes).get_json()["recorded"] == 100
    tables = fold(store, Dataset.open("births"), f"duckdb:///{tmp_path}/watch.duckdb")
    report = watch(tables, models, by="mother_age")
    store.write(WATCH, orjson.dumps(report))
    text = text_of(one(parsed(client.get("/watch")), "main"))
    keeper(app).close()
    assert "of the labels were wrong; from the inputs" in text
    assert "Mother's age 20 to 24 years" in text
    assert "Wrong labels" in text
    assert sum(each["outcomes"] for each in report["calibration"]) == 100


def test_of_a_year_the_latest_weeks_are_drawn(predictor: Predictor) -> None:
    seen = {"outcomes": 9, "seen": 0.9, "low": 0.7, "high": 1.0, "error": 5.0, "expected": 4.0}
    days = [{"day": f"2027-{1 + n // 28:02}-{1 + n % 28:02}", **seen} for n in range(300)]
    view = WatchView(predictor.contract, {"promised": 0.9, "days": days})
    assert [mark.day for mark in view.marks] == [day["day"] for day in days[-42:]]
    assert view.error_line("error").count("L") + 1 == 42


def test_before_anybody_has_looked(keeping: Flask) -> None:
    client = keeping.test_client()
    assert "tablecast watch houses" in text_of(one(parsed(client.get("/watch")), "main"))
    assert client.get("/watch.json").status_code == 404


def test_a_service_that_stores_nothing_says_so(client: FlaskClient) -> None:
    text = text_of(one(parsed(client.get("/watch")), "main"))
    assert "This service stores nothing, so nobody can tell." in text
    assert client.get("/watch.json").status_code == 404
