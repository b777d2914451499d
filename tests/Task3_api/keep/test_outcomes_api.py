"""What came true, posted in every form that is understood."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.Task3_api.keep.conftest import Make


def ask(client: FlaskClient, count: int = 1) -> list[str]:
    answers = client.post("/predict", json=[{"x": 1000 + n} for n in range(count)]).get_json()
    return [answer["id"] for answer in answers]


def counts(response: TestResponse) -> tuple[int, int, int]:
    assert response.status_code == 200, response.text
    body = response.get_json()
    return body["recorded"], body["unchanged"], body["unknown"]


def test_one_and_the_same_again(keeping: Flask) -> None:
    client = keeping.test_client()
    (answer_id,) = ask(client)
    outcome = {"id": answer_id, "outcome": 180_000}
    assert counts(client.post("/outcomes", json=outcome)) == (1, 0, 0)
    assert counts(client.post("/outcomes", json=outcome)) == (0, 1, 0)


def test_a_list_names_the_unknown(keeping: Flask) -> None:
    client = keeping.test_client()
    ids = [*ask(client, 3), "nobody's"]
    response = client.post("/outcomes", json=[{"id": i, "outcome": 1} for i in ids])
    assert counts(response) == (3, 0, 1)
    assert response.get_json()["unknown_ids"] == ["nobody's"]


def test_a_csv(keeping: Flask) -> None:
    client = keeping.test_client()
    body = "id,outcome\r\n" + "".join(f"{i},{n}.5\r\n" for n, i in enumerate(ask(client, 30)))
    assert counts(client.post("/outcomes", data=body, content_type="text/csv")) == (30, 0, 0)
    body = body.replace("29.5", "30.5").replace("outcome", "outcome,replace")
    lines = [line + ("" if n == 0 else ",true") for n, line in enumerate(body.splitlines())]
    body = "\n".join(lines)
    assert counts(client.post("/outcomes", data=body, content_type="text/csv")) == (1, 29, 0)


def test_a_contradiction_is_told_and_may_replace(keeping: Flask) -> None:
    client = keeping.test_client()
    first, second = ask(client, 2)
    client.post("/outcomes", json={"id": first, "outcome": 1})
    several = [{"id": first, "outcome": 2}, {"id": second, "outcome": 2}]
    response = client.post("/outcomes", json=several)
    assert response.status_code == 409
    assert response.get_json()["ids"] == [first]
    several[0]["replace"] = True
    assert counts(client.post("/outcomes", json=several)) == (2, 0, 0)


def test_another_worker_s_answers_are_known_at_once(make: Make) -> None:
    one, other = make().test_client(), make().test_client()
    for own in (None, "17"):
        record = {"x": 1800} if own is None else {"x": 1800, "id": own}
        answer_id = one.post("/predict", json=record).get_json()["id"]
        outcome = {"id": answer_id, "outcome": 5}
        assert counts(other.post("/outcomes", json=outcome)) == (1, 0, 0)
        assert counts(one.post("/outcomes", json=outcome)) == (0, 1, 0)


def test_what_graders_send(keeping: Flask) -> None:
    client = keeping.test_client()
    client.post("/predict", json={"id": 3, "observation": {"x": 1800}})
    assert counts(client.post("/update", json={"id": 3, "true_class": 170_000})) == (1, 0, 0)
    assert counts(client.post("/update", json={"id": 3, "observation": 170_000})) == (0, 1, 0)
    assert client.post("/update", json={"id": 4, "true_class": 1}).status_code == 404


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"outcome": 1}, "id is missing"),
        ({"id": "1"}, "expected one outcome"),
        ({"id": "1", "outcome": 1, "true_class": 1}, "expected one outcome"),
        ({"id": "1", "outcome": "many"}, "outcome must be a decimal number"),
        ({"id": "1", "outcome": None}, "outcome is missing"),
        ({"id": "1", "outcome": 1, "replace": "yes"}, "replace must be true or false"),
        ({"id": "1", "outcom": 1}, "did you mean outcome?"),
        ([{"id": "1", "outcome": 1}, {"id": "1", "outcome": 2}], "has two different outcomes"),
        ([17], "an outcome must be an object"),
        (17, "send "),
    ],
)
def test_what_is_wrong_is_named(keeping: Flask, body: Any, detail: str) -> None:
    response = keeping.test_client().post("/outcomes", json=body)
    assert response.status_code == 400
    assert detail in response.get_json()["detail"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"id,outcome\n1,2,3\n", "line 2 has not as many cells"),
        (b"id,outcome\n1\n", "line 2 has not as many cells"),
        (b'id,outcome\n"1,2\n', "unexpected end of data"),
        (b"id,outcome\n\xff,2\n", "not UTF-8"),
        (b"who,outcome\n1,2\n", "'who' is not known"),
    ],
)
def test_a_csv_that_is_none(keeping: Flask, body: bytes, detail: str) -> None:
    response = keeping.test_client().post("/outcomes", data=body, content_type="text/csv")
    assert response.status_code == 400
    assert detail in response.get_json()["detail"]


def test_a_service_that_keeps_nothing_takes_none(client: FlaskClient) -> None:
    response = client.post("/outcomes", json={"id": "1", "outcome": 1})
    assert response.status_code == 404
    assert "keeps no answers" in response.get_json()["detail"]


def test_outcomes_are_bounded(make: Make) -> None:
    client = make(MAX_OUTCOMES=3).test_client()
    ids = ask(client, 4)
    posted = [{"id": answer_id, "outcome": 200_000} for answer_id in ids]
    assert counts(client.post("/outcomes", json=posted[:3])) == (3, 0, 0)
    response = client.post("/outcomes", json=posted)
    assert response.status_code == 413
    assert response.get_json()["detail"] == "4 outcomes came; 3 are allowed in one request"
    lines = "id,outcome\n" + "".join(f"{answer_id},200000\n" for answer_id in ids)
    response = client.post("/outcomes", data=lines, content_type="text/csv")
    assert response.status_code == 413
    assert response.get_json()["detail"] == "5 lines came; 3 are allowed in one request"
