"""A sealed model, open: what `tablecast.open` gives.

It answers as the service does, without one: from the sealed files alone, checked before they are
read, by the same parser and predictor. NumPy is all that it needs; who asks about a DataFrame
brings pandas along.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from itertools import compress
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard, overload

import numpy as np
import numpy.typing as npt

from Task1_database.errors import InputError
from Task2_model.artifact import SealedModel, current
from Task2_model.contract import Contract
from Task2_model.frame_encoding import Unseen, encode_with_unseen
from Task2_model.manifest import MANIFEST
from Task2_model.mask_conditional import Block
from Task3_api.explain import Explainer
from Task3_api.parsing import Parser
from Task3_api.predictor import Predictor
from Task3_api.record_encoder import Record as ParsedRecord
from Task3_api.record_encoder import warning

if TYPE_CHECKING:
    import pandas as pd

Record = Mapping[Any, object]  # values by feature; None, NaN or no value at all: not known
Answer = dict[str, Any]
Mask = npt.NDArray[np.bool_]

NOTHING_GIVEN = "nothing is given that the model can use"


class OpenedModel:
    """Answers from a sealed model.

    Parameters
    ----------
    folder : str or Path
        A version's folder, or the one whose CURRENT names the version: models/houses, say.

    Attributes
    ----------
    folder : Path
        The version's: its report, card and answers to SQL questions lie there.

    Raises SealError, naming the file, where one is missing or altered.
    """

    def __init__(self, folder: str | Path) -> None:
        is_version = (Path(folder) / MANIFEST).is_file()
        self.folder = Path(folder) if is_version else current(Path(folder))
        self._predictor = Predictor(SealedModel.open(self.folder))
        self._parser = Parser(self.contract)

    def __repr__(self) -> str:
        return f"<tablecast model of {self.contract.dataset}, version {self.version}>"

    @property
    def contract(self) -> Contract:
        """What may be asked (`contract.features`) and what is answered (`contract.target`)."""
        return self._predictor.contract

    @property
    def version(self) -> str:
        """When it was sealed, and the first digits of what was."""
        return self._predictor.version

    @overload
    def predict(self, data: pd.DataFrame, *, confidence: float | None = ...) -> pd.DataFrame: ...
    @overload
    def predict(self, data: Record, *, confidence: float | None = ...) -> Answer: ...
    @overload
    def predict(
        self, data: Iterable[Record], *, confidence: float | None = ...
    ) -> list[Answer]: ...
    def predict(self, data: Any, *, confidence: float | None = None) -> Any:
        """The answers to a DataFrame, to one record, or to several.

        Parameters
        ----------
        data : DataFrame, dict, or iterable of dict
            A DataFrame has columns named like features, any of them, and may have others, which
            are ignored. A record holds values by feature, any of them, and nothing else.
        confidence : float, optional
            How often the interval or set shall hold the truth, 0.8 for 80 %; otherwise
            `contract.confidence`. Any that the calibration rows allow.

        Returns
        -------
        For records what the service answers: dicts with `prediction`, `lower`, `upper` and
        `warnings`, or with `label`, `probability` and `set`, among others.

        For a DataFrame one with the same index. Regression: `prediction`, `lower` and `upper`, in
        the target's unit. Classification: `label`, `probability` (of `contract.target.positive`,
        where there are two classes, else of the label), `probability_…` of each class and `set`, a
        tuple of the labels that are possible. And `warnings`, a text, empty where there is nothing
        to say. A row that has no value the model can use is answered by missing values, and
        `warnings` says so.

        Raises InputError, naming feature, value and row, for a value that cannot be read;
        ConfidenceError, naming the highest, for a confidence that is not possible.
        """
        self._predictor.check(confidence)
        if _is_frame(data):
            return self._predict_frame(data, confidence)
        if isinstance(data, Mapping):
            return self._predictor.answer(self._parsed(data), confidence)
        records = self._parser.records([*map(_as_sent, data)])
        return self._predictor.answers(records, confidence) if records else []

    def explain(self, record: Record, *, confidence: float | None = None) -> Answer:
        """Why the answer to one record is what it is: see the service's `/explain`."""
        return self._explainer.explain(self._parsed(record), confidence)

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self._predictor)

    def _parsed(self, record: Record) -> ParsedRecord:
        return self._parser.record(_as_sent(record).items())

    def _predict_frame(self, frame: pd.DataFrame, confidence: float | None) -> pd.DataFrame:
        rows, unseen = encode_with_unseen(self.contract, frame)
        warnings = self._warnings(unseen)
        given = np.any(~np.isnan(rows), axis=1)
        for index in np.flatnonzero(~given).tolist():
            warnings.setdefault(index, []).append(NOTHING_GIVEN)
        block = self._predictor.block(rows[given], confidence=confidence) if given.any() else {}
        answered = dict(self._columns(block))
        columns = {name: _spread(answered.get(name, []), given) for name in self._column_names}
        columns["warnings"] = ["; ".join(warnings.get(index, ())) for index in range(len(rows))]
        return type(frame)(columns, index=frame.index)

    def _warnings(self, unseen: dict[str, Unseen]) -> dict[int, list[str]]:
        warnings: dict[int, list[str]] = {}
        for name, values in unseen.items():
            feature = self.contract.by_name[name]
            for index, value in values.items():
                if value is not None and (detail := warning(feature, value)):
                    warnings.setdefault(index, []).append(detail)
        return warnings

    @property
    def _column_names(self) -> tuple[str, ...]:
        if self.contract.task == "regression":
            return ("prediction", "lower", "upper")
        return ("label", "probability", *self.contract.target.probability_columns, "set")

    def _columns(self, block: Block) -> Iterator[tuple[str, list[Any]]]:
        """The parts of the answers as columns with their names."""
        target = self.contract.target
        for part, values in block.items():
            if part == "label":
                yield part, [target.values[index] for index in values]
            elif part == "set":
                yield part, [tuple(compress(target.values, possible)) for possible in values]
            elif part == "probabilities":
                yield from zip(target.probability_columns, values.T.tolist(), strict=True)
            else:
                yield part, values.tolist()


def _is_frame(data: object) -> TypeGuard[pd.DataFrame]:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)


def _as_sent(record: Record) -> dict[str, object]:
    """A record as a request carries it: numbers as text, nothing for NaN."""
    if not isinstance(record, Mapping):
        kind = type(record).__name__
        raise TypeError(f"expected a DataFrame, a record (a dict) or several of these, not {kind}")
    return {str(name): _value_as_sent(name, value) for name, value in record.items()}


def _value_as_sent(name: str, value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, str | bool):
        return value
    if not isinstance(value, Real | Decimal):
        raise InputError(f"{name} must be a number or a text, not {str(value)[:40]!r}", field=name)
    return None if math.isnan(value) else str(value)


def _spread(values: list[Any], given: Mask) -> list[Any]:
    """Values in the rows that were answered, None in the others."""
    following = iter(values)
    return [next(following) if answered else None for answered in given]
