from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from Task1_database.databases.base import Database
from Task1_database.databases.connect import connect
from Task2_model.contract import Contract, Feature, Target
from Task2_model.reporting import explore
from Task2_model.study import Study


@pytest.fixture(scope="module")
def database(houses_url: str) -> Iterator[Database]:
    with connect(houses_url, read_only=True) as database:
        yield database


@pytest.fixture(scope="module")
def rows(study: Study) -> pd.DataFrame:
    """What the database aggregates, row by row."""
    return study.table


def test_tenths_of_x_hold_a_tenth_of_the_rows_each(
    database: Database, study: Study, rows: pd.DataFrame
) -> None:
    table = explore.target_by(database, study.contract, "living_area")
    assert list(table.columns) == ["grp", "n", "x", "low", "mid", "high"]
    assert table["grp"].tolist() == list(range(1, 11))
    assert set(table["n"]) == {172, 173}
    lowest = rows.sort_values("living_area", kind="stable").head(173)
    assert table["x"].iloc[0] == pytest.approx(lowest["living_area"].mean())
    for column, share in (("low", 0.25), ("mid", 0.5), ("high", 0.75)):
        expected = np.quantile(lowest["price"], share, method="inverted_cdf")
        assert table[column].iloc[0] == expected


def test_few_values_are_shown_value_by_value_without_the_rare_ones(
    database: Database, study: Study, rows: pd.DataFrame
) -> None:
    table = explore.target_by(database, study.contract, "bedrooms")
    counts = rows["bedrooms"].value_counts().sort_index()
    enough = counts[counts >= explore.FEWEST]
    assert table["grp"].tolist() == enough.index.tolist()
    assert table["n"].tolist() == enough.tolist()
    assert table["x"].tolist() == enough.index.tolist()


def test_categories_come_in_the_order_of_the_target(
    database: Database, study: Study, rows: pd.DataFrame
) -> None:
    table = explore.target_by(database, study.contract, "heating")
    assert "x" not in table
    assert table["mid"].is_monotonic_increasing
    assert (
        dict(zip(table["grp"], table["n"], strict=True)) == rows["heating"].value_counts().to_dict()
    )


@pytest.mark.parametrize("name", ["price", "lot_size", "age"])
def test_a_histogram_counts_every_row_once(
    database: Database, rows: pd.DataFrame, name: str
) -> None:
    bins = explore.histogram(database, name, rows[name].min(), rows[name].max())
    assert bins["n"].sum() == len(rows)
    assert 15 <= len(bins) <= 45
    counted = [
        ((bin_.low <= rows[name]) & (rows[name] < bin_.high)).sum() for bin_ in bins.itertuples()
    ]
    assert bins["n"].tolist() == counted


def test_frequencies_are_those_of_the_rows(database: Database, rows: pd.DataFrame) -> None:
    table = explore.frequencies(database, "fuel")
    assert (
        dict(zip(table["value"], table["n"], strict=True)) == rows["fuel"].value_counts().to_dict()
    )
    assert table["n"].is_monotonic_decreasing


def test_repeated_finds_every_row_that_is_alike(
    database: Database, study: Study, rows: pd.DataFrame
) -> None:
    found = database.frame(explore.repeated(study.contract))
    assert (found["copies"] - 1).sum() == rows.duplicated().sum() > 0


def test_quartiles_are_those_of_the_rows(database: Database, rows: pd.DataFrame) -> None:
    expected = np.quantile(rows["price"], [0.25, 0.75], method="inverted_cdf")
    assert explore.quartiles(database, "price") == tuple(expected)


def test_odd_values_are_far_out_or_rare(
    database: Database, study: Study, rows: pd.DataFrame
) -> None:
    found = {(name, what): n for name, what, n in explore.odd_values(database, study.contract)}
    low, high = explore.quartiles(database, "price")
    far = int((rows["price"] > high + explore.FENCE * (high - low)).sum())
    assert found["price", "far above the rest"] == far > 0
    assert found["waterfront", "“Yes” is rare"] == (rows["waterfront"] == "Yes").sum()
    assert not [key for key in found if key[0] == "bedrooms"]


def test_for_classes_the_share_of_the_event_is_told(database: Database, rows: pd.DataFrame) -> None:
    contract = Contract(
        dataset="houses",
        title="",
        task="classification",
        x="age",
        target=Target("central_air", "Central air", classes=("No", "Yes")),
        features=(Feature("age", "integer", "Age"), Feature("sewer", "category", "Sewer")),
        rows=len(rows),
    )
    table = explore.target_by(database, contract, "sewer").set_index("grp")
    shares = (rows["central_air"] == "Yes").groupby(rows["sewer"]).mean()
    for level in table.index:
        assert table.loc[level, "mid"] == pytest.approx(shares[level])
        assert table.loc[level, "low"] < shares[level] < table.loc[level, "high"]
    assert explore.target_by(database, contract, "age")["n"].sum() == len(rows)


@pytest.mark.parametrize(
    ("event", "sql"),
    [
        ("Yes", "CASE WHEN answer = 'Yes' THEN 1.0 ELSE 0.0 END"),
        ("it's", "CASE WHEN answer = 'it''s' THEN 1.0 ELSE 0.0 END"),
    ],
)
def test_an_event_is_quoted(event: str, sql: str) -> None:
    target = Target("answer", "Answer", classes=("a", event), positive=event)
    contract = Contract("d", "", "classification", "x", target, (), 0)
    assert explore.outcome(contract) == sql


@pytest.mark.parametrize(
    ("share", "rows", "low", "high"), [(0.5, 100, 0.404, 0.596), (0.0, 10, 0.0, 0.278)]
)
def test_wilsons_interval(share: float, rows: int, low: float, high: float) -> None:
    assert explore.wilson(share, rows) == pytest.approx((low, high), abs=5e-4)
