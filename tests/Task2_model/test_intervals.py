from __future__ import annotations

import numpy as np
import pytest

from Task2_model.intervals import wilson_interval


@pytest.mark.parametrize(
    ("share", "n", "low", "high"), [(0.5, 100, 0.404, 0.596), (0.0, 10, 0.0, 0.278)]
)
def test_wilsons_interval(share: float, n: int, low: float, high: float) -> None:
    assert wilson_interval(share, n) == pytest.approx((low, high), abs=5e-4)


def test_of_many_shares_at_once() -> None:
    shares, n = np.array([0.5, 0.0]), np.array([100, 10])
    low, high = wilson_interval(shares, n)
    assert list(zip(low, high, strict=True)) == [
        wilson_interval(*pair) for pair in zip(shares, n, strict=True)
    ]
