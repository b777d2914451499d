"""Ranges and sets that keep their promise whatever is known.

A model's raw outputs become an answer with a promise: "in 90 of 100 such cases the truth lies
inside", where "such cases" are those that tell the same features. For a request that tells the
subset S of the features, everything outside S is hidden in the calibration rows too, the model
answers those, and its errors there set the width: mask-conditional calibration, CP-MDA-Exact of
Zaffran, Dieuleveut, Josse and Romano, "Conformal Prediction with Missing Values" (ICML 2023).
The promise assumes that which features are told does not depend on the answer.

The server imports this module, so it needs nothing but NumPy.
"""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from Task2_model.contract import Contract, Rows

Floats = npt.NDArray[np.float64]
RawPredict = Callable[[Rows], Floats]  # rows (n, features) -> raw outputs (n, outputs)
Block = dict[str, npt.NDArray[Any]]  # one array of length n for each part of the answer

CACHED_SUBSETS = 65_536  # two numbers each; a form of 16 features has no more subsets
ROWS_AT_ONCE = 10_000  # for which the model is asked at once while it is calibrated


@dataclass(frozen=True)
class Calibration:
    """Rows that the model never learned from, with what really happened.

    Attributes
    ----------
    rows : float32 array, shape (n, features)
    outcomes : float64 array, shape (n,)
        The target as the model learns it: its value, its logarithm, or the index of the class.
    """

    rows: Rows
    outcomes: Floats

    def to_bytes(self) -> bytes:
        """Both arrays in NumPy's own format, without pickle."""
        buffer = io.BytesIO()
        np.savez(buffer, rows=self.rows, outcomes=self.outcomes)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Calibration:
        """What `to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return cls(arrays["rows"], arrays["outcomes"])


class Conformal(ABC):
    """A model's raw outputs, turned into answers with a promise.

    Parameters
    ----------
    contract : Contract
        Says the task, the confidence and how the target was transformed.
    calibration : Calibration
    raw_predict : callable
        Rows to raw outputs: the scikit-learn model or an exported form of it.
    """

    def __init__(
        self, contract: Contract, calibration: Calibration, raw_predict: RawPredict
    ) -> None:
        self.contract = contract
        self.calibration = calibration
        self.raw_predict = raw_predict
        self._known = ~np.isnan(calibration.rows)
        self._cache: dict[bytes, Floats] = {}

    def block(self, rows: Rows) -> Block:
        """The answers to rows of shape (n, features), as arrays of length n."""
        raw = self.raw_predict(rows)
        return self._point(raw) | self._region(raw, self._limits(rows))

    def point(self, rows: Rows) -> Block:
        """The answers without their range or set, which need no calibration."""
        return self._point(self.raw_predict(rows))

    def is_calibrated(self, rows: Rows) -> bool:
        """Whether the limits of one row (1, features) are known already."""
        return np.packbits(~np.isnan(rows[0])).tobytes() in self._cache

    @abstractmethod
    def _point(self, raw: Floats) -> Block:
        """Raw outputs (n, outputs) as answers without a promise."""

    @abstractmethod
    def _region(self, raw: Floats, limits: Floats) -> Block:
        """The promise, from raw outputs (n, outputs) and their limits (n, limits)."""

    @abstractmethod
    def _scores_to_limits(self, raw: Floats, outcomes: Floats) -> Floats | None:
        """The limits that calibration rows set; None where they are too few to set any."""

    def _limits(self, rows: Rows) -> Floats:
        """For each row the limits of its subset; one row of them, where all tell the same."""
        told = ~np.isnan(rows)
        if len(rows) == 1 or (told == told[0]).all():
            subset = np.packbits(told[0]).tobytes()
            limits = self._cache.get(subset)
            return (self._limits_of([subset])[0] if limits is None else limits)[np.newaxis]
        packed = np.packbits(told, axis=1)
        of_row: list[bytes] = packed.view(f"V{packed.shape[1]}").ravel().tolist()
        places = {subset: place for place, subset in enumerate(dict.fromkeys(of_row))}
        return np.array(self._limits_of(list(places)))[[places[subset] for subset in of_row]]

    def _limits_of(self, subsets: list[bytes]) -> list[Floats]:
        cache = self._cache
        new = sorted(subset for subset in subsets if subset not in cache)
        found = dict(zip(new, self._calibrate(new), strict=True))
        if len(cache) + len(found) > CACHED_SUBSETS:
            self._cache = {}  # another thread may still read the old one
        self._cache.update(found)
        return [found[subset] if subset in found else cache[subset] for subset in subsets]

    def _calibrate(self, subsets: list[bytes]) -> Iterator[Floats]:
        """The limits of each subset: everything outside it is hidden in the calibration rows too.

        Forms of one row stand side by side, in the order of the subsets, because trees answer
        like after like the fastest.
        """
        rows = self.calibration.rows
        at_once = max(1, ROWS_AT_ONCE // len(rows))
        for begin in range(0, len(subsets), at_once):
            packed = [
                np.frombuffer(subset, np.uint8) for subset in subsets[begin : begin + at_once]
            ]
            told = np.unpackbits(packed, axis=1, count=rows.shape[1]).astype(bool)
            shown = np.where(told, rows[:, None], np.float32(np.nan))  # (rows, subsets, features)
            raw = self.raw_predict(shown.reshape(-1, rows.shape[1])).reshape(*shown.shape[:2], -1)
            complete = (self._known[:, None] | ~told).all(axis=2)
            for place in range(len(told)):
                yield self._limits_from(raw[:, place], complete[:, place])

    def _limits_from(self, raw: Floats, complete: npt.NDArray[np.bool_]) -> Floats:
        outcomes = self.calibration.outcomes
        limits = self._scores_to_limits(raw[complete], outcomes[complete])
        if limits is None:  # hardly any row tells all of this: those that tell part of it stand in
            limits = self._scores_to_limits(raw, outcomes)
        if limits is None:
            raise ValueError(f"{len(outcomes)} calibration rows are too few")
        return limits


class ConformalRegressor(Conformal):
    """A range around each prediction.

    The raw outputs are a centre and the logarithm of a spread. The errors of the calibration
    rows, in units of their spread, give the range's two ends, each missed by half of what the
    confidence leaves (Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, JASA 2018, section 5.2;
    the ends apart as in Romano, Patterson and Candès, NeurIPS 2019, theorem 2).
    """

    def _point(self, raw: Floats) -> Block:
        return {"prediction": self._amount(raw[:, 0])}

    def _region(self, raw: Floats, limits: Floats) -> Block:
        ends = self._amount(raw[:, :1] + limits * np.exp(raw[:, 1:]))
        return {"lower": ends[:, 0], "upper": ends[:, 1]}

    def _amount(self, learned: Floats) -> Floats:
        return np.exp(learned) if self.contract.target.logarithmic else learned

    def _scores_to_limits(self, raw: Floats, outcomes: Floats) -> Floats | None:
        scores = np.sort((outcomes - raw[:, 0]) / np.exp(raw[:, 1]))
        miss = (1 - self.contract.confidence) / 2
        rank = rank_at_least(1 - miss, len(scores))
        if rank > len(scores):
            return None
        return np.array([scores[len(scores) - rank], scores[rank - 1]])


class ConformalClassifier(Conformal):
    """A set of the classes that cannot be ruled out.

    The raw outputs are a probability for each class. Each class has a limit of its own, set by
    the calibration rows of that class, so the promise holds for rare classes as for common ones
    (label-conditional: Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World",
    2005, section 4.5). A class with too few calibration rows is never ruled out.
    """

    def _point(self, raw: Floats) -> Block:
        best = raw.argmax(axis=1)
        target = self.contract.target
        if target.positive:
            positive = target.classes.index(target.positive)
            probability = raw[:, positive]
            label = np.where(probability >= (target.threshold or 0.5), positive, 1 - positive)
        else:
            label, probability = best, raw.max(axis=1)
        return {"label": label, "probability": probability, "probabilities": raw}

    def _region(self, raw: Floats, limits: Floats) -> Block:
        possible = raw >= limits
        empty = ~possible.any(axis=1)
        possible[empty, raw[empty].argmax(axis=1)] = True  # a set is never empty
        return {"set": possible}

    def _scores_to_limits(self, raw: Floats, outcomes: Floats) -> Floats | None:
        return np.array(
            [self._limit_of_class(raw[outcomes == index, index]) for index in range(raw.shape[1])]
        )

    def _limit_of_class(self, probabilities: Floats) -> float:
        rank = rank_at_least(self.contract.confidence, len(probabilities))
        if rank > len(probabilities):
            return 0.0
        return float(np.sort(probabilities)[len(probabilities) - rank])


def rank_at_least(share: float, count: int) -> int:
    """The rank, from 1, of the finite-sample quantile of `count` exchangeable scores.

    It exceeds `count` where they are too few for any of them to be the quantile.
    """
    return int(np.ceil(share * (count + 1) - 1e-9))  # 0.9 * 10 is 9, not a hair more


def conformal(contract: Contract, calibration: Calibration, raw_predict: RawPredict) -> Conformal:
    """The calibrated form of a model, by the contract's task."""
    kind = ConformalRegressor if contract.task == "regression" else ConformalClassifier
    return kind(contract, calibration, raw_predict)
