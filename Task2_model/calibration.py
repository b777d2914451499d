"""The rows that calibrate a model: what a sealed model keeps of them, in NumPy's own format."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from Task2_model.contract import Floats, Indices, Rows


@dataclass(frozen=True)
class Calibration:
    """Rows with what really happened, each to be answered by a member that never saw it.

    Attributes
    ----------
    rows : float32 array, shape (n, features)
    outcomes : float64 array, shape (n,)
        The target as the model learns it: its value, its logarithm, or the index of the class.
    folds : int array, shape (n,)
        The member that answers each.
    """

    rows: Rows
    outcomes: Floats
    folds: Indices

    def subset(self, kept: npt.NDArray[np.bool_]) -> Calibration:
        """Some of the rows."""
        return Calibration(self.rows[kept], self.outcomes[kept], self.folds[kept])

    def to_bytes(self) -> bytes:
        """All arrays in NumPy's own format, without pickle."""
        buffer = io.BytesIO()
        np.savez(buffer, **asdict(self))
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Calibration:
        """What `to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return cls(arrays["rows"], arrays["outcomes"], arrays["folds"])
