"""The trained model in the forms that others run, instead of scikit-learn.

Every model becomes an ONNX graph, `model.onnx`, which any ONNX runtime takes. One that is made of
boosted trees alone, as the default is, becomes lookup tables as well, `forest.npz`, which the
server prefers. A form is written only if it agrees with the scikit-learn model on every training
row.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import onnx
import onnx.compose
import onnx.helper
from skl2onnx import to_onnx

from Task1_database.errors import TrainingError
from Task2_model.artifact import FOREST, GRAPH
from Task2_model.conformal import Floats, RawPredict
from Task2_model.contract import Contract, Rows
from Task2_model.graph import Graph
from Task2_model.model import PredictiveModel
from Task2_model.trees import forest

OPSET = {"": 18, "ai.onnx.ml": 3}
ROWS_WITH_X_ALONE = 10_000
TOLERANCE = 1e-5  # relative; float32 itself carries about 1e-7


def export(model: PredictiveModel, rows: Rows) -> dict[str, bytes]:
    """The files of the model's forms, each from `rows` (n, features) to raw outputs (n, outputs).

    Raises TrainingError where the model cannot be converted, or where a converted form
    differs from it on any of `rows`: the error names the row, the output and both values.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # protobuf refuses NumPy integers where they are errors
            graph = _graph(model, rows)
    except Exception as error:  # skl2onnx raises many kinds for what it cannot convert
        reason = str(error).strip().splitlines()
        raise TrainingError(
            f"{type(model).__name__} cannot be exported to ONNX: {reason[0] if reason else error!r}"
        ) from error
    files = {GRAPH: graph}
    forms: dict[str, RawPredict] = {"ONNX": Graph(graph)}
    if trees := forest(model):
        files[FOREST] = trees.to_bytes()
        forms["lookup tables"] = trees
    _refuse_difference(model, forms, rows)
    return files


def _graph(model: PredictiveModel, rows: Rows) -> bytes:
    if model.contract.task == "classification":
        options = {id(model.location_): {"zipmap": False}}
        single = to_onnx(model.location_, rows[:1], target_opset=OPSET, options=options)
        parts, outputs = [single], ["probabilities"]
    else:
        parts = [to_onnx(m, rows[:1], target_opset=OPSET) for m in (model.location_, model.scale_)]
        outputs = ["variable", "variable"]
    return bytes(_joined(parts, outputs, rows.shape[1]).SerializeToString())


def _joined(parts: list[Any], outputs: list[str], features: int) -> Any:
    """One graph that gives every part the same rows and puts their outputs side by side."""
    nodes, constants, columns = [], [], []
    for index, (part, output) in enumerate(zip(parts, outputs, strict=True)):
        named = onnx.compose.add_prefix(part, f"part{index}_").graph
        source = named.input[0].name
        nodes.append(onnx.helper.make_node("Identity", ["rows"], [source]))
        nodes.extend(named.node)
        constants.extend(named.initializer)
        columns.append(f"part{index}_{output}")
    nodes.append(onnx.helper.make_node("Concat", columns, ["raw"], axis=1))
    tensor = onnx.helper.make_tensor_value_info
    floats = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        nodes,
        "tablecast",
        [tensor("rows", floats, [None, features])],
        [tensor("raw", floats, [None, None])],
        constants,
    )
    opsets = [onnx.helper.make_opsetid(domain, version) for domain, version in OPSET.items()]
    joined = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=parts[0].ir_version)
    onnx.checker.check_model(joined)
    return joined


def _refuse_difference(model: PredictiveModel, forms: dict[str, RawPredict], rows: Rows) -> None:
    """Compare all forms on every row as it is, and on some with `x` alone."""
    first = np.arange(rows.shape[1]) == 0
    x_alone = np.where(first, rows[:ROWS_WITH_X_ALONE], np.float32(np.nan))
    for asked in (rows, x_alone):
        order = np.lexsort(asked.T[::-1])  # trees answer like after like the fastest
        shown = asked[order]
        expected = _units(model.contract, model.raw_predict(shown))
        scale = np.maximum(np.abs(expected), np.median(np.abs(expected), axis=0))
        for name, form in forms.items():
            got = _units(model.contract, form(shown))
            apart = np.abs(got - expected) / np.maximum(scale, 1e-12)
            if not np.isfinite(got).all() or apart.max() > TOLERANCE:
                worst = np.nan_to_num(apart, nan=np.inf).argmax()
                row, output = np.unravel_index(worst, apart.shape)
                raise TrainingError(
                    f"{type(model).__name__} changes when exported to {name}: training row "
                    f"{order[row] + 1}, output {output + 1} is {expected[row, output]:.9g}, "
                    f"exported {got[row, output]:.9g}; at most {TOLERANCE:g} relative is allowed"
                )


def _units(contract: Contract, raw: Floats) -> Floats:
    """Raw outputs in the units of the answer, so that the tolerance is one of the answer."""
    if contract.task == "classification":
        return raw
    centre = np.exp(raw[:, 0]) if contract.target.logarithmic else raw[:, 0]
    return np.column_stack([centre, np.exp(raw[:, 1])])
