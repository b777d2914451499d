"""PredictiveModel: the class that a data scientist extends.

A subclass says which estimator to build, and that is all it must say. This class teaches the
estimator to answer from any subset of the features, learns how far off it tends to be, sets
aside rows for calibration, and answers with ranges or sets that keep their promise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import train_test_split
from threadpoolctl import threadpool_limits

from Task1_database.errors import TrainingError
from Task2_model.conformal import Block, Calibration, Conformal, Floats, conformal
from Task2_model.contract import Contract, Rows

MOST_COPIES, FEWEST_COPIES = 20, 3  # how often a row is shown, with other features hidden
SHOWN_ROWS = 30_000  # aimed at between the two: more barely help, and take longer
ROWS_WORTH_THREADS = 100_000  # with fewer, threads wait for each other more than they work
CALIBRATION_SHARE = 0.25
CALIBRATION_ROWS = 2_000  # more would narrow nothing and slow every subset asked for
FEWEST_CALIBRATION_ROWS = 19  # with fewer, no finite 90 % range exists


class PredictiveModel(ABC):
    """A model that answers from whatever is known and says how sure it is.

    Parameters
    ----------
    contract : Contract
        What may be asked and what is predicted.
    seed : int
        The same seed and rows give the same model.

    Attributes
    ----------
    centre_ : estimator
        Predicts the target as learned (its logarithm where the contract says so) or the
        probability of each class.
    spread_ : estimator
        Regression only: predicts the logarithm of how far off the centre tends to be.
    calibration_ : Calibration
        Rows kept away from both.
    """

    def __init__(self, contract: Contract, *, seed: int = 0) -> None:
        self.contract = contract
        self.seed = seed

    @abstractmethod
    def estimator(self) -> Any:
        """An unfitted scikit-learn regressor or classifier, as `self.contract.task` asks.

        It is given float32 rows in the order of the contract's features: numbers as they are,
        categories as the codes 0, 1, 2 … (the most frequent first), NaN for what is hidden.
        Anything that takes NaN will do, a pipeline that begins with an imputer included.
        """

    def fit(self, rows: Rows, outcomes: npt.NDArray[Any]) -> Self:
        """Learn from rows (n, features) and their outcomes (n,): values, or indices of classes.

        Raises TrainingError where the rows are too few to learn from and calibrate on.
        """
        rng = np.random.default_rng(self.seed)
        learned = self._learned(outcomes)
        fit_part, held_part = self._split(rows, learned, rng)
        copies = int(np.clip(SHOWN_ROWS // len(fit_part), FEWEST_COPIES, MOST_COPIES))
        x = self.contract.names.index(self.contract.x)
        shown, of_row = show(rows[fit_part], x, rng, copies)
        truth = learned[fit_part][of_row]
        with threadpool_limits(None if len(shown) > ROWS_WORTH_THREADS else 1):
            self.centre_ = self.estimator().fit(shown, truth)
            if self.contract.task == "regression":
                self.spread_ = self._fit_spread(shown, truth, of_row, rng)
        self.calibration_ = Calibration(rows[held_part], learned[held_part])
        self.__dict__.pop("conformal", None)  # a second fit begins with empty caches
        return self

    def forward(self, rows: Rows) -> Floats:
        """The raw outputs for rows (n, features): centre and log spread, or probabilities."""
        if self.contract.task == "classification":
            return np.asarray(self.centre_.predict_proba(rows), dtype=np.float64)
        return np.column_stack([self.centre_.predict(rows), self.spread_.predict(rows)])

    @cached_property
    def conformal(self) -> Conformal:
        """The calibrated form of this model."""
        return conformal(self.contract, self.calibration_, self.forward)

    def predict(self, rows: Rows) -> Block:
        """The answers to rows (n, features): see `Conformal.block`."""
        return self.conformal.block(rows)

    def __getstate__(self) -> dict[str, Any]:
        """Without the caches, which hold functions and can be made anew."""
        return {key: value for key, value in self.__dict__.items() if key != "conformal"}

    def _learned(self, outcomes: npt.NDArray[Any]) -> Floats:
        values = np.asarray(outcomes, dtype=np.float64)
        return np.log(values) if self.contract.target.logarithmic else values

    def _split(
        self, rows: Rows, outcomes: Floats, rng: np.random.Generator
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        held = min(int(len(rows) * CALIBRATION_SHARE), CALIBRATION_ROWS)
        if held < FEWEST_CALIBRATION_ROWS:
            needed = int(np.ceil(FEWEST_CALIBRATION_ROWS / CALIBRATION_SHARE))
            raise TrainingError(
                f"{self.contract.dataset}: {len(rows)} rows are too few; at least {needed} are "
                "needed to learn and to say how sure the answer is"
            )
        fit_part, held_part = train_test_split(
            np.arange(len(rows)),
            test_size=held,
            random_state=int(rng.integers(2**31)),
            stratify=outcomes if self.contract.task == "classification" else None,
        )
        return fit_part, held_part

    def _fit_spread(
        self, shown: Rows, truth: Floats, of_row: npt.NDArray[Any], rng: np.random.Generator
    ) -> HistGradientBoostingRegressor:
        """Learn the size of errors on rows that the centre did not see: its own look too small."""
        half = rng.integers(0, 2, size=of_row.max() + 1)[of_row]
        errors = np.empty_like(truth)
        for part in (0, 1):
            other = clone(self.centre_).fit(shown[half != part], truth[half != part])
            errors[half == part] = truth[half == part] - other.predict(shown[half == part])
        least = 0.03 * errors.std() + 1e-12  # an error of exactly nothing has no logarithm
        spread = HistGradientBoostingRegressor(
            max_iter=50, early_stopping=False, random_state=self.seed
        )
        return spread.fit(shown, np.log(np.abs(errors) + least))


def show(
    rows: Rows, x: int, rng: np.random.Generator, copies: int
) -> tuple[Rows, npt.NDArray[np.intp]]:
    """Each row `copies` times: once whole, once with `x` alone, else random features hidden.

    How many features stay is uniform from one to all, so that short and full requests weigh the
    same. Returns the rows (n * copies, features) and the index of the row that each one shows.
    """
    count, features = rows.shape
    shown = np.tile(rows, (copies, 1))
    stay = rng.integers(1, features + 1, size=(len(shown), 1))
    hidden = rng.random(shown.shape).argsort(axis=1).argsort(axis=1) >= stay
    hidden[:count] = False
    hidden[count : 2 * count] = np.arange(features) != x
    shown[hidden] = np.nan
    return shown, np.tile(np.arange(count), copies)
