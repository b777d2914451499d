"""One column of an uploaded table, understood: texts in, the model's numbers out.

What is plain is read as a whole column. What is not (a cell that is no number, a value outside of
what training held) is looked at by itself, by the same parser as a single request.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from Task1_database.errors import InputError
from Task2_model.contract import Feature
from Task3_api.parsing import LARGEST_NUMBER, LONGEST_NUMBER, Parser
from Task3_api.predictor import warning

OF_NUMBERS = b"0123456789+-.eE"  # in texts of these alone, float() reads what the parser reads

Codes = npt.NDArray[np.float64]  # shape (rows,): what the model is told of one feature


class Cell(NamedTuple):
    """One text, understood: the model's number, and what there is to say about it."""

    code: float
    warning: str = ""
    error: str = ""


@dataclass(frozen=True)
class Column:
    """A feature's column: where it stands in each row, and what the file calls it."""

    feature: Feature
    position: int
    name: str
    parser: Parser

    def read(self, cells: Sequence[str]) -> tuple[Codes, dict[int, Cell]]:
        """The model's numbers, and the cells that there is something to say about, by row."""
        codes, unsure = self._plainly(cells)
        known: dict[str, Cell] = {}
        noted = {}
        for index in unsure:
            text = cells[index]
            if text not in known:
                known[text] = self._cell(text)
            codes[index] = known[text].code
            if known[text].warning or known[text].error:
                noted[index] = known[text]
        return codes, noted

    def _plainly(self, cells: Sequence[str]) -> tuple[Codes, Iterable[int]]:
        """The numbers as far as they are plain, and where a closer look is needed."""
        if self.feature.kind == "category":
            codes = np.array([*map(self.feature.codes.get, cells)], dtype=np.float64)  # None: NaN
            unknown = np.flatnonzero(np.isnan(codes))
            return codes, unknown.tolist() if len(unknown) > cells.count("") else ()
        numbers = _numbers(cells)
        if numbers is None:
            return np.full(len(cells), np.nan), range(len(cells))
        return numbers, np.flatnonzero(self._are_unusual(numbers)).tolist()

    def _are_unusual(self, numbers: Codes) -> npt.NDArray[np.bool_]:
        """Which numbers training never held; NaN, for nothing told, is not unusual."""
        low, high = self.feature.minimum, self.feature.maximum
        if low is None or high is None:
            low, high = -LARGEST_NUMBER, LARGEST_NUMBER
        unusual = (numbers < low) | (numbers > high)
        if self.feature.kind == "integer":
            unusual |= np.floor(numbers) < numbers
        return unusual

    def _cell(self, text: str) -> Cell:
        try:
            value = self.parser.value(self.feature, text, self.name)
        except InputError as error:
            return Cell(float("nan"), error=error.detail)
        warned = None if value is None else warning(self.feature, value)
        return Cell(self.feature.encode(value), warned or "")


def _numbers(cells: Sequence[str]) -> Codes | None:
    """Texts as numbers, empty ones as NaN; None where one of them is not plainly a number."""
    if max(map(len, cells)) > LONGEST_NUMBER:
        return None
    if "".join(cells).encode().translate(None, OF_NUMBERS):
        return None
    try:
        return np.array([float(text or "nan") for text in cells])
    except ValueError:
        return None
