"""Numbers as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from urllib.parse import quote_plus

from Task2_model.contract import Contract, Feature, Target, Value
from Task3_api.parsing import DECIMAL

BEFORE = ("$", "€", "£", "¥")  # units that are written before the number


def number(value: float) -> str:
    """A number with thousands apart and no more places than it has: 1,800 or 0.25."""
    whole = float(value).is_integer()
    return f"{value:,.0f}" if whole else f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.2f}"


def example(feature: Feature) -> str:
    """A value of training, as an address has it."""
    known = feature.categories[:1] or (f"{feature.median or 0:.15g}",)
    return quote_plus(known[0])


def cells(column: Sequence[str]) -> list[str]:
    """A table's column, thousands apart where it holds a long number; years stay as they are."""
    numbers = {text: Decimal(text) for text in column if DECIMAL.fullmatch(text)}
    sizes = {text: abs(number) for text, number in numbers.items()}
    if max(sizes.values(), default=0) < 10_000:
        return list(column)
    return [f"{numbers[text]:,f}" if sizes.get(text, 0) >= 1000 else text for text in column]


def amount(value: float, target: Target) -> str:
    """A value of the target with its unit: $180,000 or 12.5 kg."""
    digits = f"{abs(value):,.{max(target.decimals, 0)}f}"
    apart = "\N{NO-BREAK SPACE}" if target.unit else ""
    before = target.unit in BEFORE
    text = f"{target.unit}{digits}" if before else f"{digits}{apart}{target.unit}"
    return f"−{text}" if value < 0 else text


def percent(share: float) -> str:
    """A share of 1 as a whole percentage: 90 %."""
    return f"{share * 100:.0f}\N{NARROW NO-BREAK SPACE}%"


def signed(value: float, target: Target) -> str:
    """A step up or down, in the target's unit: +$12,300."""
    text = amount(abs(value), target)
    return f"+{text}" if value > 0 else f"−{text}" if value < 0 else text


def points(share: float) -> str:
    """A step of a probability in percentage points: −3.4."""
    step = round(share * 100, 1)
    return f"+{step:.1f}" if step > 0 else f"−{-step:.1f}" if step < 0 else "0.0"


def tick(value: float, unit: str) -> str:
    """A round number on an axis with the unit that stands before it, if one does."""
    text = f"{unit if unit in BEFORE else ''}{number(abs(value))}"
    return f"−{text}" if value < 0 else text


def told(feature: Feature, value: Value) -> str:
    """A value of a feature with its unit: 1,800 sq ft, $25,000 or hot air."""
    if not isinstance(value, float | int):
        return str(value)
    if feature.unit in BEFORE:
        return tick(value, feature.unit)
    return f"{number(value)}\N{NO-BREAK SPACE}{feature.unit}".strip()


def span(feature: Feature) -> str:
    """Where the training rows lie: 616 to 5,228 sq ft; empty for a category."""
    if feature.minimum is None or feature.maximum is None:
        return ""
    low = told(feature, feature.minimum) if feature.unit in BEFORE else number(feature.minimum)
    return f"{low} to {told(feature, feature.maximum)}"


def inside(label: str) -> str:
    """A label as it stands inside a sentence: living area, but BMI."""
    return label[:1].lower() + label[1:] if not label[1:2].isupper() else label


def listed(texts: Sequence[str], last: str = "and") -> str:
    """Things in a row: a, b and c."""
    return f" {last} ".join([", ".join(texts[:-1]), texts[-1]]) if texts[1:] else "".join(texts)


def unseen(feature: Feature, value: Value) -> str:
    """Why a value should be taken with care: it is unlike any in training."""
    if isinstance(value, str):
        return f"{feature.label} “{value[:40]}” is new to the model and is left out."
    side = "larger" if float(value or 0) > (feature.maximum or 0) else "smaller"
    said = f"{feature.label} {told(feature, value)} is {side} than any the model has seen"
    return f"{said}: {span(feature)}."


def odds(share: float) -> str:
    """A probability as people meet it: about 3 in 10, about 1 in 25."""
    if not 0.01 <= share <= 0.99:
        return "fewer than 1 in 100" if share < 0.5 else "more than 99 in 100"
    if share < 0.095:
        return f"about 1 in {1 / share:.0f}"
    if share < 0.905:
        return f"about {share * 10:.0f} in 10"
    return f"about {share * 100:.0f} in 100"


def nothing_known(contract: Contract, told: Mapping[str, Value]) -> list[str]:
    """Why nothing that was told, if anything was, leads to an answer."""
    new = [unseen(contract.by_name[name], value) for name, value in told.items()]
    example = inside(contract.by_name[contract.x].label)
    return [*new, f"Tell one thing or more, for example the {example}."]


def share(value: float) -> str:
    """A share of 1 as a percentage to one place: 90.3 %."""
    return f"{value * 100:.1f}\N{NARROW NO-BREAK SPACE}%"
