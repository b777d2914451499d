"""A graph that would read other files, or run operators from elsewhere, is refused unrun."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from Task1_database.errors import SealError
from Task2_model.export import export
from Task2_model.graph import Graph
from Task2_model.onnx_audit import refuse_unsafe
from Task2_model.study import Study


def model(*nodes: Any, constants: Any = (), **more: Any) -> Any:
    """A model of these nodes, from `rows` to `raw`."""
    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, 2])
    raw = helper.make_tensor_value_info("raw", TensorProto.FLOAT, [None, None])
    graph = helper.make_graph(list(nodes), "g", [rows], [raw], list(constants))
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10, **more)


def external() -> Any:
    """A tensor whose numbers are in another file."""
    tensor = numpy_helper.from_array(np.ones(2, np.float32), "weights")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/hostname")
    return tensor


def branch(tensor: Any) -> Any:
    node = helper.make_node("Identity", ["weights"], ["out"])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    return helper.make_graph([node], "branch", [], [out], [tensor])


def same(domain: str = "", kind: str = "Identity") -> Any:
    return helper.make_node(kind, ["rows"], ["raw"], domain=domain)


READS = "its tensor weights is to be read from another file"
FUNCTION = helper.make_function(
    "mine", "f", ["a"], ["b"], [helper.make_node("Identity", ["a"], ["b"])], []
)


@pytest.mark.parametrize(
    ("made", "issue"),
    [
        (model(same("com.evil", "Run")), "its operator com.evil.Run is not one of ONNX's own"),
        (model(same("com.microsoft", "Gelu")), "its operator com.microsoft.Gelu is not one of"),
        (model(same("", "Run\n")), r"its operator Run\n is not one of ONNX's own"),
        (model(same(), constants=[external()]), READS),
        (model(helper.make_node("Constant", [], ["raw"], value=external())), READS),
        (model(helper.make_node("If", ["yes"], ["raw"], then_branch=branch(external()))), READS),
        (model(same("mine", "f"), functions=[FUNCTION]), "it brings functions of its own"),
    ],
)
def test_what_is_refused(made: Any, issue: str) -> None:
    for refuse in (refuse_unsafe, lambda data: Graph(data, 1)):
        with pytest.raises(SealError) as caught:
            refuse(made.SerializeToString())
        assert str(caught.value).startswith(f"model.onnx is not run: {issue}")


def test_what_is_no_graph_is_refused() -> None:
    with pytest.raises(SealError, match="it is not an ONNX graph"):
        refuse_unsafe(b"\xff" * 100)


def test_a_graph_that_cannot_be_run_is_said_in_a_line() -> None:
    for data in (b"", model(helper.make_node("Gather", ["rows"], ["raw"])).SerializeToString()):
        with pytest.raises(SealError, match=r"model\.onnx cannot be run: ") as caught:
            Graph(data, 1)
        assert "\n" not in str(caught.value)


def test_what_we_export_is_run(study: Study) -> None:
    refuse_unsafe(export(study.fitted, study.rows)["model.onnx"])
    refuse_unsafe(model(same("ai.onnx")).SerializeToString())
