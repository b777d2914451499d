"""Tables and sentences about held-out predictions: how accurate, where they err, how certain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from Task2_model.contract import Feature
from Task2_model.evaluate import ALL, LEAVE_ONE_OUT, RANDOM, SINGLE, X_ONLY
from Task2_model.formatting import (
    NBSP,
    escape_markdown,
    format_among,
    format_count,
    format_percent,
    format_rounded,
    shorten,
)
from Task2_model.reporting import compare
from Task2_model.reporting.evaluation_summary import EvaluationSummary
from Task2_model.reporting.wording import Wording

CLOSE = 0.10
MIN_SEGMENT_ROWS = 30
SEGMENT_FEATURES = 3


def accuracy(summary: EvaluationSummary) -> str:
    """How far the predictions of a regression are from the true values."""
    answers, wording = summary.held_out, summary.wording
    half, most = answers["loss"].quantile([0.5, 0.9])
    text = (
        f"Half of the predictions are off by less than {wording.format_error(half)}, nine of ten "
        f"by less than {wording.format_error(most)}."
    )
    if (answers["truth"] > 0).all():
        near = (answers["loss"] <= CLOSE * answers["truth"]).mean()
        far = (answers["loss"] > 2 * CLOSE * answers["truth"]).mean()
        text += (
            f" {format_percent(near)} are within {format_percent(CLOSE)} of the true value, "
            f"{format_percent(far)} are off by more than {format_percent(2 * CLOSE)}."
        )
    return text


def response_curve(
    summary: EvaluationSummary, grid: Any, block: dict[str, Any], inner: list[float]
) -> str:
    """What the model predicts given `x` alone, at the ends of the inner nine tenths."""
    wording, x = summary.wording, summary.study.contract.x
    indices = [int(np.abs(grid - end).argmin()) for end in inner]
    at = [escape_markdown(wording.format_feature(x, grid[index])) for index in indices]
    given_x = f"Given {escape_markdown(wording.feature(x))} alone, the model predicts "
    if not wording.regression:
        low, high = (format_percent(value) for value in predicted(summary, block)[0][indices])
        return f"{given_x}a probability of {low} at {at[0]} and {high} at {at[1]}."
    low, high = (
        f"{wording.format_target(block['prediction'][i])} "
        f"({wording.format_target(block['lower'][i])} to "
        f"{wording.format_target(block['upper'][i])}) at {x_text}"
        for i, x_text in zip(indices, at, strict=True)
    )
    return (
        f"{given_x}{low} and {high}; nine tenths of the rows lie between the two, above the grey "
        f"mark. The band is the {format_percent(summary.study.contract.confidence)} "
        f"{wording.region}."
    )


def predicted(
    summary: EvaluationSummary, block: dict[str, Any]
) -> tuple[Any, tuple[Any, Any] | None]:
    """The predictions of a block with their intervals, or the event's probabilities and None."""
    if summary.wording.regression:
        return block["prediction"], (block["lower"], block["upper"])
    event = summary.study.contract.target.classes.index(summary.wording.event)
    return block["probabilities"][:, event], None


def quintile_table(summary: EvaluationSummary) -> pd.DataFrame:
    """Error and coverage by quintiles of the prediction, as texts."""
    wording, parts = summary.wording, summary.quintiles
    relative = wording.regression and parts["middle"].min() > 0
    lines = []
    for name, line in parts.iterrows():
        texts = {"Predicted": str(name), "Rows": f"{line['n']:,.0f}"}
        texts[wording.loss.capitalize()] = wording.format_loss(line["loss"])
        if relative:
            texts["Relative error"] = format_percent(line["loss"] / line["middle"])
        texts["Coverage"] = format_percent(line["covered"], 1)
        low, high = (format_percent(line[f"covered_{end}"], 1) for end in ("low", "high"))
        texts[f"95{NBSP}% interval"] = f"{low} to {high}"
        lines.append(texts)
    return pd.DataFrame(lines)


def group_table(summary: EvaluationSummary) -> pd.DataFrame:
    """Coverage and width by groups of rows, as texts; empty without groups."""
    wording, lines = summary.wording, []
    for line in summary.study.groups.to_dict("records"):
        low, high = (format_percent(line[f"coverage_{end}"], 1) for end in ("low", "high"))
        texts = {
            "Group": f"{wording.labels[line['feature']]}: {line['group']}",
            "Rows": f"{line['rows']:,}",
            "Coverage": format_percent(line["coverage"], 1),
            f"95{NBSP}% interval": f"{low} to {high}",
        }
        if wording.regression:
            texts["Median width"] = wording.format_error(line["width"])
        else:
            texts["Mean set size"] = format_rounded(line["size"])
        lines.append(texts)
    return pd.DataFrame(lines)


def segments(summary: EvaluationSummary) -> pd.DataFrame:
    """Error by the categories of the most informative features; empty without categories."""
    study, answers = summary.study, summary.held_out
    features = study.contract.by_name
    chosen = [name for name in summary.importance.index if features[name].kind == "category"]
    tables = []
    for name in chosen:
        levels = study.table[name].iloc[answers["row"]].set_axis(answers.index)
        common = levels.map(levels.value_counts()) >= MIN_SEGMENT_ROWS
        if levels[common].nunique() > 1:
            parts = compare.by_part(answers[common], levels[common])
            parts.index = pd.Index([f"{features[name].label}: {level}" for level in parts.index])
            tables.append(parts.sort_values("loss"))
    return pd.concat(tables[:SEGMENT_FEATURES]) if tables else pd.DataFrame()


def segment_caption(summary: EvaluationSummary, table: pd.DataFrame) -> str:
    """Where the error is largest and where it is smallest."""
    wording, ordered = summary.wording, table.sort_values("loss")
    best, worst = (
        f"{escape_markdown(line.name)} ({wording.format_loss(line['loss'])}, "
        f"{format_count(int(line['n']))})"
        for line in (ordered.iloc[0], ordered.iloc[-1])
    )
    overall = wording.format_loss(summary.subset(ALL)["loss"])
    return (
        f"The {wording.loss} is largest for {worst} and smallest for {best}; over all rows it is "
        f"{overall}. Groups of fewer than {MIN_SEGMENT_ROWS} rows are left out."
    )


def error_table(summary: EvaluationSummary, errors: pd.DataFrame) -> pd.DataFrame:
    """The rows of `compare.largest_errors` with the four most informative features, as texts."""
    study, format_target = summary.study, summary.wording.format_target
    names = list(summary.importance.index[:4])
    lines = []
    for row, line in errors.iterrows():
        values = study.table.iloc[int(str(row))]
        by_name = study.contract.by_name
        texts = {by_name[name].label: _cell(by_name[name], values[name]) for name in names}
        texts["Actual"] = format_target(line["truth"])
        texts["Predicted"] = format_target(line["prediction"])
        texts["Interval"] = f"{format_target(line['lower'])} to {format_target(line['upper'])}"
        lines.append(texts)
    return pd.DataFrame(lines)


def largest_errors(summary: EvaluationSummary, errors: pd.DataFrame) -> str:
    """What the largest errors have in common."""
    above = int((errors["truth"] > errors["prediction"]).sum())
    outside = int((~errors["truth"].between(errors["lower"], errors["upper"])).sum())
    return (
        f"{above} of these {len(errors)} lie above their prediction, {outside} outside the "
        f"interval. {error_concentration(summary)}"
    )


def error_concentration(summary: EvaluationSummary) -> str:
    """How much of all error the worst rows make up."""
    losses = summary.held_out.groupby("row")["loss"].mean()
    share = losses.nlargest(max(len(losses) // 100, 1)).sum() / losses.sum()
    return (
        f"The 1{NBSP}% of rows with the largest errors make up {format_percent(share)} of all "
        "error."
    )


def coverage_legend(summary: EvaluationSummary) -> str:
    """What the line and the strip behind the coverages are."""
    nominal = format_percent(summary.study.contract.confidence)
    return f"The line is the nominal {nominal}, the grey strip two points either way."


def subset_labels(wording: Wording) -> dict[str, str]:
    """The kinds of subsets, named for a figure."""
    return {
        ALL: "all features",
        X_ONLY: f"{wording.feature(wording.contract.x)} alone",
        LEAVE_ONE_OUT: "all but one",
        RANDOM: "random subsets",
        SINGLE: "one feature alone",
    }


def widths(summary: EvaluationSummary) -> str:
    """How much narrower the answer is with all features than with `x` alone."""
    wording, line = summary.wording, summary.subset(ALL)
    alone, x = summary.subset(X_ONLY), escape_markdown(wording.feature(summary.study.contract.x))
    if wording.regression:
        narrower = 1 - line["width"] / alone["width"]
        return (
            f"The median width is {wording.format_error(alone['width'])} given {x} alone and "
            f"{wording.format_error(line['width'])} given all features: "
            f"{format_percent(narrower)} narrower. Grey dots are the other subsets."
        )
    classes = len(summary.study.contract.target.classes)
    return (
        f"The prediction set holds {format_rounded(alone['size'])} of {classes} classes on average "
        f"given {x} alone and {format_rounded(line['size'])} given all features. Grey dots are the "
        "other subsets."
    )


def _cell(feature: Feature, value: Any) -> str:
    if pd.isna(value):
        return "–"
    if isinstance(value, str):
        return shorten(value, 18)
    return format_among(float(value), feature.minimum, feature.maximum, feature.unit)
