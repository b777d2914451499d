"""What an ONNX graph would do, looked at before any of it is run.

A graph can name other files to read its numbers from, and operators from libraries of its
maker's. Ours does neither, and a server runs no other. `onnx` is not installed where models are
served, so the few parts of its format that matter here are described to protobuf, which passes
over the rest (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from Task1_database.errors import SealError

REFUSED = "model.onnx is not run"
DOMAINS = ("", "ai.onnx.ml")
EXTERNAL = 1  # TensorProto.DataLocation
OPTIONAL, REPEATED = 1, 3  # labels of a field, as protobuf numbers them, and types
NUMBER, PART, TEXT = 5, 11, 12
FORMAT = {  # field, its number, and its type or the message that it holds, by message
    "Model": (("graph", 7, "Graph"), ("functions", 25, "Any")),
    "Graph": (("node", 1, "Node"), ("initializer", 5, "Tensor"), ("sparse", 15, "Sparse")),
    "Node": (("op_type", 4, TEXT), ("domain", 7, TEXT), ("attribute", 5, "Attribute")),
    "Attribute": (
        ("t", 5, "Tensor"),
        ("g", 6, "Graph"),
        ("tensors", 10, "Tensor"),
        ("graphs", 11, "Graph"),
        ("sparse", 22, "Sparse"),
        ("sparses", 23, "Sparse"),
    ),
    "Sparse": (("values", 1, "Tensor"), ("indices", 2, "Tensor")),
    "Tensor": (("name", 8, TEXT), ("external", 13, "Any"), ("location", 14, NUMBER)),
    "Any": (),  # that there is one is all that matters
}


def refuse_unsafe(serialised: bytes) -> None:
    """Make sure that a graph reads no file and needs nothing but onnxruntime's own operators.

    Raises SealError, naming what it would do, where that is not so or it is no graph at all.
    """
    from google.protobuf.message import DecodeError  # noqa: PLC0415 (comes with onnxruntime)

    try:
        model = _model_class().FromString(serialised)
    except DecodeError:
        raise SealError(f"{REFUSED}: it is not an ONNX graph") from None
    if model.functions:
        raise SealError(f"{REFUSED}: it brings functions of its own")
    for part in _parts(model):
        kind = part.DESCRIPTOR.name
        if kind == "Tensor" and (part.external or part.location == EXTERNAL):
            issue = f"its tensor {_shown(part.name)} is to be read from another file"
            raise SealError(f"{REFUSED}: {issue}")
        if kind == "Node" and (_domain(part), _shown(part.op_type)) not in _known_operators():
            operator = _shown(b".".join(filter(None, (part.domain, part.op_type))))
            raise SealError(f"{REFUSED}: its operator {operator} is not one of ONNX's own")


def _parts(message: Any) -> Iterator[Any]:
    """A message, and all that it holds at any depth."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        yield part
        for field, value in part.ListFields():
            if field.message_type:
                waiting.extend(value)


def _shown(name: bytes) -> str:
    return ascii(name.decode(errors="replace"))[1:-1][:80]


def _domain(node: Any) -> str:
    """The domain of a node's operator; the standard one has two names."""
    return "" if node.domain == b"ai.onnx" else _shown(node.domain)


@cache
def _known_operators() -> frozenset[tuple[str, str]]:
    from onnxruntime.capi.onnxruntime_pybind11_state import (  # noqa: PLC0415 (68 MB)
        get_all_operator_schema,
    )

    schemas = get_all_operator_schema()
    return frozenset((s.domain, s.name) for s in schemas if s.domain in DOMAINS)


@cache
def _model_class() -> Any:
    """The class of models, made of `FORMAT`."""
    from google.protobuf import (  # noqa: PLC0415 (comes with onnxruntime)
        descriptor_pb2,
        descriptor_pool,
        message_factory,
    )

    file = descriptor_pb2.FileDescriptorProto(name="audited.proto", package="audited")
    for name, fields in FORMAT.items():
        message = file.message_type.add(name=name)
        for field, number, holds in fields:
            added = message.field.add(name=field, number=number, label=REPEATED)
            if isinstance(holds, str):
                added.type, added.type_name = PART, f".audited.{holds}"
            else:
                added.type, added.label = holds, OPTIONAL
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("audited.Model"))
