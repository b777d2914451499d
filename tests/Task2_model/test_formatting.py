from __future__ import annotations

import math

import pytest

from Task2_model import formatting
from Task2_model.formatting import NBSP


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1728.0, "1,728"), (12.5, "12.5"), (-3, "−3"), (-0.0, "0"), (0.1234567, "0.123457"),
        (0.25, "0.25"), (1e-7, "0.0000001"), (99_999.99, "100,000"),
        (1_234_567.891, "1,234,567.89"), (None, "–"), (math.nan, "–"), (-math.inf, "–"),
    ],
)  # fmt: skip
def test_a_number_of_the_data(value: float | None, text: str) -> None:
    assert formatting.format_number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (38_912.4, "38,900"), (0.034567, "0.0346"), (0, "0"), (-1234.5, "−1,230"), (9.999, "10.0"),
        (1e9, "1,000,000,000"), (math.nan, "–"), (math.inf, "–"),
    ],
)  # fmt: skip
def test_a_measured_number(value: float, text: str) -> None:
    assert formatting.format_rounded(value) == text


@pytest.mark.parametrize(
    ("value", "decimals", "unit", "text"),
    [
        (131_463.2, -2, "$", "$131,500"), (1_500.0, 0, "₹", "₹1,500"), (-5, 0, "€", "−€5"),
        (99.5, 1, "US$", "US$99.5"), (3.14159, 2, "kg", f"3.14{NBSP}kg"), (-0.01, 1, "", "0.0"),
        (12, 0, "k$", f"12{NBSP}k$"), (1200, 0, "CHF", f"1,200{NBSP}CHF"),
    ],
)  # fmt: skip
def test_an_amount_with_its_unit(value: float, decimals: int, unit: str, text: str) -> None:
    assert formatting.format_amount(value, decimals, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(12_300, "$", "+$12,300"), (-12_300, "₹", "−₹12,300"), (0.4, "kg", f"0{NBSP}kg")],
)
def test_a_step_up_or_down(value: float, unit: str, text: str) -> None:
    assert formatting.format_step(value, 0, unit) == text


def test_percentage_points() -> None:
    steps = [formatting.format_points(share) for share in (0.034, -0.0341, 0.0004)]
    assert steps == ["+3.4", "−3.4", "0.0"]


@pytest.mark.parametrize(
    ("unit", "text"),
    [("sq ft", f"616 to 5,228{NBSP}sq ft"), ("₹", "₹616 to ₹5,228"), ("", "616 to 5,228")],
)
def test_a_range(unit: str, text: str) -> None:
    assert formatting.format_range(616, 5228, unit) == text


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (2003, 2009, "", "2003 to 2009"),
        (2003.0, 2009.0, "kg", f"2,003 to 2,009{NBSP}kg"),
        (1200, 2009, "", "1,200 to 2,009"),
        (2003.5, 2009, "", "2,003.5 to 2,009"),
    ],
)
def test_years_have_no_thousands_apart(low: float, high: float, unit: str, text: str) -> None:
    assert formatting.format_range(low, high, unit) == text


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [(0.9, 0, "90"), (0.8978, 1, "89.8"), (-0.31, 0, "−31"), (-0.0001, 0, "0"), (1.0, 1, "100.0")],
)
def test_a_percentage(share: float, decimals: int, text: str) -> None:
    assert formatting.format_percent(share, decimals) == f"{text}{NBSP}%"


@pytest.mark.parametrize(
    ("text", "unit", "shown"),
    [("5,000", "₹", "₹5,000"), ("5,000", "sq ft", "5,000"), ("−5", "$", "−$5"), ("–", "$", "–")],
)
def test_a_tick_keeps_its_currency_alone(text: str, unit: str, shown: str) -> None:
    assert formatting.with_currency(text, unit) == shown


def test_nothing_has_no_unit() -> None:
    assert formatting.with_unit("–", "kg") == "–"


@pytest.mark.parametrize(("rows", "text"), [(1, f"1{NBSP}row"), (1728, f"1,728{NBSP}rows")])
def test_a_count(rows: int, text: str) -> None:
    assert formatting.format_count(rows) == text


@pytest.mark.parametrize(
    ("texts", "joined"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), ("abc", "a, b and c")]
)
def test_a_list(texts: list[str], joined: str) -> None:
    assert formatting.join_and(texts) == joined


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Living area", "living area"),
        ("BMI", "BMI"),
        ("X", "x"),
        ("", ""),
        ("Jahre seit Promotion", "Jahre seit Promotion"),
        ("Price (USD)", "price (USD)"),
    ],
)
def test_a_label_inside_a_sentence(label: str, inside: str) -> None:
    assert formatting.lower_first(label) == inside


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a*b_c", r"a\*b\_c"), ("<b>", "&lt;b&gt;"), ("x | y", r"x \| y"), ("`[1]`", r"\`\[1\]\`")],
)
def test_text_from_outside_is_not_markdown(text: str, shown: str) -> None:
    assert formatting.escape_markdown(text) == shown


@pytest.mark.parametrize(
    ("width", "step"), [(1, 1), (1.1, 2), (2.4, 5), (5.01, 10), (0.0034, 0.005), (30_000, 50_000)]
)
def test_a_round_step(width: float, step: float) -> None:
    assert formatting.round_step(width) == pytest.approx(step)
