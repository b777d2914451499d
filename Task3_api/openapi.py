"""The interface, described for programs: an OpenAPI 3.1 document made from the contract.

A category that training never saw may be given too, so categories are examples, not an enum;
likewise a number may lie outside the range that the description names.
"""

from __future__ import annotations

from typing import Any

from Task1_database.files.workbook import MEDIA_TYPE as XLSX
from Task2_model.contract import Contract, Feature
from Task3_api.batch.row_reasons import MAX_REASONS
from Task3_api.batch.scorer import answer_columns
from Task3_api.explain import MEANING
from Task3_api.keep.own_id import ID, LONGEST
from Task3_api.parsing import CONFIDENCE, LARGEST_NUMBER

Schema = dict[str, Any]

EXAMPLES = 10  # categories named as examples
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER}
NUMBER_AS_TEXT = {"pattern": r"^([+-]?[0-9]{1,20}(\.[0-9]{0,20})?)?$"}  # others are taken, too
CATEGORY: Schema = {"type": "string", "pattern": "^[^\\u0000]*$"}


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
        },
        "components": {
            "schemas": {
                "Record": _record(contract),
                "SingleRecord": _single_record(contract),
                "Answer": _answer(contract),
                "Explanation": _explanation(contract),
                "Outcome": _outcome(contract),
                "GoldenRows": _golden_rows(contract),
                "Problem": _problem(),
                "DataframeRecords": _dataframe_records(contract),
                "DataframeSplit": _dataframe_split(contract),
                "Predictions": _object({"predictions": _list(_ref("Answer"))}),
            }
        },
    }


def secured(document: Schema) -> Schema:
    """The document of a service that asks for keys."""
    schemes = {"key": {"type": "http", "scheme": "bearer"}}
    free = {
        path: {"get": {**document["paths"][path]["get"], "security": []}}
        for path in ("/healthz", "/readyz")
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
            for name, schema in _own_id(contract).items()
        ],
        "responses": _responses("The answer", {"application/json": _ref("Answer")}),
    }


def _explain(contract: Contract) -> Schema:
    return {
        "operationId": "explain",
        "summary": "Why the answer to the features in the address is what it is",
        "description": MEANING,
        "parameters": _parameters(contract),
        "responses": _responses("The explanation", {"application/json": _ref("Explanation")}),
    }


def _parameters(contract: Contract) -> list[Schema]:
    x = contract.by_name[contract.x]
    parameters = [_parameter(feature.name, feature) for feature in contract.features]
    if "x" not in contract.by_name:
        parameters.insert(0, _parameter("x", x, f"Stands for {x.name}. "))
    return [*parameters, _confidence_parameter(contract)]


def _confidence_parameter(contract: Contract) -> Schema:
    schema = _confidence(contract)
    description = schema.pop("description")
    name = contract.answer_name(CONFIDENCE)
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _confidence(contract: Contract) -> Schema:
    """How sure an answer shall be."""
    marked = contract.answer_name(CONFIDENCE) != CONFIDENCE
    sentences = [
        "How often the range or set shall hold the truth, as a share of 1.",
        "A 422 says how far the calibration rows allow.",
        "Called so because a feature is called confidence." if marked else "",
    ]
    return {
        "type": "number",
        "exclusiveMinimum": 0,
        "exclusiveMaximum": 1,
        "default": contract.confidence,
        "description": " ".join(filter(None, sentences)),
    }


def _own_id(contract: Contract) -> dict[str, Schema]:
    """The asker's own id, where no feature is called so."""
    if ID in contract.by_name:
        return {}
    meaning = "The asker's own name for this question, by which the answer is known."
    schema = {"type": ["string", "number", "null"], "maxLength": LONGEST, "pattern": "^[ -~]*$"}
    return {ID: {**schema, "description": meaning}}


def _outcomes(contract: Contract, name: str) -> Schema:
    one, many = _ref("Outcome"), _list(_ref("Outcome"))
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
            {"application/json": _object({**counts, "unknown_ids": _list(TEXT)})},
        ),
    }


def _outcome(contract: Contract) -> Schema:
    target = contract.target
    value: Schema = {"type": "number"}
    if contract.task == "classification":
        value = {"enum": list(target.values)}
    schema = _object({"id": TEXT, "outcome": {**value, "description": f"The {target.name}."}})
    schema["properties"]["replace"] = {"type": "boolean"}
    return schema


def _outcome_example(contract: Contract) -> str | float | None:
    target = contract.target
    return target.values[0] if target.values else target.median


def _post(contract: Contract, name: str) -> Schema:
    one, many = _ref("SingleRecord"), _list(_ref("Record"))
    forms = [one, many, _ref("DataframeRecords"), _ref("DataframeSplit")]
    answers = [_ref("Answer"), _list(_ref("Answer")), _ref("Predictions")]
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
    form = _object({"file": {"type": "string", "contentMediaType": "text/csv"}})
    form["properties"][contract.answer_name(CONFIDENCE)] = _confidence(contract)
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
        "responses": _responses("The golden rows", {"application/json": _ref("GoldenRows")}),
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


def _responses(description: str, media: dict[str, Schema]) -> Schema:
    content = {name: {"schema": schema} for name, schema in media.items()}
    problem = {"application/problem+json": {"schema": _ref("Problem")}}
    return {
        "200": {"description": description, "content": content},
        "default": {"description": "Why there is no answer", "content": problem},
    }


def _parameter(name: str, feature: Feature, before: str = "") -> Schema:
    schema = _value(feature)
    description = before + schema.pop("description")
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _value(feature: Feature) -> Schema:
    """One feature's schema, with what training knew of it."""
    unit = f" ({feature.unit})" if feature.unit else ""
    sentences = [f"{feature.label}{unit}."]
    if feature.help:
        sentences.append(feature.help.rstrip(".") + ".")
    if feature.kind == "category":
        sentences.append(f"{len(feature.categories)} categories in training.")
        schema: Schema = {**CATEGORY, "examples": list(feature.categories[:EXAMPLES])}
    else:
        sentences.append(f"{feature.minimum:g} to {feature.maximum:g} in training.")
        schema = {**NUMBER, "examples": [_typical(feature)]}
    return {**schema, "description": " ".join(sentences)}


def _record(contract: Contract) -> Schema:
    """Some features, at least one of which the model can use, and none of them twice."""
    values = {feature.name: _value_or_null(feature) for feature in contract.features}
    values |= _own_id(contract)
    usable = [_usable(feature) for feature in contract.features]
    record = {"type": "object", "additionalProperties": False, "anyOf": usable}
    if "x" in values:
        return {**record, "properties": values}
    values["x"] = {"$ref": f"#/components/schemas/Record/properties/{contract.x}"}
    usable.append(_given("x", {"not": {"enum": [None, ""]}}))
    return {**record, "properties": values, "not": {"required": ["x", contract.x]}}


def _value_or_null(feature: Feature) -> Schema:
    """A feature's schema in a JSON record: a text may hold a number, a number name a category."""
    schema = _value(feature)
    if feature.kind == "category":
        return {**schema, "type": ["string", "number", "null"]}
    return {**schema, **NUMBER_AS_TEXT, "type": ["number", "string", "null"]}


def _usable(feature: Feature) -> Schema:
    """Records that give the feature a value that training held."""
    if feature.kind == "category":
        return _given(feature.name, {"enum": list(feature.categories[:EXAMPLES])})
    return _given(feature.name, {"not": {"enum": [None, ""]}})


def _given(name: str, schema: Schema) -> Schema:
    return {"properties": {name: schema}, "required": [name]}


def _single_record(contract: Contract) -> Schema:
    """A record, and the confidence beside its values."""
    record, name = _record(contract), contract.answer_name(CONFIDENCE)
    return {**record, "properties": {**record["properties"], name: _confidence(contract)}}


def _example(contract: Contract) -> Schema:
    first = sorted(contract.features, key=lambda feature: feature.name != contract.x)[:3]
    return {feature.name: _typical(feature) for feature in first}


def _typical(feature: Feature) -> str | float | None:
    """A value of the training rows."""
    if feature.kind == "category":
        return feature.categories[0] if feature.categories else None
    return int(feature.median or 0) if feature.kind == "integer" else feature.median


def _answer(contract: Contract) -> Schema:
    number: Schema = {"type": "number"}
    if contract.task == "classification":
        kind = "integer" if contract.target.kind == "integer" else "string"
        label = {"type": kind, "enum": list(contract.target.values)}
        values: Schema = {
            "label": label,
            "probability": number,
            "probability_of": label,
            "probabilities": _object(dict.fromkeys(contract.target.classes, number)),
            "set": _list(label),
        }
    else:
        values = {"prediction": number, "lower": number, "upper": number}
    schema = _object(
        {
            **values,
            "confidence": {**number, "description": _coverage(contract)},
            "target": TEXT,
            "unit": TEXT,
            "given": {"type": "object"},
            "missing": _list(TEXT),
            "warnings": _list(_object({"field": TEXT, "detail": TEXT})),
            "model": _model(),
        }
    )
    meaning = "By which its outcome can be posted; where the service keeps its answers, or if given"
    schema["properties"]["id"] = {**TEXT, "description": meaning}
    return schema


def _coverage(contract: Contract) -> str:
    """What an answer's confidence means; what was seen instead, where that is less."""
    if contract.observed_coverage is None:
        return "How often the range or set holds the truth"
    return (
        "How often the range or set is meant to hold the truth; given all features, it did for "
        f"{contract.observed_coverage:.0%} of {contract.held_out}: reckon with that"
    )


def _explanation(contract: Contract) -> Schema:
    number: Schema = {"type": "number"}
    part: Schema = {"probability": number}
    whole: Schema = {**part, "probability_of": _answer(contract)["properties"].get("label")}
    gain = ("moves", "How far the probability would move, up or down, if it were given; on average")
    if contract.task == "regression":
        part = {"prediction": number, "width": {**number, "description": "Of the range"}}
        whole = part
        gain = ("narrower", "The share by which the range would be narrower, on average; estimated")
    name, meaning = gain
    missing = _object({"feature": TEXT, name: {**number, "description": meaning}})
    return _object(
        {
            **whole,
            "base": {**_object(part), "description": "What one would say knowing nothing"},
            "contributions": {
                **_list(_object({"feature": TEXT, "value": {}, **part})),
                "description": "The largest first",
            },
            "missing": {**_list(missing), "description": "The most useful first"},
            "confidence": number,
            "target": TEXT,
            "unit": TEXT,
            "model": _model(),
        }
    )


def _golden_rows(contract: Contract) -> Schema:
    places = "Digits after the point to which an answer's amounts are rounded; below 0 before it"
    row = _object({"request": _ref("Record"), "answer": {"type": "object"}})
    return _object(
        {
            "model": _model(),
            "x": {**TEXT, "enum": [contract.x], "description": "The feature that x stands for"},
            "decimals": {"type": "integer", "description": places},
            "rows": _list(row),
        }
    )


def _model() -> Schema:
    return _object({"dataset": TEXT, "version": TEXT})


def _problem() -> Schema:
    required = {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT}
    optional: Schema = {"field": TEXT, "row": {"type": "integer"}, "pointer": TEXT}
    schema = _object(required)
    return {**schema, "description": "RFC 9457", "properties": {**required, **optional}}


def _dataframe_records(contract: Contract) -> Schema:
    return _with_params(contract, _object({"dataframe_records": _list(_ref("Record"))}))


def _dataframe_split(contract: Contract) -> Schema:
    names = {*contract.names, contract.x if "x" in contract.by_name else "x"}
    columns = {**_list({"enum": sorted(names)}), "minItems": 1, "uniqueItems": True}
    split = _object({"columns": columns, "data": _list(_list({}))})
    split["properties"]["index"] = _list({})
    split["additionalProperties"] = False
    return _with_params(contract, _object({"dataframe_split": split}))


def _with_params(contract: Contract, many: Schema) -> Schema:
    """MLflow's `params` beside the rows."""
    name = contract.answer_name(CONFIDENCE)
    params = {"type": "object", "properties": {name: _confidence(contract)}}
    many["properties"]["params"] = {**params, "additionalProperties": False}
    return {**many, "additionalProperties": False}


def _object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
