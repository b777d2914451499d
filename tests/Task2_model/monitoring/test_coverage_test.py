"""Looked at after every outcome, a promise is found broken when it is, and seldom when not."""

from __future__ import annotations

import numpy as np
import pytest

from Task2_model.monitoring.coverage_test import (
    ALPHA,
    average_interval,
    betting_interval,
    broken,
    e_values,
)


def outcomes(share: float, count: int, seed: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return (np.random.default_rng(seed).random(count) < share).astype(np.float64)


@pytest.mark.parametrize(
    "share", [0.9, *(pytest.param(share, marks=pytest.mark.slow) for share in (0.5, 0.99))]
)
def test_the_interval_holds_the_share_at_every_moment(share: float) -> None:
    missed = 0
    for seed in range(200):
        covered = outcomes(share, 400, seed)
        ends = [betting_interval(covered[:n]) for n in range(5, 401, 40)]
        missed += any(not low <= share <= high for low, high in ends)
    assert missed <= 200 * ALPHA


def test_the_interval_narrows_with_rows() -> None:
    widths = [np.diff(betting_interval(outcomes(0.9, n, 1)))[0] for n in (100, 1000, 10_000)]
    assert widths[0] > 2 * widths[1] > 3 * widths[2]
    assert widths[2] < 0.04
    assert betting_interval(np.array([])) == (0.0, 1.0)


def test_the_interval_of_an_average_holds_though_the_share_changes() -> None:
    missed = 0
    for seed in range(200):
        covered = np.concatenate([outcomes(0.95, 300, seed), outcomes(0.6, 300, 500 + seed)])
        for n in range(20, 601, 40):
            truth = (0.95 * min(n, 300) + 0.6 * max(n - 300, 0)) / n
            low, high = average_interval(covered[:n])
            assert low <= covered[:n].mean() <= high
            missed += not low <= truth <= high
    assert missed <= 200 * ALPHA
    low, high = average_interval(outcomes(0.9, 10_000, 0))
    assert high - low < 0.04
    assert average_interval(np.array([])) == (0.0, 1.0)


def test_a_kept_promise_is_seldom_found_broken_however_often_one_looks() -> None:
    starts = list(range(0, 2000, 200))
    alarms = 0
    for seed in range(400):
        covered = outcomes(0.9, 2000, seed)
        alarms += bool((e_values(covered, np.full(2000, 0.9), starts) >= 1 / ALPHA).any())
    assert alarms <= 400 * ALPHA


def test_a_broken_one_is_found_though_days_before_were_good() -> None:
    starts = list(range(0, 3000, 300))
    delays = []
    for seed in range(20):
        covered = np.concatenate([outcomes(0.93, 1500, seed), outcomes(0.75, 1500, 1000 + seed)])
        rang = np.flatnonzero(e_values(covered, np.full(3000, 0.9), starts) >= 1 / ALPHA)
        assert len(rang)
        delays.append(rang[0] - 1500)
    assert min(delays) >= 0
    assert np.median(delays) < 200


def test_answers_of_different_confidence_are_held_to_their_own() -> None:
    promised = np.tile([0.5, 0.95], 500)
    kept = (np.random.default_rng(0).random(1000) < promised).astype(np.float64)
    assert e_values(kept, promised).max() < 1 / ALPHA
    assert e_values(kept, np.full(1000, 0.9)).max() > 1 / ALPHA


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        ([], []),
        ([19.0], [False]),
        ([21.0], [True]),
        ([21.0, 1.0], [False, False]),
        ([41.0, 1.0], [True, False]),
        ([25.0, 21.0], [True, True]),
    ],
)
def test_of_several_the_evident_ones_are_named(evidence: list[float], found: list[bool]) -> None:
    assert broken(evidence) == found
