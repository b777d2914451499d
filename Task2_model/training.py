"""From rows to the members of an ensemble, whatever estimator they are made of.

What is the same for every model is here: masked copies of the rows, the ridge beneath the
estimator, when to stop, the specialist for whole rows, and how far off the answers tend to be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from joblib import delayed
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor

from Task2_model.augmentation import mask_augment, n_augmented, whole_share
from Task2_model.category_order import Ranks, apply_ranks, rank_categories
from Task2_model.contract import Contract, Floats, Rows
from Task2_model.fitting import fit, last_step, stops_early, tree_counts, truncate
from Task2_model.folds import Folds
from Task2_model.probability_map import PRIOR_ROWS, ProbabilityMap
from Task2_model.subset_ridge import Design, Moments, SubsetRidge
from Task2_model.worker_processes import side_by_side

SCALE_TREES, SCALE_LEAVES = 30, 8
SCALE_LEAF_ROWS = 20  # different ones: errors vary a lot, and a leaf holds the mean of some
MAP_COPIES = 20_000  # that probabilities are put right by
LEAST_ERROR = 0.03  # in deviations of the errors: an error of nothing at all has no logarithm

Progress = Callable[[int, int], None]  # told how many fits are done, and of how many


@dataclass
class Member:
    """What the rows of one fold have taught.

    Attributes
    ----------
    ranks : Ranks
        The order of its categories.
    location : estimator
        The model's own.
    specialist, scale : estimator or None
        Regression only: see `Training`.
    """

    ranks: Ranks
    location: Any
    specialist: Any | None = None
    scale: Any | None = None

    @property
    def parts(self) -> list[Any]:
        """The estimators that there are, in the order of what they say."""
        return [part for part in (self.location, self.specialist, self.scale) if part is not None]


class Members:
    """The members as scikit-learn runs them: a `Runtime`."""

    def __init__(self, contract: Contract, members: Sequence[Member]) -> None:
        self.members = members
        self._features = len(contract.features)
        self._classify = contract.task == "classification"

    def __call__(self, inputs: Rows) -> Floats:
        """The parts of all members, one member after the other."""
        return np.hstack([self.of_member(inputs, k) for k in range(len(self.members))])

    def of_member(self, inputs: Rows, member: int) -> Floats:
        """The parts (n, parts) of one member."""
        scores = inputs[:, self._features :].reshape(len(inputs), len(self.members), -1)
        own = self.members[member]
        ranked = apply_ranks(np.hstack([inputs[:, : self._features], scores[:, member]]), own.ranks)
        if self._classify:
            return np.asarray(own.location.predict_proba(ranked), dtype=np.float64)
        parts = np.zeros((len(inputs), len(own.parts)))
        whole = ~np.isnan(inputs).any(axis=1)
        for part, estimator in zip(parts.T, own.parts, strict=True):
            some = whole if estimator is own.specialist else np.ones_like(whole)
            if some.any():
                part[some] = estimator.predict(ranked[some])
        return parts


class Training:
    """The rows of all folds, and what is fitted to them.

    Parameters
    ----------
    contract : Contract
    rows : float32 array, shape (n, features)
    learned : float64 array, shape (n,)
        The target as it is learned: its value, its logarithm, or the index of the class.
    folds : Folds
    seed : int

    Attributes
    ----------
    augmented : float32 array, shape (m, features)
        Masked copies of the rows.
    factor : float
        How many there are of each row.
    owners : int array, shape (m,)
        The fold that each of them stops, whose model never saw it; -1 for none.
    ridge : SubsetRidge
        One regression for each fold, from all rows that it learns from.
    scores : float64 array, shape (m, folds, outputs)
        What each fold's ridge says of each copy, without having seen the block of its row.
    """

    def __init__(
        self, contract: Contract, rows: Rows, learned: Floats, folds: Folds, seed: int
    ) -> None:
        self.contract, self.rows, self.learned, self.folds = contract, rows, learned, folds
        self.seed = seed
        rng = np.random.default_rng(seed)
        self.learning = max(len(folds.rows_in(fold.train)) for fold in folds.folds)
        total = n_augmented(self.learning) * len(rows) // self.learning
        x = contract.names.index(contract.x)
        whole = whole_share(contract.task, total / len(rows))
        self.augmented, self._indices = mask_augment(rows, x, total, whole, rng)
        self.factor = len(self.augmented) / len(rows)
        self._blocks = folds.blocks[self._indices]
        self.owners = np.full(len(self.augmented), -1)
        for index, fold in enumerate(folds.folds):
            self.owners[np.isin(self._blocks, fold.stop)] = index
        self.ranks = [
            rank_categories(contract, rows[own], self._ordering[own])
            for own in (folds.rows_in(fold.train) for fold in folds.folds)
        ]
        self._fit_ridge()

    def members(
        self, features: Callable[[], Any], estimator: Any, specialist: Any, progress: Progress
    ) -> list[Member]:
        """A member for each fold, without its scale."""
        made = [estimator] if specialist is None else [estimator, specialist]
        fitted = self._fit_parts(features, made, progress)
        return [Member(*parts) for parts in zip(self.ranks, *fitted, strict=True)]

    def scales(self, members: Sequence[Member], oof: Floats) -> list[Any]:
        """For each member what says how far off it is: the logarithm of the absolute error.

        It learns from the errors (m,) of copies out of the other folds: neither from a model's
        errors on its own rows, which look too small, nor from rows that calibrate the member.
        """
        errors = self.learned[self._indices] - oof
        held_out = self.owners >= 0
        least = LEAST_ERROR * errors[held_out].std() + 1e-12
        target = np.log(np.abs(errors) + least)
        scale = HistGradientBoostingRegressor(
            max_iter=SCALE_TREES,
            max_leaf_nodes=SCALE_LEAVES,
            min_samples_leaf=max(20, int(SCALE_LEAF_ROWS * self.factor)),
            early_stopping=False,
            random_state=self.seed,
        )
        tasks = []
        for fold, member in zip(self.folds.folds, members, strict=True):
            own = np.flatnonzero(held_out & ~np.isin(self._blocks, fold.calibrate))
            rows = apply_ranks(self.augmented[own], member.ranks)
            tasks.append(delayed(fit)(None, clone(scale), rows, target[own]))
        return self._run(tasks)

    def probability_map(self, oof: Floats) -> ProbabilityMap:
        """What puts class probabilities right, from those of held-out copies (h, classes)."""
        some = np.random.default_rng(self.seed).permutation(len(oof))[:MAP_COPIES]
        indices = self._indices[self.owners >= 0][some]
        copies = len(some) / len(np.unique(indices))
        outcomes = self.learned[indices].astype(np.intp)
        return ProbabilityMap.fit(oof[some], outcomes, PRIOR_ROWS * copies)

    @cached_property
    def _targets(self) -> Floats:
        """What the ridge learns (n, outputs): the target, or an indicator of each class.

        Of two classes the second says it all.
        """
        if self.contract.task == "regression":
            return self.learned[:, None]
        classes = len(self.contract.target.classes)
        indicators = self.learned[:, None] == np.arange(classes)
        return np.asarray(indicators[:, 1:] if classes == 2 else indicators, dtype=np.float64)

    @cached_property
    def _ordering(self) -> Floats:
        """What categories are in the order of: the target, or whether it is the commonest class."""
        if self.contract.task == "regression":
            return self.learned
        commonest = np.bincount(self.learned.astype(np.intp)).argmax()
        return np.asarray(self.learned == commonest, dtype=np.float64)

    def _fit_ridge(self) -> None:
        """For the rows of a block, each fold's ridge is one that never saw this block."""
        design, folds = Design.of(self.contract, self.rows), self.folds.folds
        count = int(self.folds.blocks.max()) + 1
        moments = []
        for block in range(count):
            own = self.folds.rows_in((block,))
            moments.append(Moments.of(design, self.rows[own], self._targets[own]))
        self.ridge = SubsetRidge.of(
            design, [Moments.total(moments[b] for b in fold.train) for fold in folds]
        )
        self.scores = np.empty((len(self.augmented), *self.ridge.intercepts.shape))
        for block in range(count):
            others = [[b for b in fold.train if b != block] or fold.train for fold in folds]
            ridge = SubsetRidge.of(
                design, [Moments.total(moments[b] for b in some) for some in others]
            )
            own = np.flatnonzero(self._blocks == block)
            if len(own):
                self.scores[own] = ridge(self.augmented[own])

    def _fit_parts(
        self, features: Callable[[], Any], made: Sequence[Any], progress: Progress
    ) -> list[list[Any]]:
        """For each of the estimators made, one for each fold; trees are counted over the folds."""
        watched = [k for k, fold in enumerate(self.folds.folds) if fold.stop]
        tasks = [self._task(features, made, part, k) for part in range(len(made)) for k in watched]
        done = self._run(tasks, progress)
        fitted = [done[i : i + len(watched)] for i in range(0, len(done), len(watched))]
        for part, estimators in enumerate(fitted):
            count = None
            if stops_early(last_step(estimators[0])):
                counts = tree_counts(estimators)
                for estimator, own in zip(estimators, counts, strict=True):
                    truncate(estimator, own)
                count = int(np.mean(counts))
            unwatched = range(len(watched), len(self.folds.folds))
            estimators.extend(
                self._run([self._task(features, made, part, k, count) for k in unwatched])
            )
        return fitted

    def _task(
        self,
        features: Callable[[], Any],
        made: Sequence[Any],
        part: int,
        k: int,
        count: int | None = None,
    ) -> Any:
        """One fit, ready to be run: the estimator on masked copies, the specialist on rows."""
        estimator = clone(made[part])
        if count is not None:
            estimator.set_params(max_iter=count, early_stopping=False)
        fold = self.folds.folds[k]
        if part > 0:
            rows, target = self._whole(k, fold.train)
            return delayed(fit)(None, estimator, rows, target, self._whole(k, fold.stop))
        rows, target = self._copies(k, fold.train)
        return delayed(fit)(features(), estimator, rows, target, self._copies(k, fold.stop))

    def _copies(self, k: int, blocks: tuple[int, ...]) -> tuple[Rows, Floats]:
        """Masked copies of the rows in some blocks as fold `k` sees them, and their targets."""
        own = np.flatnonzero(np.isin(self._blocks, blocks))
        rows, target = self.augmented[own], self.learned[self._indices[own]]
        if self.contract.task == "regression":
            return apply_ranks(rows, self.ranks[k]), target - self.scores[own, k, 0]
        inputs = np.hstack([rows, self.scores[own, k].astype(np.float32)])
        return apply_ranks(inputs, self.ranks[k]), target

    def _whole(self, k: int, blocks: tuple[int, ...]) -> tuple[Rows, Floats]:
        """The rows in some blocks as they are; of very many, some."""
        own = self.folds.rows_in(blocks)
        own = own[:: len(own) // n_augmented(len(own)) or 1] if len(own) else own
        return apply_ranks(self.rows[own], self.ranks[k]), self.learned[own]

    def _run(self, tasks: list[Any], progress: Progress = lambda done, total: None) -> list[Any]:
        """The fits, side by side."""
        done: list[Any] = []
        progress(0, len(tasks))
        for result in side_by_side(tasks, large=self.folds.large):
            done.append(result)
            progress(len(done), len(tasks))
        return done
