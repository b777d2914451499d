from __future__ import annotations

import numpy as np

from Task2_model.category_order import SMOOTHING, apply_ranks, rank_categories
from Task2_model.contract import Contract, Feature, Rows, Target


def contract() -> Contract:
    town = Feature("town", "category", "Town", categories=("a", "b", "c", "d"))
    features = (Feature("size", "number", "Size"), town)
    return Contract("d", "D", "regression", "size", Target("t", "T"), features, 0)


def rows(*codes: float) -> Rows:
    return np.array([[7.0, code] for code in codes], dtype=np.float32)


def test_categories_are_in_the_order_of_the_target() -> None:
    codes = np.repeat([0.0, 1.0, 2.0], 50)
    ranks = rank_categories(contract(), rows(*codes), np.repeat([5.0, 1.0, 9.0], 50))
    assert ranks[1].tolist() == [1, 0, 3, 2]  # the one never seen is taken for the mean


def test_a_category_of_hardly_any_rows_is_near_the_mean() -> None:
    codes = np.repeat([0.0, 1.0, 2.0], [50, 1, 50])
    ranks = rank_categories(contract(), rows(*codes), np.repeat([0.0, 11.0, 10.0], [50, 1, 50]))
    assert SMOOTHING > 1
    assert ranks[1].argmax() == 2


def test_only_categories_change_and_gaps_stay() -> None:
    asked = rows(0, 3, np.nan)
    ranked = apply_ranks(asked, {1: np.array([2, 0, 1, 3], dtype=np.float32)})
    np.testing.assert_array_equal(ranked, rows(2, 3, np.nan))
    np.testing.assert_array_equal(asked, rows(0, 3, np.nan))
