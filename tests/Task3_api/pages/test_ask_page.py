"""The page that asks: its form is the contract, its answer that of `/predict`."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from Task2_model.formatting import format_number, format_percent
from Task3_api.pages.phrases import format_target
from Task3_api.predictor import Predictor
from tests.Task3_api.html import one, parsed, text_of


def test_the_form_is_the_contract(client: FlaskClient, predictor: Predictor) -> None:
    soup = parsed(client.get("/"))
    entries = soup.select(".fields input, .fields select")
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
            assert entry["type"] == "text"
            assert entry["inputmode"] == "decimal"
            notes = one(soup, f"#{str(entry['aria-describedby']).split()[-1]}").get_text()
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
    assert text_of(one(soup, "#field-living_area-reading")) == "read as 1,800 sq ft"
    assert not soup.select(".notes .error")


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
        ("age=" + "1" * 5000, "age", "is 5,000 characters long; a number may have 64"),
    ],
)
def test_an_error_stands_at_its_entry(
    client: FlaskClient, predictor: Predictor, query: str, field: str, detail: str
) -> None:
    soup = parsed(client.get(f"/?{query}"), 400)
    entry = one(soup, f"[name={field}]")
    assert entry["aria-invalid"] == "true"
    message = f"{predictor.contract.by_name[field].label} {detail}"
    assert text_of(one(soup, f"#field-{field}-notes .error")) == message
    assert [text_of(tag) for tag in soup.select(".notes .error")] == [message]
    assert not soup.select("[data-slot]")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("livingarea=1", "'livingarea' is not known; did you mean living_area?"),
        ("living_area=", "Tell one thing or more, for example the living area."),
        ("fuel=coal", "Tell one thing or more, for example the living area."),
    ],
)
def test_an_error_of_no_entry_stands_above(client: FlaskClient, query: str, problem: str) -> None:
    soup = parsed(client.get(f"/?{query}"), 400)
    assert text_of(one(soup, "#problem")) == problem


@pytest.mark.parametrize(
    ("query", "reading", "strict"),
    [
        ("lot_size=0,5", "0.5 acres", "lot_size=0.5"),
        ("bathrooms=2,5", "2.5", "bathrooms=2.5"),
        ("x=1.800+sq.+ft.", "1,800 sq ft", "x=1800"),
        ("land_value=%2425k", "$25,000", "land_value=25000"),
        ("x=1800.5", "1,800.5 sq ft", "x=1800.5"),
    ],
)
def test_numbers_are_read_as_people_type_them(
    client: FlaskClient, predictor: Predictor, query: str, reading: str, strict: str
) -> None:
    soup = parsed(client.get(f"/?{query}"))
    (shown,) = (text_of(tag) for tag in soup.select(".reading") if text_of(tag))
    assert shown == f"read as {reading}"
    answer = client.get(f"/predict?{strict}").get_json()
    value = format_target(answer["prediction"], predictor.contract.target)
    assert one(soup, "[data-slot=value]").get_text(strip=True) == value
    assert not soup.select(".notes :is(.error, .warning)")
    assert client.get("/predict?lot_size=0,5").status_code == 400


def test_what_has_two_readings_is_asked_and_not_answered(client: FlaskClient) -> None:
    soup = parsed(client.get("/?x=1800&age=1,234"), 400)
    assert not soup.select("[data-slot]")
    assert one(soup, "[name=age]")["aria-invalid"] == "true"
    options = soup.select("#field-age-notes .option")
    assert [text_of(option) for option in options] == ["1,234 years", "1.234 years"]
    for option, reading in zip(options, ("1,234 years", "1.234 years"), strict=True):
        chosen = parsed(client.get(str(option["href"])))
        assert text_of(one(chosen, "#field-age-reading")) == f"read as {reading}"
        assert text_of(one(chosen, "#field-living_area-reading")) == "read as 1,800 sq ft"
        assert chosen.select("[data-slot]")


def test_a_value_unlike_training_is_told_at_its_entry_and_before_the_answer(
    client: FlaskClient,
) -> None:
    soup = parsed(client.get("/?living_area=99999&bedrooms=-5&heating=<b>coal</b>"))
    assert {tag.parent["id"]: text_of(tag) for tag in soup.select(".warning") if tag.parent} == {
        "field-living_area-notes": "99,999 sq ft is larger than any the model has seen.",
        "field-bedrooms-notes": "−5 is below zero, and none of the data is.",
        "field-heating-notes": "“<b>coal</b>” is new to the model and is left out.",
    }
    assert not soup.select("b:-soup-contains('coal')")
    assert one(soup, "[name=heating] option[selected]")["value"] == "<b>coal</b>"
    before = text_of(one(soup, ".headline")).partition("$")[0]
    assert before == (
        "Price Beyond what the model has seen: Living area , Bedrooms . "
        "Left out, as new to the model: Heating . "
    )


def test_what_changes_while_one_types_is_what_the_page_has(client: FlaskClient) -> None:
    """Part by part, so that a page looks the same however it came to be."""
    for query in ("x=1,800&lot_size=0,5", "x=99999", "x=abc&age=1,234", "y=1", "fuel=coal"):
        page = BeautifulSoup(client.get(f"/?{query}").text, "html.parser")
        parts = parsed(client.get(f"/answer?{query}"))
        for part in parts.select("[data-part]"):
            shown = one(page, f"#{part['id']}")
            assert part.decode_contents().split() == shown.decode_contents().split()
        assert bool(parts.select("#answer")) == (client.get(f"/?{query}").status_code == 200)


def test_a_request_that_is_not_utf_8(client: FlaskClient) -> None:
    soup = parsed(client.get("/?heating=%ff", headers={"Accept": "text/html"}), 400)
    assert "The request is not UTF-8: byte 0xff at position 0" in text_of(one(soup, "main"))


@pytest.mark.parametrize("area", [800, 1800, 3500])
def test_a_classification_is_put_in_words(classifier: FlaskClient, area: int) -> None:
    answer: dict[str, Any] = classifier.get(f"/predict?x={area}").get_json()
    answer_tag = one(parsed(classifier.get(f"/?x={area}")), "#answer")
    probability = format_percent(answer["probability"])
    assert one(answer_tag, "[data-slot=value]").get_text(strip=True) == probability
    assert one(answer_tag, "[data-slot=of]").get_text(strip=True) == answer["probability_of"]
    assert text_of(one(answer_tag, "[data-slot=label]")) == f"The likeliest is “{answer['label']}”."
    possible = " and ".join(f"“{value}”" for value in answer["set"])
    assert text_of(one(answer_tag, "[data-slot=set]")) == possible


def test_the_confidence_is_chosen_on_the_form(client: FlaskClient) -> None:
    soup = parsed(client.get("/?living_area=1800&confidence=0.8"))
    options = {tag["value"]: tag.has_attr("selected") for tag in soup.select("#sureness option")}
    assert options == {"0.5": False, "0.8": True, "": False, "0.95": False, "0.99": False}
    answer = client.get("/predict?x=1800&confidence=0.8").get_json()
    assert text_of(one(soup, "[data-slot=lower]")) == f"${answer['lower']:,.0f}"
    posted = {"living_area": "1800", "confidence": "0.8"}
    again = parsed(client.post("/single_prediction", data=posted))
    assert one(again, "#answer").decode() == one(soup, "#answer").decode()
    assert client.get("/?living_area=1800&confidence=").location == "/?living_area=1800"


@pytest.mark.parametrize(
    ("level", "problem"),
    [
        ("2", "confidence 2 is not possible; expected a number above 0 and up to 0.99"),
        ("high", "confidence must be a decimal number such as 12 or -3.5, not 'high'"),
    ],
)
def test_a_confidence_that_is_none_stands_above(
    client: FlaskClient, level: str, problem: str
) -> None:
    soup = parsed(client.get(f"/?living_area=1800&confidence={level}"), 400)
    assert text_of(one(soup, "#problem")).startswith(problem)
    assert one(soup, "#sureness option[selected]")["value"] == ""
    assert one(soup, "[name=living_area]")["value"] == "1800"


def test_a_number_to_choose_keeps_the_confidence(client: FlaskClient) -> None:
    soup = parsed(client.get("/?age=1,234&confidence=0.8"), 400)
    links = [str(tag["href"]) for tag in soup.select("a.option")]
    assert links
    assert all("confidence=0.8" in link for link in links)
