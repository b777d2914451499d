"""What chance moves is not found to have moved, however few or many the rows; what moved is."""

from __future__ import annotations

import numpy as np
import pytest

from Task2_model.monitoring.drift import category_shift, discoveries, numeric_shift, shift


@pytest.mark.parametrize(("before", "now"), [(2000, 100), (2000, 5000), (300, 50)])
def test_chance_passes_the_threshold_one_time_in_twenty(before: int, now: int) -> None:
    rng = np.random.default_rng(0)
    beyond = 0
    for _ in range(400):
        found = numeric_shift(rng.normal(size=before), rng.normal(size=now))
        assert found
        assert (found.p < 0.05) == (found.psi > found.threshold)
        beyond += found.psi > found.threshold
    assert 5 <= beyond <= 36


def test_a_shift_is_found_and_measured() -> None:
    rng = np.random.default_rng(0)
    found = numeric_shift(rng.normal(size=2000), rng.normal(0.5, size=2000))
    assert found
    assert found.psi == pytest.approx(0.25, abs=0.07)  # of two normal distributions half apart
    assert 0.02 < found.js < 0.08
    assert found.p < 1e-6


def test_a_new_category_is_a_shift() -> None:
    rng = np.random.default_rng(0)
    before, now = (rng.choice(["a", "b", "c"], size=500).astype(object) for _ in range(2))
    same = category_shift(before, now)
    now[:60] = "new"
    other = category_shift(before, now)
    assert same
    assert other
    assert same.p > 0.01 > other.p


def test_the_divergence_is_one_where_nothing_is_shared() -> None:
    found = shift(np.array([10_000, 0]), np.array([0, 10_000]))
    assert found.js == pytest.approx(1, abs=0.01)


def test_too_few_values_say_nothing() -> None:
    assert numeric_shift(np.ones(100), np.ones(29)) is None
    assert category_shift(np.array(["a"] * 29, object), np.array(["a"] * 100, object)) is None


def test_a_value_that_all_have_has_not_moved() -> None:
    found = numeric_shift(np.ones(100), np.ones(100))
    assert found
    assert found.p > 0.5


def test_of_many_features_that_did_not_move_hardly_any_is_found() -> None:
    rng = np.random.default_rng(0)
    alarms = sum(any(discoveries(rng.random(40).tolist())) for _ in range(400))
    assert alarms <= 32
    assert discoveries([0.001, 0.9, 0.02, 0.04]) == [True, False, True, False]
    assert discoveries([]) == []
