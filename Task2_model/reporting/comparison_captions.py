"""Tables and sentences that compare the model with others: is it worth having, why is it sealed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from Task2_model.ensemble import SPECIALIST_WEIGHT
from Task2_model.fitting import BOOSTED, last_step
from Task2_model.folds import FOLDS
from Task2_model.formatting import (
    NBSP,
    escape_markdown,
    format_count,
    format_estimate,
    format_percent,
    format_rounded,
    lower_first,
)
from Task2_model.reporting.evaluation_summary import EvaluationSummary
from Task2_model.reporting.model_captions import gain_interval, side_of

SMALL_GAIN = 0.05  # a loss less than this much smaller is little better


def verdict(summary: EvaluationSummary) -> str:
    """Whether the model is worth having, in one sentence."""
    gain, low, high = summary.gain(summary.rival)
    rival, loss = escape_markdown(summary.in_sentence(summary.rival)), summary.wording.loss
    difference = f"on {summary.held_out_rows} its {loss} is {_compared(gain, low, high)}"
    if high < 0:
        return f"**It is worse than {rival}**: {difference}. {_consequence(summary)}"
    if low <= 0:
        return (
            f"**It is no better than {rival}**: {difference}, so the two do not differ "
            f"significantly. {_consequence(summary)}"
        )
    if gain < SMALL_GAIN:
        return f"**It is slightly better than {rival}**, the best baseline: {difference}."
    return f"**It beats {rival}**, the best baseline: {difference}."


def _consequence(summary: EvaluationSummary) -> str:
    """What it means that a baseline is as good."""
    if summary.informative:
        return (
            "Its advantage is then that features may be missing and that it states its uncertainty."
        )
    return "The features say too little, or there are too few rows."


def score_table(summary: EvaluationSummary, scores: pd.DataFrame) -> pd.DataFrame:
    """Scores (one row a model, one column a metric) as texts, with the paired difference of loss.

    The error of a regression is in the target's unit; R² has none; other scores are shares.
    """
    wording, more = summary.wording, summary.models
    table = pd.DataFrame({"Model": map(summary.display_name, scores.index)}, index=scores.index)
    for metric in scores.columns:
        table[metric] = [_score(summary, metric, value) for value in scores[metric]]
    table[f"{wording.loss.capitalize()} vs {summary.model}"] = [
        "" if name == summary.model else format_estimate(more.loc[name], "more", _step)
        for name in scores.index
    ]
    return table


def choice(summary: EvaluationSummary) -> str:
    """Which model is sealed, and why."""
    doc = (summary.study.model.__doc__ or "a model of your own.").strip().splitlines()[0]
    return (
        f"{_reason(summary)} Unlike the baselines, it takes any subset of the features and states "
        f"its uncertainty. What it is: {lower_first(escape_markdown(doc))} {_augmentation(summary)}"
    )


def folds(summary: EvaluationSummary) -> str:
    """How the held-out predictions were made."""
    study = summary.study
    split, large = study.split, study.fitted.folds_.large
    column = escape_markdown(split.column) if split else ""
    if split and split.kind == "time":
        return (
            f"All models were evaluated in expanding windows along {column}: later rows are "
            "predicted by models trained on earlier ones only. The model that is sealed is "
            "trained on all rows."
        )
    apart = f" Rows with the same {column} are in one part." if split else ""
    if large:
        return (
            f"All models were evaluated on the same {len(summary.held_out):,} of "
            f"{format_count(len(study.rows))} and trained on others; the very model that was "
            f"evaluated is sealed.{apart}"
        )
    return (
        f"All models were evaluated by the same {FOLDS}-fold cross-validation: each fold is "
        f"predicted by models trained on the other {FOLDS - 1}. The {FOLDS} models of the "
        f"sealed one answer together.{apart}"
    )


def settings(summary: EvaluationSummary) -> pd.DataFrame:
    """What the training chose, and how, as texts."""
    fitted = summary.study.fitted
    lines = [
        (
            "Models that answer together",
            f"{(fitted.folds_.weights > 0).sum()}",
            "one for each fold",
        ),
        ("Estimator", type(last_step(fitted.members_[0].location)).__name__, "the model's own"),
    ]
    lines += [
        (f"{name.replace('_', ' ').capitalize()}", f"{value:g}", "a setting of the estimator")
        for name in ("learning_rate", "max_leaf_nodes", "min_samples_leaf")
        if (value := getattr(last_step(fitted.members_[0].location), name, None)) is not None
    ]
    trees = [_trees(member.location) for member in fitted.members_]
    if all(trees):
        lines.append(("Trees of each", _from_to(trees), "smallest loss on rows of other folds"))
    specialists = [member.specialist for member in fitted.members_ if member.specialist]
    if specialists:
        weight = format_percent(SPECIALIST_WEIGHT)
        lines.append(("Weight of the specialist", weight, "a constant, where nothing is missing"))
    return pd.DataFrame(lines, columns=["Setting", "Value", "How it is chosen"])


def _trees(estimator: Any) -> int:
    last = last_step(estimator)
    return int(last.n_iter_) if isinstance(last, BOOSTED) else 0


def _from_to(counts: list[int]) -> str:
    least, most = min(counts), max(counts)
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def _reason(summary: EvaluationSummary) -> str:
    best, loss = str(summary.models.index[0]), summary.wording.loss
    if best == summary.model:
        return f"{summary.model} is sealed: it has the smallest {loss}."
    why = "it was chosen by name" if summary.study.named else "it is the default"
    return (
        f"{summary.model} is sealed because {why}, although "
        f"{escape_markdown(summary.in_sentence(best))} has the smaller {loss}."
    )


def _augmentation(summary: EvaluationSummary) -> str:
    """How often the model sees a row: many times in a small table, a share of a large one."""
    factor = summary.study.fitted.augmentation_factor_
    if factor >= 1:
        return (
            f"Each training row is used {factor:.0f} times, each time with other features masked, "
            "so that one model serves every subset."
        )
    return (
        f"{format_percent(factor)} of the training rows are used, each with other features masked, "
        "so that one model serves every subset."
    )


def _score(summary: EvaluationSummary, metric: str, value: float) -> str:
    if metric in ("MAE", "RMSE"):
        return summary.wording.format_error(value)
    if metric in ("Precision", "Recall"):
        return format_percent(value)
    return format_rounded(value, 2 if abs(value) < 0.1 else 3)


def _step(share: float) -> str:
    """`+12 %` or `−3 %`."""
    return ("+" if round(100 * share) > 0 else "") + format_percent(share)


def _compared(gain: float, low: float, high: float) -> str:
    if round(100 * gain) == 0:
        return f"the same to 1{NBSP}% ({gain_interval(gain, low, high)} of the difference)"
    return f"{format_percent(abs(gain))} {side_of(gain)} ({gain_interval(gain, low, high)})"
