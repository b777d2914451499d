"""Numbers and names as a reader wants them: rounded, with units, ready for a sentence.

Whatever comes from the data or from dataset.toml passes through `plain` on its way into
Markdown, so a category called `<b>` or `*` is shown as it is.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from Task2_model.contract import Contract, Feature

CURRENCIES = frozenset("$€£¥₹₩₽₺₪")
MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~^])")
NBSP = "\N{NO-BREAK SPACE}"


def number(value: float, digits: int = 3) -> str:
    """A measured number: 38,912.4 as 38,900; 0.034567 as 0.0346."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    rounded = float(f"{value:.{digits - 1}e}")
    places = digits - 1 - math.floor(math.log10(abs(rounded)))
    text = f"{rounded:,.{max(places, 0)}f}"
    return text.replace("-", "−")


def exact(value: float | None) -> str:
    """A number that is in the data, to six digits: 1,728 or 12.5."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.6g}"
    return text.replace("-", "−")


def with_unit(text: str, unit: str) -> str:
    """`$38,900` or `1,800 sq ft`."""
    if not unit or text == "–":
        return text
    if unit in CURRENCIES:
        return f"−{unit}{text[1:]}" if text.startswith("−") else unit + text
    return f"{text}{NBSP}{unit}"


def percent(share: float, decimals: int = 0) -> str:
    """0.9 as 90 %."""
    if not math.isfinite(share):
        return "–"
    rounded = round(100 * share, decimals) + 0.0  # no minus before nothing
    return f"{rounded:.{decimals}f}{NBSP}%".replace("-", "−")


def count(rows: int, noun: str = "row") -> str:
    """`1 row` or `1,728 rows`."""
    return f"{rows:,}{NBSP}{noun}" + ("" if rows == 1 else "s")


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b` or `a, b and c`."""
    *head, tail = list(words) or ["none"]
    return f"{', '.join(head)} {last} {tail}" if head else tail


def shorten(name: object, most: int = 26) -> str:
    """A long name with its end cut."""
    text = str(name)
    return text if len(text) <= most else text[: most - 1] + "…"


def of_all(some: int, all_: int) -> str:
    """`none of the 6`, `4 of the 6` or `all 6`."""
    return f"all {all_}" if some == all_ else f"{some or 'none'} of the {all_}"


def plain(text: object) -> str:
    """Text from outside as Markdown that shows it as it is."""
    return MARKDOWN.sub(r"\\\1", html.escape(str(text), quote=False))


@dataclass(frozen=True)
class Wording:
    """How one contract's target, errors and features are spoken of."""

    contract: Contract

    @property
    def regression(self) -> bool:
        """Whether the target is a number."""
        return self.contract.task == "regression"

    @cached_property
    def event(self) -> str:
        """The class whose share is told: the positive one, else the last of two, else the first."""
        target = self.contract.target
        return target.positive or (target.classes[1 if len(target.classes) == 2 else 0])

    @property
    def happens(self) -> str:
        """What people call the event."""
        return self.contract.target.class_label(self.event)

    @cached_property
    def names(self) -> dict[str, str]:
        """The label of each feature."""
        return {feature.name: feature.label for feature in self.contract.features}

    @property
    def target(self) -> str:
        """The target inside a sentence."""
        return lower_first(self.contract.target.label)

    @property
    def measure(self) -> str:
        """What is told of a group of rows: `median price` or `share of bad`."""
        return f"median {self.target}" if self.regression else f"share of “{self.happens}”"

    @property
    def axis(self) -> str:
        """The target on an axis, with its unit."""
        if not self.regression:
            return f"Share of “{self.happens}”, %"
        return with_axis_unit(self.contract.target.label, self.contract.target.unit)

    @property
    def loss(self) -> str:
        """What an error is called in a table."""
        return "mean error" if self.regression else "log loss"

    @property
    def loss_axis(self) -> str:
        """The error on an axis, with its unit."""
        unit = self.contract.target.unit if self.regression else ""
        return with_axis_unit(self.loss.capitalize(), unit)

    @property
    def width_axis(self) -> str:
        """The width of a range, or the size of a set, on an axis."""
        if self.regression:
            return with_axis_unit("Median width of the range", self.contract.target.unit)
        return "Labels in the set, on average"

    def level(self, value: float) -> str:
        """A level of the target for a group: `$186,000` or `12 %`."""
        if not self.regression:
            return percent(value)
        return with_unit(exact(float(f"{value:.3g}")), self.contract.target.unit)

    def amount(self, value: float, digits: int = 3) -> str:
        """A difference, error or width in the target's unit."""
        return with_unit(number(value, digits), self.contract.target.unit)

    def lost(self, value: float) -> str:
        """A loss: an amount, or a log loss without unit."""
        return self.amount(value) if self.regression else number(value)

    def told(self, feature: str, value: float) -> str:
        """A value of a feature: `1,800 sq ft`."""
        return with_unit(exact(value), self.contract.by_name[feature].unit)

    def label(self, feature: str) -> str:
        """A feature inside a sentence."""
        return lower_first(self.contract.by_name[feature].label)

    def answer(self, value: float) -> str:
        """A value of the target itself, rounded as the service rounds it."""
        decimals = self.contract.target.decimals
        text = f"{round(value, decimals):,.{max(decimals, 0)}f}".replace("-", "−")
        return with_unit(text, self.contract.target.unit)


def axis_of(feature: Feature) -> str:
    """A feature on an axis, with its unit."""
    return with_axis_unit(feature.label, feature.unit)


def with_axis_unit(label: str, unit: str) -> str:
    """`Living area, sq ft`."""
    return f"{label}, {unit}" if unit else label


def lower_first(label: str) -> str:
    """A label inside a sentence; abbreviations such as `BMI` stay as they are."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
