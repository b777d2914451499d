"""What a value's text looks like means the same to the loader, to `new` and to the service."""

from __future__ import annotations

import itertools
import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from Task1_database.errors import InputError
from Task1_database.literals import MAX_FLOAT32, NUMBER
from Task1_database.onboarding.formats import ColumnFormat, candidate_formats
from Task1_database.schema import Column
from Task2_model.contract import Contract, Feature, Target
from Task3_api.parsing import LONGEST_NUMBER, Parser

SIZE = Feature("size", "number", "Size")
PARSER = Parser(
    Contract(
        dataset="boats",
        title="What does a boat cost?",
        task="regression",
        x="size",
        target=Target("price", "number", "Price"),
        features=(SIZE,),
        rows=100,
    )
)
DOUBLE = Column("c", "DOUBLE PRECISION")
COLUMNS = {"integer": Column("c", "BIGINT"), "number": DOUBLE, "date": Column("c", "DATE")}
DUCKDB = duckdb.connect()
ODD = st.text("0123456789.eE+-_ x\tnaif/é", min_size=1, max_size=8)
NUMBERS = st.integers(-(2**64), 2**64).map(str) | st.floats().map(repr)
DAYS = st.dates().map(str) | st.from_regex(r"[0-9]{4}-[01][0-9]-[0-3][0-9]", fullmatch=True)


def is_served(text: str) -> bool:
    try:
        return PARSER.value(SIZE, text) is not None
    except InputError:
        return False


@given(ODD | NUMBERS)
def test_the_service_takes_the_numbers_that_are_loaded_if_a_model_can_hold_them(text: str) -> None:
    fits = len(text) <= LONGEST_NUMBER and DOUBLE.accepts(text) and abs(float(text)) <= MAX_FLOAT32
    assert is_served(text) is fits


@pytest.mark.parametrize("text", ["7" * 65, "3.5e38", "-1e39"])
def test_the_service_refuses_some_numbers_that_are_loaded(text: str) -> None:
    assert DOUBLE.accepts(text)
    assert not is_served(text)


def fitting_formats(text: str) -> list[ColumnFormat]:
    """The formats in which `new` could read the text."""
    forms = list(itertools.chain(*candidate_formats([text], comma="unlikely")))
    fits = ", ".join(form.fits.replace("{c}", "c") for form in forms)
    if not forms:
        return []
    (row,) = DUCKDB.execute(f"SELECT {fits} FROM (SELECT $1 AS c)", [text]).fetchall()
    return [form for form, fit in zip(forms, row, strict=True) if fit]


@given(ODD | NUMBERS | DAYS)
def test_what_new_keeps_as_it_is_can_be_loaded(text: str) -> None:
    """Formats that leave the text alone fit nothing that its column would refuse."""
    for form in fitting_formats(text):
        if form.text == "{c}" and form.kind in COLUMNS:
            assert COLUMNS[form.kind].accepts(text), form


@pytest.mark.parametrize("text", ["007", "1234567890123456789.5", "1e1000"])
def test_new_takes_some_numbers_for_codes(text: str) -> None:
    """Zeros before it, very many digits, and a long exponent: each is a NUMBER all the same."""
    assert re.fullmatch(NUMBER, text)
    assert not [form for form in fitting_formats(text) if form.kind in ("integer", "number")]
