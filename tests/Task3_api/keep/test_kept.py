"""A service that keeps its answers, and one that does not."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from Task1_database.errors import TablecastError
from Task1_database.keep.answer_lines import find_answers, parse_lines
from Task1_database.keep.kept_store import ANSWERS
from Task3_api.app import create_app
from Task3_api.fast_path import FastPath, FastRequest
from Task3_api.keep.kept import KeepSettings, keeper_of
from Task3_api.metrics import metrics_of
from Task3_api.settings import settings
from tests.Task3_api.keep.conftest import Make, keeper


def lines(app: Flask) -> list[dict[str, Any]]:
    kept = keeper(app)
    kept.flush()
    files = kept.store.names(ANSWERS)
    return [line for name in files for line in parse_lines(kept.store.read(ANSWERS, name))]


def test_a_service_without_keep_stores_nothing_and_gives_no_ids(client: FlaskClient) -> None:
    assert keeper_of(client.application) is None
    assert "id" not in client.get("/predict?x=1800").get_json()
    assert "Nothing of what is asked or answered" in client.get("/status").text
    assert "nothing of what you ask is stored" in client.get("/").text
    assert client.post("/answer", data={"x": "1800"}).status_code == 404
    assert client.get("/answer/17").status_code == 404


def test_every_answer_has_an_id_by_which_it_is_found(keeping: Flask) -> None:
    client = keeping.test_client()
    one = client.get("/predict?x=1800&bedrooms=3").get_json()
    two, three = client.post("/predict", json=[{"x": 900}, {"age": 3}]).get_json()
    (four,) = client.post("/invocations", json={"dataframe_records": [{"x": 5}]}).get_json()[
        "predictions"
    ]
    tensor = {"name": "x", "shape": [1], "datatype": "FP64", "data": [7]}
    inferred = client.post("/v2/models/houses/infer", json={"inputs": [tensor]}).get_json()
    (five,) = ({"id": o["data"][0]} for o in inferred["outputs"] if o["name"] == "id")
    ids = [answer["id"] for answer in (one, two, three, four, five)]
    assert [line["id"] for line in lines(keeping)] == ids
    line = find_answers(keeper(keeping).store, ids)[ids[0]].line
    assert line["answer"] == {part: value for part, value in one.items() if part != "id"}


def test_the_fast_path_keeps_too(keeping: Flask) -> None:
    keeping.test_client().get("/predict?x=1800")
    response = FastPath(keeping).answer(FastRequest("GET", "/predict", b"x=1800"))
    assert response
    assert [line["id"] for line in lines(keeping)][1:] == [json.loads(response.data)["id"]]
    own = FastRequest("GET", "/predict", b"x=1800&id=17")
    assert FastPath(keeping).answer(own) is None  # Flask's


def test_errors_and_what_a_page_asks_while_one_types_are_not_kept(keeping: Flask) -> None:
    client = keeping.test_client()
    assert client.get("/predict?x=nan").status_code == 400
    assert client.get("/answer?x=1800").status_code == 200
    assert client.get("/?living_area=1800").status_code == 200
    assert lines(keeping) == []


@pytest.mark.parametrize("own", [7, "order 7"])
def test_an_asker_may_name_the_question(keeping: Flask, own: str | int) -> None:
    client = keeping.test_client()
    answers = [
        client.get("/predict", query_string={"x": "1800", "id": own}).get_json(),
        client.post("/predict", json={"x": 1800, "id": own}).get_json(),
        client.post("/predict", json=[{"x": 1800, "id": own}]).get_json()[0],
        client.post("/predict", json={"id": own, "observation": {"x": 1800}}).get_json(),
    ]
    assert [answer["id"] for answer in answers] == [str(own)] * 4
    assert [line["id"] for line in lines(keeping)] == [str(own)] * 4
    assert {line["answer"]["given"]["living_area"] for line in lines(keeping)} == {1800}


def test_an_asker_s_name_comes_back_where_nothing_is_kept(client: FlaskClient) -> None:
    assert client.get("/predict?x=1800&id=17").get_json()["id"] == "17"


@pytest.mark.parametrize("own", ["x" * 65, "two\nlines", [1], True])
def test_what_is_no_name_is_refused(keeping: Flask, own: object) -> None:
    answer = keeping.test_client().post("/predict", json=[{"x": 1}, {"x": 1800, "id": own}])
    assert answer.status_code == 400
    assert answer.get_json()["pointer"] == "/1/id"
    assert "at most 64 printable characters" in answer.get_json()["detail"]


def test_an_error_inside_an_observation_is_pointed_at(keeping: Flask) -> None:
    answer = keeping.test_client().post("/predict", json={"id": 1, "observation": {"x": "y"}})
    assert answer.get_json()["pointer"] == "/observation/x"


def test_private_values_are_not_kept(make: Make) -> None:
    app = make(KEEP_PRIVATE="age")
    app.test_client().get("/predict?x=1800&age=30")
    (line,) = lines(app)
    assert line["answer"]["given"] == {"living_area": 1800}
    assert line["answer"]["private"] == ["age"]
    assert "without the values of age" in app.test_client().get("/status").text


def test_two_workers_do_not_meet(make: Make) -> None:
    apps = [make(), make()]
    for app in apps:
        app.test_client().get("/predict?x=1800")
    assert len(lines(apps[0])) + len(lines(apps[1])) >= 2
    assert len(keeper(apps[0]).store.names(ANSWERS)) == 2


def test_a_folder_that_cannot_be_written_to_is_told_at_the_start(
    sealed: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TablecastError, match="nothing can be kept there"):
        create_app({"MODEL_DIR": str(sealed), "KEEP": str(tmp_path / "file")})


def test_the_status_says_how_many(keeping: Flask) -> None:
    client = keeping.test_client()
    client.get("/predict?x=1800")
    keeper(keeping).flush()
    assert "1 kept and 0 dropped since then" in client.get("/status").text
    assert 'tablecast_kept_total{dataset="houses"} 1.0' in metrics_of(keeping).text().decode()
    assert "answers are kept" in client.get("/").text


HOMES = b"x,bedrooms,note\n1800,3,mine\n2400,4,yours\n"


def send(app: Flask, table: bytes = HOMES) -> str:
    """The address at which the answers to a file can be looked at; empty for none."""
    client = app.test_client()
    response = client.post("/batch_prediction", data=table, content_type="text/csv")
    assert response.status_code == 200
    assert response.data.startswith(table.split(b"\n")[0] + b",prediction")
    return response.headers.get("Results", "")


def test_a_file_and_its_answers_outlive_the_disk_of_the_service(make: Make, tmp_path: Path) -> None:
    page = send(make(KEEP_BATCHES="1", RESULTS=str(tmp_path / "one")))
    shutil.rmtree(tmp_path / "one")
    later = make(KEEP_BATCHES="1", RESULTS=str(tmp_path / "another")).test_client()
    assert "yours" in later.get(page).get_data(as_text=True)
    with later.get(f"{page}/answers.csv") as answers:
        assert answers.data.startswith(b"x,bedrooms,note,prediction")
    assert "until somebody deletes them" in later.get(page).get_data(as_text=True)
    later.post(f"{page}/delete")
    other = make(KEEP_BATCHES="1", RESULTS=str(tmp_path / "third")).test_client()
    assert other.get(page).status_code == 404


def test_a_kept_file_has_its_formulas_where_that_is_asked_for(make: Make, tmp_path: Path) -> None:
    client = make(KEEP_BATCHES="1", FORMULAS="keep", RESULTS=str(tmp_path / "r")).test_client()
    table = b"x,note\n1800,=1+1\n"
    with client.post("/batch_prediction", data=table, content_type="text/csv") as answered:
        assert b"\n1800,=1+1," in answered.data
    with client.get(f"{answered.headers['Results']}/answers.csv") as again:
        assert again.data == answered.data
    with client.get(f"{answered.headers['Results']}/answers.xlsx") as book:
        cell = load_workbook(io.BytesIO(book.data)).worksheets[0]["B2"]
        assert (cell.data_type, cell.value) == ("s", "'=1+1")


def test_files_are_not_kept_unless_one_says_so(make: Make, tmp_path: Path) -> None:
    assert send(make(RESULTS=str(tmp_path / "results"))) == ""
    assert not list((tmp_path / "kept").glob("*/batches/*"))


def test_a_file_with_something_private_is_not_kept(make: Make, tmp_path: Path) -> None:
    app = make(KEEP_BATCHES="1", KEEP_PRIVATE="bedrooms", RESULTS=str(tmp_path / "results"))
    assert send(app) == ""
    assert send(app, b"x\n1800\n") != ""
    assert len(list((tmp_path / "kept").glob("*/batches/*"))) == 1


def test_nothing_is_kept_unless_one_says_so() -> None:
    assert KeepSettings.of(settings({})) == KeepSettings("", None, 3600, frozenset())


def test_the_environment_and_before_it_the_configuration() -> None:
    environment = {
        "TABLECAST_KEEP": "/there",
        "TABLECAST_KEEP_DAYS": "30",
        "TABLECAST_KEEP_SECONDS": "60",
        "TABLECAST_KEEP_PRIVATE": "name, age,",
        "TABLECAST_KEEP_BATCHES": "1",
    }
    assert KeepSettings.of(settings(environment)) == KeepSettings(
        "/there", 30, 60, frozenset({"name", "age"}), True
    )
    assert KeepSettings.of(settings(environment) | {"KEEP": ""}).url == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEEP_BATCHES", "yes"),
        ("KEEP_DAYS", "-1"),
        ("KEEP_DAYS", "soon"),
        ("KEEP_DAYS", "nan"),
        ("KEEP_SECONDS", "0"),
    ],
)
def test_what_cannot_be_read_is_named(name: str, value: str) -> None:
    with pytest.raises(TablecastError, match=f"TABLECAST_{name}: expected .* not '{value}'"):
        KeepSettings.of(settings({f"TABLECAST_{name}": value}))
