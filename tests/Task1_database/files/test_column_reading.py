"""Cells are rewritten to what the strict parser takes, as they were read for training."""

from __future__ import annotations

from typing import get_args

import pytest

from Task1_database.files.column_reading import ISO, ColumnReading, Part

COMMA = ColumnReading("c", decimal=",", thousands=".")
POINTS = ColumnReading("c", thousands=",", unit="$", missing=("n/a", "-"))
GAPS = ColumnReading("c", thousands=" ", unit="€", decimal=",")


@pytest.mark.parametrize(
    ("reading", "cell", "text"),
    [
        (COMMA, "12,5", "12.5"),
        (COMMA, "1.234", "1234"),
        (COMMA, "-1.234.567,25", "-1234567.25"),
        (COMMA, "12.5", "12.5"),
        (COMMA, "1.23,4", "1.23,4"),
        (COMMA, "", ""),
        (POINTS, "$1,234.50", "1234.50"),
        (POINTS, "-$ 5", "-5"),
        (POINTS, "5 $", "5"),
        (POINTS, "N/A", ""),
        (POINTS, "-", ""),
        (POINTS, "12,34", "12,34"),
        (GAPS, "1\u202f234,5 €", "1234.5"),
        (GAPS, "1'234", "1234"),
        (ColumnReading("c"), "12.5", "12.5"),
        (ColumnReading("c"), "WD", "WD"),
    ],
)
def test_numbers_and_texts(reading: ColumnReading, cell: str, text: str) -> None:
    assert reading.rewrite(cell) == text


@pytest.mark.parametrize(
    ("day", "cell", "parts"),
    [
        ("%d.%m.%Y", "31.12.2023", ["2023", "12", "7", "364", "0"]),
        ("%d.%m.%Y", "2023-12-31", ["2023", "12", "7", "364", "0"]),
        ("%m/%d/%Y %H:%M", "2/1/2024 13:30", ["2024", "2", "4", "396", "13"]),
        ("%d %b %Y", "1 Feb 2024", ["2024", "2", "4", "396", "0"]),
        ("%Y%m%d", "20240201", ["2024", "2", "4", "396", "0"]),
        (ISO, "2024-02-01T05:00:00Z", ["2024", "2", "4", "396", "5"]),
        (ISO, "2024-02-01T05:00:00+02:00", ["2024-02-01T05:00:00+02:00"] * 5),
        ("%d.%m.%Y", "31.2.2023", ["31.2.2023"] * 5),
        ("%d.%m.%Y", "2023", ["2023"] * 5),
        ("%d.%m.%Y", "", [""] * 5),
    ],
)
def test_parts_of_days(day: str, cell: str, parts: list[str]) -> None:
    names = get_args(Part)[1:]
    readings = [ColumnReading("c", day=day, part=part, first="2023-01-01") for part in names]
    assert [reading.rewrite(cell) for reading in readings] == parts


def test_which_readings_take_a_decimal_number_as_it_is() -> None:
    assert ColumnReading("c", unit="$", missing=("na",)).is_plain
    readings = (COMMA, POINTS, ColumnReading("c", day=ISO, part="year"))
    assert not any(reading.is_plain for reading in readings)
    assert not ColumnReading("c", missing=("-999",)).is_plain
