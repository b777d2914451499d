"""Why an answer is what it is: what each given feature contributes, and which missing ones would
be the most useful.

The model can answer from every subset of the given features, so a feature's contribution is what
the answer gains when it is given, on average over all orders: Shapley values by removal (Covert,
Lundberg and Lee, "Explaining by Removing", JMLR 2021). They explain how the model comes to its
answer, not what would happen if something were changed in the world.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from Task2_model.contract import Contract, Floats, Rows
from Task2_model.mask_conditional import Block
from Task3_api.predictor import Predictor
from Task3_api.record_encoder import Record
from Task3_api.shapley import Coalitions, shapley_values

MISSING = np.float32(np.nan)
NEIGHBOUR_POOL = 512  # calibration rows, about, among which similar ones are searched
MAX_NEIGHBOURS = 32  # of them, whose values stand in for a missing feature
MAX_ROWS = 2048  # about, that the model is asked for all missing features together
MAX_OUTCOMES = 4096  # calibration outcomes, about, that the base is taken from
MEANING = (
    "A contribution is what the answer gains when a feature is given, on average over all orders "
    "of giving them (Shapley values by removal): the base, which is what one would say knowing "
    "nothing, and all contributions add up to the answer. They tell how the model comes to its "
    "answer, not what would happen if something were changed. A category that the model does not "
    "know contributes nothing and is left out. Of more than ten features the contributions are "
    "estimated from random orders, the same ones at every request."
)


class Explainer:
    """Explains the answers of one predictor; safe to share between threads."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self._contract = predictor.contract
        calibration = predictor.sealed.calibration
        self._outcomes: Floats = calibration.outcomes[:: len(calibration.rows) // MAX_OUTCOMES + 1]
        self._rows: Rows = calibration.rows[:: len(calibration.rows) // NEIGHBOUR_POOL + 1]

    def explain(self, record: Record, confidence: float | None = None) -> dict[str, Any]:
        """Why the answer to one record is what it is, ready for JSON.

        `base` is what one would say knowing nothing: the median of the calibration outcomes and
        the width of their middle, or the share of the class among them. `contributions` lead
        from there to the answer, the largest first, and add up to it. `missing` names what was
        not given, the most useful first: how much narrower the range would be (`narrower`, a
        share of 1), or how far the probability would move (`moves`), on average, if it were given.

        Widths are estimates, but for the answer's own: a subset of the given features has the
        conformal quantiles that were calibrated for all of them.

        Raises InputError where the record gives nothing that the model can use.
        """
        answer = self._predictor.answer(record, confidence)
        row = self._contract.encode([record])[0]
        explained = self._explained(answer, row[None])
        return {
            **explained.answer,
            **self._contributions(answer, row, explained),
            "missing": self._missing(row, explained),
            **{name: answer[name] for name in ("confidence", "target", "unit", "model")},
        }

    def contributions(self, record: Record) -> dict[str, Any]:
        """The part of `explain` that leads from the base to the answer, which takes half as long.

        Raises InputError where the record gives nothing that the model can use.
        """
        answer = self._predictor.answer(record)
        row = self._contract.encode([record])[0]
        return self._contributions(answer, row, self._explained(answer, row[None]))

    def _explained(self, answer: dict[str, Any], row: Rows) -> ExplainedAnswer:
        raw = self._predictor.raw_predict(row)
        if self._contract.task == "classification":
            return ExplainedProbability(self._contract, answer, raw[0])
        as_intervals = self._predictor.for_subset(row, answer["confidence"])
        return ExplainedInterval(self._contract, answer, raw, as_intervals)

    def _contributions(
        self, answer: dict[str, Any], row: Rows, explained: ExplainedAnswer
    ) -> dict[str, Any]:
        """The steps from the base to the answer, in figures that add up as they are rounded."""
        given = np.flatnonzero(~np.isnan(row))
        base = explained.base(self._outcomes)

        def value_function(coalitions: Coalitions) -> Floats:
            rows = np.full((len(coalitions), len(row)), MISSING)
            rows[:, given] = np.where(coalitions, row[given], MISSING)
            is_empty = ~coalitions.any(axis=1, keepdims=True)
            return np.where(is_empty, base, explained.values(self._predictor.raw_predict(rows)))

        contributions = shapley_values(value_function, len(given))
        order = np.argsort(-np.abs(contributions[:, 0]), kind="stable")
        totals = np.cumsum([base, *contributions[order]], axis=0).round(explained.decimals) + 0.0
        totals[-1] = [explained.answer[name] for name in explained.names]  # rounded at both ends
        steps = np.diff(totals, axis=0).round(max(explained.decimals, 0)).tolist()  # 0.0: no -0
        names = [self._contract.names[index] for index in given[order]]
        return {
            "base": explained.named(totals[0].tolist()),
            "contributions": [
                {"feature": name, "value": answer["given"][name], **explained.named(step)}
                for name, step in zip(names, steps, strict=True)
            ],
        }

    def _missing(self, row: Rows, explained: ExplainedAnswer) -> list[dict[str, Any]]:
        """What each missing feature would gain, by its values in similar rows."""
        neighbours = self._neighbours(row)
        missing = np.flatnonzero(np.isnan(row)).tolist()
        count = min(MAX_NEIGHBOURS, MAX_ROWS // (len(missing) + 1) + 1)
        gains = []
        for index in missing:
            values = neighbours[~np.isnan(neighbours[:, index]), index][:count]
            if len(values):
                rows = np.tile(row, (len(values), 1))
                rows[:, index] = values
                gain = explained.gain(self._predictor.raw_predict(rows))
                gains.append({"feature": self._contract.names[index], explained.gain_name: gain})
        return sorted(gains, key=lambda gain: -float(gain[explained.gain_name]))

    def _neighbours(self, row: Rows) -> Rows:
        """Calibration rows, first those that the model answers alike from the given features."""
        masked = np.where(np.isnan(row), MISSING, self._rows)
        raw = self._predictor.raw_predict(np.vstack([row, masked]))
        distances = np.abs(raw[1:] - raw[0]).sum(axis=1)
        return self._rows[np.argsort(distances, kind="stable")]


class ExplainedAnswer(ABC):
    """One answer in the terms of its explanation, and the model's raw outputs in the same terms.

    Attributes
    ----------
    names : tuple of str
        What is explained; the first is the answer itself.
    gain_name : str
        What `gain` is called.
    decimals : int
        Places after the point to which it is rounded.
    answer : dict
        The answer in these terms.
    """

    names: tuple[str, ...]
    gain_name: str
    decimals: int
    answer: dict[str, Any]

    @abstractmethod
    def values(self, raw: Floats) -> Floats:
        """Raw outputs (n, outputs) in these terms (n, names)."""

    @abstractmethod
    def base(self, outcomes: Floats) -> Floats:
        """What one would say knowing no more than the outcomes (n,); shape (names,)."""

    @abstractmethod
    def gain(self, raw: Floats) -> float:
        """What a further feature gains that leads to one of these raw outputs (n, outputs)."""

    def named(self, values: list[float]) -> dict[str, float]:
        """Values by their names."""
        return dict(zip(self.names, values, strict=True))


class ExplainedInterval(ExplainedAnswer):
    """A prediction and the width of its interval, in the target's unit.

    `as_intervals` makes answers of raw outputs, by the conformal quantiles of this one's subset.
    """

    names = ("prediction", "width")
    gain_name = "narrower"

    def __init__(
        self,
        contract: Contract,
        answer: dict[str, Any],
        raw: Floats,
        as_intervals: Callable[[Floats], Block],
    ) -> None:
        target = contract.target
        self.decimals = target.decimals
        self._confidence = answer["confidence"]
        self._unlearn = np.exp if target.logarithmic else np.asarray
        self._as_intervals = as_intervals
        self._width = float(self.values(raw)[0, 1])
        width = round(answer["upper"] - answer["lower"], max(target.decimals, 0))
        self.answer = {"prediction": answer["prediction"], "width": width}

    def values(self, raw: Floats) -> Floats:
        """Predictions and the widths of their intervals."""
        block = self._as_intervals(raw)
        return np.column_stack([block["prediction"], block["upper"] - block["lower"]])

    def base(self, outcomes: Floats) -> Floats:
        """The median outcome, and how wide the middle of the outcomes is."""
        miss = (1 - self._confidence) / 2
        low, median, high = self._unlearn(np.quantile(outcomes, [miss, 0.5, 1 - miss]))
        return np.array([median, high - low])

    def gain(self, raw: Floats) -> float:
        """How much narrower the interval becomes, as a share of 1; negative where it widens."""
        narrower = 1 - self.values(raw)[:, 1].mean() / self._width if self._width else 0.0
        return round(float(narrower), 3)


class ExplainedProbability(ExplainedAnswer):
    """The probability of one class."""

    names = ("probability",)
    gain_name = "moves"
    decimals = 4

    def __init__(self, contract: Contract, answer: dict[str, Any], raw: Floats) -> None:
        self._class = contract.target.values.index(answer["probability_of"])
        self._probability = raw[self._class]
        self.answer = {name: answer[name] for name in ("probability", "probability_of")}

    def values(self, raw: Floats) -> Floats:
        """The class's probabilities."""
        return raw[:, self._class, None]

    def base(self, outcomes: Floats) -> Floats:
        """The class's share of the outcomes."""
        return np.array([(outcomes == self._class).mean()])

    def gain(self, raw: Floats) -> float:
        """How far the probability moves, up or down."""
        return round(float(np.abs(raw[:, self._class] - self._probability).mean()), 4)
