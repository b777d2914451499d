"""A record becomes the same row wherever it is encoded: for speed there are several places."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from Task2_model.contract import Contract, Feature, Kind, Target, Value
from Task2_model.frame_encoding import encode_frame
from Task3_api.batch.cells import Cells
from Task3_api.batch.column_parser import FeatureColumn
from Task3_api.parsing import LARGEST_NUMBER, Parser
from Task3_api.record_encoder import RecordColumns, RecordEncoder, warning

NUMBERS = st.floats(-LARGEST_NUMBER, LARGEST_NUMBER)
INTEGERS = st.integers(-(2**53), 2**53).map(float)
CATEGORIES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=70)


@st.composite
def features(draw: st.DrawFn, name: str) -> Feature:
    kind: Kind = draw(st.sampled_from(["number", "integer", "category"]))
    if kind == "category":
        categories = tuple(draw(st.lists(CATEGORIES, unique=True, max_size=5)))
        return Feature(name, kind, name, categories=categories)
    numbers = NUMBERS if kind == "number" else INTEGERS
    low, high = sorted(draw(st.tuples(numbers, numbers)))
    return draw(
        st.sampled_from(
            [Feature(name, kind, name, minimum=low, maximum=high), Feature(name, kind, name)]
        )
    )


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    names = [f"f{index}" for index in range(draw(st.integers(1, 5)))]
    generated = tuple(draw(features(name)) for name in names)
    return Contract("d", "D", "regression", names[0], Target("t", "T"), generated, 9)


def values(feature: Feature) -> st.SearchStrategy[Value]:
    if feature.kind == "category":
        known = st.sampled_from(feature.categories) if feature.categories else st.nothing()
        return st.none() | CATEGORIES | known
    return st.none() | (NUMBERS if feature.kind == "number" else INTEGERS)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Contract, list[dict[str, Value]]]:
    """A contract, and records that it allows."""
    contract = draw(contracts())
    row = st.tuples(*map(values, contract.features))
    rows = draw(st.lists(row, min_size=1, max_size=4))
    return contract, [dict(zip(contract.names, row, strict=True)) for row in rows]


def as_text(value: Value) -> str:
    return "" if value is None else value if isinstance(value, str) else repr(value)


@given(tables())
def test_every_encoding_gives_the_same_rows(table: tuple[Contract, list[dict[str, Value]]]) -> None:
    contract, records = table
    expected = contract.encode(records)
    parser, encoder = Parser(contract), RecordEncoder(contract)
    texts = [{name: as_text(value) for name, value in record.items()} for record in records]
    parsed = [parser.record(record.items()) for record in texts]
    np.testing.assert_array_equal(contract.encode(parsed), expected)
    rows = np.array([encoder.encode(record)[0] for record in records], dtype=np.float32)
    np.testing.assert_array_equal(rows, expected)
    frame = pd.DataFrame(records, dtype=object)
    np.testing.assert_array_equal(encode_frame(contract, frame), expected)
    cells = Cells.of([list(record.values()) for record in texts])
    for index, feature in enumerate(contract.features):
        codes, _ = FeatureColumn(feature, index, feature.name, parser).read(cells.column(index))
        np.testing.assert_array_equal(codes.astype(np.float32), expected[:, index])


@given(tables())
def test_what_is_given_missing_and_never_seen_is_noted(
    table: tuple[Contract, list[dict[str, Value]]],
) -> None:
    contract, records = table
    for record in records:
        row, notes = RecordEncoder(contract).encode(record)
        assert notes["given"] == {n: value for n, value in record.items() if value is not None}
        assert notes["missing"] == [name for name, value in record.items() if value is None]
        unseen = {note["field"] for note in notes["warnings"]}
        for code, feature in zip(row, contract.features, strict=True):
            value = record[feature.name]
            if feature.kind == "category":
                assert math.isnan(code) == (value is None or feature.name in unseen)
            assert (feature.name in unseen) == (value is not None and bool(warning(feature, value)))


@given(tables())
def test_columns_are_encoded_as_their_records_are(
    table: tuple[Contract, list[dict[str, Value]]],
) -> None:
    contract, records = table
    columns = RecordColumns({name: [each[name] for each in records] for name in records[0]})
    assert list(columns) == records
    encoder = RecordEncoder(contract)
    for name in ("", contract.names[-1]):  # with every feature, and without one of them
        columns.columns.pop(name, None)
        if not columns.columns:
            break
        one_by_one, at_once = encoder.encode_all([*columns]), encoder.encode_all(columns)
        np.testing.assert_array_equal(at_once.rows, one_by_one.rows)
        assert repr(at_once.notes) == repr(one_by_one.notes)  # 3 is not 3.0, nor 0.0 -0.0


@pytest.mark.parametrize(
    ("feature", "value", "detail"),
    [
        (Feature("a", "number", "A", minimum=1, maximum=5), 5.5, "a 5.5 is above the largest"),
        (Feature("a", "integer", "A", minimum=1, maximum=5), 0, "a 0 is below the smallest"),
        (Feature("a", "number", "A"), 1e30, None),
        (Feature("a", "category", "A", categories=("b",)), "c", "a 'c' was never seen in training"),
        (Feature("a", "category", "A", categories=("b",)), "b", None),
    ],
)
def test_a_warning(feature: Feature, value: Any, detail: str | None) -> None:
    text = warning(feature, value)
    assert text is None if detail is None else (text or "").startswith(detail)
