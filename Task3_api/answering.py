"""A table of text, answered: the rows come back with the model's columns beside them.

Every distinct text of a column is parsed once a block, by the same parser as a single request.
A cell that cannot be read spoils its own row, whose `error` says why; what is echoed cannot
become a formula in a spreadsheet.
"""

from __future__ import annotations

import csv
import io
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from Task1_database.errors import InputError
from Task2_model.contract import Contract, Feature, Rows
from Task3_api.parsing import ALIAS, DECIMAL, Parser, shown
from Task3_api.predictor import Predictor

FORMULA = frozenset("=+-@\t\r")  # what a spreadsheet takes for a formula's beginning


class Cell(NamedTuple):
    """One text of a column, understood: the model's number, and what to say about it."""

    code: float
    warning: str = ""
    error: str = ""


class Answering:
    """Answers the rows of one table.

    Raises InputError where no column is a feature, or one is called like an answer's column.
    """

    def __init__(self, predictor: Predictor, parser: Parser, header: list[str]) -> None:
        self._predictor = predictor
        self._parser = parser
        self._header = header
        self._columns = columns(predictor.contract)
        self._used = _used(predictor.contract, header)
        self._nothing = _refusal(predictor)
        for name in self._columns:
            if name in header:
                told = f"the file already has a column called {name}"
                raise InputError(f"{told}; rename or remove it", field=name)

    def head(self) -> str:
        """The header of the answer, as a line of CSV."""
        return _csv([[_harmless(name) for name in (*self._header, *self._columns)]])

    def block(self, rows: list[list[str]]) -> str:
        """Rows, each with its answer, as lines of CSV."""
        codes, warnings, errors = self._understood(rows)
        for index in np.flatnonzero(np.isnan(codes).all(axis=1)):
            errors[index] = errors[index] or [self._nothing]
        answerable = np.array([not error for error in errors])
        answers = self._answers(codes, answerable)
        notes = ["; ".join(texts) for texts in warnings], ["; ".join(texts) for texts in errors]
        _make_harmless(rows)
        return _csv([[*row, *rest] for row, *rest in zip(rows, *answers, *notes, strict=True)])

    def _understood(self, rows: list[list[str]]) -> tuple[Rows, list[list[str]], list[list[str]]]:
        """The model's rows, with each row's warnings and errors."""
        names = self._predictor.contract.names
        codes = np.full((len(rows), len(names)), np.nan, dtype=np.float32)
        warnings: list[list[str]] = [[] for _ in rows]
        errors: list[list[str]] = [[] for _ in rows]
        for position, feature in self._used:
            column = [row[position] for row in rows]
            cells = {text: self._cell(feature, position, text) for text in set(column)}
            codes[:, names.index(feature.name)] = [cells[text].code for text in column]
            noted = {text for text, cell in cells.items() if cell.warning or cell.error}
            for index in [i for i, text in enumerate(column) if text in noted] if noted else []:
                cell = cells[column[index]]
                (errors if cell.error else warnings)[index].append(cell.error or cell.warning)
        return codes, warnings, errors

    def _cell(self, feature: Feature, position: int, text: str) -> Cell:
        try:
            value = self._parser.value(feature, text, self._header[position])
        except InputError as error:
            return Cell(float("nan"), error=error.detail)
        warned = self._predictor.warn({feature.name: value})
        return Cell(feature.encode(value), "; ".join(warning["detail"] for warning in warned))

    def _answers(self, codes: Rows, answerable: npt.NDArray[np.bool_]) -> list[list[str]]:
        """The answer's columns as text; empty in rows that cannot be answered."""
        places = np.flatnonzero(answerable).tolist()
        if not places:
            return [[""] * len(codes) for _ in self._columns[:-2]]
        filled = []
        for values in self._predictor.block(codes[answerable]).values():
            column = [""] * len(codes)
            for place, value in zip(places, values.tolist(), strict=True):
                column[place] = _text(value)
            filled.append(column)
        return filled


def columns(contract: Contract) -> tuple[str, ...]:
    """The columns that an answered table gains; one that is called like a feature is marked."""
    answer = ("prediction", "lower", "upper")
    if contract.task == "classification":
        answer = ("label", "probability", "set")
    names = (*answer, "warnings", "error")
    return tuple(f"{name}_answer" if name in contract.by_name else name for name in names)


def _used(contract: Contract, header: list[str]) -> list[tuple[int, Feature]]:
    """Where in the header which feature is; `x` stands for the main one, if that is not there."""
    places = {name: position for position, name in enumerate(header)}
    if ALIAS in places and ALIAS not in contract.by_name:
        places.setdefault(contract.x, places[ALIAS])
    used = [(places[f.name], f) for f in contract.features if f.name in places]
    if not used:
        raise InputError(f"no column is a feature of {contract.dataset}; {_hint(contract, header)}")
    return used


def _hint(contract: Contract, header: list[str]) -> str:
    for separator in ";\t|":
        if len(header) == 1 and separator in header[0]:
            return f"the columns are separated by {shown(separator)}, not by a comma"
    return "the header needs one or more of " + ", ".join(contract.names[:20])


def _refusal(predictor: Predictor) -> str:
    """What the model says to a row that tells nothing."""
    try:
        predictor.answer({})
    except InputError as error:
        return error.detail
    raise AssertionError("a model answered a row that tells nothing")


def _text(value: float | str) -> str:
    return _harmless(value) if isinstance(value, str) else repr(value).removesuffix(".0")


def _harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula; real numbers such as -1 stay as they are."""
    return "'" + text if text[:1] in FORMULA and not DECIMAL.fullmatch(text) else text


def _make_harmless(rows: list[list[str]]) -> None:
    for position in range(len(rows[0])):
        risky = {row[position] for row in rows if row[position][:1] in FORMULA}
        harmless = {text: _harmless(text) for text in risky}
        if harmless:
            for row in rows:
                row[position] = harmless.get(row[position], row[position])


def _csv(rows: list[list[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
