"""The schemas of the Open Inference Protocol's documents, made from the contract."""

from __future__ import annotations

from Task2_model.contract import Contract
from Task3_api.keep.own_id import LONGEST
from Task3_api.openapi_schemas import TEXT, Schema, confidence_schema, list_of, object_of, reference
from Task3_api.parsing import CONFIDENCE
from Task3_api.tensors import DATATYPES, answer_tensors

CLOSED: Schema = {"additionalProperties": False}


def inference_schemas(contract: Contract) -> dict[str, Schema]:
    """Each schema by the name under which the document refers to it."""
    return {
        "Tensor": _tensor(),
        "InferenceRequest": _inference_request(contract),
        "InferenceResponse": _inference_response(),
    }


def _tensor() -> Schema:
    shape = {**list_of({"type": "integer", "minimum": 0}), "minItems": 1, "maxItems": 2}
    datatype = {"enum": list(DATATYPES)}
    return object_of({"name": TEXT, "shape": shape, "datatype": datatype, "data": list_of({})})


def _inference_request(contract: Contract) -> Schema:
    tensor, names = _tensor(), sorted({*contract.names, "x"})
    tensor["properties"] |= {"name": {"enum": names}, "parameters": {"type": "object"}}
    request = object_of({"inputs": {**list_of({**tensor, **CLOSED}), "minItems": 1}})
    output = object_of({"name": {"enum": list(answer_tensors(contract))}})
    output["properties"]["parameters"] = {"type": "object"}
    confidence = {contract.answer_name(CONFIDENCE): confidence_schema(contract)}
    parameters = {"type": "object", "properties": {**confidence, "content_type": TEXT}, **CLOSED}
    request["properties"] |= {
        "id": {"type": "string", "maxLength": LONGEST, "pattern": "^[ -~]*$"},
        "parameters": parameters,
        "outputs": list_of({**output, **CLOSED}),
    }
    return {**request, **CLOSED}


def _inference_response() -> Schema:
    named = {"model_name": TEXT, "model_version": TEXT}
    answer = object_of({**named, "outputs": list_of(reference("Tensor"))})
    answer["properties"]["id"] = TEXT
    return answer
