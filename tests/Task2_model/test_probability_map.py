"""Probabilities that are too bold or too timid are put right; those that are right stay."""

from __future__ import annotations

import numpy as np
import pytest

from Task2_model.contract import Floats, Indices
from Task2_model.probability_map import ProbabilityMap


def drawn(rows: int, classes: int, seed: int) -> tuple[Floats, Indices]:
    """True probabilities (rows, classes), and classes drawn by them."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.ones(classes), rows)
    return probabilities, (probabilities.cumsum(axis=1) < rng.random((rows, 1))).sum(axis=1)


def loss(probabilities: Floats, outcomes: Indices) -> float:
    return float(-np.log(probabilities[np.arange(len(outcomes)), outcomes]).mean())


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("power", [0.5, 2.0])
def test_too_timid_and_too_bold_ones_are_put_right(classes: int, power: float) -> None:
    true, outcomes = drawn(6_000, classes, 0)
    said = true**power * np.linspace(1, 2, classes)
    said /= said.sum(axis=1, keepdims=True)
    right = ProbabilityMap.fit(said[:4_000], outcomes[:4_000])(said[4_000:])
    np.testing.assert_allclose(right.sum(axis=1), 1)
    assert np.abs(right - true[4_000:]).mean() < 0.02
    assert loss(right, outcomes[4_000:]) < loss(said[4_000:], outcomes[4_000:]) - 0.01


def test_the_loss_is_the_least_that_a_map_can_have() -> None:
    true, outcomes = drawn(500, 3, 1)
    best = ProbabilityMap.fit(true, outcomes, prior=1e-6)
    rng = np.random.default_rng(0)
    for _ in range(50):
        slopes, intercepts = (part + rng.normal(0, 0.05, 3) for part in vars(best).values())
        other = ProbabilityMap(slopes, intercepts)
        assert loss(best(true), outcomes) <= loss(other(true), outcomes) + 1e-9


def test_few_rows_change_little_and_probabilities_that_mislead_stay() -> None:
    true, outcomes = drawn(30, 2, 2)
    few = ProbabilityMap.fit(true, outcomes)
    assert np.abs(few(true) - true).max() < 0.2
    true, outcomes = drawn(2_000, 2, 3)
    turned = ProbabilityMap.fit(true[:, ::-1], outcomes)
    np.testing.assert_array_equal(turned.slopes, 1)
    sure = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert np.isfinite(few(sure)).all()
