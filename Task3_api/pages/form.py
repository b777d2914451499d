"""The form that people fill in, made from the contract: nothing in it is written by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from Task1_database.errors import InputError
from Task2_model.contract import Contract, Feature
from Task3_api.pages.words import number
from Task3_api.parsing import Pairs, Parser, Record


@dataclass(frozen=True)
class FormField:
    """One entry of the form.

    Attributes
    ----------
    text : str
        What was entered, to be shown again.
    error : str
        What is wrong with it; empty where nothing is.
    """

    feature: Feature
    text: str = ""
    error: str = ""

    @property
    def range(self) -> str:
        """Where the training rows lie, as a hint."""
        if self.feature.minimum is None or self.feature.maximum is None:
            return ""
        return f"{number(self.feature.minimum)} to {number(self.feature.maximum)}"

    @property
    def step(self) -> str:
        """How far one press of an arrow key goes: a round hundredth or so of the range."""
        width = (self.feature.maximum or 0) - (self.feature.minimum or 0)
        if width <= 0:
            return "1"
        power = math.floor(math.log10(width / 100))
        lead = min((1, 2, 5, 10), key=lambda lead: abs(lead - width / 100 / 10**power))
        step = lead * 10.0**power
        return f"{max(step, 1) if self.feature.kind == 'integer' else step:.15g}"

    @property
    def choices(self) -> tuple[str, ...]:
        """The categories, the most frequent first; before them what was entered besides."""
        known = self.feature.categories
        return known if not self.text or self.text in known else (self.text, *known)


@dataclass
class Form:
    """What was entered, understood as far as possible: every entry is looked at, good or bad."""

    contract: Contract
    record: Record = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)  # those that belong to no entry

    @classmethod
    def read(cls, parser: Parser, pairs: Pairs) -> Form:
        """A form with the names and values that were sent."""
        form = cls(parser.contract)
        for name, text in pairs:
            form._read(parser, name, text)
        return form

    def _read(self, parser: Parser, name: str, text: str) -> None:
        try:
            feature = parser.feature(name)
        except InputError as error:
            self.problems.append(error.detail)
            return
        if feature.name in self.texts:
            self.errors[feature.name] = f"{feature.label} is given more than once"
            return
        self.texts[feature.name] = text
        try:
            self.record[feature.name] = parser.value(feature, text, feature.label)
        except InputError as error:
            self.errors[feature.name] = error.detail

    @property
    def is_valid(self) -> bool:
        """Whether everything that was entered could be understood."""
        return not self.errors and not self.problems

    @property
    def fields(self) -> Iterable[FormField]:
        """The entries, the main feature first."""
        for feature in sorted(self.contract.features, key=lambda f: f.name != self.contract.x):
            name = feature.name
            yield FormField(feature, self.texts.get(name, ""), self.errors.get(name, ""))
