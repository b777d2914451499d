from __future__ import annotations

import json
from pathlib import Path

import joblib
import numpy as np
import pytest

from Task1_database.dataset import Dataset
from Task1_database.errors import TableMissing
from Task2_model.artifact import SealedModel, current
from Task2_model.model import PredictiveModel
from Task2_model.study import Study
from Task2_model.train import train


def test_seals_all_that_the_design_names(sealed: Path) -> None:
    assert {path.name for path in sealed.iterdir()} == {
        "MLmodel", "MODEL_CARD.md", "answers", "calibration.npz", "contract.json", "ensemble.npz",
        "golden.json", "held_out.npz", "manifest.json", "model.joblib", "model.onnx", "forest.npz",
        "report.html", "report.ipynb", "report.pdf", "requirements.txt",
    }  # fmt: skip
    assert len(list((sealed / "answers").glob("*.csv"))) == 8
    assert len(list((sealed / "answers").glob("*.sql"))) == 8


def test_nothing_is_left_behind(models: Path, sealed: Path) -> None:
    assert {path.name for path in models.iterdir()} == {"CURRENT", "HISTORY", sealed.name}


def test_the_manifest_says_where_the_model_comes_from(sealed: Path, study: Study) -> None:
    manifest = json.loads((sealed / "manifest.json").read_text(encoding="utf-8"))
    provenance = manifest["provenance"]
    assert provenance["rows"] == 1728
    assert provenance["data_sha256"] == study.data_sha256
    assert provenance["sql"] == study.sql
    assert provenance["database"] == "duckdb:houses.duckdb"
    assert provenance["model"] == "Task2_model.boosting.Boosting"
    ways = {(line["model"], line["subset"]) for line in manifest["metrics"]}
    assert {("Boosting", "all"), ("Boosting", "x_only"), ("median", "all")} <= ways


def test_the_joblib_model_is_the_sealed_one(sealed: Path, study: Study) -> None:
    model: PredictiveModel = joblib.load(sealed / "model.joblib")
    golden = SealedModel.open(sealed).golden
    rows = study.contract.encode(row["request"] for row in golden)
    for part, values in model.predict(rows).items():
        np.testing.assert_allclose(values, [row["answer"][part] for row in golden], rtol=1e-12)


def test_the_joblib_model_answers_a_frame_as_its_rows(sealed: Path, study: Study) -> None:
    model: PredictiveModel = joblib.load(sealed / "model.joblib")
    answers = model.predict(study.table.head(50))  # it has the target, too
    for part, values in model.predict(study.rows[:50]).items():
        np.testing.assert_array_equal(answers[part], values)


def test_golden_rows_ask_in_full_by_x_and_in_part(sealed: Path, study: Study) -> None:
    requests = [row["request"] for row in SealedModel.open(sealed).golden]
    assert list(requests[0]) == list(study.contract.names)
    assert list(requests[1]) == ["living_area"]
    assert len({len(request) for request in requests}) > 5


def test_a_failure_leaves_the_model_in_service(
    houses: Dataset, models: Path, sealed: Path, tmp_path: Path
) -> None:
    with pytest.raises(TableMissing):
        train(houses, f"duckdb:///{tmp_path}/nothing.duckdb", models)
    assert current(models) == sealed
    assert {path.name for path in models.iterdir()} == {"CURRENT", "HISTORY", sealed.name}


def test_nothing_is_done_where_nothing_has_changed(
    houses: Dataset, houses_url: str, models: Path, sealed: Path
) -> None:
    lines: list[str] = []
    assert train(houses, houses_url, models, unless_unchanged=True, log=lines.append) == sealed
    assert lines == [f"same rows, code and seed as version {sealed.name}: nothing to do"]
    assert {path.name for path in models.iterdir()} == {"CURRENT", "HISTORY", sealed.name}
