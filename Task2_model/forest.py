"""Boosted trees as lookup tables: the form in which the server runs them.

A row meets no branch on its way: this is QuickScorer of Lucchese, Nardini, Orlando, Perego,
Tonellotto and Venturini (SIGIR 2015). The leaves of a tree are numbered from left to right, a bit
each. A row that goes right at a split loses the leaves on its left, so for each bin between two
thresholds of a feature it is known beforehand which leaves of each tree are left: a bit mask. The
masks of all of a row's bins, ANDed, have the row's leaf as their lowest bit.

Two things are looked up at once: the masks of features that have few bins, in a table of their
combinations, and the leaves of two trees, in a table of what they add up to.

The server imports this module, so it needs nothing but NumPy.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from Task2_model.contract import Floats, Rows
from Task2_model.forest_file import ForestFile
from Task2_model.mask_table import Masks

MASKS_AT_ONCE = 2**18  # fit into a core's cache; with fewer, threads would often wait for the lock
JOINED_BINS = 256  # at most, of features that share a table: more cost memory, and save little
PAIRED_BITS = 16  # of masks, for tables of what a tree and its neighbour add up to
# A product with one of these has in its highest bits a number for each power of two, each a
# different one: de Bruijn sequences (Leiserson, Prokop and Randall, MIT 1998).
DE_BRUIJN = {16: 0x09AF, 32: 0x077CB531, 64: 0x03F79D71B4CB0A89}
MOST_LEAVES = max(DE_BRUIJN)  # of a tree: bits of the widest mask
REGRESSION_PARTS = 3  # of a member that has a specialist, which stands in the middle


Indices = npt.NDArray[np.intp]
Added = Callable[[Masks], Floats]  # masks (n, trees) of possible leaves: sums (n, sums)


class _Column(NamedTuple):
    """How a feature's value leads to a row of its table: there, bins are `stride` apart."""

    thresholds: npt.NDArray[np.float32]
    sorted_thresholds: list[float]
    gap: int  # the bin of what is missing, the last
    table: int
    stride: int


class Forest:
    """All trees of an ensemble, ready to answer: a `Runtime`.

    Parameters
    ----------
    file : ForestFile
    """

    def __init__(self, file: ForestFile) -> None:
        sums = np.arange(len(file.trees)).reshape(file.members, -1)
        has_specialists = not file.probabilities and sums.shape[1] == REGRESSION_PARTS
        special = [1] if has_specialists else []
        order = np.concatenate([np.delete(sums, special, axis=1).ravel(), sums[:, special].ravel()])
        bits = file.leaves.shape[1]
        self._probabilities = file.probabilities
        self._parts = sums.shape[1]  # of a member
        self._special = len(special)  # of these
        self._members = file.members
        self._base, self._order, self._inverse = file.base[order], order, np.argsort(order)
        self._together = 2 if bits == PAIRED_BITS else 1  # trees
        trees = _trees_in_order(file.trees, order, self._together)
        widths = -(-file.trees[order] // self._together)
        self._ends = np.concatenate([[0], np.cumsum(widths)])  # of sums, counted in lookups
        self._columns, self._begins, masks = _tables(file, trees)
        kind = masks.dtype.type
        self._factor, self._shift = kind(DE_BRUIJN[bits]), kind(bits - bits.bit_length() + 1)
        self._keep(masks, self._by_hash(np.append(file.leaves, np.zeros((1, bits)), axis=0)[trees]))

    def __call__(self, rows: Rows) -> Floats:
        """The parts (n, members x parts) of inputs (n, columns)."""
        if len(rows) == 1:
            return self._finished(self._one(rows[0].tolist()))
        return self._finished(self._sums(rows, 0, self._members))

    def of_member(self, rows: Rows, member: int) -> Floats:
        """The parts (n, parts) of one member."""
        return self._finished(self._sums(rows, member, member + 1))

    def _keep(self, masks: Masks, leaves: Floats) -> None:
        """Keep what is looked up: masks (bins, trees), and leaves (trees, bits) by their hashes."""
        self._masks, self._values = masks, self._added_up(leaves)
        self._firsts = self._firsts_of(self._values, self._ends[-1])

    def _firsts_of(self, values: Floats, lookups: int) -> Masks:
        """Where each lookup's values begin, in the kind of number that hashes are."""
        kind = np.uint32 if self._together > 1 else self._factor.dtype
        return np.arange(0, len(values), len(values) // lookups, dtype=kind)

    def _by_hash(self, leaves: Floats) -> Floats:
        """Leaves (trees, bits) from left to right, in the order of their bits' hashes."""
        bits, kind = leaves.shape[1], self._factor.dtype
        lowest = np.ones(bits, kind) << np.arange(bits, dtype=kind)
        hashed = np.empty_like(leaves)
        hashed[:, lowest * self._factor >> self._shift] = leaves
        return hashed

    def _added_up(self, leaves: Floats) -> Floats:
        """The values (lookups x combinations,) of leaves (trees, bits) by their hashes."""
        if self._together == 1:
            return leaves.ravel()
        low, high = (0, 1) if sys.byteorder == "little" else (1, 0)
        return np.asarray(leaves[high::2, :, None] + leaves[low::2, None, :]).ravel()

    def _finished(self, sums: Floats) -> Floats:
        if not self._probabilities:
            return sums
        probabilities = _probabilities(
            sums.reshape(len(sums), sums.shape[1] // self._parts, self._parts)
        )
        return probabilities.reshape(len(sums), probabilities.shape[1] * probabilities.shape[2])

    def _one(self, row: list[float]) -> Floats:
        """The sums (1, members x parts) of a row, whose bins a list finds faster than an array."""
        indices, last = self._begins.tolist(), len(self._order)
        for value, (_, thresholds, gap, table, stride) in zip(row, self._columns, strict=True):
            if value == value:  # noqa: PLR0124 (not NaN)
                indices[table] += stride * bisect_left(thresholds, value)
            else:
                indices[table] += stride * gap
                last = self._members * (self._parts - self._special)
        possible = self._possible(indices)[np.newaxis, : self._ends[last] * self._together]
        sums = self._added(possible, 0, last)
        if last == len(self._order):
            return sums.take(self._inverse, axis=1)
        placed = np.zeros((1, len(self._order)))
        placed[:, self._order[:last]] = sums
        return placed

    def _sums(self, rows: Rows, member: int, end: int) -> Floats:
        """The sums (n, parts) of members; a specialist's are 0 in rows with gaps."""
        indices = self._indices(rows)
        common = self._parts - self._special
        if not self._special:
            return self._looked_up(indices, member * common, end * common)
        whole = np.flatnonzero(~np.isnan(rows).any(axis=1))
        if len(whole) == len(rows) and end - member == self._members:
            return self._looked_up(indices, 0, len(self._order)).take(self._inverse, axis=1)
        placed = np.zeros((len(rows), end - member, self._parts))
        usual = self._looked_up(indices, member * common, end * common)
        placed[:, :, [0, -1]] = usual.reshape(*placed.shape[:2], common)
        if len(whole):
            first = self._members * common
            special = self._looked_up(indices[:, whole], first + member, first + end)
            placed[whole, :, 1] = special
        return placed.reshape(len(rows), usual.shape[1] + placed.shape[1])

    def _indices(self, rows: Rows) -> Indices:
        """Which rows of the masks (tables, n) are those of rows (n, features)."""
        indices = np.repeat(self._begins[:, None], len(rows), axis=1)
        for values, column in zip(np.ascontiguousarray(rows.T), self._columns, strict=True):
            bins = column.thresholds.searchsorted(values)
            bins[np.isnan(values)] = column.gap
            bins *= column.stride
            indices[column.table] += bins
        return indices

    def _looked_up(self, indices: Indices, first: int, last: int) -> Floats:
        """The sums (n, last - first), from the masks' rows (tables, n)."""
        masks = self._masks[:, self._trees_of(first, last)]
        return self._in_blocks(masks, indices, partial(self._added, first=first, last=last))

    def _trees_of(self, first: int, last: int) -> slice:
        """Which trees add up to some sums."""
        return slice(self._ends[first] * self._together, self._ends[last] * self._together)

    def _possible(self, indices: list[int]) -> Masks:
        """The masks (trees,) of one row, from those of its tables."""
        possible: Masks = np.bitwise_and.reduce(self._masks.take(indices, axis=0))
        return possible

    def _in_blocks(self, masks: Masks, indices: Indices, added: Added) -> Floats:
        """The sums (n, sums), from masks (rows, trees) and those of a row's tables (tables, n)."""
        at_once = max(32, MASKS_AT_ONCE // masks.shape[1])
        order = np.argsort(indices[0], kind="stable")  # of the largest table, like beside like
        sums = []
        for begin in range(0, max(len(order), 1), at_once):
            block = indices[:, order[begin : begin + at_once]]
            possible = masks[block[0]]
            for index in block[1:]:
                possible &= masks[index]
            sums.append(added(possible))
        sorted_sums = np.concatenate(sums)
        unsorted = np.empty_like(sorted_sums)
        unsorted[order] = sorted_sums
        return unsorted

    def _added(self, possible: Masks, first: int, last: int) -> Floats:
        """The sums (n, last - first), from the leaves (n, trees) that are possible."""
        firsts = self._firsts[self._ends[first] : self._ends[last]]
        return self._summed(self._taken(possible, self._values, firsts), first, last)

    def _taken(self, possible: Masks, values: Floats, firsts: Masks) -> Floats:
        """Of the values that `_added_up` made, those (n, lookups) of what is possible."""
        lowest = self._hashes(possible)
        if self._together > 1:  # two neighbours as one number, and that as few bits as they have
            lowest = lowest.view(np.uint32)
            lowest |= lowest >> 12
            lowest &= 0xFF
        lowest += firsts
        return np.asarray(values.take(lowest.astype(np.intp)))

    def _hashes(self, possible: Masks) -> Masks:
        """The hashes (n, trees) of the leftmost leaves that are possible."""
        lowest = possible & -possible
        lowest *= self._factor
        lowest >>= self._shift
        return lowest

    def _summed(self, values: Floats, first: int, last: int) -> Floats:
        """The sums (n, last - first) of values (n, lookups)."""
        starts = self._ends[first:last] - self._ends[first]
        return np.asarray(np.add.reduceat(values, starts, axis=1) + self._base[first:last])


def _trees_in_order(counts: npt.NDArray[np.int64], order: Indices, together: int) -> Indices:
    """The trees of sums in this order; each has as many as go together, by empty ones (-1)."""
    trees: list[int] = []
    firsts = np.cumsum(counts) - counts
    for first, count in zip(firsts[order].tolist(), counts[order].tolist(), strict=True):
        trees += [*range(first, first + count), *[-1] * (-count % together)]
    return np.array(trees, dtype=np.intp)


def _tables(file: ForestFile, trees: Indices) -> tuple[list[_Column], Indices, Masks]:
    """Each feature's column, each table's first row, and all tables' rows (bins, trees)."""
    bins = (file.counts + 2).tolist()
    ends = np.cumsum(bins).tolist()
    parts = np.split(file.thresholds, np.cumsum(file.counts)[:-1])
    columns: dict[int, _Column] = {}
    tables: list[Masks] = []
    for feature in sorted(range(len(bins)), key=bins.__getitem__, reverse=True):
        own = file.masks[ends[feature] - bins[feature] : ends[feature]].take(trees, axis=1)
        own[:, trees < 0] = 1
        fitting = (t for t, table in enumerate(tables) if len(table) * len(own) <= JOINED_BINS)
        at = next(fitting, len(tables))
        stride = len(tables[at]) if at < len(tables) else 1
        if stride == 1:
            tables.append(own)
        else:
            tables[at] = (own[:, None] & tables[at]).reshape(-1, len(trees))
        cuts = parts[feature]
        columns[feature] = _Column(cuts, cuts.tolist(), len(cuts) + 1, at, stride)
    sizes = np.array([len(table) for table in tables])
    begins = np.cumsum(sizes) - sizes
    return [columns[feature] for feature in range(len(bins))], begins, np.concatenate(tables)


def _probabilities(logits: Floats) -> Floats:
    """From logits (n, members, classes), or of the second of two alone."""
    if logits.shape[2] == 1:
        second = 1 / (1 + np.exp(-logits))
        return np.concatenate([1 - second, second], axis=2)
    powers = np.exp(logits - logits.max(axis=2, keepdims=True))
    return np.asarray(powers / powers.sum(axis=2, keepdims=True))
