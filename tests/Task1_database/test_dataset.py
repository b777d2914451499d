"""A dataset's folder is read whole, or refused in words that name the file and the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from Task1_database.dataset import Dataset, FeatureText
from Task1_database.errors import DatasetError
from Task1_database.target import TargetText
from tests.little_dataset import FILES, boats, little

TOML = FILES["dataset.toml"]
COLUMN = "a column as: name TYPE [NOT NULL], of SMALLINT, INTEGER, BIGINT, DOUBLE PRECISION, "
COLUMN += "DECIMAL(p,s), DATE, VARCHAR(n), TEXT"


def test_a_folder_is_read(tmp_path: Path) -> None:
    dataset = boats(tmp_path)
    assert (dataset.name, dataset.folder) == ("boats", tmp_path / "boats")
    assert (dataset.task, dataset.x, dataset.model) == ("regression", "size", None)
    assert dataset.target == TargetText("price", "Price", "$")
    assert dataset.features == {
        "size": FeatureText("Length", "feet"),
        "kind": FeatureText("Kind"),
    }
    assert dataset.tables == {"boats": "boats.csv"}
    assert dataset.csv_path("boats") == tmp_path / "boats" / "boats.csv"
    assert dataset.features_select.startswith("SELECT id AS row_id")
    (question,) = dataset.questions
    assert (question.number, question.name) == (1, "how_many")
    assert question.text == "How many boats are there?"
    assert question.note == "All that were counted."
    assert question.sql == "SELECT COUNT(*) AS boats FROM feature_store"


def test_columns_that_are_kept_out_are_read_with_the_reason(tmp_path: Path) -> None:
    assert boats(tmp_path).excluded == {}
    toml = TOML + '[excluded]\nBuilt = "says nothing"\n'
    assert boats(tmp_path, {"dataset.toml": toml}).excluded == {"Built": "says nothing"}


def test_rows_are_shown_to_nobody_unless_the_dataset_says_so(tmp_path: Path) -> None:
    assert boats(tmp_path).similar_cases is False
    assert boats(tmp_path, {"dataset.toml": "similar_cases = true\n" + TOML}).similar_cases is True


def test_the_groups_that_shall_be_covered_alike_are_read(tmp_path: Path) -> None:
    assert boats(tmp_path).coverage_groups == ""
    toml = TOML + '[coverage]\ngroups = "kind"\n'
    assert boats(tmp_path, {"dataset.toml": toml}).coverage_groups == "kind"


def test_the_shipped_houses_are_complete() -> None:
    houses = Dataset.open("houses")
    assert houses.x == "living_area"
    assert houses.target.name == "price"
    assert len(houses.features) == 15
    assert [question.number for question in houses.questions] == list(range(1, 9))
    assert all(question.text.endswith("?") for question in houses.questions)
    raw = {column.name for column in houses.schema["houses"].columns}
    assert set(houses.csv_path("houses").read_text().partition("\n")[0].split(",")) == raw


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"dataset.toml": None}, "dataset.toml is missing in {folder}"),
        ({"schema.sql": None}, "schema.sql is missing in {folder}"),
        ({"features.sql": None}, "features.sql is missing in {folder}"),
        ({"boats.csv": None}, "boats.csv is missing in {folder}"),
        ({"features.sql": b"\xff"}, "features.sql is not UTF-8; save it as such"),
        (
            {"dataset.toml": "title = "},
            "dataset.toml: Invalid value (at end of document)",
        ),
        (
            {"dataset.toml": "x = " + 9_999 * "["},
            "dataset.toml: lists or tables are nested too deeply",
        ),
        ({"dataset.toml": "a" + 99_999 * ".a" + " = 1"}, "dataset.toml: a key has too many dots"),
        ({"dataset.toml": "[" + 99 * "'a' . " + "a]"}, "dataset.toml: a key has too many dots"),
        (
            {"dataset.toml": "#" * (2**20 + 1)},
            "dataset.toml: it is longer than 1,048,576 characters",
        ),
        (
            {"dataset.toml": "colour = 1\n" + TOML},
            "dataset.toml: colour: expected no such key; known are title, description, task, x, "
            "model, confidence, similar_cases, keep, split, coverage, costs, target, tables, "
            "features, excluded, reading",
        ),
        (
            {"dataset.toml": 'similar_cases = "yes"\n' + TOML},
            "dataset.toml: similar_cases: expected true or false",
        ),
        (
            {"dataset.toml": TOML + "[costs]\nfalse_positive = 1\nfalse_negative = 1\n"},
            "dataset.toml: costs: expected no such section: it is for two classes",
        ),
        (
            {"dataset.toml": TOML.replace('"regression"', '"guessing"')},
            "dataset.toml: task: expected regression or classification",
        ),
        (
            {"dataset.toml": TOML.replace('x = "size"', 'x = "width"')},
            "dataset.toml: x: expected size or kind",
        ),
        (
            {"dataset.toml": TOML.replace('x = "size"', "")},
            "dataset.toml: x: expected a text in quotes",
        ),
        (
            {"dataset.toml": TOML.replace('name = "price"', 'name = "kind"')},
            "dataset.toml: target.name: expected a column that is not among the features",
        ),
        (
            {"dataset.toml": TOML.replace('name = "price"', 'name = "Price"')},
            "dataset.toml: target.name: expected a name of small letters, digits and _, such as "
            "living_area",
        ),
        (
            {"dataset.toml": TOML.replace('unit = "$"', "decimals = 1.5")},
            "dataset.toml: target.decimals: expected a whole number",
        ),
        (
            {"dataset.toml": TOML.replace('label = "Kind"', 'title = "Kind"')},
            "dataset.toml: features.kind.title: expected no such key; known are label, unit, "
            "help, private",
        ),
        (
            {"dataset.toml": TOML.replace('label = "Kind"', "")},
            "dataset.toml: features.kind: expected a section [features.kind] that is not empty",
        ),
        (
            {"dataset.toml": TOML + '[coverage]\ngroups = "price"\n'},
            "dataset.toml: coverage.groups: expected size or kind",
        ),
        (
            {"dataset.toml": TOML + '[coverage]\ngroup = "kind"\n'},
            "dataset.toml: coverage.group: expected no such key; known are groups",
        ),
        (
            {"dataset.toml": TOML + "[excluded]\n"},
            "dataset.toml: excluded: expected a section [excluded] that is not empty",
        ),
        (
            {"dataset.toml": TOML + '[excluded]\nhue = "dull"\n'},
            "dataset.toml: excluded.hue: expected a column of schema.sql",
        ),
        (
            {"dataset.toml": TOML + "[excluded]\nbuilt = 1\n"},
            "dataset.toml: excluded.built: expected a text in quotes",
        ),
        (
            {"dataset.toml": TOML + '[excluded]\nkind = "dull"\n'},
            "dataset.toml: excluded.kind: expected a column that is neither a feature nor the "
            "target",
        ),
        (
            {"dataset.toml": TOML + '[excluded]\nprice = "dull"\n'},
            "dataset.toml: excluded.price: expected a column that is neither a feature nor the "
            "target",
        ),
        (
            {"dataset.toml": TOML.replace('"boats.csv"', '"../boats.csv"')},
            "dataset.toml: tables.boats: expected the name of a CSV file in the dataset's folder",
        ),
        (
            {"dataset.toml": TOML.replace("boats = ", "ships = ")},
            "table boats is missing in [tables] of dataset.toml",
        ),
        (
            {"schema.sql": "CREATE TABLE ships (a INTEGER);"},
            "table boats is missing in schema.sql",
        ),
        ({"schema.sql": "-- x\nDROP x;"}, "schema.sql, line 2: expected CREATE TABLE name ("),
        (
            {"schema.sql": "CREATE TABLE boats (\n  a INTEGER,\n  b BLOB\n);"},
            f"schema.sql, line 3: expected {COLUMN}",
        ),
        (
            {"schema.sql": "CREATE TABLE boats (a INTEGER) WITHOUT ROWID;"},
            "schema.sql, line 1: expected ; after the closing bracket",
        ),
        (
            {"features.sql": "DROP TABLE boats;"},
            "features.sql: expected CREATE TABLE feature_store AS SELECT …",
        ),
        (
            {"questions/1.sql": "-- Why?\nSELECT 1;"},
            "questions/1.sql: expected a name such as 01_price_by_size.sql",
        ),
        (
            {"questions/02_x.sql": "SELECT 1;"},
            "questions/02_x.sql: expected the question as a -- comment, then one SELECT",
        ),
        (
            {"questions/02_x.sql": "-- Why?\nDELETE FROM boats;"},
            "questions/02_x.sql: expected the question as a -- comment, then one SELECT",
        ),
    ],
)
def test_a_faulty_folder_is_refused(
    tmp_path: Path, changed: dict[str, str | bytes | None], message: str
) -> None:
    folder = little(tmp_path, changed)
    with pytest.raises(DatasetError) as caught:
        Dataset.open(str(folder))
    assert str(caught.value) == message.format(folder=folder)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("castles", "shipped are births, clients, houses; yours, in {home}, are boats, ships"),
        ("hosues", "did you mean houses? Shipped are births, clients, houses; yours, "),
        ("ship", "did you mean ships? Shipped are "),
    ],
)
def test_an_unknown_name_is_refused_and_the_closest_one_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.setenv("TABLECAST_HOME", str(tmp_path))
    little(tmp_path)
    little(tmp_path / "elsewhere").rename(tmp_path / "ships")
    with pytest.raises(DatasetError) as caught:
        Dataset.open(name)
    expected = f"there is no dataset {name!r}; {message.format(home=tmp_path)}"
    assert str(caught.value).startswith(expected)


def test_a_file_is_no_dataset_yet(tmp_path: Path) -> None:
    file = tmp_path / "homes.csv"
    file.write_text("size,price\n")
    with pytest.raises(DatasetError, match="is a file; `tablecast new .* --target COLUMN` makes"):
        Dataset.open(str(file))


def test_a_folder_whose_name_sql_could_not_use_is_refused(tmp_path: Path) -> None:
    folder = little(tmp_path).rename(tmp_path / "My boats")
    with pytest.raises(DatasetError, match="^'My boats' cannot name a dataset; expected"):
        Dataset.open(str(folder))
