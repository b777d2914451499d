"""A sealed model, answering: the only module of the service that touches the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime

from Task1_database.errors import InputError
from Task2_model.artifact import SealedModel
from Task2_model.conformal import Block, Floats, conformal
from Task2_model.contract import Contract, Feature, Rows, Value

Record = Mapping[str, Value]  # what is told, by feature; a feature may be left out or None
Warning_ = dict[str, str]  # {"field": …, "detail": …}


class Predictor:
    """Answers records and blocks of rows with one sealed model.

    Safe to share between threads. Make it after a server has forked, not before: the runtime's
    threads do not survive a fork.
    """

    def __init__(self, sealed: SealedModel) -> None:
        self.sealed = sealed
        self.contract: Contract = sealed.contract
        self.version: str = sealed.version
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a row takes microseconds; waking threads takes longer
        self._session = onnxruntime.InferenceSession(
            sealed.graph, options, providers=["CPUExecutionProvider"]
        )
        self._conformal = conformal(self.contract, sealed.calibration, self.forward)

    def answer(self, record: Record) -> dict[str, Any]:
        """The answer to one record, ready for JSON.

        Raises InputError where the record tells nothing that the model can use.
        """
        return self.answers([record])[0]

    def answers(self, records: Sequence[Record]) -> list[dict[str, Any]]:
        """The answers to many records; an InputError carries the index of the one at fault."""
        rows = self.contract.encode(records)
        for index in np.flatnonzero(np.isnan(rows).all(axis=1)).tolist():
            raise self._nothing_told(records[index], index if len(records) > 1 else None)
        block = self._rounded(rows)
        return [
            {**self._values(block, index), **self._about(record)}
            for index, record in enumerate(records)
        ]

    def block(self, rows: Rows) -> Block:
        """The answers to rows (n, features), rounded as the contract says; for CSV files.

        Regression: `prediction`, `lower`, `upper`. Classification: `label` (text),
        `probability`, `set` (text, the classes joined by "|").
        """
        block = self._rounded(rows)
        if self.contract.task == "classification":
            classes = np.array(self.contract.target.classes)
            block["label"] = classes[block["label"]]
            block["set"] = np.array(["|".join(classes[possible]) for possible in block["set"]])
        return block

    def warn(self, record: Record) -> list[Warning_]:
        """What the asker should know about each value that the training rows never held."""
        return [
            {"field": name, "detail": detail}
            for name, value in record.items()
            if value is not None and (detail := warning(self.contract.by_name[name], value))
        ]

    def forward(self, rows: Rows) -> Floats:
        """Rows (n, features) to raw outputs: centre and log spread, or each class's probability."""
        raw: Floats = self._session.run(["raw"], {"rows": rows})[0].astype(np.float64)
        return raw

    def _rounded(self, rows: Rows) -> Block:
        block = self._conformal.block(rows)
        if self.contract.task == "classification":
            parts = ("label", "probability", "set")
            block = {part: block[part] for part in parts}
            return {**block, "probability": block["probability"].round(4)}
        return {part: values.round(self.contract.target.decimals) for part, values in block.items()}

    def _values(self, block: Block, index: int) -> dict[str, Any]:
        if self.contract.task == "regression":
            return {part: values[index].item() for part, values in block.items()}
        target = self.contract.target
        values, label = target.values, block["label"][index]
        return {
            "label": values[label],
            "probability": block["probability"][index].item(),
            "probability_of": values[
                target.classes.index(target.positive or target.classes[label])
            ],
            "set": [values[i] for i in np.flatnonzero(block["set"][index])],
        }

    def _about(self, record: Record) -> dict[str, Any]:
        told = {name for name, value in record.items() if value is not None}
        target = self.contract.target
        return {
            "confidence": self.contract.confidence,
            "target": target.name,
            "unit": target.unit,
            "given": {
                f.name: _plain(f, record[f.name]) for f in self.contract.features if f.name in told
            },
            "missing": [name for name in self.contract.names if name not in told],
            "warnings": self.warn(record),
            "model": {"dataset": self.contract.dataset, "version": self.version},
        }

    def _nothing_told(self, record: Record, row: int | None) -> InputError:
        unseen = [warned["detail"] for warned in self.warn(record)]
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


def _plain(feature: Feature, value: Value) -> Value:
    """3 bedrooms, not 3.0."""
    return int(value) if feature.kind == "integer" and isinstance(value, float) else value


def _beyond(name: str, value: float, side: str, limit: float) -> str:
    return f"{name} {value:,.10g} is {side} seen in training, {limit:,.10g}"
