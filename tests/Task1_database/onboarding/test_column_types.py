"""What a column holds is established from every row, and text becomes what the loader takes."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Sequence
from pathlib import Path

import pytest

from Task1_database.onboarding.column_types import column_types
from Task1_database.onboarding.delimited import Delimited
from Task1_database.onboarding.source_cells import TABLE, cells_of
from Task1_database.onboarding.source_column import SourceColumn


def read(
    folder: Path, columns: Sequence[Sequence[str]], separator: str = ","
) -> list[SourceColumn]:
    """What the columns of such a table hold; `texts` are then what the loader takes."""
    file = folder / "table.csv"
    labels = tuple(f"column_{number + 1}" for number in range(len(columns)))
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text, delimiter=separator, lineterminator="\n").writerows(
            zip(*columns, strict=True)
        )
    source = Delimited(file, file, "UTF-8", separator, labels, 0)
    with cells_of(source, folder) as cells:
        columns_read = column_types(cells)
        texts.clear()
        for column in columns_read:
            rows = cells.query(f"SELECT {column.text} FROM {TABLE} ORDER BY rowid")
            texts.append([None if text is None else str(text) for (text,) in rows])
    return columns_read


texts: list[list[str | None]] = []


@pytest.mark.parametrize(
    ("values", "kind", "first", "is_canonical"),
    [
        (["1", "2", ""], "integer", "1", True),
        (["-5", "0", "9007199254740993"], "integer", "-5", True),
        (["1.0", "", "3.0"], "integer", "1", False),
        (["+7", "8", "9"], "integer", "7", False),
        (["1e3", "2", "3"], "integer", "1000", False),
        (["00123", "00456", "12345"], "text", "00123", True),
        (["7", "007", "8"], "text", "7", True),
        (["1234567890123456789", "2", "3"], "integer", "1234567890123456789", True),
        (["12345678901234567890", "2", "3"], "text", "12345678901234567890", True),
        (["1.50", "2", ".5"], "number", "1.50", True),
        (["1e-3", "2.5E+10", "-0.5"], "number", "1e-3", True),
        (["1e999", "2", "3"], "text", "1e999", True),
        (["inf", "2", "3"], "text", "inf", True),
        (["1_000", "2", "3"], "text", "1_000", True),
        (["0x10", "2", "3"], "text", "0x10", True),
        (["١٢", "2", "3"], "text", "١٢", True),
        ([" 1", "2 ", "\t3"], "integer", "1", False),
        (["1,5", "2", "3"], "number", "1.5", False),
        (["1,234", "56", "1,234,567"], "integer", "1234", False),
        (["1,234.5", "56", "7"], "number", "1234.5", False),
        (["1.234,5", "56", "7"], "number", "1234.5", False),
        (["1 234,5", "56", "7"], "number", "1234.5", False),
        (["1'234.5", "56", "7"], "number", "1234.5", False),
        (["12,34,5", "6", "7"], "text", "12,34,5", True),
        (["$1,234", "$5", "-$6"], "integer", "1234", False),
        (["12 %", "5%", "0.5%"], "number", "12", False),
        (["1 234,50 €", "5 €", "6 €"], "number", "1234.50", False),
        (["2024-02-29", "1999-12-31", ""], "date", "2024-02-29", True),
        (["2023-02-29", "1999-12-31", ""], "text", "2023-02-29", True),
        (["0999-01-01", "1999-12-31", ""], "text", "0999-01-01", True),
        (["31.12.2024", "1.2.2024", ""], "date", "2024-12-31", False),
        (["31/12/2024", "01/02/2024", ""], "date", "2024-12-31", False),
        (["12/31/2024", "01/02/2024", ""], "date", "2024-12-31", False),
        (["31.12.24", "1.2.24", ""], "date", "2024-12-31", False),
        (["20241231", "20240101", ""], "date", "2024-12-31", False),
        (["20241331", "20240101", ""], "integer", "20241331", True),
        (["31 Dec 2024", "1 jan 2024", ""], "date", "2024-12-31", False),
        (["December 31, 2024", "May 1, 2024", ""], "date", "2024-12-31", False),
        (["2024-12", "2024-01", ""], "date", "2024-12-01", False),
        (["2024-12-31T23:30:00Z", "2024-01-01T00:00:00Z", ""], "moment", "2024-12-31", False),
        (["31.12.2024 23:30", "1.1.2024 00:00", ""], "moment", "2024-12-31", False),
        (["2024-12-31 00:00:00", "2024-01-01 00:00:00", ""], "date", "2024-12-31", False),
        (
            ["2024-12-31 23:30:00+02:00", "2024-01-01 00:00:00+02:00", ""],
            "text",
            "2024-12-31 23:30:00+02:00",
            True,
        ),
        (["12/31/2024 11:30 PM", "1/1/2024 1:00 AM", ""], "moment", "2024-12-31", False),
        (["true", "false", ""], "text", "true", True),
        (["gas", "oil", " gas"], "text", "gas", False),
        (["", "", ""], "text", None, True),
    ],
)
def test_a_column_is_of_the_kind_that_every_cell_is_of(
    tmp_path: Path, values: list[str], kind: str, first: str | None, is_canonical: bool
) -> None:
    (column, _) = read(tmp_path, [values, ["a", "b", "c"]])
    assert (column.kind, texts[0][0], column.is_canonical) == (kind, first, is_canonical)


def test_the_last_of_many_rows_counts(tmp_path: Path) -> None:
    numbers = [str(i) for i in range(50_000)]
    whole, fractional, code, marked = read(
        tmp_path,
        [
            numbers,
            [*numbers[:-1], "0.5"],
            [*numbers[:-1], "007"],
            [*numbers[:-7], "N/A", *["?"] * 5, "na"],
        ],
    )
    assert (whole.kind, whole.maximum) == ("integer", 49_999)
    assert fractional.kind == "number"
    assert (code.kind, code.remark) == ("text", "1 are no numbers, such as '007'")
    assert (marked.kind, marked.non_null_count) == ("integer", 49_993)
    assert marked.missing_markers == {"?": 5, "N/A": 1, "na": 1}


def test_a_value_in_only_few_rows_is_read_as_well(tmp_path: Path) -> None:
    values = [str(i / 4) if i % 10_000 == 7_777 else "" for i in range(50_000)]
    number, _ = read(tmp_path, [values, ["a"] * 50_000])
    assert (number.kind, number.non_null_count) == ("number", 5)


@pytest.mark.parametrize(
    ("values", "markers", "non_null_count"),
    [
        (["gas", "oil", "NA"], {"NA": 1}, 2),
        (["gas", "oil", "-"], {"-": 1}, 2),
        (["gas", "oil", " n/a "], {"n/a": 1}, 2),
        (["gas", "oil", "  "], {}, 2),
        (["gas", "oil", "None"], {}, 3),
        (["+", "-", "+"], {}, 3),
        (["NA", "?", "NA"], {"NA": 2, "?": 1}, 0),
        (["1.5", ".", "none"], {".": 1, "none": 1}, 1),
        (["2024-01-31", "NULL", " "], {"NULL": 1, "blank": 1}, 1),
    ],
)
def test_signs_for_missing_values_are_known(
    tmp_path: Path, values: list[str], markers: dict[str, int], non_null_count: int
) -> None:
    (column, _) = read(tmp_path, [values, ["a", "b", "c"]])
    assert (column.missing_markers, column.non_null_count) == (markers, non_null_count)
    assert texts[0].count(None) == 3 - non_null_count


@pytest.mark.parametrize(
    ("separator", "beside", "values", "first"),
    [
        (",", "1.5", "1.234", "1.234"),
        (",", "1,5", "1.234", "1234"),
        (",", "1,5", "0.234", "0.234"),
        (";", "a", "1,234", "1.234"),
        (",", "a", "1,234", "1234"),
        ("\t", "a", "1,234", "1234"),
    ],
)
def test_a_decimal_comma_beside_it_decides_how_a_number_is_read(
    tmp_path: Path, separator: str, beside: str, values: str, first: str
) -> None:
    read(tmp_path, [[beside] * 3, [values] * 3], separator)
    assert texts[1][0] == first


def test_days_that_could_be_read_with_the_month_first_have_a_remark(tmp_path: Path) -> None:
    both, us, _ = read(tmp_path, [["1/2/2024"] * 2, ["1/13/2024", "1/2/2024"], ["a", "b"]])
    assert both.minimum == datetime.datetime(2024, 1, 2)
    assert both.remark == (
        "written as month/day/year, though day and month could also be the other way round"
    )
    assert us.remark == "written as month/day/year"
    (german, _) = read(tmp_path, [["1/2/2024"] * 2, ["1,5", "2"]], ";")
    assert german.minimum == datetime.datetime(2024, 2, 1)


def test_a_unit_is_taken_off_and_kept(tmp_path: Path) -> None:
    dollars, percent, mixed = read(
        tmp_path, [["$5", "$6", "7"], ["5 %", "6 %", "7 %"], ["$5", "6 €", "7"]]
    )
    assert (dollars.kind, dollars.unit, dollars.minimum) == ("integer", "$", 5)
    assert (percent.kind, percent.unit) == ("integer", "%")
    assert (mixed.kind, mixed.unit) == ("text", "")
