"""What a threshold would have cost: the errors it makes on rows that no member saw.

Of two classes the positive one is answered from a probability on. Where that begins is a choice
between false alarms and cases that are missed, which is made by what each of them costs.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from Task2_model.calibration import Calibration
from Task2_model.contract import Contract, Floats
from Task2_model.ensemble import Ensemble
from Task3_api.record_encoder import Record

STEPS = 100  # from never to always, in per cent
SUBSETS = 1024  # of the features, that are kept
FEWEST_ROWS = 200  # that give a subset, or else all rows stand in


class ThresholdCosts:
    """Counts the errors of every threshold; safe to share between threads."""

    def __init__(self, contract: Contract, calibration: Calibration, ensemble: Ensemble) -> None:
        self.contract = contract
        self.count = len(calibration.rows)
        self._calibration = calibration
        self._ensemble = ensemble
        self._positive = contract.target.classes.index(contract.target.positive)
        self._measured = lru_cache(SUBSETS)(self._measure)

    def error_rates(self, record: Record) -> Floats:
        """The shares of false positives and of false negatives among all cases.

        Shape (STEPS + 1, 2), one line for each threshold 0, 0.01 … 1, for cases that give what
        the record gives.
        """
        row = self.contract.encode([record])[0]
        return self._measured(np.packbits(~np.isnan(row)).tobytes())

    def _measure(self, subset: bytes) -> Floats:
        rows, folds = self._calibration.rows, self._calibration.folds
        bits = np.unpackbits(np.frombuffer(subset, np.uint8), count=rows.shape[1])
        given = bits.astype(bool)
        complete = ~np.isnan(rows[:, given]).any(axis=1)
        own = complete if complete.sum() >= FEWEST_ROWS else np.ones_like(complete)
        masked = np.where(given, rows[own], np.float32(np.nan))
        outputs = self._ensemble.of_folds(masked, folds[own])
        if self._ensemble.probability_map is not None:  # as it is made of an answer's
            outputs = self._ensemble.probability_map(outputs)
        probability = outputs[:, self._positive]
        event = self._calibration.outcomes[own] == self._positive
        thresholds = np.linspace(0, 1, STEPS + 1)
        predicted = probability >= thresholds[:, None]
        errors = [predicted & ~event, ~predicted & event]
        return np.stack([error.mean(axis=1) for error in errors], axis=1)
