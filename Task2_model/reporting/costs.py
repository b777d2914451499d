"""What the errors of a classification cost on held-out rows, beside the simplest ways to decide."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from Task2_model.contract import Contract, Feature, Floats
from Task2_model.formatting import (
    escape_markdown,
    format_cost,
    format_number,
    format_percent,
    is_currency,
    shorten,
    with_unit,
)
from Task2_model.reporting.wording import Wording

CASES = 1000  # that costs are told of


class Rule(NamedTuple):
    """A rule on one feature, in words, and what it saves beside predicting nobody."""

    text: str
    saved: float


def gain(contract: Contract, held_out: pd.DataFrame, table: pd.DataFrame) -> str:
    """What the model saves, beside the best rule without it; empty where costs are not known.

    `held_out` are answers with events (see `compare.with_events`), `table` the rows they are of.
    """
    target, wording, costs = contract.target, Wording(contract), contract.target.costs
    if costs is None:
        return ""
    event = held_out["event"].to_numpy(dtype=bool)
    predicted = held_out["event_predicted"].to_numpy(dtype=bool)
    savings = np.where(event, costs.false_negative, -costs.false_positive)
    nobody = CASES * costs.false_negative * event.mean()
    everybody = nobody - CASES * savings.mean()
    model = nobody - CASES * savings[predicted].sum() / len(savings)
    rule = best_rule(table.iloc[held_out["row"]], savings, wording)
    simple = nobody - CASES * rule.saved / len(savings)
    label, amount = escape_markdown(wording.event_label), partial(format_cost, unit=costs.unit)
    counted = costs.unit and not is_currency(costs.unit)
    unit = f" (counted in {escape_markdown(costs.unit)})" if counted else ""
    text = (
        f"With {amount(costs.false_positive)} for a false alarm and "
        f"{amount(costs.false_negative)} for a missed “{label}”{unit}, the errors cost "
        f"{amount(model)} in {CASES:,} cases at the threshold of "
        f"{format_percent(target.threshold or 0.5)}: {amount(nobody)} if nobody is "
        f"predicted “{label}”, {amount(everybody)} if everybody is."
    )
    base = min(nobody, everybody)
    if rule.saved <= 0 or simple >= base or model >= base:
        return text
    times = format_number(float(f"{(base - model) / (base - simple):.2g}"))
    return (
        f"{text} The best rule on one feature, {escape_markdown(rule.text)}, costs "
        f"{amount(simple)}, though chosen on these very rows: the model saves {times} "
        "times as much."
    )


def best_rule(table: pd.DataFrame, savings: Floats, wording: Wording) -> Rule:
    """The rule on one feature that saves the most: a bound of a number, a category, or a gap.

    `savings` (n,) is what predicting the event for a row saves, negative where it costs.
    """
    rules = [
        rule
        for feature in wording.contract.features
        for rule in _rules(feature, table[feature.name], savings, wording.feature(feature.name))
    ]
    return max(rules, key=lambda rule: rule.saved, default=Rule("", 0.0))


def _rules(feature: Feature, column: pd.Series[Any], savings: Floats, label: str) -> Iterator[Rule]:
    known = column.notna().to_numpy()
    yield Rule(f"{label} not known", float(savings[~known].sum()))
    if feature.kind == "category":
        saved = pd.Series(savings[known]).groupby(column[known].astype(str).to_numpy()).sum()
        for category, amount in saved.items():
            yield Rule(f"{label} “{shorten(category)}”", float(amount))
        return
    values = column[known].to_numpy(dtype=np.float64)
    order = np.argsort(values, kind="stable")
    values, saved_so_far = values[order], np.cumsum(savings[known][order])
    last = np.flatnonzero(np.diff(values, append=np.inf))  # of each run of equal values
    for index in last[:-1].tolist():
        bound = with_unit(format_number(values[index]), feature.unit)
        below = float(saved_so_far[index])
        yield Rule(f"{label} up to {bound}", below)
        yield Rule(f"{label} above {bound}", float(saved_so_far[-1]) - below)
