"""The service for programs: one answer by address, one or many by JSON.

`/invocations` and `/ping` are what MLflow's clients ask of a model server.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import UnsupportedMediaType

from Task1_database.errors import InputError
from Task3_api import parsing
from Task3_api.current_model import CurrentModel, current_model
from Task3_api.request_body import small_body

blueprint = Blueprint("api", __name__)

MLFLOW_FORMATS = {  # MLflow's two for many records -> the path to the rows in them
    "dataframe_records": ("dataframe_records",),
    "dataframe_split": ("dataframe_split", "data"),
}


@blueprint.get("/predict")
def predict_one() -> Response:
    """The answer to the features in the address, by their names or `x`."""
    model = current_model()
    record = model.parser.record(parsing.pairs(request.query_string))
    return jsonify(model.predictor.answer(record))


@blueprint.get("/explain")
def explain() -> Response:
    """Why the answer to the features in the address is what it is; see `Explainer.explain`."""
    model = current_model()
    record = model.parser.record(parsing.pairs(request.query_string))
    return jsonify(model.explainer.explain(record))


@blueprint.post("/predict")
@blueprint.post("/invocations")
def predict_posted() -> Response:
    """The answer to a record, the answers to a list of them or to MLflow's two forms."""
    model, body = current_model(), _json_body()
    if isinstance(body, list):
        return jsonify(_answers(model, body))
    if not isinstance(body, dict):
        raise InputError("send a record as a JSON object, or a list of records")
    for name in MLFLOW_FORMATS:
        if name in body and name not in model.contract.by_name:
            return jsonify({"predictions": _answers(model, _rows(body, name))})
    return jsonify(model.predictor.answer(model.parser.record(body.items())))


@blueprint.get("/healthz")
def healthz() -> Response:
    """Whether the process lives."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
@blueprint.get("/ping")
def readyz() -> Response:
    """Whether it can answer, and with which model."""
    model = current_model()
    identity = {"dataset": model.contract.dataset, "version": model.predictor.version}
    return jsonify({"status": "ready", "model": identity})


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """This interface, described for programs."""
    return jsonify(current_model().openapi)


def _json_body() -> Any:
    if not request.is_json:
        raise UnsupportedMediaType("send application/json; a CSV goes to /batch_prediction")
    if request.query_string:
        raise InputError("with POST the values belong into the body, not into the address")
    return parsing.document(small_body())


def _rows(body: dict[str, Any], name: str) -> list[Any]:
    """The rows of one of MLflow's formats, as JSON objects."""
    if len(body) > 1:
        other = next(key for key in body if key != name)
        raise parsing.unknown(other, [name])
    g.path_to_rows = MLFLOW_FORMATS[name]  # for the pointer of a problem
    if name == "dataframe_split":
        return list(parsing.dataframe(body[name]))
    if not isinstance(body[name], list):
        raise InputError("dataframe_records must be a list of records")
    return list(body[name])


def _answers(model: CurrentModel, items: list[Any]) -> list[dict[str, Any]]:
    """Answers in the order of the items; an error always says which item is at fault."""
    if not items:
        return []
    records = model.parser.records(items)
    try:
        return model.predictor.answers(records)
    except InputError as error:
        raise InputError(error.detail, field=error.field, row=error.row or 0) from None
