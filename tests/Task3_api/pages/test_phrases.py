"""Values, amounts and warnings as people read them."""

from __future__ import annotations

import pytest

from Task2_model.contract import Contract, Feature, Target
from Task3_api.pages import phrases

AREA = Feature("area", "integer", "Living area", "sq ft", minimum=616, maximum=5228, median=1700.0)
VALUE = Feature("value", "number", "Land value", "$", minimum=-200, maximum=412_600)
FUEL = Feature("fuel", "category", "Fuel", categories=("town gas", "oil"))


def spaced(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("column", "formatted"),
    [
        (["2006", "1984"], ["2006", "1984"]),
        (["1213", "2328"], ["1,213", "2,328"]),
        (["5000", "93805", "900"], ["5,000", "93,805", "900"]),
        (["-125000.50", "00123"], ["-125,000.50", "00123"]),
        (["1e6"], ["1,000,000"]),
        (["1,000 to 1,499", "", "20000"], ["1,000 to 1,499", "", "20,000"]),
        ([], []),
    ],
)
def test_cells_of_a_column(column: list[str], formatted: list[str]) -> None:
    assert phrases.format_cells(column) == formatted


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text", "step"),
    [
        (206_300.0, "$", -2, "$206,300", "+$206,300"),
        (206_300.0, "₹", 2, "₹206,300.00", "+₹206,300.00"),
        (-5.0, "€", 0, "−€5", "−€5"),
        (12.5, "kg", 1, "12.5 kg", "+12.5 kg"),
        (0, "", 1, "0.0", "0.0"),
    ],
)
def test_an_amount_and_a_step_of_the_target(
    value: float, unit: str, decimals: int, text: str, step: str
) -> None:
    target = Target("t", "T", unit, decimals=decimals)
    assert spaced(phrases.format_target(value, target)) == text
    assert spaced(phrases.format_target_step(value, target)) == step


@pytest.mark.parametrize(
    ("feature", "value", "text"),
    [(AREA, 1800, "1,800 sq ft"), (VALUE, 25_000.0, "$25,000"), (FUEL, "oil", "oil")],
)
def test_a_value_with_its_unit(feature: Feature, value: float | str, text: str) -> None:
    assert spaced(phrases.format_value(feature, value)) == text


@pytest.mark.parametrize(
    ("feature", "text"), [(AREA, "616 to 5,228 sq ft"), (VALUE, "−$200 to $412,600"), (FUEL, "")]
)
def test_the_range_of_training(feature: Feature, text: str) -> None:
    assert spaced(phrases.format_feature_range(feature)) == text


@pytest.mark.parametrize(("feature", "text"), [(AREA, "1700"), (FUEL, "town+gas"), (VALUE, "0")])
def test_a_value_in_an_address(feature: Feature, text: str) -> None:
    assert phrases.query_value(feature) == text


@pytest.mark.parametrize(
    ("feature", "value", "text"),
    [
        (AREA, 9999.0, "9,999 sq ft is larger than any the model has seen."),
        (AREA, 9.0, "9 sq ft is smaller than any the model has seen."),
        (AREA, -5.0, "−5 sq ft is below zero, and none of the data is."),
        (VALUE, -300.0, "−$300 is smaller than any the model has seen."),
        (AREA, 1800.5, ""),
        (AREA, 616.0, ""),
        (FUEL, "oil", ""),
        (FUEL, "coal", "“coal” is new to the model and is left out."),
        (FUEL, "c" * 99, f"“{'c' * 40}” is new to the model and is left out."),
    ],
)
def test_what_training_never_saw(feature: Feature, value: float | str, text: str) -> None:
    assert spaced(phrases.unseen_warning(feature, value)) == text


def test_nothing_is_unseen_where_training_had_nothing() -> None:
    assert phrases.unseen_warning(Feature("a", "number", "A"), 5.0) == ""


def test_nothing_that_the_model_knows() -> None:
    contract = Contract("d", "D", "regression", "area", Target("t", "T"), (AREA, FUEL), 9)
    assert phrases.nothing_given(contract) == "Tell one thing or more, for example the living area."


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "fewer than 1 in 100"),
        (0.01, "about 1 in 100"),
        (0.041, "about 1 in 24"),
        (0.096, "about 1 in 10"),
        (0.15, "about 3 in 20"),
        (0.2, "about 1 in 5"),
        (0.25, "about 1 in 4"),
        (0.28, "about 3 in 10"),
        (0.34, "about 1 in 3"),
        (0.5, "about 1 in 2"),
        (0.66, "about 2 in 3"),
        (0.9, "about 9 in 10"),
        (0.93, "about 93 in 100"),
        (0.995, "more than 99 in 100"),
    ],
)
def test_odds(share: float, text: str) -> None:
    assert phrases.odds(share) == text
