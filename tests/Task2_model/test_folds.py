"""Which rows judge which model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from Task1_database.errors import TrainingError
from Task2_model.contract import Contract, Feature, Target, Task
from Task2_model.folds import BLOCKS, FOLDS, LARGE, Split, cut


def contract(task: Task = "regression") -> Contract:
    return Contract("d", "D", task, "a", Target("t", "T"), (Feature("a", "number", "A"),), 0)


def test_each_row_judges_the_one_model_that_never_saw_it() -> None:
    folds = cut(contract(), np.arange(103.0), 0, None)
    rows, owners = folds.calibrating()
    assert sorted(rows) == list(range(103))
    for row, owner in zip(rows, owners, strict=True):
        assert folds.blocks[row] not in folds.folds[owner].train
    assert folds.weights.tolist() == [1 / FOLDS] * FOLDS


def test_classes_are_as_frequent_in_every_block() -> None:
    outcomes = np.repeat([0.0, 1.0], [450, 50])
    folds = cut(contract("classification"), outcomes, 0, None)
    assert np.bincount(folds.blocks[450:]).tolist() == [10] * FOLDS


def test_of_a_large_table_one_model_has_judges_of_three_kinds() -> None:
    folds = cut(contract(), np.zeros(LARGE + 1), 0, None)
    (fold,) = folds.folds
    jobs = [fold.train, fold.stop, fold.calibrate, fold.evaluate]
    counts = [len(folds.rows_in(blocks)) for blocks in jobs]
    assert sum(counts) == LARGE + 1
    assert counts[0] > 0.69 * LARGE
    assert min(counts) > 0.09 * LARGE


@pytest.mark.parametrize("count", [1_000, LARGE + 1])
def test_a_group_is_never_on_both_sides(count: int) -> None:
    groups = np.random.default_rng(0).integers(0, 100, count)
    folds = cut(contract(), np.zeros(count), 0, Split("group", "person", groups))
    for fold in folds.folds:
        learned = set(groups[folds.rows_in(fold.train)])
        for judges in (fold.stop, fold.calibrate, fold.evaluate):
            assert not learned & set(groups[folds.rows_in(judges)])


@pytest.mark.parametrize("count", [1_000, LARGE + 1])
def test_in_time_what_judges_comes_after_what_is_learned(count: int) -> None:
    times = np.random.default_rng(0).permutation(count) // 2  # two rows at each moment
    folds = cut(contract(), np.zeros(count), 0, Split("time", "sold_on", times))
    *evaluated, last = folds.folds
    for fold in evaluated:
        learned = times[folds.rows_in(fold.train)]
        for judges in (fold.stop, fold.calibrate, fold.evaluate):
            assert learned.max() < times[folds.rows_in(judges)].min()
    assert last.train == tuple(range(BLOCKS))
    assert not last.evaluate
    assert folds.weights.tolist() == [0.0] * len(evaluated) + [1.0]


@pytest.mark.parametrize(
    ("count", "split", "message"),
    [
        (49, None, "d: 49 rows are too few; at least 50 are needed"),
        (99, ("group", np.arange(99) % 4), "d: c has 4 different values, too few groups .* 5 are"),
        (99, ("time", np.arange(99) // 50), "d: c has too few different values to split the rows"),
    ],
)
def test_too_few_of_anything_is_said(count: int, split: Any, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        cut(contract(), np.zeros(count), 0, split and Split(split[0], "c", split[1]))
