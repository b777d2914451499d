"""The page that asks: its form is the contract, its answer that of `/predict`."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from Task2_model.formatting import format_number, format_percent
from Task3_api.pages.phrases import format_target
from Task3_api.predictor import Predictor
from tests.Task3_api.html import one, parsed, text_of


def test_the_form_is_the_contract(client: FlaskClient, predictor: Predictor) -> None:
    soup = parsed(client.get("/"))
    entries = soup.select("#ask input, #ask select")
    contract = predictor.contract
    assert entries[0]["name"] == contract.x
    assert {entry["name"] for entry in entries} == set(contract.names)
    for entry in entries:
        feature = contract.by_name[str(entry["name"])]
        assert not entry.has_attr("required")
        if feature.kind == "category":
            choices = [option["value"] for option in entry.select("option")]
            assert choices == ["", *feature.categories]
        else:
            assert entry["type"] == "number"
            notes = one(soup, f"#{entry['aria-describedby']}").get_text()
            assert format_number(feature.minimum or 0) in notes
            assert format_number(feature.maximum or 0) in notes


@pytest.mark.parametrize("path", ["/", "/single_prediction"])
def test_the_answer_is_that_of_predict(
    client: FlaskClient, predictor: Predictor, path: str
) -> None:
    answer = predictor.answer({"living_area": 1800.0, "bedrooms": 3.0})
    target = predictor.contract.target
    soup = parsed(client.get(f"{path}?living_area=1800&bedrooms=3"))
    answer_tag = one(soup, "#answer")
    for slot, part in (("value", "prediction"), ("lower", "lower"), ("upper", "upper")):
        text = one(answer_tag, f"[data-slot={slot}]").get_text(strip=True)
        assert text == format_target(answer[part], target)
    assert one(soup, "[name=living_area]")["value"] == "1800"
    assert not soup.select("[data-error]:-soup-contains('must')")


def test_a_posted_form_is_answered_too(client: FlaskClient) -> None:
    data = {"living_area": "1800", "bedrooms": "", "heating": ""}
    posted = parsed(client.post("/single_prediction", data=data))
    addressed = parsed(client.get("/single_prediction?living_area=1800"))
    assert one(posted, "#answer").decode() == one(addressed, "#answer").decode()


def test_an_address_is_made_fit_to_be_shared(client: FlaskClient) -> None:
    response = client.get("/?living_area=1800&bedrooms=&heating=a+%26+b")
    assert response.status_code == 302
    assert response.location == "/?living_area=1800&heating=a+%26+b"


@pytest.mark.parametrize(
    ("query", "field", "detail"),
    [
        (
            "living_area=nan",
            "living_area",
            "must be a decimal number such as 12 or -3.5, not 'nan'",
        ),
        ("x=1_000", "living_area", "must be a decimal number such as 12 or -3.5, not '1_000'"),
        ("bedrooms=4e38", "bedrooms", "is too large a number: '4e38'"),
        ("bedrooms=2&bedrooms=3", "bedrooms", "is given more than once"),
        ("age=" + "1" * 5000, "age", "is 5000 characters long; a number may have 64"),
    ],
)
def test_an_error_stands_at_its_entry(
    client: FlaskClient, predictor: Predictor, query: str, field: str, detail: str
) -> None:
    soup = parsed(client.get(f"/?{query}"), 400)
    entry = one(soup, f"[name={field}]")
    assert entry["aria-invalid"] == "true"
    message = f"{predictor.contract.by_name[field].label} {detail}"
    assert text_of(one(soup, f"#{entry['aria-describedby']} [data-error]")) == message
    assert [text_of(tag) for tag in soup.select("[data-error]") if text_of(tag)] == [message]
    assert not soup.select("[data-slot]")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("livingarea=1", "'livingarea' is not known; did you mean living_area?"),
        ("living_area=", "Tell one thing or more, for example the living area."),
        (
            "fuel=coal",
            "Fuel “coal” is new to the model and is left out. "
            "Tell one thing or more, for example the living area.",
        ),
    ],
)
def test_an_error_of_no_entry_stands_above(client: FlaskClient, query: str, problem: str) -> None:
    soup = parsed(client.get(f"/?{query}"), 400)
    assert text_of(one(soup, "#problem")) == problem


def test_a_warning_is_shown(client: FlaskClient) -> None:
    soup = parsed(client.get("/?living_area=99999&heating=<b>coal</b>"))
    assert [text_of(tag) for tag in soup.select(".warnings li")] == [
        "Living area 99,999 sq ft is larger than any the model has seen: 616 to 5,228 sq ft.",
        "Heating “<b>coal</b>” is new to the model and is left out.",
    ]
    assert not soup.select("b:-soup-contains('coal')")
    assert one(soup, "[name=heating] option[selected]")["value"] == "<b>coal</b>"


def test_a_request_that_is_not_utf_8(client: FlaskClient) -> None:
    soup = parsed(client.get("/?heating=%ff", headers={"Accept": "text/html"}), 400)
    assert "The request is not UTF-8: byte 0xff at position 0" in text_of(one(soup, "main"))


@pytest.mark.parametrize("area", [800, 1800, 3500])
def test_a_classification_is_put_in_words(classifier: FlaskClient, area: int) -> None:
    answer: dict[str, Any] = classifier.get(f"/predict?x={area}").get_json()
    answer_tag = one(parsed(classifier.get(f"/?x={area}")), "#answer")
    label = answer["label"] if answer["set"] == [answer["label"]] else "Can’t tell"
    assert one(answer_tag, "[data-slot=value]").get_text(strip=True) == label
    probability = format_percent(answer["probability"])
    assert one(answer_tag, "[data-slot=probability]").get_text(strip=True) == probability
