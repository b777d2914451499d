"""The service for programs, called through Flask's client: answers, and exact refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from Task2_model.artifact import SealedModel
from Task3_api.current_model import KEY, CurrentModel, activate
from Task3_api.parsing import Parser
from Task3_api.predictor import Predictor

NUMBER = "must be a decimal number such as 12 or -3.5"

BAD_VALUES = [
    ("nan", f"x {NUMBER}, not 'nan'"),
    ("inf", f"x {NUMBER}, not 'inf'"),
    ("1e999", "x is too large a number: '1e999'"),
    ("1_000", f"x {NUMBER}, not '1_000'"),
    ("١٢", f"x {NUMBER}, not '١٢'"),
    (" 1\n", rf"x {NUMBER}, not ' 1\n'"),
    ("0x10", f"x {NUMBER}, not '0x10'"),
    ("true", f"x {NUMBER}, not 'true'"),
    ("1" * 5000, "x is 5,000 characters long; a number may have 64"),
]

AT_CONFIDENCE = {"field": "confidence", "pointer": "/confidence"}
NOTHING = "at least one feature must be given, for example living_area"


def refuses(
    response: TestResponse, status: int, detail: str, title: str = "Bad Request", **more: Any
) -> None:
    """The one shape that every refusal has, and this one's words."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    assert response.json == body
    assert response.status_code == status
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize(("value", "detail"), BAD_VALUES)
def test_bad_value_in_the_address(client: FlaskClient, value: str, detail: str) -> None:
    refuses(client.get("/predict", query_string={"x": value}), 400, detail, field="x")


@pytest.mark.parametrize(("value", "detail"), BAD_VALUES)
def test_bad_value_in_json(client: FlaskClient, value: str, detail: str) -> None:
    refuses(client.post("/predict", json={"x": value}), 400, detail, field="x", pointer="/x")


@pytest.mark.parametrize(
    ("query", "detail", "more"),
    [
        ("", NOTHING, {}),
        ("x=", NOTHING, {}),
        ("x=1&x=2", "living_area is given more than once", {"field": "x"}),
        (
            "livingarea=1",
            "'livingarea' is not known; did you mean living_area?",
            {"field": "livingarea"},
        ),
        ("bedrooms=4e38", "bedrooms is too large a number: '4e38'", {"field": "bedrooms"}),
        ("heating=%ff", "the request is not UTF-8: byte 0xff at position 0", {}),
    ],
)
def test_bad_address(client: FlaskClient, query: str, detail: str, more: dict[str, Any]) -> None:
    refuses(client.get(f"/predict?{query}"), 400, detail, **more)


@pytest.mark.parametrize(
    ("body", "detail", "more"),
    [
        (b"", "the body is not JSON: Expecting value at line 1, column 1", {}),
        (b"3", "send a record as a JSON object, or a list of records", {}),
        (b"{}", NOTHING, {}),
        (b"[{}]", NOTHING, {"row": 0, "pointer": "/0"}),
        (b"[5]", "a record must be an object, not '5'", {"row": 0, "pointer": "/0"}),
        (b'{"x": true}', f"x {NUMBER}, not true", {"field": "x", "pointer": "/x"}),
        (b'{"x": NaN}', f"x {NUMBER}, not NaN", {"field": "x", "pointer": "/x"}),
        (b'{"x": 1, "x": 2}', "the key 'x' appears more than once", {}),
        (b"[" * 5_000, "the body is nested too deeply", {}),
        (b'{"x": "\xff"}', "the body is not UTF-8: byte 0xff at position 7", {}),
        (
            b'[{"x": 1}, {"x": 1, "a~/ge": 1}]',
            "'a~/ge' is not known; did you mean age?",
            {"field": "a~/ge", "row": 1, "pointer": "/1/a~0~1ge"},
        ),
        (
            b'{"dataframe_records": [{"x": 1}, {"x": []}]}',
            f"x {NUMBER}, not a list",
            {"field": "x", "row": 1, "pointer": "/dataframe_records/1/x"},
        ),
        (
            b'{"dataframe_split": {"columns": ["age", "x"], "data": [[1, 2], [1, "a"]]}}',
            f"x {NUMBER}, not 'a'",
            {"field": "x", "row": 1, "pointer": "/dataframe_split/data/1"},
        ),
        (b'{"dataframe_records": {}}', "dataframe_records must be a list of records", {}),
        (
            b'{"dataframe_records": [], "parameters": {}}',
            "'parameters' is not known; did you mean params?",
            {"field": "parameters", "pointer": "/parameters"},
        ),
        (
            b'{"dataframe_records": [], "params": {"confidence": 0.8, "x": 1}}',
            "params must be an object that holds confidence, or nothing",
            {},
        ),
        (b'{"x": 1, "confidence": "high"}', f"confidence {NUMBER}, not 'high'", AT_CONFIDENCE),
        (
            b'[{"x": 1, "confidence": 0.8}]',
            "confidence is no feature; it is given once for all records, in the address",
            {"field": "confidence", "row": 0, "pointer": "/0/confidence"},
        ),
        (
            b'{"dataframe_records": [], "params": {"confidence": []}}',
            f"confidence {NUMBER}, not a list",
            {"field": "confidence", "pointer": "/params/confidence"},
        ),
    ],
)
@pytest.mark.parametrize("path", ["/predict", "/invocations"])
def test_bad_body(
    client: FlaskClient, path: str, body: bytes, detail: str, more: dict[str, Any]
) -> None:
    refuses(client.post(path, data=body, content_type="application/json"), 400, detail, **more)


def test_values_in_the_wrong_place(client: FlaskClient) -> None:
    detail = "with POST the values belong into the body, and only confidence into the address"
    refuses(client.post("/predict?x=1", json={"x": 1}), 400, detail)


def test_one_answer_by_four_ways(client: FlaskClient, predictor: Predictor) -> None:
    answer = predictor.answer({"living_area": 1800.0})
    assert client.get("/predict?x=1800").json == answer
    assert client.get("/predict?living_area=1.8e3&bedrooms=").json == answer
    assert client.post("/predict", json={"x": "1800", "bedrooms": None}).json == answer
    assert client.post("/predict", json=[{"living_area": 1800}]).json == [answer]


def test_many_answers_keep_their_order(client: FlaskClient, predictor: Predictor) -> None:
    areas = [2500, 900, 1800]
    expected = [predictor.answer({"living_area": float(area)}) for area in areas]
    records = [{"living_area": area} for area in areas]
    split = {"columns": ["living_area"], "index": [7, 8, 9], "data": [[area] for area in areas]}
    for path in ("/predict", "/invocations"):
        assert client.post(path, json=records).json == expected
        for frame in ({"dataframe_records": records}, {"dataframe_split": split}):
            assert client.post(path, json=frame).json == {"predictions": expected}
    assert client.post("/predict", json=[]).json == []


def test_the_confidence_is_the_request_s(client: FlaskClient, predictor: Predictor) -> None:
    answer = predictor.answer({"living_area": 1800.0}, 0.5)
    usual = predictor.answer({"living_area": 1800.0})
    assert answer["confidence"] == 0.5
    assert answer["prediction"] == usual["prediction"]
    assert usual["lower"] < answer["lower"] < answer["upper"] < usual["upper"]
    record, query = {"x": 1800}, "?confidence=0.5"
    assert client.get("/predict?x=1800&confidence=.5").json == answer
    assert client.post("/predict", json={**record, "confidence": 0.5}).json == answer
    for path in ("/predict", "/invocations"):
        assert client.post(path + query, json=record).json == answer
        assert client.post(path + query, json=[record, record]).json == [answer, answer]
        for frame in (
            {"dataframe_records": [record]},
            {"dataframe_split": {"columns": ["x"], "data": [[1800]]}},
        ):
            params = {"params": {"confidence": "0.5"}}
            assert client.post(path + query, json=frame).json == {"predictions": [answer]}
            assert client.post(path, json=frame | params).json == {"predictions": [answer]}
            assert client.post(path, json=frame | {"params": {}}).json == {"predictions": [usual]}
    explanation = client.get("/explain?x=1800&confidence=0.5").get_json()
    assert (explanation["confidence"], explanation["width"]) == (
        0.5, answer["upper"] - answer["lower"],
    )  # fmt: skip


@pytest.mark.parametrize("query", ["confidence=", "confidence=0.9"])
def test_without_a_confidence_it_is_the_usual_one(client: FlaskClient, query: str) -> None:
    usual = client.get("/predict?x=1800").json
    assert client.get(f"/predict?x=1800&{query}").json == usual
    assert client.post(f"/predict?{query}", json={"x": 1800}).json == usual
    assert client.post("/predict", json={"x": 1800, "confidence": None}).json == usual


@pytest.mark.parametrize("level", ["0", "-1", "1", "80", "0.9999"])
def test_a_confidence_that_no_answer_can_have(
    client: FlaskClient, predictor: Predictor, level: str
) -> None:
    rows = len(predictor.sealed.calibration.rows)
    highest = f"{int((rows - 1) / (rows + 1) * 1e4) / 1e4:g}"
    detail = (
        f"confidence {level} is not possible; expected a number above 0 and up to {highest}, "
        f"which is what {rows:,} calibration rows allow"
    )
    title, field = "Unprocessable Entity", {"field": "confidence"}
    query, record = f"confidence={level}", {"x": 1800}
    for path in ("/predict", "/explain"):
        refuses(client.get(f"{path}?x=1800&{query}"), 422, detail, title, **field)
    for body in (record, [record], [], {"dataframe_records": [record]}):
        refuses(client.post(f"/predict?{query}", json=body), 422, detail, title, **field)
    sent = {"data": b"x\n1\n", "content_type": "text/csv"}
    refuses(client.post(f"/batch_prediction?{query}", **sent), 422, detail, title, **field)
    response = client.post("/predict", json={**record, "confidence": level})
    refuses(response, 422, detail, title, **AT_CONFIDENCE)
    frame = {"dataframe_records": [record], "params": {"confidence": level}}
    pointer = "/params/confidence"
    refuses(client.post("/predict", json=frame), 422, detail, title, **field, pointer=pointer)


def test_a_confidence_given_twice(client: FlaskClient) -> None:
    detail, field = "confidence is given more than once", {"field": "confidence"}
    refuses(client.get("/predict?x=1&confidence=0.8&confidence=0.8"), 400, detail, **field)
    body = {"x": 1, "confidence": 0.8}
    refuses(client.post("/predict?confidence=0.8", json=body), 400, detail, **field)


def test_a_feature_that_is_called_confidence_keeps_its_name(
    app: Flask, predictor: Predictor
) -> None:
    before, contract = app.extensions[KEY], predictor.contract
    features = tuple(
        replace(f, name="confidence") if f.name == "age" else f for f in contract.features
    )
    contract = replace(contract, features=features)
    named = Predictor(SealedModel(**{**vars(predictor.sealed), "contract": contract}))
    sure = predictor.answer({"age": 12.0}, 0.5)
    try:
        activate(app, CurrentModel(named, Parser(contract)))
        client = app.test_client()
        answer = client.get("/predict?confidence=12").get_json()
        assert (answer["given"], answer["confidence"]) == ({"confidence": 12}, 0.9)
        query = "confidence=12&confidence_answer=0.5"
        answer = client.get(f"/predict?{query}").get_json()
        assert (answer["lower"], answer["upper"]) == (sure["lower"], sure["upper"])
        body = {"confidence": 12, "confidence_answer": 0.5}
        assert client.post("/predict", json=body).get_json() == answer
        posted = client.post("/predict?confidence_answer=0.5", json=[{"confidence": 12}])
        assert posted.get_json() == [answer]
        refused = client.get("/predict?confidence=12&confidence_answer=2").get_json()
        assert (refused["status"], refused["field"]) == (422, "confidence_answer")
        document = client.get("/openapi.json").get_json()
        names = [p["name"] for p in document["paths"]["/predict"]["get"]["parameters"]]
        assert {"confidence", "confidence_answer"} <= set(names)
        assert len(names) == len(set(names))
    finally:
        activate(app, before)


def test_a_category_never_seen_is_a_warning(client: FlaskClient) -> None:
    answer = client.get("/predict?x=1800&heating=coal").json
    assert answer is not None
    assert [warning["field"] for warning in answer["warnings"]] == ["heating"]


def test_a_number_that_is_not_whole_where_all_were_is_a_warning(client: FlaskClient) -> None:
    warning = {
        "field": "bedrooms",
        "detail": "bedrooms 2.5 is not a whole number; in training all were",
    }
    answer = client.get("/predict?x=1800&bedrooms=2.5").json
    assert answer is not None
    assert (answer["given"]["bedrooms"], answer["warnings"]) == (2.5, [warning])
    assert client.post("/predict", json={"x": 1800, "bedrooms": 2.5}).json == answer
    page = client.get("/?living_area=1800&bedrooms=2.5")
    assert page.status_code == 200
    assert "read as 2.5" in page.text  # a person is not told off for it
    assert "whole" not in page.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/ping"])
def test_health(client: FlaskClient, path: str, predictor: Predictor) -> None:
    body = client.get(path).json
    ready = {"dataset": "houses", "version": predictor.version}
    assert body == ({"status": "ok"} if path == "/healthz" else {"status": "ready", "model": ready})


def test_golden_rows_are_shown_where_rows_may_be(
    app: Flask, client: FlaskClient, predictor: Predictor
) -> None:
    shown = client.get("/golden.json").get_json()
    version = predictor.sealed.version
    assert shown == {
        "model": {"dataset": "houses", "version": version},
        "x": "living_area",
        "decimals": predictor.contract.target.decimals,
        "rows": predictor.sealed.golden,
    }
    model = app.extensions[KEY]
    private = replace(predictor.sealed, contract=replace(model.contract, similar_cases=False))
    activate(app, CurrentModel(Predictor(private), model.parser))
    try:
        refused = client.get("/golden.json")
    finally:
        activate(app, model)
    assert refused.status_code == 404
    assert refused.content_type == "application/problem+json"
    assert "this service shows no rows of its data" in refused.get_json()["detail"]


def test_no_answer_is_kept_from_a_browser_that_asks_for_data(client: FlaskClient) -> None:
    response = client.get("/predict?x=nan", headers={"Accept": "text/html"})
    refuses(response, 400, f"x {NUMBER}, not 'nan'", field="x")
