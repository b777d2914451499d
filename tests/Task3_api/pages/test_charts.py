"""Positions on a picture."""

from __future__ import annotations

import numpy as np
import pytest

from Task3_api.pages.charts import Axis, OutcomeStrip, histogram_outline, path


@pytest.mark.parametrize(
    ("values", "low", "high", "ticks"),
    [
        ([616, 5228], 0, 6000, [0, 2000, 4000, 6000]),
        ([0.02, 0.57], 0, 0.6, [0, 0.2, 0.4, 0.6]),
        ([-3, 7], -4, 8, [0, 5]),
        ([41_000, 589_000], 0, 600_000, [0, 200_000, 400_000, 600_000]),
        ([5, 5], 5, 5, [5]),
        ([0, 0], 0, 0, [0]),
        ([1e-7, 3e-7], 1e-7, 3e-7, [1e-7, 1.5e-7, 2e-7, 2.5e-7, 3e-7]),
    ],
)
def test_an_axis_is_round(values: list[float], low: float, high: float, ticks: list[float]) -> None:
    axis = Axis.around(values)
    assert (axis.low, axis.high) == pytest.approx((low, high))
    assert axis.ticks == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("value", "position"), [(100, 0), (200, 100), (125, 25), (-1e9, 0), (1e9, 100)]
)
def test_a_position_is_on_the_axis(value: float, position: float) -> None:
    assert Axis(100, 200).at(value) == position
    assert 0 <= Axis(100, 100).at(value) <= 100


def test_a_path() -> None:
    assert path([(0, 100), (12.5, 33.33333)]) == "M0,100L12.5,33.33"


def test_the_outline_is_as_high_as_there_are_values() -> None:
    outline = histogram_outline(Axis(0, 3), np.array([0.0, 1, 1, 2]), whole=True)
    assert outline == "M0,100L0,50L33.33,50L33.33,0L66.67,0L66.67,50L100,50L100,100Z"
    assert histogram_outline(Axis(5, 5), np.array([5.0])).startswith("M0,100L")


def test_a_strip_has_room_for_the_answer() -> None:
    outcomes = np.linspace(100, 200, 1001)
    assert OutcomeStrip.of(outcomes, ()).axis == Axis(100, 200)
    assert OutcomeStrip.of(outcomes, (90, 310)).axis == Axis(50, 350)
