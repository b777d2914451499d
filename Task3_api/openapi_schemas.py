"""What goes in and out of the interface, as JSON schemas made from the contract.

A category that training never saw may be given too, so categories are examples, not an enum;
likewise a number may lie outside the range that the description names.
"""

from __future__ import annotations

from typing import Any

from Task2_model.contract import Contract, Feature
from Task3_api.keep.own_id import ID, LONGEST
from Task3_api.parsing import CONFIDENCE, LARGEST_NUMBER

Schema = dict[str, Any]
EXAMPLES = 10  # categories named as examples
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER}
NUMBER_AS_TEXT = {"pattern": r"^([+-]?[0-9]{1,20}(\.[0-9]{0,20})?)?$"}  # others are taken, too
CATEGORY: Schema = {"type": "string", "pattern": "^[^\\u0000]*$"}


def component_schemas(contract: Contract) -> dict[str, Schema]:
    """Every schema that the paths refer to, by its name."""
    return {
        "Record": _record(contract),
        "SingleRecord": _single_record(contract),
        "Answer": _answer(contract),
        "Explanation": _explanation(contract),
        "Outcome": _outcome(contract),
        "GoldenRows": _golden_rows(contract),
        "Problem": _problem(),
        "DataframeRecords": _dataframe_records(contract),
        "DataframeSplit": _dataframe_split(contract),
        "Predictions": object_of({"predictions": list_of(reference("Answer"))}),
    }


def confidence_schema(contract: Contract) -> Schema:
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


def own_id_schema(contract: Contract) -> dict[str, Schema]:
    """The asker's own id, where no feature is called so."""
    if ID in contract.by_name:
        return {}
    meaning = "The asker's own name for this question, by which the answer is known."
    schema = {"type": ["string", "number", "null"], "maxLength": LONGEST, "pattern": "^[ -~]*$"}
    return {ID: {**schema, "description": meaning}}


def _outcome(contract: Contract) -> Schema:
    target = contract.target
    value: Schema = {"type": "number"}
    if contract.task == "classification":
        value = {"enum": list(target.values)}
    schema = object_of({"id": TEXT, "outcome": {**value, "description": f"The {target.name}."}})
    schema["properties"]["replace"] = {"type": "boolean"}
    return schema


def value_schema(feature: Feature) -> Schema:
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
        schema = {**NUMBER, "examples": [typical_value(feature)]}
    return {**schema, "description": " ".join(sentences)}


def _record(contract: Contract) -> Schema:
    """Some features, at least one of which the model can use, and none of them twice."""
    values = {feature.name: _value_or_null(feature) for feature in contract.features}
    values |= own_id_schema(contract)
    usable = [_usable(feature) for feature in contract.features]
    record = {"type": "object", "additionalProperties": False, "anyOf": usable}
    if "x" in values:
        return {**record, "properties": values}
    values["x"] = {"$ref": f"#/components/schemas/Record/properties/{contract.x}"}
    usable.append(_given("x", {"not": {"enum": [None, ""]}}))
    return {**record, "properties": values, "not": {"required": ["x", contract.x]}}


def _value_or_null(feature: Feature) -> Schema:
    """A feature's schema in a JSON record: a text may hold a number, a number name a category."""
    schema = value_schema(feature)
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
    return {**record, "properties": {**record["properties"], name: confidence_schema(contract)}}


def typical_value(feature: Feature) -> str | float | None:
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
            "probabilities": object_of(dict.fromkeys(contract.target.classes, number)),
            "set": list_of(label),
        }
    else:
        values = {"prediction": number, "lower": number, "upper": number}
    schema = object_of(
        {
            **values,
            "confidence": {**number, "description": _coverage(contract)},
            "target": TEXT,
            "unit": TEXT,
            "given": {"type": "object"},
            "missing": list_of(TEXT),
            "warnings": list_of(object_of({"field": TEXT, "detail": TEXT})),
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
    missing = object_of({"feature": TEXT, name: {**number, "description": meaning}})
    return object_of(
        {
            **whole,
            "base": {**object_of(part), "description": "The prediction where no feature is given"},
            "contributions": {
                **list_of(object_of({"feature": TEXT, "value": {}, **part})),
                "description": "The largest first",
            },
            "missing": {**list_of(missing), "description": "The most useful first"},
            "confidence": number,
            "target": TEXT,
            "unit": TEXT,
            "model": _model(),
        }
    )


def _golden_rows(contract: Contract) -> Schema:
    decimals = "Digits after the point to which an answer's amounts are rounded; below 0 before it"
    row = object_of({"request": reference("Record"), "answer": {"type": "object"}})
    return object_of(
        {
            "model": _model(),
            "x": {**TEXT, "enum": [contract.x], "description": "The feature that x stands for"},
            "decimals": {"type": "integer", "description": decimals},
            "rows": list_of(row),
        }
    )


def _model() -> Schema:
    return object_of({"dataset": TEXT, "version": TEXT})


def _problem() -> Schema:
    required = {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT}
    optional: Schema = {"field": TEXT, "row": {"type": "integer"}, "pointer": TEXT}
    schema = object_of(required)
    return {**schema, "description": "RFC 9457", "properties": {**required, **optional}}


def _dataframe_records(contract: Contract) -> Schema:
    return _with_params(contract, object_of({"dataframe_records": list_of(reference("Record"))}))


def _dataframe_split(contract: Contract) -> Schema:
    names = {*contract.names, contract.x if "x" in contract.by_name else "x"}
    columns = {**list_of({"enum": sorted(names)}), "minItems": 1, "uniqueItems": True}
    split = object_of({"columns": columns, "data": list_of(list_of({}))})
    split["properties"]["index"] = list_of({})
    split["additionalProperties"] = False
    return _with_params(contract, object_of({"dataframe_split": split}))


def _with_params(contract: Contract, many: Schema) -> Schema:
    """MLflow's `params` beside the rows."""
    name = contract.answer_name(CONFIDENCE)
    params = {"type": "object", "properties": {name: confidence_schema(contract)}}
    many["properties"]["params"] = {**params, "additionalProperties": False}
    return {**many, "additionalProperties": False}


def object_of(properties: Schema) -> Schema:
    """An object whose properties are all required."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def list_of(items: Schema) -> Schema:
    """A list of values of one schema."""
    return {"type": "array", "items": items}


def reference(name: str) -> Schema:
    """A schema of `component_schemas`, by its name."""
    return {"$ref": f"#/components/schemas/{name}"}
