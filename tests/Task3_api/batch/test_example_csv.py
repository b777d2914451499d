"""The example of a CSV is one that the service answers."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from flask.testing import FlaskClient

from Task2_model.contract import Contract, Feature, Target
from Task3_api.batch.example_csv import example_csv
from Task3_api.predictor import Predictor


def test_the_example_is_answered_without_error(client: FlaskClient, predictor: Predictor) -> None:
    example = client.get("/batch_prediction/example.csv")
    assert example.headers["Content-Disposition"] == "attachment; filename=houses_example.csv"
    header, *rows = csv.reader(io.StringIO(example.text))
    assert header[0] == predictor.contract.x
    assert set(header) == set(predictor.contract.names)
    assert len({tuple(row) for row in rows}) == len(rows) == 6
    assert rows[-1][0]
    assert set(rows[-1][1:]) == {""}
    column = [float(row[header.index("bathrooms")]) for row in rows[:-1]]
    assert all(value % 0.5 == 0 for value in column)
    answered = client.post("/batch_prediction", data=example.data, content_type="text/csv")
    for row in csv.DictReader(io.StringIO(answered.text)):
        assert row["prediction"]
        assert (row["warnings"], row["error"]) == ("", "")


@pytest.mark.parametrize(
    ("categories", "column"),
    [
        (("=1+1", "-x", "gas", "oil"), ["gas", "oil", "gas", "oil", "gas", "gas"]),
        (("=1+1", "-x"), [""] * 6),
        ((), [""] * 6),
    ],
)
def test_no_category_that_a_spreadsheet_alters(
    categories: tuple[str, ...], column: list[str]
) -> None:
    feature = Feature("fuel", "category", "Fuel", categories=categories)
    contract = Contract("d", "D", "regression", "fuel", Target("t", "T"), (feature,), 9)
    calibration = np.zeros((3, 1), dtype=np.float32)
    rows = list(csv.reader(io.StringIO(example_csv(contract, calibration))))
    assert [cell for row in rows[1:] for cell in (row or [""])] == column


def test_numbers_are_some_that_there_were() -> None:
    features = (
        Feature("a", "number", "A", minimum=0.1, maximum=7.3, median=2.5),
        Feature("b", "number", "B"),
    )
    contract = Contract("d", "D", "regression", "a", Target("t", "T"), features, 3)
    nothing = np.nan
    rows = np.array([[0.1, nothing], [2.5, nothing], [7.3, nothing]], dtype=np.float32)
    cells = list(csv.reader(io.StringIO(example_csv(contract, rows))))[1:]
    assert {row[0] for row in cells} == {"0.1", "2.5", "7.3"}
    assert {row[1] for row in cells} == {""}
