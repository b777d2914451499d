"""Numbers as people type them, and what is asked about because it may mean two."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Task1_database.errors import InputError
from Task2_model.contract import Feature
from Task3_api.pages.typed_numbers import readings, unmistakable
from Task3_api.parsing import DECIMAL

AREA = Feature("area", "integer", "Living area", "sq ft", minimum=616, maximum=5228)
LOT = Feature("lot", "number", "Lot size", "acres", minimum=0, maximum=12.2)
LAND = Feature("land", "integer", "Land value", "$", minimum=200, maximum=412_600)
BATHS = Feature("baths", "number", "Bathrooms", minimum=0, maximum=4.5)
AGE = Feature("age", "integer", "Age", "years", minimum=0, maximum=225)
PRICE = Feature("price", "number", "Price", minimum=0.5, maximum=4000)
FROST = Feature("frost", "number", "Frost", "°C", minimum=-40, maximum=-1)
ANY = Feature("any", "number", "Anything")


@pytest.mark.parametrize(
    ("feature", "typed", "number"),
    [
        (AREA, "1800", "1800"),
        (AREA, "1,800", "1800"),
        (AREA, "1.800", "1800"),
        (AREA, "1 800", "1800"),
        (AREA, "1\N{NARROW NO-BREAK SPACE}800 sq. ft.", "1800"),
        (AREA, "1'800 sqft", "1800"),
        (AREA, "1’800 Square Feet", "1800"),
        (AREA, "1800 ft²", "1800"),
        (AREA, "about 1800", "1800"),
        (AREA, "1800.5", "1800.5"),
        (AREA, "\N{MINUS SIGN}5", "-5"),
        (AREA, "- 5 sq ft", "-5"),
        (AREA, "99,999", "99999"),
        (AREA, "١٨٠٠", "1800"),
        (AREA, "１８００", "1800"),
        (AREA, "1e3 sq ft", "1e3"),
        (LOT, "0,5", "0.5"),
        (LOT, ".5 acre", "0.5"),
        (LOT, "½", "0.5"),
        (LOT, "1/2 acre", "0.5"),
        (LOT, "1,234", "1.234"),
        (LOT, "0,375", "0.375"),
        (BATHS, "2,5", "2.5"),
        (BATHS, "2½", "2.5"),
        (BATHS, "2 1/2 bathrooms", "2.5"),
        (LAND, "$25,000", "25000"),
        (LAND, "25.000 $", "25000"),
        (LAND, "USD 25 000", "25000"),
        (LAND, "25k", "25000"),
        (LAND, "$2.5k", "2500"),
        (LAND, "25 thousand dollars", "25000"),
        (LAND, "0.1m", "100000"),
        (LAND, "-$5", "-5"),
        (LAND, "$ -5", "-5"),
        (LAND, "1,23,456", "123456"),
        (LAND, "1.234,56", "1234.56"),
        (LAND, "1,234.56", "1234.56"),
        (LAND, "1 234,56", "1234.56"),
        (FROST, "-1,234", "-1.234"),
        (PRICE, "2,500 k", "2500"),
        (PRICE, "1,2340", "1.2340"),
        (PRICE, "1,23", "1.23"),
        (PRICE, "1234,567", "1234.567"),
    ],
)
def test_what_people_type(feature: Feature, typed: str, number: str) -> None:
    assert readings(feature, typed) == [number]
    assert DECIMAL.fullmatch(number)


@pytest.mark.parametrize(
    ("feature", "typed", "numbers"),
    [
        (PRICE, "1,234", ["1234", "1.234"]),
        (PRICE, "1.234", ["1234", "1.234"]),
        (PRICE, "-1.234", ["-1234", "-1.234"]),
        (AGE, "1,234", ["1234", "1.234"]),
        (ANY, "12.345", ["12345", "12.345"]),
    ],
)
def test_what_may_mean_two_numbers(feature: Feature, typed: str, numbers: list[str]) -> None:
    assert readings(feature, typed) == numbers


@pytest.mark.parametrize(
    "typed",
    ["", ".", ",", "nan", "inf", "abc", "1_000", "10-20", "1,2,3", "1.2.3", "1 2", "--5",
     "5 6 sq ft", "1/0", "1,,000", "$", "3²", "9" * 65],
)  # fmt: skip
def test_what_is_no_number(typed: str) -> None:
    assert readings(AREA, typed) == []


@pytest.mark.parametrize(
    ("feature", "typed", "detail"),
    [
        (AREA, "170 m2", "Living area is asked in sq ft; convert “m2”, or leave it out"),
        (LAND, "€5", "Land value is asked in $; convert “€”, or leave it out"),
        (LAND, "5 acres", "Land value is asked in $; convert “acres”, or leave it out"),
        (BATHS, "2 rooms", "Bathrooms is a number without a unit; leave “rooms” out"),
        (AREA, "0x10", "Living area is asked in sq ft; convert “x10”, or leave it out"),
        (AREA, "5m", "Living area is asked in sq ft; convert “m”, or leave it out"),
    ],
)
def test_another_unit_is_not_passed_over(feature: Feature, typed: str, detail: str) -> None:
    with pytest.raises(InputError) as refused:
        readings(feature, typed)
    assert refused.value.detail == detail


@given(st.from_regex(DECIMAL, fullmatch=True).filter(lambda text: len(text) <= 64))
def test_a_number_of_the_strict_parser_is_among_its_readings(text: str) -> None:
    found = [float(reading) for reading in readings(ANY, text)]
    assert float(text) in found
    assert len(found) == 1 or re.fullmatch(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}", text)
    assert [float(r) for r in readings(ANY, unmistakable(text))] == [float(text)]


@given(
    st.integers(0, 10**12),
    st.text("0123456789", max_size=6),
    st.sampled_from([(",", "."), (".", ","), (" ", "."), (" ", ","), ("'", ","), ("'", ".")]),
)
def test_however_thousands_and_decimals_are_set(
    whole: int, decimals: str, signs: tuple[str, str]
) -> None:
    apart, point = signs
    typed = f"{whole:,}".replace(",", apart) + (point + decimals if decimals else "")
    expected = float(f"{whole}.{decimals}")
    found = [float(reading) for reading in readings(ANY, typed)]
    assert expected in found
    assert len(found) <= 2
    marks = re.sub(r"\d", "", typed)
    if len(set(marks)) == 2 or len(marks) > 1 or not marks:  # one mark alone may be either
        assert found == [expected]


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_refused_in_words(text: str) -> None:
    for feature in (AREA, LAND, BATHS, ANY):
        numbers = []
        with suppress(InputError):
            numbers = readings(feature, text)
        assert len(numbers) <= 2
        assert all(DECIMAL.fullmatch(number) for number in numbers)
