"""PredictiveModel: the class that a data scientist extends.

A subclass says which estimator to build, and that is all it must say; it may add features of its
own. This class teaches one such estimator for each fold of the rows to answer from any subset of
the features, learns how far off they tend to be, and answers with all of them together, with
intervals or sets that cover as often as they say.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from Task1_database.errors import TrainingError
from Task2_model.calibration import Calibration
from Task2_model.conformal import conformal
from Task2_model.contract import Contract, Floats, Rows
from Task2_model.ensemble import Ensemble, SingleMember
from Task2_model.folds import Split, cut
from Task2_model.forest import Forest
from Task2_model.forest_file import ForestFile
from Task2_model.frame_encoding import encode_frame
from Task2_model.mask_conditional import Block, Conformal
from Task2_model.training import Members, Progress, Training
from Task2_model.trees import forest

if TYPE_CHECKING:
    import pandas as pd

CACHES = "conformal", "forest_file", "_quick_ensemble"  # properties
CALIBRATION_ROWS = 1_000  # more would narrow nothing and slow every subset asked for …
APART = 2  # … but as many times more where classes or groups are calibrated apart


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
    folds_ : Folds
        Which rows each member has learned from.
    members_ : list of Member
        What each fold has taught.
    ensemble_ : Ensemble
        The members together, with the ridge beneath them.
    calibration_ : Calibration
        Rows with their outcomes, and the member that never saw each.
    augmentation_factor_ : float
        How often each row is there when an estimator is fitted, on average.
    """

    def __init__(self, contract: Contract, *, seed: int = 0) -> None:
        self.contract = contract
        self.seed = seed

    @abstractmethod
    def estimator(self) -> Any:
        """An unfitted scikit-learn regressor or classifier, as `self.contract.task` asks.

        It is given float32 rows in the order of the contract's features: numbers as they are,
        categories as the ranks 0, 1, 2 … of what they mean for the target, NaN for what is
        masked. A regressor learns what a ridge regression on the features given leaves over; a
        classifier has that ridge's score of each class (of the second of two) as further columns.
        Anything that takes NaN will do, a pipeline that begins with an imputer included, as long
        as it has an ONNX form. Where `features` is defined, it is given what that makes of them.
        Boosted trees with `early_stopping=True` keep as many trees as the other folds ask for.
        """

    def features(self) -> Any:
        """An unfitted scikit-learn transformer ahead of the estimator, or None for none."""
        return None

    def specialist(self) -> Any:
        """An unfitted regressor for rows that lack nothing, or None for none.

        What it says counts for four tenths there. It aims at the mean, where the estimator may
        aim at the median, so the two err differently.
        """
        if self.contract.task == "classification":
            return None
        return HistGradientBoostingRegressor(
            learning_rate=0.18,
            max_iter=400,
            max_leaf_nodes=12,
            min_samples_leaf=5,
            l2_regularization=1.0,
            max_features=0.4,
            early_stopping=True,
            n_iter_no_change=25,
            tol=0.0,
            random_state=self.seed,
        )

    def fit(
        self,
        rows: Rows,
        outcomes: npt.NDArray[Any],
        *,
        split: Split | None = None,
        progress: Progress = lambda done, total: None,
    ) -> Self:
        """Learn from rows (n, features) and their outcomes (n,): values, or indices of classes.

        Parameters
        ----------
        split : Split or None
            Where rows have an order in time or belong together.
        progress : callable
            Told after each fit how many are done, and of how many.

        Raises TrainingError where the rows are too few to learn from and calibrate on.
        """
        learned = self._learned(outcomes)
        self.folds_ = cut(self.contract, learned, self.seed, split)
        training = Training(self.contract, rows, learned, self.folds_, self.seed)
        self.augmentation_factor_ = training.factor
        try:
            with threadpool_limits(1):  # the fits run side by side, instead of the threads of each
                self._fit_members(training, progress)
        except ValueError as error:
            reason = str(error).strip().splitlines()[0]
            hint = "; begin its pipeline with an imputer" if "NaN" in reason else ""
            raise TrainingError(
                f"{type(self).__name__} cannot be trained: {reason}{hint}"
            ) from error
        self.calibration_ = self._calibration(rows, learned)
        for name in CACHES:  # a second fit begins with empty ones
            self.__dict__.pop(name, None)
        return self

    def raw_predict(self, rows: Rows) -> Floats:
        """The raw outputs for rows (n, features): location and log scale, or probabilities."""
        return self.ensemble_(rows)

    @cached_property
    def conformal(self) -> Conformal:
        """The calibrated form of this model."""
        return conformal(self.contract, self.calibration_, self.ensemble_)

    @cached_property
    def forest_file(self) -> ForestFile | None:
        """The members as lookup tables; None where they are not made of boosted trees alone."""
        return forest(self.contract, self.members_, self.ensemble_.scores)

    def predict(self, data: Rows | pd.DataFrame, *, confidence: float | None = None) -> Block:
        """The answers to rows (n, features), or to a DataFrame's: see `Conformal.block`.

        A DataFrame has features, any of them, as columns, with the values of feature_store.

        Raises InputError, naming column and row, for a value that is none of its feature's kind.
        """
        rows = data if isinstance(data, np.ndarray) else encode_frame(self.contract, data)
        return self.conformal.block(rows, confidence=confidence)

    def evaluation_member(self, fold: int) -> Conformal | None:
        """The member of one fold alone, calibrated by rows that it is not evaluated on.

        In time these are rows from before. None where there are too few.
        """
        evaluated = self.folds_.folds[fold].evaluate
        if not evaluated:
            return None
        blocks = self.calibration_blocks_
        apart = ~np.isin(blocks, evaluated)
        if self.folds_.ordered:
            apart &= blocks < min(evaluated)
        return self._calibrated_member(fold, self.calibration_.subset(apart))

    def member_calibrated_by(
        self, fold: int, rows: Rows, outcomes: npt.NDArray[Any]
    ) -> Conformal | None:
        """The member of one fold alone, calibrated by rows that it never saw.

        None where there are too few.
        """
        folds = np.full(len(rows), fold)
        return self._calibrated_member(fold, Calibration(rows, self._learned(outcomes), folds))

    def _calibrated_member(self, fold: int, calibration: Calibration) -> Conformal | None:
        contract = self.contract
        if contract.task == "regression" and not self.folds_.large:
            contract = self._knowing(calibration)
        calibrated = conformal(contract, calibration, SingleMember(self._quick_ensemble, fold))
        return calibrated if calibrated.allows(self.contract.confidence) else None

    @cached_property
    def _quick_ensemble(self) -> Ensemble:
        """The same ensemble, as lookup tables where it can be: a fold is asked a lot."""
        own, file = self.ensemble_, self.forest_file
        runtime = own.runtime if file is None else Forest(file)
        return Ensemble(self.contract, own.ridge, own.weights, runtime, own.probability_map)

    def _knowing(self, calibration: Calibration) -> Contract:
        """The contract as these rows alone would give the target's extent.

        Else the values of the rows evaluated would bound their own intervals.
        """
        target, outcomes = self.contract.target, calibration.outcomes
        if not len(outcomes):
            return self.contract
        ends = [outcomes.min(), outcomes.max()]
        low, high = (np.exp(ends) if target.logarithmic else np.array(ends)).tolist()
        return replace(self.contract, target=replace(target, minimum=low, maximum=high))

    def __getstate__(self) -> dict[str, Any]:
        """Without the caches, which hold functions and can be made anew."""
        return {key: value for key, value in self.__dict__.items() if key not in CACHES}

    def _learned(self, outcomes: npt.NDArray[Any]) -> Floats:
        values = np.asarray(outcomes, dtype=np.float64)
        return np.log(values) if self.contract.target.logarithmic else values

    def _fit_members(self, training: Training, progress: Progress) -> None:
        self.members_ = training.members(
            self.features, self.estimator(), self.specialist(), progress
        )
        self.ensemble_ = Ensemble(
            self.contract,
            training.ridge,
            self.folds_.weights,
            Members(self.contract, self.members_),
        )
        held_out = np.flatnonzero(training.owners >= 0)
        oof = self._out_of_fold(training.augmented[held_out], training.owners[held_out])
        if self.contract.task == "classification":
            self.ensemble_.probability_map = training.probability_map(oof)
        else:
            location = np.zeros(len(training.owners))
            location[held_out] = oof[:, 0]
            scales = training.scales(self.members_, location)
            for member, scale in zip(self.members_, scales, strict=True):
                member.scale = scale

    def _out_of_fold(self, rows: Rows, owners: npt.NDArray[np.intp]) -> Floats:
        """Raw outputs of members that never saw these rows; they must be numbers."""
        try:
            raw = self.ensemble_.of_folds(rows, owners)
        except AttributeError as error:  # a classifier without probabilities, say
            raise TrainingError(f"{type(self).__name__} cannot be calibrated: {error}") from error
        bad = int((~np.isfinite(raw).all(axis=1)).sum())
        if bad:
            raise TrainingError(
                f"{type(self).__name__} cannot be calibrated: {bad:,} of its answers to "
                f"{len(raw):,} rows are not numbers"
            )
        return raw

    def _calibration(self, rows: Rows, learned: Floats) -> Calibration:
        indices, folds = self.folds_.calibrating()
        rng = np.random.default_rng(self.seed)
        are_apart = self.contract.task == "classification" or self.contract.coverage_groups
        most = CALIBRATION_ROWS * (APART if are_apart else 1)
        some = np.sort(rng.permutation(len(indices))[:most])
        indices, folds = indices[some], folds[some]
        self.calibration_blocks_ = self.folds_.blocks[indices]
        return Calibration(rows[indices], learned[indices], folds)
