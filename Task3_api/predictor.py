"""A sealed model, answering: the only module of the service that touches the model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any

import numpy as np

from Task1_database.errors import InputError
from Task2_model.artifact import SealedModel
from Task2_model.conformal import Block, RawPredict, conformal
from Task2_model.contract import Contract, Feature, Rows, Value
from Task2_model.forest import Forest
from Task2_model.graph import Graph

Record = Mapping[str, Value]  # given values by feature; one may be left out or None
Warning_ = dict[str, str]  # {"field": …, "detail": …}


class Predictor:
    """Answers records and blocks of rows with one sealed model.

    Safe to share between threads. Make it after a server has forked: see `Graph`.

    Attributes
    ----------
    raw_predict : callable
        The model's raw outputs for rows (n, features): see `Task2_model.conformal`.
    """

    def __init__(self, sealed: SealedModel) -> None:
        self.sealed = sealed
        self.contract: Contract = sealed.contract
        self.version: str = sealed.version
        runtime = sealed.runtime
        self.raw_predict: RawPredict = runtime if isinstance(runtime, Forest) else Graph(runtime)
        self._features = [
            (feature.name, feature.codes, feature.kind == "integer", *range_of(feature))
            for feature in self.contract.features
        ]
        self._template = {  # of every answer, in its order
            "confidence": self.contract.confidence,
            "target": self.contract.target.name,
            "unit": self.contract.target.unit,
            "given": {},
            "missing": [],
            "warnings": [],
            "model": {"dataset": self.contract.dataset, "version": self.version},
        }
        self._conformal = conformal(self.contract, sealed.calibration, self.raw_predict)

    def answer(self, record: Record) -> dict[str, Any]:
        """The answer to one record, ready for JSON.

        Raises InputError where the record gives nothing that the model can use.
        """
        return self.answers([record])[0]

    def answer_at_once(self, record: Record) -> dict[str, Any] | None:
        """The answer to one record; None where its subset would have to be calibrated first."""
        row, about = self._understood(record)
        rows = np.array([row], dtype=np.float32)
        if not self._conformal.is_calibrated(rows):
            return None
        return self._with_values(rows, [about])[0]

    def answers(self, records: Sequence[Record]) -> list[dict[str, Any]]:
        """The answers to many records; an InputError carries the index of the one at fault."""
        codes, notes = [], []
        for index, record in enumerate(records):
            row, note = self._encode(record)
            if all(map(math.isnan, row)):
                raise self._nothing_given(record, index if len(records) > 1 else None)
            codes.append(row)
            notes.append(note)
        rows = np.array(codes, dtype=np.float32).reshape(-1, len(self.contract.features))
        return self._with_values(rows, about)

    def _with_values(self, rows: Rows, about: list[dict[str, Any]]) -> list[dict[str, Any]]:
        values = self._values(self.block(rows))
        return [
            dict(zip(values, parts, strict=True)) | note
            for parts, note in zip(zip(*values.values(), strict=True), notes, strict=True)
        ]

    def block(self, rows: Rows, *, ranges: bool = True) -> Block:
        """The answers to rows (n, features), rounded as the contract says.

        Regression: `prediction`, `lower`, `upper`. Classification: `label` (an index into the
        contract's classes), `probability`, `set` (for each class whether it is possible). Without
        `ranges` the interval (`lower` and `upper`) or `set` is left out.
        """
        block = self._conformal.block(rows) if ranges else self._conformal.point(rows)
        if self.contract.task == "classification":
            block.pop("probabilities")
            return {**block, "probability": block["probability"].round(4)}
        return {part: values.round(self.contract.target.decimals) for part, values in block.items()}

    def warn(self, record: Record) -> list[Warning_]:
        """A warning for each value that the training rows never held."""
        return [
            {"field": name, "detail": detail}
            for name, value in record.items()
            if value is not None and (detail := warning(self.contract.by_name[name], value))
        ]

    def _values(self, block: Block) -> dict[str, list[Any]]:
        """The parts of the answers, each with one value a row."""
        if self.contract.task == "regression":
            return {part: values.tolist() for part, values in block.items()}
        target, labels = self.contract.target, block["label"].tolist()
        positive = target.classes.index(target.positive) if target.positive else None
        return {
            "label": [target.values[label] for label in labels],
            "probability": block["probability"].tolist(),
            "probability_of": [
                target.values[label if positive is None else positive] for label in labels
            ],
            "set": [list(compress(target.values, possible)) for possible in block["set"]],
        }

    def _encode(self, record: Record) -> tuple[list[float], dict[str, Any]]:
        """A record as the model's row, and what its answer repeats and warns of."""
        row: list[float] = []
        given: dict[str, Value] = {}
        missing: list[str] = []
        all_seen = True
        for name, codes, whole, low, high in self._features:
            value = record.get(name)
            if value is None:
                missing.append(name)
                code: float | None = math.nan
            elif isinstance(value, str):
                given[name] = value
                code = codes.get(value)
                all_seen = all_seen and code is not None
            else:
                given[name] = int(value) if whole else value  # 3 bedrooms, not 3.0
                code = value
                all_seen = all_seen and low <= value <= high
            row.append(math.nan if code is None else code)
        warnings = [] if all_seen else self.warn(record)
        return row, {**self._template, "given": given, "missing": missing, "warnings": warnings}

    def _nothing_given(self, record: Record, row: int | None) -> InputError:
        unseen = [note["detail"] for note in self.warn(record)]
        hint = f"at least one feature must be given, for example {self.contract.x}"
        return InputError("; ".join([*unseen, hint]), row=row)


def warning(feature: Feature, value: float | str) -> str | None:
    """Why a value is unlike any in training; None where it is not."""
    if isinstance(value, str):
        if value in feature.codes:
            return None
        return f"{feature.name} {value[:40]!r} was never seen in training and is left out"
    if feature.maximum is not None and value > feature.maximum:
        return _beyond(feature.name, value, "above the largest", feature.maximum)
    if feature.minimum is not None and value < feature.minimum:
        return _beyond(feature.name, value, "below the smallest", feature.minimum)
    return None


def range_of(feature: Feature) -> tuple[float, float]:
    """The smallest and the largest number seen in training; infinite where there is none."""
    low, high = feature.minimum, feature.maximum
    return -math.inf if low is None else low, math.inf if high is None else high


def _beyond(name: str, value: float, side: str, limit: float) -> str:
    return f"{name} {value:,.10g} is {side} seen in training, {limit:,.10g}"
