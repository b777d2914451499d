"""The parameters of a batch are taken, or refused by name."""

from __future__ import annotations

import pytest
from flask import Flask

from Task1_database.errors import InputError
from Task2_model.contract import Contract, Feature, Target
from Task3_api.batch.batch_options import XLSX, BatchOptions
from Task3_api.parsing import Parser

PARSER = Parser(
    Contract("d", "D", "regression", "a", Target("t", "T"), (Feature("a", "number", "A"),), 9)
)


def options(query: str, accept: str = "*/*") -> BatchOptions:
    with Flask("options").test_request_context(f"/?{query}", headers={"Accept": accept}):
        return BatchOptions.of_request(PARSER)


def test_what_can_be_asked() -> None:
    assert options("") == BatchOptions(ranges=True, format="csv", chosen={})
    assert options("confidence=0.8&explain=3&results=1") == BatchOptions(
        confidence=0.8, explain=3, results=True
    )
    assert options("range=0&use.a=B+c&use.d=&format=xlsx") == BatchOptions(
        ranges=False, format="xlsx", chosen={"a": "B c", "d": ""}
    )


@pytest.mark.parametrize(
    ("accept", "file_format"),
    [(XLSX, "xlsx"), ("text/csv", "csv"), (f"text/csv;q=0.5,{XLSX}", "xlsx"), ("text/html", "csv")],
)
def test_a_client_may_say_it_by_what_it_accepts(accept: str, file_format: str) -> None:
    assert options("", accept).format == file_format


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("range=2", "range must be 1 or 0, not '2'"),
        ("explain=11", "explain must be from 0 to 10, not '11'"),
        ("format=ods", "format must be csv or xlsx, not 'ods'"),
        ("range=0&range=1", "range is given more than once"),
        ("use.a=b&use.a=c", "use.a is given more than once"),
    ],
)
def test_anything_else_is_refused(query: str, detail: str) -> None:
    with pytest.raises(InputError) as caught:
        options(query)
    assert caught.value.detail == detail


def test_a_form_may_give_the_confidence() -> None:
    entries = [("confidence", "0.8"), ("other", "ignored")]
    assert options("range=0").with_entries(PARSER, entries).confidence == 0.8
    assert options("confidence=0.7").with_entries(PARSER, []).confidence == 0.7
    with pytest.raises(InputError, match="confidence is given more than once"):
        options("confidence=0.7").with_entries(PARSER, entries)
