"""The same trees, calibrated on what came true: ranges hold the truth again, in seconds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import joblib
import numpy as np
import pytest

from Task1_database.errors import TrainingError
from Task2_model.artifact import FOREST, SealedModel
from Task2_model.conformal import conformal
from Task2_model.gate import gate
from Task2_model.recalibrate import Outcomes, adaptive_coverage, recalibrate
from Task2_model.study import Study

MONTHS = 18
RISE = 1.02  # a month


@pytest.fixture
def copied(sealed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sealed, tmp_path / "houses" / sealed.name))


def rising(study: Study, months: range, seed: int) -> Outcomes:
    """Houses of the table, their prices risen by 2 % a month, in the order of time.

    The model has seen the table: so what it did not know of a row is put in anew.
    """
    rng = np.random.default_rng(seed)
    held = study.answers.query("model == 'Boosting' and subset == 'all'").set_index("row")
    drawn = rng.choice(held.index.to_numpy(), 100 * len(months))
    given = [study.table.iloc[row][list(study.contract.names)].dropna().to_dict() for row in drawn]
    block = study.fitted.predict(study.contract.encode(given))
    own = held.loc[drawn]
    unknown = ((own["truth"] - own["prediction"]) / (own["upper"] - own["lower"])).to_numpy()
    prices = block["prediction"] + unknown * (block["upper"] - block["lower"])
    rise = RISE ** np.repeat(list(months), 100)
    outcomes = (np.maximum(prices, 5000.0) * rise).tolist()
    return Outcomes(given, outcomes, "2027-01-15T08:00:00.000Z")


def coverage(folder: Path, latest: Outcomes) -> float:
    sealed = SealedModel.open(folder)
    model = conformal(sealed.contract, sealed.calibration, sealed.ensemble())
    block = model.block(sealed.contract.encode(latest.given))
    truth = np.array(latest.outcomes)
    return float(((block["lower"] <= truth) & (truth <= block["upper"])).mean())


def test_prices_drift_and_the_promise_is_kept_again(copied: Path, study: Study) -> None:
    seen = rising(study, range(MONTHS - 6, MONTHS), 0)
    coming = rising(study, range(MONTHS, MONTHS + 1), 1)
    before = coverage(copied, coming)
    folder = recalibrate(copied.parent, copied, seen)
    after = coverage(folder, coming)
    adaptive, confidence = adaptive_coverage(copied, seen)
    assert before < 0.75
    assert 0.84 <= after <= 0.98
    assert adaptive.mean() > coverage(copied, seen) + 0.05
    assert confidence > 0.9


def test_several_confidences_at_once_are_each_as_alone(copied: Path, study: Study) -> None:
    sealed = SealedModel.open(copied)
    model = conformal(sealed.contract, sealed.calibration, sealed.ensemble())
    rows = study.rows[:8].copy()
    rows[::2, 3:] = np.nan
    for level, block in zip((0.5, 0.9), model.blocks(rows, (0.5, 0.9)), strict=True):
        for part, values in model.block(rows, confidence=level).items():
            np.testing.assert_array_equal(block[part], values)


def test_the_trees_are_the_same_and_all_else_fits(copied: Path, study: Study) -> None:
    folder = recalibrate(copied.parent, copied, rising(study, range(3), 0))
    assert (folder / FOREST).read_bytes() == (copied / FOREST).read_bytes()
    sealed = SealedModel.open(folder)
    provenance = sealed.manifest["provenance"]
    assert provenance["recalibrated"] == copied.name
    assert provenance["outcomes"] == 300
    assert f"those of version {copied.name}" in (folder / "MODEL_CARD.md").read_text()
    rows = sealed.contract.encode(row["request"] for row in sealed.golden)
    for part, values in joblib.load(folder / "model.joblib").predict(rows).items():
        np.testing.assert_allclose(values, [row["answer"][part] for row in sealed.golden])
    report = gate(sealed, SealedModel.open(copied))
    assert report.passed
    assert json.loads((copied / "golden.json").read_text()) != sealed.golden


def test_too_few_outcomes_are_refused_and_leave_nothing(copied: Path, study: Study) -> None:
    few = rising(study, range(1), 0)
    with pytest.raises(TrainingError, match="99 answers have an outcome; 100 are needed"):
        recalibrate(copied.parent, copied, Outcomes(few.given[:99], few.outcomes[:99], ""))
    assert list(copied.parent.iterdir()) == [copied]


def test_an_outcome_that_cannot_be_is_named(copied: Path, study: Study) -> None:
    some = rising(study, range(1), 0)
    some.outcomes[3] = -1.0
    if not study.contract.target.logarithmic:
        pytest.skip("the price is not learned as a logarithm")
    with pytest.raises(TrainingError, match="price has an outcome that is not above 0"):
        recalibrate(copied.parent, copied, some)
