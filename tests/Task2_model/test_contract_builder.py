"""The contract says of a feature_store what SQL finds in all of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from Task1_database.databases.connect import connect
from Task1_database.errors import DatasetError, TrainingError
from Task1_database.files.column_reading import ColumnReading
from Task1_database.load import load
from Task2_model.contract import Contract, Costs, Feature, Target
from Task2_model.contract_builder import build_contract
from tests.little_dataset import FILES, boats

TOML, SQL = FILES["dataset.toml"], FILES["features.sql"]
HEADER = "id,Size,Price,Built,Kind\n"
CLASSES = TOML.replace("regression", "classification").replace('unit = "$"\n', "")
WORDS = '[target.classes]\n0 = "dear"\n1 = "cheap"\n'
CHEAP = SQL.replace("Price AS", "CASE WHEN Price <= 15 THEN 1 WHEN Price > 15 THEN 0 END AS")
NAMED = SQL.replace("Price AS", "CASE WHEN Price <= 15 THEN 'no' WHEN Price > 15 THEN 'yes' END AS")
MANY = SQL.replace("Price AS", "CASE WHEN id < 11 THEN 2 WHEN id < 21 THEN 10 ELSE 1 END AS")


def contract_of(folder: Path, changed: Mapping[str, str | bytes | None] | None = None) -> Contract:
    dataset = boats(folder, changed)
    url = f"duckdb://{folder}/boats.duckdb"
    load(dataset, url)
    with connect(url, read_only=True) as database:
        return build_contract(database, dataset)


def rows(*lines: str) -> str:
    return HEADER + "".join(f"{number},{line}\n" for number, line in enumerate(lines, 1))


PRICES = rows(*(f"{i}.5,{i},,{'sail' if i % 3 else 'row'}" for i in range(1, 31)))


def test_groups_to_cover_alike_have_few_values(tmp_path: Path) -> None:
    toml = TOML + '[coverage]\ngroups = "{}"\n'
    made = contract_of(tmp_path, {"boats.csv": PRICES, "dataset.toml": toml.format("kind")})
    assert made.coverage_groups == "kind"
    (tmp_path / "other").mkdir()
    with pytest.raises(DatasetError) as caught:
        contract_of(tmp_path / "other", {"boats.csv": PRICES, "dataset.toml": toml.format("size")})
    assert str(caught.value) == (
        "dataset.toml: coverage.groups: expected texts or whole numbers, of 2 to 50 different "
        "values; size is a number"
    )


def test_numbers_and_categories_are_contract_of(tmp_path: Path) -> None:
    csv = rows("2,10,,row", "4,30,,sail", ",20,,sail", "8,40,,", "6,50,,Ä", "9,60,,row", "99,,,tug")
    toml = TOML.replace('x = "size"', 'x = "kind"') + '[excluded]\nbuilt = "says nothing"\n'
    assert contract_of(tmp_path, {"boats.csv": csv, "dataset.toml": toml}) == Contract(
        dataset="boats",
        title="What does a boat cost?",
        task="regression",
        x="kind",
        target=Target("price", "Price", unit="$", minimum=10, maximum=60, median=30, decimals=2),
        features=(
            Feature("kind", "category", "Kind", categories=("row", "sail", "Ä"), missing=0.166667),
            Feature(
                "size",
                "number",
                "Length",
                unit="feet",
                minimum=2,
                maximum=9,
                median=6,
                missing=0.166667,
            ),
        ),
        rows=6,
        excluded={"built": "says nothing"},
        readings={name: ColumnReading(name.title()) for name in ("size", "kind")},
    )


def test_two_classes_have_a_positive_one_and_a_threshold(tmp_path: Path) -> None:
    toml = CLASSES.replace(
        'label = "Price"\n',
        'label = "Price"\npositive = "0"\nthreshold = 0.2\nthreshold_reason = "Money"\n' + WORDS,
    )
    changed = {"boats.csv": PRICES, "dataset.toml": toml, "features.sql": CHEAP}
    target = contract_of(tmp_path, changed).target
    assert target == Target(
        "price",
        "Price",
        kind="integer",
        classes=("0", "1"),
        class_labels={"0": "dear", "1": "cheap"},
        positive="0",
        threshold=0.2,
        threshold_reason="Money",
    )
    assert target.values == (0, 1)
    assert (target.class_label(1), target.class_label("0")) == ("cheap", "dear")


COSTS = '[costs]\nfalse_positive = 1\nfalse_negative = 4\nunit = "boats"\n[tables]'


def test_the_threshold_follows_from_the_costs_unless_said(tmp_path: Path) -> None:
    changed = {"boats.csv": PRICES, "features.sql": CHEAP}
    toml = CLASSES.replace("[tables]", COSTS)
    target = contract_of(tmp_path, changed | {"dataset.toml": toml}).target
    assert target.costs == Costs(1.0, 4.0, "boats")
    assert target.threshold == 0.2
    reason = "A case that is missed costs 4 and a false alarm 1, counted in boats."
    assert target.threshold_reason == reason
    said = 'label = "Price"\nthreshold = 0.2\nthreshold_reason = "Money"\n'
    toml = toml.replace('label = "Price"\n', said)
    target = contract_of(tmp_path, changed | {"dataset.toml": toml}).target
    assert (target.costs, target.threshold_reason) == (Costs(1.0, 4.0, "boats"), "Money")


@pytest.mark.parametrize(
    ("sql", "kind", "classes", "positive"),
    [
        (CHEAP, "integer", ("0", "1"), "1"),
        (NAMED, "category", ("no", "yes"), "yes"),
        (MANY, "integer", ("1", "2", "10"), ""),
    ],
)
def test_the_last_of_two_classes_is_the_positive_one_unless_said(
    tmp_path: Path, sql: str, kind: str, classes: tuple[str, ...], positive: str
) -> None:
    changed = {"boats.csv": PRICES, "dataset.toml": CLASSES, "features.sql": sql}
    target = contract_of(tmp_path, changed).target
    assert (target.kind, target.classes, target.positive) == (kind, classes, positive)
    assert (target.threshold, target.threshold_reason, target.class_labels) == (None, "", {})
    assert target.class_label(classes[0]) == classes[0]


@pytest.mark.parametrize(
    ("prices", "logarithmic"),
    [
        ([2**i for i in range(12)], True),
        ([100 + i for i in range(12)], False),
        ([2**i - 1 for i in range(12)], False),  # one of them is 0
        ([100 - 2**i / 100 for i in range(12)], False),  # lopsided to the left: a log. is worse
    ],
)
def test_a_logarithm_is_learned_where_prices_are_lopsided(
    tmp_path: Path, prices: list[float], logarithmic: bool
) -> None:
    csv = rows(*(f"1,{price},," for price in prices))
    assert contract_of(tmp_path, {"boats.csv": csv}).target.logarithmic is logarithmic


@pytest.mark.parametrize(
    ("prices", "decimals"), [((1000, 9000), 0), ((1, 60), 2), ((0.1, 0.4), 4), ((0.5, 9.5), 3)]
)
def test_about_four_digits_are_told(
    tmp_path: Path, prices: tuple[float, ...], decimals: int
) -> None:
    csv = rows(*(f"1,{price},," for price in prices))
    assert contract_of(tmp_path, {"boats.csv": csv}).target.decimals == decimals


def test_a_feature_that_no_row_has_is_contract_of(tmp_path: Path) -> None:
    size, kind = contract_of(tmp_path, {"boats.csv": rows(",1,,", ",2,,")}).features
    assert (size.minimum, size.maximum, size.median, size.missing) == (None, None, None, 1)
    assert (kind.categories, kind.missing) == ((), 1)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        (
            {"features.sql": SQL.replace("Kind AS", "Built AS")},
            DatasetError,
            "boats: feature kind is a date; make it a number or a text in features.sql",
        ),
        (
            {"features.sql": SQL.replace("Price AS", "Kind AS")},
            DatasetError,
            "boats: target price is a text; make it a number in features.sql, or change the task "
            "in dataset.toml",
        ),
        (
            {"dataset.toml": CLASSES},
            DatasetError,
            "boats: target price is a number; make it a whole number or a text in features.sql, "
            "or change the task in dataset.toml",
        ),
        (
            {"boats.csv": rows("1,2,,", "2,2,,", "3,,,")},
            TrainingError,
            "boats: price has 1 different values in 2 rows; there is nothing to learn",
        ),
        (
            {"boats.csv": rows("1,,,")},
            TrainingError,
            "boats: price has 0 different values in 0 rows; there is nothing to learn",
        ),
        (
            {
                "dataset.toml": CLASSES,
                "features.sql": CHEAP,
                "boats.csv": rows(*["1,1,,"] * 9, *["1,99,,"] * 16),
            },
            TrainingError,
            "boats: price 1 has 9 of 25 rows, too few to learn from; leave it out in features.sql "
            "or join it with another, so that each has 10",
        ),
        (
            {
                "dataset.toml": CLASSES.replace("[tables]", 'positive = "yes"\n[tables]'),
                "features.sql": CHEAP,
                "boats.csv": PRICES,
            },
            DatasetError,
            "dataset.toml: target.positive: expected one of the classes 0, 1",
        ),
        (
            {
                "dataset.toml": CLASSES.replace("[tables]", 'positive = "1"\n[tables]'),
                "features.sql": MANY,
                "boats.csv": PRICES,
            },
            DatasetError,
            "dataset.toml: target.positive: expected no such key: it is for two classes, and "
            "price has 3: 1, 2, 10",
        ),
        (
            {
                "dataset.toml": CLASSES.replace(
                    "[tables]", 'threshold = 0.5\nthreshold_reason = "x"\n[tables]'
                ),
                "features.sql": MANY,
                "boats.csv": PRICES,
            },
            DatasetError,
            "dataset.toml: target.threshold: expected no such key: it is for two classes, and "
            "price has 3: 1, 2, 10",
        ),
        (
            {
                "dataset.toml": CLASSES.replace("[tables]", COSTS),
                "features.sql": MANY,
                "boats.csv": PRICES,
            },
            DatasetError,
            "dataset.toml: costs: expected no such key: it is for two classes, and "
            "price has 3: 1, 2, 10",
        ),
        (
            {
                "dataset.toml": CLASSES.replace("[tables]", WORDS + "[tables]"),
                "features.sql": MANY,
                "boats.csv": PRICES,
            },
            DatasetError,
            "dataset.toml: target.classes: expected words for each of 1, 2, 10; '2' has none",
        ),
    ],
)
def test_what_cannot_be_learned_is_refused(
    tmp_path: Path,
    changed: dict[str, str | bytes | None],
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error) as caught:
        contract_of(tmp_path, changed)
    assert str(caught.value) == message


def test_a_feature_store_of_older_words_is_refused(tmp_path: Path) -> None:
    url = f"duckdb://{tmp_path}/boats.duckdb"
    load(boats(tmp_path), url)
    newer = boats(tmp_path, {"dataset.toml": TOML.replace("features.kind", "features.sort")})
    with connect(url, read_only=True) as database, pytest.raises(DatasetError) as caught:
        build_contract(database, newer)
    assert str(caught.value) == (
        "dataset.toml: sort is not a column of feature_store, which has row_id, size, kind, price"
    )
