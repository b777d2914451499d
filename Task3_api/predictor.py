"""A sealed model, answering: the only module of the service that touches the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress, repeat
from typing import Any

import numpy as np

from Task1_database.errors import InputError
from Task2_model.artifact import SealedModel
from Task2_model.conformal import conformal
from Task2_model.contract import Contract, Floats, Rows
from Task2_model.mask_conditional import Block
from Task3_api.record_encoder import EncodedRecords, Record, RecordEncoder

PROBABILITY_DECIMALS = 4


class Predictor:
    """Answers records and blocks of rows with one sealed model.

    Safe to share between threads. Make it after a server has forked: see `Graph`.

    Attributes
    ----------
    raw_predict : Ensemble
        The model's raw outputs for rows (n, features).
    """

    def __init__(self, sealed: SealedModel) -> None:
        self.sealed = sealed
        self.contract: Contract = sealed.contract
        self.version: str = sealed.version
        self.raw_predict = sealed.ensemble()
        self._encoder = RecordEncoder(self.contract)
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

    def answer(self, record: Record, confidence: float | None = None) -> dict[str, Any]:
        """The answer to one record, ready for JSON; `confidence` is the contract's where None.

        Raises InputError where the record gives nothing that the model can use, ConfidenceError
        for a confidence that the calibration rows cannot give.
        """
        return self.answers([record], confidence)[0]

    def answers_at_once(
        self, records: Sequence[Record], confidence: float | None = None
    ) -> list[dict[str, Any]] | None:
        """What `answers` says; None where a subset would have to be calibrated first."""
        encoded = self._encoder.encode_all(records)
        block = self._conformal.block_at_once(encoded.rows, confidence)
        return None if block is None else self._answered(encoded, self._rounded(block), confidence)

    def answers(
        self, records: Sequence[Record], confidence: float | None = None
    ) -> list[dict[str, Any]]:
        """The answers to many records; an InputError carries the index of the one at fault."""
        encoded = self._encoder.encode_all(records)
        if (nothing := np.isnan(encoded.rows).all(axis=1)).any():
            index = int(nothing.argmax())
            raise self._nothing_given(records[index], index if len(records) > 1 else None)
        return self._answered(encoded, self.block(encoded.rows, confidence=confidence), confidence)

    def _answered(
        self, encoded: EncodedRecords, block: Block, confidence: float | None
    ) -> list[dict[str, Any]]:
        values = self._values(block)
        common = {name: repeat(value) for name, value in self._template.items()}
        if confidence is not None:
            common["confidence"] = repeat(confidence)
        parts = {**values, **common, **encoded.notes}
        return [dict(zip(parts, each, strict=False)) for each in zip(*parts.values(), strict=False)]

    def block(self, rows: Rows, *, ranges: bool = True, confidence: float | None = None) -> Block:
        """The answers to rows (n, features), rounded as the contract says.

        Regression: `prediction`, `lower`, `upper`. Classification: `label` (an index into the
        contract's classes), `probability`, `probabilities` (n, classes), `set` (for each class
        whether it is possible). Without `ranges` the interval (`lower` and `upper`) or `set` is
        left out.
        """
        if ranges:
            return self._rounded(self._conformal.block(rows, confidence=confidence))
        return self._rounded(self._conformal.point(rows))

    def _rounded(self, block: Block) -> Block:
        if self.contract.task == "classification":
            rounded = ("probability", "probabilities")
            return block | {part: block[part].round(PROBABILITY_DECIMALS) for part in rounded}
        return {part: values.round(self.contract.target.decimals) for part, values in block.items()}

    def for_subset(self, row: Rows, confidence: float | None = None) -> Callable[[Floats], Block]:
        """How raw outputs become answers, not rounded: see `Conformal.for_subset`."""
        return self._conformal.for_subset(row, confidence)

    @property
    def highest_confidence(self) -> float:
        """The most that can be said with as many calibration rows as there are."""
        return self._conformal.highest_confidence

    def check(self, confidence: float | None) -> None:
        """Raise a ConfidenceError for a confidence that the calibration rows cannot give."""
        self._conformal.check(self.contract.confidence if confidence is None else confidence)

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
            "probabilities": [
                dict(zip(target.classes, row, strict=True))
                for row in block["probabilities"].tolist()
            ],
            "set": [list(compress(target.values, possible)) for possible in block["set"]],
        }

    def _nothing_given(self, record: Record, row: int | None) -> InputError:
        unseen = [note["detail"] for note in self._encoder.warn(record)]
        hint = f"at least one feature must be given, for example {self.contract.x}"
        return InputError("; ".join([*unseen, hint]), row=row)
