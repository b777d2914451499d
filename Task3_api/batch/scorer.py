"""A table of text, answered: the rows come back with the model's columns beside them.

A cell that cannot be read is an error of its own row, whose `error` says why; what is echoed cannot
become a formula in a spreadsheet.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from Task1_database.errors import InputError
from Task1_database.literals import FORMULA, harmless, is_formula
from Task2_model.contract import Contract, Rows
from Task2_model.mask_conditional import Block
from Task3_api.batch.cells import Row
from Task3_api.batch.column_parser import FeatureColumn, ReadColumn
from Task3_api.batch.reader import RowBlock, as_lines
from Task3_api.batch.row_reasons import AT_ONCE as EXPLAINED_AT_ONCE
from Task3_api.batch.row_reasons import RowReasons, reason_columns
from Task3_api.predictor import Predictor
from Task3_api.tally import Tally

BEGINNINGS = bytes({sign.encode()[0] for sign in FORMULA})  # the first byte of a formula
AT_ONCE = 2  # blocks
LARGEST_WHOLE = 2.0**53  # beyond, a float64 is no longer exact to the unit
MOST_CLASS_COLUMNS = 20  # of more classes the table has the probability of the label alone

Column = list[str]  # of the answer


class RowNotes(NamedTuple):
    """The warnings and errors of one row."""

    warnings: list[str]
    errors: list[str]


class BatchScorer:
    """Answers the rows of one table; without `ranges`, without their range or set.

    Parameters
    ----------
    header : list of str
        The table's columns, all of them.
    used : list of FeatureColumn
        Those that are features.
    keep_formulas : bool
        Whether cells that a spreadsheet would run stay as they are.
    reasons : RowReasons, optional
        What gives the reasons of each row.

    Attributes
    ----------
    tally : Tally
        Of the rows that have been answered so far.

    Raises InputError where one of the columns is called like one of an answer's; ConfidenceError
    for a confidence that the calibration rows cannot give.
    """

    def __init__(
        self,
        predictor: Predictor,
        header: list[str],
        used: list[FeatureColumn],
        *,
        ranges: bool = True,
        confidence: float | None = None,
        keep_formulas: bool = False,
        reasons: RowReasons | None = None,
    ) -> None:
        predictor.check(confidence)
        self._keep_formulas = keep_formulas
        self._written = _as_it_is if keep_formulas else harmless
        self._predictor = predictor
        self._header = header
        self._ranges = ranges
        self._confidence = confidence
        self._reasons = reasons
        self._columns = answer_columns(
            predictor.contract, ranges=ranges, reasons=reasons.count if reasons else 0
        )
        self._used = used
        self._no_answer = _no_answer(predictor)
        self._errors: list[int] = []  # of each block; appending is safe in threads
        self.tally = Tally()
        for name in self._columns:
            if name in header:
                problem = f"the file already has a column called {name}"
                raise InputError(f"{problem}; rename or remove it", field=name)

    @property
    def rows_with_error(self) -> int:
        """How many of the rows answered so far have an error instead."""
        return sum(self._errors)

    def head(self) -> str:
        """The header of the answer, as a line of CSV."""
        return _line([self._written(name) for name in (*self._header, *self._columns)]) + "\r\n"

    def answers(self, blocks: Iterable[RowBlock]) -> Iterator[str]:
        """Blocks of rows, each with its answers, as lines of CSV.

        Two are worked on while another one is read or sent: most of the work is NumPy's and the
        model's, which leave Python to others.
        """
        waiting: deque[Future[str]] = deque()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for block in _smaller(blocks) if self._reasons else blocks:
                waiting.append(pool.submit(self._score, block))
                if len(waiting) > AT_ONCE:
                    yield waiting.popleft().result()
            yield from (scored.result() for scored in waiting)

    def _score(self, block: RowBlock) -> str:
        rows, notes = self.parse(
            len(block.lines), lambda column: column.read(block.cells.column(column.position))
        )
        messages = [","] * len(rows)
        for index, (warnings, errors) in notes.items():
            messages[index] = _line(["; ".join(warnings), "; ".join(errors)])
        unanswerable = [index for index, note in notes.items() if note.errors]
        self._errors.append(len(unanswerable))
        answers = self._answers(rows, unanswerable)
        texts = [text for note in notes.values() for text in note.warnings]
        self.tally.add(len(rows) - len(unanswerable), texts)
        given = block.lines if self._keep_formulas else _harmless_lines(block)
        lines = zip(given, *answers, messages, strict=True)
        return "\r\n".join(map(",".join, lines)) + "\r\n"

    def parse(
        self, count: int, read: Callable[[FeatureColumn], ReadColumn]
    ) -> tuple[Rows, dict[int, RowNotes]]:
        """So many rows (n, features) for the model, with notes on some of them, by index."""
        indices = self._predictor.contract.indices
        rows = np.full((count, len(indices)), np.nan, dtype=np.float32)
        notes: dict[int, RowNotes] = {}
        for column in self._used:
            codes, noted = read(column)
            rows[:, indices[column.feature.name]] = codes
            for index, cell in noted.items():
                warnings, errors = notes.setdefault(index, RowNotes([], []))
                warnings.extend([cell.warning] if cell.warning else [])
                errors.extend([cell.error] if cell.error else [])
        for index in np.flatnonzero(np.isnan(rows).all(axis=1)).tolist():
            note = notes.setdefault(index, RowNotes([], []))
            note.errors.extend([] if note.errors else [self._no_answer])
        return rows, notes

    def _answers(self, rows: Rows, unanswerable: list[int]) -> list[Column]:
        """The answer's columns as text; empty in rows that cannot be answered."""
        answerable = np.ones(len(rows), dtype=bool)
        answerable[unanswerable] = False
        if not answerable.any():
            return [[""] * len(rows) for _ in self._columns[:-2]]
        known = rows[answerable] if unanswerable else rows
        parts = self.block(known).items()
        texts = [column for part in parts for column in self._format(*part)]
        texts += self._reasons.columns(known) if self._reasons else []
        return [_fill_in(column, answerable) for column in texts] if unanswerable else texts

    def block(self, known: Rows) -> Block:
        """The answers to rows for the model: those parts that the table has columns for."""
        block = self._predictor.block(known, ranges=self._ranges, confidence=self._confidence)
        if not _class_columns(self._predictor.contract):
            block.pop("probabilities", None)
        return block

    def _format(self, part: str, values: npt.NDArray[np.generic]) -> Iterable[Column]:
        """A part of the answers as one column, or as one for each class."""
        classes = self._predictor.contract.target.classes
        if part == "label":
            lines = [_line([self._written(name)]) for name in classes]
            return [[lines[index] for index in values.tolist()]]
        if part == "set":
            return [_sets(classes, values, self._written)]
        return map(_numbers, values.T) if part == "probabilities" else [_numbers(values)]


def answer_columns(contract: Contract, *, ranges: bool = True, reasons: int = 0) -> tuple[str, ...]:
    """The columns that an answered table gains; one that is called like a feature is marked."""
    regression = contract.task == "regression"
    classes = ("label", "probability", *_class_columns(contract))
    point = ("prediction",) if regression else classes
    conformal = ("lower", "upper") if regression else ("set",)
    parts = (*point, *(conformal if ranges else ()), *reason_columns(reasons))
    names = (*parts, "warnings", "error")
    return tuple(map(contract.answer_name, names))


def _class_columns(contract: Contract) -> tuple[str, ...]:
    names = contract.target.probability_columns
    return names if len(names) <= MOST_CLASS_COLUMNS else ()


def _smaller(blocks: Iterable[RowBlock]) -> Iterator[RowBlock]:
    """Blocks of as many rows as get their reasons at once."""
    for lines, cells in blocks:
        for begin in range(0, len(lines), EXPLAINED_AT_ONCE):
            end = begin + EXPLAINED_AT_ONCE
            yield RowBlock(lines[begin:end], cells.rows(begin, end))


def _no_answer(predictor: Predictor) -> str:
    """The error of a row that gives nothing."""
    try:
        predictor.answer({})
    except InputError as error:
        return error.detail
    raise AssertionError("a model answered a row that gives nothing")


def _numbers(values: npt.NDArray[np.generic]) -> Column:
    """Numbers as text, with no more decimals than they have."""
    floats = values.astype(np.float64)
    if (np.abs(floats) < LARGEST_WHOLE).all() and (floats == np.trunc(floats)).all():
        return list(map(str, floats.astype(np.int64).tolist()))
    return [repr(value).removesuffix(".0") for value in floats.tolist()]


def _sets(
    classes: tuple[str, ...], possible: npt.NDArray[np.generic], written: Callable[[str], str]
) -> Column:
    """For each row, a line of (rows, classes), the names of its possible classes."""
    sets = [bytes(row) for row in possible.astype(np.uint8)]
    names = {
        key: _line(
            [written("|".join(name for name, flag in zip(classes, key, strict=True) if flag))]
        )
        for key in set(sets)
    }
    return [names[key] for key in sets]


def _fill_in(answers: Column, answerable: npt.NDArray[np.bool_]) -> Column:
    """The answers in the rows that have one, nothing in the others."""
    following = iter(answers)
    return [next(following) if has_answer else "" for has_answer in answerable.tolist()]


def _line(cells: Row) -> str:
    (line,) = as_lines([cells])
    return line


def _as_it_is(text: str) -> str:
    return text


def _harmless_lines(block: RowBlock) -> list[str]:
    """The rows as they came, but for those with a cell that would become a formula."""
    if not _may_have_formulas(block.cells.text):
        return block.lines
    rows, texts = block.cells.beginning_with(BEGINNINGS)
    _, is_decimal = texts.parse_decimals()
    others = np.flatnonzero(~is_decimal).tolist()
    changed = {
        index: _line([harmless(text) for text in block.cells.row(index)])
        for index in {int(rows[index]) for index in others if is_formula(texts[index])}
    }
    return [changed.get(index, line) for index, line in enumerate(block.lines)]


def _may_have_formulas(text: bytes) -> bool:
    """Whether cells have one of the BEGINNINGS; a line end is in none where NULs part no cells."""
    inside = BEGINNINGS if b"\0" in text else BEGINNINGS.replace(b"\n", b"")
    return any(letter in text for letter in inside)
