"""The 95 % confidence interval of a share, which stays within 0 and 1."""

from __future__ import annotations

from typing import Any

Z95 = 1.96


def wilson_interval(share: Any, n: Any) -> tuple[Any, Any]:
    """The ends of the interval of a share of `n` cases (Wilson, 1927); both may be arrays."""
    middle = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * (share * (1 - share) / n + (Z95 / n) ** 2 / 4) ** 0.5
    return middle - half, middle + half
