"""One column of an uploaded table, understood: texts in, the model's numbers out.

What is plain is read as a whole column. What is not (a cell that is no number, a value outside of
what training held) is looked at by itself, by the same parser as a single request.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from Task1_database.errors import InputError
from Task2_model.contract import Feature
from Task3_api.batch.cells import WIDEST, ByteSlices, Floats, Mask
from Task3_api.parsing import LARGEST_NUMBER, LONGEST_NUMBER, OF_DECIMALS, Parser
from Task3_api.predictor import warning


class ParsedCell(NamedTuple):
    """One text, understood: the model's number, and what there is to say about it."""

    code: float
    warning: str = ""
    error: str = ""


@dataclass(frozen=True)
class FeatureColumn:
    """A feature's column: where it stands in each row, and what the file calls it."""

    feature: Feature
    position: int
    name: str
    parser: Parser

    def read(self, texts: ByteSlices) -> tuple[Floats, dict[int, ParsedCell]]:
        """The model's numbers, and the cells that there is something to say about, by row."""
        plainly = self._categories if self.feature.kind == "category" else self._numbers
        codes, unsure = plainly(texts)
        known: dict[str, ParsedCell] = {}
        noted = {}
        for index in np.flatnonzero(unsure).tolist():
            text = texts[index]
            if text not in known:
                known[text] = self._cell(text)
            codes[index] = known[text].code
            if known[text].warning or known[text].error:
                noted[index] = known[text]
        return codes, noted

    def _categories(self, texts: ByteSlices) -> tuple[Floats, Mask]:
        """The codes of categories that training held, and where a closer look is needed."""
        names, codes = self._known
        words = texts.as_fixed_bytes(names.itemsize)
        places = names.searchsorted(words, side="right") - 1  # the empty name is before all
        return codes[places], (names[places] != words) | (texts.lengths > names.itemsize)

    @cached_property
    def _known(self) -> tuple[npt.NDArray[np.bytes_], Floats]:
        """The names of categories in order, no name for nothing told, and the code of each."""
        named = {name.encode(): float(code) for name, code in self.feature.codes.items()}
        named = {name: code for name, code in named.items() if len(name) <= WIDEST}
        ordered = sorted((named | {b"": float("nan")}).items())
        return np.array([name for name, _ in ordered]), np.array([code for _, code in ordered])

    def _numbers(self, texts: ByteSlices) -> tuple[Floats, Mask]:
        """Numbers as float() reads them, and where a closer look is needed."""
        numbers, plain = texts.parse_decimals()
        if plain.all():
            return numbers, self._are_unusual(numbers)
        others = np.flatnonzero(~plain)
        read = _numbers(texts.some(others))
        if read is None:
            return numbers, ~plain | self._are_unusual(numbers)
        numbers[others] = read
        return numbers, self._are_unusual(numbers)

    def _are_unusual(self, numbers: Floats) -> Mask:
        """Which numbers training never held; NaN, for nothing told, is not unusual."""
        low, high = self.feature.minimum, self.feature.maximum
        if low is None or high is None:
            low, high = -LARGEST_NUMBER, LARGEST_NUMBER
        unusual = (numbers < low) | (numbers > high)
        if self.feature.kind == "integer":
            unusual |= np.floor(numbers) < numbers
        return unusual

    def _cell(self, text: str) -> ParsedCell:
        try:
            value = self.parser.value(self.feature, text, self.name)
        except InputError as error:
            return ParsedCell(float("nan"), error=error.detail)
        warned = None if value is None else warning(self.feature, value)
        return ParsedCell(self.feature.encode(value), warned or "")


def _numbers(texts: ByteSlices) -> Floats | None:
    """Longer texts as numbers; None where one of them is not plainly a number."""
    if texts.lengths.max() > LONGEST_NUMBER:
        return None
    words = texts.as_fixed_bytes(LONGEST_NUMBER).tolist()
    if b"".join(words).translate(None, OF_DECIMALS.encode()):
        return None
    try:
        return np.array([float(word) for word in words])
    except ValueError:
        return None
