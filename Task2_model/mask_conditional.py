"""Intervals and sets that cover as often as they say, whatever is given.

A model's raw outputs become an answer with a confidence: "in 90 of 100 such cases the truth lies
inside", where "such cases" are those that give the same features. For a request that gives the
subset S of the features, everything outside S is masked in the calibration rows too, and each is
answered by the member of the ensemble that never saw it. The errors there set the width:
mask-conditional calibration, CP-MDA-Exact of Zaffran, Dieuleveut, Josse and Romano, "Conformal
Prediction with Missing Values" (ICML 2023), with the out-of-fold errors of CV+ (Barber, Candès,
Ramdas and Tibshirani, "Predictive inference with the jackknife+", Annals of Statistics 2021).
It is assumed that which features are given does not depend on the answer.

Where the contract names a feature whose groups are to be covered alike, a request that gives it is
calibrated by the rows of its own group alone: Mondrian conformal prediction (Vovk, Gammerman and
Shafer, "Algorithmic Learning in a Random World", 2005, section 4.5). Where these are too few for
the confidence, the rows of all groups stand in.

The server imports this module, so it needs nothing but NumPy.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from Task1_database.errors import ConfidenceError
from Task2_model.calibration import Calibration
from Task2_model.contract import Contract, Floats, Indices, Rows
from Task2_model.ensemble import Ensemble
from Task2_model.quantile_cache import Key, QuantileCache

Block = dict[str, npt.NDArray[Any]]  # one array of length n for each part of the answer
ROWS_AT_ONCE = 40_000  # for which the model is asked at once while it is calibrated


class Conformal(ABC):
    """A model's raw outputs, turned into answers with a confidence.

    Parameters
    ----------
    contract : Contract
        Says the task, the usual confidence and how the target was transformed.
    calibration : Calibration
    ensemble : Ensemble
        The members, run by scikit-learn or in an exported form.

    Attributes
    ----------
    highest_confidence : float
        The most that can be said with as many calibration rows as there are.
    """

    def __init__(self, contract: Contract, calibration: Calibration, ensemble: Ensemble) -> None:
        self.contract = contract
        self.calibration = calibration
        self.ensemble = ensemble
        self._known = ~np.isnan(calibration.rows)
        name = contract.coverage_groups
        self._group_column = contract.indices[name] if name else None
        self._groups = np.empty(0, dtype=np.float32)
        if self._group_column is not None:
            values = np.unique(calibration.rows[:, self._group_column])
            self._groups = values[~np.isnan(values)]
        self._cache = QuantileCache(contract.confidence)
        self.highest_confidence = self._highest_confidence()

    def block(self, rows: Rows, *, confidence: float | None = None) -> Block:
        """The answers to rows (n, features), as arrays of length n.

        Raises ConfidenceError where so few rows calibrate that they cannot give this confidence.
        """
        level = self.contract.confidence if confidence is None else confidence
        self.check(level)
        conditions, of_row = self._met(rows)
        quantiles = self._quantiles_of([(condition, level) for condition in conditions])
        return self._block(self._raw(rows), quantiles, of_row)

    def block_at_once(self, rows: Rows, confidence: float | None = None) -> Block | None:
        """What `block` says; None where quantiles would have to be calibrated first."""
        level = self.contract.confidence if confidence is None else confidence
        conditions, of_row = self._met(rows)
        quantiles = []
        for condition in conditions:
            if (cached := self._cache.get((condition, level))) is None:
                return None
            quantiles.append(cached)
        return self._block(self._raw(rows), quantiles, of_row)

    def blocks(self, rows: Rows, confidences: Sequence[float]) -> Iterator[Block]:
        """What `block` gives at each of several confidences; the trees are asked once for all."""
        for level in confidences:
            self.check(level)
        raw, (conditions, of_row) = self._raw(rows), self._met(rows)
        keys = [(condition, level) for level in confidences for condition in conditions]
        each = iter(self._quantiles_of(keys))
        for _ in confidences:
            yield self._block(raw, [next(each) for _ in conditions], of_row)

    def for_subset(self, row: Rows, confidence: float | None = None) -> Callable[[Floats], Block]:
        """What makes answers of raw outputs by the quantiles of the subset that `row` gives.

        `row` has shape (1, features); the raw outputs are the ensemble's, of its members for
        classification.
        """
        level = self.contract.confidence if confidence is None else confidence
        quantiles = self._quantiles_of([(condition, level) for condition in self._met(row)[0]])
        return lambda raw: self._block(raw, quantiles, None)

    def point(self, rows: Rows) -> Block:
        """The answers without their interval or set, which need no calibration."""
        return self._point(self.ensemble(rows))

    def check(self, confidence: float) -> None:
        """Raise a ConfidenceError where the calibration rows are too few for this confidence."""
        if not self.allows(confidence):
            raise ConfidenceError(
                f"confidence {confidence:g} is not possible; expected a number above 0 and up to "
                f"{np.floor(self.highest_confidence * 1e4) / 1e4:g}, which is what "
                f"{len(self.calibration.rows):,} calibration rows allow"
            )

    def out_of_fold(self, rows: Rows) -> Block:
        """The answers to the calibration rows, or to masked copies of them (n, features).

        Each comes from the member that never saw it, without an interval or set.
        """
        return self._point(self.ensemble.of_folds(rows, self.calibration.folds))

    def allows(self, confidence: float) -> bool:
        """Whether the calibration rows are enough for this confidence."""
        return 0 < confidence <= self.highest_confidence

    @abstractmethod
    def _highest_confidence(self) -> float:
        """The most that can be said with as many calibration rows as there are."""

    @abstractmethod
    def _raw(self, rows: Rows) -> Floats:
        """What the interval or set is made of: raw outputs, of all members where it takes these."""

    @abstractmethod
    def _answer(self, raw: Floats) -> Floats:
        """The raw outputs (n, outputs) of all members together."""

    @abstractmethod
    def _point(self, raw: Floats) -> Block:
        """Raw outputs (n, outputs) as answers without a confidence."""

    @abstractmethod
    def _prediction_set(self, raw: Floats, quantiles: Floats, of_row: Indices | None) -> Block:
        """The interval or set, from raw outputs and the quantiles of each subset.

        `of_row` (n,) says which of the quantiles are a row's; None where all have the first.
        """

    @abstractmethod
    def _scores_to_quantiles(
        self, raw: Floats, rows: npt.NDArray[np.bool_], confidence: float
    ) -> Floats | None:
        """The quantiles that some calibration rows give, from their raw outputs.

        None where they are too few to give any.
        """

    def _block(self, raw: Floats, quantiles: Sequence[Floats], of_row: Indices | None) -> Block:
        ends = self._prediction_set(raw, np.array(quantiles), of_row)
        return self._point(self._answer(raw)) | ends

    def _met(self, rows: Rows) -> tuple[list[bytes], Indices | None]:
        """The conditions that rows meet, and which of them is each row's: None for the only one."""
        packed = self._conditions(rows)
        if len(rows) == 1 or (packed == packed[0]).all():
            return [packed[0].tobytes()], None
        every = packed.view(f"V{packed.shape[1]}").ravel().tolist()
        indices = {condition: index for index, condition in enumerate(dict.fromkeys(every))}
        return [*indices], np.array([indices[condition] for condition in every])

    def _conditions(self, rows: Rows) -> npt.NDArray[np.uint8]:
        """What must be alike for calibration rows to count: (n, bytes).

        The bits of the features that are given; then, where groups are covered alike, the number
        of the group, from 1, or 0 where it is missing or unknown.
        """
        packed = np.packbits(~np.isnan(rows), axis=1)
        if self._group_column is None:
            return packed
        column = rows[:, self._group_column]
        number = np.searchsorted(self._groups, column) + 1
        number[~np.isin(column, self._groups)] = 0
        return np.column_stack([packed, number.astype(np.uint8)])

    def _quantiles_of(self, keys: list[Key]) -> list[Floats]:
        kept = {key: kept for key in keys if (kept := self._cache.get(key)) is not None}
        new = sorted(set(keys) - kept.keys())
        made = dict(zip(new, self._calibrate(new), strict=True))
        for key, quantiles in made.items():
            self._cache.put(key, quantiles)
        every = kept | made
        return [every[key] for key in keys]

    def _calibrate(self, keys: list[Key]) -> Iterator[Floats]:
        """The quantiles of sorted keys: what is outside a subset is masked in calibration, too."""
        rows, folds = self.calibration.rows, self.calibration.folds
        packed_bytes = -(-rows.shape[1] // 8)
        by_subset = [
            (np.frombuffer(subset, np.uint8), [*same])
            for subset, same in groupby(keys, key=lambda key: key[0][:packed_bytes])
        ]
        at_once = max(1, ROWS_AT_ONCE // len(rows))
        for begin in range(0, len(by_subset), at_once):
            some = by_subset[begin : begin + at_once]
            packed = [subset for subset, _ in some]
            given = np.unpackbits(packed, axis=1, count=rows.shape[1]).astype(bool)
            raw = self.ensemble.of_subsets(rows, given, folds)
            complete = (self._known | ~given[:, None]).all(axis=2)
            for index, (_, same) in enumerate(some):
                for condition, confidence in same:
                    group = self._in_group(condition[packed_bytes:])
                    yield self._quantiles_from(raw[index], complete[index], group, confidence)

    def _in_group(self, number: bytes) -> npt.NDArray[np.bool_]:
        """Which calibration rows are of a group; all of them where there is none."""
        if self._group_column is None or not number[0]:
            return np.ones(len(self.calibration.rows), dtype=bool)
        column = self.calibration.rows[:, self._group_column]
        return np.asarray(column == self._groups[number[0] - 1])

    def _quantiles_from(
        self,
        raw: Floats,
        complete: npt.NDArray[np.bool_],
        group: npt.NDArray[np.bool_],
        confidence: float,
    ) -> Floats:
        """Of the group's rows that give all of the subset, or of more where these are too few.

        The other groups stand in first, then rows that give only part of the subset.
        """
        for rows in (complete & group, complete, np.ones_like(complete)):
            quantiles = self._scores_to_quantiles(raw, rows, confidence)
            if quantiles is not None:
                return quantiles
        raise ValueError(f"{len(complete)} calibration rows are too few")


def rank_at_least(share: float, count: int) -> int:
    """The rank, from 1, of the finite-sample quantile of `count` exchangeable scores.

    It exceeds `count` where they are too few for any of them to be the quantile.
    """
    return int(np.ceil(share * (count + 1) - 1e-9))  # 0.9 * 10 is 9, not a hair more
