"""A sheet of a workbook becomes a CSV of what a person would type."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from Task1_database.dataset import Dataset
from Task1_database.errors import DataError
from Task1_database.new import new
from Task1_database.onboarding.workbook import is_workbook, sheet_to_csv
from tests.Task1_database.onboarding.tables import answers, boats


def book(folder: Path, **sheets: Sequence[Sequence[Any]]) -> Path:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        page = workbook.create_sheet(name)
        for row in rows:
            page.append(list(row))
        for cell in (cell for line in page.iter_rows() for cell in line):
            if cell.value == 123:
                cell.number_format = "00000"
    workbook.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def rows_of(folder: Path, file: Path, sheet: str | None = None) -> tuple[str, list[list[str]]]:
    name = sheet_to_csv(file, sheet, folder / "made.csv")
    with (folder / "made.csv").open(encoding="utf-8", newline="") as text:
        return name, list(csv.reader(text, strict=True))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (12, "12"),
        (123, "00123"),
        (0.1, "0.1"),
        (True, "TRUE"),
        ("00123", "00123"),
        ('a "b", c\nd', 'a "b", c\nd'),
        (datetime.date(2024, 1, 31), "2024-01-31"),
        (datetime.datetime(2024, 1, 31, 12, 30), "2024-01-31 12:30:00"),
        ("#N/A", "#N/A"),
    ],
)
def test_each_cell_is_typed_out(tmp_path: Path, value: object, text: str) -> None:
    _, rows = rows_of(tmp_path, book(tmp_path, Data=[["a", "b"], [value, 1]]))
    assert rows == [["a", "b"], [text, "1"]]


def test_a_title_and_blank_rows_do_not_spoil_the_table(tmp_path: Path) -> None:
    sheet: list[list[Any]] = [
        ["Sales of 2024"],
        [],
        ["a", "b", "c"],
        [1, None, None],
        [None],
        [2, 3, 4],
    ]
    _, rows = rows_of(tmp_path, book(tmp_path, Data=sheet))
    assert rows == [["Sales of 2024"], ["a", "b", "c"], ["1", "", ""], ["2", "3", "4"]]


def test_the_first_sheet_that_is_not_empty_is_taken_unless_one_is_named(tmp_path: Path) -> None:
    file = book(tmp_path, Empty=[], One=[["a"], [1]], Two=[["b"], [2]])
    assert is_workbook(file)
    assert rows_of(tmp_path, file) == ("One", [["a"], ["1"]])
    assert rows_of(tmp_path, file, "Two") == ("Two", [["b"], ["2"]])


def test_a_sheet_that_is_not_there_is_refused(tmp_path: Path) -> None:
    file = book(tmp_path, One=[["a"], [1]], Empty=[])
    with pytest.raises(DataError) as caught:
        rows_of(tmp_path, file, "one")
    assert str(caught.value) == ("book.xlsx: there is no sheet 'one'; there are 'One', 'Empty'")
    with pytest.raises(DataError) as caught:
        rows_of(tmp_path, file, "Empty")
    assert str(caught.value) == "book.xlsx: the sheet is empty"


def test_what_only_looks_like_a_workbook_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    file.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(DataError, match="^book.xlsx: cannot be read as a workbook: "):
        rows_of(tmp_path, file)


def test_a_sheet_becomes_a_dataset(tmp_path: Path) -> None:
    book = Workbook()
    page = book.create_sheet("Boats")
    for row in [list(boats()), *zip(*boats().values(), strict=True)]:
        page.append(row)
    book.save(tmp_path / "boats.xlsx")
    result = new(tmp_path / "boats.xlsx", "price", tmp_path / "home", sheet="Boats")
    assert (result.folder / "original" / "boats.xlsx").is_file()
    assert "the sheet 'Boats' of a workbook, with its header in line 1" in "\n".join(result.lines())
    answers(Dataset.open(str(result.folder)), tmp_path)
