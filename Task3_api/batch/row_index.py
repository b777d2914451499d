"""Where the rows of an answered CSV begin, and what they are sorted and filtered by."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Literal

import numpy as np
import numpy.typing as npt

from Task2_model.contract import Floats
from Task3_api.batch.cells import Mask, Row

Filter = Literal["all", "errors", "unsure", "beyond"]
WIDEST = 0.9  # the quantile of the intervals' widths from which an answer counts as unsure


@dataclass(frozen=True)
class RowIndex:
    """The rows of one answered CSV.

    Attributes
    ----------
    offsets : array, shape (rows + 1,)
        The byte at which each row begins, and the end.
    is_error, is_beyond : array, shape (rows,)
        Whether a row has no answer, or a value unlike any in training.
    values : array, shape (rows,)
        The prediction or the probability; NaN where there is none.
    doubts : array, shape (rows,)
        The width of the interval, or how many labels the set has; NaN where there is neither.
    has_sets : bool
        Which of the two it is.
    """

    offsets: npt.NDArray[np.int64]
    is_error: Mask
    is_beyond: Mask
    values: Floats
    doubts: Floats
    has_sets: bool

    @classmethod
    def of(cls, file: IO[bytes], width: int) -> RowIndex:
        """The index of an answered CSV whose first `width` columns were sent."""
        offsets, errors, beyond, values, doubts = [], [], [], [], []
        records = _records(file)
        end, header = next(records)
        names = {name.removesuffix("_answer"): i for i, name in enumerate(header) if i >= width}
        value = names.get("prediction", names.get("probability", -1))
        for behind, row in records:
            offsets.append(end)
            end = behind
            errors.append(row[-1] != "")
            beyond.append(row[-2] != "")
            values.append(_number(row[value]))
            doubts.append(_doubt(names, row))
        return cls(
            np.array([*offsets, end], dtype=np.int64),
            np.array(errors, dtype=bool),
            np.array(beyond, dtype=bool),
            np.array(values, dtype=np.float64),
            np.array(doubts, dtype=np.float64),
            "set" in names,
        )

    @classmethod
    def read(cls, path: Path) -> RowIndex:
        """The index that `write` wrote."""
        with np.load(path) as arrays:
            return cls(**{**arrays, "has_sets": bool(arrays["has_sets"])})

    def write(self, path: Path) -> None:
        """Write the index to a file."""
        np.savez(path, **asdict(self))

    def __len__(self) -> int:
        return len(self.is_error)

    @cached_property
    def is_unsure(self) -> Mask:
        """The widest tenth of the intervals, or the sets of more than one label."""
        known = self.doubts[~np.isnan(self.doubts)]
        if not len(known):
            return np.zeros(len(self), dtype=bool)
        limit = 2 if self.has_sets else np.quantile(known, WIDEST)
        unsure: Mask = self.doubts >= limit
        return unsure

    def chosen(self, name: Filter) -> npt.NDArray[np.intp]:
        """The rows that a filter leaves, in order."""
        masks = {"errors": self.is_error, "unsure": self.is_unsure, "beyond": self.is_beyond}
        return np.flatnonzero(masks[name]) if name in masks else np.arange(len(self))

    def rows(self, file: IO[bytes], indices: Sequence[int]) -> list[Row]:
        """Some rows of the CSV."""
        rows = []
        for index in indices:
            begin, end = self.offsets[index : index + 2].tolist()
            file.seek(begin)
            text = file.read(end - begin).decode()
            rows.append(next(csv.reader(io.StringIO(text, newline=""))))
        return rows


def _records(file: IO[bytes]) -> Iterator[tuple[int, Row]]:
    """Each row with the byte behind it."""
    position = 0

    def lines() -> Iterator[str]:
        nonlocal position
        for line in file:
            position += len(line)
            yield line.decode()

    for row in csv.reader(lines()):
        yield position, row


def _number(text: str) -> float:
    return float(text) if text else float("nan")


def _doubt(names: dict[str, int], row: Row) -> float:
    if "set" in names:
        text = row[names["set"]]
        return float(text.count("|") + 1) if text else float("nan")
    if "lower" in names:
        return _number(row[names["upper"]]) - _number(row[names["lower"]])
    return float("nan")
