"""What the choice of a threshold costs, as a page tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from Task2_model.contract import Costs, Floats
from Task2_model.formatting import format_cost, format_number, format_percent
from Task3_api.current_model import CurrentModel
from Task3_api.pages.charts import Axis, path
from Task3_api.record_encoder import Record
from Task3_api.threshold_costs import STEPS

CASES = 1000  # that figures are told of


@dataclass(frozen=True)
class CostLine:
    """What one threshold does in so many cases, as texts."""

    threshold: str
    false_positives: str
    false_negatives: str
    cost: str


@dataclass(frozen=True)
class CostView:
    """The costs of all thresholds."""

    lines: tuple[CostLine, ...]  # one for each per cent, from 0 to 100
    # the threshold in use, the cheapest and the probability of the case, in per cent
    own: int
    cheapest: int
    case: int
    curve: str  # the costs as a line in a square of 100 by 100
    count: int  # how many rows were counted on

    @classmethod
    def of(cls, model: CurrentModel, record: Record, answer: dict[str, Any]) -> CostView | None:
        """The costs for cases that give what a record gives; None where the costs are not known."""
        target = model.contract.target
        if target.costs is None:
            return None
        rates = model.threshold_costs.error_rates(record)
        costs = CASES * rates @ [target.costs.false_positive, target.costs.false_negative]
        y = Axis(0.0, float(costs.max()) or 1.0)
        return cls(
            tuple(_line(target.costs, step, rates[step], costs[step]) for step in range(STEPS + 1)),
            round(STEPS * (target.threshold or 0.5)),
            int(np.argmin(costs)),
            int(STEPS * answer["probability"]),
            path([(step, 100 - y.at(cost)) for step, cost in enumerate(costs.tolist())]),
            model.threshold_costs.count,
        )

    @property
    def table(self) -> dict[str, CostLine]:
        """The thresholds worth a line of their own, by what they are."""
        return {
            "as set": self.lines[self.own],
            "cheapest here": self.lines[self.cheapest],
            "always": self.lines[0],
            "never": self.lines[STEPS],
        }


def _line(costs: Costs, step: int, rates: Floats, cost: float) -> CostLine:
    false_positives, false_negatives = (format_number(round(CASES * rate)) for rate in rates)
    amount = format_cost(cost, costs.unit)
    return CostLine(format_percent(step / STEPS), false_positives, false_negatives, amount)
