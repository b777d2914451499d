"""A challenger in the shadow is asked what was really asked, and compared once outcomes come."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from Task1_database.dataset import Dataset
from Task1_database.keep.kept_folder import KeptFolder
from Task1_database.watch_tables import fold
from Task2_model.artifact import SealedModel, current
from Task2_model.monitoring.challenger import mean_interval
from Task2_model.monitoring.watch import watch
from Task2_model.recalibrate import Outcomes, recalibrate
from Task2_model.study import Study
from Task2_model.versions import put_in_shadow
from Task3_api.predictor import Predictor
from tests.Task2_model.monitoring.kept_week import DAY, MONDAY, keep_week


def dearer(price: float, day: int) -> float:
    return 1.25 * max(price, 10_000.0)


def test_a_recalibrated_version_keeps_the_promise_that_is_broken(
    houses: Dataset, models: Path, predictor: Predictor, study: Study, tmp_path: Path
) -> None:
    models = Path(shutil.copytree(models, tmp_path / "models" / "houses"))
    folder, url = KeptFolder(tmp_path / "kept"), f"duckdb:///{tmp_path}/watch.duckdb"
    keep_week(folder, predictor, study, dearer, days=3)
    serving = current(models)
    latest = Outcomes.of(SealedModel.open(serving).contract, fold(folder, houses, url))
    challenger = recalibrate(models, serving, latest)
    put_in_shadow(models, challenger.name, datetime.fromtimestamp(MONDAY + 3 * DAY, UTC))
    before = watch(fold(folder, houses, url), models)
    assert before["challenger"]["outcomes"] == 0
    assert f"The challenger {challenger.name} waits for outcomes of what is asked." in [
        each["text"] for each in before["statements"]
    ]
    keep_week(folder, predictor, study, dearer, days=6, seed=1)
    report = watch(fold(folder, houses, url), models)
    both = report["challenger"]
    assert 300 < both["outcomes"] < report["outcomes"] / 2
    assert both["coverage"]["seen"] < 0.82 < both["challenger_coverage"]["seen"]
    assert abs(both["difference"]["mean"]) < 10  # dollars: its trees are the same
    (text,) = (each["text"] for each in report["statements"] if "challenger" in each["text"])
    assert "errs like what is in service" in text


def test_the_interval_of_a_mean_is_right_however_often_one_looks() -> None:
    rng = np.random.default_rng(0)
    looks = [30, 60, 120, 250, 500, 1000, 2000]
    missed = 0
    for _ in range(400):
        values = rng.exponential(size=looks[-1]) - 1
        intervals = [mean_interval(values[:count]) for count in looks]
        missed += any(low is None or high is None or not low <= 0 <= high
                      for low, high in intervals)  # fmt: skip
    assert missed <= 0.05 * 400
    low, high = mean_interval(rng.normal(1, 1, 1000))
    assert low is not None
    assert high is not None
    assert 0.8 < low < 1 < high < 1.2
    assert mean_interval(np.zeros(3)) == (None, None)


@pytest.mark.parametrize("better", [True, False])
def test_who_errs_less_is_said(
    houses: Dataset, models: Path, predictor: Predictor, study: Study, tmp_path: Path, better: bool
) -> None:
    """What was answered is worse, or better, than what the same version would answer now."""
    models = Path(shutil.copytree(models, tmp_path / "models" / "houses"))
    folder = KeptFolder(tmp_path / "kept")
    keep_week(folder, predictor, study, days=2)
    tables = fold(folder, houses, f"duckdb:///{tmp_path}/watch.duckdb")
    truth = {row[0]: float(str(row[2])) for row in tables.outcomes}
    rows = [
        (*row[:5], truth.get(row[0], 0.0) + (0.0 if not better else 90_000.0), *row[6:])
        for row in tables.predictions
    ]
    same = shutil.copytree(current(models), models / "20270101T000000Z-00000001")
    manifest = (same / "manifest.json").read_text()
    (same / "manifest.json").write_text(manifest.replace(current(models).name, same.name))
    put_in_shadow(models, same.name, datetime.fromtimestamp(MONDAY, UTC))
    report = watch(tables._replace(predictions=rows), models)
    (text,) = (each["text"] for each in report["statements"] if "challenger" in each["text"])
    assert ("would have erred less, by $" in text) == better
    assert ("would have erred more, by $" in text) != better
