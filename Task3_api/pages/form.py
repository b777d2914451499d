"""The form that people fill in, made from the contract: nothing in it is written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from Task1_database.errors import InputError
from Task2_model.contract import Contract, Feature, Value
from Task2_model.formatting import format_range, round_step
from Task3_api.parsing import Pairs, Parser


@dataclass(frozen=True)
class FormField:
    """One entry of the form.

    Attributes
    ----------
    text : str
        What was entered, which the form keeps.
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
        return format_range(self.feature.minimum, self.feature.maximum)

    @property
    def step(self) -> str:
        """How far one press of an arrow key goes: a round hundredth or so of the range."""
        width = (self.feature.maximum or 0) - (self.feature.minimum or 0)
        if width <= 0:
            return "1"
        step = round_step(width / 100)
        return f"{max(step, 1) if self.feature.kind == 'integer' else step:.15g}"

    @property
    def choices(self) -> tuple[str, ...]:
        """The categories, the most frequent first; before them what was entered besides."""
        categories = self.feature.categories
        is_new = self.text and self.text not in categories
        return (self.text, *categories) if is_new else categories


@dataclass
class Form:
    """What was entered, understood as far as possible: every entry is read, valid or not."""

    contract: Contract
    record: dict[str, Value] = field(default_factory=dict)
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
