from __future__ import annotations

import pickle

import numpy as np
import pytest

from Task1_database.errors import TrainingError
from Task2_model.boosting import Boosting
from Task2_model.contract import Contract, Feature, Target
from Task2_model.model import PredictiveModel, show
from Task2_model.study import Study


def test_shows_each_row_whole_then_x_alone_then_in_part() -> None:
    rows = np.arange(1, 13, dtype=np.float32).reshape(3, 4)
    shown, of_row = show(rows, 2, np.random.default_rng(0), copies=200)
    np.testing.assert_array_equal(shown[:3], rows)
    np.testing.assert_array_equal(~np.isnan(shown[3:6]), [[False, False, True, False]] * 3)
    np.testing.assert_array_equal(of_row, np.tile([0, 1, 2], 200))
    told = ~np.isnan(shown)
    np.testing.assert_array_equal(shown[told], rows[of_row][told])
    counts = np.bincount(told[6:].sum(axis=1), minlength=5)
    assert counts[0] == 0
    assert counts[1:].min() > 0.8 * counts[1:].max()
    np.testing.assert_allclose(told[6:].mean(axis=0), 5 / 8, atol=0.06)


def test_same_seed_same_answers(study: Study) -> None:
    twice = [Boosting(study.contract, seed=3).fit(study.rows, study.outcomes) for _ in range(2)]
    first, second = (model.predict(study.rows[:50]) for model in twice)
    for part in first:
        np.testing.assert_array_equal(first[part], second[part])


def test_calibrates_on_rows_that_it_did_not_learn_from(fitted: PredictiveModel) -> None:
    """Errors on the calibration rows are those of rows never seen, not of rows learned."""
    calibration = fitted.calibration_
    centre = fitted.forward(calibration.rows)[:, 0]
    assert np.abs(calibration.outcomes - centre).mean() > 0.15
    assert len(calibration.rows) == 432


def test_knowing_more_narrows_the_range(study: Study, fitted: PredictiveModel) -> None:
    whole = fitted.predict(study.rows)
    alone = fitted.predict(np.where(np.arange(study.rows.shape[1]) == 0, study.rows, np.nan))
    width = {k: np.median(b["upper"] - b["lower"]) for k, b in (("whole", whole), ("x", alone))}
    assert width["whole"] < 0.85 * width["x"]


def test_survives_pickling_with_its_caches_warm(study: Study, fitted: PredictiveModel) -> None:
    before = fitted.predict(study.rows[:5])
    after = pickle.loads(pickle.dumps(fitted)).predict(study.rows[:5])
    np.testing.assert_array_equal(before["upper"], after["upper"])


def test_too_few_rows_are_refused_with_the_number_needed() -> None:
    features = (Feature("a", "number", "A"),)
    contract = Contract("tiny", "T", "regression", "a", Target("t", "T"), features, 75)
    rows = np.zeros((75, 1), dtype=np.float32)
    with pytest.raises(TrainingError, match="tiny: 75 rows are too few; at least 76 are needed"):
        Boosting(contract).fit(rows, np.arange(75.0))
