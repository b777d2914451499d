"""How a contract's target and features are called in the report, on axes and in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from Task2_model.contract import Contract, Feature
from Task2_model.formatting import (
    are_years,
    format_amount,
    format_number,
    format_percent,
    format_rounded,
    lower_first,
    with_unit,
)


@dataclass(frozen=True)
class Wording:
    """How one contract's target, errors and features are called."""

    contract: Contract

    @property
    def regression(self) -> bool:
        """Whether the target is a number."""
        return self.contract.task == "regression"

    @cached_property
    def event(self) -> str:
        """The class whose probability is shown: the positive one, else the first."""
        target = self.contract.target
        return target.positive or target.classes[0]

    @property
    def event_label(self) -> str:
        """What people call the event."""
        return self.contract.target.class_label(self.event)

    @cached_property
    def labels(self) -> dict[str, str]:
        """The label of each feature."""
        return {feature.name: feature.label for feature in self.contract.features}

    @property
    def target(self) -> str:
        """The target inside a sentence."""
        return lower_first(self.contract.target.label)

    @property
    def statistic(self) -> str:
        """What summarises a group of rows: `median price` or `share of “bad”`."""
        return f"median {self.target}" if self.regression else f"share of “{self.event_label}”"

    @property
    def target_axis(self) -> str:
        """The target on an axis, with its unit."""
        if not self.regression:
            return f"Share of “{self.event_label}”, %"
        return axis_label(self.contract.target.label, self.contract.target.unit)

    @property
    def loss(self) -> str:
        """What the error is called."""
        return "mean absolute error" if self.regression else "log loss"

    @property
    def loss_axis(self) -> str:
        """The error on an axis, with its unit."""
        unit = self.contract.target.unit if self.regression else ""
        return axis_label(self.loss.capitalize(), unit)

    @property
    def region(self) -> str:
        """What surrounds a prediction."""
        return "prediction interval" if self.regression else "prediction set"

    @property
    def width_axis(self) -> str:
        """The width of an interval, or the size of a set, on an axis."""
        if self.regression:
            return axis_label("Median width of the prediction interval", self.contract.target.unit)
        return "Mean number of classes in the prediction set"

    def format_level(self, value: float) -> str:
        """A level of the target for a group of rows: `$186,000` or `12 %`."""
        if not self.regression:
            return format_percent(value)
        return with_unit(format_number(float(f"{value:.3g}")), self.contract.target.unit)

    def format_error(self, value: float, digits: int = 3) -> str:
        """A difference, error or width in the target's unit."""
        return with_unit(format_rounded(value, digits), self.contract.target.unit)

    def format_loss(self, value: float) -> str:
        """A loss: an amount, or a log loss without unit."""
        return self.format_error(value) if self.regression else format_rounded(value)

    def format_target(self, value: float) -> str:
        """A value of the target, rounded as the service rounds it."""
        target = self.contract.target
        return format_amount(value, target.decimals, target.unit)

    def format_feature(self, feature: str, value: float) -> str:
        """A value of a feature to three digits: `1,800 sq ft`."""
        own = self.contract.by_name[feature]
        if are_years(own.minimum, own.maximum, own.unit):
            return f"{value:.0f}"
        return with_unit(format_number(float(f"{value:.3g}")), own.unit)

    def feature(self, name: str) -> str:
        """A feature inside a sentence."""
        return lower_first(self.contract.by_name[name].label)


def feature_axis(feature: Feature) -> str:
    """A feature on an axis, with its unit."""
    return axis_label(feature.label, feature.unit)


def axis_label(label: str, unit: str) -> str:
    """`Living area, sq ft`."""
    return f"{label}, {unit}" if unit else label
