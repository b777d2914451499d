"""The separator of a text, and where its table begins."""

from __future__ import annotations

import pytest

from Task1_database.errors import DataError
from Task1_database.files.layout import (
    MAX_COLUMNS,
    assert_few_columns,
    header_record,
    separator_of,
)


@pytest.mark.parametrize(
    ("head", "separator", "first"),
    [
        ("a,b\n1,2\n", ",", 1),
        ("a;b\n1,5;2,5\n", ";", 1),
        ("a\tb\n1,5\t2\n", "\t", 1),
        ("sep=|\na|b\n1|2\n", "|", 2),
        ("Prices of 2024\n\na;b\n1;2\n3;4\n", ";", 3),
        ("alone\n1\n", ",", 1),
    ],
)
def test_separator_and_beginning(head: str, separator: str, first: int) -> None:
    assert separator_of(head, whole=True) == separator
    record = header_record(head, separator, whole=True)
    assert record is not None
    assert record.first == first


def test_a_text_without_a_whole_row_has_no_beginning() -> None:
    assert header_record("", ",", whole=True) is None
    assert header_record("sep=;\n", ";", whole=True) is None


def test_too_many_columns_are_refused() -> None:
    assert_few_columns("a.csv", MAX_COLUMNS)
    with pytest.raises(DataError, match=r"^a\.csv: there are 1,001 columns; at most 1,000 fit"):
        assert_few_columns("a.csv", MAX_COLUMNS + 1)
