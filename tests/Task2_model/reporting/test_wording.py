from __future__ import annotations

import math

import pytest

from Task2_model.contract import Contract, Feature, Target
from Task2_model.reporting import wording
from Task2_model.reporting.wording import NBSP, Wording


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (38_912.4, "38,900"), (0.034567, "0.0346"), (0, "0"), (-1234.5, "−1,230"), (9.999, "10.0"),
        (math.nan, "–"), (math.inf, "–"), (1e9, "1,000,000,000"),
    ],
)  # fmt: skip
def test_a_measured_number(value: float, text: str) -> None:
    assert wording.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1728.0, "1,728"), (12.5, "12.5"), (-3, "−3"), (None, "–"), (0.1234567, "0.123457")],
)
def test_an_exact_number(value: float | None, text: str) -> None:
    assert wording.exact(value) == text


@pytest.mark.parametrize(
    ("text", "unit", "shown"),
    [
        ("38,900", "$", "$38,900"), ("−5", "€", "−€5"), ("1,800", "sq ft", f"1,800{NBSP}sq ft"),
        ("7", "", "7"), ("–", "$", "–"),
    ],
)  # fmt: skip
def test_a_number_with_its_unit(text: str, unit: str, shown: str) -> None:
    assert wording.with_unit(text, unit) == shown


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [(0.9, 0, "90"), (0.8978, 1, "89.8"), (-0.31, 0, "−31"), (-0.0001, 0, "0"), (1.0, 1, "100.0")],
)
def test_a_percentage(share: float, decimals: int, text: str) -> None:
    assert wording.percent(share, decimals) == f"{text}{NBSP}%"


@pytest.mark.parametrize(
    ("words", "text"), [([], "none"), (["a"], "a"), (["a", "b"], "a and b"), ("abc", "a, b and c")]
)
def test_a_list(words: list[str], text: str) -> None:
    assert wording.listed(words) == text


@pytest.mark.parametrize(
    ("some", "all_", "text"), [(0, 6, "none of the 6"), (4, 6, "4 of the 6"), (6, 6, "all 6")]
)
def test_some_of_all(some: int, all_: int, text: str) -> None:
    assert wording.of_all(some, all_) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a*b_c", r"a\*b\_c"), ("<b>", "&lt;b&gt;"), ("x | y", r"x \| y"), ("`[1]`", r"\`\[1\]\`")],
)
def test_text_from_outside_is_not_markdown(text: str, shown: str) -> None:
    assert wording.plain(text) == shown


@pytest.mark.parametrize(
    ("label", "inside"), [("Living area", "living area"), ("BMI", "BMI"), ("X", "x"), ("", "")]
)
def test_a_label_inside_a_sentence(label: str, inside: str) -> None:
    assert wording.lower_first(label) == inside


@pytest.mark.parametrize(
    ("classes", "positive", "event"),
    [(("a", "b"), "", "b"), (("a", "b"), "a", "a"), (("a", "b", "c"), "", "a")],
)
def test_the_event_of_a_classification(classes: tuple[str, ...], positive: str, event: str) -> None:
    target = Target("t", "T", classes=classes, positive=positive)
    assert Wording(Contract("d", "", "classification", "x", target, (), 9)).event == event


def test_a_target_is_told_in_its_unit() -> None:
    target = Target("price", "Price", unit="$", decimals=-2)
    feature = Feature("area", "number", "Area", unit="m²")
    words = Wording(Contract("d", "", "regression", "area", target, (feature,), 9))
    assert words.answer(131_463.2) == "$131,500"
    assert words.amount(36_952.6) == "$37,000"
    assert words.level(79.0) == "$79"
    assert words.told("area", 120.5) == f"120.5{NBSP}m²"
    assert words.axis == "Price, $"
    assert words.measure == "median price"
