"""Why an answer is what it is: what each thing told moved, and what else would be worth telling.

Every part of what was told is a question that the model can answer itself, so a contribution is
what the answer gains, on average over all orders of telling, when a feature is told: Shapley
values by removal (Covert, Lundberg and Lee, "Explaining by Removing", JMLR 2021). They tell how
the model comes to its answer, not what would happen if something were changed in the world.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from Task2_model.conformal import Floats
from Task2_model.contract import Rows
from Task3_api.measure import Chance, Measure, Range
from Task3_api.predictor import Predictor, Record
from Task3_api.shapley import Coalitions, shapley

HIDDEN = np.float32(np.nan)
LOOKED_AT = 512  # calibration rows, about, among which similar ones are found
SIMILAR = 32  # of them, at most, that show what an untold feature may be
TRIED = 2048  # values, about, of all untold features together
OUTCOMES = 4096  # calibration outcomes, about, that the base is taken from
MEANING = (
    "A contribution is what the answer gains, on average over all orders of telling, when a "
    "feature is told (Shapley values by removal): the base, which is what one would say knowing "
    "nothing, and all contributions add up to the answer. They tell how the model comes to its "
    "answer, not what would happen if something were changed. A category that the model does not "
    "know contributes nothing and is left out. Of more than ten features the contributions are "
    "estimated from random orders, the same ones at every request."
)


class Explainer:
    """Explains the answers of one predictor; safe to share between threads."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        calibration = predictor.sealed.calibration
        self._outcomes: Floats = calibration.outcomes[:: len(calibration.rows) // OUTCOMES + 1]
        self._rows: Rows = calibration.rows[:: len(calibration.rows) // LOOKED_AT + 1]

    def explain(self, record: Record) -> dict[str, Any]:
        """Why the answer to one record is what it is, ready for JSON.

        `base` is what one would say knowing nothing: the median of the calibration outcomes and
        the width of their middle, or the share of the class among them. `contributions` lead
        from there to the answer, the largest first, and add up to it. `untold` names what was
        left out, the most useful first: how much narrower the range would be (`narrower`, a
        share of 1), or how far the probability would move (`moves`), on average, if it were told.

        Widths are estimates, but for the answer's own: a part of what was told is given the
        limits that were calibrated for the whole.

        Raises InputError where the record tells nothing that the model can use.
        """
        answer = self._predictor.answer(record)
        row = self._predictor.contract.encode([record])[0]
        measure = self._measure(answer, row)
        return {
            **measure.answer,
            **self._told(answer, row, measure),
            "untold": self._untold(row, measure),
            **{name: answer[name] for name in ("target", "unit", "model")},
        }

    def _measure(self, answer: dict[str, Any], row: Rows) -> Measure:
        kind = Range if self._predictor.contract.task == "regression" else Chance
        return kind(self._predictor.contract, answer, self._predictor.raw_predict(row[None])[0])

    def _told(self, answer: dict[str, Any], row: Rows, measure: Measure) -> dict[str, Any]:
        """The way from the base to the answer, in figures that add up as they are rounded."""
        told = np.flatnonzero(~np.isnan(row))
        base = measure.base(self._outcomes)

        def worth(coalitions: Coalitions) -> Floats:
            rows = np.full((len(coalitions), len(row)), HIDDEN)
            rows[:, told] = np.where(coalitions, row[told], HIDDEN)
            known = coalitions.any(axis=1, keepdims=True)
            return np.where(known, measure.read(self._predictor.raw_predict(rows)), base)

        brought = shapley(worth, len(told))
        order = np.argsort(-np.abs(brought[:, 0]), kind="stable")
        totals = np.cumsum([base, *brought[order]], axis=0).round(measure.decimals) + 0.0  # no -0
        steps = np.diff(totals, axis=0).round(max(measure.decimals, 0)).tolist()
        names = [self._predictor.contract.names[index] for index in told[order]]
        return {
            "base": measure.named(totals[0].tolist()),
            "contributions": [
                {"feature": name, "value": answer["given"][name], **measure.named(step)}
                for name, step in zip(names, steps, strict=True)
            ],
        }

    def _untold(self, row: Rows, measure: Measure) -> list[dict[str, Any]]:
        """What would come of telling more, judged by rows that the model answers alike so far."""
        alike = np.where(np.isnan(row), HIDDEN, self._rows)
        apart = np.abs(self._predictor.raw_predict(alike) - self._predictor.raw_predict(row[None]))
        nearest = self._rows[np.argsort(apart.sum(axis=1), kind="stable")]
        untold = np.flatnonzero(np.isnan(row)).tolist()
        tried = min(SIMILAR, TRIED // (len(untold) + 1) + 1)
        gains = []
        for index in untold:
            values = nearest[~np.isnan(nearest[:, index]), index][:tried]
            if len(values):
                rows = np.tile(row, (len(values), 1))
                rows[:, index] = values
                gain = measure.gain(self._predictor.raw_predict(rows))
                name = self._predictor.contract.names[index]
                gains.append({"feature": name, measure.gained: gain})
        return sorted(gains, key=lambda gain: -float(gain[measure.gained]))
