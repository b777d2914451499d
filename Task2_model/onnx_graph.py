"""The members of a model as one ONNX graph: from rows to the parts that `Ensemble` puts together.

Each member has its own order of the categories, and for classification the scores of its own
ridge; the graph looks both up, so it takes the same rows as the lookup tables do.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnx.compose
import onnx.helper
import onnx.numpy_helper
from skl2onnx import to_onnx

from Task2_model.category_order import Ranks
from Task2_model.contract import Contract
from Task2_model.training import Member

OPSET = {"": 18, "ai.onnx.ml": 3}
FLOAT, INT = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64


class _Builder:
    """Nodes and constants, as they are added."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node; the name of its output."""
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(onnx.helper.make_node(kind, inputs, [name], **attributes))
        return name

    def constant(self, value: npt.NDArray[Any]) -> str:
        """Add a constant; its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(onnx.numpy_helper.from_array(value, name))
        return name

    def estimator(self, estimator: Any, rows: str, columns: int, classify: bool) -> str:
        """Add a fitted estimator; the name of what it predicts, shape (n, outputs)."""
        options = {id(estimator): {"zipmap": False}} if classify else None
        example = np.zeros((1, columns), dtype=np.float32)
        part = to_onnx(estimator, example, target_opset=OPSET, options=options)
        named = onnx.compose.add_prefix(part, f"part{len(self.nodes)}_").graph
        self.nodes.append(onnx.helper.make_node("Identity", [rows], [named.input[0].name]))
        self.nodes.extend(named.node)
        self.constants.extend(named.initializer)
        return str(named.output[-1].name)


def onnx_graph(contract: Contract, members: Sequence[Member], scores: int) -> bytes:
    """The serialised graph, from `rows` (n, columns) to `raw` (n, members x parts).

    `scores` is how many columns each member's ridge adds to the features.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # protobuf refuses NumPy integers where they are errors
        return bytes(_graph(contract, members, scores).SerializeToString())


def _graph(contract: Contract, members: Sequence[Member], scores: int) -> Any:
    builder, features = _Builder(), len(contract.features)
    classify = contract.task == "classification"
    ranked = _Ranked(builder, members[0].ranks)
    outputs = []
    for index, member in enumerate(members):
        own = features + index * scores + np.arange(scores)
        rows = ranked.rows(member, np.concatenate([np.arange(features), own]))
        outputs += [
            builder.estimator(part, rows, features + scores, classify) for part in member.parts
        ]
    builder.nodes.append(onnx.helper.make_node("Concat", outputs, ["raw"], axis=1))
    tensor = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        builder.nodes,
        "tablecast",
        [tensor("rows", FLOAT, [None, features + len(members) * scores])],
        [tensor("raw", FLOAT, [None, None])],
        builder.constants,
    )
    opsets = [onnx.helper.make_opsetid(domain, version) for domain, version in OPSET.items()]
    made = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=10)
    onnx.checker.check_model(made)
    return made


class _Ranked:
    """Rows as each member sees them: its columns, with codes replaced by its ranks."""

    def __init__(self, builder: _Builder, ranks: Ranks) -> None:
        self.builder = builder
        self.categories = np.array(list(ranks), dtype=np.int64)
        sizes = [len(of_codes) for of_codes in ranks.values()]
        if sizes:
            columns = builder.constant(self.categories)
            codes = builder.node("Gather", "rows", columns, axis=1)
            self.missing = builder.node("IsNaN", codes)
            zero = builder.constant(np.zeros(1, np.float32))
            whole = builder.node("Cast", builder.node("Where", self.missing, zero, codes), to=INT)
            begins = builder.constant(np.cumsum([0, *sizes[:-1]], dtype=np.int64)[None])
            self.indices = builder.node("Add", whole, begins)
            self.nan = builder.constant(np.full(1, np.nan, np.float32))

    def rows(self, member: Member, columns: npt.NDArray[np.int64]) -> str:
        """The name of the rows (n, columns) that a member sees."""
        builder = self.builder
        if not len(self.categories):
            return builder.node("Gather", "rows", builder.constant(columns), axis=1)
        flat = builder.constant(np.concatenate(list(member.ranks.values())))
        known = builder.node("Gather", flat, self.indices)
        ranks = builder.node("Where", self.missing, self.nan, known)
        both = builder.node("Concat", ranks, "rows", axis=1)
        order = columns + len(self.categories)
        order[self.categories] = np.arange(len(self.categories))
        return builder.node("Gather", both, builder.constant(order), axis=1)
