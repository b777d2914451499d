"""The error to be expected of answers, before anybody knows what came true.

Regression: the width of an answer's range comes from the model of its own errors, so that their
mean size for calibration rows, divided by the mean width, tells the error from the width for the
same features given (direct loss estimation). Classification: from the probabilities. It holds if
the inputs alone have moved, and not what follows from them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from Task2_model.artifact import SealedModel
from Task2_model.contract import Floats
from Task2_model.gate import Candidate

MOST_SUBSETS = 50  # the most frequent ones; others are taken for the one with most features


class ExpectedError:
    """Expects the errors of one version's answers."""

    def __init__(self, sealed: SealedModel) -> None:
        self._contract = sealed.contract
        self._calibration = sealed.calibration
        self._conformal = Candidate(sealed).conformal

    def of(self, answers: pd.DataFrame) -> Floats:
        """The error expected of each answer (n,): absolute, or the chance to be wrong.

        `answers` has `subset` (tuples of names), and `width`, or `label`, `probability` and
        `probability_of`.
        """
        if self._contract.task == "classification":
            probability = answers["probability"].to_numpy(dtype=np.float64)
            own = (answers["label"] == answers["probability_of"]).to_numpy()
            return np.asarray(np.where(own, 1 - probability, probability))
        ratios = {
            subset: self._ratio(subset)
            for subset in answers["subset"].value_counts().index[:MOST_SUBSETS]
        }
        largest = ratios[max(ratios, key=len)] if ratios else np.nan
        ratio = np.array([ratios.get(subset, largest) for subset in answers["subset"]])
        return np.asarray(ratio * answers["width"].to_numpy(dtype=np.float64))

    def _ratio(self, subset: Sequence[str]) -> float:
        """Mean error of calibration rows that give a subset, per width of their range."""
        given = np.isin(self._contract.names, subset)
        rows = np.where(given, self._calibration.rows, np.float32(np.nan))
        some = ~np.isnan(rows).all(axis=1)
        if not some.any():
            return float("nan")
        block = self._conformal.block(rows[some])
        held_out = self._conformal.out_of_fold(rows)["prediction"][some]
        truth = self._calibration.outcomes[some]
        truth = np.exp(truth) if self._contract.target.logarithmic else truth
        errors = np.abs(held_out - truth).mean()
        return float(errors / (block["upper"] - block["lower"]).mean())
