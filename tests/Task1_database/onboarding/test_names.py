"""Whatever a file calls its columns, their names are safe in every database's SQL, and differ."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from Task1_database.onboarding.names import (
    RESERVED,
    is_safe,
    join_quoted,
    one_line,
    safe_name,
    safe_names,
)
from Task1_database.toml_section import IDENTIFIER


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("price", "price"),
        ("livingArea", "living_area"),
        ("GDPGrowth", "gdp_growth"),
        ("Petal.Width", "petal_width"),
        ("Größe (m²)", "grosse_m2"),
        ("  lot  size ", "lot_size"),
        ("% college", "percent_college"),
        ("#", "number"),
        ("prix €", "prix_eur"),
        ("men's", "mens"),
        ("2019", "n_2019"),
        ("order", "order_"),
        ("Rank", "rank_"),
        ("ctid", "ctid_"),
        ('a"; DROP TABLE x; --', "a_drop_table_x"),
        ("数据", ""),
        ("", ""),
        ("x" * 90, "x" * 48),
    ],
)
def test_a_label_becomes_a_name(label: str, name: str) -> None:
    assert safe_name(label) == name


def test_names_of_one_table_differ() -> None:
    labels = ["a", "A", "a_2", "", "数据", "row_id"]
    assert list(safe_names(labels, {"row_id"})) == [
        "a",
        "a_2",
        "a_2_2",
        "column_4",
        "column_5",
        "row_id_2",
    ]


@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_labels_become_different_names_that_sql_takes(labels: list[str]) -> None:
    names = list(safe_names(labels))
    assert len(set(names)) == len(labels)
    assert all(IDENTIFIER.fullmatch(name) and name not in RESERVED for name in names)


def test_every_word_that_duckdb_keeps_is_reserved() -> None:
    sql = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
    kept = {word for (word,) in duckdb.connect().execute(sql).fetchall()}
    assert kept <= RESERVED


@pytest.mark.parametrize(
    ("label", "safe"),
    [("livingArea", True), ("_a", False), ("a b", False), ("SELECT", False), ("größe", False)],
)
def test_a_label_that_is_safe_already(label: str, safe: bool) -> None:
    assert is_safe(label) is safe


def test_a_label_fits_on_one_line() -> None:
    assert one_line(" two\r\n lines\u2028and\x00 more\u200b ") == "two lines and more"


@pytest.mark.parametrize(
    ("texts", "joined"),
    [([], ""), (["a"], "'a'"), (["a", "b"], "'a', 'b'"), (["a", "b", "c"], "'a', 'b' and 1 more")],
)
def test_of_many_texts_the_first_are_joined(texts: list[str], joined: str) -> None:
    assert join_quoted(texts, 2) == joined
