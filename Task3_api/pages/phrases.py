"""What the pages say in the words of the contract: values, amounts and warnings, as people read
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import quote_plus

from Task2_model.contract import Contract, Feature, Target, Value
from Task2_model.formatting import (
    NBSP,
    are_years,
    format_among,
    format_amount,
    format_number,
    format_range,
    format_step,
    lower_first,
    with_unit,
)
from Task3_api.parsing import DECIMAL

ODDS_OF = (2, 3, 4, 5, 10, 20)  # of how many cases a probability is told
MAX_CATEGORY = 40  # characters of a category that a warning repeats


def format_value(feature: Feature, value: Value) -> str:
    """A value of a feature with its unit: 1,800 sq ft, $25,000 or hot air."""
    if isinstance(value, float | int):
        number = format_among(value, feature.minimum, feature.maximum, feature.unit)
        return with_unit(number, feature.unit)
    return str(value)


def format_feature_range(feature: Feature) -> str:
    """Where the training rows lie: 616 to 5,228 sq ft; empty for a category."""
    if feature.minimum is None or feature.maximum is None:
        return ""
    return format_range(feature.minimum, feature.maximum, feature.unit)


def format_target(value: float, target: Target) -> str:
    """A value of the target with its unit: $180,000 or 12.5 kg."""
    return format_amount(value, target.decimals, target.unit)


def format_target_step(value: float, target: Target) -> str:
    """A step up or down, in the target's unit: +$12,300."""
    return format_step(value, target.decimals, target.unit)


def shortfall(contract: Contract) -> str:
    """How often the truth was inside where that was less than promised; empty otherwise."""
    if contract.observed_coverage is None:
        return ""
    seen, promised = map(format_confidence, (contract.observed_coverage, contract.confidence))
    region = "range" if contract.task == "regression" else "set of labels"
    return f"Of {contract.held_out}, {seen} had the truth in the {region}, not {promised}."


def format_cells(column: Sequence[str]) -> list[str]:
    """A table's column with thousands apart; years stay as they are."""
    numbers = {text: Decimal(text) for text in column if DECIMAL.fullmatch(text)}
    low, high = (float(end(numbers.values(), default=0)) for end in (min, max))
    if are_years(low, high):
        return list(column)
    large = {text: number for text, number in numbers.items() if abs(number) >= 1000}
    return [f"{large[text]:,f}" if text in large else text for text in column]


def format_confidence(level: float) -> str:
    """How often a range or set holds the truth: 90 %, or 99.5 %."""
    return f"{format_number(100 * level)}{NBSP}%"


def query_value(feature: Feature) -> str:
    """A value of training, as an address has it."""
    values = feature.categories[:1] or (f"{feature.median or 0:.15g}",)
    return quote_plus(values[0])


def unseen_warning(feature: Feature, value: Value) -> str:
    """Why a value should be taken with care: it is unlike any in training; empty where it is not.

    A part of something that came whole in training is no such value.
    """
    if isinstance(value, str):
        known = value in feature.codes
        new = f"“{value[:MAX_CATEGORY]}” is new to the model and is left out."
        return "" if known else new
    number, low, high = float(value or 0), feature.minimum, feature.maximum
    if low is None or high is None or low <= number <= high:
        return ""
    side = "larger" if number > high else "smaller"
    unlike = "below zero, and none of the data is" if number < 0 <= low else ""
    return f"{format_value(feature, value)} is {unlike or f'{side} than any the model has seen'}."


def nothing_given(contract: Contract) -> str:
    """What to do where nothing that was given leads to an answer."""
    example = lower_first(contract.by_name[contract.x].label)
    return f"Tell one thing or more, for example the {example}."


def odds(share: float) -> str:
    """A probability as people meet it: about 1 in 4, about 3 in 10, about 1 in 25."""
    if not 0.01 <= share <= 0.99:
        return "fewer than 1 in 100" if share < 0.5 else "more than 99 in 100"
    if share < 0.095:
        return f"about 1 in {1 / share:.0f}"
    if share < 0.905:
        many = min(
            ODDS_OF, key=lambda many: (round(abs(share - round(share * many) / many), 9), many)
        )
        return f"about {share * many:.0f} in {many}"
    return f"about {share * 100:.0f} in 100"
