"""An outcome as it is posted, read by the contract: a number, or one of the classes."""

from __future__ import annotations

from typing import NamedTuple

from Task1_database.errors import InputError
from Task1_database.keep.outcome_lines import Outcome
from Task2_model.contract import Contract, Feature, Target
from Task3_api.keep.own_id import ID, own_id
from Task3_api.parsing import Parser, quote, unknown

OUTCOME_NAMES = ("outcome", "true_class", "observation")  # what the outcome may be called
REPLACE = "replace"


class PostedOutcome(NamedTuple):
    """What became of one answer, and whether that replaces what was said before."""

    answer_id: str
    outcome: Outcome
    replace: bool


def posted_outcome(contract: Contract, item: object) -> PostedOutcome:
    """One outcome as JSON or a row of a CSV has it; InputError, naming the field, if it is none."""
    if not isinstance(item, dict):
        raise InputError(f"an outcome must be an object, not {quote(item)}")
    names = [name for name in OUTCOME_NAMES if name in item]
    for name in item:
        if name not in (ID, REPLACE, *OUTCOME_NAMES):
            raise unknown(name, (ID, OUTCOME_NAMES[0], REPLACE))
    answer_id = own_id(item.get(ID))
    if answer_id is None:
        raise InputError("id is missing: that of the answer", field=ID)
    if len(names) != 1:
        raise InputError("expected one outcome beside the id", field=OUTCOME_NAMES[0])
    return PostedOutcome(
        answer_id, outcome_value(contract, item[names[0]], names[0]), _replace(item.get(REPLACE))
    )


def outcome_value(contract: Contract, value: object, name: str = OUTCOME_NAMES[0]) -> Outcome:
    """A posted value of the target; InputError where it cannot be one."""
    if contract.task == "classification":
        return _class(contract.target, value, name)
    number = Parser(contract).value(Feature(name, "number", name), value, name)
    if number is None:
        raise InputError(f"{name} is missing", field=name)
    return float(number)


def _class(target: Target, value: object, name: str) -> Outcome:
    texts = (
        [str(value), str(value).lower(), str(int(value))] if isinstance(value, bool) else [value]
    )
    for text in texts:
        if text in target.classes:
            return target.values[target.classes.index(text)]
    expected = ", ".join(target.classes[:20])
    raise InputError(f"{name} must be one of {expected}, not {quote(value)}", field=name)


def _replace(value: object) -> bool:
    if value in (None, "", False, "0", "false"):
        return False
    if value in (True, "1", "true"):
        return True
    raise InputError(f"{REPLACE} must be true or false, not {quote(value)}", field=REPLACE)
