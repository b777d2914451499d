"""Questions that a visitor can ask with one click."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from Task2_model.contract import Contract, Feature, Rows
from Task2_model.formatting import lower_first
from Task3_api.example_values import example_value
from Task3_api.pages.typed_numbers import unmistakable

SOME = 3  # features of the second example


@dataclass(frozen=True)
class Example:
    """A question in words and as an address has it."""

    label: str
    query: str


def examples(contract: Contract, calibration: Rows) -> list[Example]:
    """The main feature alone, a few and all, made of values that calibration rows have.

    Each value is a feature's own, so that the examples are no one's rows.
    """
    first = contract.by_name[contract.x]
    features = [first, *(feature for feature in contract.features if feature is not first)]
    asked = {
        f"just the {lower_first(first.label)}": (features[:1], 0),
        "a few things": (features[:SOME], 2),
        "everything": (features, 0),
    }
    made: dict[str, str] = {}
    for label, (some, turn) in asked.items():
        query = urlencode(
            [pair for f in some if (pair := _pair(contract, f, calibration, turn))[1]]
        )
        if query and query not in made.values():
            made[label] = query
    return [Example(label, query) for label, query in made.items()]


def _pair(contract: Contract, feature: Feature, rows: Rows, turn: int) -> tuple[str, str]:
    value = example_value(feature, rows[:, contract.indices[feature.name]], turn)
    return feature.name, value if feature.kind == "category" else unmistakable(value)
