"""CSV files posted to the service, and what comes back."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

NUMBER = "must be a decimal number such as 12 or -3.5"
NOTHING = "at least one feature must be given, for example living_area"


def send(client: FlaskClient, body: bytes, **options: Any) -> TestResponse:
    return client.post("/batch_prediction", data=body, content_type="text/csv", **options)


def table(response: TestResponse) -> list[list[str]]:
    assert response.status_code == 200, response.text
    return list(csv.reader(io.StringIO(response.get_data(as_text=True), newline="")))


def written(rows: list[list[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()
