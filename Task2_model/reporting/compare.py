"""Held-out predictions compared: models, features, parts of the rows.

All comparisons are paired: the same rows are drawn for both sides of a ratio, so what makes a
row hard for everyone cancels out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

from Task2_model.contract import Contract
from Task2_model.evaluate import ALL, LEAVE_ONE_OUT, SINGLE, mean_with_interval
from Task2_model.intervals import wilson_interval
from Task2_model.reporting.wording import Wording

RESAMPLES = 500
QUINTILES = 5
DECILES = 10
Key = tuple[str, str, str]  # model, subset of given features, feature


def mean_losses(answers: pd.DataFrame) -> pd.DataFrame:
    """The mean loss of each row (index) by (model, subset, feature) (columns)."""
    return answers.pivot_table(
        index="row", columns=["model", "subset", "feature"], values="loss", sort=False
    )


def relative(losses: pd.DataFrame, keys: Sequence[Key], against: Key, seed: int) -> pd.DataFrame:
    """By how much each loss exceeds that of `against`: columns `more`, `more_low`, `more_high`.

    0.1 means a loss one tenth larger. The interval is a 95 % bootstrap over rows.
    """
    parts = losses[list(keys)].to_numpy()
    base = losses[against].to_numpy()
    rng = np.random.default_rng(seed)
    drawn = np.empty((RESAMPLES, len(keys)))
    for resample in drawn:
        weights = np.bincount(rng.integers(len(base), size=len(base)), minlength=len(base))
        resample[:] = weights @ parts / (weights @ base)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0) - 1
    ratio = parts.mean(axis=0) / base.mean() - 1
    return pd.DataFrame({"more": ratio, "more_low": low, "more_high": high})


def importance(
    losses: pd.DataFrame, contract: Contract, model: str, featureless: str, seed: int
) -> pd.DataFrame:
    """How much each feature reduces the error, the most informative first; the index is its name.

    `single`: the share by which the error falls below that of the model `featureless` when this
    feature alone is given. `left_out`: how much the error grows when all features but this one are
    given. Both with their 95 % interval.
    """
    names = list(contract.names)
    if len(names) == 1:
        single = -relative(losses, [(model, ALL, "")], (featureless, ALL, ""), seed)
        left_out = single * 0
    else:
        single = -relative(
            losses, [(model, SINGLE, name) for name in names], (featureless, ALL, ""), seed
        )
        left_out = relative(
            losses, [(model, LEAVE_ONE_OUT, name) for name in names], (model, ALL, ""), seed
        )
    table = pd.DataFrame(
        {
            "single": single["more"],
            "single_low": single["more_high"],
            "single_high": single["more_low"],
            "left_out": left_out["more"],
            "left_out_low": left_out["more_low"],
            "left_out_high": left_out["more_high"],
        }
    )
    table.index = pd.Index(names)
    return table.sort_values("single", ascending=False)


def by_part(answers: pd.DataFrame, parts: pd.Series[Any]) -> pd.DataFrame:
    """Error and coverage within each part; the index is the part's name, with `n` rows.

    `parts` gives each answer's part. Columns `loss` and `covered`, with their intervals.
    """
    lines = {}
    for name, part in answers.groupby(parts, sort=False, observed=True):
        line: dict[str, float] = {"n": part["row"].nunique()}
        for column in ("loss", "covered"):
            value, low, high = mean_with_interval(part, column)
            line |= {column: value, f"{column}_low": low, f"{column}_high": high}
        line["covered_high"] = min(line["covered_high"], 1.0)
        lines[name] = line
    return pd.DataFrame.from_dict(lines, orient="index")


def quintiles(values: pd.Series[Any], wording: Wording) -> pd.Series[Any]:
    """Each value's quintile, named by the quintile's ends; quintiles of one name are one."""
    cut = pd.qcut(values, QUINTILES, duplicates="drop")
    level = wording.format_level
    names = {
        part: f"{level(max(part.left, values.min()))} to {level(part.right)}"
        for part in cut.cat.categories
    }
    ordered = pd.CategoricalDtype(list(dict.fromkeys(names.values())), ordered=True)
    return cut.astype(object).map(names).astype(ordered)


def largest_errors(answers: pd.DataFrame, most: int) -> pd.DataFrame:
    """The rows with the largest mean error, with the means of their predictions."""
    columns = ["truth", "prediction", "lower", "upper", "loss"]
    return answers.groupby("row")[columns].mean().nlargest(most, "loss")


def with_events(answers: pd.DataFrame, wording: Wording) -> pd.DataFrame:
    """Answers with three more columns: `event` (bool), `event_probability`, `event_predicted`.

    Of two classes the event is predicted from the contract's threshold on, by every model alike.
    """
    target = wording.contract.target
    event, probability = target.classes.index(wording.event), answers["probability"]
    if target.positive:
        predicted = probability >= (target.threshold or 0.5)
    else:  # it is the probability of the predicted class
        predicted = answers["label"] == event
        probability = probability.where(predicted, (1 - probability) / (len(target.classes) - 1))
    return answers.assign(
        event=answers["truth"] == event, event_probability=probability, event_predicted=predicted
    )


def calibration_curve(answers: pd.DataFrame) -> pd.DataFrame:
    """Predicted probability and observed share of the event, by deciles of the probability.

    Columns `probability`, `share` with `share_low` and `share_high`, and `n` rows.
    """
    decile = pd.qcut(answers["event_probability"].rank(method="first"), DECILES, labels=False)
    table = answers.groupby(decile).agg(
        probability=("event_probability", "mean"), share=("event", "mean"), n=("row", "nunique")
    )
    low, high = wilson_interval(table["share"], table["n"])
    return table.assign(share_low=low, share_high=high)


def ranking(answers: pd.DataFrame, seed: int) -> dict[str, tuple[float, float, float]]:
    """How well the probability separates events from others, with 95 % bootstrap intervals.

    `auc`: area under the ROC curve; `average_precision`: area under the precision-recall curve.
    """
    one = answers.groupby("row").agg(p=("event_probability", "mean"), event=("event", "first"))
    event, probability = one["event"].to_numpy(), one["p"].to_numpy()
    rng = np.random.default_rng(seed)
    scores: dict[str, tuple[float, float, float]] = {}
    for name, score in (("auc", roc_auc_score), ("average_precision", average_precision_score)):
        drawn = [_score(score, event, probability, rng) for _ in range(RESAMPLES // 2)]
        low, high = np.nanquantile(drawn, [0.025, 0.975])
        scores[name] = (float(score(event, probability)), float(low), float(high))
    return scores


def _score(
    score: Any, event: npt.NDArray[Any], probability: npt.NDArray[Any], rng: np.random.Generator
) -> float:
    drawn = rng.integers(len(event), size=len(event))
    if event[drawn].all() or not event[drawn].any():
        return float("nan")
    return float(score(event[drawn], probability[drawn]))
