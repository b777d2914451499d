"""The Open Inference Protocol over HTTP: as POST /predict, in tensors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from playbook.golden_rows import GoldenRows
from playbook.verify import compare
from Task2_model.artifact import SealedModel, current
from Task3_api.app import create_app
from tests.live import Live, own_port, start

INFER = "/v2/models/houses/infer"
CATEGORY = {"datatype": "BYTES"}


@pytest.fixture(scope="module")
def several_live(several: Path, births_home: Path) -> Iterator[Live]:
    port = own_port()
    command = ["-m", "tablecast", "serve", "--models", str(several), "--port", str(port)]
    live = start(command, port, births_home)
    yield live
    live.stop()


def ask(live: Live, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
    headers = {"Content-Type": "application/json"} if body is not None else {}
    data = json.dumps(body) if body is not None else None
    status, answer = live.ask(method, path, body=data, headers=headers)
    return status, json.loads(answer)


def tensor(name: str, *values: object, **others: object) -> dict[str, Any]:
    return {"name": name, "shape": [len(values)], "datatype": "FP64", "data": values, **others}


def columns(answer: dict[str, Any]) -> dict[str, list[Any]]:
    assert all(output["shape"] == [len(output["data"])] for output in answer["outputs"])
    return {output["name"]: output["data"] for output in answer["outputs"]}


@pytest.mark.parametrize("dataset", ["houses", "births"])
def test_golden_rows_are_answered_as_the_model_did(
    dataset: str, live: Live, several_live: Live, sealed: Path, births_home: Path
) -> None:
    folder = sealed if dataset == "houses" else current(births_home / "models" / "births")
    model = SealedModel.open(folder)
    requests = [row["request"] for row in model.golden]
    inputs = [tensor(n, *(each.get(n) for each in requests)) for n in model.contract.names]
    served = live if dataset == "houses" else several_live
    status, answer = ask(served, "POST", f"/v2/models/{dataset}/infer", {"inputs": inputs})
    assert (status, answer["model_version"]) == (200, model.version)
    parts = columns(answer)
    rows = [dict(zip(parts, row, strict=True)) for row in zip(*parts.values(), strict=True)]
    target = model.contract.target
    for row in rows:
        named = zip(target.classes, target.probability_columns, strict=True)
        row["probabilities"] = {name: row[column] for name, column in named}
        row["set"] = row.get("set", "").split("|")
    assert compare(GoldenRows.of_seal(model), rows) == len(rows)


def test_of_several_models_each_is_at_the_root_and_below_its_name(several_live: Live) -> None:
    body = {"inputs": [tensor("x", 1800)]}
    answers = [ask(several_live, "POST", root + INFER, body) for root in ("", "/houses")]
    assert answers[0] == answers[1]
    assert (answers[0][0], answers[0][1]["model_name"]) == (200, "houses")
    assert ask(several_live, "GET", "/v2/health/ready") == (200, {"ready": True})
    assert ask(several_live, "GET", "/v2")[1]["version"].startswith("births 2")
    ready = ask(several_live, "GET", "/v2/models/births/ready")
    assert ready == (200, {"name": "births", "ready": True})
    for path, expected in (("/v2/models/clients/ready", 503), ("/v2/models/boats/infer", 404)):
        status, problem = ask(several_live, "GET", path)
        assert (status, problem["error"]) == (expected, problem["detail"])


def test_a_model_answers_to_the_name_it_is_served_by(models: Path, tmp_path: Path) -> None:
    (tmp_path / "homes").symlink_to(models)
    client = create_app({"MODELS": str(tmp_path), "ADDRESS": "127.0.0.1"}).test_client()
    body = {"inputs": [{**tensor("x", 1800)}]}
    for path in ("/v2/models/homes", "/homes/v2/models/homes", "/homes/v2/models/houses"):
        answer = client.post(f"{path}/infer", json=body)
        assert answer.status_code == 200, answer.text
        assert answer.get_json()["model_name"] == path.rpartition("/")[2]


def test_what_it_says_of_itself(live: Live, sealed: Path) -> None:
    contract = SealedModel.open(sealed).contract
    assert ask(live, "GET", "/v2/health/live") == (200, {"live": True})
    assert ask(live, "GET", "/v2/health/ready") == (200, {"ready": True})
    assert ask(live, "GET", "/v2/models/houses/ready")[1] == {"name": "houses", "ready": True}
    assert ask(live, "GET", "/v2")[1]["version"] == sealed.name
    status, metadata = ask(live, "GET", "/v2/models/houses")
    assert (status, metadata["versions"]) == (200, [sealed.name])
    assert [spec["name"] for spec in metadata["inputs"]] == list(contract.names)
    body = {"inputs": [tensor("x", 1800)]}
    outputs = ask(live, "POST", INFER, body)[1]["outputs"]
    described = [{**spec, "shape": [1]} for spec in metadata["outputs"]]
    assert [{name: o[name] for name in ("name", "datatype", "shape")} for o in outputs] == described


def test_another_name_is_no_model_here(live: Live) -> None:
    for method, path, body in (
        ("GET", "/v2/models/boats", None),
        ("GET", "/v2/models/boats/ready", None),
        ("POST", "/v2/models/boats/infer", {"inputs": [tensor("x", 1800)]}),
    ):
        status, problem = ask(live, method, path, body)
        assert status == 404
        assert problem["error"] == problem["detail"] == "no model is called 'boats'; houses is"


def test_nested_and_flat_null_and_left_out_are_the_same(client: FlaskClient) -> None:
    def answered(*inputs: dict[str, Any]) -> dict[str, list[Any]]:
        return columns(client.post(INFER, json={"inputs": inputs}).get_json())

    plain = answered(tensor("living_area", 1800, 900))
    fuel = tensor("fuel", None, None, datatype="BYTES", parameters={"content_type": "str"})
    nested = {**tensor("x", [1800], [900]), "shape": [2, 1]}
    assert answered(tensor("living_area", "1800", "9e2"), fuel) == answered(nested) == plain
    records = [{"x": 1800}, {"x": 900}]
    answers = client.post("/predict", json=records).get_json()
    assert plain["upper"] == [answer["upper"] for answer in answers]
    assert answered(tensor("x"))["upper"] == []


def test_it_gives_what_is_asked_for(client: FlaskClient) -> None:
    body = {
        "id": "7f",
        "inputs": [tensor("x", 1800)],
        "outputs": [{"name": "upper"}, {"name": "lower", "parameters": {}}],
    }
    usual = client.post(INFER, json=body).get_json()
    assert usual["id"] == "7f"
    assert list(columns(usual)) == ["upper", "lower"]
    surer = {"parameters": {"confidence": 0.95, "content_type": "pd"}}
    wide = columns(client.post(INFER, json=body | surer).get_json())
    assert wide["lower"] < columns(usual)["lower"]
    assert wide == columns(client.post(f"{INFER}?confidence=0.95", json=body).get_json())
    unseen = {"inputs": [tensor("x", 1800), tensor("fuel", "plasma")]}
    assert "plasma" in columns(client.post(INFER, json=unseen).get_json())["warnings"][0]


def test_rows_may_have_ids_of_their_own(client: FlaskClient) -> None:
    inputs = [tensor("x", 1800, 900), tensor("id", "a", None, **CATEGORY)]
    assert columns(client.post(INFER, json={"inputs": inputs}).get_json())["id"] == ["a", None]


@pytest.mark.parametrize(
    ("change", "status", "detail", "pointer"),
    [
        ({"inputs": [tensor("x", 1, "1_8")]}, 400, "x must be a decimal", "/inputs/0/data/1"),
        (
            {"inputs": [tensor("x", 1), tensor("fuel", True)]},
            *(400, "fuel must be text, not true", "/inputs/1/data/0"),
        ),
        ({"inputs": [tensor("x", None)]}, 400, "at least one feature must be given", "/inputs"),
        ({"inputs": []}, 400, "at least one input must be given", None),
        ({"inputs": {}}, 400, "inputs and outputs must be lists, not an object", None),
        ({"inputs": [1]}, 400, "a tensor must be an object, not", None),
        ({"inputs": [tensor("bath", 1)]}, 400, "'bath' is not known; did you mean", "/inputs"),
        ({"inputs": [tensor("observation", {"x": 1})]}, 400, "'observation' is not kn", "/inputs"),
        (
            {"inputs": [tensor("x", 1), tensor("x", 1)]},
            400,
            "x is given more than",
            "/inputs/0/data",
        ),
        ({"inputs": [tensor("x", 1), tensor("living_area", 1)]}, 400, "living_area is given", None),
        ({"inputs": [tensor("x", 1), tensor("age", 1, 2)]}, 400, "age has another number of", None),
        ({"inputs": [tensor("x", 1, shape=[2])]}, 400, "x: shape must be [1]", None),
        ({"inputs": [tensor("x", 1, shape=[1, 2])]}, 400, "x: shape must be [1]", None),
        ({"inputs": [tensor("x", [1, 2])]}, 400, "x must be a decimal number", "/inputs/0/data/0"),
        ({"inputs": [tensor("x", 1, datatype="FP65")]}, 400, "x: datatype 'FP65' is not of", None),
        ({"inputs": [{"name": "x", "shape": [1]}]}, 400, "a tensor needs ", None),
        ({"inputs": [tensor("x", 1, dat=1)]}, 400, "'dat' is not known; did you mean data?", None),
        ({"outputs": [{"name": "uper"}]}, 400, "'uper' is not known; did you mean upper?", None),
        ({"outputs": False}, 400, "inputs and outputs must be lists, not false", None),
        ({"outputs": [1]}, 400, "an output must be an object", None),
        ({"parameters": {"confidnce": 0.5}}, 400, "did you mean confidence?", None),
        ({"parameters": {"confidence": 2}}, 422, "confidence", "/parameters/confidence"),
        ({"inptus": []}, 400, "'inptus' is not known; did you mean inputs?", None),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    client: FlaskClient, change: dict[str, Any], status: int, detail: str, pointer: str | None
) -> None:
    response = client.post(INFER, json={"inputs": [tensor("x", 1800)], **change})
    problem = response.get_json()
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert detail in problem["detail"] == problem["error"]
    assert pointer is None or problem["pointer"] == pointer


def test_what_is_no_object_or_no_json_is_refused(client: FlaskClient) -> None:
    for body in (b"[]", b"{", b"1", b'{"inputs": [], "inputs": []}'):
        response = client.post(INFER, data=body, content_type="application/json")
        assert response.status_code == 400
    assert client.post(INFER, data=b"{}").status_code == 415
    assert client.get(INFER).status_code == 405


def test_few_records_may_have_every_feature_where_few_are_allowed(sealed: Path) -> None:
    client = create_app({"MODEL_DIR": str(sealed), "MAX_RECORDS": 1}).test_client()
    (request, *_) = (row["request"] for row in SealedModel.open(sealed).golden)
    inputs = [tensor(name, value, parameters={}) for name, value in request.items()]
    assert len(inputs) > 10
    assert client.post(INFER, json={"inputs": inputs}).status_code == 200


def test_many_small_ones_are_refused_before_they_are_read(client: FlaskClient) -> None:
    body = '{"inputs": [' + ",".join(["[]"] * 1_000_000) + "]}"
    response = client.post(INFER, data=body, content_type="application/json")
    assert response.status_code == 413
    assert "lists and objects came; 10,000 are allowed" in response.text
