"""The page of the questions and the files of their answers."""

from __future__ import annotations

import csv
from pathlib import Path

from flask.testing import FlaskClient

from Task3_api.pages.phrases import format_cells
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
