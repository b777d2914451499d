"""Why an answer is what it is: figures that add up, and that the model itself bears out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from Task2_model.artifact import SealedModel
from Task3_api.explain import Explainer
from Task3_api.predictor import Predictor

LITTLE = "living_area=1800&bedrooms=3"
MUCH = LITTLE + (
    "&lot_size=0.5&age=12&land_value=40000&pct_college=64&fireplaces=1&bathrooms=2.5&rooms=9"
    "&heating=hot+air&fuel=gas&sewer=septic&waterfront=No&new_construction=No&central_air=Yes"
)


@pytest.fixture(scope="module")
def explainer(predictor: Predictor) -> Explainer:
    return Explainer(predictor)


def explain(client: FlaskClient, query: str) -> dict[str, Any]:
    response = client.get(f"/explain?{query}")
    assert response.status_code == 200, response.text
    return dict(response.get_json())


@pytest.mark.parametrize("query", ["x=1800", LITTLE, MUCH, MUCH.replace("1800", "5000")])
def test_contributions_lead_from_the_base_to_the_answer(client: FlaskClient, query: str) -> None:
    explanation, answer = explain(client, query), client.get(f"/predict?{query}").get_json()
    assert explanation["prediction"] == answer["prediction"]
    assert explanation["width"] == answer["upper"] - answer["lower"]
    for part in ("prediction", "width"):
        steps = [step[part] for step in explanation["contributions"]]
        assert explanation["base"][part] + sum(steps) == explanation[part]
        assert all(step % 100 == 0 for step in steps)
    given = {step["feature"]: step["value"] for step in explanation["contributions"]}
    assert given == answer["given"]
    sizes = [abs(step["prediction"]) for step in explanation["contributions"]]
    assert sizes == pytest.approx(sorted(sizes, reverse=True), abs=200)


def test_the_base_is_what_the_outcomes_are(client: FlaskClient, predictor: Predictor) -> None:
    outcomes = np.exp(predictor.sealed.calibration.outcomes)
    base = explain(client, LITTLE)["base"]
    assert base["prediction"] == pytest.approx(np.median(outcomes), rel=0.01)
    low, high = np.quantile(outcomes, [0.05, 0.95])
    assert base["width"] == pytest.approx(high - low, rel=0.02)


def test_one_feature_contributes_all_of_the_difference(client: FlaskClient) -> None:
    explanation = explain(client, "x=3000")
    (step,) = explanation["contributions"]
    assert (step["feature"], step["value"]) == ("living_area", 3000)
    assert step["prediction"] == explanation["prediction"] - explanation["base"]["prediction"] > 0


def test_of_two_features_each_contributes_the_mean_of_both_orders(
    client: FlaskClient, predictor: Predictor
) -> None:
    explanation = explain(client, LITTLE)
    area, rooms = ({"living_area": 1800.0}, {"bedrooms": 3.0})
    alone = predictor.answer(area)["prediction"] - explanation["base"]["prediction"]
    after = explanation["prediction"] - predictor.answer(rooms)["prediction"]
    contributions = {step["feature"]: step["prediction"] for step in explanation["contributions"]}
    assert contributions["living_area"] == pytest.approx((alone + after) / 2, abs=150)


def test_each_missing_feature_has_its_gain(client: FlaskClient) -> None:
    explanation = explain(client, LITTLE)
    answer = client.get(f"/predict?{LITTLE}").get_json()
    assert {gain["feature"] for gain in explanation["missing"]} == set(answer["missing"])
    gains = [gain["narrower"] for gain in explanation["missing"]]
    assert gains == sorted(gains, reverse=True)
    assert explain(client, MUCH)["missing"] == []


def test_the_most_useful_narrows_the_range(client: FlaskClient, predictor: Predictor) -> None:
    """Calibrated anew for both questions, over all rows, which the estimate is not."""
    contract, rows = predictor.contract, predictor.sealed.calibration.rows

    def width(*names: str) -> float:
        known = np.isin(contract.names, names)
        block = predictor.block(np.where(known, rows, np.float32(np.nan)))
        return float((block["upper"] - block["lower"]).mean())

    best = explain(client, "bedrooms=3")["missing"][0]
    narrower = 1 - width("bedrooms", best["feature"]) / width("bedrooms")
    assert best["narrower"] == pytest.approx(narrower, abs=0.1)
    assert best["feature"] == "living_area"


def test_a_category_never_seen_contributes_nothing_and_is_left_out(client: FlaskClient) -> None:
    explanation = explain(client, "x=1800&fuel=coal")
    assert [step["feature"] for step in explanation["contributions"]] == ["living_area"]
    assert explanation["contributions"] == explain(client, "x=1800")["contributions"]


def test_the_same_question_has_the_same_explanation(
    explainer: Explainer, client: FlaskClient
) -> None:
    assert explain(client, MUCH) == explain(client, MUCH)
    record = {"living_area": 1800.0, "bedrooms": 3.0}
    assert explainer.explain(record) == explain(client, LITTLE)


@pytest.mark.parametrize(
    "query",
    ["", "living_area=", "x=nan", "livingarea=1", "x=1&x=2", "fuel=coal", "bedrooms=4e38", "x=%ff"],
)
def test_it_refuses_what_predict_refuses(client: FlaskClient, query: str) -> None:
    refused, expected = client.get(f"/explain?{query}"), client.get(f"/predict?{query}")
    assert refused.status_code == expected.status_code == 400
    assert refused.mimetype == "application/problem+json"
    assert refused.get_json() == expected.get_json()


def test_openapi_describes_it(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    path = document["paths"]["/explain"]["get"]
    predict = document["paths"]["/predict"]["get"]["parameters"]
    assert path["parameters"] == [each for each in predict if each["name"] != "id"]
    assert "Shapley" in path["description"]
    schema, explanation = document["components"]["schemas"]["Explanation"], explain(client, LITTLE)
    assert schema["required"] == list(explanation)
    for part in ("contributions", "missing"):
        assert schema["properties"][part]["items"]["required"] == list(explanation[part][0])


def test_how_the_answer_is_rounded_changes_no_gain(
    explainer: Explainer, predictor: Predictor
) -> None:
    """The quantiles are those of calibration, not read off an answer in whole millions."""
    target = replace(predictor.contract.target, decimals=-6)
    contract = replace(predictor.contract, target=target)
    coarse = Predictor(SealedModel(**{**vars(predictor.sealed), "contract": contract}))
    record = {"living_area": 1800.0, "bedrooms": 3.0}
    explanation = Explainer(coarse).explain(record)
    assert explanation["missing"] == explainer.explain(record)["missing"]
    assert (explanation["prediction"], explanation["width"]) == (0, 0)


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.99])
def test_at_any_confidence_the_figures_add_up(client: FlaskClient, confidence: float) -> None:
    for query in (LITTLE, MUCH):
        level = f"&confidence={confidence}"
        explanation = explain(client, query + level)
        answer = client.get(f"/predict?{query}{level}").get_json()
        steps = [step["width"] for step in explanation["contributions"]]
        assert explanation["base"]["width"] + sum(steps) == explanation["width"]
        assert explanation["width"] == answer["upper"] - answer["lower"]
        assert explanation["confidence"] == confidence
