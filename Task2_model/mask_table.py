"""The bit masks of a forest's bins, in a fifth of the memory that they would take side by side.

From a bin to the next only the trees change that have a threshold between the two. So the masks
are cut into blocks of neighbouring trees, and a block is kept once for all bins in which it is the
same.

The server imports this module, so it needs nothing but NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

WIDEST = 32  # trees of a block; fewer make more of them, more make fewer of them equal
AT_ONCE = 64  # bins whose masks are set side by side, so that no other copy is as large

Masks = npt.NDArray[np.unsignedinteger]


@dataclass(frozen=True)
class MaskTable:
    """Masks (bins, trees), which are looked up by their bin.

    Attributes
    ----------
    blocks : unsigned int array, shape (different blocks, trees of a block)
    positions : unsigned int array, shape (bins, blocks of a bin)
        Which blocks, from left to right, are the masks of a bin.
    begin, end : int
        The trees that count, of those in the blocks; the others fill these up.
    """

    blocks: Masks
    positions: npt.NDArray[np.unsignedinteger]
    begin: int
    end: int

    @classmethod
    def of(cls, masks: Masks) -> MaskTable:
        """The table of masks (bins, trees)."""
        bins, trees = masks.shape
        count = -(-trees // WIDEST)  # blocks of a bin, as even as can be
        padded = np.pad(masks, ((0, 0), (0, -trees % count)))
        side_by_side = padded.reshape(bins, count, -1).swapaxes(0, 1)
        is_new = np.ones(side_by_side.shape[:2], dtype=bool)
        is_new[:, 1:] = (side_by_side[:, 1:] != side_by_side[:, :-1]).any(axis=2)
        changes = np.ascontiguousarray(np.cumsum(is_new.ravel()).reshape(is_new.shape).T) - 1
        blocks = side_by_side[is_new]
        whole = blocks.view(f"V{blocks[0].nbytes}").ravel()
        _, which, positions = np.unique(whole, return_index=True, return_inverse=True)
        small = np.min_scalar_type(len(which))
        return cls(blocks[which], positions.astype(small)[changes], 0, trees)

    def of_trees(self, begin: int, end: int) -> MaskTable:
        """Of some of the trees, for which nothing is copied."""
        begin, end = self.begin + begin, self.begin + end
        width = self.blocks.shape[1]
        first = begin // width
        positions, skipped = self.positions[:, first : -(-end // width)], first * width
        return replace(self, positions=positions, begin=begin - skipped, end=end - skipped)

    @property
    def trees(self) -> int:
        """How many count."""
        return self.end - self.begin

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger]:
        """The kind of the masks, which have a bit for each leaf."""
        return self.blocks.dtype

    def together(self, bins: list[int]) -> Masks:
        """The masks (trees,) of some bins, ANDed."""
        masks = self.blocks.take(self.positions.take(bins, axis=0), axis=0)
        together: Masks = np.bitwise_and.reduce(masks).ravel()
        return together[self.begin : self.end]

    def take(self, bins: npt.NDArray[np.intp]) -> Masks:
        """The masks (n, trees) of bins (n,)."""
        positions = self.positions.take(bins, axis=0)
        width = positions.shape[1] * self.blocks.shape[1]
        return self.blocks.take(positions, axis=0).reshape(len(bins), width)[
            :, self.begin : self.end
        ]

    def side_by_side(self) -> Masks:
        """The masks (bins, trees) of all bins: looked up faster, and as large as they were."""
        made = np.empty((len(self.positions), self.trees), self.dtype)
        for begin in range(0, len(made), AT_ONCE):
            some = np.arange(begin, min(begin + AT_ONCE, len(made)))
            made[some[0] : some[-1] + 1] = self.take(some)
        return made
