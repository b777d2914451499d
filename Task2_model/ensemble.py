"""The models of all folds, answering together.

Each member has learned from other rows, so for every training row there is one that never saw it.
A member's answer has up to three parts: what its estimator says, what a ridge regression on the
features that are given says, and, where nothing is missing, what a specialist for whole rows says.

The server imports this module, so it needs nothing but NumPy.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from Task2_model.contract import Contract, Floats, Rows
from Task2_model.probability_map import ProbabilityMap
from Task2_model.subset_ridge import SubsetRidge

SPECIALIST_WEIGHT = 0.4


class Runtime(Protocol):
    """What makes the members' parts of rows: scikit-learn, lookup tables or an ONNX graph.

    The inputs (n, features + scores) are rows, for classification followed by the ridge's scores
    of each member. The parts (n, members x parts) of a member are, for regression, what its
    location model adds to the ridge, what its specialist says (where there is one) and the
    logarithm of the scale; for classification the probability of each class. The specialist's is
    of no account where a row has something missing.
    """

    def __call__(self, inputs: Rows, /) -> Floats:
        """The parts of all members, one member after the other."""
        ...

    def of_member(self, inputs: Rows, member: int, /) -> Floats:
        """The parts (n, parts) of one member."""
        ...


class Ensemble:
    """Raw outputs: location and log scale (regression), or the probability of each class.

    Parameters
    ----------
    contract : Contract
    ridge : SubsetRidge
        One regression for each member.
    weights : float64 array, shape (members,)
        What each member counts for in the answer.
    runtime : Runtime
    probability_map : ProbabilityMap or None
        What becomes of the class probabilities that the members agree on.

    Attributes
    ----------
    scores : int
        How many columns each member's ridge adds to the rows that the runtime is given.
    """

    def __init__(
        self,
        contract: Contract,
        ridge: SubsetRidge,
        weights: Floats,
        runtime: Runtime,
        probability_map: ProbabilityMap | None = None,
    ) -> None:
        self.contract = contract
        self.ridge = ridge
        self.weights = weights
        self.runtime = runtime
        self.probability_map = probability_map
        self._regression = contract.task == "regression"
        self.scores = 0 if self._regression else ridge.intercepts.shape[1]

    def __call__(self, rows: Rows) -> Floats:
        """The raw outputs (n, outputs) of the members together, for rows (n, features)."""
        scores, parts = self._parts(rows)
        return self._mapped(self._outputs(rows, self.mean(scores), self.mean(parts)))

    def together(self, members: Floats) -> Floats:
        """The raw outputs (n, outputs) of the members together, from those of each."""
        return self._mapped(self.mean(members))

    def _mapped(self, outputs: Floats) -> Floats:
        return outputs if self.probability_map is None else self.probability_map(outputs)

    def mean(self, members: Floats) -> Floats:
        """What members (n, members, outputs) say together (n, outputs)."""
        return np.asarray(self.weights @ members)

    def members(self, rows: Rows) -> Floats:
        """The raw outputs of each member: (n, members, outputs)."""
        return self._outputs(rows[:, None], *self._parts(rows))

    def of_folds(self, rows: Rows, folds: npt.NDArray[np.intp]) -> Floats:
        """The raw outputs (n, outputs) of the member that each row's fold (n,) names."""
        everything = np.ones((1, rows.shape[1]), dtype=bool)
        return np.asarray(self.of_subsets(rows, everything, folds)[0])

    def of_subsets(
        self, rows: Rows, subsets: npt.NDArray[np.bool_], folds: npt.NDArray[np.intp]
    ) -> Floats:
        """What `of_folds` says (m, n, outputs) of rows masked to each of subsets (m, features)."""
        prepared = self.ridge.prepare(rows)
        scores = np.array([self.ridge.masked(prepared, subset) for subset in subsets])
        masked = np.where(subsets[:, None], rows, np.float32(np.nan))
        count = 2 if self._regression else len(self.contract.target.classes)
        outputs = np.empty((*masked.shape[:2], count))
        for fold in np.flatnonzero(np.bincount(folds)).tolist():  # np.unique would load numpy.ma
            own = np.flatnonzero(folds == fold)
            inputs = self._inputs(*map(np.concatenate, (masked[:, own], scores[:, own])))
            parts = self.runtime.of_member(inputs, fold).reshape(len(subsets), len(own), -1)
            outputs[:, own] = self._outputs(masked[:, own], scores[:, own, fold], parts)
        return outputs

    def _parts(self, rows: Rows) -> tuple[Floats, Floats]:
        """Each member's scores (n, members, scores) and parts (n, members, parts)."""
        scores = self.ridge(rows)
        parts = self.runtime(self._inputs(rows, scores))
        return scores, parts.reshape(len(rows), len(self.weights), -1)

    def _inputs(self, rows: Rows, scores: Floats) -> Rows:
        if self._regression:
            return rows
        return np.concatenate([rows, scores.reshape(len(rows), -1)], axis=1, dtype=np.float32)

    def _outputs(self, rows: Rows, scores: Floats, parts: Floats) -> Floats:
        """From scores and parts (…, parts), and the rows (…, features) that they are of."""
        if not self._regression:
            return parts
        location = parts[..., 0] + scores[..., 0]
        if parts.shape[-1] > 2:
            whole = ~np.isnan(rows).any(axis=-1)
            location += SPECIALIST_WEIGHT * whole * (parts[..., 1] - location)
        outputs = np.empty((*location.shape, 2))
        outputs[..., 0], outputs[..., 1] = location, parts[..., -1]
        return outputs

    def to_bytes(self) -> bytes:
        """All but the runtime, in NumPy's own format, without pickle."""
        buffer = io.BytesIO()
        arrays: dict[str, Any] = {"weights": self.weights, **self.ridge.to_arrays()}
        if self.probability_map is not None:
            arrays |= {f"map_{name}": array for name, array in vars(self.probability_map).items()}
        np.savez(buffer, **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(
        cls, data: bytes, contract: Contract, runtime: Callable[[int], Runtime]
    ) -> Ensemble:
        """What `to_bytes` wrote, with the runtime of as many members."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            weights, ridge = arrays["weights"], SubsetRidge.from_arrays(arrays)
            mapped = None
            if "map_slopes" in arrays:
                mapped = ProbabilityMap(arrays["map_slopes"], arrays["map_intercepts"])
            return cls(contract, ridge, weights, runtime(len(weights)), mapped)


class SingleMember(Ensemble):
    """One member that stands for all, so that rows of its own fold can judge it."""

    def __init__(self, ensemble: Ensemble, member: int) -> None:
        super().__init__(
            ensemble.contract,
            ensemble.ridge,
            ensemble.weights,
            ensemble.runtime,
            ensemble.probability_map,
        )
        self.member = member

    def __call__(self, rows: Rows) -> Floats:
        """The raw outputs (n, outputs) of the one member."""
        return self._mapped(self._alone(rows))

    def members(self, rows: Rows) -> Floats:
        """The outputs of the one member, as if they were those of each."""
        return np.repeat(self._alone(rows)[:, None], len(self.weights), axis=1)

    def _alone(self, rows: Rows) -> Floats:
        return self.of_folds(rows, np.full(len(rows), self.member))

    def mean(self, members: Floats) -> Floats:
        """The outputs of the one member."""
        return members[:, self.member]
