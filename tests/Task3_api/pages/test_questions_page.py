"""The page of the questions and the files of their answers."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import NotFound

from Task3_api.pages.phrases import format_cells
from Task3_api.pages.questions_page import MAX_ROWS, find, questions
from tests.Task3_api.html import one, parsed, text_of


def test_the_questions_with_their_answers(client: FlaskClient, sealed: Path) -> None:
    soup = parsed(client.get("/questions"))
    files = sorted((sealed / "answers").glob("*.csv"))
    sections = soup.select("section.question")
    assert len(sections) == len(files) > 0
    for section, path in zip(sections, files, strict=True):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert one(section, "h2").get_text(strip=True).endswith("?")
        assert [text_of(tag) for tag in section.select("thead th")] == [
            name.replace("_", " ") for name in header
        ]
        columns = [
            [cell.get_text() for cell in row.select("td")] for row in section.select("tbody tr")
        ]
        assert list(zip(*columns, strict=True)) == [
            tuple(format_cells(column)) for column in zip(*rows[:50], strict=True)
        ]
        with client.get(f"/questions/{path.name}") as response:
            assert response.data == path.read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    answers = tmp_path / "answers"
    answers.mkdir()
    sql = "-- How many?\n-- Of each kind;\n-- none is left out.\nSELECT 1\n"
    (answers / "02_many.sql").write_text(sql)
    (answers / "02_many.csv").write_text("kind,n\n" + "a,12345\n" * 60)
    (answers / "01_none.sql").write_text("SELECT 1")
    (answers / "01_none.csv").write_text("kind,share\nb,0.5\n,-1e3\n")
    return tmp_path


def test_they_come_in_order_with_their_comments(folder: Path) -> None:
    none, many = questions(folder)
    assert (none.name, none.text, none.note) == ("01_none", "01_none", "")
    assert (many.text, many.note) == ("How many?", "Of each kind; none is left out.")


def test_the_first_rows_are_formatted_by_column(folder: Path) -> None:
    none, many = questions(folder)
    assert many.formatted_rows == [("a", "12,345")] * MAX_ROWS
    assert none.formatted_rows == [("b", "0.5"), ("", "-1,000")]
    assert (many.numeric, none.numeric) == ([False, True], [False, True])


def test_one_is_found_by_its_name(folder: Path) -> None:
    assert find(folder, "02_many").path.name == "02_many.csv"
    with pytest.raises(NotFound):
        find(folder, "../01_none")


def test_without_a_folder_there_are_none(tmp_path: Path) -> None:
    assert questions(tmp_path) == []
