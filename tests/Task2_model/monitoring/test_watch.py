"""A week in service: what holds is found to hold, what breaks is found when it breaks."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from Task1_database.dataset import Dataset
from Task1_database.errors import InputError
from Task1_database.keep.kept_folder import KeptFolder
from Task1_database.keep.outcome_lines import record_outcomes
from Task1_database.watch_tables import WatchTables, fold
from Task2_model.artifact import SealedModel, current
from Task2_model.monitoring.watch import watch
from Task2_model.recalibrate import Outcomes, recalibrate
from Task2_model.study import Study
from Task2_model.versions import put_in_service
from Task3_api.predictor import Predictor
from tests.Task2_model.monitoring.kept_week import DAY, MONDAY, Truth, keep_week


@pytest.fixture
def folder(tmp_path: Path) -> KeptFolder:
    return KeptFolder(tmp_path / "kept")


def folded(folder: KeptFolder, houses: Dataset) -> WatchTables:
    return fold(folder, houses, f"duckdb:///{folder.root.parent}/watch.duckdb")


def test_a_good_week_is_found_good(
    folder: KeptFolder, houses: Dataset, models: Path, predictor: Predictor, study: Study
) -> None:
    keep_week(folder, predictor, study)
    report = watch(folded(folder, houses), models, by="heating", recent_days=3)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert report["answers"] == 1400
    assert 750 < report["outcomes"] < 930
    assert [day["answers"] for day in report["days"]] == [200] * 7
    coverage = report["coverage"]
    assert coverage["low"] <= 0.9 <= coverage["high"]
    assert not any(statement["broken"] for statement in report["statements"])
    assert {each["kind"] for each in report["slices"]} >= {"version", "heating"}
    error = report["error"]
    assert error["expected"] == pytest.approx(error["seen"], rel=0.25)
    assert error["reported"] == pytest.approx(error["seen"], rel=0.25)
    assert not any(line["moved"] for line in report["drift"]["given"])


def test_prices_that_rise_break_the_promise_on_the_day_they_do(
    folder: KeptFolder, houses: Dataset, models: Path, predictor: Predictor, study: Study
) -> None:
    rising: Truth = lambda price, day: price * (1.25 if day >= 3 else 1)  # noqa: E731
    keep_week(folder, predictor, study, rising)
    report = watch(folded(folder, houses), models)
    assert report["alarm"]["broken"]
    assert report["alarm"]["since"][:10] in {report["days"][n]["day"] for n in (3, 4)}
    first = report["statements"][0]
    assert first["broken"]
    found = f" It was found broken on {report['alarm']['since'][:10]}."
    assert first["text"].endswith("of the last 100, it should be 90: recalibrate." + found)
    assert any("what follows from the inputs has moved" in s["text"] for s in report["statements"])
    assert report["error"]["seen"] > 1.25 * report["error"]["expected"]


def test_an_alarm_is_over_once_its_version_is_replaced(
    houses: Dataset, models: Path, predictor: Predictor, study: Study, tmp_path: Path
) -> None:
    noisy: Truth = lambda price, day: max(price, 9e3) * 1.4 ** (-1) ** int(price)  # noqa: E731
    models = Path(shutil.copytree(models, tmp_path / "models" / "houses"))
    folder = KeptFolder(tmp_path / "kept")
    keep_week(folder, predictor, study, noisy, days=3)
    before, tables = current(models), folded(folder, houses)
    assert watch(tables, models)["alarm"]["broken"]
    after = recalibrate(models, before, Outcomes.of(SealedModel.open(before).contract, tables))
    put_in_service(models, after.name)
    report = watch(tables, models)
    assert not any(each["broken"] for each in report["statements"])
    first, second = (each["text"] for each in report["statements"][:2])
    assert first.startswith("No answer of the version in service has an outcome yet")
    assert second.startswith(f"Version {before.name} was found on 2027-01-")
    keep_week(folder, Predictor(SealedModel.open(after)), study, first=3, days=1, share=0)
    since = [row for row in folded(folder, houses).predictions if row[2] == after.name]
    record_outcomes(folder, {str(row[0]): float(str(row[5])) for row in since}, MONDAY + 4 * DAY)
    report = watch(folded(folder, houses), models)
    assert not any(each["broken"] for each in report["statements"])
    assert (report["coverage"]["outcomes"], report["coverage"]["seen"]) == (200, 1)
    put_in_service(models, before.name)
    report = watch(folded(folder, houses), models)
    assert report["alarm"]["broken"]
    assert report["alarm"]["version"] == before.name


def test_a_few_large_errors_prove_nothing(
    folder: KeptFolder, houses: Dataset, models: Path, predictor: Predictor, study: Study
) -> None:
    keep_week(folder, predictor, study, lambda price, day: 2 * price, days=1, answers=8)
    report = watch(folded(folder, houses), models)
    assert report["error"]["seen"] > 1.25 * report["error"]["expected"]
    assert not any("has moved" in each["text"] for each in report["statements"])


def test_larger_houses_are_found_before_any_outcome_comes(
    folder: KeptFolder, houses: Dataset, models: Path, predictor: Predictor, study: Study
) -> None:
    keep_week(
        folder, predictor, study, share=0, size=lambda area, day: area * (1.4 if day >= 4 else 1)
    )
    report = watch(folded(folder, houses), models, recent_days=3)
    first = report["drift"]["features"][0]
    assert (first["feature"], first["moved"]) == ("living_area", True)
    assert report["drift"]["answers"]["moved"]
    assert any("answers of the last 3 days differ" in each["text"] for each in report["statements"])
    assert report["error"]["seen"] is None
    assert report["error"]["expected_recent"] > 0
    assert report["statements"][0]["text"].startswith("No outcome has been posted")


def test_a_feature_that_is_given_no_more_is_found(
    folder: KeptFolder, houses: Dataset, models: Path, predictor: Predictor, study: Study
) -> None:
    keep_week(folder, predictor, study, days=5)
    tables = folded(folder, houses)
    rows = []
    for row in tables.predictions:
        given = json.loads(str(row[-2]))
        if str(row[1])[:10] > str(tables.predictions[-1][1])[:10].replace("19", "17"):
            del given["age"]
        rows.append((*row[:-2], json.dumps(given), row[-1]))
    report = watch(WatchTables(rows, tables.outcomes), models, recent_days=2)
    moved = [line for line in report["drift"]["given"] if line["moved"]]
    assert [line["feature"] for line in moved] == ["age"]
    assert (moved[0]["share_before"], moved[0]["share"]) == (1.0, 0.0)


def test_without_answers_nothing_is_said_wrongly(models: Path) -> None:
    report = watch(WatchTables([], []), models)
    assert (report["answers"], report["outcomes"]) == (0, 0)
    assert [s["broken"] for s in report["statements"]] == [False]


def test_a_group_that_is_no_feature_is_refused(models: Path) -> None:
    with pytest.raises(InputError, match="'colour' is no feature of houses"):
        watch(WatchTables([], []), models, by="colour")
