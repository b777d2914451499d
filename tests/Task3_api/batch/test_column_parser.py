"""A column read as a whole says of each cell what the parser says of it alone, without blanks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from Task1_database.errors import InputError
from Task2_model.contract import Contract, Feature, Target
from Task3_api.batch.cells import Cells
from Task3_api.batch.column_parser import FeatureColumn, ParsedCell
from Task3_api.parsing import Parser
from Task3_api.record_encoder import warning

FEATURES = (
    Feature("size", "number", "Size", minimum=-5.0, maximum=1e6),
    Feature("rooms", "integer", "Rooms", minimum=1.0, maximum=12.0),
    Feature("fuel", "category", "Fuel", categories=("gas", "oil")),
    Feature("kind", "category", "Kind", categories=("é", "k" * 64, "k" * 65)),
    Feature("never", "number", "Never known in training"),
)
PARSER = Parser(Contract("d", "D", "regression", "size", Target("t", "T"), FEATURES, 100))

cells = st.one_of(
    st.integers(-20, 20).map(str),
    st.floats().map(str),
    st.text(st.sampled_from("0123456789+-.eE"), max_size=8),
    st.sampled_from(["", "1" * 64, "1" * 65, "1e39", "-1e39", "12", "nan", "1_0", " 1", "١"]),
    st.sampled_from(
        ["gas", "ga", "gas ", "é", "è", *("k" * length for length in (63, 64, 65, 66))]
    ),
)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
@given(cells=st.lists(cells, min_size=1, max_size=6))
def test_as_one_by_one(feature: Feature, cells: list[str]) -> None:
    texts = Cells.of([[text] for text in cells]).column(0)
    codes, noted = FeatureColumn(feature, 0, "name", PARSER).read(texts)
    for index, text in enumerate(cells):
        code, note, error = parse_one(feature, text)
        np.testing.assert_equal(codes[index], code)
        assert noted.get(index, ParsedCell(code))[1:] == (note, error)


def parse_one(feature: Feature, text: str) -> tuple[float, str, str]:
    try:
        known = text in feature.codes
        value = PARSER.value(feature, text if known else text.strip(" \t\n\r"), "name")
    except InputError as error:
        return math.nan, "", error.detail
    return feature.encode(value), (value is not None and warning(feature, value)) or "", ""
