"""The one strict parser: from text, whoever sent it, to the values of a record.

A query, a form, a JSON document and a cell of a CSV all end in `Parser.value`, so that `1_000`
is refused everywhere with the same words. An empty text, a JSON null or an absent name means
that the value is missing. A category that the training rows never held is a value like any other:
the answer warns of it.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson

from Task1_database.errors import InputError
from Task1_database.literals import MAX_FLOAT32, NUMBER
from Task2_model.contract import Contract, Feature, Value
from Task3_api.record_encoder import Record, RecordColumns

Pairs = list[tuple[str, str]]

DECIMAL = re.compile(NUMBER)
DECIMAL_CHARACTERS = "0123456789+-.eE"  # a text of these alone is a DECIMAL or refused by float()
DIGITS_AS_ZEROS = bytes(48 if chr(byte) in DECIMAL_CHARACTERS else byte for byte in range(256))
LONGEST_NUMBER = 64  # characters
LARGEST_NUMBER = MAX_FLOAT32
REMEMBERED = 2**12  # short texts with their values: most values come again
MANY = 8  # records; fewer are read sooner one by one
MAX_QUOTED = 40  # characters of a refused value that its message repeats
ALIAS = "x"  # stands for the contract's main feature
CONFIDENCE = "confidence"  # how sure the answer shall be, beside the features


class ParsedRequest(NamedTuple):
    """A record, and how sure its answer shall be; None for the usual confidence."""

    record: dict[str, Value]
    confidence: float | None


class Parser:
    """Reads the records of one model, by its contract.

    Attributes
    ----------
    confidence_name : str
        What the confidence is called: `confidence`, unless a feature is.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.confidence_name = contract.answer_name(CONFIDENCE)
        self._features = dict(contract.by_name)
        self._features.setdefault(ALIAS, contract.by_name[contract.x])
        self._remembered = lru_cache(REMEMBERED)(self._read)

    def value(self, feature: Feature, raw_value: object, name: str | None = None) -> Value:
        """One value: None where it is missing, text for a category, otherwise a float.

        Raises InputError, naming the field (as `name`, where the sender called it that).
        """
        if raw_value is None or raw_value == "":
            return None
        name = name or feature.name
        if feature.kind == "category":
            return _category(raw_value, name)
        return _number(raw_value, name)

    def feature(self, name: str) -> Feature:
        """The feature that a name, or `x`, stands for; InputError where there is none."""
        if name == self.confidence_name:
            beside = "it is given once for all records, in the address"
            raise InputError(f"{name} is no feature; {beside}", field=name)
        if name not in self._features:
            raise unknown(name, self.contract.names)
        return self._features[name]

    def request(self, pairs: Sequence[tuple[str, object]]) -> ParsedRequest:
        """Named values, as for `record`, the confidence perhaps among them."""
        values = [pair for pair in pairs if pair[0] != self.confidence_name]
        confidence = None if len(values) == len(pairs) else self.confidence(pairs)
        return ParsedRequest(self.record(values), confidence)

    def confidence(self, pairs: Iterable[tuple[str, object]]) -> float | None:
        """The confidence among named values; None where it is missing, for the usual one."""
        name = self.confidence_name
        raw_values = [raw_value for key, raw_value in pairs if key == name]
        if len(raw_values) > 1:
            raise InputError(f"{name} is given more than once", field=name)
        return None if raw_values in ([], [None], [""]) else _number(raw_values[0], name)

    def record(self, pairs: Iterable[tuple[str, object]]) -> dict[str, Value]:
        """Named values, from a query, a form or a JSON object, as a record.

        Raises InputError, naming the field, for a name that is unknown or repeated.
        """
        record: dict[str, Value] = {}
        for name, raw_value in pairs:
            short = isinstance(raw_value, str) and len(raw_value) <= LONGEST_NUMBER
            read = self._remembered if short else self._read
            feature, value = read(name, raw_value)
            if feature in record:
                raise InputError(f"{feature} is given more than once", field=name)
            record[feature] = value
        return record

    def _read(self, name: str, raw_value: object) -> tuple[str, Value]:
        """The feature's name and value."""
        feature = self._features.get(name) or self.feature(name)
        return feature.name, self.value(feature, raw_value, name)

    def records(self, items: Sequence[object]) -> Sequence[Record]:
        """JSON objects as records; an InputError carries the index of the one at fault."""
        return self.columns(items) or [self._item(index, item) for index, item in enumerate(items)]

    def columns(self, items: Sequence[Any]) -> RecordColumns | None:
        """Many objects of the same names, by column; None where each must be looked at."""
        if len(items) < MANY or not isinstance(items[0], dict):
            return None
        names = [*items[0]]
        if any(not isinstance(item, dict) or [*item] != names for item in items):
            return None
        columns: dict[str, Sequence[Value]] = {}
        try:
            for name in names:
                feature = self.feature(name)
                columns[feature.name] = self._column(feature, [item[name] for item in items])
        except (InputError, TypeError):  # an error of one item, and of which one is still to say
            return None
        return RecordColumns(columns) if names and len(columns) == len(names) else None

    def _column(self, feature: Feature, raw_values: list[Any]) -> Sequence[Value]:
        """The values of one feature, numbers all at once; TypeError for a value that is a list."""
        if feature.kind != "category" and (numbers := _numbers(raw_values)):
            return numbers
        read = {each: self.value(feature, each) for each in set(raw_values)}
        return [read[each] for each in raw_values]

    def _item(self, index: int, item: object) -> dict[str, Value]:
        if not isinstance(item, dict):
            raise InputError(f"a record must be an object, not {quote(item)}", row=index)
        try:
            return self.record(item.items())
        except InputError as error:
            raise InputError(error.detail, field=error.field, row=index) from None


def pairs(query: bytes) -> Pairs:
    """The names and values of a query string or of a posted form, in order.

    Raises InputError where the percent-encoded text is not UTF-8.
    """
    try:
        parts = [part for part in query.decode().split("&") if part]
        return [_pair(part) for part in parts]
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


def plain_items(body: bytes) -> list[Any] | None:
    """What `document` says of a list of objects of plain values, with its numbers as numbers.

    It takes a third of the time. None where it might say anything else of them: a key repeats, a
    number is too long to be taken or is -0, or the body is not JSON.
    """
    if b"0" * (LONGEST_NUMBER + 1) in body.translate(DIGITS_AS_ZEROS) or b"-0" in body:
        return None
    try:
        items = orjson.loads(body)
        keys = sum(map(len, items))
    except (ValueError, TypeError):
        return None
    is_plain = isinstance(items, list) and body.count(b":") == keys  # so that no text has one
    return items if is_plain else None


def dataframe(split: object) -> list[dict[str, Any]]:
    """The rows of pandas' "split" form, {"columns": [...], "data": [[...], ...]}, as objects."""
    if not isinstance(split, dict) or not split.keys() <= {"columns", "data", "index"}:
        raise InputError("dataframe_split must be an object of columns and data")
    columns, data = split.get("columns"), split.get("data")
    if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
        raise InputError("dataframe_split: columns must be a list of names")
    if not isinstance(data, list):
        raise InputError("dataframe_split: data must be a list of rows")
    seen: set[str] = set()
    for name in columns:
        if name in seen:
            problem = f"the column {quote(name)} appears more than once"
            raise InputError(problem, field=name[:MAX_QUOTED])
        seen.add(name)
    return [_row(columns, row, index) for index, row in enumerate(data)]


def quote(value: object) -> str:
    """A refused value as a message may repeat it: short, escaped, on one line."""
    if isinstance(value, str):
        return repr(value if len(value) <= MAX_QUOTED else value[: MAX_QUOTED - 1] + "…")
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else json.dumps(value)


def unknown(name: str, names: Iterable[str]) -> InputError:
    """The error for a name that stands for nothing, with the closest one that does."""
    names = list(names)
    close = difflib.get_close_matches(name[:MAX_QUOTED], names, n=1)
    first = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    hint = f"did you mean {close[0]}?" if close else f"known are {first}"
    return InputError(f"{quote(name)} is not known; {hint}", field=name[:MAX_QUOTED])


def _number(raw_value: object, name: str) -> float:
    if (
        not isinstance(raw_value, str)
        or raw_value.strip(DECIMAL_CHARACTERS)
        or len(raw_value) > LONGEST_NUMBER
    ):
        raise _not_a_number(raw_value, name)
    try:
        number = float(raw_value)
    except ValueError:
        raise _not_a_number(raw_value, name) from None
    if abs(number) > LARGEST_NUMBER:
        raise InputError(f"{name} is too large a number: {quote(raw_value)}", field=name)
    return number


def _numbers(raw_values: list[Any]) -> list[float] | None:
    """What `_number` makes of each, or of numbers as text; None where any is something else."""
    try:
        if not set(map(type, raw_values)) <= {int, float}:
            if "".join(raw_values).strip(DECIMAL_CHARACTERS):
                return None
            if max(map(len, raw_values)) > LONGEST_NUMBER:
                return None
        numbers = [*map(float, raw_values)]
    except (TypeError, ValueError, OverflowError):
        return None
    return numbers if max(map(abs, numbers)) <= LARGEST_NUMBER else None


def _not_a_number(raw_value: object, name: str) -> InputError:
    if isinstance(raw_value, str) and len(raw_value) > LONGEST_NUMBER:
        problem = f"{name} is {len(raw_value):,} characters long"
        return InputError(f"{problem}; a number may have {LONGEST_NUMBER}", field=name)
    expected = f"{name} must be a decimal number such as 12 or -3.5"
    return InputError(f"{expected}, not {quote(raw_value)}", field=name)


def _pair(part: str) -> tuple[str, str]:
    """A name and its value, percent-encoded or not."""
    if "%" in part or "+" in part:  # most have neither, and are read six times as fast
        ((name, value),) = parse_qsl(part, keep_blank_values=True, errors="strict")
    else:
        name, _, value = part.partition("=")
    return name, value


def _category(raw_value: object, name: str) -> str:
    if not isinstance(raw_value, str):
        raise InputError(f"{name} must be text, not {quote(raw_value)}", field=name)
    if "\0" in raw_value:  # which no CSV may have, and what one way refuses all do
        raise InputError(f"{name} must be text without a NUL: {quote(raw_value)}", field=name)
    try:
        raw_value.encode()
    except UnicodeEncodeError:
        raise InputError(f"{name} is not valid Unicode: {quote(raw_value)}", field=name) from None
    return raw_value


def _object(pairs: Pairs) -> dict[str, Any]:
    """A JSON object; a key that repeats is an error here because a dict keeps the last one."""
    result: dict[str, Any] = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise InputError(f"the key {quote(key)} appears more than once")
            seen.add(key)
    return result


def _row(columns: list[str], row: object, index: int) -> dict[str, Any]:
    if not isinstance(row, list) or len(row) != len(columns):
        raise InputError(f"a row must be a list of {len(columns)} values", row=index)
    return dict(zip(columns, row, strict=True))


def _at(error: UnicodeDecodeError) -> str:
    return f"byte 0x{error.object[error.start]:02x} at position {error.start}"
