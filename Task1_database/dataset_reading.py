"""How a dataset's features stand in the files that they come from: `[reading]` of dataset.toml.

A feature that features.sql takes from a column as it is needs no section: the service then knows
that column by its name. `new` adds a section where cells are written in a way of their own, or make
a part of a day. It names the SQL that goes with it, and holds no longer than features.sql has that.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import cast, get_args

from Task1_database.files.column_reading import ColumnReading, Decimal, Part, Thousands
from Task1_database.schema import Table
from Task1_database.toml_section import TomlSection

EXPECTED = {
    "day": "a way to write days, and under `part` what is taken of them",
    "first": "a day such as 2024-01-31",
}
_COMMENT = re.compile(r"--[^\n]*")
_COLUMN = r'(?:\w+\.)?(?P<column>"(?:[^"]|"")+"|\w+)'


def read_readings(
    toml: TomlSection, features: Collection[str], select: str, schema: Mapping[str, Table]
) -> dict[str, ColumnReading]:
    """The reading of each feature that has one.

    Parameters
    ----------
    toml : TomlSection
        The whole of dataset.toml.
    features : collection of str
    select : str
        The SELECT of features.sql.
    schema : mapping
        The raw tables.

    Raises DatasetError, naming the key that is wrong.
    """
    sections = toml.section("reading").sections() if "reading" in toml else {}
    for name in sections:
        if name not in features:
            raise toml.section("reading").wrong(name, "a feature")
    raw = {column.header: column.name for table in schema.values() for column in table.columns}
    sql = _COMMENT.sub("", select)
    readings = {}
    for name in features:
        if (plain := _column(name, sql)) and plain.lower() in raw:
            readings[name] = ColumnReading(raw[plain.lower()].strip('"').replace('""', '"'))
        if name in sections and _has(sql, re.escape(sections[name].string("sql")), name):
            readings[name] = _reading(sections[name])
    return readings


def _column(feature: str, sql: str) -> str:
    """The column that a feature is, as it is; empty where it is made of more."""
    match = _has(sql, _COLUMN, feature)
    return match["column"].strip('"').replace('""', '"') if match else ""


def _has(sql: str, expression: str, feature: str) -> re.Match[str] | None:
    """Whether a feature is one expression and nothing else of its name is selected."""
    if len(re.findall(rf"\bAS\s+{feature}\b", sql, re.I)) != 1:
        return None
    return re.search(rf"(?:\bSELECT|,)\s*{expression}\s+AS\s+{feature}\b", sql, re.I)


def _reading(section: TomlSection) -> ColumnReading:
    section.only("column", "sql", "decimal", "thousands", "unit", "missing", "day", "part", "first")
    if "decimal" in section:
        section.choice("decimal", *get_args(Decimal))
    if "thousands" in section:
        section.choice("thousands", *get_args(Thousands))
    if "part" in section:
        section.choice("part", *get_args(Part)[1:])
    reading = ColumnReading(
        column=section.string("column"),
        decimal=cast("Decimal", section.string("decimal", ".")),
        thousands=cast("Thousands", section.string("thousands", "")),
        unit=section.string("unit", ""),
        missing=tuple(sign.lower() for sign in section.texts("missing")),
        day=section.string("day", ""),
        part=cast("Part", section.string("part", "")),
        first=section.string("first", ""),
    )
    if key := reading.contradiction():
        raise section.wrong(key, EXPECTED[key])
    return reading
