"""What came true, posted by programs: one outcome, a list of them or a CSV.

`/update` takes what graders of take-home projects send: {"id": …, "true_class": …}.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import UnsupportedMediaType

from Task1_database.errors import InputError
from Task1_database.keep.outcome_lines import Contradiction, Outcome, Recorded, record_outcomes
from Task3_api import parsing
from Task3_api.current_model import current_model
from Task3_api.keep.keeper import Keeper
from Task3_api.keep.kept import current_keeper
from Task3_api.keep.outcome_values import PostedOutcome, posted_outcome
from Task3_api.problems import problem
from Task3_api.request_body import check_count, small_body

blueprint = Blueprint("outcomes_api", __name__)

NAMED = 20  # unknown or contradicting ids that an answer lists
SETTLING_SECONDS = 0.2  # until another worker has written what it just answered
NOTHING_KEPT = (
    "this service keeps no answers, so it takes no outcomes; TABLECAST_KEEP names a folder for them"
)


@blueprint.post("/outcomes")
@blueprint.post("/update")
def record() -> Response:
    """Record what became of kept answers; the same again changes nothing."""
    keeper = current_keeper()
    if keeper is None:
        return problem(404, NOTHING_KEPT)
    body = _posted()
    try:
        result = record_posted(keeper, _outcomes(body))
    except Contradiction as error:
        ids = list(error.recorded)
        return problem(
            409,
            f"{len(ids)} of the outcomes differ from what is recorded; send them with "
            '"replace": true to change that, and nothing was recorded now',
            ids=ids[:NAMED],
        )
    if isinstance(body, dict) and result.unknown:
        return problem(404, f"no answer has the id {parsing.quote(result.unknown[0])}", field="id")
    return jsonify(
        {
            "recorded": result.recorded,
            "unchanged": result.unchanged,
            "unknown": len(result.unknown),
            "unknown_ids": result.unknown[:NAMED],
        }
    )


def record_posted(keeper: Keeper, posted: Iterable[PostedOutcome]) -> Recorded:
    """Record outcomes; answers of a moment ago are known, whichever worker gave them.

    Raises Contradiction where some differ from what is recorded.
    """
    outcomes: dict[str, Outcome] = {}
    replace = set()
    for answer_id, outcome, replaces in posted:
        if outcomes.setdefault(answer_id, outcome) != outcome:
            raise InputError(f"{parsing.quote(answer_id)} has two different outcomes", field="id")
        if replaces:
            replace.add(answer_id)
    keeper.flush()
    result = Recorded(unknown=list(outcomes))
    for pause in (0, SETTLING_SECONDS):
        if result.unknown:
            time.sleep(pause)
            again = record_outcomes(
                keeper.store,
                {answer_id: outcomes[answer_id] for answer_id in result.unknown},
                time.time(),
                key=g.get("key_name", ""),
                replace=frozenset(replace),
            )
            result.recorded += again.recorded
            result.unchanged += again.unchanged
            result.unknown = again.unknown
    return result


def _posted() -> Any:
    """The JSON that was posted, or the rows of a CSV as a list of objects."""
    if request.is_json:
        body = small_body()
        # Each is an object in a list: many small ones would take a hundred times their bytes.
        check_count(body.count(b"{") + body.count(b"[") - 1, "MAX_OUTCOMES", "outcomes")
        return parsing.document(body)
    if request.mimetype == "text/csv":
        body = small_body()
        check_count(body.count(b"\n"), "MAX_OUTCOMES", "lines")
        return list(_csv_rows(body))
    raise UnsupportedMediaType("send application/json, or text/csv with the columns id and outcome")


def _outcomes(body: Any) -> Iterator[PostedOutcome]:
    contract = current_model().contract
    if isinstance(body, dict):
        yield posted_outcome(contract, body)
    elif isinstance(body, list):
        for index, item in enumerate(body):
            try:
                yield posted_outcome(contract, item)
            except InputError as error:
                raise InputError(error.detail, field=error.field, row=index) from None
    else:
        raise InputError('send {"id": …, "outcome": …}, or a list of such')


def _csv_rows(body: bytes) -> Iterator[dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
        for row in reader:
            if None in row or None in row.values():
                raise InputError(f"line {reader.line_num} has not as many cells as the header")
            yield row
    except UnicodeDecodeError:
        raise InputError("the file is not UTF-8; save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise InputError(f"line {reader.line_num}: {error}") from None
