"""A pinned answer beside another."""

from __future__ import annotations

from urllib.parse import quote_plus

import pytest
from flask.testing import FlaskClient

from Task3_api.pages.phrases import format_target, format_target_step
from Task3_api.predictor import Predictor
from tests.Task3_api.html import one, parsed, text_of


def rows(client: FlaskClient, now: str, pinned: str) -> list[list[str]]:
    soup = parsed(client.get(f"/?{now}&pinned-answer={quote_plus(pinned)}"))
    lines = one(soup, ".compared").select("tbody tr")
    texts = [[text_of(cell) for cell in line.select("th, td")] for line in lines]
    return [[text.replace("\N{NO-BREAK SPACE}", " ") for text in line] for line in texts]


def test_both_answers_and_their_difference(client: FlaskClient, predictor: Predictor) -> None:
    target = predictor.contract.target
    before = predictor.answer({"living_area": 1800.0})
    after = predictor.answer({"living_area": 1900.0, "lot_size": 0.5})
    price, low, high, *changed = rows(client, "x=1900&lot_size=0,5", "living_area=1.800")
    for line, part in ((price, "prediction"), (low, "lower"), (high, "upper")):
        assert line[1:] == [
            format_target(before[part], target),
            format_target(after[part], target),
            format_target_step(after[part] - before[part], target),
        ]
    assert changed == [
        ["Living area", "1,800 sq ft", "1,900 sq ft", ""],
        ["Lot size", "not known", "0.5 acres", ""],
    ]


def test_probabilities_differ_by_points(classifier: FlaskClient) -> None:
    probability, possible, *changed = rows(classifier, "x=3500", "x=800")
    assert probability[0] == "Probability of “Yes”"
    assert probability[3].endswith(" points")
    assert possible[0] == "Not ruled out"
    assert [line[0] for line in changed] == ["Living area"]


def test_a_pin_stays_in_every_link_and_in_the_form(client: FlaskClient) -> None:
    soup = parsed(client.get("/?x=1900&pinned-answer=living_area%3D1800"))
    assert one(soup, "input[type=hidden]")["value"] == "living_area=1800"
    unpin, anew = soup.select("[data-swap]")
    assert unpin["href"] == "/?living_area=1900"
    assert anew["href"] == "/?living_area=1900&pinned-answer=living_area%3D1900"
    same = parsed(client.get(str(anew["href"])))
    assert "the same question" in text_of(one(same, ".compared"))
    assert not parsed(client.get("/?x=1900")).select(".compared, input[type=hidden]")


@pytest.mark.parametrize("pinned", ["x=abc", "y=1", "heating=coal", "x=1&x=2", "%ff", "&&", "="])
def test_a_pin_without_an_answer_is_passed_over(client: FlaskClient, pinned: str) -> None:
    soup = parsed(client.get(f"/?x=1900&pinned-answer={quote_plus(pinned)}"))
    assert soup.select("[data-slot=value]")
    assert not soup.select(".compared")


def test_each_answer_keeps_its_own_confidence(client: FlaskClient, predictor: Predictor) -> None:
    target = predictor.contract.target
    levels = {0.5: "x=1800&confidence=0.5", 0.8: "x=1800&confidence=0.8"}
    price, low, _, *changed = rows(client, levels[0.8], levels[0.5])
    answers = [predictor.answer({"living_area": 1800.0}, level) for level in levels]
    assert price[1] == price[2]
    assert low[1:3] == [format_target(answer["lower"], target) for answer in answers]
    assert changed == [["How sure", "50 %", "80 %", ""]]
    page = client.get(f"/?x=1800&pinned-answer={quote_plus('x=1800&confidence=2')}")
    assert not parsed(page).select(".compared")
