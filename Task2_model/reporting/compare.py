"""Held-out answers compared: one model with another, one thing told with another, part by part.

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
from Task2_model.evaluate import EVERYTHING, ONLY, WITHOUT, mean_with_interval
from Task2_model.reporting.explore import wilson
from Task2_model.reporting.wording import Wording

RESAMPLES = 500
FIFTHS = 5
TENTHS = 10
Key = tuple[str, str, str]  # model, way of asking, feature


def mean_losses(answers: pd.DataFrame) -> pd.DataFrame:
    """The mean loss of each row (index) by (model, way, feature) (columns)."""
    return answers.pivot_table(
        index="row", columns=["model", "way", "feature"], values="loss", sort=False
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


def worth(
    losses: pd.DataFrame, contract: Contract, model: str, blind: str, seed: int
) -> pd.DataFrame:
    """What each feature is worth, the most useful first; the index is its name.

    `only`: the share of the error of `blind`, which knows nothing, that goes when this feature
    alone is told. `without`: how much larger the error gets when everything else is told. Both
    with their 95 % interval.
    """
    names = list(contract.names)
    if len(names) == 1:
        only = -relative(losses, [(model, EVERYTHING, "")], (blind, EVERYTHING, ""), seed)
        without = only * 0
    else:
        only = -relative(
            losses, [(model, ONLY, name) for name in names], (blind, EVERYTHING, ""), seed
        )
        without = relative(
            losses, [(model, WITHOUT, name) for name in names], (model, EVERYTHING, ""), seed
        )
    table = pd.DataFrame({
        "only": only["more"], "only_low": only["more_high"], "only_high": only["more_low"],
        "without": without["more"], "without_low": without["more_low"],
        "without_high": without["more_high"],
    })  # fmt: skip
    table.index = pd.Index(names)
    return table.sort_values("only", ascending=False)


def by_part(answers: pd.DataFrame, parts: pd.Series[Any], seed: int) -> pd.DataFrame:
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


def fifths(values: pd.Series[Any], wording: Wording) -> pd.Series[Any]:
    """Each value's fifth of all, named by the fifth's ends; fifths of one name are one."""
    cut = pd.qcut(values, FIFTHS, duplicates="drop")
    names = {
        part: f"{wording.level(max(part.left, values.min()))} to {wording.level(part.right)}"
        for part in cut.cat.categories
    }
    ordered = pd.CategoricalDtype(list(dict.fromkeys(names.values())), ordered=True)
    return cut.astype(object).map(names).astype(ordered)


def largest_misses(answers: pd.DataFrame, most: int) -> pd.DataFrame:
    """The rows with the largest mean error, with the means of their answers."""
    columns = ["truth", "prediction", "lower", "upper", "loss"]
    return answers.groupby("row")[columns].mean().nlargest(most, "loss")


def with_chances(answers: pd.DataFrame, wording: Wording) -> pd.DataFrame:
    """Answers with the `chance` of the event and whether it `happened`."""
    contract = wording.contract
    event = contract.target.classes.index(wording.event)
    chance = answers["probability"]
    if not contract.target.positive:  # it is then the probability of the label
        others = (1 - chance) / (len(contract.target.classes) - 1)
        chance = chance.where(answers["label"] == event, others)
    return answers.assign(chance=chance, happened=answers["truth"] == event)


def calibration(answers: pd.DataFrame) -> pd.DataFrame:
    """The chance told and the share that happened, by tenths of the chance.

    Columns `chance`, `share` with `share_low` and `share_high`, and `n` answers.
    """
    tenth = pd.qcut(answers["chance"].rank(method="first"), TENTHS, labels=False)
    grouped = answers.groupby(tenth)
    table = grouped.agg(chance=("chance", "mean"), share=("happened", "mean"), n=("row", "nunique"))
    low, high = wilson(table["share"], table["n"])
    return table.assign(share_low=low, share_high=high)


def ranking(answers: pd.DataFrame, seed: int) -> dict[str, tuple[float, float, float]]:
    """How well the chance sorts what happens from what does not, with 95 % intervals.

    `auc`: area under the ROC curve; `precision`: average precision.
    """
    one = answers.groupby("row").agg(chance=("chance", "mean"), happened=("happened", "first"))
    happened, chance = one["happened"].to_numpy(), one["chance"].to_numpy()
    rng = np.random.default_rng(seed)
    found: dict[str, tuple[float, float, float]] = {}
    for name, score in (("auc", roc_auc_score), ("precision", average_precision_score)):
        drawn = [_score(score, happened, chance, rng) for _ in range(RESAMPLES // 2)]
        low, high = np.nanquantile(drawn, [0.025, 0.975])
        found[name] = (float(score(happened, chance)), float(low), float(high))
    return found


def _score(
    score: Any,
    happened: npt.NDArray[Any],
    chance: npt.NDArray[Any],
    rng: np.random.Generator,
) -> float:
    drawn = rng.integers(len(chance), size=len(chance))
    if happened[drawn].all() or not happened[drawn].any():
        return float("nan")
    return float(score(happened[drawn], chance[drawn]))
