"""What an explanation is counted in: an amount and the width of its range, or a chance.

A measure turns the model's raw outputs into these terms, as seen from one answer: with the
limits that hold for what was told, or for the class whose probability was answered.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from Task2_model.conformal import Floats
from Task2_model.contract import Contract


class Measure(ABC):
    """The terms of one answer's explanation.

    Attributes
    ----------
    names : tuple of str
        What is counted; the first is the answer itself.
    gained : str
        What `gain` is called.
    decimals : int
        Places to which it is rounded.
    answer : dict
        The answer in these terms.
    """

    names: tuple[str, ...]
    gained: str
    decimals: int
    answer: dict[str, Any]

    @abstractmethod
    def read(self, raw: Floats) -> Floats:
        """Raw outputs (n, outputs) in these terms (n, names)."""

    @abstractmethod
    def base(self, outcomes: Floats) -> Floats:
        """What one would say knowing no more than the outcomes (n,); shape (names,)."""

    @abstractmethod
    def gain(self, raw: Floats) -> float:
        """What it is worth to come to one of these raw outputs (n, outputs), by telling more."""

    def named(self, values: list[float]) -> dict[str, float]:
        """Values by their names."""
        return dict(zip(self.names, values, strict=True))


class Range(Measure):
    """An amount and the width of its range, in the target's unit."""

    names = ("prediction", "width")
    gained = "narrower"

    def __init__(self, contract: Contract, answer: dict[str, Any], raw: Floats) -> None:
        target = contract.target
        self.decimals = target.decimals
        self._confidence = contract.confidence
        self._unlearn = np.exp if target.logarithmic else np.asarray
        ends = np.array([answer["lower"], answer["upper"]])
        if target.logarithmic:  # an end that was rounded to nothing is half a unit at most
            ends = np.log(np.maximum(ends, 0.5 * 10.0**-target.decimals))
        self._limits = (ends - raw[0]) / np.exp(raw[1])
        self._width = float(self.read(raw[None])[0, 1])
        width = round(answer["upper"] - answer["lower"], max(target.decimals, 0))
        self.answer = {"prediction": answer["prediction"], "width": width}

    def read(self, raw: Floats) -> Floats:
        """Predictions and the widths of their ranges."""
        centre, spread = raw[:, :1], np.exp(raw[:, 1:2])
        ends = self._unlearn(centre + self._limits * spread)
        return np.column_stack([self._unlearn(centre), ends[:, 1] - ends[:, 0]])

    def base(self, outcomes: Floats) -> Floats:
        """The median outcome, and how wide the middle of the outcomes is."""
        miss = (1 - self._confidence) / 2
        low, median, high = self._unlearn(np.quantile(outcomes, [miss, 0.5, 1 - miss]))
        return np.array([median, high - low])

    def gain(self, raw: Floats) -> float:
        """How much narrower the range becomes, as a share of 1; negative where it widens."""
        narrower = 1 - self.read(raw)[:, 1].mean() / self._width if self._width else 0.0
        return round(float(narrower), 3)


class Chance(Measure):
    """The probability of one class."""

    names = ("probability",)
    gained = "moves"
    decimals = 4

    def __init__(self, contract: Contract, answer: dict[str, Any], raw: Floats) -> None:
        self._class = contract.target.values.index(answer["probability_of"])
        self._chance = raw[self._class]
        self.answer = {name: answer[name] for name in ("probability", "probability_of")}

    def read(self, raw: Floats) -> Floats:
        """The class's probabilities."""
        return raw[:, self._class, None]

    def base(self, outcomes: Floats) -> Floats:
        """The class's share of the outcomes."""
        return np.array([(outcomes == self._class).mean()])

    def gain(self, raw: Floats) -> float:
        """How far the probability moves, up or down."""
        return round(float(np.abs(raw[:, self._class] - self._chance).mean()), 4)
