"""What dataset.toml says of how files are written, and what features.sql says without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from Task1_database.dataset import Dataset
from Task1_database.errors import DatasetError
from Task1_database.files.column_reading import ColumnReading
from tests.little_dataset import FILES, boats

SECTION = """
[reading.size]
column = "Length (feet)"
sql = "Size"
decimal = ","
missing = ["N/A"]
"""


def with_reading(folder: Path, section: str, sql: str = "Size") -> Dataset:
    features = FILES["features.sql"].replace("Size AS", f"{sql} AS")
    return boats(
        folder, {"dataset.toml": FILES["dataset.toml"] + section, "features.sql": features}
    )


def test_a_column_that_is_a_feature_as_it_is_is_known_by_its_name(tmp_path: Path) -> None:
    assert with_reading(tmp_path, "").readings == {
        "size": ColumnReading("Size"),
        "kind": ColumnReading("Kind"),
    }
    assert with_reading(tmp_path, "", "boats.Size").readings["size"] == ColumnReading("Size")
    for sql in ("2 * Size", "COALESCE(Size, 1)", "LN(Size)", "id AS size, Size"):
        assert "size" not in with_reading(tmp_path, "", sql).readings


def test_a_section_says_more_as_long_as_its_sql_stands(tmp_path: Path) -> None:
    reading = ColumnReading("Length (feet)", decimal=",", missing=("n/a",))
    assert with_reading(tmp_path, SECTION).readings["size"] == reading
    assert "size" not in with_reading(tmp_path, SECTION, "LN(Size)").readings


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("reading.size", "reading.sail", "reading.sail: expected a feature"),
        ('column = "Length (feet)"', "", "reading.size.column: expected a text in quotes"),
        ('sql = "Size"', "", "reading.size.sql: expected a text in quotes"),
        ('","', '";"', "reading.size.decimal: expected . or ,"),
        ('["N/A"]', '"N/A"', "reading.size.missing: expected a list of texts in quotes"),
        ("missing =", "absent =", "reading.size.absent: expected no such key; known are "),
        ("missing", 'part = "year"\nmissing', "reading.size.day: expected a way to write days"),
        (
            "missing",
            'day = "%Y"\npart = "days"\nfirst = "1.1.2024"\nmissing',
            "reading.size.first: expected a day such as 2024-01-31",
        ),
    ],
)
def test_a_faulty_section_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(DatasetError) as caught:
        with_reading(tmp_path, SECTION.replace(old, new))
    assert str(caught.value).startswith(f"dataset.toml: {message}")
