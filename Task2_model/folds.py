"""Which rows a model learns from, and which ones stop, calibrate and evaluate it.

Rows are cut into blocks, and a fold says what becomes of each block. Usually a fold's model is
stopped, calibrated and evaluated on the one block that it does not learn from, and all of them
answer together. Of a large table a single split does, with a block for each of these jobs. Rows
that belong together stay in one block; rows in time are cut into windows that expand, so that a
model is only ever evaluated on what came after the rows that it learned from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold

from Task1_database.errors import TrainingError
from Task2_model.contract import Contract, Floats, Indices

FOLDS = 5
BLOCKS = 10  # of a large table, and of one in time
LARGE = 20_000  # rows: with more, a single split does
FEWEST_ROWS = 50  # in all: with fewer, no range could be trusted


@dataclass(frozen=True)
class Split:
    """What `[split]` in dataset.toml asks for.

    Attributes
    ----------
    kind : "time" or "group"
    column : str
    values : array, shape (n,)
        For each row when it was, or what it belongs to: anything that can be sorted.
    """

    kind: Literal["time", "group"]
    column: str
    values: npt.NDArray[Any]


@dataclass(frozen=True)
class Fold:
    """The blocks that a model learns from, and those that stop, calibrate and evaluate it.

    All but `train` are empty for a model that learns from every row.
    """

    train: tuple[int, ...]
    stop: tuple[int, ...] = ()
    calibrate: tuple[int, ...] = ()
    evaluate: tuple[int, ...] = ()


@dataclass(frozen=True)
class Folds:
    """Rows in blocks, and the folds made of these.

    Attributes
    ----------
    blocks : int array, shape (n,)
        The block of each row.
    folds : tuple of Fold
    ordered : bool
        Whether the blocks follow each other in time. The last fold's model then answers alone,
        which has learned from every row; otherwise the models answer together.
    """

    blocks: Indices
    folds: tuple[Fold, ...]
    ordered: bool = False

    @property
    def weights(self) -> Floats:
        """What each fold's model counts for in the answer, shape (folds,)."""
        count = len(self.folds)
        if self.ordered:
            return np.asarray(np.arange(count) == count - 1, dtype=np.float64)
        return np.full(count, 1 / count)

    @property
    def large(self) -> bool:
        """Whether a single split does."""
        return len(self.blocks) > LARGE

    def rows_in(self, blocks: tuple[int, ...]) -> Indices:
        """The indices of the rows in some blocks."""
        return np.flatnonzero(np.isin(self.blocks, blocks))

    def calibrating(self) -> tuple[Indices, Indices]:
        """The indices of the rows that calibrate, and the fold whose model never saw each."""
        rows = [self.rows_in(fold.calibrate) for fold in self.folds]
        return np.concatenate(rows), np.repeat(np.arange(len(rows)), [len(some) for some in rows])


def cut(contract: Contract, outcomes: npt.NDArray[Any], seed: int, split: Split | None) -> Folds:
    """The folds of rows with these outcomes (n,): values, or indices of classes.

    Raises TrainingError where rows, groups or moments are too few.
    """
    count = len(outcomes)
    if count < FEWEST_ROWS:
        raise TrainingError(
            f"{contract.dataset}: {count} rows are too few; at least {FEWEST_ROWS} are "
            "needed to learn and to say how sure the answer is"
        )
    large = count > LARGE
    if split is not None and split.kind == "time":
        blocks = _in_time(contract, split)
        windows = [_split_once()] if large else [_window(k) for k in range(BLOCKS // 2, BLOCKS)]
        return Folds(blocks, (*windows, Fold(tuple(range(BLOCKS)))), ordered=True)
    blocks = _at_random(contract, outcomes, BLOCKS if large else FOLDS, seed, split)
    return Folds(blocks, (_split_once(),) if large else tuple(map(_cross, range(FOLDS))))


def _cross(held: int) -> Fold:
    block = (held,)
    return Fold(tuple(b for b in range(FOLDS) if b != held), block, block, block)


def _window(held: int) -> Fold:
    block = (held,)
    return Fold(tuple(range(held)), block, block, block)


def _split_once() -> Fold:
    stop, calibrate, evaluate = BLOCKS - 3, BLOCKS - 2, BLOCKS - 1
    return Fold(tuple(range(stop)), (stop,), (calibrate,), (evaluate,))


def _in_time(contract: Contract, split: Split) -> Indices:
    """Ten blocks of about as many rows, one after the other; the same moment is in one block."""
    before = np.sort(split.values).searchsorted(split.values)
    blocks = np.asarray(before * BLOCKS // len(before), dtype=np.intp)
    if len(np.unique(blocks)) < BLOCKS:
        raise TrainingError(
            f"{contract.dataset}: {split.column} has too few different values to split the rows "
            f"in time; {BLOCKS} parts of about as many rows are needed"
        )
    return blocks


def _at_random(
    contract: Contract, outcomes: npt.NDArray[Any], parts: int, seed: int, split: Split | None
) -> Indices:
    rows, groups = np.zeros((len(outcomes), 1)), None
    stratify = (
        contract.task == "classification" and np.unique_counts(outcomes).counts.min() >= parts
    )
    kind: Any = StratifiedKFold if stratify else KFold
    if split is not None:
        kind, groups = GroupKFold, split.values
        if len(np.unique(groups)) < parts:
            raise TrainingError(
                f"{contract.dataset}: {split.column} has {len(np.unique(groups))} different "
                f"values, too few groups to split the rows by; at least {parts} are needed"
            )
    blocks = np.empty(len(outcomes), dtype=np.intp)
    cuts = kind(parts, shuffle=True, random_state=seed).split(rows, outcomes, groups)
    for block, (_, held) in enumerate(cuts):
        blocks[held] = block
    return blocks
