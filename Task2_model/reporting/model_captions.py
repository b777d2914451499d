"""Sentences about the model as a whole: is it worth having, what drives it, is it calibrated.

Each is computed, and says so when there is little to say.
"""

from __future__ import annotations

from typing import Any

from Task2_model.evaluate import ALL, LEAVE_ONE_OUT, RANDOM, SINGLE, X_ONLY
from Task2_model.formatting import (
    NBSP,
    escape_markdown,
    format_count,
    format_percent,
    format_rounded,
    join_and,
)
from Task2_model.reporting.evaluation_summary import EvaluationSummary


def introduction(summary: EvaluationSummary) -> str:
    """What is predicted, from what, and what comes with it."""
    contract, wording = summary.study.contract, summary.wording
    n_features = format_count(len(contract.features), "feature")
    seen = summary.study.evaluated_contract.observed_coverage
    region = f"a {format_percent(contract.confidence)} {wording.region}"
    if seen is not None:
        region = (
            f"a {wording.region} that held the truth in {format_percent(seen)} of "
            f"{escape_markdown(contract.held_out)}"
        )
    return (
        f"The model predicts the {escape_markdown(wording.target)} from any subset of "
        f"{n_features}: whatever is known is given, the rest may be missing. Each prediction comes "
        f"with {region}, calibrated for the features that are given."
    )


def tiles(summary: EvaluationSummary) -> list[tuple[str, str, str]]:
    """The key numbers: each with its name and its 95 % interval."""
    line, wording = summary.subset(ALL), summary.wording
    gain, low, high = summary.gain(summary.rival)
    against = (
        format_percent(abs(gain)),
        f"{side_of(gain)} {wording.loss} than {summary.in_sentence(summary.rival)}",
        gain_interval(gain, low, high),
    )
    ends = (format_percent(min(line[f"coverage_{end}"], 1.0), 1) for end in ("low", "high"))
    coverage = (
        format_percent(line["coverage"], 1),
        f"coverage of the {format_percent(summary.study.contract.confidence)} {wording.region}s"
        f"{f' on {summary.held_out_rows}' if summary.study.split else ''}",
        interval(*ends),
    )
    if wording.regression:
        losses = [wording.format_error(line[f"loss_{end}"]) for end in ("low", "high")]
        single = wording.format_error(summary.subset(X_ONLY)["width"])
        x = wording.feature(summary.study.contract.x)
        return [
            (wording.format_error(line["loss"]), f"{wording.loss} on {summary.held_out_rows}",
             interval(*losses)),
            against,
            coverage,
            (wording.format_error(line["width"]), "median width of these intervals",
             f"{single} given {x} alone"),
        ]  # fmt: skip
    auc, auc_low, auc_high = summary.ranking["auc"]
    single = format_percent(float((summary.held_out["size"] == 1).mean()))
    many = len(summary.study.contract.target.classes) > 2
    return [
        (format_rounded(auc, 2), "AUC, the area under the ROC curve" +
         f", for “{wording.event_label}”" * many,
         f"0.5 is random; {interval(format_rounded(auc_low, 2), format_rounded(auc_high, 2))}"),
        against,
        coverage,
        (single, "of prediction sets hold a single class", "the others leave it open"),
    ]  # fmt: skip


def drivers(summary: EvaluationSummary) -> str:
    """The most informative feature, and the one whose absence costs most."""
    importance: Any = summary.importance
    best, costliest = importance.index[0], importance["left_out"].idxmax()
    if importance.loc[best, "single_low"] <= 0:
        return "**No feature** alone significantly reduces the error."
    text = (
        f"**{_label(summary, best)}** is the most informative feature: given alone, it reduces the "
        f"{summary.wording.loss} by {format_percent(importance.loc[best, 'single'])} compared "
        f"with {summary.in_sentence(summary.featureless)}"
    )
    if len(importance) == 1:
        return text + "."
    if importance.loc[costliest, "left_out_low"] <= 0:
        return text + ". Given all other features, none is indispensable."
    more = _larger(importance.loc[costliest, "left_out"])
    label = _label(summary, costliest, first=False)
    subject = "leaving it out" if costliest == best else f"leaving out **{label}**"
    return f"{text}. When all others are given, {subject} costs most: {more}."


def redundant(summary: EvaluationSummary) -> str:
    """Which features add nothing significant once all others are given."""
    importance = summary.importance
    names = importance.index[importance["left_out_low"] <= 0]
    if len(names) == 0:
        return "Leaving out any single feature significantly increases the error."
    if len(names) == len(importance):
        return "Any single feature can be left out without a significant increase of the error."
    verb = "adds" if len(names) == 1 else "add"
    labels = join_and(_label(summary, name, first=False) for name in names)
    return (
        f"Given all other features, {labels} {verb} nothing significant; such a feature helps "
        "where the others are missing."
    )


def importance(summary: EvaluationSummary) -> str:
    """Which features matter, alone and beside the others."""
    return f"{drivers(summary)} {redundant(summary)} Bars are 95{NBSP}% intervals."


def coverage(summary: EvaluationSummary) -> str:
    """How the coverage over all evaluated subsets compares with the nominal one."""
    table, region = summary.subsets, summary.wording.region
    nominal = summary.study.contract.confidence
    below = int((table["coverage_high"] < nominal).sum())
    above = int((table["coverage_low"] > nominal).sum())
    least, most = (format_percent(share, 1) for share in table["coverage"].agg(["min", "max"]))
    text = (
        f"Over {len(table)} subsets of given features, the {format_percent(nominal)} {region}s "
        f"cover {least} to {most} of the cases; "
    )
    below_text = f"in {below or 'none'} of the subsets the coverage is significantly lower"
    return text + below_text + (f", in {above} significantly higher" if above else "") + "."


def shortfall(summary: EvaluationSummary) -> str:
    """What to reckon with instead of the nominal coverage; empty where it is reached."""
    line, contract = summary.subset(ALL), summary.study.evaluated_contract
    if contract.observed_coverage is None:
        return ""
    low, high = (format_percent(line[f"coverage_{end}"], 1) for end in ("low", "high"))
    return (
        f"**The coverage falls short**: on {escape_markdown(summary.held_out_rows)}, given all "
        f"features, it is {format_percent(line['coverage'], 1)} ({interval(low, high)}) instead of "
        f"{format_percent(contract.confidence)}. Reckon with this figure."
    )


def groups(summary: EvaluationSummary) -> str:
    """The coverage of each group that shall be covered alike; empty where none shall be."""
    study, contract = summary.study, summary.study.contract
    if not contract.coverage_groups:
        return ""
    own = study.groups[study.groups["feature"] == contract.coverage_groups]
    label, lines = _label(summary, contract.coverage_groups, first=False), own.to_dict("records")
    named = join_and(
        f"{format_percent(line['coverage'], 1)} for {escape_markdown(line['group'])} "
        f"({format_count(int(line['rows']))})"
        for line in lines
    )
    return (
        f"Where {label} is given, only rows with the same value of it calibrate the "
        f"{summary.wording.region}, or all rows where these are too few. The coverage, given all "
        f"features: {named}."
    )


def undated(summary: EvaluationSummary) -> str:
    """What it means that dated rows were split at random; empty where that is not so."""
    study = summary.study
    if study.split is not None or not study.dates:
        return ""
    dates = join_and(escape_markdown(name) for name in study.dates)
    return (
        f"**Later rows.** The data hold days ({dates}), yet the rows were split at random: errors "
        "and coverage are those of further rows from the same time. Later ones may be predicted "
        "worse; `[split] time = …` in dataset.toml evaluates the model on these."
    )


def weakest(summary: EvaluationSummary) -> str:
    """The quintile of predictions and the subset of features with the lowest coverage."""
    wording, subsets = summary.wording, summary.subsets
    quintiles: Any = summary.quintiles
    name = quintiles["covered"].idxmin()
    worst = subsets.sort_values("coverage").iloc[0]
    what = "predictions" if wording.regression else "predicted probabilities"
    return (
        f"**The coverage is lowest** for {what} of {escape_markdown(name)} "
        f"({format_percent(quintiles.loc[name, 'covered'], 1)} in this quintile) and, among the "
        f"subsets, for {_subset(summary, worst)} ({format_percent(worst['coverage'], 1)})."
    )


def interval(low: str, high: str) -> str:
    """A 95 % interval in words."""
    return f"95{NBSP}% interval {low} to {high}"


def _subset(summary: EvaluationSummary, line: Any) -> str:
    """A subset inside a sentence."""
    if line["subset"] in (SINGLE, X_ONLY, LEAVE_ONE_OUT):
        label = _label(summary, line["feature"], first=False)
        return f"all features but {label}" if line["subset"] == LEAVE_ONE_OUT else f"{label} alone"
    if line["subset"] == RANDOM:
        return f"a random subset of {format_count(int(line['given']), 'feature')}"
    return "all features"


def _label(summary: EvaluationSummary, name: str, *, first: bool = True) -> str:
    wording = summary.wording
    return escape_markdown(wording.labels[name] if first else wording.feature(name))


def _larger(more: float) -> str:
    if more < 0.001:
        return f"the error grows by less than 0.1{NBSP}%"
    if more < 1:
        return f"the error grows by {format_percent(more, 0 if more >= 0.01 else 1)}"
    return f"the error is {format_rounded(1 + more, 2)} times as large"


def side_of(gain: float) -> str:
    """Whether a loss is smaller or larger, from the gain."""
    return "smaller" if gain >= 0 else "larger"


def gain_interval(gain: float, low: float, high: float) -> str:
    """The interval of a gain, or of a loss where that is what it is."""
    ends = (low, high) if gain >= 0 else (-high, -low)
    return interval(*(format_percent(end) for end in ends))
