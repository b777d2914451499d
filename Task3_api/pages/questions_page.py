"""The page of the questions that SQL answered when the model was trained.

Each is a pair of files, NN_name.sql and NN_name.csv; the comment that opens the SQL is the
question in English, and from its second line on a note. They are sealed with the model, so that
the service needs no database.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, takewhile
from pathlib import Path

from flask import Blueprint, Response, render_template, send_from_directory
from werkzeug.exceptions import NotFound

from Task3_api.current_model import current_model
from Task3_api.pages.phrases import format_cells
from Task3_api.parsing import DECIMAL

FOLDER = "answers"
MAX_ROWS = 50  # on the page; the CSV has them all
blueprint = Blueprint("questions", __name__)


@dataclass(frozen=True)
class AnsweredQuestion:
    """One question with its answer, a CSV file."""

    path: Path

    @property
    def name(self) -> str:
        """Its file's name, without the ending."""
        return self.path.stem

    @cached_property
    def sql(self) -> str:
        """The query, its question included."""
        return self.path.with_suffix(".sql").read_text(encoding="utf-8").strip()

    @property
    def text(self) -> str:
        """The question in English."""
        return next(iter(self._comment), self.name)

    @property
    def note(self) -> str:
        """How to read its answer; empty where it needs no note."""
        return " ".join(self._comment[1:])

    @property
    def _comment(self) -> list[str]:
        """The lines that open the query, without their dashes."""
        lines = takewhile(lambda line: line.startswith("--"), self.sql.splitlines())
        return [line.strip("- \t") for line in lines]

    @cached_property
    def table(self) -> list[list[str]]:
        """The header and the first rows."""
        with self.path.open(encoding="utf-8", newline="") as file:
            return list(islice(csv.reader(file), 1 + MAX_ROWS))

    @property
    def formatted_rows(self) -> list[tuple[str, ...]]:
        """The first rows as people read them."""
        columns = zip(*self.table[1:], strict=True)
        return list(zip(*(format_cells(column) for column in columns), strict=True))

    @cached_property
    def numeric(self) -> list[bool]:
        """For each column whether its first rows are all numbers."""
        header, *rows = self.table
        return [
            all(not row[position] or DECIMAL.fullmatch(row[position]) for row in rows)
            for position in range(len(header))
        ]


def questions(sealed: Path) -> list[AnsweredQuestion]:
    """Every question of a sealed model, in order."""
    return [AnsweredQuestion(path) for path in sorted((sealed / FOLDER).glob("*.csv"))]


def find(sealed: Path, name: str) -> AnsweredQuestion:
    """The question with that name; a 404 where there is none."""
    for question in questions(sealed):
        if question.name == name:
            return question
    raise NotFound


@blueprint.get("/questions")
def page() -> str:
    """Each question with the first rows of its answer."""
    return render_template("questions.html", questions=questions(current_model().folder))


@blueprint.get("/questions/<name>.csv")
def answer_file(name: str) -> Response:
    """One answer, as CSV."""
    path = find(current_model().folder, name).path
    return send_from_directory(path.parent, path.name, mimetype="text/csv", as_attachment=True)
