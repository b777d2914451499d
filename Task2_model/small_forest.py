"""A forest in a third of the memory: for one of many models in a service.

It answers as `Forest` does, to the last bit. What makes that one fast for many rows is made of the
little that is kept here whenever many are asked, and forgotten.

The server imports this module, so it needs nothing but NumPy.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from Task2_model.contract import Floats
from Task2_model.forest import Forest, Indices
from Task2_model.mask_table import Masks, MaskTable

MANY_ROWS = 300  # for which the large tables are worth their making


class SmallForest(Forest):
    """All trees of an ensemble, ready to answer: a `Runtime`."""

    def _keep(self, masks: Masks, leaves: Floats) -> None:
        self._table, self._leaves = MaskTable.of(masks), leaves
        self._leaf_firsts = np.arange(len(leaves)) * leaves.shape[1]

    def _possible(self, indices: list[int]) -> Masks:
        return self._table.together(indices)

    def _looked_up(self, indices: Indices, first: int, last: int) -> Floats:
        trees = self._trees_of(first, last)
        table = self._table.of_trees(trees.start, trees.stop)
        if indices.shape[1] < MANY_ROWS:
            each = np.arange(indices.size).reshape(indices.shape)
            added = partial(self._added, first=first, last=last)
            return self._in_blocks(table.take(indices.ravel()), each, added)
        values = self._added_up(self._leaves[trees])
        firsts = self._firsts_of(values, self._ends[last] - self._ends[first])
        return self._in_blocks(
            table.side_by_side(),
            indices,
            lambda possible: self._summed(self._taken(possible, values, firsts), first, last),
        )

    def _added(self, possible: Masks, first: int, last: int) -> Floats:
        firsts = self._leaf_firsts[self._trees_of(first, last)]
        values: Floats = self._leaves.take(self._hashes(possible).astype(np.intp) + firsts)
        if self._together > 1:
            values = values[:, ::2] + values[:, 1::2]
        return self._summed(values, first, last)
