from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from Task2_model.category_order import apply_ranks
from Task2_model.contract import Contract, Feature, Floats, Rows, Target, Task
from Task2_model.fitting import in_float32
from Task2_model.forest import Forest
from Task2_model.forest_file import ForestFile
from Task2_model.small_forest import SmallForest
from Task2_model.training import Member, Members
from Task2_model.trees import forest

ROWS, FEATURES = 10_000, 6


def contract(classes: int) -> Contract:
    target = Target("t", "T", classes=tuple(map(str, range(classes))))
    features = (
        *(Feature(name, "number", name) for name in "abcde"),
        Feature("f", "category", "F", categories=tuple("pqrstuv")),
    )
    task: Task = "classification" if classes else "regression"
    return Contract("d", "D", task, "a", target, features, ROWS)


def inputs(classes: int = 0) -> Rows:
    """Numbers with many values, with few and always the same, codes, a third of them missing.

    For classes the scores of both members stand beside them.
    """
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(ROWS, FEATURES)) * 10.0 ** np.arange(-2, FEATURES - 2)
    rows[:, 1] = rows[:, 1].round(1)
    rows[:, 3] = 7
    rows[:, 5] = rng.integers(0, 7, ROWS)
    rows[rng.random(rows.shape) < 1 / 3] = np.nan
    scores = rng.normal(size=(ROWS, 2 * scores_of(classes)))
    return np.hstack([rows, scores]).astype(np.float32)


def scores_of(classes: int) -> int:
    return {0: 0, 2: 1}.get(classes, classes)


def members(classes: int = 0, **settings: Any) -> list[Member]:
    """Two, each with an order of its own for the categories."""
    rows = np.nan_to_num(inputs(classes))
    outcomes: Any = rows[:, 0] * 100 + np.sin(rows[:, 2]) + (rows[:, 4] > 1) + rows[:, 5] % 3
    kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    if classes:
        outcomes = np.digitize(outcomes, np.quantile(outcomes, np.arange(1, classes) / classes))
    made = []
    for seed, scores in enumerate(np.split(np.arange(2 * scores_of(classes)), 2)):
        ranks = np.random.default_rng(seed).permutation(7).astype(np.float32)
        own = np.hstack([inputs()[:, :FEATURES], inputs(classes)[:, FEATURES + scores]])
        asked = apply_ranks(own, {5: ranks})
        estimators = [
            in_float32(kind(max_iter=9, min_samples_leaf=2, **settings).fit(asked, outcomes))
            for _ in range(1 if classes else 3)
        ]
        made.append(Member({5: ranks}, *estimators))
    return made


def expected(made: list[Member], rows: Rows, classes: int = 0) -> Floats:
    return Members(contract(classes), made)(rows)


@pytest.mark.parametrize("classes", [0, 2, 3])
@pytest.mark.parametrize("leaves", [2, 16, 17, 64])
def test_equals_the_trees_it_is_made_of(classes: int, leaves: int) -> None:
    parts, rows = members(classes, max_leaf_nodes=leaves), inputs(classes)
    file = forest(contract(classes), parts, scores_of(classes))
    assert file
    made = Forest(file)
    outputs = expected(parts, rows, classes)
    assert classes or (outputs[:, 1] == 0).mean() > 1 / 2  # a specialist is asked of whole rows
    for some in (
        slice(0),
        slice(1),
        slice(2),
        slice(500),
        slice(None),
        ~np.isnan(rows).any(axis=1),
    ):
        np.testing.assert_allclose(made(rows[some]), outputs[some], rtol=1e-12, atol=1e-12)
    for row in range(20):
        np.testing.assert_array_equal(made(rows[row : row + 1])[0], made(rows)[row])
    small = SmallForest(file)
    for count in (0, 1, 2, 100, 1000):
        np.testing.assert_array_equal(small(rows[:count]), made(rows[:count]))
        for member in range(2):
            others = made.of_member(rows[:count], member)
            np.testing.assert_array_equal(small.of_member(rows[:count], member), others)
    alone = np.hstack([made.of_member(rows, member) for member in range(2)])
    np.testing.assert_array_equal(alone, made(rows))
    if leaves == 64:
        assert file.masks.itemsize == 8


def test_at_and_beside_each_threshold_a_row_goes_where_it_did() -> None:
    parts = members()
    file = forest(contract(0), parts, 0)
    assert file
    made = Forest(file)
    cuts = np.unique(file.thresholds)
    beside = np.concatenate([np.nextafter(cuts, np.float32(side)) for side in (-np.inf, np.inf)])
    rows = np.repeat(np.concatenate([cuts, beside])[:, None], FEATURES, axis=1)
    rows[:, 5] = np.arange(len(rows)) % 7
    np.testing.assert_allclose(made(rows), expected(parts, rows), rtol=1e-12, atol=1e-12)


def test_the_largest_numbers_and_none_are_answered() -> None:
    parts = members()
    file, most = forest(contract(0), parts, 0), np.finfo(np.float32).max
    assert file
    made = Forest(file)
    for value in (most, -most, 0.0, -0.0, np.nan):
        rows = np.full((1, FEATURES), value, dtype=np.float32)
        rows[:, 5] = np.nan if np.isnan(value) else 6
        np.testing.assert_allclose(made(rows), expected(parts, rows), rtol=1e-12)


def test_is_written_and_read_back() -> None:
    for classes in (0, 2):
        made = forest(contract(classes), members(classes), scores_of(classes))
        assert made
        again = ForestFile.from_bytes(made.to_bytes())
        np.testing.assert_array_equal(Forest(again)(inputs(classes)), Forest(made)(inputs(classes)))


@pytest.mark.parametrize(
    "settings",
    [
        {"max_leaf_nodes": 200},
        {"loss": "gamma"},
        {"categorical_features": [5]},
    ],
    ids=["more leaves than bits", "sums that need a link", "sets of categories"],
)
def test_other_trees_are_no_forest(settings: dict[str, Any]) -> None:
    rows = inputs()
    target = 1 + rows[:, 5] % 3 + np.abs(np.nan_to_num(rows[:, 2]))
    target = np.nan_to_num(target, nan=1.0)
    estimator = HistGradientBoostingRegressor(min_samples_leaf=2, **settings).fit(rows, target)
    assert forest(contract(0), [Member({}, estimator)], 0) is None
