"""A column that gives the target away is distinguished from one that is only related to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from Task1_database.onboarding.association import association, encode_target, leakage_score

RNG = np.random.default_rng(0)
ROWS = 1_000
X = RNG.normal(size=ROWS)
NOISE = RNG.normal(size=ROWS)
WALK = np.cumsum(RNG.normal(size=ROWS))
TEXT = np.where(X > 0.5, "high", np.where(X > -0.5, "middle", "low")).astype(object)
SOME = np.where(NOISE > 0, X, np.nan)


@pytest.mark.parametrize(
    ("column", "target", "low", "high"),
    [
        (X, np.exp(X), 0.99, 1),
        (X, -3 * X + 0.01 * NOISE, 0.99, 1),
        (X, X + 0.5 * NOISE, 0.6, 0.9),
        (X, NOISE, 0, 0.05),
        (np.arange(ROWS, dtype=float), WALK, 0, 0.9),
        (TEXT, X, 0.6, 0.9),
        (TEXT, NOISE, -0.05, 0.05),
        (np.where(NOISE > 1.5, X, np.nan), X, 0, 0),
        (np.full(ROWS, 7.0), X, 0, 0),
    ],
)
def test_a_number_is_given_away_by_what_rises_and_falls_with_it(
    column: npt.NDArray[Any], target: npt.NDArray[Any], low: float, high: float
) -> None:
    assert low <= leakage_score(column, encode_target(target, classes=False)) <= high + 1e-9


@pytest.mark.parametrize(
    ("column", "classes", "low", "high"),
    [
        (X, X > 0.3, 0.98, 1),
        (np.round(10 * X), np.abs(np.round(10 * X)) > 7, 0.99, 1),
        (TEXT, TEXT, 1, 1),
        (SOME, np.isnan(SOME), 0.98, 1),
        (X, NOISE > 0, -1, 0.1),
        (TEXT, X > 0, 0.4, 0.9),
        (np.array([None] * ROWS, dtype=object), X > 0, -0.1, 0.1),
    ],
)
def test_a_class_is_given_away_by_what_is_alike_where_it_is(
    column: npt.NDArray[Any], classes: npt.NDArray[Any], low: float, high: float
) -> None:
    assert low <= leakage_score(column, encode_target(classes, classes=True)) <= high


def test_what_explains_more_has_more_association() -> None:
    target = encode_target(X**2 + 0.1 * NOISE, classes=False)
    shares = [association(column, target) for column in (X, TEXT, SOME, NOISE)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.8
    assert abs(shares[3]) < 0.1


def test_the_order_of_the_rows_explains_nothing() -> None:
    rows = np.arange(ROWS)
    tied = (rows % 2).astype(float)
    assert abs(association(tied, encode_target(rows // 100, classes=True))) < 0.1
