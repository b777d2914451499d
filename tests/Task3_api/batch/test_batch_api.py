"""A CSV in, the same CSV with answers out: whole, in order, and each bad cell named."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from Task3_api.app import create_app
from Task3_api.batch.reader import BYTES, ROWS
from Task3_api.predictor import Predictor

ANSWER = ["prediction", "lower", "upper", "warnings", "error"]
NUMBER = "must be a decimal number such as 12 or -3.5"
NOTHING = "at least one feature must be given, for example living_area"
OPEN_FILES = Path("/proc/self/fd")
UTF_8 = "save the file as CSV in UTF-8"


def send(client: FlaskClient, body: bytes, **options: Any) -> TestResponse:
    return client.post("/batch_prediction", data=body, content_type="text/csv", **options)


def table(response: TestResponse) -> list[list[str]]:
    assert response.status_code == 200, response.text
    return list(csv.reader(io.StringIO(response.get_data(as_text=True), newline="")))


def written(rows: list[list[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


NOT_A_CSV = [
    (b"", "the file is empty"),
    (b"\xef\xbb\xbf", "the file is empty"),
    (b"\n\n\r\n", "the file is empty"),
    (b"living_area\n", "the file has a header and no rows"),
    (b"age,living_area\r\n\r\n\r\n", "the file has a header and no rows"),
    (b"age,living_area\n1,2\n1,2,3\n", "line 3 has 3 cells, the header 2"),
    (b"age,living_area\n1,2\n1\n", "line 3 has 1 cells, the header 2"),
    (b'age,name\n1,"a\nb"\n\n1\n', "line 5 has 1 cells, the header 2"),
    ("age\n1\n".encode("utf-16"), "the file is UTF-16; save it as CSV in UTF-8"),
    ("age\n1\n".encode("utf-16-be"), f"line 1 has a NUL byte; {UTF_8}"),
    (b"age\n1\n2\0\n", f"line 3 has a NUL byte; {UTF_8}"),
    (b"age,fuel\n1,gas\n2,\xff\n", f"line 3 is not UTF-8 (byte 0xff); {UTF_8}"),
    (b"age,fuel\n1,gas\n2,caf\xc3", f"line 3 is not UTF-8 (byte 0xc3); {UTF_8}"),
    (b'age,fuel\n1,"gas\n2,oil\n', "line 2: a quote is opened and never closed"),
    (
        b'age,fuel\n1,gas\n2,"oil\n' + b"3,gas\n" * 30_000,
        "line 3: a cell has more than 131,072 characters; is a quote not closed?",
    ),
    (
        b'age,fuel\n1,"gas" oil\n',
        "line 2: ',' expected after '\"'; a quote inside a quoted cell is written twice",
    ),
    (
        b"age\n" + b"1" * 1_100_000,
        "line 2 is longer than 1,048,576 bytes; is this a CSV?",
    ),
    (b"age,fuel,age\n1,gas,2\n", "columns 1 and 3 are both called 'age'"),
    (b"age,,\n1,2,3\n", "columns 2 and 3 are both called ''"),
    (
        b"age;living_area\n1;2\n",
        "no column is a feature of houses; the columns are separated by ';', not by a comma",
    ),
    (
        b"age,error\n1,2\n",
        "the file already has a column called error; rename or remove it",
    ),
]


@pytest.mark.parametrize(("body", "detail"), NOT_A_CSV, ids=[detail for _, detail in NOT_A_CSV])
def test_a_file_that_is_not_sound(client: FlaskClient, body: bytes, detail: str) -> None:
    response = send(client, body)
    assert response.json is not None
    assert response.json["detail"] == detail
    assert response.status_code == 400


def test_no_feature_among_the_columns(client: FlaskClient) -> None:
    response = send(client, b"Living Area,a\n1800,1\n")
    assert response.json is not None
    assert response.json["detail"].startswith(
        "no column is a feature of houses; the header needs one or more of "
    )


@pytest.mark.parametrize(
    ("body", "echoed"),
    [
        (b"\xef\xbb\xbfliving_area\n1800\n", [["living_area"], ["1800"]]),
        (b"living_area,age\r\n1800,5\r\n", [["living_area", "age"], ["1800", "5"]]),
        (b"living_area\n1800", [["living_area"], ["1800"]]),
        (b"living_area\r1800\r900\r", [["living_area"], ["1800"], ["900"]]),
        (b"\n\nage,note\n\n1,b\n\n", [["age", "note"], ["1", "b"]]),
        (b'note,x\n"a ""b"",\nc",1800\n', [["note", "x"], ['a "b",\nc', "1800"]]),
        ("note,age\né🏠,5\n".encode(), [["note", "age"], ["é🏠", "5"]]),
    ],
)
def test_a_file_that_is(client: FlaskClient, body: bytes, echoed: list[list[str]]) -> None:
    header, *rows = table(send(client, body))
    assert header == echoed[0] + ANSWER
    assert [row[: len(echoed[0])] for row in rows] == echoed[1:]
    assert all(row[-1] == "" and float(row[-5]) > 0 for row in rows)


def test_an_empty_line_of_an_only_column_is_a_row(client: FlaskClient) -> None:
    _, *rows = table(send(client, b"living_area\n1800\n\n900\n"))
    assert [row[0] for row in rows] == ["1800", "", "900"]
    assert [row[-1] for row in rows] == ["", NOTHING, ""]


@pytest.mark.parametrize(
    ("cell", "detail"),
    [
        ("nan", f"living_area {NUMBER}, not 'nan'"),
        ("inf", f"living_area {NUMBER}, not 'inf'"),
        ("1e999", "living_area is too large a number: '1e999'"),
        ("1_000", f"living_area {NUMBER}, not '1_000'"),
        ("١٢", f"living_area {NUMBER}, not '١٢'"),
        (" 1\n", rf"living_area {NUMBER}, not ' 1\n'"),
        ("0x10", f"living_area {NUMBER}, not '0x10'"),
        ("true", f"living_area {NUMBER}, not 'true'"),
        ("1" * 5000, "living_area is 5000 characters long; a number may have 64"),
        ("", NOTHING),
    ],
)
def test_a_bad_cell_spoils_its_own_row_only(client: FlaskClient, cell: str, detail: str) -> None:
    body = written([["living_area", "id"], ["1800", "a"], [cell, "b"], ["1800", "c"]])
    _, before, spoilt, after = table(send(client, body))
    assert spoilt == [cell, "b", "", "", "", "", detail]
    assert before[2:] == after[2:]
    assert before[-1] == ""


def test_every_bad_cell_of_a_row_is_named(client: FlaskClient) -> None:
    _, row = table(send(client, b"living_area,bedrooms,heating\nx,2.5,coal\n"))
    wrong = f"living_area {NUMBER}, not 'x'; bedrooms must be a whole number, not '2.5'"
    assert row[-1] == wrong
    assert "coal" in row[-2]


def test_the_same_answers_as_one_by_one(client: FlaskClient, predictor: Predictor) -> None:
    known = predictor.contract.by_name["heating"].categories[0]
    rows = [["1800", "3", known], ["", "2", "coal"], ["99999", "", ""], ["900", "4", known]]
    _, *answered = table(send(client, written([["living_area", "bedrooms", "heating"], *rows])))
    for cells, row in zip(rows, answered, strict=True):
        query = dict(zip(("living_area", "bedrooms", "heating"), cells, strict=True))
        answer = client.get("/predict", query_string=query).json
        assert answer is not None
        assert [float(text) for text in row[3:6]] == [answer[part] for part in ANSWER[:3]]
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


def test_long_rows_make_shorter_blocks(client: FlaskClient) -> None:
    rows = [["1800", "n" * 100_000] for _ in range(3 * BYTES // 100_000)]
    assert [r[:2] for r in table(send(client, written([["x", "note"], *rows])))[1:]] == rows


@pytest.mark.parametrize(
    ("cell", "echoed"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
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


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(rows=st.lists(st.tuples(cells, cells), min_size=1, max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_cell_comes_back(client: FlaskClient, rows: list[tuple[str, str]]) -> None:
    sent = [["note", "living_area"], *(list(row) for row in rows)]
    _, *answered = table(send(client, written(sent)))
    assert len(answered) == len(rows)
    for row, (note, area) in zip(answered, rows, strict=True):
        assert row[0] in (note, "'" + note)
        assert row[1] in (area, "'" + area)
        assert (row[2] == "") == (row[6] != "")


def test_a_quoted_file_is_answered_as_a_plain_one(client: FlaskClient) -> None:
    rows = [["heating", "living_area"], *([["hot air", str(700 + i)] for i in range(2 * ROWS)])]
    unquoted = written(rows)
    rows[1][0] = "hot, air"
    quoted = table(send(client, written(rows)))
    assert quoted[0] == table(send(client, unquoted))[0]
    assert quoted[2:] == table(send(client, unquoted))[2:]
    assert quoted[1][5] == "heating 'hot, air' was never seen in training and is left out"


def test_without_ranges_the_points_are_the_same(client: FlaskClient) -> None:
    body = written([["living_area", "id"], ["1800", "a"], ["x", "b"], ["9999", "c"]])
    answers = table(send(client, body))
    response = client.post("/batch_prediction?range=0", data=body, content_type="text/csv")
    assert table(response) == [row[:3] + row[5:] for row in answers]


def upload(client: FlaskClient, *files: tuple[str, bytes], **fields: str) -> TestResponse:
    data: dict[str, Any] = {"file": [(io.BytesIO(body), name) for name, body in files], **fields}
    return client.post("/batch_prediction", data=data, content_type="multipart/form-data")


def test_a_form_and_a_body_are_answered_alike(client: FlaskClient) -> None:
    body = b"living_area\n1800\n"
    assert upload(client, ("a.csv", body), note="x").data == send(client, body).data


@pytest.mark.parametrize(
    ("files", "detail"),
    [
        ([], "send one CSV file; none came"),
        ([("", b"")], "send one CSV file; none came"),
        ([("a.csv", b"x\n1\n"), ("b.csv", b"x\n1\n")], "send one CSV file; 2 came"),
        ([("a.csv", b"")], "the file is empty"),
    ],
)
def test_a_form_without_one_file(
    client: FlaskClient, files: list[tuple[str, bytes]], detail: str
) -> None:
    response = upload(client, *files)
    assert response.json is not None
    assert (response.status_code, response.json["detail"]) == (400, detail)


def test_a_cut_upload_is_not_answered(client: FlaskClient) -> None:
    """As gunicorn hands it over: the announced length, fewer bytes, and no error."""
    environ = {"CONTENT_LENGTH": "5000", "wsgi.input_terminated": True}
    response = send(client, b"living_area\n1800\n", environ_overrides=environ)
    assert response.json is not None
    assert response.json["detail"] == "the request was cut: 17 of 5,000 bytes came; send it again"
    assert response.status_code == 400


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/x-www-form-urlencoded", "text/csv; charset=latin-1"],
)
def test_another_type_is_refused(client: FlaskClient, content_type: str) -> None:
    response = client.post("/batch_prediction", data=b"x\n1\n", content_type=content_type)
    assert response.json is not None
    assert response.json["detail"] == "send text/csv in UTF-8, or multipart/form-data with one file"
    assert response.status_code == 415


def test_too_large_a_file_is_refused(sealed: Path) -> None:
    client = create_app({"MODEL_DIR": str(sealed), "MAX_UPLOAD_LENGTH": 100}).test_client()
    assert send(client, b"living_area\n" + b"1800\n" * 10).status_code == 200
    response = send(client, b"living_area\n" + b"1800\n" * 100)
    assert response.json is not None
    assert response.json["detail"] == "the body is larger than the 100 bytes allowed here"
    assert response.status_code == 413


def test_parameters_are_refused(client: FlaskClient) -> None:
    response = client.post("/batch_prediction?x=1", data=b"x\n1\n", content_type="text/csv")
    assert response.json is not None
    assert response.json["detail"] == (
        "batch_prediction takes one parameter, range, which is 0 or 1"
    )


def test_the_answer_is_a_file_with_a_name(client: FlaskClient) -> None:
    headers = send(client, b"x\n1800\n").headers
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Content-Disposition"] == "attachment; filename=houses_predictions.csv"


def peak(client: FlaskClient, rows: int) -> int:
    body = b"living_area,note\n" + b"1800,whatever\n" * rows
    tracemalloc.start()
    response = send(client, body, buffered=False)
    assert sum(chunk.count(b"\n") for chunk in response.iter_encoded()) == rows + 1
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    response.close()
    return most


def test_memory_does_not_grow_with_the_file(client: FlaskClient) -> None:
    peak(client, ROWS)  # what is kept for good is made by the first
    assert peak(client, 160 * ROWS) < 1.2 * peak(client, 40 * ROWS)


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="counts open files in /proc")
def test_a_reader_who_leaves_early_leaves_no_file_open(client: FlaskClient) -> None:
    before = len(list(OPEN_FILES.iterdir()))
    response = send(client, b"living_area\n" + b"1800\n" * 3 * ROWS, buffered=False)
    next(iter(response.response))
    response.close()
    assert len(list(OPEN_FILES.iterdir())) == before


def test_a_classification_in_a_batch(classifier: FlaskClient) -> None:
    sent = {"data": b"x\n800\nnan\n", "content_type": "text/csv"}
    header, first, second = csv.reader(
        classifier.post("/batch_prediction", **sent).text.splitlines()
    )
    answer = classifier.get("/predict?x=800").get_json()
    assert header == ["x", "label", "probability", "set", "warnings", "error"]
    assert first == [
        "800",
        answer["label"],
        str(answer["probability"]),
        "|".join(answer["set"]),
        "",
        "",
    ]
    assert second[1:-1] == ["", "", "", ""]
