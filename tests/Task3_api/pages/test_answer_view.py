"""What the page shows of an answer, for models of every kind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

from Task2_model.artifact import ENSEMBLE, SealedModel, runtime_of
from Task2_model.boosting import Boosting
from Task2_model.contract import Contract, Target, Value
from Task2_model.export import export
from Task3_api.current_model import CurrentModel, activate
from Task3_api.pages.answer_view import AnswerView
from Task3_api.parsing import Parser
from Task3_api.predictor import Predictor

FULL = (
    "living_area=1800&bedrooms=3&lot_size=0.5&age=12&land_value=40000&pct_college=64&fireplaces=1"
    "&bathrooms=2.5&rooms=9&heating=hot+air&fuel=gas&sewer=septic&waterfront=No"
    "&new_construction=No&central_air=Yes"
)


def part(client: FlaskClient, query: str) -> BeautifulSoup:
    response = client.get(f"/answer?{query}")
    assert response.status_code == 200, response.text
    return BeautifulSoup(response.text, "html.parser")


def texts(where: BeautifulSoup | Tag, selector: str) -> list[str]:
    return [" ".join(tag.get_text(" ").split()) for tag in where.select(selector)]


def by(predictor: Predictor, contract: Contract) -> CurrentModel:
    """The same model with another contract."""
    changed = Predictor(SealedModel(**{**vars(predictor.sealed), "contract": contract}))
    return CurrentModel(changed, Parser(contract))


@pytest.mark.parametrize("query", ["", "x=1800", "living_area=9999&bedrooms=3&fuel=coal", FULL])
def test_the_page_is_made_with_what_it_fetches(client: FlaskClient, query: str) -> None:
    whole = BeautifulSoup(client.get(f"/?{query}").text, "html.parser").select_one("#answer")
    assert whole
    assert whole.decode() == str(part(client, query).select_one("#answer"))


def test_figures_on_the_page_add_up(client: FlaskClient) -> None:
    rows = part(client, "living_area=2400&bedrooms=4&age=12&fuel=gas").select(".why tbody tr")
    explanation = client.get("/explain?x=2400&bedrooms=4&age=12&fuel=gas").get_json()
    first, *steps, last = (
        [
            float(cell.get_text().replace("−", "-").strip().translate(str.maketrans("", "", "$,+")))
            for cell in row.select("td.number")
        ]
        for row in rows
    )
    assert first == list(explanation["base"].values())
    assert last == [explanation["prediction"], explanation["width"]]
    assert [sum(column) for column in zip(first, *steps, strict=True)] == last
    assert texts(rows[1], "th")[0] == "Living area 2,400 sq ft"


def test_the_most_useful_is_worth_telling_next(client: FlaskClient) -> None:
    soup, explanation = part(client, "bedrooms=3"), client.get("/explain?bedrooms=3").get_json()
    links = [tag["href"] for tag in soup.select(".next a")]
    assert links == [f"#field-{gain['feature']}" for gain in explanation["missing"][:3]]
    page = BeautifulSoup(client.get("/?bedrooms=3").text, "html.parser")
    assert all(page.select_one(str(link)) for link in links)
    assert not part(client, FULL).select(".next")


def test_the_point_is_where_the_question_is(client: FlaskClient) -> None:
    (point,) = part(client, "living_area=2922").select(".curve circle.point")
    assert point["cx"] == "50.0%"
    assert not part(client, "bedrooms=3").select(".curve circle.point")
    (beyond,) = part(client, "living_area=99999").select(".curve circle.point")
    assert beyond["cx"] == "100%"


def test_pictures_have_words(client: FlaskClient) -> None:
    soup = part(client, "living_area=1800")
    for picture in soup.select("svg.chart:not([aria-hidden])"):
        assert picture["role"] == "img"
        assert picture["aria-label"]
    assert " at 616 sq ft" in str(soup.select(".curve")[0]["aria-label"]).replace("\xa0", " ")


def test_every_feature_can_be_the_main_one(app: Flask, predictor: Predictor) -> None:
    """Numbers become a curve, categories bars, with a question and without one."""
    contract, before = predictor.contract, app.extensions["tablecast"]
    try:
        for feature in contract.features:
            activate(app, by(predictor, replace(contract, x=feature.name)))
            for query in ("", "living_area=1800", FULL, "fuel=oil&central_air=perhaps"):
                soup = part(app.test_client(), query)
                if feature.kind == "category":
                    assert texts(soup, ".bars th")[0].startswith(feature.categories[0])
                    explanation = app.test_client().get(f"/explain?{query}").get_json()
                    known = [step["feature"] for step in explanation.get("contributions", [])]
                    assert len(soup.select(".bars .given")) == known.count(feature.name)
                else:
                    assert soup.select(".curve .line")
    finally:
        activate(app, before)


def test_a_feature_of_one_value_and_one_never_known(predictor: Predictor) -> None:
    contract = predictor.contract
    for only in (800.0, None):
        area = replace(contract.by_name["living_area"], minimum=only, maximum=only)
        features = tuple(area if f.name == area.name else f for f in contract.features)
        model = by(predictor, replace(contract, features=features))
        for record in ({}, {"living_area": 800.0}, {"bedrooms": 3.0}):
            view = AnswerView.of(model, record)
            assert len(view.chart.curve.values) == 1
            assert view.curve_alt


@pytest.fixture(scope="module")
def heating(predictor: Predictor) -> CurrentModel:
    """A small model that says which of three kinds of heating a house has."""
    houses, calibration = predictor.contract, predictor.sealed.calibration
    column = houses.names.index("heating")
    kinds = houses.features[column].categories
    features = tuple(f for f in houses.features if f.name != "heating")
    target = Target("heating", "Heating", classes=kinds, class_labels={"electric": "electricity"})
    contract = Contract("heating", "Heating", "classification", houses.x, target, features, 432)
    rows = np.delete(calibration.rows, column, axis=1)
    model = Boosting(contract).fit(rows, calibration.rows[:, column].astype(int))
    version: dict[str, Any] = {"folder": Path(), "version": "", "manifest": {}, "golden": []}
    files = export(model, rows)
    version |= {"members": files[ENSEMBLE], "runtime": runtime_of(files)}
    sealed = SealedModel(**version, contract=contract, calibration=model.calibration_)
    return CurrentModel(Predictor(sealed), Parser(contract))


@pytest.mark.parametrize("record", [{"living_area": 1800.0}, {"fuel": "electric", "age": 30.0}])
def test_of_three_classes_the_probability_is_that_of_the_label(
    heating: CurrentModel, record: dict[str, Value]
) -> None:
    view, answer = AnswerView.of(heating, record), heating.predictor.answer(record)
    assert view.chart.curve.probability_of == answer["label"]
    assert view.explanation
    assert view.explanation["probability_of"] == answer["label"]
    steps = [step["probability"] for step in view.explanation["contributions"]]
    base = view.explanation["base"]["probability"]
    assert base + sum(steps) == pytest.approx(answer["probability"])
    assert AnswerView.of(heating, {}).chart.curve.probability_of == "hot air"


@pytest.mark.parametrize(
    ("label", "possible", "left"),
    [
        ("gas", ["gas"], "“gas”"),
        ("gas", ["gas", "oil"], "“gas” and “oil”"),
        ("gas", ["oil"], "“oil”"),
        ("electric", ["electric"], "“electricity”"),
        ("gas", ["gas", "electric", "oil"], "“gas”, “electricity” and “oil”"),
    ],
)
def test_the_label_the_probabilities_and_the_set_are_those_of_the_answer(
    heating: CurrentModel, label: str, possible: list[str], left: str
) -> None:
    words = {"electric": "electricity"}
    target = Target("fuel", "Fuel", classes=("gas", "electric", "oil"), class_labels=words)
    contract = replace(heating.contract, target=target)
    probabilities = {name: 0.6 if name == label else 0.2 for name in target.classes}
    answer = {"label": label, "set": possible, "probabilities": probabilities}
    view = replace(AnswerView.of(heating, {}, 0.8), contract=contract, answer=answer)
    name = words.get(label, label)
    assert view.verdict == f"The likeliest is “{name}”."
    assert view.prediction_set == left
    others = " and ".join(f"“{words.get(c, c)}” 20 %" for c in target.classes if c != label)
    assert plain(view.runners_up) == f"Then {others}."
    of_truth = f"Of the cases that truly are “{name}”, 80 % get an answer that does not rule it out"
    assert of_truth in plain(view.meaning_of_set)
    is_odd = plain(view.meaning_of_set).startswith(
        "“gas” is likelier, yet ruled out: at most 20 % of the cases that truly are “gas” get so "
        "low a probability for it."
    )
    assert is_odd == (label not in possible)


@pytest.mark.parametrize(
    ("label", "verdict"),
    [("oil", "Called “oil”, as it is from 33 % on."), ("gas", "Called “gas”; “oil” it is from")],
)
def test_a_threshold_says_itself_why_the_label_is_not_the_likeliest(
    heating: CurrentModel, label: str, verdict: str
) -> None:
    target = Target("fuel", "Fuel", classes=("gas", "oil"), positive="oil", threshold=0.33)
    contract = replace(heating.contract, target=target)
    answer = {"label": label, "probability_of": "oil", "probabilities": {"gas": 0.6, "oil": 0.4}}
    view = replace(AnswerView.of(heating, {}), contract=contract, answer=answer)
    assert plain(view.verdict).startswith(verdict)
    assert view.runners_up == ""  # one probability says the other


def test_the_range_is_that_of_the_confidence(client: FlaskClient) -> None:
    soup = part(client, "living_area=1800&confidence=0.5")
    answer = client.get("/predict?x=1800&confidence=0.5").get_json()
    (sure,) = texts(soup, ".sure")
    assert plain(sure) == f"50 % sure: ${answer['lower']:,.0f} to ${answer['upper']:,.0f}"
    assert "The shade is the 50 % range." in plain(texts(soup, "figcaption p")[0])
    empty = part(client, "confidence=0.995")
    assert "The shade is the 99.5 % range." in plain(texts(empty, "figcaption p")[0])


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")
