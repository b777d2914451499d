"""Numbers turned into positions on a picture; the templates draw them.

Positions are percentages of the picture's width or height, so that a picture fits any screen while
its letters keep their size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from Task2_model.contract import Floats
from Task2_model.formatting import round_step
from Task3_api.pages.curve import Curve

BINS = 48  # of the strip that shows the training outcomes
TAIL = 0.005  # share of the outcomes that may lie beyond either end of the strip
TICKS = 5  # of an axis, at most, apart from its ends
Point = tuple[float, float]


@dataclass(frozen=True)
class Axis:
    """A scale from `low` to `high`."""

    low: float
    high: float

    @classmethod
    def around(cls, values: Iterable[float]) -> Axis:
        """An axis from a round number below all values to one above them."""
        low, high = min(values := list(values)), max(values)
        step = round_step(((high - low) or abs(high) or 1) / TICKS)
        return cls(math.floor(low / step) * step, math.ceil(high / step) * step)

    @cached_property
    def ticks(self) -> list[float]:
        """Round numbers along the axis, about four or five."""
        step = round_step(((self.high - self.low) or 1) / TICKS)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [float(f"{number * step:.12g}") for number in range(first, last + 1)]

    def at(self, value: float) -> float:
        """Where a value lies, from 0 at `low` to 100 at `high`; outside it is at the end."""
        share = (value - self.low) / ((self.high - self.low) or 1)
        return round(100 * min(max(share, 0), 1), 2)


@dataclass(frozen=True)
class OutcomeStrip:
    """The answer among the training outcomes; `training` is the outline of their histogram."""

    axis: Axis
    training: str

    @classmethod
    def of(cls, outcomes: Floats, answer: Iterable[float]) -> OutcomeStrip:
        """A strip of the outcomes that is wide enough for the answer's range, if there is one."""
        axis = Axis.around([*np.quantile(outcomes, [TAIL, 1 - TAIL]).tolist(), *answer])
        return cls(axis, histogram_outline(axis, outcomes))


@dataclass(frozen=True)
class CurveChart:
    """A curve with its range; `line`, `area` and `training` are drawn in a square of 100 by 100."""

    curve: Curve
    x: Axis
    y: Axis
    line: str
    area: str
    training: str

    @classmethod
    def of(cls, curve: Curve, training: Floats) -> CurveChart:
        """The picture of a curve over numbers, or of bars over categories.

        `training` are values of the feature in training rows, of which the outline is drawn.
        """
        low, high = curve.lower or curve.middle, curve.upper or curve.middle
        y = Axis.around([*low, *high] if curve.lower else [0, *high])
        if curve.feature.kind == "category":
            return cls(curve, Axis(0, len(curve.values)), y, "", "", "")
        values = [float(value) for value in curve.values]
        x = Axis(values[0], values[-1])
        line = _points(x, y, values, curve.middle)
        area = _points(x, y, values, curve.upper) + _points(x, y, values, curve.lower)[::-1]
        shade = f"{path(area)}Z" if area else ""
        whole = curve.feature.kind == "integer"
        return cls(curve, x, y, path(line), shade, histogram_outline(x, training, whole))


def histogram_outline(axis: Axis, values: Floats, whole: bool = False) -> str:
    """The outline of a histogram in a square of 100 by 100; bins of `whole` numbers are alike."""
    width = (axis.high - axis.low) / BINS
    width = (math.ceil(width) if whole else width) or 1
    bins = max(1, math.ceil((axis.high - axis.low) / width - 1e-9))
    counts, edges = np.histogram(values, axis.low + width * np.arange(bins + 1))
    heights = 100 * (1 - counts / max(counts.max(), 1))
    corners = zip(np.repeat(edges, 2)[1:-1].tolist(), np.repeat(heights, 2).tolist(), strict=True)
    return path([(0, 100), *((axis.at(edge), top) for edge, top in corners), (100, 100)]) + "Z"


def path(points: Sequence[Point]) -> str:
    """A line through points, as SVG writes it."""
    return "M" + "L".join(f"{x:.4g},{y:.4g}" for x, y in points)


def _points(x: Axis, y: Axis, values: Sequence[float], heights: Sequence[float]) -> list[Point]:
    pairs = zip(values, heights, strict=bool(heights)) if heights else ()
    return [(x.at(value), 100 - y.at(height)) for value, height in pairs]
