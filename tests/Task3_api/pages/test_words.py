"""Numbers as people read them."""

from __future__ import annotations

import pytest

from Task2_model.contract import Contract, Feature, Target
from Task3_api.pages import words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1800, "1,800"),
        (412_600.0, "412,600"),
        (0.25, "0.25"),
        (-3.5, "-3.5"),
        (1234.5678, "1,234.57"),
        (1_234_567.891, "1,234,567.89"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("column", "shown"),
    [
        (["2006", "1984"], ["2006", "1984"]),
        (["5000", "93805", "900"], ["5,000", "93,805", "900"]),
        (["-125000.50", "00123"], ["-125,000.50", "00123"]),
        (["1e6"], ["1,000,000"]),
        (["1,000 to 1,499", "", "20000"], ["1,000 to 1,499", "", "20,000"]),
        ([], []),
    ],
)
def test_cells(column: list[str], shown: list[str]) -> None:
    assert words.cells(column) == shown


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        (206_300.0, "$", -2, "$206,300"),
        (206_300.0, "$", 2, "$206,300.00"),
        (-5.0, "€", 0, "−€5"),
        (12.5, "kg", 1, "12.5\N{NO-BREAK SPACE}kg"),
        (12.5, "", 1, "12.5"),
    ],
)
def test_amount(value: float, unit: str, decimals: int, text: str) -> None:
    assert words.amount(value, Target("t", "T", unit, decimals=decimals)) == text


@pytest.mark.parametrize(("share", "text"), [(0.9, "90"), (0.004, "0"), (1, "100"), (0.395, "40")])
def test_percent(share: float, text: str) -> None:
    assert words.percent(share) == f"{text}\N{NARROW NO-BREAK SPACE}%"


AREA = Feature("area", "integer", "Living area", "sq ft", minimum=616, maximum=5228)
VALUE = Feature("value", "number", "Land value", "$", minimum=-200, maximum=412_600)
FUEL = Feature("fuel", "category", "Fuel", categories=("gas", "oil"))


@pytest.mark.parametrize(
    ("value", "unit", "text"), [(500, "$", "+$500"), (-3.5, "kg", "−3.5 kg"), (0, "$", "$0")]
)
def test_a_step(value: float, unit: str, text: str) -> None:
    target = Target("t", "T", unit, decimals=1 if unit == "kg" else 0)
    assert words.signed(value, target).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.034, "+3.4"), (-0.5, "−50.0"), (0, "0.0"), (-0.0001, "0.0")]
)
def test_percentage_points(share: float, text: str) -> None:
    assert words.points(share) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(400_000, "$", "$400,000"), (-5, "€", "−€5"), (0.25, "kg", "0.25"), (0, "", "0")],
)
def test_a_tick(value: float, unit: str, text: str) -> None:
    assert words.tick(value, unit) == text


@pytest.mark.parametrize(
    ("feature", "value", "text"),
    [(AREA, 1800, "1,800 sq ft"), (VALUE, 25_000.0, "$25,000"), (FUEL, "gas", "gas")],
)
def test_what_was_told(feature: Feature, value: float | str, text: str) -> None:
    assert words.told(feature, value).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("feature", "value", "text"),
    [
        (
            AREA,
            9999.0,
            "Living area 9,999 sq ft is larger than any the model has seen: 616 to 5,228 sq ft.",
        ),
        (
            VALUE,
            -300.0,
            "Land value −$300 is smaller than any the model has seen: −$200 to $412,600.",
        ),
        (FUEL, "coal", "Fuel “coal” is new to the model and is left out."),
        (FUEL, "c" * 99, f"Fuel “{'c' * 40}” is new to the model and is left out."),
    ],
)
def test_what_training_never_saw(feature: Feature, value: float | str, text: str) -> None:
    assert words.unseen(feature, value).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("label", "inside"), [("Living area", "living area"), ("BMI", "BMI"), ("X", "x"), ("", "")]
)
def test_a_label_inside_a_sentence(label: str, inside: str) -> None:
    assert words.inside(label) == inside


@pytest.mark.parametrize(
    ("texts", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), ("abc", "a, b and c")]
)
def test_a_list(texts: list[str], text: str) -> None:
    assert words.listed(texts) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "fewer than 1 in 100"),
        (0.01, "about 1 in 100"),
        (0.041, "about 1 in 24"),
        (0.096, "about 1 in 10"),
        (0.28, "about 3 in 10"),
        (0.9, "about 9 in 10"),
        (0.93, "about 93 in 100"),
        (0.995, "more than 99 in 100"),
    ],
)
def test_odds(share: float, text: str) -> None:
    assert words.odds(share) == text


def test_nothing_that_the_model_knows() -> None:
    contract = Contract("d", "D", "regression", "area", Target("t", "T"), (AREA, FUEL), 9)
    example = "Tell one thing or more, for example the living area."
    assert words.nothing_known(contract, {}) == [example]
    new = "Fuel “coal” is new to the model and is left out."
    assert words.nothing_known(contract, {"fuel": "coal"}) == [new, example]
