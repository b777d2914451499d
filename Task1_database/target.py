"""What a dataset predicts, in people's words; for a classification also when to answer which class.

`[target]` of dataset.toml, read and checked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from Task1_database.toml_section import TomlSection

Task = Literal["regression", "classification"]
SAME_THRESHOLD = 0.01  # so far apart may one rounded in dataset.toml and that of its costs be
FEWEST_OF_A_CLASS = 10  # rows, so that each part of an evaluation has some of every class


@dataclass(frozen=True)
class CostsText:
    """What a false positive and a false negative cost, each above 0, counted in `unit`."""

    false_positive: float
    false_negative: float
    unit: str = ""


@dataclass(frozen=True)
class TargetText:
    """What is predicted, how people call it, and how it is answered."""

    name: str
    label: str
    unit: str = ""
    help: str = ""
    # regression: to how many decimals an answer is rounded; None for as many as suit the values
    decimals: int | None = None
    # of two classes the one whose probability is answered. None for the last in their order, which
    # is 1 of 0 and 1, yes of no and yes, true of false and true
    positive: str | None = None
    # the probability of `positive`, between 0 and 1, from which on it is the label; None for one
    # half
    threshold: float | None = None
    # why it is that, in whole sentences; never empty where there is a threshold
    threshold_reason: str = ""
    # what people call each class; empty where the classes' own names will do
    classes: dict[str, str] = field(default_factory=dict)


def read_target(section: TomlSection, task: Task, taken: set[str]) -> TargetText:
    """The target of a dataset whose other columns are `taken`.

    Raises DatasetError, naming the key that is missing, unknown or wrong.
    """
    if task == "regression":
        section.only("name", "label", "unit", "help", "decimals")
    else:
        keys = ("positive", "threshold", "threshold_reason", "classes")
        section.only("name", "label", "unit", "help", *keys)
    name = section.identifier("name", section.string("name"))
    if name in taken:
        raise section.wrong("name", "a column that is not among the features")
    classes = section.section("classes").strings() if "classes" in section else {}
    return TargetText(
        name,
        section.string("label"),
        section.string("unit", ""),
        section.string("help", ""),
        section.integer("decimals"),
        _positive(section, classes),
        *_threshold(section),
        classes,
    )


def read_costs(section: TomlSection, target: TargetText) -> CostsText:
    """`[costs]` of dataset.toml, for a target of two classes.

    Raises DatasetError, naming the key that is missing, unknown or wrong, or where `threshold` is
    another than the one that follows from the costs (Elkan, "The Foundations of Cost-Sensitive
    Learning", IJCAI 2001).
    """
    section.only("false_positive", "false_negative", "unit")
    alarm, missed = (_cost(section, key) for key in ("false_positive", "false_negative"))
    costs = CostsText(alarm, missed, section.string("unit", ""))
    threshold = costs.false_positive / (costs.false_positive + costs.false_negative)
    if target.threshold is not None and abs(target.threshold - threshold) > SAME_THRESHOLD:
        expected = f"costs that go with target.threshold; these give {threshold:.3g}: leave one out"
        raise section.wrong("false_positive", expected)
    return costs


def _cost(section: TomlSection, key: str) -> float:
    value = section.number(key)
    if value is None or not 0 < value < math.inf:
        raise section.wrong(key, "a number above 0")
    return float(value)


def _positive(section: TomlSection, classes: dict[str, str]) -> str | None:
    for key in ("positive", "threshold"):
        if key in section and classes and len(classes) != 2:
            has = f"[target.classes] has {len(classes)}"
            raise section.wrong(key, f"no such key: it is for two classes, and {has}")
    if "positive" not in section:
        return None
    return section.choice("positive", *classes) if classes else section.string("positive")


def _threshold(section: TomlSection) -> tuple[float | None, str]:
    threshold = section.number("threshold")
    if threshold is None:
        if "threshold_reason" in section:
            raise section.wrong("threshold", "the number that threshold_reason is about")
        return None, ""
    if not 0 < threshold < 1:
        raise section.wrong("threshold", f"a number between 0 and 1, not {threshold:g}")
    reason = section.string("threshold_reason", "")
    if not reason.strip():
        raise section.wrong("threshold_reason", "why the threshold is what it is, in quotes")
    return threshold, reason
