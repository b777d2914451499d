"""Ask a dataset's questions: each `questions/NN_name.sql` becomes `NN_name.csv` beside the others.

The answers are CSV as RFC 4180 has it, in UTF-8 with line feeds, and the same bytes whichever
database gave them. They are written only when every question has been answered.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from Task1_database.databases.base import Cell, Result
from Task1_database.databases.connect import connect
from Task1_database.databases.url import safe_url
from Task1_database.dataset import FEATURES_TABLE, Dataset, Question, argument_of
from Task1_database.errors import DatabaseError, TablecastError, TableMissing
from Task1_database.literals import harmless, keeps_formulas
from Task1_database.progress import Log, ProgressLine, silent

SECONDS = 600.0  # ten million rows and window functions take minutes; nothing takes longer
_SPECIAL = re.compile(r'[",\r\n]')
_ANSWER_FILE = re.compile(r"\d\d_[a-z0-9_]+\.csv")


@dataclass(frozen=True)
class Answer:
    """A question with its answer and the CSV file that holds it; `str` gives it as a line."""

    question: Question
    result: Result
    path: Path

    def __str__(self) -> str:
        rows = len(self.result.rows)
        counted = "1 row" if rows == 1 else f"{rows} rows"
        return f"{self.path.name}: {self.question.text} ({counted})"


def ask(
    dataset: Dataset, url: str, folder: Path, *, seconds: float = SECONDS, log: Log = silent
) -> list[Answer]:
    """Answer every question of a dataset, reading only, into CSV files in `folder`.

    Parameters
    ----------
    seconds : float
        How long each question may take.
    log : callable
        Gets a line on each question as it is asked.

    Raises TableMissing if the dataset is not loaded; QueryTimeout or DatabaseError, naming a file,
    if a question takes too long or fails (older answers then stay as they were).
    """
    try:
        database = connect(url, read_only=True)
    except TableMissing:
        raise _not_loaded(dataset, url) from None
    with database:
        if FEATURES_TABLE not in database.tables():
            raise _not_loaded(dataset, url)
        answers = []
        for index, question in enumerate(dataset.questions):
            log(ProgressLine("asking", index, len(dataset.questions), "questions", question.file))
            try:
                result = database.query(question.sql, seconds=seconds)
            except DatabaseError as error:
                raise type(error)(f"{question.file}: {error}") from error
            path = folder / f"{question.number:02}_{question.name}.csv"
            answers.append(Answer(question, result, path))
    _write_all(answers, folder)
    return answers


def to_csv(result: Result) -> str:
    """A result as CSV text, its header first; no text in it becomes a formula, unless it may."""
    written = str if keeps_formulas(os.environ) else harmless
    rows = ([written(_text(value)) for value in row] for row in result.rows)
    return "".join(_line(cells) for cells in (list(result.columns), *rows))


def _not_loaded(dataset: Dataset, url: str) -> TableMissing:
    load = f"`tablecast load {argument_of(dataset.folder)}` loads it"
    return TableMissing(f"{dataset.name} is not loaded in {safe_url(url)}; {load}")


def _line(cells: list[str]) -> str:
    """A record; the csv module would leave a carriage return without quotes."""
    quoted = (
        '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text for text in cells
    )
    return (",".join(quoted) or '""') + "\n"


def _text(value: Cell) -> str:
    """A value in the one form that every database can give: 2.50, 2.5 and 25E-1 are 2.5."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        number = Decimal(repr(value))
        return format(number.normalize() + 0, "f") if number.is_finite() else ""
    return str(value)


def _write_all(answers: list[Answer], folder: Path) -> None:
    """Write all answers beside those that are there, then let them take their places."""
    partial = {answer.path.with_suffix(".partial"): answer for answer in answers}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, answer in partial.items():
            path.write_text(to_csv(answer.result), "utf-8", newline="\n")
    except OSError as error:
        for path in partial:
            path.unlink(missing_ok=True)
        raise TablecastError(f"{folder} cannot be written: {error.strerror}") from error
    for path, answer in partial.items():
        path.replace(answer.path)
    kept = {answer.path.name for answer in answers}
    for file in folder.glob("*.csv"):
        if _ANSWER_FILE.fullmatch(file.name) and file.name not in kept:
            file.unlink()
