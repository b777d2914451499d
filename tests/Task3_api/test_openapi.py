"""The OpenAPI document: what the contract says, and true of the answers."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from Task3_api.predictor import Predictor


def test_openapi_says_what_the_contract_says(client: FlaskClient, predictor: Predictor) -> None:
    document = client.get("/openapi.json").json
    assert document is not None
    parameters = {p["name"]: p for p in document["paths"]["/predict"]["get"]["parameters"]}
    assert set(parameters) == {"x", "id", *predictor.contract.names, "confidence"}
    assert parameters["confidence"]["schema"]["default"] == 0.9
    area, heating = parameters["living_area"], parameters["heating"]
    feature = predictor.contract.by_name["living_area"]
    assert f"{feature.minimum:g} to {feature.maximum:g} in training" in area["description"]
    assert heating["schema"]["type"] == "string"
    assert "enum" not in heating["schema"]
    record = document["components"]["schemas"]["Record"]
    assert set(record["properties"]) == {"x", "id", *predictor.contract.names}


def test_every_way_of_asking_takes_a_confidence(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    for path, method in (
        ("/predict", "get"), ("/predict", "post"), ("/explain", "get"), ("/invocations", "post"),
        ("/batch_prediction", "post"), ("/v2/models/houses/infer", "post"),
    ):  # fmt: skip
        names = [p["name"] for p in document["paths"][path][method]["parameters"]]
        assert "confidence" in names
    schemas = document["components"]["schemas"]
    assert "confidence" in schemas["SingleRecord"]["properties"]
    assert "confidence" not in schemas["Record"]["properties"]
    for name in ("DataframeRecords", "DataframeSplit"):
        assert "confidence" in schemas[name]["properties"]["params"]["properties"]


def test_openapi_describes_the_golden_rows(client: FlaskClient) -> None:
    schema = client.get("/openapi.json").get_json()["components"]["schemas"]["GoldenRows"]
    golden = client.get("/golden.json").get_json()
    assert set(schema["required"]) == set(golden)
    row = schema["properties"]["rows"]["items"]
    assert all(set(row["required"]) == set(each) for each in golden["rows"])


def test_openapi_refers_only_to_what_it_holds(client: FlaskClient) -> None:
    text = client.get("/openapi.json").text
    document = json.loads(text)
    for reference in {part.split('"')[0] for part in text.split('"$ref":"#')[1:]}:
        node: Any = document
        for step in reference.strip("/").split("/"):
            node = node[step]


def test_openapi_describes_the_answer(client: FlaskClient) -> None:
    document, answer = client.get("/openapi.json").json, client.get("/predict?x=1800").json
    assert document is not None
    assert answer is not None
    schema = document["components"]["schemas"]["Answer"]
    assert schema["required"] == list(answer)


def test_every_path_of_openapi_is_served(app: Flask, client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    assert document is not None
    addresses = app.url_map.bind("localhost")
    for path, methods in document["paths"].items():
        for method in methods:
            assert addresses.match(path, method.upper())


def test_openapi_of_a_classification(classifier: FlaskClient) -> None:
    schemas = classifier.get("/openapi.json").get_json()["components"]["schemas"]
    assert schemas["Answer"]["required"] == list(classifier.get("/predict?x=800").get_json())
    assert schemas["Answer"]["properties"]["label"]["enum"] == ["No", "Yes"]
    assert schemas["Answer"]["properties"]["probabilities"]["required"] == ["No", "Yes"]
