"""Rows with features masked, so that a model learns to answer from any of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from Task2_model.contract import Rows, Task

MOST_COPIES = 40  # of a row, each with other features masked
AUGMENTED_ROWS = 45_000  # in all: more barely help, and take longer …
AUGMENTED_SHARE = 0.1  # … but of a large table at least this share is learned from
X_ONLY = 0.1  # share of the augmented rows
WHOLE = {"classification": 0.3, "regression": 0.12}  # fewer where a specialist knows whole rows …
WHOLE_ONCE = 0.3  # … unless it takes more, up to this share, for each row to be there whole
RANDOM_MASKS = 600  # different ones: for each, a ridge is solved where one is needed


def n_augmented(count: int) -> int:
    """How many rows, copies included, a model learns from that has `count` of its own."""
    return min(count * MOST_COPIES, max(AUGMENTED_ROWS, int(count * AUGMENTED_SHARE)))


def whole_share(task: Task, copies: float) -> float:
    """The share of the augmented rows that is whole, where there are so many copies of each row."""
    return max(WHOLE[task], min(WHOLE_ONCE, 1 / copies))


def mask_augment(
    rows: Rows, x: int, total: int, whole: float, rng: np.random.Generator
) -> tuple[Rows, npt.NDArray[np.intp]]:
    """Copies of rows, most of them with features masked.

    Some are whole, a tenth gives `x` alone, and of the rest random features are masked: how many
    stay is uniform from one to all, so that short and full requests weigh the same. With ten
    copies or more, every row is there in each of these ways.

    Parameters
    ----------
    rows : float32 array, shape (n, features)
    x : int
        The index of the feature that is given alone.
    total : int
        How many rows to make; rounded down to whole copies of all rows where it exceeds n.
    whole : float
        The share of them that is whole; see `whole_share`.

    Returns
    -------
    The augmented rows, shape (m, features), and the index of the row that each one copies.
    """
    count, features = rows.shape
    copies = max(1, total // count)
    indices = np.concatenate([rng.permutation(count) for _ in range(copies)])[:total]
    augmented = rows[indices]
    stay = rng.integers(1, features + 1, size=(RANDOM_MASKS, 1))
    masks = rng.random((RANDOM_MASKS, features)).argsort(axis=1).argsort(axis=1) >= stay
    masked = masks[rng.integers(RANDOM_MASKS, size=len(augmented))]
    first, x_only = int(whole * len(augmented)), int(X_ONLY * len(augmented))
    masked[:first] = False
    masked[first : first + x_only] = np.arange(features) != x
    augmented[masked] = np.nan
    return augmented, indices
