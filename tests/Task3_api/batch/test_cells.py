"""Cells read from bytes, a column at a time, are what each of them is by itself."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from Task3_api.batch.cells import DIGITS, WIDEST, ByteSlices, Cells

SHORT_DECIMAL = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=2 * WIDEST)
numbers = st.one_of(
    st.integers(-(10**17), 10**17).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    st.floats().map(str),
    st.text(st.sampled_from("0123456789.-"), max_size=DIGITS + 2),
    st.text(st.sampled_from("0123456789.-+eE_ ,/:\nx٣"), max_size=DIGITS + 2),
)


def column(*cells: str) -> ByteSlices:
    return Cells.of([["before", cell, "5"] for cell in cells]).column(1)


@given(st.lists(st.lists(texts, min_size=2, max_size=2), min_size=1, max_size=5))
def test_every_cell_is_there(rows: list[list[str]]) -> None:
    cells = Cells.of(rows)
    assert [cells.row(index) for index in range(len(rows))] == rows
    assert [cells.column(1)[index] for index in range(len(rows))] == [row[1] for row in rows]
    assert cells.rows(1, 2).bounds.shape == (3, len(rows[1:2]))


def test_cells_between_two_separators() -> None:
    cells = Cells.between("a,\n,ä\n".encode(), b",\n", 2)
    assert [cells.row(0), cells.row(1)] == [["a", ""], ["", "ä"]]


@given(st.lists(numbers, min_size=1, max_size=6))
def test_a_decimal_is_what_float_makes_of_it(cells: list[str]) -> None:
    numbers, are_decimal = column(*cells).parse_decimals()
    results = zip(cells, numbers.tolist(), are_decimal.tolist(), strict=True)
    for cell, number, is_decimal in results:
        assert is_decimal == (
            not cell or (bool(SHORT_DECIMAL.fullmatch(cell)) and len(cell) <= DIGITS)
        )
        if is_decimal:
            assert repr(number) == repr(float(cell or "nan"))


@pytest.mark.parametrize(
    "cell", ["0." + "9" * (DIGITS - 2), "9" * DIGITS, "-.1", "-0", "5.", "0.3"]
)
def test_decimals_at_the_edge(cell: str) -> None:
    numbers, are_decimal = column(cell, "1", "").parse_decimals()
    assert (repr(numbers[0].item()), are_decimal.tolist()) == (repr(float(cell)), [True] * 3)


@given(st.lists(texts, min_size=1, max_size=4), st.integers(1, WIDEST))
def test_fixed_bytes_are_the_beginnings(cells: list[str], width: int) -> None:
    fixed = column(*cells).as_fixed_bytes(width)
    np.testing.assert_array_equal(fixed, np.array([c.encode()[:width] for c in cells], "S"))


def test_a_beginning_is_no_empty_cell() -> None:
    cells = Cells.of([["", "=1", "a=1"], ["-", "", "="]])
    rows, texts = cells.beginning_with(b"=-")
    assert sorted(zip(rows.tolist(), map(texts.__getitem__, range(len(texts))), strict=True)) == [
        (0, "=1"),
        (1, "-"),
        (1, "="),
    ]
