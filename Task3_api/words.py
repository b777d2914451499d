"""Numbers as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import quote_plus

from Task2_model.contract import Feature, Target
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


def share(value: float) -> str:
    """A share of 1 as a percentage to one place: 90.3 %."""
    return f"{value * 100:.1f}\N{NARROW NO-BREAK SPACE}%"


def place(value: float, target: Target) -> int:
    """Where a value lies between the smallest and largest of the training rows, 0 to 1000."""
    low, high = target.minimum or 0, target.maximum or 0
    return round(1000 * min(max((value - low) / ((high - low) or 1), 0), 1))
