"""A sheet of a workbook becomes a CSV of what a person would type."""

from __future__ import annotations

import csv
import datetime
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.xml.constants import SHEET_MAIN_NS

from Task1_database.dataset import Dataset
from Task1_database.errors import DataError
from Task1_database.files.workbook import MAX_UNPACKED, is_workbook, sheet_to_csv
from Task1_database.new import new
from Task1_database.progress import ProgressLine
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
    with file.open("rb") as data, (folder / "made.csv").open("wb") as made:
        name, *_ = sheet_to_csv(file.name, data, sheet, made)
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


def with_sheet(folder: Path, text: str) -> Path:
    """A workbook whose only sheet is this XML."""
    file, changed = book(folder, One=[["a"], [1]]), folder / "changed.xlsx"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new_:
        for part in old.namelist():
            new_.writestr(part, text if "sheet1" in part else old.read(part))
    return changed


SHEET = f'<worksheet xmlns="{SHEET_MAIN_NS}">{{}}<sheetData>{{}}</sheetData></worksheet>'


@pytest.mark.parametrize(
    ("dimension", "rows", "problem"),
    [
        ("", "<row></row>" * (MAX_UNPACKED // 11), "unpacked, it has 128 MB; at most 128 are read"),
        ('<dimension ref="A1:B4000000"/>', "", "a sheet has more than 1,048,576 rows"),
        ("", '<row r="4000000"><c r="A4000000"><v>1</v></c></row>', "a sheet has more than"),
        (
            "",
            f"<row>{'<c><v>1</v></c>' * 20_000}</row>",
            "there are 20,000 columns; at most 1,000 fit every database",
        ),
        ("", "<row><c><v>1</v></c>", "cannot be read as a workbook: "),
        (
            "",
            "<row><c><v>&outside;</v></c></row>",
            "cannot be read as a workbook: EntitiesForbidden(name='outside'",
        ),
    ],
)
def test_a_workbook_is_read_within_bounds(
    tmp_path: Path, dimension: str, rows: str, problem: str
) -> None:
    entity = '<!DOCTYPE x [<!ENTITY outside SYSTEM "file:///etc/hostname">]>'
    text = SHEET.format(dimension, rows)
    file = with_sheet(tmp_path, entity + text if "&outside;" in rows else text)
    with pytest.raises(DataError) as caught:
        rows_of(tmp_path, file)
    assert str(caught.value).startswith(f"changed.xlsx: {problem}")


def test_a_workbook_that_claims_to_be_huge_and_is_not_is_read(tmp_path: Path) -> None:
    rows = '<row r="9"><c r="A9"><v>1</v></c><c r="B9"><v>2</v></c></row>'
    file = with_sheet(tmp_path, SHEET.format('<dimension ref="A1:XFD1048576"/>', rows))
    assert rows_of(tmp_path, file) == ("One", [["1", "2"]])


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.95])
def test_a_cut_workbook_is_refused(tmp_path: Path, kept: float) -> None:
    file = book(tmp_path, One=[["a", "b"], *[[i, f"text {i}"] for i in range(500)]])
    whole = file.read_bytes()
    file.write_bytes(whole[: int(kept * len(whole))])
    with pytest.raises(DataError, match="^book.xlsx: cannot be read as a workbook: "):
        rows_of(tmp_path, file)


def test_damage_inside_a_workbook_is_told_in_one_line(tmp_path: Path) -> None:
    file = book(tmp_path, One=[["a", "b"], *[[i, f"text {i}"] for i in range(500)]])
    with zipfile.ZipFile(file) as archive:
        begin = next(p for p in archive.infolist() if "sheet1" in p.filename).header_offset
    data = bytearray(file.read_bytes())
    data[begin + 200 : begin + 300] = bytes(100)
    file.write_bytes(data)
    with pytest.raises(DataError, match="^book.xlsx: cannot be read as a workbook: "):
        rows_of(tmp_path, file)


def test_a_workbook_s_other_sheets_are_named(tmp_path: Path) -> None:
    table = [list(boats()), *zip(*boats().values(), strict=True)]
    file = book(tmp_path, One=table, Two=[["b"], [2]], Notes=[])
    text = "\n".join(new(file, "price", tmp_path / "home").lines())
    assert "the sheet 'One' of a workbook (--sheet takes another: 'Two', 'Notes'), with" in text


def test_where_the_target_is_in_another_sheet_the_others_are_named(tmp_path: Path) -> None:
    table = [list(boats()), *zip(*boats().values(), strict=True)]
    notes = [["Our boats", "2024"], ["counted by", "hand"]]
    problems = {
        1: "there is a header and no rows in the sheet 'Notes'",
        2: "there is no column 'price' in the sheet 'Notes'; there are 'Our boats', '2024' (a file "
        "without a header has column_1, column_2 …)",
    }
    for rows, problem in problems.items():
        with pytest.raises(DataError) as caught:
            new(book(tmp_path, Notes=notes[:rows], One=table), "price", tmp_path / "home")
        assert str(caught.value) == f"book.xlsx: {problem}; --sheet takes another: 'One'"


def test_a_sheet_becomes_a_dataset(tmp_path: Path) -> None:
    book = Workbook()
    page = book.create_sheet("Boats")
    for row in [list(boats()), *zip(*boats().values(), strict=True)]:
        page.append(row)
    book.save(tmp_path / "boats.xlsx")
    result = new(tmp_path / "boats.xlsx", "price", tmp_path / "home", sheet="Boats")
    assert (result.folder / "original" / "boats.xlsx").is_file()
    assert (
        "the sheet 'Boats' of a workbook (--sheet takes another: 'Sheet'), with its header"
        in "\n".join(result.lines())
    )
    answers(Dataset.open(str(result.folder)), tmp_path)


def test_an_archive_of_millions_of_parts_is_refused_before_they_are_listed(tmp_path: Path) -> None:
    file = book(tmp_path, One=[["a"], [1]])
    with zipfile.ZipFile(file, "a") as archive:
        for number in range(20_000):
            archive.writestr(f"xl/{number:040}.xml", "")
    with pytest.raises(DataError) as caught:
        rows_of(tmp_path, file)
    assert str(caught.value) == "book.xlsx: cannot be read as a workbook: it has too many parts"


def test_a_long_sheet_says_how_far_it_is(tmp_path: Path) -> None:
    lines: list[str] = []
    file = book(tmp_path, Data=[["a"], *[[number] for number in range(11_000)]])
    with file.open("rb") as data, (tmp_path / "made.csv").open("wb") as made:
        sheet_to_csv(file.name, data, None, made, log=lines.append)
    seen = [(line.done, line.total) for line in lines if isinstance(line, ProgressLine)]
    assert seen == [(5_000, 11_001), (10_000, 11_001)]
