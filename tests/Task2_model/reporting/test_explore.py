from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from Task2_model.contract import Contract, Feature, Target
from Task2_model.reporting import explore
from Task2_model.study import Study


@pytest.fixture(scope="module")
def table(study: Study) -> pd.DataFrame:
    return study.table


def test_a_tenth_of_the_rows_is_in_each_group_of_many_values(table: pd.DataFrame) -> None:
    groups = explore.bins(table["living_area"])
    assert set(groups.value_counts()) == {172, 173}
    lowest = table["living_area"].nsmallest(173).mean()
    assert groups.min() == pytest.approx(lowest)
    assert groups.groupby(groups).first().is_monotonic_increasing


@pytest.mark.parametrize("name", ["bedrooms", "heating"])
def test_few_values_and_categories_are_groups_of_their_own(table: pd.DataFrame, name: str) -> None:
    assert explore.bins(table[name]).equals(table[name])


def test_a_missing_value_is_in_no_group() -> None:
    column = pd.Series([*range(100), np.nan])
    assert explore.bins(column).isna().tolist() == [False] * 100 + [True]


def test_the_outcome_of_a_group_is_its_quartiles(table: pd.DataFrame) -> None:
    by_bedrooms = explore.outcome_by(table["price"], table["bedrooms"])
    counts = table["bedrooms"].value_counts().sort_index()
    assert by_bedrooms["n"].to_dict() == counts[counts >= explore.MIN_GROUP_ROWS].to_dict()
    two = table.loc[table["bedrooms"] == 2, "price"]
    quartiles = [two.quantile(share) for share in (0.25, 0.5, 0.75)]
    assert [by_bedrooms[name].loc[2] for name in ("low", "mid", "high")] == quartiles


def test_categories_come_in_the_order_of_the_outcome(table: pd.DataFrame) -> None:
    by_heating = explore.outcome_by(table["price"], table["heating"])
    assert by_heating["mid"].is_monotonic_increasing
    assert by_heating["n"].sum() == len(table)


def test_the_outcome_of_classes_is_a_share_with_its_interval(table: pd.DataFrame) -> None:
    outcome = table["central_air"] == "Yes"
    shares = explore.outcome_by(outcome, table["sewer"])
    assert shares["mid"].to_dict() == pytest.approx(
        outcome.groupby(table["sewer"]).mean().to_dict()
    )
    assert ((shares["low"] < shares["mid"]) & (shares["mid"] < shares["high"])).all()


def test_unusual_values_are_far_out_or_rare(table: pd.DataFrame) -> None:
    unusual = explore.unusual_values(table).set_index(["column", "issue"])["rows"]
    first, third = table["price"].quantile([0.25, 0.75])
    far = int((table["price"] > third + explore.FENCE * (third - first)).sum())
    assert unusual["price", "far above the rest"] == far > 0
    assert unusual["waterfront", "“Yes” is rare"] == (table["waterfront"] == "Yes").sum()
    assert unusual.is_monotonic_decreasing
    assert "bedrooms" not in unusual.index.get_level_values(0)


def test_a_column_whose_middle_half_is_alike_has_no_outliers() -> None:
    assert explore.unusual_values(pd.DataFrame({"n": [1] * 90 + [7] * 10})).empty


KINDS = pd.DataFrame(
    {
        "a": [1.0, 2, 3, 4, 5, 6, 7, 8],
        "cubed": [1.0, 8, 27, 64, 125, 216, 343, 512],
        "half": ["x"] * 4 + ["y"] * 4,
        "same": ["p"] * 4 + ["q"] * 4,
        "other": ["x", "y"] * 4,
        "one": ["z"] * 8,
    }
)


def test_associations_are_those_of_the_textbook() -> None:
    features = tuple(
        Feature(name, "number" if KINDS[name].dtype == float else "category", name)
        for name in map(str, KINDS)
    )
    contract = Contract("d", "", "regression", "a", Target("t", "T"), features, 8)
    matrix: Any = explore.associations(KINDS, contract)
    assert np.allclose(matrix, matrix.T)
    assert matrix.loc["a", "cubed"] == pytest.approx(1)  # Spearman: the ranks are the same
    assert matrix.loc["half", "same"] == pytest.approx(1)  # Cramér's V
    assert matrix.loc["half", "other"] == pytest.approx(0)
    # the correlation ratio: the halves' means of the ranks, 2.5 and 6.5, explain 32 of 42
    assert matrix.loc["half", "a"] == matrix.loc["a", "half"]
    assert matrix.loc["a", "half"] == pytest.approx((32 / 42) ** 0.5)
    assert matrix.loc["one", "a"] == 0
