"""What the page of an answered file shows: rows in some order, and a picture of all."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Literal, NamedTuple, cast, get_args

import numpy as np
import numpy.typing as npt

from Task1_database.errors import InputError
from Task2_model.contract import Contract, Floats
from Task2_model.formatting import format_decimals
from Task3_api.batch.cells import Row
from Task3_api.batch.result_store import StoredResult
from Task3_api.batch.row_index import Filter, RowIndex
from Task3_api.pages.charts import Axis, histogram_outline
from Task3_api.parsing import Pairs, quote

PAGE = 50  # rows
MOST_COLUMNS = 40  # of the file's own that are shown; all of them are in the download
MOST_LABELS = 12  # that the summary counts
MIDDLE = (0.1, 0.9)  # of the answers, which the summary tells
BY_ROW = -1  # the column of the row's number

Direction = Literal["up", "down"]


@dataclass(frozen=True)
class RowChoice:
    """Which rows are shown, and in which order."""

    show: Filter = "all"
    sort: int = BY_ROW  # the column of the answered CSV; BY_ROW for the file's own order
    order: Direction = "up"
    page: int = 1  # from 1

    @classmethod
    def of(cls, pairs: Pairs, width: int) -> RowChoice:
        """The choice that an address makes among `width` columns.

        Raises InputError, naming the parameter that cannot be.
        """
        choice = cls()
        for name, value in pairs:
            if name == "show" and value in get_args(Filter):
                choice = replace(choice, show=cast("Filter", value))
            elif name == "order" and value in get_args(Direction):
                choice = replace(choice, order=cast("Direction", value))
            elif name == "sort" and value.isascii() and value.isdigit() and int(value) < width:
                choice = replace(choice, sort=int(value))
            elif name == "page" and value.isascii() and value.isdigit() and 0 < int(value) < 1e6:
                choice = replace(choice, page=int(value))
            else:
                raise InputError(f"{name[:40]} cannot be {quote(value)} here", field=name[:40])
        return choice

    def query(self, **changed: str | int) -> str:
        """This choice as a query, some of it changed; another order begins on the first page."""
        values: dict[str, str | int] = {"show": self.show, "order": self.order, "page": 1}
        if self.sort != BY_ROW:
            values["sort"] = self.sort
        values |= changed
        if values.get("sort") == BY_ROW:
            del values["sort"]
        return "&".join(f"{name}={value}" for name, value in values.items())


class ShownColumn(NamedTuple):
    """A column of the page's table: its place in the CSV, and whether it is an answer's."""

    position: int
    name: str
    is_answer: bool


@dataclass(frozen=True)
class ResultsView:
    """An answered file as its page shows it."""

    contract: Contract
    result: StoredResult
    index: RowIndex
    header: Row
    choice: RowChoice
    longest: ClassVar[int] = 200  # characters of a cell that are shown

    @classmethod
    def of(cls, contract: Contract, result: StoredResult, pairs: Pairs) -> ResultsView:
        """The view of a result; InputError where an address asks for what is not there."""
        index = result.index()
        with result.answers() as file:
            begin = io.BytesIO(file.read(int(index.offsets[0])))
        header = next(csv.reader(io.TextIOWrapper(begin, "utf-8", newline="")))
        return cls(contract, result, index, header, RowChoice.of(pairs, len(header)))

    @cached_property
    def columns(self) -> list[ShownColumn]:
        """The answer's columns, then the file's; messages first where rows are chosen by them."""
        own = len(self.result.info.header)
        answers = [ShownColumn(i, self.header[i], True) for i in range(own, len(self.header))]
        others = [ShownColumn(i, name, False) for i, name in enumerate(self.header[:own])]
        if self.choice.show in ("errors", "beyond"):
            answers = answers[:-3:-1] + answers[:-2]
        return [*answers, *others[:MOST_COLUMNS]]

    @property
    def warnings(self) -> int:
        """The position of the column of warnings; that of errors follows it."""
        return len(self.header) - 2

    @property
    def left_out(self) -> int:
        """How many of the file's columns are not shown."""
        return max(0, len(self.result.info.header) - MOST_COLUMNS)

    @cached_property
    def chosen(self) -> npt.NDArray[np.intp]:
        """The rows that the filter leaves, in the order chosen."""
        rows = self.index.chosen(self.choice.show)
        if self.choice.sort != BY_ROW:
            rows = rows[_order(self._column(self.choice.sort, rows))]
        return rows[::-1] if self.choice.order == "down" else rows

    @property
    def pages(self) -> int:
        """How many pages of rows there are."""
        return max(1, -(-len(self.chosen) // PAGE))

    @property
    def page(self) -> int:
        """The page that is shown, from 1: the last, where an address goes beyond."""
        return min(self.choice.page, self.pages)

    @property
    def first(self) -> int:
        """How many rows come before those of this page."""
        return PAGE * (self.page - 1)

    def rows(self) -> list[tuple[int, Row]]:
        """The numbers and cells of the rows on this page."""
        indices = self.chosen[self.first : self.first + PAGE].tolist()
        with self.result.answers() as file:
            cells = self.index.rows(file, indices)
        return [(index + 1, row) for index, row in zip(indices, cells, strict=True)]

    @cached_property
    def counts(self) -> dict[Filter, int]:
        """How many rows each filter leaves."""
        return {name: len(self.index.chosen(name)) for name in get_args(Filter)}

    @property
    def values(self) -> Floats:
        """The answers, without those rows that have none."""
        return self.index.values[~np.isnan(self.index.values)]

    @property
    def middle(self) -> list[str]:
        """The lower end of the middle of the answers, their median and the upper end, as text."""
        low, high = MIDDLE
        return [self._amount(v) for v in np.quantile(self.values, [low, 0.5, high]).tolist()]

    def is_amount(self, column: ShownColumn, text: str) -> bool:
        """Whether a cell is a number that was answered."""
        answered = column.is_answer and self.contract.task == "regression"
        return answered and re.fullmatch(r"-?\d+(\.\d+)?", text) is not None

    def shown(self, column: ShownColumn, text: str) -> str:
        """A cell as the page has it: what was answered as pages write it, the rest as it is."""
        return self._amount(float(text)) if self.is_amount(column, text) else text[: self.longest]

    def _amount(self, value: float) -> str:
        return format_decimals(value, self.contract.target.decimals)

    @cached_property
    def labels(self) -> list[tuple[str, int]]:
        """How often each label was given, the most frequent first; empty for a regression."""
        if self.contract.task == "regression":
            return []
        column = len(self.result.info.header)
        counts = Counter(self._column(column, np.arange(len(self.index))))
        counts.pop("", None)
        return counts.most_common(MOST_LABELS)

    @cached_property
    def axis(self) -> Axis:
        """The scale of the histogram."""
        if self.contract.task == "classification":
            return Axis(0, 1)
        return Axis.around(self.values.tolist())

    @property
    def histogram(self) -> str:
        """The outline of the answers' histogram."""
        return histogram_outline(self.axis, self.values)

    def _column(self, column: int, rows: npt.NDArray[np.intp]) -> list[str]:
        """One cell of each of some rows."""
        with self.result.answers() as file:
            reader = csv.reader(io.TextIOWrapper(file, "utf-8", newline=""))
            next(reader)
            cells = [row[column] for row in reader]
        return [cells[row] for row in rows.tolist()]


def _order(cells: Sequence[str]) -> npt.NDArray[np.intp]:
    """The order of cells: numbers by their size, before texts by their letters; empty ones last."""
    keys = []
    for cell in cells:
        try:
            keys.append((0 if cell else 2, float(cell) if cell else 0.0, ""))
        except ValueError:
            keys.append((1, 0.0, cell.casefold()))
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.intp)
