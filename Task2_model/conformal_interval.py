"""Prediction intervals: how far a number may be from what is predicted."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from Task2_model.calibration import Calibration
from Task2_model.contract import Contract, Floats, Indices, Rows
from Task2_model.ensemble import Ensemble
from Task2_model.mask_conditional import Block, Conformal, rank_at_least


class ConformalRegressor(Conformal):
    """An interval around each prediction.

    The raw outputs are a location and the logarithm of a scale. The out-of-fold errors of the
    calibration rows, in units of their scale, give the interval's two ends, each missed by half
    of what the confidence leaves (Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, JASA 2018,
    section 5.2; the ends apart as in Romano, Patterson and Candès, NeurIPS 2019, theorem 2).

    No end lies beyond all values of the data, unless the prediction does: of n exchangeable rows
    and one more, that one is beyond the others with a probability of 2 / (n + 1) at most. Later
    rows are not exchangeable with those before, so of rows split in time no end is moved.
    """

    def __init__(self, contract: Contract, calibration: Calibration, ensemble: Ensemble) -> None:
        super().__init__(contract, calibration, ensemble)
        target, in_time = contract.target, contract.split and contract.split.kind == "time"
        self._least = -np.inf if in_time or target.minimum is None else target.minimum
        self._largest = np.inf if in_time or target.maximum is None else target.maximum

    def _highest_confidence(self) -> float:
        """Both ends must be among the errors."""
        count = len(self.calibration.rows)
        return (count - 1) / (count + 1)

    def _raw(self, rows: Rows) -> Floats:
        return self.ensemble(rows)

    def _answer(self, raw: Floats) -> Floats:
        return raw

    def _point(self, raw: Floats) -> Block:
        return {"prediction": self._amount(raw[:, 0])}

    def _prediction_set(self, raw: Floats, quantiles: Floats, of_row: Indices | None) -> Block:
        quantiles = quantiles if of_row is None else quantiles[of_row]
        ends = self._amount(raw[:, :1] + quantiles * np.exp(raw[:, 1:]))
        prediction = self._amount(raw[:, 0])
        return {
            "lower": np.maximum(ends[:, 0], np.minimum(prediction, self._least)),
            "upper": np.minimum(ends[:, 1], np.maximum(prediction, self._largest)),
        }

    def _amount(self, learned: Floats) -> Floats:
        """In the unit of the target, and nothing below 0 where no row ever was."""
        target = self.contract.target
        if target.logarithmic:
            return np.exp(learned)
        if target.minimum is not None and target.minimum >= 0:
            return np.maximum(learned, 0.0)
        return learned

    def _scores_to_quantiles(
        self, raw: Floats, rows: npt.NDArray[np.bool_], confidence: float
    ) -> Floats | None:
        outcomes, own = self.calibration.outcomes[rows], raw[rows]
        scores = np.sort((outcomes - own[:, 0]) / np.exp(own[:, 1]))
        rank = rank_at_least((1 + confidence) / 2, len(scores))
        if rank > len(scores):
            return None
        return np.array([scores[len(scores) - rank], scores[rank - 1]])
