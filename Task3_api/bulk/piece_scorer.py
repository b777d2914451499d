"""One piece, answered by the same code as a file that is sent to the service.

A CSV's answers are the service's bytes. A Parquet file's rows come back as they were, with the
answers as columns of their types; where a CSV is wanted of them, they become one first.
"""

from __future__ import annotations

import csv
import io
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import fsspec
import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from Task1_database.errors import DataError, InputError
from Task2_model.artifact import SealedModel
from Task2_model.contract import Contract
from Task3_api.batch.reader import as_lines
from Task3_api.batch.scorer import BatchScorer, answer_columns
from Task3_api.batch.uploaded_table import open_table
from Task3_api.bulk.arrow_scorer import TEXTS, ArrowScorer, is_single
from Task3_api.bulk.executors import keep_freed_memory
from Task3_api.bulk.output_store import OutputStore
from Task3_api.bulk.pieces import Piece
from Task3_api.parsing import Parser
from Task3_api.predictor import Predictor


@dataclass(frozen=True)
class ScoringJob:
    """How every piece of a run is answered."""

    # the folder of one version. Processes get its path and open it once: sending the model itself
    # with each piece would cost more than answering it
    model: str
    output: str
    kind: Literal["csv", "parquet"] | None = None
    ranges: bool = True
    confidence: float | None = None


class ScoredPiece(NamedTuple):
    """What became of a piece."""

    piece: Piece
    file: str
    rows: int
    rows_with_error: int
    bytes: int
    sha256: str


def score_piece(job: ScoringJob, piece: Piece) -> ScoredPiece:
    """Answer a piece and put its answers in place.

    Raises DataError, naming input and line, where its rows cannot be read.
    """
    kind = job.kind or ("parquet" if piece.kind == "parquet" else "csv")
    try:
        if kind == piece.kind == "parquet":
            answered = _answer_groups(piece, job)
        else:
            text = _as_csv(_table_of(piece)) if piece.kind == "parquet" else _csv_of(piece)
            answered = _answer_text(text, kind, job)
    except InputError as error:
        lines = f" (its line 2 is line {piece.first_line:,})" if piece.first_line > 2 else ""
        raise DataError(f"{piece.url}, piece {piece.output}{lines}: {error}") from None
    file = f"{piece.output}.{kind}"
    data, rows, errors = answered
    digest = OutputStore(job.output).write(file, data)
    return ScoredPiece(piece, file, rows, errors, len(data), digest)


@lru_cache(maxsize=1)
def _opened(model: str) -> tuple[Predictor, Parser]:
    keep_freed_memory()
    predictor = Predictor(SealedModel.open(Path(model)))
    return predictor, Parser(predictor.contract)


def _csv_of(piece: Piece) -> bytes:
    with fsspec.open(piece.url, "rb") as file:
        header: bytes = file.read(piece.header_bytes)
        file.seek(piece.begin)
        return header + bytes(file.read(piece.end - piece.begin))


class AnsweredPiece(NamedTuple):
    """A file's bytes, and what is in it."""

    data: Any
    rows: int
    rows_with_error: int


def _answer_text(text: bytes, kind: str, job: ScoringJob) -> AnsweredPiece:
    """The CSV that the service would send, or a table of it."""
    predictor, parser = _opened(job.model)
    table = open_table(io.BytesIO(text), predictor.contract)
    with table.file:
        scorer = BatchScorer(
            predictor,
            table.csv.header,
            table.feature_columns(parser),
            ranges=job.ranges,
            confidence=job.confidence,
        )
        lines = [scorer.head(), *scorer.answers(table.csv.blocks())]
    data = "".join(lines).encode()
    if kind == "parquet":
        data = _parquet_of(_read(data, predictor.contract, job))
    return AnsweredPiece(data, table.csv.row_count, scorer.rows_with_error)


def _answer_groups(piece: Piece, job: ScoringJob) -> AnsweredPiece:
    """The piece's row groups one after the other, each with its answers."""
    predictor, parser = _opened(job.model)
    sink = pa.BufferOutputStream()
    with ExitStack() as stack:
        source = parquet.ParquetFile(stack.enter_context(fsspec.open(piece.url, "rb")))
        scorer = ArrowScorer(
            predictor, parser, source.schema_arrow, ranges=job.ranges, confidence=job.confidence
        )
        writer = None
        for group in range(piece.begin, piece.end):
            answered = scorer.answered(source.read_row_group(group))
            writer = writer or stack.enter_context(parquet.ParquetWriter(sink, answered.schema))
            writer.write_table(answered)
    return AnsweredPiece(sink.getvalue(), piece.rows, scorer.rows_with_error)


def _table_of(piece: Piece) -> Any:
    """The piece's row groups as an Arrow table."""
    with fsspec.open(piece.url, "rb") as file:
        return parquet.ParquetFile(file).read_row_groups(range(piece.begin, piece.end))


def _as_csv(table: Any) -> bytes:
    """Arrow's columns as text; those of which a cell is no single value are left out."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if is_single(column.type):
            is_coded = pa.types.is_dictionary(column.type)
            columns[name] = column.cast(column.type.value_type) if is_coded else column
    (header,) = as_lines([list(columns)])  # Arrow would quote it, and then each row is looked at
    buffer = io.BytesIO(header.encode() + b"\n")
    buffer.seek(0, io.SEEK_END)
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="needed")
    arrow_csv.write_csv(pa.table(columns), buffer, options)
    return buffer.getvalue()


def _parquet_of(table: Any) -> Any:
    buffer = pa.BufferOutputStream()
    parquet.write_table(table, buffer)
    return buffer.getvalue()


def _read(answered: bytes, contract: Contract, job: ScoringJob) -> Any:
    """A CSV with answers as a table; columns that came as text stay text."""
    texts = {contract.answer_name(name) for name in TEXTS}
    answers = answer_columns(contract, ranges=job.ranges)
    header = answered[: answered.index(b"\r\n")]
    types = dict.fromkeys(next(csv.reader([header.decode()])), pa.string())
    types |= {name: pa.float64() for name in answers if name not in texts}
    return arrow_csv.read_csv(
        io.BytesIO(answered),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types=types, null_values=[""], strings_can_be_null=True
        ),
    )
