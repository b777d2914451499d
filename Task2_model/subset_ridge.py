"""Ridge regression from any subset of the features, without a refit for each.

The sums Z'Z and Z'y of the training rows hold all that least squares needs. For the subset S of
the features that a row gives, the weights solve (Z'Z[S, S] + alpha I) w = Z'y[S]: exactly what
ridge regression on these features alone would find (Hoerl and Kennard, Technometrics 1970). The
sums of several parts of the rows add up, so leaving one part out costs no pass over the rows.

The server imports this module, so it needs nothing but NumPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from Task2_model.contract import Contract, Floats, Indices, Rows

ALPHA = 10.0
CLIP = 4.0  # standard deviations: further out, a straight line is trusted no further
FEWEST_OF_A_LEVEL = 5  # rows, for a category to have a weight of its own
MOST_COLUMNS = 200  # of the design: a subset's weights are solved for while someone waits
CACHED_BYTES = 2**25
ROWS_AT_ONCE = 50_000
SHORT_RUN = 100  # rows that give the same: shorter ones are better sorted first


@dataclass(frozen=True)
class Design:
    """Rows as standardised numbers and one column for each frequent category.

    Attributes
    ----------
    numbers, means, scales : arrays, shape (a,)
        The numeric features' indices, and what standardises them.
    categories, offsets : int arrays, shape (b,)
        The other features' indices, and where the codes of each begin in `columns`.
    columns : int array
        The design's column of each code; `len(owners)`, beyond the last, where it has none.
    owners : int array, shape (p,)
        The feature of each column of the design; the numbers come first.
    shares : float64 array, shape (p,)
        What each column is centred at: the category's share of the rows; 0 for numbers.
    """

    numbers: npt.NDArray[np.intp]
    means: Floats
    scales: Floats
    categories: npt.NDArray[np.intp]
    offsets: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    owners: npt.NDArray[np.intp]
    shares: Floats

    @classmethod
    def of(cls, contract: Contract, rows: Rows) -> Self:
        """The design of rows (n, features), which stay unaware of any outcome."""
        kinds = np.array([feature.kind == "category" for feature in contract.features])
        with np.errstate(invalid="ignore"):
            given = np.maximum((~np.isnan(rows)).sum(axis=0), 1)
            means = np.nansum(rows, axis=0, dtype=np.float64) / given
            scales = np.sqrt(np.nansum((rows - means) ** 2, axis=0, dtype=np.float64) / given)
        numbers = np.flatnonzero(~kinds & (scales > 1e-9 * np.abs(means)) & (scales > 0))
        categories = np.flatnonzero(kinds)
        sizes = [len(contract.features[feature].categories) for feature in categories]
        counts = [
            np.bincount(column[~np.isnan(column)].astype(np.intp), minlength=size)
            for column, size in zip(rows[:, categories].T, sizes, strict=True)
        ]
        counted = np.concatenate([np.empty(0, np.intp), *counts])
        of_code = np.repeat(categories, sizes)
        kept = np.flatnonzero(counted >= FEWEST_OF_A_LEVEL)
        most = max(0, MOST_COLUMNS - len(numbers))
        kept = np.sort(kept[np.argsort(-counted[kept], kind="stable")][:most])
        owners = np.concatenate([numbers, of_code[kept]])
        columns = np.full(len(counted), len(owners))
        columns[kept] = len(numbers) + np.arange(len(kept))
        return cls(
            numbers,
            means[numbers],
            scales[numbers],
            categories,
            np.cumsum([0, *sizes[:-1]])[: len(sizes)],
            columns,
            owners,
            np.concatenate([np.zeros(len(numbers)), counted[kept] / given[of_code[kept]]]),
        )

    def standardised(self, rows: Rows) -> Floats:
        """The numbers (n, a) in standard deviations from their mean; 0 where one is missing."""
        values = (rows[:, self.numbers] - self.means) / self.scales
        values = np.minimum(np.maximum(values, -CLIP), CLIP)
        values[np.isnan(values)] = 0.0
        return np.asarray(values, dtype=np.float64)

    def levels(self, rows: Rows) -> npt.NDArray[np.intp]:
        """The column (n, b) of each category; `len(owners)` where it has none or is missing."""
        codes = rows[:, self.categories]
        missing = np.isnan(codes)
        indices = np.where(missing, 0, codes).astype(np.intp) + self.offsets
        columns = np.append(self.columns, len(self.owners))  # where the last category has no value
        return np.where(missing, len(self.owners), columns[indices])

    def indicators(self, rows: Rows) -> Floats:
        """The design (n, p) before it is centred: a missing category is 0 in all its columns."""
        design = np.zeros((len(rows), len(self.owners) + 1))
        design[:, : len(self.numbers)] = self.standardised(rows)
        np.put_along_axis(design, self.levels(rows), 1.0, axis=1)
        return design[:, :-1]

    def matrix(self, rows: Rows) -> Floats:
        """The whole design (n, p), in which what is missing is 0, the mean."""
        given = ~np.isnan(rows)[:, self.owners]
        return np.asarray(self.indicators(rows) - self.shares * given)


@dataclass(frozen=True)
class Moments:
    """The sums over rows that least squares needs: they add up over parts of the rows.

    `gram` is Z'Z (p, p), `cross` Z'y (p, outputs), `design` and `target` the sums of Z and y.
    """

    count: float
    gram: Floats
    cross: Floats
    design: Floats
    target: Floats

    @classmethod
    def of(cls, design: Design, rows: Rows, target: Floats) -> Moments:
        """The sums over rows (n, features) with their targets (n, outputs)."""
        parts = []
        for begin in range(0, max(len(rows), 1), ROWS_AT_ONCE):
            z, y = design.matrix(rows[begin : begin + ROWS_AT_ONCE]), target[begin:][:ROWS_AT_ONCE]
            parts.append(cls(len(z), z.T @ z, z.T @ y, z.sum(axis=0), y.sum(axis=0)))
        return cls.total(parts)

    @classmethod
    def total(cls, parts: Iterable[Moments]) -> Moments:
        """The sums over all rows of several parts."""
        together = list(parts)
        return cls(*(sum(getattr(part, f.name) for part in together) for f in fields(cls)))


class PreparedRows(NamedTuple):
    """Rows ready to be asked for one subset after the other.

    `design` (n, p) is as `Design.indicators` makes it; `given` (n, bytes) has the bits of the
    features that each row gives.
    """

    design: Floats
    given: npt.NDArray[np.uint8]


class Solved(NamedTuple):
    """The regressions on one subset, ready to be applied to rows that give it.

    Attributes
    ----------
    weights : float64 array, shape (p + 1, members x outputs)
        Of each column of the design; the last, of what has no column, are 0.
    intercepts : float64 array, shape (members x outputs,)
    of_numbers : float64 array, shape (numbers, members x outputs)
        The weights of the numbers that the subset has.
    numbers : list
        The feature, mean and scale of each of these.
    categories : list
        The feature of each category that the subset has, and where its codes begin.
    """

    weights: Floats
    intercepts: Floats
    of_numbers: Floats
    numbers: list[tuple[int, float, float]]
    categories: list[tuple[int, int]]


@dataclass(frozen=True)
class SubsetRidge:
    """Several ridge regressions on one design, each from rows of its own.

    Attributes
    ----------
    design : Design
    gram, cross : float64 arrays, shapes (members, p, p) and (members, p, outputs)
        The centred sums of each member's rows.
    means, intercepts : float64 arrays, shapes (members, p) and (members, outputs)
        The means of its design and of its target.
    """

    design: Design
    gram: Floats
    cross: Floats
    means: Floats
    intercepts: Floats

    @classmethod
    def of(cls, design: Design, members: Iterable[Moments]) -> Self:
        """One regression for each of the sums."""
        gram, cross, means, intercepts = [], [], [], []
        for sums in members:
            mean, intercept = sums.design / sums.count, sums.target / sums.count
            gram.append(sums.gram - np.outer(sums.design, mean))
            cross.append(sums.cross - np.outer(sums.design, intercept))
            means.append(mean)
            intercepts.append(intercept)
        return cls(design, *map(np.array, (gram, cross, means, intercepts)))

    def __call__(self, rows: Rows) -> Floats:
        """What each member says of rows (n, features): scores (n, members, outputs)."""
        if len(rows) == 1:
            given = np.packbits(~np.isnan(rows[0]))
            return self._one(rows[0].tolist(), self._solved(given))
        return self.masked(self.prepare(rows))

    def prepare(self, rows: Rows) -> PreparedRows:
        """Rows (n, features), for `masked`."""
        given = np.packbits(~np.isnan(rows), axis=1)
        return PreparedRows(self.design.indicators(rows), given)

    def masked(self, rows: PreparedRows, subset: npt.NDArray[np.bool_] | None = None) -> Floats:
        """The scores (n, members, outputs) of rows with all but a subset (features,) masked.

        What is masked has no weight, whatever its value.
        """
        design, given = rows
        if subset is not None:
            given = given & np.packbits(subset)
        out = np.empty((len(given), *self.intercepts.shape))
        for own in _by_subset(given):
            solved = self._solved(given[own][0])
            scores = design[own] @ solved.weights[:-1] + solved.intercepts
            out[own] = scores.reshape(-1, *self.intercepts.shape)
        return out

    def weights(self, given: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """The weights (members, p, outputs) and intercepts (members, outputs) of a subset."""
        used = np.flatnonzero(given[self.design.owners])
        weights = np.zeros_like(self.cross)
        if len(used):
            gram = self.gram[:, used[:, None], used] + ALPHA * np.eye(len(used))
            weights[:, used] = np.linalg.solve(gram, self.cross[:, used])
        return weights, self.intercepts - np.einsum("mp,mpo->mo", self.means, weights)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """All arrays by name; `from_arrays` takes them back."""
        design = {f"design_{name}": array for name, array in asdict(self.design).items()}
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "design"}
        return {**design, **own}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """What `to_arrays` gave."""
        design = Design(**{f.name: arrays[f"design_{f.name}"] for f in fields(Design)})
        return cls(design, **{f.name: arrays[f.name] for f in fields(cls) if f.name != "design"})

    @cached_property
    def _cache(self) -> dict[bytes, Solved]:
        return {}

    def _solved(self, packed: npt.NDArray[np.uint8]) -> Solved:
        key = packed.tobytes()
        solved = self._cache.get(key)
        if solved is None:
            solved = self._solve(np.unpackbits(packed).astype(bool))
            if len(self._cache) * solved.weights.nbytes > CACHED_BYTES:
                self._cache.clear()
            self._cache[key] = solved
        return solved

    def _solve(self, given: npt.NDArray[np.bool_]) -> Solved:
        design = self.design
        weights, intercepts = self.weights(given)
        intercepts = intercepts - np.einsum("p,mpo->mo", design.shares, weights)
        flat = np.zeros((weights.shape[1] + 1, intercepts.size))
        flat[:-1] = weights.transpose(1, 0, 2).reshape(-1, intercepts.size)
        used = np.flatnonzero(given[design.numbers])
        numbers = zip(
            design.numbers[used].tolist(),
            design.means[used].tolist(),
            design.scales[used].tolist(),
            strict=True,
        )
        known = given[design.categories]
        categories = zip(
            design.categories[known].tolist(), design.offsets[known].tolist(), strict=True
        )
        return Solved(flat, intercepts.ravel(), flat[used], list(numbers), list(categories))

    def _one(self, row: list[float], solved: Solved) -> Floats:
        """The scores of a single row, for which lists are faster than arrays."""
        values = [
            min(max((row[feature] - mean) / scale, -CLIP), CLIP)
            for feature, mean, scale in solved.numbers
        ]
        scores = solved.intercepts + values @ solved.of_numbers
        for feature, offset in solved.categories:
            scores += solved.weights[self.design.columns[offset + int(row[feature])]]
        return np.asarray(scores.reshape(1, *self.intercepts.shape))


def _by_subset(packed: npt.NDArray[np.uint8]) -> list[slice] | list[Indices]:
    """Which rows (n, bytes) are alike: runs, if they are long, or else what a sort finds."""
    is_other = (packed[1:] != packed[:-1]).any(axis=1)
    begins = np.concatenate([[0], np.flatnonzero(is_other) + 1, [len(packed)]])
    if not is_other.any() or len(begins) * SHORT_RUN <= len(packed):
        return [slice(*ends) for ends in pairwise(begins.tolist())]
    subsets, inverse = np.unique(packed.view(f"V{packed.shape[1]}").ravel(), return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    return np.split(order, np.cumsum(np.bincount(inverse, minlength=len(subsets)))[:-1])
