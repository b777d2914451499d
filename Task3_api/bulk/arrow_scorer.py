"""Arrow's columns, answered as columns: no row becomes a line of CSV.

Numbers that training held are taken as they are. Other cells become text, for the parser that
reads a CSV's cells: what a value means, and what is said of it, is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from Task2_model.contract import Rows
from Task3_api.batch.cells import MARGIN, ByteSlices, Mask
from Task3_api.batch.column_match import match_columns
from Task3_api.batch.column_parser import FeatureColumn, ReadColumn
from Task3_api.batch.scorer import BatchScorer, answer_columns
from Task3_api.batch.uploaded_table import FileLayout, feature_columns
from Task3_api.parsing import Parser
from Task3_api.predictor import Predictor

ROWS = 4_000  # at once
TEXTS = ("label", "set", "warnings", "error")  # of an answer; the other columns are numbers


class ArrowScorer:
    """Answers tables of one schema.

    Columns of which a cell is no single value are no feature's.

    Attributes
    ----------
    rows_with_error : int
        Of those answered so far.

    Raises InputError where no column is a feature, or one is called like an answer's;
    ConfidenceError for a confidence that the calibration rows cannot give.
    """

    def __init__(
        self,
        predictor: Predictor,
        parser: Parser,
        schema: Any,
        *,
        ranges: bool = True,
        confidence: float | None = None,
    ) -> None:
        self._predictor = predictor
        self._readable = [index for index, field in enumerate(schema) if is_single(field.type)]
        header = [schema.names[index] for index in self._readable]
        matches = match_columns(predictor.contract, header)
        if not matches.used:
            raise matches.problem()
        self._used = feature_columns(matches, FileLayout(), True, parser)
        self._scorer = BatchScorer(
            predictor, schema.names, self._used, ranges=ranges, confidence=confidence
        )
        contract = predictor.contract
        texts = {contract.answer_name(name) for name in TEXTS}
        self._types = {
            name: pa.string() if name in texts else pa.float64()
            for name in answer_columns(contract, ranges=ranges)
        }
        self.rows_with_error = 0

    def answered(self, table: Any) -> Any:
        """The table with the answers behind its own columns."""
        indices = [self._readable[column.position] for column in self._used]
        batches = table.select(indices).to_batches(max_chunksize=ROWS)
        answers = [self._answers(batch) for batch in batches if len(batch)]
        columns = list(zip(*answers, strict=True)) or [() for _ in self._types]
        for (name, kind), chunks in zip(self._types.items(), columns, strict=True):
            table = table.append_column(name, pa.chunked_array(chunks, kind))
        return table

    def _answers(self, batch: Any) -> list[Any]:
        cells = dict(zip((column.position for column in self._used), batch.columns, strict=True))
        rows, notes = self._scorer.parse(
            len(batch), lambda column: read_column(column, cells[column.position])
        )
        answerable = np.ones(len(batch), dtype=bool)
        answerable[[index for index, note in notes.items() if note.errors]] = False
        self.rows_with_error += int(np.count_nonzero(~answerable))
        messages = [
            _messages(len(batch), {index: note[part] for index, note in notes.items()})
            for part in range(2)
        ]
        return [*self._columns(rows[answerable], answerable), *messages]

    def _columns(self, known: Rows, answerable: Mask) -> Iterator[Any]:
        """The answer's columns but for its messages; null in rows that cannot be answered."""
        if not len(known):
            yield from (pa.nulls(len(answerable), kind) for kind in [*self._types.values()][:-2])
            return
        indices = pa.array(np.cumsum(answerable) - 1, mask=~answerable)
        for part, values in self._scorer.block(known).items():
            for column in self._part(part, values):
                yield column if answerable.all() else column.take(indices)

    def _part(self, part: str, values: npt.NDArray[Any]) -> list[Any]:
        """A part of the answers as one column, or as one for each class."""
        names = self._predictor.contract.target.classes
        if part == "label":
            return [pa.array(names, pa.string()).take(pa.array(values))]
        if part == "set":
            kinds, which = np.unique(values, axis=0, return_inverse=True)
            sets = ["|".join(np.array(names)[possible]) for possible in kinds.astype(bool)]
            return [pa.array(sets, pa.string()).take(pa.array(which.ravel()))]
        columns = values.T if part == "probabilities" else [values]
        return [pa.array(column.astype(np.float64)) for column in columns]


def _messages(count: int, notes: dict[int, list[str]]) -> Any:
    """A column of so many rows, with what there is to say of some, by index."""
    lines: list[str | None] = [None] * count
    for index, texts in notes.items():
        lines[index] = "; ".join(texts) or None
    return pa.array(lines, pa.string())


def is_single(kind: Any) -> bool:
    """Whether a cell of that type is one value, as a text would be."""
    if pa.types.is_dictionary(kind):
        return is_single(kind.value_type)
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind))


def read_column(column: FeatureColumn, cells: Any) -> ReadColumn:
    """An Arrow array as a feature's column; NaN among numbers is a missing value."""
    kind = cells.type
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if not (is_number and column.takes_numbers):
        return column.read(as_slices(cells))
    numbers = cells.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return column.read_numbers(np.array(numbers), lambda i: as_slices(cells.slice(i, 1))[0])


def as_slices(column: Any) -> ByteSlices:
    """The cells of an Arrow array as text; nulls are empty."""
    texts = column.cast(pa.large_string()).fill_null("")
    _, offsets, data = texts.buffers()
    bounds = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    text = data.to_pybytes()[bounds[0] : bounds[-1]] if data else b""
    bounds = bounds - bounds[0] + len(MARGIN)
    return ByteSlices(b"".join([MARGIN, text, MARGIN]), bounds[:-1], bounds[1:])
