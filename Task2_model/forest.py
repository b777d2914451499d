"""Boosted trees as lookup tables: the form in which the server runs them.

A row meets no branch on its way: this is QuickScorer of Lucchese, Nardini, Orlando, Perego,
Tonellotto and Venturini (SIGIR 2015). The leaves of a tree are numbered from left to right, a bit
each. A row that goes right at a split loses the leaves on its left, so for each bin between two
thresholds of a feature it is known beforehand which leaves of each tree are left: a bit mask. The
masks of all of a row's bins, ANDed, have the row's leaf as their lowest bit.

The server imports this module, so it needs nothing but NumPy.
"""

from __future__ import annotations

import io
from bisect import bisect_left
from dataclasses import asdict, dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from Task2_model.contract import Floats, Rows

MASKS_AT_ONCE = 2**17  # fit into a core's cache
# A product with one of these has in its highest bits a number for each power of two, each a
# different one: de Bruijn sequences (Leiserson, Prokop and Randall, MIT 1998).
DE_BRUIJN = {16: 0x09AF, 32: 0x077CB531, 64: 0x03F79D71B4CB0A89}
MOST_LEAVES = max(DE_BRUIJN)  # of a tree: bits of the widest mask


@dataclass(frozen=True)
class Forest:
    """All trees of an ensemble: a `Runtime`.

    The trees of the first member come first, and of these those of its first part.

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

    def __call__(self, rows: Rows) -> Floats:
        """The parts (n, members x parts) of inputs (n, columns)."""
        if len(rows) == 1:
            possible = np.bitwise_and.reduce(self.masks.take(self._bins_of(rows[0]), axis=0))
            return self._outputs(possible[np.newaxis])
        at_once = max(32, MASKS_AT_ONCE // len(self.leaves))
        blocks = [rows[begin : begin + at_once] for begin in range(0, len(rows), at_once)]
        outputs = [self._outputs(self._possible(block)) for block in blocks]
        return np.concatenate(outputs) if outputs else self._outputs(self.masks[:0])

    def of_member(self, rows: Rows, member: int) -> Floats:
        """The parts (n, parts) of one member."""
        return self._alone(member)(rows)

    def _alone(self, member: int) -> Forest:
        """A member as a forest of its own; made anew, since all of them would be as much again."""
        sums = len(self.trees) // self.members
        own = slice(member * sums, (member + 1) * sums)
        begin = int(self.trees[: own.start].sum())
        end = begin + int(self.trees[own].sum())
        return replace(
            self,
            masks=np.ascontiguousarray(self.masks[:, begin:end]),
            leaves=self.leaves[begin:end],
            trees=self.trees[own],
            base=self.base[own],
            members=1,
        )

    def to_bytes(self) -> bytes:
        """All arrays in NumPy's own format, without pickle."""
        buffer = io.BytesIO()
        np.savez(buffer, **asdict(self))
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Forest:
        """What `to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            single = {name: arrays[name].item() for name in ("members", "probabilities")}
            return cls(**{**arrays, **single})

    @cached_property
    def _features(self) -> list[tuple[npt.NDArray[np.float32], list[float], int, int]]:
        """Each feature's thresholds, as an array and as a list, its first bin and its last.

        The last bin is that of what is missing.
        """
        parts = np.split(self.thresholds, np.cumsum(self.counts)[:-1])
        ends = np.cumsum(self.counts + 2).tolist()
        return [
            (part, part.tolist(), end - len(part) - 2, end - 1)
            for part, end in zip(parts, ends, strict=True)
        ]

    def _bins_of(self, row: npt.NDArray[np.float32]) -> list[int]:
        """A single row's bins, which a list finds faster than an array."""
        return [
            first + bisect_left(sorted_, value) if value == value else gap  # noqa: PLR0124 (NaN)
            for value, (_, sorted_, first, gap) in zip(row.tolist(), self._features, strict=True)
        ]

    def _possible(self, rows: Rows) -> npt.NDArray[np.unsignedinteger]:
        """The masks (n, trees) of rows (n, features), ANDed over the features."""
        shape, kind = (len(rows), self.masks.shape[1]), self.masks.dtype
        possible = np.full(shape, np.iinfo(kind).max, kind)
        columns = np.ascontiguousarray(rows.T)
        for column, (thresholds, _, first, gap) in zip(columns, self._features, strict=True):
            bins = thresholds.searchsorted(column)
            bins += first
            bins[np.isnan(column)] = gap
            possible &= self.masks.take(bins, axis=0)
        return possible

    @cached_property
    def _hash(self) -> tuple[np.unsignedinteger, np.unsignedinteger]:
        """What tells the leaves' bits apart: a factor, and how far to shift its product."""
        kind, bits = self.masks.dtype.type, self.leaves.shape[1]
        return kind(DE_BRUIJN[bits]), kind(bits - bits.bit_length() + 1)

    @cached_property
    def _hashed(self) -> tuple[Floats, npt.NDArray[np.intp]]:
        """The leaves' values in the order of their hashes, and where each tree's begin."""
        factor, shift = self._hash
        trees, bits = self.leaves.shape
        lowest = np.ones(bits, self.masks.dtype) << np.arange(bits, dtype=self.masks.dtype)
        values = np.empty_like(self.leaves)
        values[:, lowest * factor >> shift] = self.leaves
        return values.ravel(), np.arange(trees) * bits

    @cached_property
    def _firsts(self) -> npt.NDArray[np.intp]:
        """The first tree of each sum."""
        return np.cumsum(self.trees) - self.trees

    def _outputs(self, possible: npt.NDArray[np.unsignedinteger]) -> Floats:
        """Sums, or probabilities, from the leaves (n, trees) that are possible."""
        factor, shift = self._hash
        values, begins = self._hashed
        lowest = possible & -possible
        lowest *= factor
        lowest >>= shift
        leaves = values.take(lowest.astype(np.intp) + begins)
        sums = np.add.reduceat(leaves, self._firsts, axis=1) + self.base
        if not self.probabilities:
            return sums
        logits = sums.reshape(len(sums), self.members, len(self.trees) // self.members)
        probabilities = _probabilities(logits)
        return probabilities.reshape(len(sums), probabilities.shape[1] * probabilities.shape[2])


def _probabilities(logits: Floats) -> Floats:
    """From logits (n, members, classes), or of the second of two alone."""
    if logits.shape[2] == 1:
        second = 1 / (1 + np.exp(-logits))
        return np.concatenate([1 - second, second], axis=2)
    powers = np.exp(logits - logits.max(axis=2, keepdims=True))
    return np.asarray(powers / powers.sum(axis=2, keepdims=True))
