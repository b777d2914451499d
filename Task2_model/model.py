"""PredictiveModel: the class that a data scientist extends.

A subclass says which estimator to build, and that is all it must say; it may add features of its
own. This class teaches the estimator to answer from any subset of the features, learns how far off
it tends to be, sets aside rows for calibration, and answers with ranges or sets that keep their
promise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from threadpoolctl import threadpool_limits

from Task1_database.errors import TrainingError
from Task2_model.conformal import Block, Calibration, Conformal, Floats, conformal
from Task2_model.contract import Contract, Rows

MOST_COPIES = 20  # of a row, each with other features hidden
SHOWN_ROWS = 30_000  # in all, copies included: more barely help, and take longer …
SHOWN_SHARE = 0.1  # … but of a large table at least this share is shown
CALIBRATION_SHARE = 0.25
CALIBRATION_ROWS = 2_000  # more would narrow nothing and slow every subset asked for
SPREAD_LEAVES = 16  # of a tree; with more, ranges were no narrower and answers slower
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
    location_ : estimator
        Predicts the target as learned (its logarithm where the contract says so) or the
        probability of each class.
    scale_ : estimator
        Regression only: predicts the logarithm of how far off the centre tends to be.
    calibration_ : Calibration
        Rows kept away from both.
    augmentation_factor_ : float
        How often each row is shown when the estimator is fitted, on average.
    """

    def __init__(self, contract: Contract, *, seed: int = 0) -> None:
        self.contract = contract
        self.seed = seed

    @abstractmethod
    def estimator(self) -> Any:
        """An unfitted scikit-learn regressor or classifier, as `self.contract.task` asks.

        It is given float32 rows in the order of the contract's features: numbers as they are,
        categories as the codes 0, 1, 2 … (the most frequent first), NaN for what is hidden.
        Anything that takes NaN will do, a pipeline that begins with an imputer included, as long
        as it has an ONNX form. Where `features` is defined, it is given what that makes of them.
        """

    def features(self) -> Any:
        """An unfitted scikit-learn transformer ahead of the estimator, or None for none."""
        return None

    def fit(self, rows: Rows, outcomes: npt.NDArray[Any]) -> Self:
        """Learn from rows (n, features) and their outcomes (n,): values, or indices of classes.

        Raises TrainingError where the rows are too few to learn from and calibrate on.
        """
        rng = np.random.default_rng(self.seed)
        learned = self._learned(outcomes)
        fit_part, held_part = self._split(rows, learned, rng)
        x = self.contract.names.index(self.contract.x)
        shown, of_row = show(rows[fit_part], x, n_augmented(len(fit_part)), rng)
        self.augmentation_factor_ = len(shown) / len(fit_part)
        truth = learned[fit_part][of_row]
        parts = [np.ones(len(shown), dtype=bool)]
        if self.contract.task == "regression":
            half = rng.integers(0, 2, size=of_row.max() + 1)[of_row] == 1
            parts += [half, ~half]
        with threadpool_limits(1):  # the fits side by side, instead of the threads of each
            with ThreadPoolExecutor(len(parts)) as pool:
                fits = pool.map(lambda part: self._fit_centre(shown[part], truth[part]), parts)
                self.location_, *halves = fits
            if halves:
                self.scale_ = self._fit_spread(shown, truth, half, halves)
        self.calibration_ = Calibration(rows[held_part], learned[held_part])
        self.__dict__.pop("conformal", None)  # a second fit begins with empty caches
        self._refuse_no_numbers()
        return self

    def raw_predict(self, rows: Rows) -> Floats:
        """The raw outputs for rows (n, features): centre and log spread, or probabilities."""
        if self.contract.task == "classification":
            return np.asarray(self.location_.predict_proba(rows), dtype=np.float64)
        return np.column_stack([self.location_.predict(rows), self.scale_.predict(rows)])

    @cached_property
    def conformal(self) -> Conformal:
        """The calibrated form of this model."""
        return conformal(self.contract, self.calibration_, self.raw_predict)

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

    def _fit_centre(self, shown: Rows, truth: Floats) -> Any:
        """The estimator, fitted; what it does not take is an error that says so."""
        try:
            features = self.features()
            estimator = self.estimator()
            whole = estimator if features is None else make_pipeline(features, estimator)
            return in_float32(whole.fit(shown, truth))
        except ValueError as error:
            reason = str(error).strip().splitlines()[0]
            hint = "; begin its pipeline with an imputer" if "NaN" in reason else ""
            raise TrainingError(
                f"{type(self).__name__} cannot be trained: {reason}{hint}"
            ) from error

    def _refuse_no_numbers(self) -> None:
        """A model whose answers are not numbers cannot say how sure it is."""
        try:
            raw = self.raw_predict(self.calibration_.rows)
        except AttributeError as error:  # a classifier without probabilities, say
            raise TrainingError(f"{type(self).__name__} cannot be calibrated: {error}") from error
        bad = int((~np.isfinite(raw).all(axis=1)).sum())
        if bad:
            raise TrainingError(
                f"{type(self).__name__} cannot be calibrated: {bad} of its answers to "
                f"{len(raw)} rows are not numbers"
            )

    def _fit_spread(
        self, shown: Rows, truth: Floats, half: npt.NDArray[np.bool_], halves: list[Any]
    ) -> HistGradientBoostingRegressor:
        """Learn the size of errors on rows that a model did not see: its own look too small."""
        errors = truth - np.where(half, halves[1].predict(shown), halves[0].predict(shown))
        least = 0.03 * errors.std() + 1e-12  # an error of exactly nothing has no logarithm
        spread = HistGradientBoostingRegressor(
            max_iter=50, max_leaf_nodes=SPREAD_LEAVES, early_stopping=False, random_state=self.seed
        )
        return in_float32(spread.fit(shown, np.log(np.abs(errors) + least)))


def in_float32(estimator: Any) -> Any:
    """A fitted estimator whose trees split where their ONNX form will: at float32 thresholds.

    scikit-learn splits half way between two values, in float64. Rounded to float32 as ONNX does,
    that may land on the upper value, which would then go the other way. Rounded down it never
    does, and no float32 row is sent elsewhere than before.
    """
    last = estimator[-1] if isinstance(estimator, Pipeline) else estimator
    for tree in (tree for trees in getattr(last, "_predictors", []) for tree in trees):
        exact = tree.nodes["num_threshold"]
        near = exact.astype(np.float32)
        down = np.where(near > exact, np.nextafter(near, np.float32(-np.inf)), near)
        tree.nodes["num_threshold"] = down
    return estimator


def n_augmented(count: int) -> int:
    """How many rows a model is shown that has `count` to learn from, copies included."""
    return min(count * MOST_COPIES, max(SHOWN_ROWS, int(count * SHOWN_SHARE)))


def show(
    rows: Rows, x: int, total: int, rng: np.random.Generator
) -> tuple[Rows, npt.NDArray[np.intp]]:
    """Rows with features hidden, so that a model learns to answer from any of them.

    Three tenths of what is shown are whole, a tenth tells `x` alone, and of the rest random
    features are hidden: how many stay is uniform from one to all, so that short and full requests
    weigh the same. With ten copies or more, every row is shown in each of these ways.

    Parameters
    ----------
    rows : float32 array, shape (n, features)
    x : int
        The column that is told alone.
    total : int
        How many rows to show; rounded down to whole copies of all rows where it exceeds n.

    Returns
    -------
    The rows shown, shape (shown, features), and the index of the row that each one shows.
    """
    count, features = rows.shape
    copies = max(1, total // count)
    of_row = np.concatenate([rng.permutation(count) for _ in range(copies)])[:total]
    shown = rows[of_row]
    stay = rng.integers(1, features + 1, size=(len(shown), 1))
    hidden = rng.random(shown.shape, dtype=np.float32).argsort(axis=1).argsort(axis=1) >= stay
    whole, alone = 3 * len(shown) // 10, len(shown) // 10
    hidden[:whole] = False
    hidden[whole : whole + alone] = np.arange(features) != x
    shown[hidden] = np.nan
    return shown, of_row
