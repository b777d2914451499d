"""A run over many pieces: what is missing is answered, and a manifest says what is there.

Whoever is killed, worker or run, costs the pieces that it was at: running again does what is
missing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import Executor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from Task1_database.errors import DataError, TablecastError
from Task1_database.progress import Log, ProgressLine
from Task2_model.artifact import SealedModel
from Task3_api.bulk.output_store import OutputStore
from Task3_api.bulk.piece_scorer import ScoringJob, score_piece
from Task3_api.bulk.pieces import Piece, cut, inputs
from Task3_api.predictor import Predictor

RUN_MANIFEST = "manifest.json"
SAVED_EVERY = 1.0  # seconds
ATTEMPTS = 3  # with new processes, where one of them is killed


class BulkSummary(NamedTuple):
    """What the output holds."""

    rows: int
    rows_with_error: int
    files: int


class BulkRun:
    """The answers to some inputs, in an output that remembers how far it is.

    Parameters
    ----------
    job : ScoringJob
    patterns : tuple of str
        Paths, URLs or globs of CSV and Parquet files.

    Attributes
    ----------
    pieces : list of Piece
        In the order of the inputs.

    Raises DataError where an input cannot be had, or the output holds the answers of another run;
    ConfidenceError for a confidence that the model cannot give; TablecastError for a URL that
    cannot be opened.
    """

    def __init__(self, job: ScoringJob, patterns: tuple[str, ...]) -> None:
        sealed = SealedModel.open(Path(job.model))
        Predictor(sealed).check(job.confidence)
        files = inputs(patterns)
        self._job = job
        self._store = OutputStore(job.output)
        self._store.sweep()
        self._about = {
            "tablecast": metadata.version("tablecast"),
            "dataset": sealed.contract.dataset,
            "version": sealed.version,
            "options": {"kind": job.kind, "ranges": job.ranges, "confidence": job.confidence},
            "inputs": files,
        }
        self._done = self._take_up()
        self.pieces = list(cut(list(files)))
        self._saved = time.monotonic()

    @property
    def missing(self) -> list[Piece]:
        """What is not answered yet."""
        return [piece for piece in self.pieces if piece.output not in self._done]

    @property
    def summary(self) -> BulkSummary:
        """Of all pieces that are answered, now or before."""
        done = self._done.values()
        rows, errors = (sum(entry[key] for entry in done) for key in ("rows", "rows_with_error"))
        return BulkSummary(rows, errors, len(done))

    def score(
        self, executors: Callable[[], AbstractContextManager[Executor]], log: Log
    ) -> BulkSummary:
        """Answer what is missing; `log` gets how far that is with each piece that is done.

        Raises DataError for a piece that cannot be read, after all others are answered;
        TablecastError where processes are killed again and again.
        """
        for _ in range(ATTEMPTS):
            try:
                with executors() as executor:
                    self._score(executor, log)
            except BrokenProcessPool:
                continue
            finally:
                self._save()
            return self.summary
        raise TablecastError(
            f"a process was killed {ATTEMPTS} times; is there enough memory for each worker? "
            "What is answered stays, and the same command goes on from there"
        )

    def _score(self, executor: Executor, log: Log) -> None:
        futures = [executor.submit(score_piece, self._job, piece) for piece in self.missing]
        unreadable: list[DataError] = []
        total = sum(piece.rows for piece in self.pieces)
        done = total - sum(piece.rows for piece in self.missing)
        log(ProgressLine("answering", done, total, "rows"))
        for future in as_completed(futures):
            try:
                scored = future.result()
            except DataError as error:
                unreadable.append(error)
                continue
            self._done[scored.piece.output] = {
                "file": scored.file,
                "bytes": scored.bytes,
                "sha256": scored.sha256,
                "rows": scored.rows,
                "rows_with_error": scored.rows_with_error,
            }
            done += scored.piece.rows
            log(ProgressLine("answering", done, total, "rows"))
            if time.monotonic() > self._saved + SAVED_EVERY:
                self._save()
        if unreadable:
            raise unreadable[0]

    def _take_up(self) -> dict[str, dict[str, Any]]:
        """The pieces of an earlier run that are still there."""
        before = self._store.read_json(RUN_MANIFEST)
        if before is None:
            return {}
        done = before.pop("pieces", {})
        for key, value in json.loads(json.dumps(self._about)).items():
            if before.get(key) != value:
                raise DataError(
                    f"{self._job.output} holds the answers of another run (its {key} differ); "
                    "name another folder, or remove that one"
                )
        return {
            name: entry
            for name, entry in done.items()
            if self._store.size(entry["file"]) == entry["bytes"]
        }

    def _save(self) -> None:
        text = json.dumps({**self._about, "pieces": dict(sorted(self._done.items()))}, indent=1)
        self._store.write(RUN_MANIFEST, text.encode() + b"\n")
        self._saved = time.monotonic()
