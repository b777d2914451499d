"""Records and answers as tensors, one a feature or part, in the Open Inference Protocol's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from Task1_database.errors import InputError
from Task2_model.contract import Contract
from Task3_api.parsing import quote, unknown

NUMBERS, TEXTS = "FP64", "BYTES"
DATATYPES = (
    *("BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64"),
    *("FP16", "FP32", NUMBERS, TEXTS),
)
MEMBERS = {"name", "shape", "datatype", "data"}  # of a tensor


def feature_tensors(contract: Contract) -> dict[str, str]:
    """The datatype of each feature; any other is read as well."""
    return {f.name: TEXTS if f.kind == "category" else NUMBERS for f in contract.features}


def answer_tensors(contract: Contract) -> dict[str, str]:
    """The datatype of each part of the answers."""
    if contract.task == "regression":
        return {**dict.fromkeys(("prediction", "lower", "upper"), NUMBERS), "warnings": TEXTS}
    target = contract.target
    label = "INT64" if target.kind == "integer" else TEXTS
    numbers = dict.fromkeys(("probability", *target.probability_columns), NUMBERS)
    return {"label": label, **numbers, "set": TEXTS, "warnings": TEXTS}


def answers_as_tensors(
    contract: Contract, answers: Sequence[Mapping[str, Any]], datatypes: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Those parts of the answers that `datatypes` names, with their values."""
    columns = {part: [answer_value(contract, a, part) for a in answers] for part in datatypes}
    return [
        {"name": part, "datatype": datatypes[part], "shape": [len(data)], "data": data}
        for part, data in columns.items()
    ]


def answer_value(contract: Contract, answer: Mapping[str, Any], part: str) -> Any:
    """A part of one answer; a set as its labels with bars between, warnings as one text."""
    if part == "set":
        return "|".join(map(str, answer["set"]))
    if part == "warnings":
        return "; ".join(warning["detail"] for warning in answer["warnings"])
    columns = dict(zip(contract.target.probability_columns, contract.target.classes, strict=True))
    return answer["probabilities"][columns[part]] if part in columns else answer.get(part)


def members(value: object, what: str, needed: Iterable[str], others: Iterable[str]) -> Any:
    """A JSON object that has all members it needs, and no unknown one; InputError otherwise."""
    if not isinstance(value, dict):
        raise InputError(f"{what} must be an object, not {quote(value)}")
    for name in value.keys() - {*needed, *others}:
        raise unknown(name, [*needed, *others])
    for name in needed:
        if name not in value:
            raise InputError(f"{what} needs {name}")
    return value


def tensor_values(tensor: object) -> tuple[str, list[Any]]:
    """The name and values of a tensor of shape [n] or [n, 1], flat or nested."""
    known = members(tensor, "a tensor", sorted(MEMBERS), ["parameters"])
    name, shape, data = known["name"], known["shape"], known["data"]
    if not isinstance(name, str):
        raise InputError(f"the name of a tensor must be text, not {quote(name)}")
    if known["datatype"] not in DATATYPES:
        raise InputError(f"{name}: datatype {quote(known['datatype'])} is not of the protocol")
    if not isinstance(data, list):
        raise InputError(f"{name}: data must be a list, not {quote(data)}")
    column = str(len(data))  # numbers of a document are the text that was sent
    if shape not in ([column], [column, "1"]):
        raise InputError(f"{name}: shape must be [{column}], as many as there are values in data")
    if len(shape) == 2:
        data = [each[0] if isinstance(each, list) and len(each) == 1 else each for each in data]
    return name, data
