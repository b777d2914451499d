"""One piece, answered by the same code as a file that is sent to the service.

A CSV's answers are the service's bytes. A Parquet file's rows go the same way, as text, and come
back as they were with the answers as columns of their types.
"""

from __future__ import annotations

import csv
import io
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
from Task3_api.batch.scorer import BatchScorer, answer_columns
from Task3_api.batch.uploaded_table import open_table
from Task3_api.bulk.output_store import OutputStore
from Task3_api.bulk.pieces import Piece
from Task3_api.parsing import Parser
from Task3_api.predictor import Predictor

TEXTS = ("label", "set", "warnings", "error")  # of an answer; the other columns are numbers


@dataclass(frozen=True)
class ScoringJob:
    """How every piece of a run is answered.

    Attributes
    ----------
    model : str
        The folder of one version. Processes get its path and open it once: sending the model itself
        with each piece would cost more than answering it.
    """

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
    predictor, parser = _opened(job.model)
    kind = job.kind or ("parquet" if piece.kind == "parquet" else "csv")
    try:
        table = _table_of(piece) if piece.kind == "parquet" else None
        text = _csv_of(piece) if table is None else _as_csv(table)
        answered = _answer(text, predictor, parser, job)
        data = answered.data
        if kind == "parquet":
            data = _as_parquet(data, table, predictor.contract, job)
    except InputError as error:
        lines = f" (its line 2 is line {piece.first_line:,})" if piece.first_line > 2 else ""
        raise DataError(f"{piece.url}, piece {piece.output}{lines}: {error}") from None
    file = f"{piece.output}.{kind}"
    digest = OutputStore(job.output).write(file, data)
    return ScoredPiece(piece, file, answered.rows, answered.rows_with_error, len(data), digest)


@lru_cache(maxsize=1)
def _opened(model: str) -> tuple[Predictor, Parser]:
    predictor = Predictor(SealedModel.open(Path(model)))
    return predictor, Parser(predictor.contract)


def _csv_of(piece: Piece) -> bytes:
    with fsspec.open(piece.url, "rb") as file:
        header: bytes = file.read(piece.header_bytes)
        file.seek(piece.begin)
        return header + bytes(file.read(piece.end - piece.begin))


class AnsweredCsv(NamedTuple):
    """The CSV that the service would send."""

    data: bytes
    rows: int
    rows_with_error: int


def _answer(data: bytes, predictor: Predictor, parser: Parser, job: ScoringJob) -> AnsweredCsv:
    table = open_table(io.BytesIO(data), predictor.contract)
    with table.file:
        scorer = BatchScorer(
            predictor,
            table.csv.header,
            table.feature_columns(parser),
            ranges=job.ranges,
            confidence=job.confidence,
        )
        lines = [scorer.head(), *scorer.answers(table.csv.blocks())]
    return AnsweredCsv("".join(lines).encode(), table.csv.row_count, scorer.rows_with_error)


def _table_of(piece: Piece) -> Any:
    """The piece's row groups as an Arrow table."""
    with fsspec.open(piece.url, "rb") as file:
        return parquet.ParquetFile(file).read_row_groups(range(piece.begin, piece.end))


def _as_csv(table: Any) -> bytes:
    """Arrow's columns as text; those that are no single value are left out."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)  # noqa: PLW2901 (the same, decoded)
        if not (pa.types.is_nested(column.type) or pa.types.is_binary(column.type)):
            columns[name] = column
    buffer = io.BytesIO()
    arrow_csv.write_csv(pa.table(columns), buffer, arrow_csv.WriteOptions(quoting_style="needed"))
    return buffer.getvalue()


def _as_parquet(answered: bytes, table: Any, contract: Contract, job: ScoringJob) -> bytes:
    """The table as it was, where there is one, with the answers behind its own columns.

    Columns that came as the text of a CSV stay text.
    """
    answers = _read(answered, contract, job)
    for name in answer_columns(contract, ranges=job.ranges) if table is not None else ():
        table = table.append_column(name, answers.column(name))
    buffer = io.BytesIO()
    parquet.write_table(answers if table is None else table, buffer)
    return buffer.getvalue()


def _read(answered: bytes, contract: Contract, job: ScoringJob) -> Any:
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
