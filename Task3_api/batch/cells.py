"""The cells of some rows, as bytes in one array: where each begins, and where it ends.

A cell becomes a Python text only where there is something to report about it. What most cells are
(short decimal numbers, categories that training held) is read a whole column at a time by NumPy,
and while NumPy works other threads do too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Row = list[str]
Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

WIDEST = 64  # bytes that are taken of a cell, at most
MARGIN = b" " * WIDEST  # before and behind the cells, so that there always are as many
DIGITS = 15  # so many are exact as a float64, as is the power of ten that a point divides by
TENS = np.array([float(f"1e{power}") for power in range(DIGITS + 1)])
ZERO = np.uint8(ord("0"))
MINUS, POINT = (np.frombuffer(b"-.", np.uint8) - ZERO).tolist()  # beside digits from 0 to 9


@dataclass(frozen=True)
class ByteSlices:
    """Some cells of a text: from each of `starts` to before each of `ends`."""

    text: bytes
    starts: Positions
    ends: Positions

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: int) -> str:
        return self.text[self.starts[index] : self.ends[index]].decode()

    def select(self, index: npt.NDArray[Any]) -> ByteSlices:
        """Those that a mask or indices choose."""
        return ByteSlices(self.text, self.starts[index], self.ends[index])

    @cached_property
    def lengths(self) -> Bytes:
        """How many bytes each has; more than WIDEST count as one more."""
        lengths: Bytes = np.minimum(self.ends - self.starts, WIDEST + 1).astype(np.uint8)
        return lengths

    def as_fixed_bytes(self, width: int) -> npt.NDArray[np.bytes_]:
        """The beginning of each, up to `width` bytes."""
        fixed = self._read(self.starts, width)
        letters = fixed.view(np.uint8).reshape(-1, width)
        is_inside = np.tri(WIDEST + 2, width, -1, np.uint8)  # of a text of each length
        letters *= is_inside.take(self.lengths, axis=0)
        return fixed

    def parse_decimals(self) -> tuple[Floats, Mask]:
        """The float() of texts such as 12 or -3.5, and which of them are such.

        An empty text is NaN. What else is a number (of many digits, with an exponent) is not read.
        """
        width = min(max(int(self.lengths.max(initial=0)), 1), DIGITS)
        digits = self._digits(width)
        is_decimal = self.lengths <= width
        is_sign = digits > 9
        signed = is_sign.any()
        numbers = self._signed(digits, is_sign, is_decimal) if signed else _whole(digits)
        numbers[self.lengths == 0] = np.nan
        return numbers, is_decimal

    def _signed(self, digits: Bytes, is_sign: Mask, is_decimal: Mask) -> Floats:
        """Numbers with a point or a minus; clears `is_decimal` where there is another sign."""
        exponents = _exponents(len(digits))
        point = (exponents * (digits == POINT)).max(axis=0)  # 0 where there is none
        minus = _bytes(self.text)[self.starts] - ZERO == MINUS
        signs = (point > 0) + minus.view(np.uint8)
        is_decimal &= is_sign.sum(axis=0, dtype=np.uint8) == signs
        is_decimal &= (self.lengths > signs) | (self.lengths == 0)
        digits *= ~is_sign
        before = digits * ((exponents > point) & (point > 0))
        digits -= before
        digits[1:] += before[:-1]  # where the point was
        numbers: Floats = _whole(digits) / TENS[np.maximum(point, 1) - 1]
        numbers[minus] *= -1
        return numbers

    def _digits(self, width: int) -> Bytes:
        """The last `width` bytes, one after the other, each less ZERO; 0 where there are fewer."""
        fixed = self._read(self.ends - width, width)
        digits = np.subtract(fixed.view(np.uint8).reshape(-1, width).T, ZERO, order="C")
        digits *= _exponents(width) <= self.lengths
        return digits

    def _read(self, positions: Positions, width: int) -> npt.NDArray[np.bytes_]:
        """So many bytes from each position on."""
        shape = (len(self.text) - width + 1,)  # a window at every position
        return np.ndarray(shape, f"S{width}", self.text, strides=(1,))[positions]


@dataclass(frozen=True)
class Cells:
    """The cells of a table.

    Attributes
    ----------
    text : bytes
        The cells one after the other, and a MARGIN around them.
    bounds : array, shape (columns + 1, rows)
        For each row where the separators stand: before its first cell, and behind every cell.
    """

    text: bytes
    bounds: Positions

    @classmethod
    def between(cls, text: bytes, separators: bytes, width: int) -> Self:
        """Rows of `width` cells, behind each of which stands one of the separators."""
        text = b"".join([MARGIN, text, MARGIN])
        is_end = np.logical_or.reduce([_bytes(text) == separator for separator in separators])
        ends = np.flatnonzero(is_end).reshape(-1, width)
        bounds = np.empty((width + 1, len(ends)), dtype=np.intp)
        bounds[1:] = ends.T
        bounds[0] = np.roll(bounds[-1], 1)
        bounds[0, 0] = len(MARGIN) - 1
        return cls(text, bounds)

    @classmethod
    def of(cls, rows: list[Row]) -> Self:
        """Rows of texts without a NUL."""
        text = "\0".join([*chain.from_iterable(rows), ""])
        return cls.between(text.encode(), b"\0", len(rows[0]))

    def rows(self, begin: int, end: int) -> Cells:
        """Those of some rows that follow each other."""
        return Cells(self.text, self.bounds[:, begin:end])

    def column(self, position: int) -> ByteSlices:
        """One cell of each row."""
        return ByteSlices(self.text, self.bounds[position] + 1, self.bounds[position + 1])

    def row(self, index: int) -> Row:
        """All the cells of a row."""
        bounds = pairwise(self.bounds[:, index].tolist())
        return [self.text[before + 1 : end].decode() for before, end in bounds]

    def beginning_with(self, letters: bytes) -> tuple[Positions, ByteSlices]:
        """The row of each cell that begins with one of the letters, and these cells."""
        is_one = np.zeros(256, dtype=bool)
        is_one[[*letters]] = True
        starts, ends = self.bounds[:-1] + 1, self.bounds[1:]
        columns, rows = np.nonzero(is_one[_bytes(self.text)[starts]] & (starts < ends))
        return rows, ByteSlices(self.text, starts[columns, rows], ends[columns, rows])


def _bytes(text: bytes) -> Bytes:
    return np.frombuffer(text, np.uint8)


def _exponents(width: int) -> Bytes:
    """The power of ten of each of a number's digits, plus 1: the last one's is 1."""
    return np.arange(width, 0, -1, dtype=np.uint8)[:, np.newaxis]


def _whole(digits: Bytes) -> Floats:
    """Digits (width, numbers) as numbers."""
    numbers: Floats = digits[0].astype(np.float64)
    for digit in digits[1:]:
        numbers *= 10
        numbers += digit
    return numbers
