"""The real cases most like the one asked about, and what came of them.

They are the calibration rows, which are sealed with the model. They may be about people, so a page
shows them only where dataset.toml says so: see `Contract.similar_cases`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from Task2_model.calibration import Calibration
from Task2_model.contract import Contract, Feature, Floats, Rows, Value
from Task3_api.record_encoder import Record

FAR = 0.1  # a distance: a tenth of all cases lies between two values, or a tenth of all differ


@dataclass(frozen=True)
class Case:
    """One row of the data."""

    record: dict[str, Value]  # what is known of it
    outcome: float | str  # its value of the target, or its class
    distance: float  # from the case asked about, 0 (alike in all that was given) to 1


class NearestCases(NamedTuple):
    """The nearest cases, the nearest first, and how many rows are no farther than the last."""

    cases: list[Case]
    as_near: int


class SimilarCases:
    """Finds the calibration rows nearest to a record.

    The distance is Gower's ("A General Coefficient of Similarity", Biometrics 1971) over the
    features given, each counted alike: two categories are 0 or 1 apart, two numbers by the share
    of rows that lies between them. What a row does not have is 1 apart from anything.
    """

    def __init__(self, contract: Contract, calibration: Calibration) -> None:
        self.contract = contract
        self.count = len(calibration.rows)
        self._calibration = calibration
        self._ranks = [
            rows if feature.kind == "category" else _ranks(rows, rows)
            for feature, rows in zip(contract.features, calibration.rows.T, strict=True)
        ]

    def nearest(self, record: Record, count: int) -> NearestCases:
        """So many cases; none where nothing is given that could tell."""
        row = self.contract.encode([record])[0]
        given = np.flatnonzero(~np.isnan(row))
        if not len(given):
            return NearestCases([], 0)
        distances = np.mean([self._apart(index, row[index]) for index in given.tolist()], axis=0)
        first = np.argsort(distances, kind="stable")[:count]
        cases = [self._case(index, float(distances[index])) for index in first.tolist()]
        return NearestCases(cases, int((distances <= distances[first[-1]]).sum()))

    def _apart(self, index: int, value: np.float32) -> Floats:
        feature, column = self.contract.features[index], self._calibration.rows[:, index]
        if feature.kind == "category":
            return np.asarray(column != value, dtype=np.float64)
        rank = _ranks(column, np.array([value], dtype=np.float32))[0]
        apart: Floats = np.abs(self._ranks[index] - rank)
        return np.nan_to_num(apart, nan=1.0)

    def _case(self, index: int, distance: float) -> Case:
        row, outcome = self._calibration.rows[index], self._calibration.outcomes[index]
        target = self.contract.target
        record = {
            feature.name: _decoded(feature, value)
            for feature, value in zip(self.contract.features, row, strict=True)
            if not np.isnan(value)
        }
        if self.contract.task == "classification":
            return Case(record, target.values[int(outcome)], distance)
        amount = float(np.exp(outcome) if target.logarithmic else outcome)
        return Case(record, float(f"{amount:.12g}"), distance)


def _ranks(column: Rows, values: Rows) -> Floats:
    """For each value the share of a column's known values below it, and half of its equals."""
    known = np.sort(column[~np.isnan(column)])
    below = np.searchsorted(known, values, "left") + np.searchsorted(known, values, "right")
    return np.where(np.isnan(values), np.nan, below / (2 * max(len(known), 1)))


def _decoded(feature: Feature, value: np.float32) -> Value:
    """The value that a number of the model's row stands for."""
    if feature.kind == "category":
        return feature.categories[int(value)]
    return int(value) if feature.kind == "integer" else float(str(value))
