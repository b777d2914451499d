"""One file on its way from an upload to its answers, for whoever sends them on or stores them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import IO

from flask import current_app

from Task3_api.batch.batch_options import BatchOptions
from Task3_api.batch.result_store import BYTES, ROWS, ResultInfo, ResultStore, StoredResult
from Task3_api.batch.row_reasons import RowReasons, check_row_count
from Task3_api.batch.scorer import BatchScorer
from Task3_api.batch.split_scan import SplitScan
from Task3_api.batch.upload import spool_upload
from Task3_api.batch.uploaded_table import UploadedTable, open_table
from Task3_api.batch.workbook_writer import check_size
from Task3_api.current_model import CurrentModel
from Task3_api.request_body import check_count
from Task3_api.tally import Tally

RESULTS = "tablecast_results"  # the store, among the extensions of the app


class BatchAnswer:
    """A table and what answers it.

    Parameters
    ----------
    model : CurrentModel
    table : UploadedTable
        Its file is closed when the answers are made, or where they cannot be.
    options : BatchOptions

    Raises InputError where the table cannot be answered as the options say.
    """

    def __init__(self, model: CurrentModel, table: UploadedTable, options: BatchOptions) -> None:
        self.table = table
        self.options = options
        self._model = model
        with ExitStack() as on_error:
            on_error.callback(table.file.close)
            self._check()
            reasons = RowReasons(model.explainer, model.contract, options.explain)
            self._scorer = BatchScorer(
                model.predictor,
                table.csv.header,
                table.feature_columns(model.parser),
                ranges=options.ranges,
                confidence=options.confidence,
                keep_formulas=current_app.config["FORMULAS"] == "keep",
                reasons=reasons if options.explain else None,
            )
            on_error.pop_all()

    @classmethod
    def of_upload(cls, model: CurrentModel, *, stored: bool = False) -> BatchAnswer:
        """The file that the present request brings; whether its answers are to be `stored`."""
        scan = SplitScan(current_app.config["MAX_LINE_LENGTH"])
        options = BatchOptions.of_request(model.parser)
        model.predictor.check(options.confidence)
        file, entries = spool_upload(current_app.config["MAX_UPLOAD_LENGTH"], scan.feed)
        with ExitStack() as on_error:
            on_error.callback(file.close)
            options = options.with_entries(model.parser, entries)
            options = replace(options, results=stored or options.results)
            table = open_table(file, model.contract, scan, options.chosen)
            on_error.pop_all()
        return cls(model, table, options)

    @classmethod
    def again(
        cls, model: CurrentModel, stored: StoredResult, chosen: dict[str, str]
    ) -> BatchAnswer:
        """A file that was stored, with other columns for some features."""
        options = BatchOptions(chosen=chosen, confidence=stored.info.confidence, results=True)
        file = stored.table()
        scan = SplitScan.of(file, current_app.config["MAX_LINE_LENGTH"])
        table = open_table(file, model.contract, scan, chosen)
        return cls(model, replace(table, layout=stored.info.layout), options)

    def _check(self) -> None:
        check_count(len(self.table.csv.header), "MAX_COLUMNS", "columns")
        rows = self.table.csv.row_count
        if self.options.format == "xlsx":
            check_size(rows, len(self.table.csv.header))
        if self.options.explain:
            check_row_count(rows)

    def lines(self) -> Iterator[str]:
        """The answered CSV, in pieces of whole lines."""
        with self.table.file, closing(self.table.csv.blocks()) as blocks:
            yield self._scorer.head()
            yield from self._scorer.answers(blocks)

    @property
    def tally(self) -> Tally:
        """Of the rows that have been answered so far."""
        return self._scorer.tally

    @property
    def can_be_stored(self) -> bool:
        """Whether the table is small enough for a page."""
        return self.table.csv.row_count <= ROWS and _size(self.table.file) <= BYTES

    @property
    def is_stored(self) -> bool:
        """Whether the answers are to be looked at later, if the table is small enough."""
        return self.options.results or self.is_kept

    @property
    def is_kept(self) -> bool:
        """Whether the file is kept for longer: where the service does, but nothing private."""
        archive = result_store().archive
        return archive is not None and not archive.private() & self.table.matches.positions.keys()

    def stored_lines(self) -> tuple[str, Iterator[str]]:
        """The key under which the answers will be found once all lines are taken, and the lines."""
        matches = self.table.matches
        info = ResultInfo(
            dataset=self._model.contract.dataset,
            version=self._model.predictor.version,
            header=matches.header,
            columns={name: matches.header[at] for name, at in matches.positions.items()},
            chosen=self.options.chosen,
            layout=self.table.layout,
            is_plain=self.table.csv.is_plain,
            confidence=self.options.confidence,
        )
        staged = result_store().stage(self.table.file, info, archived=self.is_kept)
        return staged.key, staged.written(self.lines())


def result_store() -> ResultStore:
    """Where the app stores results."""
    store: ResultStore = current_app.extensions[RESULTS]
    return store


def _size(file: IO[bytes]) -> int:
    return file.seek(0, 2)
