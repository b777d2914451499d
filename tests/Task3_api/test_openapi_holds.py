"""What the OpenAPI document says holds: schemathesis asks as it allows, and as it does not."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation.modes import GenerationMode

from Task2_model.contract import Contract
from Task3_api.predictor import Predictor

OPERATIONS = [
    ("/predict", "GET"),
    ("/predict", "POST"),
    ("/invocations", "POST"),
    ("/explain", "GET"),
    ("/outcomes", "POST"),
    ("/update", "POST"),
    ("/v2/models/houses/infer", "POST"),
]
WITHOUT_INPUT = {
    ("/golden.json", "GET"),
    ("/healthz", "GET"),
    ("/readyz", "GET"),
    ("/batch_prediction", "GET"),
    ("/v2", "GET"),
    ("/v2/health/live", "GET"),
    ("/v2/health/ready", "GET"),
    ("/v2/models/houses", "GET"),
    ("/v2/models/houses/ready", "GET"),
}
ITS_OWN_TESTS = {("/batch_prediction", "POST")}  # no schema says what a CSV is
METHODS = {"DELETE", "GET", "PATCH", "POST", "PUT"}


@pytest.fixture(scope="module")
def described(app: Flask, predictor: Predictor) -> Any:
    """The document, with what OpenAPI cannot say about parameters that belong together."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)

    @schema.hook
    def filter_query(context: Any, query: dict[str, Any] | None) -> bool:
        if "" in (query or {}).values():  # it is missing, for which OpenAPI has no word
            return False
        asks = context.operation.path in ("/predict", "/explain")
        is_get = asks and context.operation.method.upper() == "GET"
        return not is_get or gives_something(predictor.contract, query or {})

    @schema.hook
    def filter_body(context: Any, body: Any) -> bool:
        return not (isinstance(body, dict) and "dataframe_split" in body)  # rows as wide as columns

    @schema.hook
    def filter_case(context: Any, case: Any) -> bool:
        held = [each for each in (case.query, case.body) if isinstance(each, dict)]
        for name in ("params", "parameters"):
            held += [each[name] for each in held if isinstance(each.get(name), dict)]
        asked = [each["confidence"] for each in held if "confidence" in each]
        return len(asked) < 2 and not any(is_too_sure(value) for value in asked)

    return schema


def is_too_sure(value: Any) -> bool:
    """Whether a confidence may be a 422, which the document tells of: the rows do not allow it."""
    return isinstance(value, float) and not 0.01 < value < 0.99 and 0 < value < 1


def agreeing(contract: Contract, case: Any) -> Any:
    """What JSON Schema cannot say of tensors: no feature twice, one value each, of its kind."""
    inputs = {}
    for tensor in case.body["inputs"]:
        feature = contract.by_name[contract.x if tensor["name"] == "x" else tensor["name"]]
        value = feature.categories[0] if feature.kind == "category" else 1
        inputs[feature.name] = {**tensor, "shape": [1], "data": [value]}
    case.body["inputs"] = list(inputs.values())
    return case


def gives_something(contract: Contract, query: dict[str, Any]) -> bool:
    """Whether a query gives a value that training held, and none of them twice."""
    if {"x", contract.x} <= query.keys():
        return False
    return any(name == "x" or is_usable(contract, name, query[name]) for name in query)


def is_usable(contract: Contract, name: str, value: Any) -> bool:
    feature = contract.by_name.get(name)
    return feature is not None and (feature.kind != "category" or value in feature.categories)


def test_every_operation_is_tested(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    described = {(path, method.upper()) for path, methods in paths.items() for method in methods}
    assert described == {*OPERATIONS} | WITHOUT_INPUT | ITS_OWN_TESTS


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_there_are_no_findings(
    described: Any, predictor: Predictor, path: str, method: str, mode: GenerationMode
) -> None:
    """What fits the schema is answered, what does not is refused, and both as is described."""
    cases = described[path][method].as_strategy(generation_mode=mode)
    if path.endswith("/infer") and mode == GenerationMode.POSITIVE:
        cases = cases.map(lambda case: agreeing(predictor.contract, case))

    @given(case=cases)
    @settings(
        max_examples=15,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        case.call_and_validate()

    ask()


def test_other_methods_are_refused_and_the_right_ones_named(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    for path, operations in paths.items():
        described = {method.upper() for method in operations}
        for method in METHODS - described:
            response = client.open(path, method=method)
            assert response.status_code == 405, (method, path)
            assert described <= set(response.headers["Allow"].split(", "))
            assert response.mimetype == "application/problem+json"
