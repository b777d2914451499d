"""Reasons beside each row are those of /explain, the largest first."""

from __future__ import annotations

from flask.testing import FlaskClient

from Task3_api.batch.row_reasons import MAX_ROWS, reason_columns
from tests.Task3_api.batch.csv_posts import send, table, written

HEADER = ["living_area", "bedrooms", "heating"]
ROWS = [["1800", "3", "electric"], ["900", "", ""], ["x", "", ""], ["", "2", "coal"]]


def test_the_largest_contributions_are_columns(client: FlaskClient) -> None:
    body = written([HEADER, *ROWS])
    plain = table(send(client, body))
    response = client.post("/batch_prediction?explain=2", data=body, content_type="text/csv")
    header, *rows = table(response)
    first = header.index("reason_1")
    assert header[first : first + 4] == list(reason_columns(2))
    assert [row[:first] + row[first + 4 :] for row in (header, *rows)] == plain
    for sent, row in zip(ROWS, rows, strict=True):
        given = {name: cell for name, cell in zip(HEADER, sent, strict=True) if cell != "coal"}
        reasons = [text for text in row[first : first + 4] if text]
        if row[-1]:
            assert reasons == []
            continue
        answer = client.get("/explain", query_string={k: v for k, v in given.items() if v}).json
        assert answer is not None
        expected = [
            text
            for one in answer["contributions"][:2]
            for text in (one["feature"], f"{one['prediction']:.15g}")
        ]
        assert reasons == expected


def test_a_classification_has_reasons(classifier: FlaskClient) -> None:
    sent = {"data": b"x,rooms\n800,4\n", "content_type": "text/csv"}
    header, row = classifier.post("/batch_prediction?explain=1", **sent).text.splitlines()
    cells = dict(zip(header.split(","), row.split(","), strict=True))
    answer = classifier.get("/explain?x=800&rooms=4").get_json()["contributions"][0]
    assert cells["reason_1"] == answer["feature"]
    assert float(cells["contribution_1"]) == answer["probability"]


def test_more_rows_than_can_be_explained_are_refused(client: FlaskClient) -> None:
    body = b"x\n" + b"1800\n" * (MAX_ROWS + 1)
    response = client.post("/batch_prediction?explain=3", data=body, content_type="text/csv")
    assert (response.status_code, response.get_json()["detail"]) == (
        400,
        "reasons are given for 500 rows at most, and the file has 501; "
        "leave explain out, or send fewer",
    )
