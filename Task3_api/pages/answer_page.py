"""The page of one kept answer, where a person can say what it went for.

An answer on the page that asks is kept when somebody says so, not at every stroke of a key.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from Task1_database.errors import InputError
from Task1_database.keep.answer_lines import KeptAnswer, find_answers
from Task1_database.keep.outcome_lines import Contradiction, Outcome, outcome_of
from Task2_model.contract import Contract
from Task2_model.formatting import format_percent, join_and
from Task3_api.current_model import current_model
from Task3_api.keep.keeper import Keeper
from Task3_api.keep.kept import current_keeper
from Task3_api.keep.outcome_values import PostedOutcome, outcome_value
from Task3_api.keep.outcomes_api import record_posted
from Task3_api.pages import phrases
from Task3_api.problems import problem
from Task3_api.request_body import fields, posted_form

blueprint = Blueprint("answer_page", __name__)


@blueprint.post("/answer")
def keep() -> ResponseReturnValue:
    """Keep the answer to a form, and go to its page."""
    model, keeper = current_model(), _keeper()
    answer = model.predictor.answer(model.parser.record(fields(posted_form())))
    keeper.keep(answer, key=g.get("key_name", ""))
    keeper.flush()
    if "id" not in answer:
        return problem(503, "too many answers wait to be kept; try again")
    return redirect(url_for(".page", answer_id=answer["id"]), 303)


@blueprint.get("/answer/<answer_id>")
def page(answer_id: str) -> str:
    """What was asked and answered, and what came true."""
    return _render(answer_id)


@blueprint.post("/answer/<answer_id>")
def tell(answer_id: str) -> ResponseReturnValue:
    """Record what a person says of it."""
    contract, keeper = current_model().contract, _keeper()
    _find(keeper, answer_id)
    values = dict(fields(posted_form()))
    try:
        outcome = outcome_value(contract, values.get("outcome", ""))
        record_posted(keeper, [PostedOutcome(answer_id, outcome, "replace" in values)])
    except InputError as error:
        return _render(answer_id, error.detail), 400
    except Contradiction:
        return _render(answer_id, "Another outcome is recorded; tick the box to change it."), 409
    return redirect(url_for(".page", answer_id=answer_id), 303)


def _render(answer_id: str, issue: str = "") -> str:
    contract, keeper = current_model().contract, _keeper()
    kept = _find(keeper, answer_id)
    outcome = outcome_of(keeper.store, kept)
    answer = kept.line["answer"]
    return render_template(
        "kept_answer.html",
        line=kept.line,
        verdict=verdict(contract, answer),
        given=[
            (contract.by_name[name], value)
            for name, value in answer["given"].items()
            if name in contract.by_name
        ],
        withheld=len(answer.get("private", ())),
        outcome=None if outcome is None else format_outcome(contract, outcome),
        held=None if outcome is None else is_covered(answer, outcome),
        issue=issue,
    )


def verdict(contract: Contract, answer: dict[str, Any]) -> str:
    """The answer in one sentence."""
    target = contract.target
    if "prediction" in answer:
        value, low, high = (
            phrases.format_target(answer[part], target) for part in ("prediction", "lower", "upper")
        )
        return f"{value}, between {low} and {high}"
    share = format_percent(answer["probability"])
    possible = join_and((target.class_label(label) for label in answer["set"]), "or")
    return f"{share} “{target.class_label(answer['probability_of'])}”; possible: {possible}"


def format_outcome(contract: Contract, outcome: Outcome) -> str:
    """An outcome as people read it."""
    if contract.task == "classification":
        return contract.target.class_label(str(outcome))
    return phrases.format_target(float(outcome), contract.target)


def is_covered(answer: dict[str, Any], outcome: Outcome) -> bool:
    """Whether an answer's range or set holds its outcome."""
    if "prediction" in answer:
        return bool(answer["lower"] <= float(outcome) <= answer["upper"])
    return outcome in answer["set"]


def _find(keeper: Keeper, answer_id: str) -> KeptAnswer:
    keeper.flush()
    kept = find_answers(keeper.store, [answer_id]).get(answer_id)
    if kept is None:
        raise NotFound
    return kept


def _keeper() -> Keeper:
    keeper = current_keeper()
    if keeper is None:
        raise NotFound
    return keeper
