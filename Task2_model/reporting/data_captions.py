"""Tables and sentences about the data: what is there, what is unusual, how the outcome varies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from Task2_model.contract import Contract, Feature
from Task2_model.formatting import (
    NBSP,
    escape_markdown,
    format_among,
    format_count,
    format_percent,
    join_and,
    shorten,
)
from Task2_model.reporting.explore import FENCE, MAX_CATEGORIES, MIN_GROUP_ROWS
from Task2_model.reporting.wording import Wording, feature_axis

FLAT = 0.02  # a change of less than this share of the level is none to speak of
TURN = 0.2  # of the whole extent: a peak or trough beyond the ends by less is not mentioned
NAMED = 6  # categories named in a table before the rest is counted


def feature_table(contract: Contract) -> pd.DataFrame:
    """The features with their values, medians and shares missing, as texts."""
    table = pd.DataFrame(
        {
            "Feature": feature_axis(feature),
            "Description": feature.help,
            "Values": _values(feature),
            "Median": "" if feature.kind == "category" else _among(feature, feature.median),
            "Missing": format_percent(feature.missing, 1) if feature.missing else "none",
        }
        for feature in contract.features
    )
    return table if table["Description"].any() else table.drop(columns="Description")


def quality(contract: Contract, total: int, missing: pd.Series[float], duplicates: int) -> str:
    """How many rows there are and are used, and what is missing from them.

    `total` counts the rows of feature_store, `missing` is the share missing by feature.
    """
    wording = Wording(contract)
    gaps = missing[missing > 0].sort_values(ascending=False)
    if len(gaps):
        worst = join_and(
            f"{escape_markdown(wording.feature(str(name)))} ({format_percent(share, 1)})"
            for name, share in gaps.head(3).items()
        )
        lacking = (
            f"{len(gaps)} of the {format_count(len(missing), 'feature')} "
            f"{'has' if len(gaps) == 1 else 'have'} missing values, most of all {worst}; the model "
            "takes them as they are, nothing is imputed."
        )
    else:
        lacking = "No value is missing."
    dropped = (
        f"{format_count(total - contract.rows)} without the {escape_markdown(wording.target)} "
        "cannot be used. "
        if total > contract.rows
        else ""
    )
    alike = (
        f"{format_count(duplicates)} {'repeats' if duplicates == 1 else 'repeat'} another in every "
        "value; they were kept, since different cases may be alike."
        if duplicates
        else "There are no duplicate rows."
    )
    return f"The database holds {format_count(total)}. {dropped}{lacking} {alike}"


def distribution(contract: Contract, quartiles: pd.Series[float]) -> str:
    """How the target is distributed, from its `quartiles`."""
    wording, target = Wording(contract), contract.target
    low, median, high = (wording.format_target(float(value)) for value in quartiles)
    ends = [wording.format_target(value or 0.0) for value in (target.minimum, target.maximum)]
    logarithm = " The distribution is skewed to the right, so the model learns the logarithm."
    return (
        f"The median {escape_markdown(wording.target)} is {median}; half of the rows lie between "
        f"{low} and {high}, all of them between {ends[0]} and {ends[1]}."
    ) + logarithm * target.logarithmic


def class_balance(contract: Contract, counts: pd.Series[int]) -> str:
    """The accuracy of always predicting the most frequent class, from the counts of all."""
    return (
        f"Always predicting “{escape_markdown(counts.index[0])}” would have an accuracy of "
        f"{format_percent(counts.iloc[0] / counts.sum(), 1)}. Accuracy alone therefore says "
        "little: the models are compared by log loss, which scores the probabilities."
    )


def unusual_table(contract: Contract, unusual: pd.DataFrame) -> pd.DataFrame:
    """The table of `explore.unusual_values` as texts."""
    labels = {feature.name: feature.label for feature in contract.features}
    labels[contract.target.name] = contract.target.label
    return pd.DataFrame(
        {
            "Column": unusual["column"].map(labels),
            "Issue": unusual["issue"],
            "Rows": [f"{rows:,}" for rows in unusual["rows"]],
            "Share": [format_percent(rows / contract.rows, 1) for rows in unusual["rows"]],
        }
    )


def unusual_values(unusual: pd.DataFrame, most: int) -> str:
    """What was done about unusual values, of which `most` are listed."""
    if unusual.empty:
        return "No number lies far from the rest of its column, and no category is rare."
    rest = len(unusual) - most
    more = f" {rest} more of the kind are not listed." if rest > 0 else ""
    return (
        f"“Far” means more than {FENCE:g} interquartile ranges beyond the quartiles.{more} "
        "Nothing was removed or altered: such values may be correct."
    )


def associations(contract: Contract, matrix: pd.DataFrame) -> str:
    """Which two features go together most closely, from `explore.associations`."""
    wording = Wording(contract)
    pairs: Any = matrix.where(np.tri(len(matrix), k=-1, dtype=bool)).stack()
    named = join_and(
        f"{escape_markdown(wording.feature(one))} and {escape_markdown(wording.feature(other))} "
        f"({value:.2f})"
        for (one, other), value in pairs.nlargest(2).items()
    )
    return (
        f"The most closely associated features are {named}. Shown are Spearman’s correlation of "
        "two numbers, the correlation ratio of a number and a category, and Cramér’s V of two "
        "categories, all from 0 to 1. Of two closely associated features, either can stand in for "
        "the other."
    )


def outcome_by(contract: Contract, name: str, table: pd.DataFrame) -> str:
    """How the outcome varies with one feature, from the table of `explore.outcome_by`."""
    wording = Wording(contract)
    statistic, label = escape_markdown(wording.statistic), escape_markdown(wording.feature(name))
    if not pd.api.types.is_numeric_dtype(table.index):
        return _between_categories(wording, table, statistic, label)
    first, last = table["mid"].iloc[0], table["mid"].iloc[-1]
    at = [escape_markdown(wording.format_feature(name, x)) for x in table.index[[0, -1]]]
    start, end = wording.format_level(first), wording.format_level(last)
    if abs(last - first) <= FLAT * abs(table["mid"]).max() or start == end:
        return (
            f"With {label}, the {statistic} hardly changes: {start} at {at[0]} and {end} at "
            f"{at[1]}{_turn(wording, name, table)}."
        )
    steps = table["mid"].diff().dropna()
    steadily = " steadily" if (steps > 0).all() or (steps < 0).all() else ""
    return (
        f"With {label}, the {statistic} {'rises' if last > first else 'falls'}{steadily} from "
        f"{start} at {at[0]} to {end} at {at[1]}{_turn(wording, name, table)}."
    )


def band(contract: Contract) -> str:
    """What the band around a line of `explore.outcome_by` is."""
    if contract.task == "regression":
        return "The band holds the middle half of the rows."
    return f"The band is the 95{NBSP}% interval."


def omitted_groups() -> str:
    """Which groups the panels leave out."""
    return f"Groups of fewer than {MIN_GROUP_ROWS} rows are not drawn."


def _among(feature: Feature, value: float | None) -> str:
    return format_among(value, feature.minimum, feature.maximum, feature.unit)


def _values(feature: Feature) -> str:
    """A feature's range, or its most frequent categories."""
    if feature.kind != "category":
        return f"{_among(feature, feature.minimum)} to {_among(feature, feature.maximum)}"
    named = [shorten(category, 30) for category in feature.categories[:NAMED]]
    rest = len(feature.categories) - len(named)
    return ", ".join(named) + (f" and {rest} more" if rest else "")


def _turn(wording: Wording, name: str, table: pd.DataFrame) -> str:
    """Where it is highest or lowest in between, if that is well beyond both ends."""
    mid = table["mid"].to_numpy()
    reach = TURN * (mid.max() - mid.min())
    turns = []
    if mid.max() - max(mid[0], mid[-1]) > reach:
        turns.append(("highest", int(mid.argmax())))
    if min(mid[0], mid[-1]) - mid.min() > reach:
        turns.append(("lowest", int(mid.argmin())))
    x = [escape_markdown(wording.format_feature(name, value)) for value in table.index]
    parts = (f"{kind} ({wording.format_level(mid[index])}) at {x[index]}" for kind, index in turns)
    return f"; it is {join_and(parts)}" if turns else ""


def _between_categories(wording: Wording, table: pd.DataFrame, statistic: str, label: str) -> str:
    low, high = table["mid"].iloc[0], table["mid"].iloc[-1]
    least, most = (escape_markdown(name) for name in table.index[[0, -1]])
    which = f" (the {MAX_CATEGORIES} most frequent)" if len(table) == MAX_CATEGORIES else ""
    return (
        f"By {label}{which}, the {statistic} ranges from {wording.format_level(low)} for “{least}” "
        f"to {wording.format_level(high)} for “{most}”."
    )
