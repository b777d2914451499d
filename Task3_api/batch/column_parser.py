"""One column of an uploaded table, parsed: texts in, the model's numbers out.

Short decimals and categories of training are read a column at a time. Any other cell (no number,
a value outside of what training held, one written as the file of training was) is read by itself,
by the same parser as a single request, without the blanks around it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from Task1_database.errors import InputError
from Task1_database.files.column_reading import BLANKS, ColumnReading
from Task2_model.contract import Feature, Value
from Task3_api.batch.cells import WIDEST, ByteSlices, Floats, Mask
from Task3_api.parsing import DECIMAL_CHARACTERS, LARGEST_NUMBER, LONGEST_NUMBER, Parser
from Task3_api.record_encoder import warning


class ParsedCell(NamedTuple):
    """One cell: the model's number, and what there is to report about it."""

    code: float
    warning: str = ""
    error: str = ""


ReadColumn = tuple[Floats, dict[int, ParsedCell]]  # the model's numbers; by row, what is reported


@dataclass(frozen=True)
class FeatureColumn:
    """A feature's column."""

    feature: Feature
    position: int  # where it stands in each row
    name: str  # what the file calls it
    parser: Parser
    # how its cells are written, if they may not be as the parser takes them
    reading: ColumnReading | None = None
    # whether what the parser takes comes before that: in files that are not as training's was
    prefers_plain: bool = False

    def read(self, texts: ByteSlices) -> ReadColumn:
        """The model's numbers, and by row the cells that have a warning or an error."""
        read_column = self._categories if self.feature.kind == "category" else self._numbers
        codes, unread = read_column(texts)
        return codes, self._read_singly(codes, unread, texts.__getitem__)

    @property
    def takes_numbers(self) -> bool:
        """Whether a cell that is a number already is what is meant."""
        is_plain = self.reading is None or self.reading.is_plain or self.prefers_plain
        return self.feature.kind != "category" and is_plain

    def read_numbers(self, numbers: Floats, text_of: Callable[[int], str]) -> ReadColumn:
        """The same of numbers, NaN where there is none; `text_of` gives a cell as text."""
        return numbers, self._read_singly(numbers, self._are_unusual(numbers), text_of)

    def _read_singly(
        self, codes: Floats, unread: Mask, text_of: Callable[[int], str]
    ) -> dict[int, ParsedCell]:
        """Read unusual cells: sets their codes, and returns those that have something to say."""
        cells: dict[str, ParsedCell] = {}
        noted = {}
        for index in np.flatnonzero(unread).tolist():
            text = text_of(index)
            if text not in cells:
                cells[text] = self._cell(text)
            codes[index] = cells[text].code
            if cells[text].warning or cells[text].error:
                noted[index] = cells[text]
        return noted

    def _categories(self, texts: ByteSlices) -> tuple[Floats, Mask]:
        """The codes of categories that training held, and which cells hold no such one."""
        names, codes = self._vocabulary
        cells = texts.as_fixed_bytes(names.itemsize)
        indices = names.searchsorted(cells, side="right") - 1  # the empty name is before all
        return codes[indices], (names[indices] != cells) | (texts.lengths > names.itemsize)

    @cached_property
    def _vocabulary(self) -> tuple[npt.NDArray[np.bytes_], Floats]:
        """The names of categories in order, the empty one for a missing value, and their codes."""
        names = {name.encode(): float(code) for name, code in self.feature.codes.items()}
        names = {name: code for name, code in names.items() if len(name) <= WIDEST}
        ordered = sorted((names | {b"": float("nan")}).items())
        return np.array([name for name, _ in ordered]), np.array([code for _, code in ordered])

    def _numbers(self, texts: ByteSlices) -> tuple[Floats, Mask]:
        """Numbers as float() reads them, and which cells are none or unusual."""
        if self.reading and not self.reading.is_plain and not self.prefers_plain:
            return np.full(len(texts), np.nan), texts.lengths > 0
        numbers, is_decimal = texts.parse_decimals()
        if is_decimal.all():
            return numbers, self._are_unusual(numbers)
        others = np.flatnonzero(~is_decimal)
        longer = _parse_longer(texts.select(others))
        if longer is None:
            return numbers, ~is_decimal | self._are_unusual(numbers)
        numbers[others] = longer
        return numbers, self._are_unusual(numbers)

    def _are_unusual(self, numbers: Floats) -> Mask:
        """Which numbers training never held; NaN, a missing value, is not unusual."""
        low, high = self.feature.minimum, self.feature.maximum
        if low is None or high is None:
            low, high = -LARGEST_NUMBER, LARGEST_NUMBER
        unusual = (numbers < low) | (numbers > high)
        if self.feature.kind == "integer":
            unusual |= np.floor(numbers) < numbers
        return unusual

    def _cell(self, text: str) -> ParsedCell:
        try:
            value = self.value(text)
        except InputError as error:
            return ParsedCell(float("nan"), error=error.detail)
        note = None if value is None else warning(self.feature, value)
        return ParsedCell(self.feature.encode(value), note or "")

    def value(self, text: str) -> Value:
        """The value of a cell: as it stands if that is one of training, else as it is written.

        Raises InputError where it can be neither.
        """
        if text in self.feature.codes:
            return text
        bare = text.strip(BLANKS)
        rewritten = self.reading.rewrite(bare) if self.reading else bare
        if self.prefers_plain and rewritten:
            with suppress(InputError):
                return self.parser.value(self.feature, bare, self.name)
        return self.parser.value(self.feature, rewritten, self.name)


def _parse_longer(texts: ByteSlices) -> Floats | None:
    """Longer texts as numbers; None where one of them is no number."""
    if texts.lengths.max() > LONGEST_NUMBER:
        return None
    cells = texts.as_fixed_bytes(LONGEST_NUMBER).tolist()
    if b"".join(cells).translate(None, DECIMAL_CHARACTERS.encode()):
        return None
    try:
        return np.array([float(cell) for cell in cells])
    except ValueError:
        return None
