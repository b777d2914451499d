"""Any text at all gets the same verdict, and the same words, by every way in.

Of a file's cells the blanks around them do not count, as `new` reads them.
"""

from __future__ import annotations

import csv
import io
import json
from typing import NamedTuple
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import example, given, settings
from hypothesis import strategies as st

from Task1_database.files.column_reading import BLANKS

NUMBERS = st.from_regex(r"[+-]?[0-9]{0,4}\.?[0-9]{0,3}([eE][+-]?[0-9]{1,3})?", fullmatch=True)
TEXTS = st.one_of(st.text(max_size=70), NUMBERS, st.sampled_from(["gas", "hot air", " 1", "1 "]))


class Verdict(NamedTuple):
    """Why a value is refused, or else the prediction and its warnings."""

    refusal: str = ""
    prediction: float | None = None
    warnings: str = ""


def of_answer(answer: dict[str, object]) -> Verdict:
    warnings = "; ".join(each["detail"] for each in answer["warnings"])  # type: ignore[attr-defined]
    return Verdict("", float(str(answer["prediction"])), warnings)


def by_address(client: FlaskClient, record: dict[str, str]) -> Verdict:
    query = "&".join(f"{name}={quote(text, safe='')}" for name, text in record.items())
    response = client.get(f"/predict?{query}")
    assert response.status_code in (200, 400)
    body = response.get_json()
    return of_answer(body) if response.status_code == 200 else Verdict(body["detail"])


def by_json(client: FlaskClient, body: object) -> Verdict:
    response = client.post("/predict", data=json.dumps(body), content_type="application/json")
    assert response.status_code in (200, 400)
    reply = response.get_json()
    if response.status_code == 400:
        return Verdict(reply["detail"])
    (answer,) = (
        reply["predictions"] if isinstance(reply, dict) and "predictions" in reply else [reply]
    )
    return of_answer(answer)


def by_file(client: FlaskClient, record: dict[str, str]) -> Verdict:
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([record, record.values()])
    response = client.post(
        "/batch_prediction", data=file.getvalue().encode(), content_type="text/csv"
    )
    if response.status_code == 400:
        return Verdict(response.get_json()["detail"])
    (row,) = csv.DictReader(io.StringIO(response.text, newline=""))
    if row["error"]:
        return Verdict(row["error"])
    return Verdict("", float(row["prediction"]), row["warnings"])


@pytest.mark.parametrize("name", ["living_area", "bedrooms", "heating"])
@example(text="\0")
@example(text="")
@example(text="1_000")
@example(text="١٢")
@example(text="-0")
@example(text="1e999")
@example(text="=1+1")
@example(text="a&b=c#d?e+f%00")
@given(text=TEXTS)
@settings(max_examples=60, derandomize=True)
def test_by_address_json_mlflow_and_file(app: Flask, name: str, text: str) -> None:
    client = app.test_client()
    record = {name: text, "age": "30"}
    verdict = by_json(client, record)
    assert by_address(client, record) == verdict
    split = {"columns": list(record), "data": [list(record.values())]}
    assert by_json(client, {"dataframe_split": split}) == verdict
    assert by_json(client, {"dataframe_records": [record]}) == verdict
    in_file, bare = by_file(client, record), {**record, name: text.strip(BLANKS)}
    assert in_file == by_json(client, bare) or ("\0" in text and in_file.refusal)
    if not verdict.refusal:
        form = client.post("/single_prediction", data=record)
        assert form.status_code == 200 or "Which number is it?" in form.text  # 1.001, say
