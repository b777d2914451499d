from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression

from Task2_model.contract import Floats, Rows
from Task2_model.fitting import fit, tree_counts, truncate


def sample(count: int, noise: float) -> tuple[Rows, Floats]:
    rng = np.random.default_rng(count)
    rows = rng.normal(size=(count, 2)).astype(np.float32)
    return rows, 3.0 * rows[:, 0] + noise * rng.normal(size=count)


def boosted(noise: float) -> HistGradientBoostingRegressor:
    made = HistGradientBoostingRegressor(
        early_stopping=True, max_iter=200, n_iter_no_change=10, tol=0.0, random_state=0
    )
    fitted = fit(None, made, *sample(400, noise), stop=sample(200, noise))
    assert isinstance(fitted, HistGradientBoostingRegressor)
    return fitted


def test_there_are_as_many_trees_as_the_rows_watched_ask_for() -> None:
    (signal,), (noise,) = tree_counts([boosted(0.1)]), tree_counts([boosted(30.0)])
    assert signal > 20
    assert noise < 10


def test_a_fold_keeps_as_many_trees_as_the_others_ask_for() -> None:
    estimators = [boosted(0.1), boosted(30.0)]
    own = [tree_counts([estimator])[0] for estimator in estimators]
    first, second = tree_counts(estimators)
    assert first == min(own[1], estimators[0].n_iter_)
    assert second == min(own[0], estimators[1].n_iter_)


def test_trees_cut_off_are_those_of_a_shorter_fit() -> None:
    rows, target = sample(300, 1.0)
    settings = {"early_stopping": False, "random_state": 0}
    long = fit(None, HistGradientBoostingRegressor(max_iter=30, **settings), rows, target)
    short = fit(None, HistGradientBoostingRegressor(max_iter=9, **settings), rows, target)
    np.testing.assert_allclose(truncate(long, 9).predict(rows), short.predict(rows))


@pytest.mark.parametrize("early", [True, False])
def test_features_of_ones_own_come_first_and_need_not_take_gaps(early: bool) -> None:
    rows, target = sample(300, 0.1)
    rows[::3] = np.nan
    estimator = HistGradientBoostingRegressor(early_stopping=True) if early else LinearRegression()
    fitted = fit(SimpleImputer(), estimator, rows, target, (rows, target))
    assert np.isfinite(fitted.predict(rows)).all()


def test_a_column_without_any_value_is_never_split_on() -> None:
    rows, target = sample(100, 0.1)
    rows[:, 1] = np.nan
    fitted = fit(None, HistGradientBoostingRegressor(max_iter=5), rows, target)
    full = rows.copy()
    full[:, 1] = 7
    np.testing.assert_array_equal(fitted.predict(full), fitted.predict(rows))
