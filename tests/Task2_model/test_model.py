from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from Task1_database.errors import TrainingError
from Task2_model.boosting import Boosting
from Task2_model.conformal import Floats
from Task2_model.contract import Contract, Feature, Rows, Target
from Task2_model.model import PredictiveModel, n_augmented, show
from Task2_model.study import Study


def test_shows_every_row_whole_with_x_alone_and_in_part() -> None:
    rows = np.arange(1, 13, dtype=np.float32).reshape(3, 4)
    shown, of_row = show(rows, 2, 601, np.random.default_rng(0))
    assert np.bincount(of_row).tolist() == [200, 200, 200]
    told = ~np.isnan(shown)
    np.testing.assert_array_equal(shown[told], rows[of_row][told])
    assert told[:180].all()
    np.testing.assert_array_equal(told[180:240], [[False, False, True, False]] * 60)
    assert set(of_row[:180]) == set(of_row[180:240]) == {0, 1, 2}
    counts = np.bincount(told[240:].sum(axis=1), minlength=5)
    assert counts[0] == 0
    assert counts[1:].min() > 0.7 * counts[1:].max()
    np.testing.assert_allclose(told[240:].mean(axis=0), 5 / 8, atol=0.07)


def test_of_many_rows_each_is_shown_once_at_most() -> None:
    rows = np.arange(2_000, dtype=np.float32).reshape(1_000, 2)
    shown, of_row = show(rows, 0, 300, np.random.default_rng(0))
    assert len(shown) == len(set(of_row)) == 300


@pytest.mark.parametrize(
    ("count", "shown"), [(100, 2_000), (1_500, 30_000), (50_000, 30_000), (1_000_000, 100_000)]
)
def test_what_is_shown_grows_gently(count: int, shown: int) -> None:
    assert n_augmented(count) == shown


def test_same_seed_same_answers(study: Study) -> None:
    twice = [Boosting(study.contract, seed=3).fit(study.rows, study.outcomes) for _ in range(2)]
    first, second = (model.predict(study.rows[:50]) for model in twice)
    for part in first:
        np.testing.assert_array_equal(first[part], second[part])


def test_calibrates_on_rows_that_it_did_not_learn_from(fitted: PredictiveModel) -> None:
    """Errors on the calibration rows are those of rows never seen, not of rows learned."""
    calibration = fitted.calibration_
    centre = fitted.raw_predict(calibration.rows)[:, 0]
    assert np.abs(calibration.outcomes - centre).mean() > 0.15
    assert len(calibration.rows) == 432


def test_knowing_more_narrows_the_range(study: Study, fitted: PredictiveModel) -> None:
    whole = fitted.predict(study.rows)
    alone = fitted.predict(np.where(np.arange(study.rows.shape[1]) == 0, study.rows, np.nan))
    width = {k: np.median(b["upper"] - b["lower"]) for k, b in (("whole", whole), ("x", alone))}
    assert width["whole"] < 0.9 * width["x"]


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


class Deaf(PredictiveModel):
    """Takes no gaps."""

    def estimator(self) -> Any:
        return Ridge()


class Unsure(PredictiveModel):
    """Gives labels without probabilities."""

    def estimator(self) -> Any:
        return make_pipeline(SimpleImputer(), LinearSVC())


class Infinite(DummyRegressor):
    def predict(self, X: Any) -> Any:  # noqa: N803 (scikit-learn's name)
        return np.full(len(X), np.inf)


class Endless(PredictiveModel):
    """Answers with infinity, wherever it was not trained to."""

    def estimator(self) -> Any:
        return Infinite()

    def _fit_spread(self, shown: Rows, truth: Floats, *_: Any) -> Any:
        return DummyRegressor().fit(shown, truth)


@pytest.mark.parametrize(
    ("model", "task", "reason"),
    [
        (Deaf, "regression", "Deaf cannot be trained: Input X contains NaN.; begin its pipeline"),
        (Unsure, "classification", "Unsure cannot be calibrated: .*predict_proba"),
        (Endless, "regression", "Endless cannot be calibrated: 50 of its answers to 50 rows are"),
    ],
)
def test_a_model_that_cannot_answer_is_refused_with_the_reason(
    model: type[PredictiveModel], task: Any, reason: str
) -> None:
    target = Target("t", "T", classes=("a", "b") if task == "classification" else ())
    features = (Feature("a", "number", "A"), Feature("b", "number", "B"))
    contract = Contract("d", "D", task, "a", target, features, 200)
    rows = np.linspace(0, 1, 400, dtype=np.float32).reshape(-1, 2)
    with pytest.raises(TrainingError, match=reason):
        model(contract).fit(rows, np.arange(200) % 2)
