"""One record as the model's row, beside what its answer repeats of it and warns of.

`Contract.encode` gives the same rows. This one serves the shortest requests, where every
microsecond counts, and notes in the same pass what was given, what is missing and what training
never saw.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from Task2_model.contract import Contract, Feature, Rows, Value

UNSEEN = "was never seen in training"
ABOVE, BELOW = "above the largest", "below the smallest"
NOT_WHOLE = "is not a whole number"
KINDS = {  # of warnings, by a phrase that no other kind has before it
    UNSEEN: "unseen_category",
    ABOVE: "above_range",
    BELOW: "below_range",
    NOT_WHOLE: "not_whole",
}
Record = Mapping[str, Value]  # given values by feature; one may be left out or None
Notes = dict[str, Any]  # of an answer: "given", "missing" and "warnings"


class RecordColumns(Sequence[Record]):
    """Records that give the same features, as columns, which are encoded in a fifth of the time.

    Attributes
    ----------
    columns : dict
        By feature the values of all records; at least one, of at least one.
    """

    def __init__(self, columns: dict[str, Sequence[Value]]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, index: Any) -> Any:
        return {name: values[index] for name, values in self.columns.items()}


class EncodedRecords(NamedTuple):
    """Rows (n, features), and of each kind of notes those of every row."""

    rows: Rows
    notes: dict[str, list[Any]]


class RecordEncoder:
    """Encodes the records of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._by_name = contract.by_name
        self._features = [
            (feature.name, feature.codes, feature.kind == "integer", *_range(feature))
            for feature in contract.features
        ]
        self._is_category = [feature.kind == "category" for feature in contract.features]
        self._lows, self._highs = np.array([_range(each) for each in contract.features]).T

    def encode(self, record: Record) -> tuple[list[float], Notes]:
        """The row, NaN where a value is missing or a category unseen, and the notes."""
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
                fits = not whole or value % 1 == 0
                given[name] = int(value) if whole and fits else value  # 3 bedrooms, not 3.0
                code = value
                all_seen = all_seen and fits and low <= value <= high
            row.append(math.nan if code is None else code)
        warnings = [] if all_seen else self.warn(record)
        return row, {"given": given, "missing": missing, "warnings": warnings}

    def encode_all(self, records: Sequence[Record]) -> EncodedRecords:
        """What `encode` says of each."""
        if isinstance(records, RecordColumns):
            return self._by_column(records)
        rows, notes = zip(*map(self.encode, records), strict=True)
        return EncodedRecords(
            np.array(rows, dtype=np.float32),
            {part: [note[part] for note in notes] for part in notes[0]},
        )

    def _by_column(self, records: RecordColumns) -> EncodedRecords:
        """What is usual is noted at once for all, and the other records are encoded one by one."""
        given: dict[str, Sequence[Any]] = {}
        present = [place for place, name in enumerate(self._by_name) if name in records.columns]
        columns = np.empty((len(present), len(records)))
        for column, place in zip(columns, present, strict=True):
            name, codes, *_ = self._features[place]
            given[name] = values = records.columns[name]
            column[:] = [*map(codes.get, values)] if self._is_category[place] else values  # type: ignore[arg-type]
        lows, highs = self._lows[present, None], self._highs[present, None]
        usual = ((lows <= columns) & (columns <= highs)).all(axis=0)  # NaN, of one unseen, is not
        for column, place in zip(columns, present, strict=True):
            name, _, whole, *_ = self._features[place]
            if whole:
                usual &= column % 1 == 0
                given[name] = [*map(int, np.where(usual, column, 0).tolist())]
        rows = np.full((len(records), len(self._features)), np.nan, dtype=np.float32)
        rows[:, present] = columns.T
        missing = [name for name in self._by_name if name not in given]
        notes: dict[str, list[Any]] = {
            "given": [
                dict(zip(given, each, strict=True)) for each in zip(*given.values(), strict=True)
            ],
            "missing": [missing] * len(records),
            "warnings": [[]] * len(records),
        }
        for index in np.flatnonzero(~usual).tolist():
            for part, note in self.encode(records[index])[1].items():
                notes[part][index] = note
        return EncodedRecords(rows, notes)

    def warn(self, record: Record) -> list[dict[str, str]]:
        """A warning, {"field": …, "detail": …}, for each value that training never held."""
        return [
            {"field": name, "detail": detail}
            for name, value in record.items()
            if value is not None and (detail := warning(self._by_name[name], value))
        ]


def warning(feature: Feature, value: float | str) -> str | None:
    """Why a value is unlike any in training; None where it is not."""
    if isinstance(value, str):
        if value in feature.codes:
            return None
        return f"{feature.name} {value[:40]!r} {UNSEEN} and is left out"
    low, high = _range(feature)
    if value > high:
        return _beyond(feature.name, value, ABOVE, high)
    if value < low:
        return _beyond(feature.name, value, BELOW, low)
    if feature.kind == "integer" and value % 1:
        return f"{feature.name} {value:,.10g} {NOT_WHOLE}; in training all were"
    return None


def warning_kind(detail: str) -> str:
    """What kind of warning a text of `warning` is."""
    return next((kind for phrase, kind in KINDS.items() if phrase in detail), "other")


def _range(feature: Feature) -> tuple[float, float]:
    """The smallest and the largest number of training; infinite where there is none."""
    low, high = feature.minimum, feature.maximum
    return -math.inf if low is None else low, math.inf if high is None else high


def _beyond(name: str, value: float, side: str, limit: float) -> str:
    return f"{name} {value:,.10g} is {side} seen in training, {limit:,.10g}"
