"""Numbers as people read them."""

from __future__ import annotations

import pytest

from Task2_model.contract import Target
from Task3_api import words


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


@pytest.mark.parametrize(
    ("value", "place"), [(100, 0), (200, 1000), (150, 500), (-1e9, 0), (1e9, 1000)]
)
def test_place(value: float, place: int) -> None:
    assert words.place(value, Target("t", "T", minimum=100, maximum=200)) == place
    assert words.place(value, Target("t", "T", minimum=100, maximum=100)) in (0, 1000)
