"""The report's last page: what drives the outcome, what the model is for, where not to trust it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from Task2_model.contract import Contract, Feature
from Task2_model.evaluate import ALL
from Task2_model.formatting import (
    escape_markdown,
    format_number,
    format_percent,
    format_range,
    join_and,
    shorten,
)
from Task2_model.reporting import costs, data_captions, evaluation_captions, model_captions
from Task2_model.reporting.evaluation_summary import EvaluationSummary
from Task2_model.reporting.wording import Wording

MANY_MISSING = 0.2


def drivers(summary: EvaluationSummary, panels: dict[str, pd.DataFrame]) -> list[str]:
    """What drives the outcome; `panels` are tables of `explore.outcome_by` by feature."""
    contract = summary.study.contract
    if summary.importance["single_low"].iloc[0] <= 0:
        return [model_captions.drivers(summary)]
    shapes = [data_captions.outcome_by(contract, name, table) for name, table in panels.items()]
    return [model_captions.drivers(summary), *shapes[:2]]


def use(summary: EvaluationSummary) -> list[str]:
    """What to do with the model."""
    wording = summary.wording
    if not summary.informative:
        featureless = summary.in_sentence(summary.featureless)
        return [f"Base no decision on it: it is not significantly better than {featureless}."]
    if wording.regression:
        covered = format_percent(summary.study.evaluated_contract.coverage)
        decide = (
            f"Take the {wording.region}, which holds the truth in {covered} of cases, into the "
            "decision, not the prediction alone: where both ends would lead to the same decision, "
            "the case is settled."
        )
    else:
        single = format_percent(float((summary.held_out["size"] == 1).mean()))
        decide = (
            "Rank cases by their probability. Where the prediction set holds one class "
            f"({single} of held-out cases) let the model decide; where it holds more, look at the "
            "case or find out more about it."
        )
    _, low, _ = summary.gain(summary.rival)
    rival = escape_markdown(summary.in_sentence(summary.rival))
    simpler = f"Where all features are known and no uncertainty is needed, {rival} serves as well."
    return [
        decide,
        *([simpler] if low <= 0 else []),
        "Give the features that are known and leave the others out. "
        + evaluation_captions.widths(summary).removesuffix(" Grey dots are the other subsets."),
    ]


def gains(summary: EvaluationSummary) -> list[str]:
    """What the model gains over simpler ones, in the target's unit where it has one."""
    wording, loss = summary.wording, summary.subset(ALL)["loss"]
    others = summary.models.drop(summary.model)["loss"]
    named = join_and(
        f"{wording.format_loss(value)} with {escape_markdown(summary.in_sentence(str(name)))}"
        for name, value in others.items()
    )
    text = (
        f"A {wording.loss} of {wording.format_loss(loss)} on {summary.held_out_rows}, compared "
        f"with {named}."
    )
    if wording.regression:
        return [text]
    event, positive = summary.held_out["event"], summary.held_out["event_predicted"]
    if not positive.any():
        return [text, "No case is likely enough to be predicted as the event."]
    label, study = escape_markdown(wording.event_label), summary.study
    cost = costs.gain(study.contract, summary.held_out, study.table)
    return [
        *([cost] if cost else []),
        text,
        f"Of the cases predicted “{label}”, {format_percent(event[positive].mean())} are; of all "
        f"cases {format_percent(event.mean())} are. {format_percent(positive[event].mean())} of "
        "those that are were predicted.",
    ]


def caveats(summary: EvaluationSummary) -> list[str]:
    """Where not to trust the model."""
    contract, wording = summary.study.contract, summary.wording
    target = escape_markdown(wording.target)
    covered = format_percent(summary.study.evaluated_contract.coverage)
    caveats = [
        *filter(None, [model_captions.shortfall(summary), model_captions.undated(summary)]),
        model_captions.weakest(summary),
        f"**Values outside the training data** ({_extents(contract)}; the table of features has "
        "the rest): the service warns of them, and the prediction is an extrapolation.",
        f"**Single cases and special groups.** {covered} coverage holds on average over cases with "
        "the same features given, provided that they resemble the "
        f"training rows and that which features are given does not depend on the {target}.",
        f"**Causes.** The model describes what goes along with the {target}, not what would happen "
        "if something were changed.",
        "**Other times and places** than those of the training rows.",
    ]
    if not wording.regression:
        caveats.append("**Decisions about people** without somebody who can review the case.")
    return caveats


def next_steps(summary: EvaluationSummary) -> list[str]:
    """What would make the model, or the trust in it, better."""
    contract = summary.study.contract
    confidence = format_percent(contract.confidence)
    steps = [
        f"Collect the true outcomes of the cases that the model is asked about and compare the "
        f"coverage with {confidence}; train again when it falls below.",
        f"{evaluation_captions.error_concentration(summary)} Find out what these cases have in "
        "common that no feature records, and add it to feature_store.",
    ]
    quintiles: Any = summary.quintiles
    low = quintiles[quintiles["covered_high"] < contract.confidence]
    if len(low):
        steps.append(
            f"The coverage is significantly below {confidence} for predictions of "
            f"{escape_markdown(join_and(map(str, low.index)))}: treat these with care, and collect "
            "more rows like them."
        )
    gaps = [feature for feature in contract.features if feature.missing >= MANY_MISSING]
    if gaps:
        labels = _labels(summary, [feature.name for feature in gaps])
        steps.append(f"Record {labels} more often: missing in many rows.")
    spare = summary.importance.index[summary.importance["left_out_low"] <= 0]
    if 0 < len(spare) < len(contract.features):
        steps.append(
            f"Where asking is costly, ask for fewer features: {_labels(summary, spare)} "
            f"{'adds' if len(spare) == 1 else 'add'} nothing significant to the others."
        )
    return steps


def _labels(summary: EvaluationSummary, names: Iterable[str]) -> str:
    return join_and(escape_markdown(summary.wording.feature(name)) for name in names)


def _extents(contract: Contract) -> str:
    x = contract.by_name[contract.x]
    numbers = [f for f in contract.features if f.kind != "category" and f.minimum is not None]
    chosen = numbers[:3] if x in numbers else [x]
    wording = Wording(contract)
    return join_and(escape_markdown(f"{wording.feature(f.name)} {_extent(f)}") for f in chosen)


def _extent(feature: Feature) -> str:
    if feature.kind == "category":
        return join_and(f"“{shorten(category)}”" for category in feature.categories[:3])
    if feature.minimum is None or feature.maximum is None:
        return format_number(None)
    return format_range(feature.minimum, feature.maximum, feature.unit)
