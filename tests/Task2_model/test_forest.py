from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from Task2_model.contract import Contract, Feature, Rows, Target, Task
from Task2_model.forest import ROWS_AT_ONCE, Forest
from Task2_model.model import PredictiveModel
from Task2_model.trees import forest

ROWS, FEATURES = 3 * ROWS_AT_ONCE + 1, 5


class Boosted(PredictiveModel):
    """Boosted trees with settings of one's own."""

    settings: ClassVar[dict[str, Any]] = {}

    def estimator(self) -> Any:
        regression = self.contract.task == "regression"
        kind = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
        return kind(**{"max_iter": 9, "min_samples_leaf": 2, **self.settings})


def rows() -> Rows:
    """Numbers with many values, with few and always the same, a third of them hidden."""
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(ROWS, FEATURES)) * 10.0 ** np.arange(-2, FEATURES - 2)
    numbers[:, 1] = numbers[:, 1].round(1)
    numbers[:, 3] = 7
    numbers[rng.random(numbers.shape) < 1 / 3] = np.nan
    return numbers.astype(np.float32)


def contract(classes: int) -> Contract:
    target = Target("t", "T", classes=tuple(map(str, range(classes))))
    features = tuple(Feature(name, "number", name) for name in "abcde")
    task: Task = "classification" if classes else "regression"
    return Contract("d", "D", task, "a", target, features, ROWS)


def trained(classes: int = 0, **settings: Any) -> PredictiveModel:
    told = np.nan_to_num(rows())
    outcomes: npt.NDArray[Any] = told[:, 0] * 100 + np.sin(told[:, 2]) + (told[:, 4] > 1)
    if classes:
        outcomes = np.digitize(outcomes, np.quantile(outcomes, np.arange(1, classes) / classes))
    made: type[Boosted] = type("Boosted", (Boosted,), {"settings": settings})
    return made(contract(classes)).fit(rows(), outcomes)


@pytest.mark.parametrize("classes", [0, 2, 3])
@pytest.mark.parametrize("leaves", [2, 16, 17, 64])
def test_equals_the_trees_it_is_made_of(classes: int, leaves: int) -> None:
    model = trained(classes, max_leaf_nodes=leaves)
    made = forest(model)
    assert made
    expected = model.raw_predict(rows())
    np.testing.assert_allclose(made(rows()), expected, rtol=1e-12, atol=1e-12)
    for count in (0, 1, 2, ROWS_AT_ONCE, ROWS_AT_ONCE + 1):
        np.testing.assert_allclose(made(rows()[:count]), expected[:count], rtol=1e-12, atol=1e-12)
    if not classes and leaves == 64:
        assert made.masks.itemsize == 8


def test_at_and_beside_each_threshold_a_row_goes_where_it_did() -> None:
    model = trained()
    made = forest(model)
    assert made
    cuts = np.unique(made.thresholds)
    beside = np.concatenate([np.nextafter(cuts, np.float32(side)) for side in (-np.inf, np.inf)])
    asked = np.repeat(np.concatenate([cuts, beside])[:, None], FEATURES, axis=1)
    np.testing.assert_allclose(made(asked), model.raw_predict(asked), rtol=1e-12, atol=1e-12)


def test_the_largest_numbers_and_none_are_answered() -> None:
    model = trained()
    made, most = forest(model), np.finfo(np.float32).max
    assert made
    for value in (most, -most, 0.0, -0.0, np.nan):
        asked = np.full((1, FEATURES), value, dtype=np.float32)
        np.testing.assert_allclose(made(asked), model.raw_predict(asked), rtol=1e-12)


def test_is_written_and_read_back() -> None:
    for classes in (0, 2):
        made = forest(trained(classes))
        assert made
        again = Forest.from_bytes(made.to_bytes())
        np.testing.assert_array_equal(again(rows()), made(rows()))


@pytest.mark.parametrize(
    "settings",
    [
        {"max_leaf_nodes": 200},
        {"loss": "gamma"},
        {"categorical_features": [0]},
    ],
    ids=["more leaves than bits", "sums that need a link", "sets of categories"],
)
def test_other_trees_are_no_forest(settings: dict[str, Any]) -> None:
    asked = rows()
    codes = asked[:, 0] = np.random.default_rng(1).integers(0, 9, ROWS)
    made = type("Boosted", (Boosted,), {"settings": settings})
    outcomes = 1 + codes % 3 + np.abs(np.nan_to_num(asked[:, 2]))
    assert forest(made(contract(0)).fit(asked, outcomes)) is None
