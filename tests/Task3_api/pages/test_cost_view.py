"""What the choice of a threshold costs, on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from Task2_model.artifact import SealedModel
from Task2_model.contract import Costs
from Task3_api.current_model import CurrentModel, activate
from Task3_api.parsing import Parser
from Task3_api.predictor import Predictor
from tests.Task3_api.html import one, parsed, text_of


@pytest.fixture
def costly(classifier: FlaskClient) -> Iterator[FlaskClient]:
    """The classifier's service with costs: a house taken to have central air, or not to."""
    app = classifier.application
    before: CurrentModel = app.extensions["tablecast"]
    target = replace(before.contract.target, costs=Costs(100, 300, "$"), threshold=0.25)
    contract = replace(before.contract, target=target)
    changed = Predictor(SealedModel(**{**vars(before.predictor.sealed), "contract": contract}))
    activate(app, CurrentModel(changed, Parser(contract)))
    yield classifier
    activate(app, before)


def test_the_threshold_in_use_the_cheapest_and_none(costly: FlaskClient) -> None:
    soup = parsed(costly.get("/?x=1800"))
    costs = one(soup, ".costs")
    model: CurrentModel = costly.application.extensions["tablecast"]
    rates = 1000 * model.threshold_costs.error_rates({"living_area": 1800.0})
    amounts = rates @ [100, 300]
    cheapest = int(amounts.argmin())
    rows = [[text_of(cell) for cell in row.select("th, td")] for row in costs.select("tbody tr")]
    names = [row[0].replace("\N{NO-BREAK SPACE}", " ") for row in rows]
    assert names == ["25 % as set", f"{cheapest} % cheapest here", "always", "never"]
    for row, step in zip(rows, (25, cheapest, 0, 100), strict=True):
        assert [int(cell.replace(",", "")) for cell in row[1:3]] == rates[step].round().tolist()
        assert float(row[3].strip("$").replace(",", "")) == float(f"{amounts[step]:.3g}")
    probability = costly.get("/predict?x=1800").get_json()["probability"]
    denial = one(costs, "[data-called]")
    assert denial.has_attr("hidden") == (probability >= 0.25)
    assert len(str(costs["data-steps"]).split("|")) == 101
    assert "$100, a missed case $300" in text_of(one(costs, ".caption"))


def test_without_costs_there_is_nothing_to_choose(classifier: FlaskClient) -> None:
    assert not parsed(classifier.get("/?x=1800")).select(".costs")
