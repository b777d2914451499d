"""The id that an asker gives a question, to know the answer by.

It stands beside the features as `id`, unless a feature is called so; or outside of them, with the
features in `observation`.
"""

from __future__ import annotations

from typing import Any

from Task1_database.errors import InputError
from Task2_model.contract import Contract
from Task3_api.parsing import Pairs, quote

ID, OBSERVATION = "id", "observation"
LONGEST = 64  # characters


def split_item(contract: Contract, item: Any) -> tuple[Any, str | None]:
    """A JSON record without its id, and that; InputError where it cannot be one."""
    if not isinstance(item, dict) or ID in contract.by_name:
        return item, None
    if is_wrapped(contract, item):
        return item[OBSERVATION], own_id(item.get(ID))
    if ID not in item:
        return item, None
    return {name: value for name, value in item.items() if name != ID}, own_id(item[ID])


def is_wrapped(contract: Contract, item: dict[str, Any]) -> bool:
    """Whether the record is inside of `observation`."""
    return (
        isinstance(item.get(OBSERVATION), dict)
        and OBSERVATION not in contract.by_name
        and item.keys() <= {ID, OBSERVATION}
    )


def split_pairs(contract: Contract, pairs: Pairs) -> tuple[Pairs, str | None]:
    """The names and values of an address without its id, and that."""
    ids = [value for name, value in pairs if name == ID]
    if not ids or ID in contract.by_name:
        return pairs, None
    if len(ids) > 1:
        raise InputError("id is given more than once", field=ID)
    return [pair for pair in pairs if pair[0] != ID], own_id(ids[0])


def own_id(value: object) -> str | None:
    """An asker's id; None for none."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
        expected = f"id must be a number or a text of at most {LONGEST} printable characters"
        raise InputError(f"{expected}, not {quote(value)}", field=ID)
    return value
