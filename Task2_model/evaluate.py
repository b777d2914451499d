"""How good a model is on rows that it never saw, and whether its ranges keep their promise.

Every row is held out once (of a large table a sample is) and asked about in many ways: everything
told, `x` alone, each feature alone, everything but one feature, and random subsets. The answers go
into one long table, from which every figure in the report and the manifest is computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import Parallel, delayed, parallel_config
from sklearn.model_selection import (
    KFold,
    ShuffleSplit,
    StratifiedKFold,
    StratifiedShuffleSplit,
)

from Task2_model.baselines import baselines
from Task2_model.contract import Contract, Rows
from Task2_model.model import PredictiveModel

FOLDS = 5
RANDOM_SUBSETS = 12
Z95 = 1.96
FEW_ROWS, JUDGED_ROWS = 10_000, 2_500
WAYS_AT_ONCE = 16
EVERYTHING, X_ALONE, ONLY, WITHOUT, RANDOM = "everything", "x alone", "only", "without", "random"

Mask = npt.NDArray[np.bool_]  # shape (features,): which are told
Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


class Data(NamedTuple):
    """Rows (n, features) with their outcomes (n,): values, or indices of classes."""

    contract: Contract
    rows: Rows
    outcomes: npt.NDArray[Any]


class Fold(NamedTuple):
    """The indices of rows to learn from and of rows to be judged by."""

    data: Data
    train: Indices
    test: Indices
    seed: int


@dataclass(frozen=True)
class Asked:
    """One way of asking: a name, the feature that it is about (if any) and what is told."""

    way: str
    feature: str
    told: Mask


def ways_to_ask(contract: Contract, seed: int) -> list[Asked]:
    """Everything, `x` alone, each feature alone and left out, and random subsets."""
    names, everything = contract.names, np.ones(len(contract.names), dtype=bool)
    alone = np.eye(len(names), dtype=bool)
    rng = np.random.default_rng(seed)
    ways = [
        Asked(EVERYTHING, "", everything),
        Asked(X_ALONE, contract.x, alone[names.index(contract.x)]),
    ]
    if len(names) > 1:
        ways += [Asked(ONLY, name, alone[i]) for i, name in enumerate(names)]
        ways += [Asked(WITHOUT, name, ~alone[i]) for i, name in enumerate(names)]
    for index in range(RANDOM_SUBSETS if len(names) > 2 else 0):
        told = rng.permutation(len(names)) < rng.integers(1, len(names))
        ways.append(Asked(RANDOM, str(index + 1), told))
    return ways


class Judged(NamedTuple):
    """What a task brought back: answers to rows never seen, a model ready for use, or both."""

    answers: pd.DataFrame | None
    model: PredictiveModel | None = None


class Trained(NamedTuple):
    """What all tasks together brought back: see `train_all`."""

    answers: pd.DataFrame
    fitted: dict[type[PredictiveModel], PredictiveModel]


def train_all(
    candidates: Sequence[type[PredictiveModel]],
    sealable: Sequence[type[PredictiveModel]],
    data: Data,
    *,
    seed: int,
) -> Trained:
    """Judge the candidates and the baselines on rows they never saw; fit `sealable` for use.

    All are judged on the same rows, and learn for use from all rows; but of a large table few rows
    are judged, and the very models that were judged are used: all others they have learned from.
    Every fit is a task of its own, spread over the processor's cores.

    The answers have one line for each model, row and way of asking, with the columns `model`,
    `way`, `feature`, `told` (how many features), `row`, `truth`, `loss` and, for regression,
    `prediction`, `lower`, `upper`; for classification `probability` (of the positive class, or of
    the likeliest), `label`, `size` (classes in the set); and `covered`. The loss is the absolute
    error, or the logarithmic loss. What is not told stays hidden for the row in question only.
    """
    folds = [Fold(data, train, test, seed + i) for i, (train, test) in enumerate(_cut(data, seed))]
    large = len(folds) == 1
    fits = [delayed(_fitted)(model, data, seed) for model in sealable if not large]
    judged = [delayed(_judged_model)(model, fold) for fold in folds for model in candidates]
    baselines = [delayed(_judged_baselines)(fold) for fold in folds]
    with parallel_config("loky", inner_max_num_threads=1):
        done: list[Judged] = Parallel(1 if large else -1)([*fits, *judged, *baselines])
    ready = done[: len(fits) or len(candidates)]
    return Trained(
        pd.concat([part.answers for part in done[len(fits) :]], ignore_index=True),
        {type(part.model): part.model for part in ready if part.model},
    )


def summary(contract: Contract, answers: pd.DataFrame) -> pd.DataFrame:
    """One line for each model and way of asking, each figure with its 95 % interval.

    Columns: `model`, `way`, `feature`, `told`, `loss`, `loss_low`, `loss_high`, `coverage`,
    `coverage_low`, `coverage_high` and the median `width` of the range (or the mean `size` of
    the set).
    """
    lines = []
    for (name, way, feature), part in answers.groupby(["model", "way", "feature"], sort=False):
        loss, loss_low, loss_high = mean_with_interval(part, "loss")
        line = {
            "model": name, "way": way, "feature": feature, "told": int(part["told"].iloc[0]),
            "loss": loss, "loss_low": loss_low, "loss_high": loss_high,
        }  # fmt: skip
        if part["covered"].notna().all():
            covered, low, high = mean_with_interval(part, "covered")
            line |= {"coverage": covered, "coverage_low": low, "coverage_high": high}
            line |= (
                {"width": float((part["upper"] - part["lower"]).median())}
                if contract.task == "regression"
                else {"size": float(part["size"].mean())}
            )
        lines.append(line)
    return pd.DataFrame(lines)


def mean_with_interval(answers: pd.DataFrame, column: str) -> tuple[float, float, float]:
    """The mean of a column over the rows held out, and its 95 % interval.

    For a yes or no it is Wilson's, which stays within 0 and 1; otherwise that of normal theory.
    """
    values = answers[column].to_numpy(dtype=np.float64)
    mean, count = float(values.mean()), len(values)
    if set(np.unique(values)) <= {0.0, 1.0}:
        centre = (mean + Z95**2 / (2 * count)) / (1 + Z95**2 / count)
        error = Z95 * np.sqrt(mean * (1 - mean) / count + (Z95 / count) ** 2 / 4)
        half = float(error / (1 + Z95**2 / count))
        return mean, centre - half, centre + half
    error = Z95 * float(values.std(ddof=1)) / np.sqrt(count)
    return mean, mean - error, mean + error


def _cut(data: Data, seed: int) -> Iterator[tuple[Indices, Indices]]:
    """Rows to learn from and rows to judge by: of a large table a sample is judged, once."""
    classify = data.contract.task == "classification"
    if len(data.rows) <= FEW_ROWS:
        folds: Any = (StratifiedKFold if classify else KFold)(
            FOLDS, shuffle=True, random_state=seed
        )
    else:
        kind = StratifiedShuffleSplit if classify else ShuffleSplit
        folds = kind(1, test_size=JUDGED_ROWS, random_state=seed)
    return iter(folds.split(data.rows, data.outcomes))


def _fitted(model: type[PredictiveModel], data: Data, seed: int) -> Judged:
    return Judged(None, model(data.contract, seed=seed).fit(data.rows, data.outcomes))


def _judged_model(model: type[PredictiveModel], fold: Fold) -> Judged:
    contract, rows, outcomes = fold.data
    fitted = model(contract, seed=fold.seed).fit(rows[fold.train], outcomes[fold.train])
    tables = []
    for asked, block in _asked(fitted, ways_to_ask(contract, seed=0), rows[fold.test]):
        table = _table(contract, block, outcomes[fold.test])
        tables.append(table.assign(model=model.__name__, way=asked.way, feature=asked.feature,
                                   told=int(asked.told.sum()), row=fold.test))  # fmt: skip
    return Judged(pd.concat(tables, ignore_index=True), fitted)


def _asked(
    model: PredictiveModel, ways: list[Asked], rows: Rows
) -> Iterator[tuple[Asked, dict[str, Any]]]:
    """The answers to all rows, asked in each way; several ways at once, which takes less time."""
    for begin in range(0, len(ways), WAYS_AT_ONCE):
        some = ways[begin : begin + WAYS_AT_ONCE]
        shown = [np.where(asked.told, rows, np.float32(np.nan)) for asked in some]
        block = model.predict(np.concatenate(shown))
        for place, asked in enumerate(some):
            here = slice(place * len(rows), (place + 1) * len(rows))
            yield asked, {part: values[here] for part, values in block.items()}


def _judged_baselines(fold: Fold) -> Judged:
    contract, rows, outcomes = fold.data
    tables = []
    for name, estimator in baselines(contract).items():
        estimator.fit(rows[fold.train], outcomes[fold.train])
        table = _baseline_table(contract, estimator, rows[fold.test], outcomes[fold.test])
        tables.append(table.assign(model=name, way=EVERYTHING, feature="", told=0, row=fold.test))
    return Judged(pd.concat(tables, ignore_index=True))


def _table(contract: Contract, block: dict[str, Any], truth: npt.NDArray[Any]) -> pd.DataFrame:
    table = pd.DataFrame({"truth": truth})
    if contract.task == "regression":
        table = table.assign(**block)
        table["loss"] = (table["prediction"] - truth).abs()
        table["covered"] = (table["lower"] <= truth) & (truth <= table["upper"])
        return table
    table["label"], table["probability"] = block["label"], block["probability"]
    table["size"] = block["set"].sum(axis=1)
    table["covered"] = block["set"][np.arange(len(truth)), truth]
    table["loss"] = log_loss_of(block["probabilities"], truth)
    return table


def _baseline_table(
    contract: Contract, estimator: Any, rows: Rows, truth: npt.NDArray[Any]
) -> pd.DataFrame:
    table = pd.DataFrame({"truth": truth, "covered": None})
    if contract.task == "regression":
        table["prediction"] = estimator.predict(rows)
        table["loss"] = (table["prediction"] - truth).abs()
        return table
    chances = estimator.predict_proba(rows)
    target = contract.target
    best = chances.argmax(axis=1)
    if target.positive:
        table["probability"] = chances[:, target.classes.index(target.positive)]
    else:
        table["probability"] = chances.max(axis=1)
    table["label"] = best
    table["loss"] = log_loss_of(chances, truth)
    return table


def log_loss_of(chances: Floats, truth: npt.NDArray[Any]) -> Floats:
    """The logarithmic loss of each row, in nats, from probabilities (n, classes)."""
    told = chances[np.arange(len(truth)), truth]
    return np.asarray(-np.log(np.clip(told, 1e-6, 1.0)), dtype=np.float64)
