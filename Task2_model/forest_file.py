"""Boosted trees as they lie in `forest.npz`: for each bin of a feature, the leaves that are left.

The server imports this module, so it needs nothing but NumPy.
"""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from Task2_model.contract import Floats


@dataclass(frozen=True)
class ForestFile:
    """All trees of an ensemble, those of its first member first, and of these its first part's.

    Attributes
    ----------
    thresholds : float32 array
        Each feature's in rising order, one feature after the other.
    counts : int array, shape (features,)
        How many thresholds each feature has; it has one bin more, and one for what is missing.
    masks : uint16, uint32 or uint64 array, shape (bins of all features, trees)
        Which leaves a bin leaves possible, the leftmost as the lowest bit.
    leaves : float64 array, shape (trees, bits of a mask)
        The leaves' values from left to right.
    trees : int array, shape (sums,)
        How many trees add up to each sum.
    base : float64 array, shape (sums,)
        What each sum begins with.
    members : int
        How many there are, each with as many sums.
    probabilities : bool
        Whether the sums are the logits of classes; a single one is that of the second of two.
    """

    thresholds: npt.NDArray[np.float32]
    counts: npt.NDArray[np.int64]
    masks: npt.NDArray[np.unsignedinteger]
    leaves: Floats
    trees: npt.NDArray[np.int64]
    base: Floats
    members: int
    probabilities: bool

    def to_bytes(self) -> bytes:
        """All arrays in NumPy's own format, without pickle."""
        buffer = io.BytesIO()
        np.savez(buffer, **asdict(self))
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> ForestFile:
        """What `to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            single = {name: arrays[name].item() for name in ("members", "probabilities")}
            return cls(**{**arrays, **single})
