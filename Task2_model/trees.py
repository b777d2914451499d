"""scikit-learn's gradient-boosted trees, turned into a `Forest`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from Task2_model.forest import DE_BRUIJN, MOST_LEAVES, Forest
from Task2_model.model import PredictiveModel

BOOSTED = (HistGradientBoostingRegressor, HistGradientBoostingClassifier)
AS_THEY_ARE = ("squared_error", "absolute_error", "quantile", "log_loss")  # losses whose sums count


class Split(NamedTuple):
    """A row whose value is above the threshold goes right, and loses the leaves of `left`."""

    feature: int
    threshold: np.float32
    hidden_left: bool
    left: int


class Tree(NamedTuple):
    """A tree's splits, and its leaves' values from left to right."""

    splits: list[Split]
    leaves: list[float]


def forest(model: PredictiveModel) -> Forest | None:
    """The trees of a model; None where it is, even in part, made of something else."""
    estimators = [model.location_, *([model.scale_] if model.contract.task == "regression" else [])]
    if not all(map(_is_boosted, estimators)):
        return None
    sums = [trees for estimator in estimators for trees in _trees_by_sum(estimator)]
    trees = [tree for some in sums for tree in some]
    most = max(len(tree.leaves) for tree in trees)
    if most > MOST_LEAVES:
        return None
    bits = min(width for width in DE_BRUIJN if width >= most)
    thresholds = _thresholds(trees, len(model.contract.features))
    leaves = np.zeros((len(trees), bits))
    for values, tree in zip(leaves, trees, strict=True):
        values[: len(tree.leaves)] = tree.leaves
    return Forest(
        thresholds=np.concatenate(thresholds),
        counts=np.array([len(some) for some in thresholds]),
        masks=_masks(trees, thresholds, bits),
        leaves=leaves,
        trees=np.array([len(some) for some in sums]),
        base=np.concatenate([np.ravel(each._baseline_prediction) for each in estimators]),
        probabilities=model.contract.task == "classification",
    )


def _is_boosted(estimator: Any) -> bool:
    return (
        isinstance(estimator, BOOSTED)
        and estimator.loss in AS_THEY_ARE
        and not any(tree.nodes["is_categorical"].any() for tree in _predictors(estimator))
    )


def _predictors(estimator: Any) -> Iterator[Any]:
    return (tree for trees in estimator._predictors for tree in trees)


def _trees_by_sum(estimator: Any) -> list[list[Tree]]:
    """One list of trees for a number or the second of two classes, else one for each class."""
    return [
        [_tree(trees[place].nodes) for trees in estimator._predictors]
        for place in range(estimator.n_trees_per_iteration_)
    ]


def _tree(nodes: npt.NDArray[Any]) -> Tree:
    tree = Tree([], [])

    def leaves_below(index: int) -> int:
        node = nodes[index]
        if node["is_leaf"]:
            tree.leaves.append(node["value"])
            return 1 << len(tree.leaves) - 1
        left, right = leaves_below(node["left"]), leaves_below(node["right"])
        threshold, hidden = np.float32(node["num_threshold"]), bool(node["missing_go_to_left"])
        tree.splits.append(Split(node["feature_idx"], threshold, hidden, left))
        return left | right

    leaves_below(0)
    return tree


def _thresholds(trees: list[Tree], features: int) -> list[npt.NDArray[np.float32]]:
    """For each feature, where the trees cut it, in rising order."""
    cuts: list[set[np.float32]] = [set() for _ in range(features)]
    for tree in trees:
        for split in tree.splits:
            cuts[split.feature].add(split.threshold)
    return [np.array(sorted(some), dtype=np.float32) for some in cuts]


def _masks(
    trees: list[Tree], thresholds: list[npt.NDArray[np.float32]], bits: int
) -> npt.NDArray[np.unsignedinteger]:
    ends = np.cumsum([len(some) + 2 for some in thresholds]).tolist()
    every = 2**bits - 1
    masks = np.full((ends[-1], len(trees)), every, dtype=f"uint{bits}")
    for place, tree in enumerate(trees):
        for split in tree.splits:
            cuts, hidden = thresholds[split.feature], ends[split.feature] - 1
            above = hidden - len(cuts) + int(cuts.searchsorted(split.threshold))
            end = hidden + (not split.hidden_left)
            masks[above:end, place] &= masks.dtype.type(every ^ split.left)
    return masks
