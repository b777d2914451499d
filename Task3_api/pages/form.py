"""The form that people fill in, made from the contract: nothing in it is written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from Task1_database.errors import InputError
from Task2_model.contract import Contract, Feature, Value
from Task2_model.formatting import format_range, round_step
from Task3_api.pages.phrases import format_value, unseen_warning
from Task3_api.pages.typed_numbers import readings, unmistakable
from Task3_api.parsing import CONFIDENCE, Pairs, Parser

PINNED = "pinned-answer"  # no feature has a hyphen in its name


@dataclass(frozen=True)
class FormField:
    """One entry of the form."""

    feature: Feature
    text: str = ""  # what was entered, which the form keeps
    error: str = ""  # what is wrong with it; empty where nothing is
    value: Value = None  # what was read; None where nothing was, or not without asking
    # the numbers that it may be, where it must be asked which one is meant
    options: tuple[Value, ...] = ()

    @property
    def read_as(self) -> str:
        """The number that was read, with its unit; empty where none was."""
        return "" if isinstance(self.value, str | None) else format_value(self.feature, self.value)

    @property
    def warning(self) -> str:
        """Why the value is to be taken with care; empty where it is not."""
        return "" if self.value is None else unseen_warning(self.feature, self.value)

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


MAX_PROBLEMS = 10  # unknown names that are told of; what comes after so many is not read


@dataclass
class Form:
    """What was entered, understood as far as possible: every entry is read, valid or not.

    `confidence` is how sure the answer shall be; None for the usual one.
    """

    contract: Contract
    record: dict[str, Value] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    options: dict[str, tuple[Value, ...]] = field(default_factory=dict)  # of numbers to ask about
    problems: list[str] = field(default_factory=list)  # those that belong to no entry
    pinned: str = ""  # the query of an answer to compare with
    confidence: float | None = None

    @classmethod
    def read(cls, parser: Parser, pairs: Pairs) -> Form:
        """A form with the names and values that were sent."""
        form = cls(parser.contract)
        form.pinned = dict(pairs).get(PINNED, "")
        pairs = [pair for pair in pairs if pair[0] != PINNED]
        for name, text in pairs:
            if name != parser.confidence_name:
                form._read(parser, name, text)
            if len(form.problems) == MAX_PROBLEMS:
                break
        try:
            form.confidence = parser.confidence(pairs)
        except InputError as error:
            form.problems.append(error.detail)
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
            values = _values(parser, feature, text)
        except InputError as error:
            self.errors[feature.name] = error.detail
            return
        if len(values) > 1:
            self.options[feature.name] = values
        else:
            self.record[feature.name] = values[0]

    @property
    def is_valid(self) -> bool:
        """Whether everything that was entered could be understood."""
        return not self.errors and not self.options and not self.problems

    @property
    def fields(self) -> Iterable[FormField]:
        """The entries, the main feature first."""
        for feature in sorted(self.contract.features, key=lambda f: f.name != self.contract.x):
            name = feature.name
            yield FormField(
                feature,
                self.texts.get(name, ""),
                self.errors.get(name, ""),
                self.record.get(name),
                self.options.get(name, ()),
            )

    def query(self, /, **changes: float) -> str:
        """The form as an address has it, some of its entries replaced by numbers."""
        pinned = {PINNED: self.pinned} if self.pinned else {}
        return urlencode(self._texts(**changes) | pinned)

    @property
    def unpinned_query(self) -> str:
        """The entries alone, to be pinned or to be asked without what is pinned."""
        return urlencode(self._texts())

    @property
    def pinning_query(self) -> str:
        """The entries with themselves pinned."""
        return urlencode({**self._texts(), PINNED: self.unpinned_query})

    def _texts(self, /, **changes: float) -> dict[str, str]:
        texts = self.texts | {name: unmistakable(f"{v:.15g}") for name, v in changes.items()}
        if self.confidence is not None:
            texts[self.contract.answer_name(CONFIDENCE)] = f"{self.confidence:.15g}"
        return {name: text for name, text in texts.items() if text}


def _values(parser: Parser, feature: Feature, text: str) -> tuple[Value, ...]:
    """The value that a text stands for; several where it must be asked which one is meant."""
    texts = [text]
    if feature.kind != "category":
        texts = readings(feature, text) or texts if text.strip() else [""]
    return tuple(parser.value(feature, reading, feature.label) for reading in texts)
