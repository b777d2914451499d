"""Tables and sentences about held-out classifications: calibration, ROC, confusion matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from Task2_model.formatting import NBSP, escape_markdown, format_percent, format_rounded, shorten
from Task2_model.reporting.evaluation_summary import EvaluationSummary


def probabilities(summary: EvaluationSummary, bins: pd.DataFrame) -> str:
    """How well the probabilities are calibrated and separate the classes."""
    low, high = bins.iloc[0], bins.iloc[-1]
    within = bins["probability"].between(bins["share_low"], bins["share_high"]).sum()
    auc, auc_low, auc_high = (format_rounded(value, 2) for value in summary.ranking["auc"])
    precision = summary.ranking["average_precision"][0]
    base = float(summary.held_out["event"].mean())
    return (
        f"Left: calibration by deciles. In the lowest, with a mean predicted probability of "
        f"{format_percent(low['probability'])}, {format_percent(low['share'])} were "
        f"“{escape_markdown(summary.wording.event_label)}”; in the highest, with "
        f"{format_percent(high['probability'])}, {format_percent(high['share'])}. {within} of "
        f"{len(bins)} deciles agree within their 95{NBSP}% interval. Middle: the ROC curve; its "
        f"area (AUC) is {auc} ({auc_low} to {auc_high}), 0.5 is random. Right: precision against "
        f"recall; the average precision is {format_percent(precision)}, the base rate "
        f"{format_percent(base)}."
    )


def confusion_table(summary: EvaluationSummary, matrix: Any) -> pd.DataFrame:
    """The confusion matrix as texts: for each actual class, how often each was predicted."""
    target = summary.study.contract.target
    labels = [target.class_label(name) for name in target.classes]
    lines = []
    for label, counts in zip(labels, matrix, strict=True):
        line = {"Actual": label, "Rows": f"{counts.sum():,}"}
        for predicted, n in zip(labels, counts, strict=True):
            share = format_percent(n / max(counts.sum(), 1))
            line[f"Predicted “{shorten(predicted, 16)}”"] = f"{n:,} ({share})"
        lines.append(line)
    return pd.DataFrame(lines)


def threshold(summary: EvaluationSummary) -> str:
    """Where the predicted class changes, how often it is right, how often the set is open."""
    target, answers = summary.study.contract.target, summary.held_out
    label = escape_markdown(summary.wording.event_label)
    accuracy = (answers["label"] == answers["truth"]).mean()
    usual = answers["truth"].value_counts(normalize=True).iloc[0]
    if target.positive:
        rule = (
            f"“{label}” is predicted from a probability of "
            f"{format_percent(target.threshold or 0.5)} on. "
            f"{escape_markdown(target.threshold_reason)} {_rates(answers, label)}"
        )
    else:
        rule = "The class with the highest probability is predicted. "
    return (
        f"{rule}The accuracy is {format_percent(accuracy, 1)}; always predicting the most frequent "
        f"class would reach {format_percent(usual, 1)}. In "
        f"{format_percent((answers['size'] > 1).mean())} of cases the prediction set holds more "
        "than one class, none of which can then be ruled out."
    )


def _rates(answers: pd.DataFrame, label: str) -> str:
    """Precision, recall and false positive rate at the threshold."""
    event, positive = answers["event"], answers["event_predicted"]
    true = (event & positive).sum()
    precision = format_percent(true / positive.sum() if positive.any() else np.nan)
    false_positive = (~event & positive).sum() / max((~event).sum(), 1)
    return (
        f"For “{label}” the precision is {precision}, the recall "
        f"{format_percent(true / max(event.sum(), 1))}, the false positive rate "
        f"{format_percent(false_positive)}. "
    )
