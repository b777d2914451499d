"""How far off a model was on each row that it never saw, sealed with it.

So two versions can be compared on the rows that both were evaluated on, long after both were
trained. Rows are known by what they hold, wherever they stand in the table.
"""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from Task2_model.contract import Floats

HELD_OUT = "held_out.npz"


@dataclass(frozen=True)
class HeldOut:
    """Losses of rows held out, given all that they have.

    Attributes
    ----------
    rows : uint64 array, shape (n,)
        What each row holds, as a hash; different in each place.
    losses : float64 array, shape (n,)
        The absolute error, or the logarithmic loss; of equal rows the mean.
    """

    rows: npt.NDArray[np.uint64]
    losses: Floats

    @classmethod
    def of(cls, table: pd.DataFrame, losses: Floats) -> HeldOut:
        """The losses of the rows of a table (features and target, in any order)."""
        grouped = pd.Series(losses).groupby(row_hashes(table)).mean()
        return cls(np.asarray(grouped.index, np.uint64), np.asarray(grouped, np.float64))

    def to_bytes(self) -> bytes:
        """Both arrays in NumPy's own format, without pickle."""
        buffer = io.BytesIO()
        np.savez(buffer, **asdict(self))
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> HeldOut:
        """What `to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return cls(arrays["rows"], arrays["losses"])

    def beside(self, other: HeldOut) -> tuple[Floats, Floats]:
        """The losses here and there of the rows that both have."""
        _, here, there = np.intersect1d(self.rows, other.rows, return_indices=True)
        return self.losses[here], other.losses[there]


def row_hashes(table: pd.DataFrame) -> npt.NDArray[np.uint64]:
    """What each row holds: the same for the same values under the same names, on any database."""
    columns = {
        name: column.astype(np.float64)
        if pd.api.types.is_numeric_dtype(column)
        else column.astype(object).where(column.notna(), "").astype(str)
        for name, column in sorted(table.items())
    }
    hashes = pd.util.hash_pandas_object(pd.DataFrame(columns), index=False)
    return np.asarray(hashes, dtype=np.uint64)
