"""The service for programs: one answer by address, one or many by JSON.

`/invocations` and `/ping` are what MLflow's clients ask of a model server.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, request
from werkzeug.exceptions import NotFound, UnsupportedMediaType

from Task1_database.errors import InputError
from Task3_api import parsing
from Task3_api.current_model import CurrentModel, current_model
from Task3_api.keep.kept import keep_answers
from Task3_api.keep.own_id import OBSERVATION, is_wrapped, split_item, split_pairs
from Task3_api.model_reloader import public_issue
from Task3_api.openapi import secured
from Task3_api.request_body import check_count, fields, small_body
from Task3_api.tally import Tally

blueprint = Blueprint("api", __name__)

BRACKETS = 6  # that stand around records, at most
MLFLOW_FORMATS = {  # MLflow's two for many records -> the path to the rows in them
    "dataframe_records": ("dataframe_records",),
    "dataframe_split": ("dataframe_split", "data"),
}


@blueprint.get("/predict")
def predict_one() -> Response:
    """The answer to the features in the address, by their names or `x`."""
    model = current_model()
    values, own_id = split_pairs(model.contract, pairs())
    answer = model.predictor.answer(*model.parser.request(values))
    return jsonify(_kept([answer], [own_id])[0])


@blueprint.get("/explain")
def explain() -> Response:
    """Why the answer to the features in the address is what it is; see `Explainer.explain`."""
    model = current_model()
    return jsonify(model.explainer.explain(*model.parser.request(pairs())))


@blueprint.post("/predict")
@blueprint.post("/invocations")
def predict_posted() -> Response:
    """The answer to a record, the answers to a list of them or to MLflow's two forms.

    The confidence stands in the address; a single record may hold it, too, and MLflow's `params`.
    """
    model, body = current_model(), json_body()
    address = pairs()
    if isinstance(body, list):
        return jsonify(answer_items(model, body, address))
    if not isinstance(body, dict):
        raise InputError("send a record as a JSON object, or a list of records")
    for name in MLFLOW_FORMATS:
        if name in body and name not in model.contract.by_name:
            confidence = [*address, *_params(model, body)]
            return jsonify({"predictions": answer_items(model, _rows(body, name), confidence)})
    if is_wrapped(model.contract, body):
        g.path_to_rows = (OBSERVATION,)
    record, own_id = split_item(model.contract, body)
    answer = model.predictor.answer(*model.parser.request([*address, *record.items()]))
    return jsonify(_kept([answer], [own_id])[0])


@blueprint.get("/healthz")
def healthz() -> Response:
    """Whether the process lives."""
    return jsonify({"status": "ok"})


@blueprint.get("/ping")
@blueprint.get("/readyz")  # the one that pages name
def readyz() -> Response:
    """Whether it can answer, and with which model; `not_served` says why another one is not."""
    refused = {"not_served": issue} if (issue := public_issue()) else {}
    return jsonify({"status": "ready", "model": identity(current_model()), **refused})


@blueprint.get("/golden.json")
def golden() -> Response:
    """Requests with the answers that the model gave offline, to be compared with the live ones."""
    model = current_model()
    if not model.contract.similar_cases:  # they are rows of the data
        raise NotFound(
            "this service shows no rows of its data; `tablecast verify` compares it with the "
            "sealed model, where that is at hand"
        )
    return jsonify(
        {
            "model": identity(model),
            "x": model.contract.x,
            "decimals": model.contract.target.decimals,
            "rows": model.predictor.sealed.golden,
        }
    )


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """This interface, described for programs."""
    document = current_model().openapi
    if request.script_root:
        document = {**document, "servers": [{"url": request.script_root}]}
    return jsonify(secured(document) if current_app.config["KEYS"] else document)


def identity(model: CurrentModel) -> dict[str, str]:
    """Of which dataset a model is, and its version."""
    return {"dataset": model.contract.dataset, "version": model.predictor.version}


def json_body(brackets: int = BRACKETS, what: str = "records or more") -> Any:
    """The document that was posted; its numbers are the text that was sent.

    `brackets` is how many may stand around the records of a service that takes the fewest, `what`
    the name of what they enclose.
    """
    if not request.is_json:
        raise UnsupportedMediaType("send application/json; a CSV goes to /batch_prediction")
    name = current_model().parser.confidence_name
    if any(key != name for key, _ in pairs()):
        raise InputError(
            f"with POST the values belong into the body, and only {name} into the address"
        )
    body = small_body()
    # Each record is an object or a list: many small ones would take a hundred times their bytes.
    check_count(body.count(b"{") + body.count(b"[") - brackets, "MAX_RECORDS", what)
    return parsing.document(body)


def pairs() -> parsing.Pairs:
    """The names and values in the address."""
    return fields(request.query_string)


def _params(model: CurrentModel, body: dict[str, Any]) -> Iterable[tuple[str, object]]:
    """What MLflow's clients send beside the rows, taken out of the body."""
    params = body.pop("params", None)
    if params is None:
        return ()
    g.path_to_rows = ("params",)  # for the pointer of a problem
    name = model.parser.confidence_name
    if not isinstance(params, dict) or params.keys() - {name}:
        raise InputError(f"params must be an object that holds {name}, or nothing")
    model.predictor.check(model.parser.confidence(params.items()))
    return params.items()


def _rows(body: dict[str, Any], name: str) -> list[Any]:
    """The rows of one of MLflow's formats, as JSON objects."""
    if len(body) > 1:
        other = next(key for key in body if key != name)
        raise parsing.unknown(other, [name, "params"])
    g.path_to_rows = MLFLOW_FORMATS[name]  # for the pointer of a problem
    if name == "dataframe_split":
        columns = body[name].get("columns") if isinstance(body[name], dict) else None
        check_count(len(columns) if isinstance(columns, list) else 0, "MAX_COLUMNS", "columns")
        return list(parsing.dataframe(body[name]))
    if not isinstance(body[name], list):
        raise InputError("dataframe_records must be a list of records")
    return list(body[name])


def answer_items(
    model: CurrentModel, items: list[Any], address: Iterable[tuple[str, object]]
) -> list[dict[str, Any]]:
    """Answers in the order of the items; an error always says which item is at fault.

    `address` holds the confidence, if anything.
    """
    confidence = model.parser.confidence(address)
    model.predictor.check(confidence)
    check_count(len(items), "MAX_RECORDS", "records")
    if not items:
        return []
    own_ids: list[str | None] = []
    records = []
    for index, item in enumerate(items):
        try:
            record, own_id = split_item(model.contract, item)
        except InputError as error:
            raise InputError(error.detail, field=error.field, row=index) from None
        own_ids.append(own_id)
        records.append(record)
    parsed = model.parser.records(records)
    try:
        answers = model.predictor.answers(parsed, confidence)
    except InputError as error:
        raise InputError(error.detail, field=error.field, row=error.row or 0) from None
    return _kept(answers, own_ids)


def _kept(answers: list[dict[str, Any]], own_ids: Sequence[str | None]) -> list[dict[str, Any]]:
    """The answers, counted, and kept where this service does so."""
    g.tally = Tally()
    g.tally.add_answers(answers)
    return keep_answers(answers, own_ids)
