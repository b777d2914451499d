from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from Task1_database.errors import TrainingError
from Task2_model.artifact import ensemble_of, runtime_of
from Task2_model.boosting import Boosting
from Task2_model.contract import Contract, Feature, Target
from Task2_model.export import EPSILON, _allowed, export
from Task2_model.model import PredictiveModel
from Task2_model.study import Study


class Forest(PredictiveModel):
    """Its ONNX form sends gaps down the wrong branch."""

    def estimator(self) -> Any:
        return RandomForestRegressor(n_estimators=5, random_state=0)


class Unconvertible(PredictiveModel):
    def estimator(self) -> Any:
        return make_pipeline(FunctionTransformer(np.tanh), HistGradientBoostingRegressor())


def test_graph_equals_model_on_rows_with_anything_hidden(
    study: Study, fitted: PredictiveModel
) -> None:
    session = onnxruntime.InferenceSession(export(fitted, study.rows)["model.onnx"])
    rng = np.random.default_rng(0)
    rows = np.where(rng.random(study.rows.shape) < 0.5, study.rows, np.float32(np.nan))
    rows = np.concatenate([rows, study.rows])
    (got,) = session.run(["raw"], {"rows": rows})
    got[: len(study.rows), 1::3] = 0  # a specialist counts for whole rows alone
    np.testing.assert_allclose(got, fitted.ensemble_.runtime(rows), rtol=1e-5, atol=1e-5)


def test_a_form_that_differs_is_refused_and_says_where(study: Study) -> None:
    rows = study.rows[:600]
    model = Forest(study.contract).fit(rows, study.outcomes[:600])
    with pytest.raises(
        TrainingError,
        match=r"Forest changes when exported to ONNX: training row \d+, output \d+ is .*, exported",
    ):
        export(model, rows)


def test_probabilities_must_agree_as_their_logits_do() -> None:
    asked = Contract("d", "D", "classification", "a", Target("t", "T", classes=("n", "y")), (), 9)
    said = np.array([[0.5], [0.01], [0.999], [1e-6]])
    float32 = _allowed(asked, said, EPSILON["ONNX"])
    assert (np.abs(said.astype(np.float32) - said) <= float32).all()
    assert (float32 <= [[6e-6], [3e-7], [2e-7], [2e-7]]).all()
    exact = _allowed(asked, said, EPSILON["lookup tables"])
    assert (exact <= [[6e-6], [2e-7], [2e-8], [2e-11]]).all()


def test_what_is_exported_puts_probabilities_right_as_the_model_does() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 2)).astype(np.float32)
    outcomes = (rng.random(400) < 1 / (1 + np.exp(-2 * rows[:, 0]))).astype(int)
    features = tuple(Feature(name, "number", name) for name in "ab")
    target = Target("t", "T", classes=("n", "y"), positive="y")
    model = Boosting(Contract("d", "D", "classification", "a", target, features, 400))
    files = export(model.fit(rows, outcomes), rows)
    served = ensemble_of(model.contract, files["ensemble.npz"], runtime_of(files))
    assert model.ensemble_.probability_map
    assert (model.ensemble_.probability_map.slopes != 1).all()
    masked = np.where(rng.random(rows.shape) < 0.4, rows, np.float32(np.nan))
    np.testing.assert_allclose(served(masked), model.raw_predict(masked), rtol=1e-9)


def test_a_model_without_an_onnx_form_is_refused_with_the_reason(study: Study) -> None:
    model = Unconvertible(study.contract).fit(study.rows[:200], study.outcomes[:200])
    with pytest.raises(TrainingError, match="Unconvertible cannot be exported to ONNX: "):
        export(model, study.rows[:200])


def test_a_threshold_between_neighbours_in_float32_sends_both_where_it_did() -> None:
    """Half way between two neighbours rounds up to the larger one, which must not change sides."""
    low = np.float32(1.95)
    high = np.nextafter(low, np.float32(np.inf))
    rows = np.where(np.arange(400)[:, None] % 2 == 0, low, high).astype(np.float32)
    feature = Feature("a", "number", "A")
    contract = Contract("d", "D", "regression", "a", Target("t", "T"), (feature,), 400)
    outcomes = np.where(rows[:, 0] == low, 1.0, 100.0) + np.linspace(0, 1, 400)
    model = Boosting(contract).fit(rows, outcomes)
    assert model.predict(rows[:2])["prediction"].round(-1).tolist() == [0, 100]
    export(model, rows)
