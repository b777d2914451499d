"""The form that is made from the contract."""

from __future__ import annotations

from dataclasses import replace

import pytest

from Task2_model.contract import Contract, Feature, Target
from Task3_api.pages.form import Form, FormField
from Task3_api.parsing import Parser

CONTRACT = Contract(
    dataset="houses",
    title="Houses",
    task="regression",
    x="area",
    target=Target("price", "Price", "$"),
    features=(
        Feature("bedrooms", "integer", "Bedrooms", minimum=1, maximum=7, median=3),
        Feature("area", "number", "Area", minimum=600, maximum=5000, median=1600),
        Feature("fuel", "category", "Fuel", categories=("gas", "oil")),
    ),
    rows=100,
)
PARSER = Parser(CONTRACT)


@pytest.mark.parametrize(
    ("minimum", "maximum", "step", "whole_step"),
    [
        (616, 5228, "50", "50"),
        (200, 412_600, "5000", "5000"),
        (0, 12.2, "0.2", "1"),
        (0, 4.5, "0.05", "1"),
        (1, 7, "0.1", "1"),
        (0, 0.0003, "5e-06", "1"),
        (5, 5, "1", "1"),
        (0, 1e9, "10000000", "10000000"),
    ],
)
def test_a_step_is_round(minimum: float, maximum: float, step: str, whole_step: str) -> None:
    feature = Feature("a", "number", "A", minimum=minimum, maximum=maximum)
    assert FormField(feature).step == step
    assert FormField(replace(feature, kind="integer")).step == whole_step


def test_a_range_is_a_hint() -> None:
    bedrooms, area, fuel = (FormField(feature).range for feature in CONTRACT.features)
    assert (bedrooms, area, fuel) == ("1 to 7", "600 to 5,000", "")


def test_the_main_feature_comes_first() -> None:
    names = [entry.feature.name for entry in Form(CONTRACT).fields]
    assert names == ["area", "bedrooms", "fuel"]


def test_choices_keep_their_order_and_what_was_entered() -> None:
    fuel = CONTRACT.by_name["fuel"]
    assert FormField(fuel).choices == ("gas", "oil")
    assert FormField(fuel, "oil").choices == ("gas", "oil")
    assert FormField(fuel, "coal").choices == ("coal", "gas", "oil")


def test_every_entry_is_looked_at() -> None:
    entered = [("x", "1e3"), ("bedrooms", "4e38"), ("fuel", ""), ("y", "1"), ("area", "2")]
    form = Form.read(PARSER, entered)
    assert form.record == {"area": 1000.0, "fuel": None}
    assert form.texts == {"area": "1e3", "bedrooms": "4e38", "fuel": ""}
    assert form.errors == {
        "bedrooms": "Bedrooms is too large a number: '4e38'",
        "area": "Area is given more than once",
    }
    assert form.problems == ["'y' is not known; known are bedrooms, area, fuel"]
    assert not form.is_valid


def test_a_sound_form() -> None:
    assert Form.read(PARSER, [("area", "1"), ("fuel", "coal")]).is_valid


def field(entered: str, name: str = "area") -> FormField:
    form = Form.read(PARSER, [(name, entered)])
    (entry,) = (entry for entry in form.fields if entry.feature.name == name)
    assert entry.text == entered
    return entry


def test_a_number_is_read_as_people_type_it() -> None:
    entry = field("1.250,5")
    assert (entry.value, entry.read_as, entry.warning) == (1250.5, "1,250.5", "")
    assert field("  ").value is None
    assert field("  ").read_as == ""


def test_a_number_of_two_readings_is_asked_about() -> None:
    form = Form.read(PARSER, [("bedrooms", "1,234"), ("fuel", "oil")])
    assert form.options == {"bedrooms": (1234.0, 1.234)}
    assert form.record == {"fuel": "oil"}
    assert not form.is_valid
    for value, query in ((1234.0, "bedrooms=1234"), (1.234, "bedrooms=1.2340")):
        assert form.query(bedrooms=value) == f"{query}&fuel=oil"
        chosen = Form.read(PARSER, [("bedrooms", query.partition("=")[2])])
        assert chosen.record == {"bedrooms": value}


def test_a_feature_may_be_called_self() -> None:
    feature = Feature("self", "number", "Self")
    form = Form.read(Parser(replace(CONTRACT, x="self", features=(feature,))), [("x", "1,234")])
    assert form.query(**{"self": 1234.0}) == "self=1234"


def test_what_is_unlike_training_is_told_at_the_number() -> None:
    assert "below zero" in field("-5").warning
    assert "larger than any" in field("99999").warning
    assert field("2.5", "bedrooms").warning == ""
    assert "new to the model" in field("coal", "fuel").warning
    assert field("oil", "fuel").warning == ""
