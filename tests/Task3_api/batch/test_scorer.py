"""Every row comes back with its answer, in order; a bad cell is an error of its own row only."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from Task1_database.errors import TablecastError
from Task3_api.app import create_app
from Task3_api.batch.reader import ROWS
from Task3_api.batch.scorer import answer_columns
from Task3_api.current_model import KEY
from Task3_api.predictor import Predictor
from tests.Task3_api.batch.csv_posts import NOTHING, NUMBER, send, table, written


def test_no_feature_among_the_columns(client: FlaskClient) -> None:
    response = send(client, b"Livid Arena,a\n1800,1\n")
    assert response.json is not None
    assert response.json["detail"].startswith(
        "no column is a feature of houses; did you mean 'Livid Arena' as living_area? Else the "
        "header needs one or more of living_area, "
    )


@pytest.mark.parametrize(
    ("cell", "detail"),
    [
        ("nan", f"living_area {NUMBER}, not 'nan'"),
        ("inf", f"living_area {NUMBER}, not 'inf'"),
        ("1e999", "living_area is too large a number: '1e999'"),
        ("1_000", f"living_area {NUMBER}, not '1_000'"),
        ("١٢", f"living_area {NUMBER}, not '١٢'"),
        ("1 1\n", f"living_area {NUMBER}, not '1 1'"),
        ("0x10", f"living_area {NUMBER}, not '0x10'"),
        ("true", f"living_area {NUMBER}, not 'true'"),
        ("1" * 5000, "living_area is 5,000 characters long; a number may have 64"),
        ("", NOTHING),
    ],
)
def test_a_bad_cell_is_an_error_of_its_own_row_only(
    client: FlaskClient, cell: str, detail: str
) -> None:
    body = written([["living_area", "id"], ["1800", "a"], [cell, "b"], ["1800", "c"]])
    _, before, spoilt, after = table(send(client, body))
    assert spoilt == [cell, "b", "", "", "", "", detail]
    assert before[2:] == after[2:]
    assert before[-1] == ""


def test_every_bad_cell_of_a_row_is_named(client: FlaskClient) -> None:
    _, row = table(send(client, b"living_area,bedrooms,heating\nx,4e38,coal\n"))
    wrong = f"living_area {NUMBER}, not 'x'; bedrooms is too large a number: '4e38'"
    assert row[-1] == wrong
    assert "coal" in row[-2]


def test_a_number_that_is_not_whole_is_answered_with_a_warning(client: FlaskClient) -> None:
    _, row = table(send(client, b"living_area,bedrooms\n1800,2.5\n"))
    assert row[-2:] == ["bedrooms 2.5 is not a whole number; in training all were", ""]
    assert float(row[2]) > 0


def test_the_same_answers_as_one_by_one(client: FlaskClient, predictor: Predictor) -> None:
    known = predictor.contract.by_name["heating"].categories[0]
    rows = [["1800", "3", known], ["", "2", "coal"], ["99999", "", ""], ["900", "4", known]]
    _, *answered = table(send(client, written([["living_area", "bedrooms", "heating"], *rows])))
    for cells, row in zip(rows, answered, strict=True):
        query = dict(zip(("living_area", "bedrooms", "heating"), cells, strict=True))
        answer = client.get("/predict", query_string=query).json
        assert answer is not None
        assert [float(text) for text in row[3:6]] == [
            answer[part] for part in ("prediction", "lower", "upper")
        ]
        assert row[6] == "; ".join(warning["detail"] for warning in answer["warnings"])


def test_x_stands_for_the_main_feature_where_that_is_missing(client: FlaskClient) -> None:
    _, alias = table(send(client, b"x\n1800\n"))
    _, name, other = table(send(client, b"living_area,x\n1800,900\n1800,\n"))
    assert alias[1:] == name[2:] == other[2:]


def test_order_is_kept_over_many_blocks(client: FlaskClient) -> None:
    count = 2 * ROWS + 1
    rows = [[str(number), str(600 + number % 4000)] for number in range(count)]
    _, *answered = table(send(client, written([["id", "living_area"], *rows])))
    assert [row[:2] for row in answered] == rows
    first = {area: row for _, area, *row in reversed(answered)}
    assert all(row == first[area] for _, area, *row in answered)


@pytest.mark.parametrize(
    ("cell", "echoed"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\n=1", "'\n=1"),
        ("\n", "'\n"),
        ("＝1+1", "'＝1+1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠SUM(A1)", "'＠SUM(A1)"),
        ("ＳＵＭ", "ＳＵＭ"),
        ("a\n=1", "a\n=1"),
        ("-", "'-"),
        ("-1", "-1"),
        ("+1.5e3", "+1.5e3"),
        ("a=1", "a=1"),
        ("'=1", "'=1"),
    ],
)
def test_nothing_echoed_becomes_a_formula(client: FlaskClient, cell: str, echoed: str) -> None:
    header, row = table(send(client, written([[cell, "x", "heating"], [cell, "1800", cell]])))
    assert (header[0], row[0], row[2]) == (echoed, echoed, echoed)


def test_cells_stay_as_they_are_where_that_is_asked_for(sealed: Path) -> None:
    client = create_app({"MODEL_DIR": str(sealed), "FORMULAS": "keep"}).test_client()
    header, row = table(send(client, written([["=a", "x", "n"], ["=1+1", "1800", "＝1"]])))
    assert (header[0], row[0], row[2]) == ("=a", "=1+1", "＝1")
    with pytest.raises(TablecastError, match="TABLECAST_FORMULAS must be keep"):
        create_app({"MODEL_DIR": str(sealed), "FORMULAS": "yes"})


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_cell_comes_back(client: FlaskClient, rows: list[tuple[str, str]]) -> None:
    sent = [["note", "living_area"], *(list(row) for row in rows)]
    _, *answered = table(send(client, written(sent)))
    assert len(answered) == len(rows)
    for row, (note, area) in zip(answered, rows, strict=True):
        assert row[0] in (note, "'" + note)
        assert row[1] in (area, "'" + area)
        assert (row[2] == "") == (row[6] != "")


def test_without_ranges_the_points_are_the_same(client: FlaskClient) -> None:
    body = written([["living_area", "id"], ["1800", "a"], ["x", "b"], ["9999", "c"]])
    answers = table(send(client, body))
    response = client.post("/batch_prediction?range=0", data=body, content_type="text/csv")
    assert table(response) == [row[:3] + row[5:] for row in answers]


def test_a_classification_in_a_batch(classifier: FlaskClient) -> None:
    sent = {"data": b"x\n800\nnan\n", "content_type": "text/csv"}
    header, first, second = csv.reader(
        classifier.post("/batch_prediction", **sent).text.splitlines()
    )
    answer = classifier.get("/predict?x=800").get_json()
    assert header == [
        "x", "label", "probability", "probability_No", "probability_Yes", "set",
        "warnings", "error",
    ]  # fmt: skip
    assert first == [
        "800",
        answer["label"],
        str(answer["probability"]),
        *map(str, answer["probabilities"].values()),
        "|".join(answer["set"]),
        "",
        "",
    ]
    assert second[1:-1] == [""] * 6


def test_of_many_classes_a_table_has_no_column_each(classifier: FlaskClient) -> None:
    contract = classifier.application.extensions[KEY].contract

    def columns(count: int) -> tuple[str, ...]:
        target = replace(contract.target, classes=tuple(map(str, range(count))))
        return answer_columns(replace(contract, target=target))

    assert columns(20)[:3] == ("label", "probability", "probability_0")
    assert len(columns(20)) == 25
    assert columns(21) == ("label", "probability", "set", "warnings", "error")
