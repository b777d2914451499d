"""Rows held out are known again, wherever they stand and whatever they came from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from Task2_model.held_out import HELD_OUT, HeldOut, row_hashes
from Task2_model.study import Study

TABLE = pd.DataFrame({"size": [1, 2, 3], "kind": ["a", None, "c"], "price": [1.5, 2.5, np.nan]})


def test_a_row_is_the_same_in_another_order_type_and_place() -> None:
    other = TABLE.astype({"size": np.float64})[["price", "kind", "size"]].iloc[::-1]
    np.testing.assert_array_equal(row_hashes(other), row_hashes(TABLE)[::-1])
    assert len(set(row_hashes(TABLE))) == 3


def test_a_row_that_differs_anywhere_is_another() -> None:
    for name, value in (("size", 9), ("kind", "z"), ("price", 9.5)):
        changed = TABLE.copy()
        changed.loc[1, name] = value
        assert list(row_hashes(changed) == row_hashes(TABLE)) == [True, False, True]


def test_losses_are_compared_row_by_row() -> None:
    here = HeldOut.of(TABLE, np.array([1.0, 2.0, 3.0]))
    there = HeldOut.of(TABLE.iloc[[2, 0]], np.array([30.0, 10.0]))
    both = sorted(zip(*here.beside(there), strict=True))
    assert both == [(1.0, 10.0), (3.0, 30.0)]


def test_of_equal_rows_the_mean_counts() -> None:
    held = HeldOut.of(pd.concat([TABLE, TABLE]), np.array([1.0, 2, 3, 3, 4, 5]))
    assert sorted(held.losses) == [2.0, 3.0, 4.0]


def test_every_version_is_sealed_with_its_own(sealed: Path, study: Study) -> None:
    held = HeldOut.from_bytes((sealed / HELD_OUT).read_bytes())
    here, there = held.beside(study.held_out())
    assert len(here) == len(held.losses) > 1700
    np.testing.assert_allclose(here, there)
    metrics = study.summary.query("model == 'Boosting' and subset == 'all'")
    np.testing.assert_allclose(held.losses.mean(), metrics["loss"].iloc[0], rtol=0.02)
