"""The one strict parser: from text, whoever sent it, to the values that a model may be told.

A query, a form, a JSON document and a cell of a CSV all end in `Parser.value`, so that `1_000`
is refused everywhere with the same words. An empty text, a JSON null or an absent name means
"not known". A category that the training rows never held is a value like any other: the answer
warns of it.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from Task1_database.errors import InputError
from Task1_database.literals import MAX_FLOAT32, NUMBER
from Task2_model.contract import Contract, Feature, Value

Record = dict[str, Value]
Pairs = list[tuple[str, str]]

DECIMAL = re.compile(NUMBER)
OF_DECIMALS = "0123456789+-.eE"  # a text of these alone is a DECIMAL or refused by float()
LONGEST_NUMBER = 64  # characters
LARGEST_NUMBER = MAX_FLOAT32
SHOWN = 40  # characters of a refused value that its message repeats
ALIAS = "x"  # stands for the contract's main feature


class Parser:
    """Reads what may be told to one model, by its contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._features = dict(contract.by_name)
        self._features.setdefault(ALIAS, contract.by_name[contract.x])

    def value(self, feature: Feature, given: object, name: str | None = None) -> Value:
        """One value: None where nothing is told, text for a category, otherwise a float.

        Raises InputError, naming the field (as `name`, where the sender called it that).
        """
        if given is None or given == "":
            return None
        name = name or feature.name
        if feature.kind == "category":
            return _category(given, name)
        number = _number(given, name)
        if feature.kind == "integer" and not number.is_integer():
            raise InputError(f"{name} must be a whole number, not {shown(given)}", field=name)
        return number

    def feature(self, name: str) -> Feature:
        """The feature that a name, or `x`, stands for; InputError where there is none."""
        if name not in self._features:
            raise unknown(name, self.contract.names)
        return self._features[name]

    def record(self, pairs: Iterable[tuple[str, object]]) -> Record:
        """Named values, from a query, a form or a JSON object, as a record.

        Raises InputError, naming the field, for a name that is unknown or repeated.
        """
        record: Record = {}
        for name, given in pairs:
            feature = self._features.get(name) or self.feature(name)
            if feature.name in record:
                raise InputError(f"{feature.name} is given more than once", field=name)
            record[feature.name] = self.value(feature, given, name)
        return record

    def records(self, items: Iterable[object]) -> list[Record]:
        """JSON objects as records; an InputError carries the index of the one at fault."""
        return [self._item(index, item) for index, item in enumerate(items)]

    def _item(self, index: int, item: object) -> Record:
        if not isinstance(item, dict):
            raise InputError(f"a record must be an object, not {shown(item)}", row=index)
        try:
            return self.record(item.items())
        except InputError as error:
            raise InputError(error.detail, field=error.field, row=index) from None


def pairs(query: bytes) -> Pairs:
    """The names and values of a query string or of a posted form, in order.

    Raises InputError where the percent-encoded text is not UTF-8.
    """
    try:
        text = query.decode()
        if "%" in text or "+" in text:  # most have neither, and are read six times as fast
            return parse_qsl(text, keep_blank_values=True, errors="strict")
        parts = (part.partition("=") for part in text.split("&") if part)
        return [(name, value) for name, _, value in parts]
    except UnicodeDecodeError as error:
        raise InputError(f"the request is not UTF-8: {_at(error)}") from None


def document(body: bytes) -> Any:
    """A JSON document, its numbers left as the text that was sent.

    Raises InputError for what is not JSON, a key that repeats, or nesting without end.
    """
    try:
        return json.loads(
            body.decode("utf-8-sig"), parse_int=str, parse_float=str, object_pairs_hook=_object
        )
    except UnicodeDecodeError as error:
        raise InputError(f"the body is not UTF-8: {_at(error)}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"the body is not JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise InputError("the body is nested too deeply") from None


def dataframe(split: object) -> list[dict[str, Any]]:
    """The rows of pandas' "split" form, {"columns": [...], "data": [[...], ...]}, as objects."""
    if not isinstance(split, dict) or not split.keys() <= {"columns", "data", "index"}:
        raise InputError("dataframe_split must be an object of columns and data")
    columns, data = split.get("columns"), split.get("data")
    if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
        raise InputError("dataframe_split: columns must be a list of names")
    if not isinstance(data, list):
        raise InputError("dataframe_split: data must be a list of rows")
    for name in columns:
        if columns.count(name) > 1:
            raise InputError(f"the column {shown(name)} appears more than once", field=name)
    return [_row(columns, row, index) for index, row in enumerate(data)]


def shown(value: object) -> str:
    """A refused value as a message may repeat it: short, escaped, on one line."""
    if isinstance(value, str):
        return repr(value if len(value) <= SHOWN else value[: SHOWN - 1] + "…")
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else json.dumps(value)


def unknown(name: str, names: Iterable[str]) -> InputError:
    """The error for a name that stands for nothing, with the closest one that does."""
    names = list(names)
    close = difflib.get_close_matches(name[:SHOWN], names, n=1)
    listed = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    hint = f"did you mean {close[0]}?" if close else f"known are {listed}"
    return InputError(f"{shown(name)} is not known; {hint}", field=name[:SHOWN])


def _number(given: object, name: str) -> float:
    if not isinstance(given, str) or given.strip(OF_DECIMALS) or len(given) > LONGEST_NUMBER:
        raise _no_number(given, name)
    try:
        number = float(given)
    except ValueError:
        raise _no_number(given, name) from None
    if abs(number) > LARGEST_NUMBER:
        raise InputError(f"{name} is too large a number: {shown(given)}", field=name)
    return number


def _no_number(given: object, name: str) -> InputError:
    if isinstance(given, str) and len(given) > LONGEST_NUMBER:
        told = f"{name} is {len(given)} characters long"
        return InputError(f"{told}; a number may have {LONGEST_NUMBER}", field=name)
    wanted = f"{name} must be a decimal number such as 12 or -3.5"
    return InputError(f"{wanted}, not {shown(given)}", field=name)


def _category(given: object, name: str) -> str:
    if not isinstance(given, str):
        raise InputError(f"{name} must be text, not {shown(given)}", field=name)
    try:
        given.encode()
    except UnicodeEncodeError:
        raise InputError(f"{name} is not valid Unicode: {shown(given)}", field=name) from None
    return given


def _object(pairs: Pairs) -> dict[str, Any]:
    """A JSON object; a key that repeats is found here because a dict keeps the last one."""
    result: dict[str, Any] = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise InputError(f"the key {shown(key)} appears more than once")
            seen.add(key)
    return result


def _row(columns: list[str], row: object, index: int) -> dict[str, Any]:
    if not isinstance(row, list) or len(row) != len(columns):
        raise InputError(f"a row must be a list of {len(columns)} values", row=index)
    return dict(zip(columns, row, strict=True))


def _at(error: UnicodeDecodeError) -> str:
    return f"byte 0x{error.object[error.start]:02x} at position {error.start}"
