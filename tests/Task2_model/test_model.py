from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from Task1_database.errors import TrainingError
from Task2_model.boosting import Boosting
from Task2_model.contract import Contract, Feature, Floats, Rows, Target
from Task2_model.folds import Split
from Task2_model.model import CALIBRATION_ROWS, PredictiveModel
from Task2_model.study import Study


def test_same_seed_same_answers(study: Study) -> None:
    rows, outcomes = study.rows[:300], study.outcomes[:300]
    twice = [Boosting(study.contract, seed=3).fit(rows, outcomes) for _ in range(2)]
    first, second = (model.predict(study.rows[:50]) for model in twice)
    for part in first:
        np.testing.assert_array_equal(first[part], second[part])


def test_calibrates_on_rows_that_it_did_not_learn_from(fitted: PredictiveModel) -> None:
    """Each member's own fold calibrates it, and it errs there as it does on rows never seen."""
    calibration, ensemble = fitted.calibration_, fitted.ensemble_
    assert len(calibration.rows) == CALIBRATION_ROWS
    own = ensemble.of_folds(calibration.rows, calibration.folds)[:, 0]
    other = ensemble.of_folds(calibration.rows, (calibration.folds + 1) % 5)[:, 0]
    error, learned = (np.abs(calibration.outcomes - said).mean() for said in (own, other))
    assert error > 1.2 * learned


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
    contract = Contract("tiny", "T", "regression", "a", Target("t", "T"), features, 49)
    rows = np.zeros((49, 1), dtype=np.float32)
    with pytest.raises(TrainingError, match="tiny: 49 rows are too few; at least 50 are needed"):
        Boosting(contract).fit(rows, np.arange(49.0))


class Quick(PredictiveModel):
    """A few trees."""

    def estimator(self) -> Any:
        return HistGradientBoostingRegressor(
            max_iter=40, learning_rate=0.2, early_stopping=True, random_state=0
        )


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


@pytest.mark.parametrize(
    ("model", "task", "reason"),
    [
        (Deaf, "regression", "Deaf cannot be trained: Input X contains NaN.; begin its pipeline"),
        (Unsure, "classification", "Unsure cannot be calibrated: .*predict_proba"),
        (Endless, "regression", "Endless cannot be calibrated: .* of its answers to .* rows are"),
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


def people(task: str) -> tuple[Contract, Rows, Floats, Rows, Floats]:
    """Twenty rows each of sixty people, who differ in what no feature says; the last ten apart."""
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(60), 20)
    rows = rng.normal(size=(1_200, 3)).astype(np.float32)
    rows[:, 2] = who  # an identifier that gives each person away
    outcomes = rows[:, 0] + 3 * rng.normal(size=60)[who] + rng.normal(size=1_200)
    if task == "time":
        outcomes = rows[:, 0] + who**2 / 200 + rng.normal(size=1_200)
    features = tuple(Feature(name, "number", name) for name in "abc")
    contract = Contract("d", "D", "regression", "a", Target("t", "T"), features, 1_000)
    return contract, rows[:1_000], outcomes[:1_000], rows[1_000:], outcomes[1_000:]


def coverage(model: PredictiveModel, rows: Rows, outcomes: Floats) -> float:
    block = model.predict(rows)
    return float(((block["lower"] <= outcomes) & (outcomes <= block["upper"])).mean())


@pytest.mark.parametrize("kind", ["group", "time"])
def test_rows_that_are_not_alike_are_covered_where_the_split_says_so(kind: Any) -> None:
    contract, rows, outcomes, later, truth = people(kind)
    groups = rows[:, 2].astype(int)
    alike = Quick(contract).fit(rows, outcomes)
    apart = Quick(contract).fit(rows, outcomes, split=Split(kind, "c", groups))
    assert coverage(alike, later, truth) < 0.75
    assert coverage(apart, later, truth) > coverage(alike, later, truth) + 0.12


def test_a_member_is_judged_by_rows_that_did_not_teach_calibrate_or_stop_it(study: Study) -> None:
    model = Quick(study.contract).fit(study.rows, study.outcomes)
    shares = []
    for fold in range(5):
        evaluated, held = model.evaluation_member(fold), model.folds_.rows_in((fold,))
        assert evaluated
        block, truth = evaluated.block(study.rows[held]), study.outcomes[held]
        shares.append(((block["lower"] <= truth) & (truth <= block["upper"])).mean())
        kept = {row.tobytes() for row in evaluated.calibration.rows}
        assert len(evaluated.calibration.rows) > 0.7 * CALIBRATION_ROWS
        assert np.mean([row.tobytes() in kept for row in study.rows[held]]) < 0.1  # twins
    assert 0.87 < np.mean(shares) < 0.93


def test_what_one_extends_gets_every_part(study: Study) -> None:
    """One method is enough: early stopping, the ridge, the specialist and the scale are added."""
    model = Quick(study.contract).fit(study.rows[:400], study.outcomes[:400])
    assert len(model.members_) == 5
    for member in model.members_:
        assert len(member.parts) == 3
        assert 1 <= member.location.n_iter_ < 40
    whole = study.rows[:1]
    assert model.ensemble_.ridge(whole).shape == (1, 5, 1)


def test_progress_is_told_fit_by_fit(study: Study) -> None:
    done = []
    Quick(study.contract).fit(
        study.rows[:200],
        study.outcomes[:200],
        progress=lambda some, total: done.append((some, total)),
    )
    assert done == [(number, 10) for number in range(11)]
