"""The interface, described for programs: an OpenAPI 3.1 document made from the contract."""

from __future__ import annotations

from Task1_database.files.workbook import MEDIA_TYPE as XLSX
from Task2_model.contract import Contract, Feature
from Task3_api.batch.row_reasons import MAX_REASONS
from Task3_api.batch.scorer import answer_columns
from Task3_api.explain import MEANING
from Task3_api.inference_schemas import inference_schemas
from Task3_api.openapi_schemas import (
    TEXT,
    Schema,
    component_schemas,
    confidence_schema,
    list_of,
    object_of,
    own_id_schema,
    reference,
    typical_value,
    value_schema,
)
from Task3_api.parsing import CONFIDENCE
from Task3_api.tensors import answer_tensors

FREE = {"healthz", "readyz", "live", "ready", "model_ready"}  # operations that need no key


def document(contract: Contract, version: str) -> Schema:
    """The OpenAPI document of a service that answers by `contract`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": contract.title,
            "version": version,
            "description": f"Predicts {contract.target.name} and says how sure it is. "
            "Every feature may be left out, as long as one is given.",
        },
        "paths": {
            "/predict": {"get": _get(contract), "post": _post(contract, "predict")},
            "/explain": {"get": _explain(contract)},
            "/invocations": {"post": _post(contract, "invocations")},
            "/batch_prediction": {"get": _page(), "post": _batch(contract)},
            "/outcomes": {"post": _outcomes(contract, "outcomes")},
            "/update": {"post": _outcomes(contract, "update")},
            "/golden.json": {"get": _golden()},
            "/healthz": {"get": _status("healthz", "Whether the process lives")},
            "/readyz": {"get": _status("readyz", "Whether it can answer, and with which model")},
            **_inference_paths(contract),
        },
        "components": {"schemas": component_schemas(contract) | inference_schemas(contract)},
    }


def secured(document: Schema) -> Schema:
    """The document of a service that asks for keys."""
    schemes = {"key": {"type": "http", "scheme": "bearer"}}
    free = {
        path: {"get": {**methods["get"], "security": []}}
        for path, methods in document["paths"].items()
        if methods.get("get", {}).get("operationId") in FREE
    }
    return {
        **document,
        "security": [{name: []} for name in schemes],
        "paths": document["paths"] | free,
        "components": document["components"] | {"securitySchemes": schemes},
    }


def _get(contract: Contract) -> Schema:
    return {
        "operationId": "predict_one",
        "summary": "The answer to the features in the address",
        "parameters": _parameters(contract)
        + [
            {"name": name, "in": "query", "description": schema["description"], "schema": schema}
            for name, schema in own_id_schema(contract).items()
        ],
        "responses": _responses("The answer", {"application/json": reference("Answer")}),
    }


def _explain(contract: Contract) -> Schema:
    return {
        "operationId": "explain",
        "summary": "Why the answer to the features in the address is what it is",
        "description": MEANING,
        "parameters": _parameters(contract),
        "responses": _responses("The explanation", {"application/json": reference("Explanation")}),
    }


def _parameters(contract: Contract) -> list[Schema]:
    x = contract.by_name[contract.x]
    parameters = [_parameter(feature.name, feature) for feature in contract.features]
    if "x" not in contract.by_name:
        parameters.insert(0, _parameter("x", x, f"Stands for {x.name}. "))
    return [*parameters, _confidence_parameter(contract)]


def _confidence_parameter(contract: Contract) -> Schema:
    schema = confidence_schema(contract)
    description = schema.pop("description")
    name = contract.answer_name(CONFIDENCE)
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _outcomes(contract: Contract, name: str) -> Schema:
    one, many = reference("Outcome"), list_of(reference("Outcome"))
    example = {"id": "17", "outcome": _outcome_example(contract)}
    number: Schema = {"type": "integer"}
    counts = {"recorded": number, "unchanged": number, "unknown": number}
    return {
        "operationId": name,
        "summary": "What became of kept answers, by their ids",
        "description": "The same outcome again changes nothing; another one is a 409, and nothing "
        "is recorded, unless it comes with replace. A service that keeps no answers has none.",
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"anyOf": [one, many]}, "example": example},
                "text/csv": {"schema": TEXT},
            },
        },
        "responses": _responses(
            "How many were recorded, and which ids are unknown",
            {"application/json": object_of({**counts, "unknown_ids": list_of(TEXT)})},
        ),
    }


def _outcome_example(contract: Contract) -> str | float | None:
    target = contract.target
    return target.values[0] if target.values else target.median


def _post(contract: Contract, name: str) -> Schema:
    one, many = reference("SingleRecord"), list_of(reference("Record"))
    forms = [one, many, reference("DataframeRecords"), reference("DataframeSplit")]
    answers = [reference("Answer"), list_of(reference("Answer")), reference("Predictions")]
    content = {"application/json": {"schema": {"anyOf": forms}, "example": _example(contract)}}
    return {
        "operationId": name,
        "summary": "The answer to a record, or the answers to many",
        "parameters": [_confidence_parameter(contract)],
        "requestBody": {"required": True, "content": content},
        "responses": _responses("As many answers", {"application/json": {"anyOf": answers}}),
    }


def _extras() -> list[Schema]:
    """What a batch can be asked for beside its answers."""
    reasons = {"type": "integer", "minimum": 0, "maximum": MAX_REASONS, "default": 0}
    results = {"enum": [0, 1], "default": 0}
    return [
        {
            "name": "explain",
            "in": "query",
            "schema": reasons,
            "description": "So many of the largest contributions to each row, as columns.",
        },
        {
            "name": "results",
            "in": "query",
            "schema": results,
            "description": "1 stores the answers for half an hour, at the address in Results.",
        },
    ]


def _batch(contract: Contract) -> Schema:
    form = object_of({"file": {"type": "string", "contentMediaType": "text/csv"}})
    form["properties"][contract.answer_name(CONFIDENCE)] = confidence_schema(contract)
    workbook: Schema = {"type": "string", "contentMediaType": XLSX}
    ranges = {"name": "range", "in": "query", "schema": {"enum": [0, 1], "default": 1}}
    ranges["description"] = "0 leaves out the range or set, which is faster."
    formats = {"name": "format", "in": "query", "schema": {"enum": ["csv", "xlsx"]}}
    formats["description"] = "Of the answer; the header Accept says it, too."
    return {
        "operationId": "batch_prediction",
        "summary": "A CSV or XLSX comes back in the same order, with the answer's columns added",
        "description": "A header names the columns: by the features' names, by those of the file "
        "that the model learned from, or by labels; case, blanks and underscores do not matter. "
        "The header Columns-Read of the answer lists, as FEATURE=COLUMN&…, those that were taken "
        "for features of another name; `use.FEATURE=COLUMN` in the address says it otherwise. "
        "A feature's column may be missing, a column that is no feature is passed through, and a "
        "bad cell is an error of its own row. The columns added are "
        + ", ".join(answer_columns(contract))
        + "; the file must not have them already.",
        "parameters": [ranges, formats, *_extras(), _confidence_parameter(contract)],
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {"schema": TEXT},
                XLSX: {"schema": workbook},
                "multipart/form-data": {"schema": form},
            },
        },
        "responses": _responses("The answered file", {"text/csv": TEXT, XLSX: workbook}),
    }


def _golden() -> Schema:
    return {
        "operationId": "golden",
        "summary": "Requests with the answers that the model gave offline",
        "description": "For whoever compares them with what the service answers. They are made of "
        "rows of the data: 404 where those are not to be shown.",
        "responses": _responses("The golden rows", {"application/json": reference("GoldenRows")}),
    }


def _page() -> Schema:
    return {
        "operationId": "batch_page",
        "summary": "The page where a person sends such a file",
        "responses": _responses("The page", {"text/html": TEXT}),
    }


def _status(name: str, summary: str) -> Schema:
    media = {"application/json": {"type": "object"}}
    return {"operationId": name, "summary": summary, "responses": _responses(summary, media)}


def _inference_paths(contract: Contract) -> Schema:
    """The Open Inference Protocol."""
    model = f"/v2/models/{contract.dataset}"
    statuses = {
        "/v2": ("server", "What answers here"),
        "/v2/health/live": ("live", "Whether the process lives"),
        "/v2/health/ready": ("ready", "Whether it can answer"),
        f"{model}/ready": ("model_ready", "Whether this model is in service"),
        model: ("model_metadata", "The tensors that the model takes and gives"),
    }
    paths = {path: {"get": _status(*words)} for path, words in statuses.items()}
    content = {"application/json": {"schema": reference("InferenceRequest")}}
    infer = {
        "operationId": "infer",
        "summary": "The answers to rows, as tensors (Open Inference Protocol, version 2)",
        "description": "One input a feature, any of them, all of shape [n] or [n, 1]; null is a "
        "missing value. The answer holds as many tensors as `outputs` asks for, or "
        + ", ".join(answer_tensors(contract))
        + ".",
        "parameters": [_confidence_parameter(contract)],
        "requestBody": {"required": True, "content": content},
        "responses": _responses(
            "As many answers", {"application/json": reference("InferenceResponse")}
        ),
    }
    return {**paths, f"{model}/infer": {"post": infer}}


def _responses(description: str, media: dict[str, Schema]) -> Schema:
    content = {name: {"schema": schema} for name, schema in media.items()}
    problem = {"application/problem+json": {"schema": reference("Problem")}}
    return {
        "200": {"description": description, "content": content},
        "default": {"description": "Why there is no answer", "content": problem},
    }


def _parameter(name: str, feature: Feature, before: str = "") -> Schema:
    schema = value_schema(feature)
    description = before + schema.pop("description")
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _example(contract: Contract) -> Schema:
    first = sorted(contract.features, key=lambda feature: feature.name != contract.x)[:3]
    return {feature.name: typical_value(feature) for feature in first}
