"""Masks that are kept once where they are the same are those that were put in."""

from __future__ import annotations

import numpy as np
import pytest

from Task2_model.mask_table import Masks, MaskTable


def masks(bins: int = 150, trees: int = 77) -> Masks:
    """From a bin to the next, the mask of one tree changes."""
    made = np.full((bins, trees), 2**16 - 1, dtype=np.uint16)
    for bin_ in range(1, bins):
        made[bin_:, bin_ % trees] &= np.uint16(2**16 - 2 ** (bin_ % 16))
    return made


@pytest.mark.parametrize(("begin", "end"), [(0, 77), (0, 1), (30, 40), (33, 77), (76, 77)])
def test_all_of_them_or_those_of_some_trees(begin: int, end: int) -> None:
    table, own = MaskTable.of(masks()).of_trees(begin, end), masks()[:, begin:end]
    np.testing.assert_array_equal(table.side_by_side(), own)
    bins = np.array([149, 3, 3, 70])
    np.testing.assert_array_equal(table.take(bins), own[bins])
    np.testing.assert_array_equal(
        table.together(bins.tolist()), np.bitwise_and.reduce(own[bins], axis=0)
    )
    assert table.trees == end - begin


def test_less_than_half_of_them_is_kept() -> None:
    table = MaskTable.of(masks())
    assert table.blocks.nbytes + table.positions.nbytes < masks().nbytes / 2
