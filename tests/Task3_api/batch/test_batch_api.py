"""A CSV in, a CSV out, over HTTP: streamed, of bounded memory, no file left open."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from Task3_api.batch.reader import ROWS
from tests.Task3_api.batch.csv_posts import send

OPEN_FILES = Path("/proc/self/fd")


def test_parameters_are_refused(client: FlaskClient) -> None:
    response = client.post("/batch_prediction?x=1", data=b"x\n1\n", content_type="text/csv")
    assert response.json is not None
    assert response.json["detail"] == (
        "batch_prediction takes range (0 or 1), format (csv or xlsx), explain (0 to 10), "
        "results (0 or 1), use.FEATURE=COLUMN and confidence, not 'x'"
    )


def test_the_confidence_stands_in_the_address_or_in_the_form(client: FlaskClient) -> None:
    body = b"x\n1800\n900\n"
    usual, narrower = (
        client.post(f"/batch_prediction{query}", data=body, content_type="text/csv").data
        for query in ("", "?confidence=0.5")
    )
    answer = client.get("/predict?x=1800&confidence=0.5").get_json()
    assert f"1800,{answer['prediction']:g},{answer['lower']:g},{answer['upper']:g},".encode() in (
        narrower
    )
    for level, expected in (("0.5", narrower), ("", usual)):
        form = {"file": (io.BytesIO(body), "homes.csv"), "confidence": level, "other": "ignored"}
        assert client.post("/batch_prediction", data=form).data == expected
    form = {"file": (io.BytesIO(body), "homes.csv"), "confidence": "2"}
    assert client.post("/batch_prediction", data=form).status_code == 422


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
    assert peak(client, 40 * ROWS) < 1.2 * peak(client, 10 * ROWS)


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="counts open files in /proc")
def test_a_reader_who_leaves_early_leaves_no_file_open(client: FlaskClient) -> None:
    before = len(list(OPEN_FILES.iterdir()))
    response = send(client, b"living_area\n" + b"1800\n" * 3 * ROWS, buffered=False)
    next(iter(response.response))
    response.close()
    assert len(list(OPEN_FILES.iterdir())) == before


def test_the_number_of_rows_comes_before_them(client: FlaskClient) -> None:
    for body, rows in ((b"x\n1\n2\n", 2), (b"x,a\n1,2\n3,4", 2), (b'x,a\n1,"2\n3"\n', 1)):
        response = send(client, body)
        assert response.headers["Row-Count"] == str(rows)


def test_over_http_1_0_an_answer_has_its_length(client: FlaskClient) -> None:
    body = b"x\n" + b"1800\n" * 2 * ROWS
    new = send(client, body)
    assert "Content-Length" not in new.headers
    with send(client, body, environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0"}) as old:
        assert old.headers["Content-Length"] == str(len(new.data))
        assert old.data == new.data
