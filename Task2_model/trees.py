"""scikit-learn's gradient-boosted trees, turned into what a `Forest` is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from Task2_model.category_order import Ranks
from Task2_model.contract import Contract
from Task2_model.fitting import BOOSTED
from Task2_model.forest import DE_BRUIJN, MOST_LEAVES
from Task2_model.forest_file import ForestFile
from Task2_model.training import Member

AS_THEY_ARE = ("squared_error", "absolute_error", "quantile", "log_loss")  # losses whose sums count

Cuts = npt.NDArray[np.float32]  # a feature's thresholds, in rising order
Bins = npt.NDArray[np.bool_]  # which of a feature's bins go right, that of missing values last


class Branch(NamedTuple):
    """A row whose value is above the threshold goes right, and loses the leaves of `left`.

    The threshold of a category is one of ranks, which are those of the member.
    """

    feature: int
    threshold: np.float32
    missing_left: bool
    left: int


class Tree(NamedTuple):
    """A tree's splits, its leaves' values from left to right, and the ranks of its member."""

    splits: list[Branch]
    leaves: list[float]
    ranks: Ranks


def forest(contract: Contract, members: Sequence[Member], scores: int) -> ForestFile | None:
    """The trees of a model; None where it is, even in part, made of something else.

    `scores` is how many columns each member's ridge adds to the features.
    """
    estimators = [part for member in members for part in member.parts]
    if not all(map(_is_boosted, estimators)):
        return None
    inputs = _Inputs(contract, len(members), scores)
    sums = [
        trees
        for index, member in enumerate(members)
        for part in member.parts
        for trees in _trees_by_sum(part, member.ranks, inputs, index)
    ]
    trees = [tree for some in sums for tree in some]
    most = max(len(tree.leaves) for tree in trees)
    if most > MOST_LEAVES:
        return None
    bits = min(width for width in DE_BRUIJN if width >= most)
    thresholds = _thresholds(trees, inputs)
    leaves = np.zeros((len(trees), bits))
    for values, tree in zip(leaves, trees, strict=True):
        values[: len(tree.leaves)] = tree.leaves
    return ForestFile(
        thresholds=np.concatenate(thresholds),
        counts=np.array([len(some) for some in thresholds]),
        masks=_masks(trees, thresholds, bits),
        leaves=leaves,
        trees=np.array([len(some) for some in sums]),
        base=np.concatenate([np.ravel(each._baseline_prediction) for each in estimators]),
        members=len(members),
        probabilities=contract.task == "classification",
    )


class _Inputs:
    """The columns of a forest: the features, then the scores of each member's ridge."""

    def __init__(self, contract: Contract, members: int, scores: int) -> None:
        self.features, self.scores = len(contract.features), scores
        self.count = self.features + members * scores
        self.categories = {
            index: len(feature.categories)
            for index, feature in enumerate(contract.features)
            if feature.kind == "category"
        }

    def column(self, own: int, member: int) -> int:
        """The column of all that is a member's own one."""
        return own if own < self.features else own + member * self.scores


def _is_boosted(estimator: Any) -> bool:
    return (
        isinstance(estimator, BOOSTED)
        and estimator.loss in AS_THEY_ARE
        and not any(tree.nodes["is_categorical"].any() for tree in _predictors(estimator))
    )


def _predictors(estimator: Any) -> Iterator[Any]:
    return (tree for trees in estimator._predictors for tree in trees)


def _trees_by_sum(
    estimator: Any, ranks: Ranks, inputs: _Inputs, member: int
) -> Iterator[list[Tree]]:
    """One list of trees for a number or the second of two classes, else one for each class."""
    for index in range(estimator.n_trees_per_iteration_):
        trees = (_tree(trees[index].nodes, ranks) for trees in estimator._predictors)
        yield [
            tree._replace(
                splits=[s._replace(feature=inputs.column(s.feature, member)) for s in tree.splits]
            )
            for tree in trees
        ]


def _tree(nodes: npt.NDArray[Any], ranks: Ranks) -> Tree:
    tree = Tree([], [], ranks)

    def leaves_below(index: int) -> int:
        node = nodes[index]
        if node["is_leaf"]:
            tree.leaves.append(node["value"])
            return 1 << len(tree.leaves) - 1
        left, right = leaves_below(node["left"]), leaves_below(node["right"])
        threshold, missing = np.float32(node["num_threshold"]), bool(node["missing_go_to_left"])
        tree.splits.append(Branch(int(node["feature_idx"]), threshold, missing, left))
        return left | right

    leaves_below(0)
    return tree


def _thresholds(trees: list[Tree], inputs: _Inputs) -> list[Cuts]:
    """For each column, where the trees cut it; between all codes of a category."""
    cuts: list[set[np.float32]] = [set() for _ in range(inputs.count)]
    for tree in trees:
        for split in tree.splits:
            cuts[split.feature].add(split.threshold)
    thresholds = [np.array(sorted(some), dtype=np.float32) for some in cuts]
    for index, size in inputs.categories.items():
        thresholds[index] = np.arange(size - 1, dtype=np.float32)
    return thresholds


def _masks(trees: list[Tree], thresholds: list[Cuts], bits: int) -> npt.NDArray[np.unsignedinteger]:
    """Which leaves each bin leaves possible: a category has a bin of its own, whatever its rank."""
    ends = np.cumsum([len(some) + 2 for some in thresholds]).tolist()
    every = 2**bits - 1
    masks = np.full((ends[-1], len(trees)), every, dtype=f"uint{bits}")
    for index, tree in enumerate(trees):
        for split in tree.splits:
            end, cuts = ends[split.feature], thresholds[split.feature]
            right = _right(split, cuts, tree.ranks.get(split.feature))
            bins = masks[end - len(right) : end, index]
            bins[right] &= masks.dtype.type(every ^ split.left)
    return masks


def _right(split: Branch, cuts: Cuts, ranks: Cuts | None) -> Bins:
    right = np.empty(len(cuts) + 2, dtype=bool)
    if ranks is None:
        right[:-1] = np.arange(len(cuts) + 1) > cuts.searchsorted(split.threshold)
    else:
        right[:-1] = ranks > split.threshold
    right[-1] = not split.missing_left
    return right
