"""How good a model is on rows that it never saw, and whether its ranges keep their promise.

Every row is held out once, and asked about in many ways: everything told,
`x` alone, each feature alone, everything but one feature, and random subsets. The answers go
into one long table, from which every figure in the report and the manifest is computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import Parallel, delayed, parallel_config
from sklearn.base import clone
from sklearn.model_selection import KFold, StratifiedKFold

from Task2_model.baselines import baselines
from Task2_model.contract import Contract, Rows
from Task2_model.model import PredictiveModel

FOLDS = 5
RANDOM_SUBSETS = 12
Z95 = 1.96
EVERYTHING, X_ALONE, ONLY, WITHOUT, RANDOM = "everything", "x alone", "only", "without", "random"

Mask = npt.NDArray[np.bool_]  # shape (features,): which are told
Floats = npt.NDArray[np.float64]


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


def held_out_answers(
    model: type[PredictiveModel],
    contract: Contract,
    rows: Rows,
    outcomes: npt.NDArray[Any],
    *,
    seed: int,
) -> pd.DataFrame:
    """The answers of `model`, and of the baselines, to rows that they never saw.

    Returns one line for each row and way of asking, with the columns `model`, `way`,
    `feature`, `told` (how many features), `row`, `truth`, `loss` and, for regression,
    `prediction`, `lower`, `upper`; for classification `probability` (of the positive class, or of
    the likeliest), `label`, `size` (classes in the set); and `covered`. The loss is the absolute
    error, or the logarithmic loss. What is not told stays hidden for the row in question only.
    """
    kind = StratifiedKFold if contract.task == "classification" else KFold
    folds = kind(n_splits=FOLDS, shuffle=True, random_state=seed)
    with parallel_config("loky", inner_max_num_threads=1):
        parts = Parallel(n_jobs=-1)(
            delayed(_answers_of_fold)(model, contract, rows, outcomes, train, test, seed + number)
            for number, (train, test) in enumerate(folds.split(rows, outcomes))
        )
    return pd.concat(parts, ignore_index=True)


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
    """The mean of a column over the rows held out, and its 95 % interval (normal theory)."""
    values = answers[column].to_numpy(dtype=np.float64)
    mean, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))
    return mean, mean - Z95 * error, mean + Z95 * error


def _answers_of_fold(
    model: type[PredictiveModel],
    contract: Contract,
    rows: Rows,
    outcomes: npt.NDArray[Any],
    train: npt.NDArray[np.intp],
    test: npt.NDArray[np.intp],
    seed: int,
) -> pd.DataFrame:
    fitted = model(contract, seed=seed).fit(rows[train], outcomes[train])
    tables = []
    for asked in ways_to_ask(contract, seed=0):
        block = fitted.predict(np.where(asked.told, rows[test], np.float32(np.nan)))
        table = _judged(contract, block, outcomes[test])
        tables.append(table.assign(model=model.__name__, way=asked.way, feature=asked.feature,
                                   told=int(asked.told.sum()), row=test))  # fmt: skip
    for name, estimator in baselines(contract).items():
        table = _judged_baseline(contract, clone(estimator), rows, outcomes, train, test)
        tables.append(table.assign(model=name, way=EVERYTHING, feature="", told=0, row=test))
    return pd.concat(tables, ignore_index=True)


def _judged(contract: Contract, block: dict[str, Any], truth: npt.NDArray[Any]) -> pd.DataFrame:
    table = pd.DataFrame({"truth": truth})
    if contract.task == "regression":
        table = table.assign(**block)
        table["loss"] = (table["prediction"] - truth).abs()
        table["covered"] = (table["lower"] <= truth) & (truth <= table["upper"])
        return table
    table["label"], table["probability"] = block["label"], block["probability"]
    table["size"] = block["set"].sum(axis=1)
    table["covered"] = block["set"][np.arange(len(truth)), truth]
    table["loss"] = log_loss_of(block["chances"], truth)
    return table


def _judged_baseline(
    contract: Contract,
    estimator: Any,
    rows: Rows,
    outcomes: npt.NDArray[Any],
    train: npt.NDArray[np.intp],
    test: npt.NDArray[np.intp],
) -> pd.DataFrame:
    estimator.fit(rows[train], outcomes[train])
    truth = outcomes[test]
    table = pd.DataFrame({"truth": truth, "covered": None})
    if contract.task == "regression":
        table["prediction"] = estimator.predict(rows[test])
        table["loss"] = (table["prediction"] - truth).abs()
        return table
    chances = estimator.predict_proba(rows[test])
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
