"""The trained model in the forms that others run, instead of scikit-learn.

Every model becomes an ONNX graph, `model.onnx`, which any ONNX runtime takes. One that is made of
boosted trees alone, as the default is, becomes lookup tables as well, `forest.npz`, which the
server prefers. What its members have in common is `ensemble.npz`. A runtime is written only if it
agrees with the scikit-learn model on the training rows.
"""

from __future__ import annotations

import numpy as np

from Task1_database.errors import TrainingError
from Task2_model.artifact import ENSEMBLE, FOREST, GRAPH, ensemble_of
from Task2_model.contract import Contract, Floats, Rows
from Task2_model.ensemble import Ensemble
from Task2_model.forest import Forest
from Task2_model.model import PredictiveModel
from Task2_model.onnx_graph import onnx_graph

COMPARED_ROWS = 20_000  # at most: a million would take a minute, and find what these find
TOLERANCE = 1e-5  # relative; float32 itself carries about 1e-7
EPSILON = {"ONNX": float(np.finfo(np.float32).eps), "lookup tables": 4 * np.finfo(np.float64).eps}


def export(model: PredictiveModel, rows: Rows) -> dict[str, bytes]:
    """The files of the model's runtimes.

    Raises TrainingError where the model cannot be converted, or where a converted runtime
    differs from it on any of `rows` (n, features), or of the COMPARED_ROWS drawn from them: the
    error names the row, the output and both values.
    """
    try:
        graph = onnx_graph(model.contract, model.members_, model.ensemble_.scores)
    except Exception as error:  # skl2onnx raises many kinds for what it cannot convert
        reason = str(error).strip().splitlines()
        raise TrainingError(
            f"{type(model).__name__} cannot be exported to ONNX: {reason[0] if reason else error!r}"
        ) from error
    members = model.ensemble_.to_bytes()
    files = {ENSEMBLE: members, GRAPH: graph}
    runtimes = {"ONNX": ensemble_of(model.contract, members, graph)}
    if trees := model.forest_file:
        files[FOREST] = trees.to_bytes()
        runtimes["lookup tables"] = ensemble_of(model.contract, members, Forest(trees))
    _refuse_difference(model, runtimes, rows)
    return files


def _refuse_difference(model: PredictiveModel, runtimes: dict[str, Ensemble], rows: Rows) -> None:
    """Compare all runtimes on rows as they are, and with `x` alone: on all of them, if not many."""
    chosen = np.random.default_rng(0).permutation(len(rows))[:COMPARED_ROWS]
    first = np.arange(rows.shape[1]) == 0
    for given in (np.ones_like(first), first):
        sample = np.where(given, rows[chosen], np.float32(np.nan))
        order = np.lexsort(sample.T[::-1])  # trees answer like after like the fastest
        masked = sample[order]
        expected = _in_units(model.ensemble_, masked)
        for name, runtime in runtimes.items():
            got = _in_units(runtime, masked)
            apart = np.abs(got - expected) / _allowed(model.contract, expected, EPSILON[name])
            if not np.isfinite(got).all() or apart.max() > 1:
                worst = np.nan_to_num(apart, nan=np.inf).argmax()
                row, output = np.unravel_index(worst, apart.shape)
                number = chosen[order[row]] + 1
                raise TrainingError(
                    f"{type(model).__name__} changes when exported to {name}: training row "
                    f"{number}, output {output + 1} is {expected[row, output]:.9g}, "
                    f"exported {got[row, output]:.9g}; at most {TOLERANCE:g} relative is allowed"
                )


def _allowed(contract: Contract, expected: Floats, epsilon: float) -> Floats:
    """How far the outputs may be from those expected (n, outputs).

    The error of a probability is relative to the smaller of p and 1 - p, as is that of a logit;
    but what is made as 1 - p, with p near 1, is only as exact as numbers near 1 are.
    """
    if contract.task == "classification":
        rest = 1 - expected
        return TOLERANCE * np.minimum(expected, rest) + epsilon * np.maximum(expected, rest)
    sizes = np.abs(expected)
    typical = np.maximum(np.median(sizes, axis=0), 1e-12)
    return np.asarray(TOLERANCE * np.maximum(sizes, typical))


def _in_units(ensemble: Ensemble, rows: Rows) -> Floats:
    """The members' outputs side by side, in the units of the answer, as is the tolerance."""
    members = ensemble.members(rows)
    if ensemble.contract.task == "regression":
        members = members.copy()
        members[..., 1] = np.exp(members[..., 1])
        if ensemble.contract.target.logarithmic:
            members[..., 0] = np.exp(members[..., 0])
    return members.reshape(len(members), -1)
