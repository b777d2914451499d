from __future__ import annotations

import numpy as np
import pytest

from Task2_model.augmentation import mask_augment, n_augmented, whole_share


def test_every_row_is_there_whole_with_x_only_and_in_part() -> None:
    rows = np.arange(1, 13, dtype=np.float32).reshape(3, 4)
    augmented, indices = mask_augment(rows, 2, 6_001, 0.3, np.random.default_rng(0))
    assert np.bincount(indices).tolist() == [2000, 2000, 2000]
    given = ~np.isnan(augmented)
    np.testing.assert_array_equal(augmented[given], rows[indices][given])
    assert given[:1800].all()
    np.testing.assert_array_equal(given[1800:2400], [[False, False, True, False]] * 600)
    assert set(indices[:1800]) == set(indices[1800:2400]) == {0, 1, 2}
    counts = np.bincount(given[2400:].sum(axis=1), minlength=5)
    assert counts[0] == 0
    assert counts[1:].min() > 0.6 * counts[1:].max()
    np.testing.assert_allclose(given[2400:].mean(axis=0), 5 / 8, atol=0.1)


def test_of_many_rows_each_is_there_once_at_most() -> None:
    rows = np.arange(2_000, dtype=np.float32).reshape(1_000, 2)
    augmented, indices = mask_augment(rows, 0, 300, 0.3, np.random.default_rng(0))
    assert len(augmented) == len(set(indices)) == 300


@pytest.mark.parametrize(
    ("count", "augmented"), [(100, 4_000), (1_500, 45_000), (50_000, 45_000), (1_000_000, 100_000)]
)
def test_what_is_learned_from_grows_gently(count: int, augmented: int) -> None:
    assert n_augmented(count) == augmented


@pytest.mark.parametrize(("copies", "share"), [(40, 0.12), (5, 0.2), (2, 0.3), (0.1, 0.3)])
def test_each_row_is_there_whole_as_long_as_other_copies_are_the_most(
    copies: float, share: float
) -> None:
    assert whole_share("regression", copies) == share
    assert whole_share("classification", copies) == 0.3
