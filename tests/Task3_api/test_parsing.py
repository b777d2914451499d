"""The strict parser: what it takes, and the exact words with which it refuses the rest."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from Task1_database.errors import InputError
from Task2_model.contract import Contract, Feature, Target
from Task3_api.parsing import MANY, Parser, dataframe, document, pairs, plain_items, quote
from Task3_api.record_encoder import RecordColumns

CONTRACT = Contract(
    dataset="houses",
    title="Houses",
    task="regression",
    x="area",
    target=Target("price", "Price", "$"),
    features=(
        Feature("area", "number", "Area", minimum=600, maximum=5000, median=1600),
        Feature("bedrooms", "integer", "Bedrooms", minimum=1, maximum=7, median=3),
        Feature("fuel", "category", "Fuel", categories=("gas", "oil")),
    ),
    rows=100,
)
PARSER = Parser(CONTRACT)
AREA, BEDROOMS, FUEL = CONTRACT.features

NUMBERS = [
    ("0", 0.0),
    ("-0", 0.0),
    ("007", 7.0),
    ("+5", 5.0),
    ("-3.5", -3.5),
    (".5", 0.5),
    ("5.", 5.0),
    ("1e3", 1000.0),
    ("2.5E-1", 0.25),
    ("1e-400", 0.0),
    ("3.4028234e38", 3.4028234e38),
    ("1" + "0" * 37 + "." + "0" * 25, 1e37),
]

NOT_NUMBERS = [
    "nan", "NaN", "inf", "-Infinity", "1_000", "1,000", "١٢", "１２", "0x10", "true", " 1", "1 ",
    " 1\n", "\t", "1e", "e5", ".", "+", "--1", "1.2.3", "1e1.5", "$5", "½", "1\0", "one",
    "e", "-", "+.e", "1-", "1+1", "1e+-1",
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_a_number(text: str, value: float) -> None:
    assert PARSER.value(AREA, text) == value


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_not_a_number(text: str) -> None:
    with pytest.raises(InputError) as refused:
        PARSER.value(AREA, text)
    wanted = "area must be a decimal number such as 12 or -3.5"
    assert refused.value.detail == f"{wanted}, not {text!r}"
    assert refused.value.field == "area"


@pytest.mark.parametrize(
    ("feature", "given", "message"),
    [
        (AREA, "1e999", "area is too large a number: '1e999'"),
        (AREA, "-3.5e38", "area is too large a number: '-3.5e38'"),
        (AREA, "1" * 5000, "area is 5,000 characters long; a number may have 64"),
        (AREA, True, "area must be a decimal number such as 12 or -3.5, not true"),
        (AREA, ["1"], "area must be a decimal number such as 12 or -3.5, not a list"),
        (AREA, {"a": 1}, "area must be a decimal number such as 12 or -3.5, not an object"),
        (FUEL, False, "fuel must be text, not false"),
        (FUEL, [], "fuel must be text, not a list"),
        (FUEL, "\ud800", r"fuel is not valid Unicode: '\ud800'"),
    ],
)
def test_refused(feature: Feature, given: object, message: str) -> None:
    with pytest.raises(InputError) as refused:
        PARSER.value(feature, given)
    assert refused.value.detail == message
    assert refused.value.field == feature.name


@pytest.mark.parametrize("feature", CONTRACT.features)
@pytest.mark.parametrize("given", ["", None])
def test_empty_is_not_known(feature: Feature, given: object) -> None:
    assert PARSER.value(feature, given) is None


@pytest.mark.parametrize("given", ["gas", "coal", " gas", "=1+1", "0", "🏠", "<script>"])
def test_any_text_is_a_category(given: str) -> None:
    assert PARSER.value(FUEL, given) == given


def test_a_whole_number_may_be_written_as_one_pleases() -> None:
    assert [PARSER.value(BEDROOMS, text) for text in ("3", "3.0", "3e0", "30e-1")] == [3.0] * 4


@pytest.mark.parametrize(
    ("query", "record"),
    [
        (b"", {}),
        (b"x=1800", {"area": 1800.0}),
        (b"area=1800&fuel=oil", {"area": 1800.0, "fuel": "oil"}),
        (b"bedrooms=&x=1", {"bedrooms": None, "area": 1.0}),
        (b"fuel=%F0%9F%8F%A0+1", {"fuel": "🏠 1"}),
    ],
)
def test_a_query(query: bytes, record: dict[str, Any]) -> None:
    assert PARSER.record(pairs(query)) == record


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        (b"x=1&x=2", "x", "area is given more than once"),
        (b"x=1&area=1", "area", "area is given more than once"),
        (b"area=&area=", "area", "area is given more than once"),
        (b"bedroom=3", "bedroom", "'bedroom' is not known; did you mean bedrooms?"),
        (b"colour=red", "colour", "'colour' is not known; known are area, bedrooms, fuel"),
        (b"=3", "", "'' is not known; known are area, bedrooms, fuel"),
        (b"a%0Ab=3", "a\nb", r"'a\nb' is not known; known are area, bedrooms, fuel"),
        (b"x=%201%0A", "x", r"x must be a decimal number such as 12 or -3.5, not ' 1\n'"),
        (b"fuel=%ff", None, "the request is not UTF-8: byte 0xff at position 0"),
        (b"fuel=\xff", None, "the request is not UTF-8: byte 0xff at position 5"),
    ],
)
def test_a_query_refused(query: bytes, field: str | None, message: str) -> None:
    with pytest.raises(InputError) as refused:
        PARSER.record(pairs(query))
    assert (refused.value.detail, refused.value.field) == (message, field)


def test_x_is_itself_where_a_feature_is_called_so() -> None:
    features = (Feature("x", "number", "X"), Feature("y", "number", "Y"))
    contract = Contract("points", "Points", "regression", "y", Target("z", "Z"), features, 10)
    assert Parser(contract).record([("x", "1"), ("y", "2")]) == {"x": 1.0, "y": 2.0}


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (b'{"x": 1.50}', {"x": "1.50"}),
        (b'\xef\xbb\xbf{"x": null}', {"x": None}),
        (b'["a", true]', ["a", True]),
    ],
)
def test_a_document_keeps_numbers_as_they_were_sent(body: bytes, values: object) -> None:
    assert document(body) == values


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the body is not JSON: Expecting value at line 1, column 1"),
        (b'{"x": 1,\n "y" 2}', "the body is not JSON: Expecting ':' delimiter at line 2, column 6"),
        (b'{"x": 1} {}', "the body is not JSON: Extra data at line 1, column 10"),
        (b'{"x": "\n"}', "the body is not JSON: Invalid control character at at line 1, column 8"),
        (b'{"x": 1, "x": 2}', "the key 'x' appears more than once"),
        (b'[{"a": {"x": 1, "x": 1}}]', "the key 'x' appears more than once"),
        (b'{"x": 1, "y": 1, "y": 2, "x": 1}', "the key 'y' appears more than once"),
        (b"[" * 50_000, "the body is nested too deeply"),
        (b'{"x":' * 50_000, "the body is nested too deeply"),
        (b'{"x": "\xff"}', "the body is not UTF-8: byte 0xff at position 7"),
        ('{"x": 1}'.encode("utf-16"), "the body is not UTF-8: byte 0xff at position 0"),
    ],
)
def test_not_a_document(body: bytes, message: str) -> None:
    with pytest.raises(InputError) as refused:
        document(body)
    assert refused.value.detail == message


@pytest.mark.parametrize(
    ("literal", "shown_as"),
    [(b"NaN", "NaN"), (b"Infinity", "Infinity"), (b"-Infinity", "-Infinity")],
)
def test_json_that_is_none(literal: bytes, shown_as: str) -> None:
    with pytest.raises(InputError) as refused:
        PARSER.records([document(b'{"area": ' + literal + b"}")])
    wanted = "area must be a decimal number such as 12 or -3.5"
    assert refused.value.detail == f"{wanted}, not {shown_as}"


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ([], "dataframe_split must be an object of columns and data"),
        ({"columns": [], "rows": []}, "dataframe_split must be an object of columns and data"),
        ({"data": []}, "dataframe_split: columns must be a list of names"),
        ({"columns": [None], "data": []}, "dataframe_split: columns must be a list of names"),
        ({"columns": ["a"]}, "dataframe_split: data must be a list of rows"),
        ({"columns": ["a", "a"], "data": []}, "the column 'a' appears more than once"),
        ({"columns": ["a"], "data": [["1"], []]}, "a row must be a list of 1 values"),
        ({"columns": ["a"], "data": ["1"]}, "a row must be a list of 1 values"),
    ],
)
def test_not_a_dataframe(split: object, message: str) -> None:
    with pytest.raises(InputError) as refused:
        dataframe(split)
    assert refused.value.detail == message


def test_an_error_says_which_record() -> None:
    with pytest.raises(InputError) as refused:
        PARSER.records([{"area": "1"}, {"area": "one"}])
    assert (refused.value.row, refused.value.field) == (1, "area")


@given(st.text())
def test_what_is_shown_is_one_short_line(text: str) -> None:
    line = quote(text)
    assert line.splitlines() == [line]
    assert len(line) <= 10 * 40 + 2


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_every_float_comes_back(value: float) -> None:
    assert PARSER.value(AREA, repr(value)) == value


@given(st.one_of(st.text(max_size=70), st.text("0123456789+-.eE_ xnai", max_size=70)))
def test_what_is_taken_is_a_finite_decimal(text: str) -> None:
    try:
        value = PARSER.value(AREA, text)
    except InputError:
        return
    assert value is None or (isinstance(value, float) and math.isfinite(np.float32(value)))
    assert text == "" or (set(text) <= set("0123456789+-.eE") and value == float(text))


PLAIN = [{"area": 1800, "bedrooms": 3.5, "fuel": "gas"}] * MANY


@pytest.mark.parametrize(
    "last",
    [
        {"area": 1e3, "bedrooms": "3", "fuel": "coal"},
        {"area": 1800, "bedrooms": None, "fuel": ""},
        {"bedrooms": 3, "area": 1800, "fuel": "gas"},
        {"area": 1800},
        {"area": "1_000", "bedrooms": 3, "fuel": "gas"},
        {"area": 1e39, "bedrooms": 3, "fuel": "gas"},
        {"area": "1" * 65, "bedrooms": 3, "fuel": "gas"},
        {"area": 1800, "bedrooms": 3, "fuel": "\0"},
        {"area": 1800, "bedrooms": [3], "fuel": "gas"},
        {"area": True, "bedrooms": 3, "fuel": "gas"},
        {"colour": "red"},
        {"x": 1800, "area": 1800},
        {},
        3,
    ],
)
def test_many_records_are_read_as_each_is(last: object) -> None:
    items = document(json.dumps([*PLAIN, last]).encode())
    try:
        expected = PARSER.records(items[-1:])[0]
    except InputError as error:
        with pytest.raises(InputError, match=re.escape(error.detail)) as refused:
            PARSER.records(items)
        assert refused.value.row == MANY
    else:
        assert list(PARSER.records(items)) == [*[PARSER.records(items[:1])[0]] * MANY, expected]


def test_records_of_the_same_names_are_columns() -> None:
    assert isinstance(PARSER.records([*map(dict, PLAIN)]), RecordColumns)
    assert not isinstance(PARSER.records([{}] * MANY), RecordColumns)
    assert not isinstance(PARSER.records(document(json.dumps(PLAIN[:-1]).encode())), RecordColumns)


NUMBER_TEXTS = st.from_regex(
    r"-?(0|[1-9][0-9]{0,70})(\.[0-9]{1,70})?([eE][+-]?[0-9]{1,3})?", fullmatch=True
)
JSON_TEXTS = st.text().map(json.dumps) | NUMBER_TEXTS | st.sampled_from(["null", "true", "NaN"])
OBJECTS = st.lists(st.tuples(st.sampled_from(["area", "fuel", "a:b", ""]), JSON_TEXTS), max_size=3)


@given(st.lists(OBJECTS, min_size=1, max_size=3))
def test_a_plain_items_is_the_document_with_its_numbers_read(
    objects: list[list[tuple[str, str]]],
) -> None:
    shown = (", ".join(f"{json.dumps(name)}: {text}" for name, text in each) for each in objects)
    body = ("[" + ", ".join(f"{{{each}}}" for each in shown) + "]").encode()
    plain = plain_items(body)
    if plain is None:
        return
    for own, each in zip(plain, document(body), strict=True):
        read = {
            name: value if isinstance(own[name], str | bool | None) else repr(float(value))
            for name, value in each.items()
        }
        numbers = {int, float}
        assert read == {n: repr(float(v)) if type(v) in numbers else v for n, v in own.items()}


@pytest.mark.parametrize(
    "body",
    [
        b'[{"area": 1, "area": 2}]',
        b'[{"area": -0}]',
        b'[{"area": 1' + b"0" * 64 + b"}]",
        b'[{"area": NaN}]',
        b'[{"area": {"area": 1}}]',
        b'{"fuel": "a:b"}',
        b'{"fuel": "gas"}',
        b'"gas"',
        b"[1]",
        b"1",
        b"[",
        b"",
    ],
)
def test_what_is_not_plain(body: bytes) -> None:
    assert plain_items(body) is None
