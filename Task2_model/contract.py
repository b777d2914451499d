"""The contract: what a model may be asked, and in which terms it answers.

It is computed by SQL over every row when a model is trained, travels inside the sealed model,
and is the only list of features there is: the form, the parser, the OpenAPI document and the
report all read it. Importing this module needs nothing but NumPy, because the server does.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from functools import cache, cached_property
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt

from Task1_database.files.column_reading import ColumnReading

Kind = Literal["number", "integer", "category"]
Task = Literal["regression", "classification"]
Value = float | str | None  # a number, a category, or None where it is missing
Rows = npt.NDArray[np.float32]  # shape (rows, features); NaN where a value is missing
Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Feature:
    """One input of the model.

    Attributes
    ----------
    minimum, maximum, median : float or None
        Over all training rows; None for a category.
    categories : tuple of str
        Every category of the training rows, the most frequent first; empty for a number.
    missing : float
        Share of the training rows, 0 to 1, that do not have it.
    private : bool
        Whether a service that keeps its answers leaves out what was given here.
    """

    name: str
    kind: Kind
    label: str
    unit: str = ""
    help: str = ""
    minimum: float | None = None
    maximum: float | None = None
    median: float | None = None
    categories: tuple[str, ...] = ()
    missing: float = 0.0
    private: bool = False

    @cached_property
    def codes(self) -> dict[str, int]:
        """The number that stands for each category inside the model."""
        return {category: code for code, category in enumerate(self.categories)}

    def encode(self, value: Value) -> float:
        """The model's number for one value; NaN for None and for a category never seen."""
        if value is None:
            return float("nan")
        if isinstance(value, str):
            return float(self.codes.get(value, "nan"))
        return float(value)


@dataclass(frozen=True)
class Costs:
    """What a false positive and a false negative cost, each above 0, counted in `unit`."""

    false_positive: float
    false_negative: float
    unit: str = ""

    @property
    def threshold(self) -> float:
        """The probability from which on a positive label costs less, if probabilities are right."""
        return self.false_positive / (self.false_positive + self.false_negative)


@dataclass(frozen=True)
class Target:
    """What the model predicts.

    Attributes
    ----------
    kind : "number", "integer" or "category"
        What its column holds: an amount, whole numbers or texts.
    decimals : int
        Places after the point (negative: before it) to which answers are rounded.
    logarithmic : bool
        Whether the model learns the logarithm of the target.
    classes : tuple of str
        The labels, in the order of the model's probabilities; empty for regression.
    class_labels : dict
        What people call each class; empty where its own name will do.
    positive : str
        For two classes the one whose probability is reported; empty otherwise.
    threshold : float or None
        The probability of `positive` from which it becomes the label; None for one half.
    threshold_reason : str
        Why it is not one half; empty where it is.
    costs : Costs or None
        For two classes what the two errors cost, where that is known.
    """

    name: str
    label: str
    unit: str = ""
    help: str = ""
    kind: Kind = "number"
    minimum: float | None = None
    maximum: float | None = None
    median: float | None = None
    decimals: int = 2
    logarithmic: bool = False
    classes: tuple[str, ...] = ()
    class_labels: dict[str, str] = field(default_factory=dict)
    positive: str = ""
    threshold: float | None = None
    threshold_reason: str = ""
    costs: Costs | None = None

    @cached_property
    def values(self) -> tuple[str | int, ...]:
        """The classes as they stand in the data: whole numbers where its column holds these."""
        return tuple(int(c) if self.kind == "integer" else c for c in self.classes)

    @cached_property
    def probability_columns(self) -> tuple[str, ...]:
        """What the probability of each class is called in a table; none for a regression."""
        return tuple(f"probability_{name}" for name in self.classes)

    def class_label(self, value: str | int) -> str:
        """What people call a class."""
        return self.class_labels.get(str(value), str(value))


@dataclass(frozen=True)
class SplitColumn:
    """The column of feature_store by which rows that are not alike are split."""

    kind: Literal["time", "group"]
    column: str

    @property
    def held_out(self) -> str:
        """What the rows are that the model is evaluated on."""
        return "later rows" if self.kind == "time" else f"rows of a new {self.column}"


@dataclass(frozen=True)
class Contract:
    """The features, the target and the nominal coverage (`confidence`, 0.9 for 90 %) of one model.

    `excluded` holds the columns of the raw tables that were kept out on purpose, each with why;
    `readings` how the cells of files are written that a feature is made of, where that is known;
    `similar_cases` says whether a page may show rows of the data to whoever asks.
    `split` says by what the rows were split, where not at random. Each value of the feature
    `coverage_groups`, where one is named, is covered as often as all together.
    `observed_coverage` is what was seen on held-out rows, all features given, where that is
    significantly less than the confidence; None where it is not.
    """

    dataset: str
    title: str
    task: Task
    x: str
    target: Target
    features: tuple[Feature, ...]
    rows: int
    confidence: float = 0.9
    excluded: dict[str, str] = field(default_factory=dict)
    readings: dict[str, ColumnReading] = field(default_factory=dict)
    similar_cases: bool = False
    split: SplitColumn | None = None
    coverage_groups: str = ""
    observed_coverage: float | None = None

    @property
    def coverage(self) -> float:
        """How often to reckon with the truth inside: as seen, where that is less than promised."""
        return self.confidence if self.observed_coverage is None else self.observed_coverage

    @property
    def held_out(self) -> str:
        """What the rows are that the model is evaluated on."""
        return self.split.held_out if self.split else "held-out rows"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The features' names, in the order of the model's columns."""
        return tuple(feature.name for feature in self.features)

    @cached_property
    def by_name(self) -> dict[str, Feature]:
        """Each feature by its name."""
        return {feature.name: feature for feature in self.features}

    @cached_property
    def private(self) -> frozenset[str]:
        """The features whose values are not kept."""
        return frozenset(feature.name for feature in self.features if feature.private)

    @cached_property
    def indices(self) -> dict[str, int]:
        """The column of each feature in the model's rows."""
        return {name: index for index, name in enumerate(self.names)}

    def answer_name(self, name: str) -> str:
        """The name of a part of the answer beside features: marked where one is called the same."""
        return f"{name}_answer" if name in self.by_name else name

    def encode(self, records: Iterable[Mapping[str, Value]]) -> Rows:
        """Records as the model's rows; a feature that a record lacks is missing (NaN)."""
        rows = [self._encode_one(record) for record in records]
        return np.array(rows, dtype=np.float32).reshape(-1, len(self.features))

    def _encode_one(self, record: Mapping[str, Value]) -> list[float]:
        row = [float("nan")] * len(self.features)
        for name, value in record.items():
            row[self.indices[name]] = self.by_name[name].encode(value)
        return row

    def to_json(self) -> str:
        """The contract as text; `from_json` reads it back."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Contract:
        """The contract that `to_json` wrote; ValueError, naming the part, where it is none."""
        contract: Contract = _decode(cls, json.loads(text), "contract")
        if issue := _first_contradiction(contract):
            raise ValueError(issue)
        return contract


_hints = cache(get_type_hints)  # of a class: its fields' types


def _decode(hint: Any, value: Any, name: str) -> Any:
    """JSON as what a field of type `hint` holds; ValueError, naming the field, where it is not."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is UnionType:  # of something and None: see `Feature`
        return None if value is None else _decode(parts[0], value, name)
    if origin is tuple and isinstance(value, list):
        return tuple(_decode(parts[0], item, f"{name}[{i}]") for i, item in enumerate(value))
    if origin is dict and isinstance(value, dict):
        return {key: _decode(parts[1], item, f"{name}.{key}") for key, item in value.items()}
    if is_dataclass(hint) and isinstance(value, dict):
        return _decode_fields(hint, value, name)
    if not _is_scalar(hint, value):
        raise ValueError(f"{name} is {json.dumps(value)[:40]}")
    return value


def _is_scalar(hint: Any, value: Any) -> bool:
    if hint is float:
        return type(value) in {int, float} and math.isfinite(value)
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    return hint in {str, int, bool} and type(value) is hint


def _decode_fields(kind: Any, value: dict[str, Any], name: str) -> Any:
    for unknown in value.keys() - _hints(kind):
        raise ValueError(f"{name}.{unknown[:40]} is unknown to this release")
    for needed in fields(kind):
        if needed.name not in value and needed.default is needed.default_factory is MISSING:
            raise ValueError(f"{name}.{needed.name} is missing")
    return kind(
        **{key: _decode(_hints(kind)[key], item, f"{name}.{key}") for key, item in value.items()}
    )


def _first_contradiction(contract: Contract) -> str:
    """What cannot be true together; empty where all can."""
    if len(set(contract.names)) != len(contract.features):
        return "two features have one name"
    named = {"x": contract.x, "coverage_groups": contract.coverage_groups or contract.x}
    for key, name in named.items():
        if name not in contract.names:
            return f"{key} is {name!r}, which is no feature"
    if not 0 < contract.confidence < 1:
        return f"confidence is {contract.confidence}"
    if contract.task == "classification" and len(set(contract.target.classes)) < 2:
        return "there is nothing to tell apart"
    for name, reading in contract.readings.items():
        if name not in contract.names or reading.contradiction():
            return f"the reading of {name[:40]} cannot be"
    return ""
