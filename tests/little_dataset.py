"""A dataset of one small table, written into a folder, for tests that break one thing at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from Task1_database.dataset import Dataset

FILES = {
    "dataset.toml": """\
title = "What does a boat cost?"
description = "Three boats"
task = "regression"
x = "size"

[target]
name = "price"
label = "Price"
unit = "$"

[tables]
boats = "boats.csv"

[features.size]
label = "Length"
unit = "feet"

[features.kind]
label = "Kind"
""",
    "schema.sql": """\
CREATE TABLE boats (
    id     INTEGER NOT NULL,
    Size   DOUBLE PRECISION,
    Price  DECIMAL(6,2),
    Built  DATE,
    Kind   VARCHAR(5)
);
""",
    "features.sql": """\
CREATE TABLE feature_store AS
SELECT id AS row_id, Size AS size, Kind AS kind, Price AS price FROM boats;
""",
    "questions/01_how_many.sql": """\
-- How many boats are there?
-- All that were counted.
SELECT COUNT(*) AS boats FROM feature_store;
""",
    "boats.csv": """\
id,Size,Price,Built,Kind
1,12.5,1000.50,1999-12-31,sail
2,,250,2001-02-28,"ro
w"
3,8e0,.5,,
""",
}


def little(folder: Path, changed: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Write the dataset `boats` under `folder`, some files changed or (None) left out."""
    boats = folder / "boats"
    for name, text in {**FILES, **(changed or {})}.items():
        path = boats / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return boats


def boats(folder: Path, changed: Mapping[str, str | bytes | None] | None = None) -> Dataset:
    """The dataset `boats`, opened."""
    return Dataset.open(str(little(folder, changed)))
