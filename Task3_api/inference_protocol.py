"""The Open Inference Protocol, version 2: what KServe asks, and clients of Triton and MLServer do.

A request holds a tensor for each feature that is given, all of as many values as there are rows;
`null` is a missing value. Reading, limits, answers and what is kept are those of POST /predict.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify
from werkzeug.exceptions import NotFound

from Task1_database.errors import InputError
from Task3_api import parsing
from Task3_api.api import answer_items, json_body, pairs
from Task3_api.current_model import CurrentModel, current_model
from Task3_api.keep.own_id import ID, own_id
from Task3_api.request_body import check_count
from Task3_api.tensors import (
    TEXTS,
    answer_tensors,
    answers_as_tensors,
    feature_tensors,
    members,
    tensor_values,
)

blueprint = Blueprint("inference_protocol", __name__, url_prefix="/v2")

BRACKETS = 6  # of a tensor that is flat, at most, its part of `outputs` among them
CONTENT_TYPE = "content_type"  # a parameter of MLServer's clients: what they made the tensors of


@blueprint.get("")
def server() -> Response:
    """What answers here; its version is the model's."""
    version = current_model().predictor.version
    return jsonify({"name": "tablecast", "version": version, "extensions": []})


@blueprint.get("/health/live")
def live() -> Response:
    """Whether the process lives."""
    return jsonify({"live": True})


@blueprint.get("/health/ready")
def ready() -> Response:
    """Whether it can answer."""
    return jsonify({"ready": True})


@blueprint.get("/models/<name>/ready")
def model_ready(name: str) -> Response:
    """Whether the model of that name is in service."""
    _model(name)
    return jsonify({"name": name, "ready": True})


@blueprint.get("/models/<name>")
def model_metadata(name: str) -> Response:
    """The tensors that it takes, any of them, and those that it answers with."""
    model = _model(name)
    contract = model.contract
    sides = {"inputs": feature_tensors, "outputs": answer_tensors}
    specs = {
        side: [{"name": n, "datatype": d, "shape": [-1]} for n, d in datatypes(contract).items()]
        for side, datatypes in sides.items()
    }
    versions = [model.predictor.version]
    return jsonify({"name": name, "versions": versions, "platform": "tablecast", **specs})


@blueprint.post("/models/<name>/infer")
def infer(name: str) -> Response:
    """The answers, each of their parts a tensor; `outputs` may choose among these."""
    model = _model(name)
    body = json_body((len(model.contract.features) + 1) * BRACKETS, "lists and objects")
    asked = members(body, "a request", ["inputs"], ["id", "parameters", "outputs"])
    request_id = own_id(asked.get("id"))
    datatypes = _outputs(model, asked.get("outputs"))
    confidence = [*pairs(), *_confidence(model, asked.get("parameters"))]
    answers = answer_items(model, _records(model, asked["inputs"]), confidence)
    if any(ID in answer for answer in answers):
        datatypes = {**datatypes, ID: TEXTS}
    outputs = answers_as_tensors(model.contract, answers, datatypes)
    response = {"model_name": name, "model_version": model.predictor.version}
    return jsonify(response | ({"id": request_id} if request_id else {}) | {"outputs": outputs})


def _model(name: str) -> CurrentModel:
    """The model in service, if it is called so: by its dataset, or its place among several."""
    model = current_model()
    names = current_app.config.get("MOUNTED_AS"), model.contract.dataset
    if name not in names:
        raise NotFound(f"no model is called {parsing.quote(name)}; {names[0] or names[1]} is")
    return model


def _outputs(model: CurrentModel, outputs: Any) -> dict[str, str]:
    """The datatypes of the tensors that are asked for: all of them, unless it says which."""
    datatypes = answer_tensors(model.contract)
    if outputs is None:
        return datatypes
    asked = [members(each, "an output", ["name"], ["parameters"]) for each in _list(outputs)]
    for name in (names := [str(each["name"]) for each in asked]):
        if name not in datatypes:
            raise parsing.unknown(name, datatypes)
    return {name: datatypes[name] for name in names} or datatypes


def _confidence(model: CurrentModel, parameters: Any) -> list[tuple[str, object]]:
    """The confidence among the parameters of a request, checked."""
    if parameters is None:
        return []
    g.path_to_rows = ("parameters",)  # for the pointer of a problem
    name = model.parser.confidence_name
    known = members(parameters, "parameters", [], [name, CONTENT_TYPE])
    confidence = [pair for pair in known.items() if pair[0] == name]
    model.predictor.check(model.parser.confidence(confidence))
    return confidence


def _records(model: CurrentModel, inputs: Any) -> list[dict[str, Any]]:
    """Tensors as records: the n-th values of all of them are the n-th."""
    columns: dict[str, list[Any]] = {}
    g.columns = columns  # for the pointer of a problem
    check_count(len(_list(inputs)), "MAX_COLUMNS", "inputs")
    for tensor in inputs:
        name, values = tensor_values(tensor)
        check_count(len(values), "MAX_RECORDS", "records")
        if name != ID or ID in model.contract.by_name:
            model.parser.feature(name)
        if name in columns:
            raise InputError(f"{name} is given more than once", field=name)
        if any(len(values) != len(others) for others in columns.values()):
            raise InputError(f"{name} has another number of values than the inputs before it")
        columns[name] = values
    if not columns:
        raise InputError("at least one input must be given")
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(f"inputs and outputs must be lists, not {parsing.quote(value)}")
    return value
