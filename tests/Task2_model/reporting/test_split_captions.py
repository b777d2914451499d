"""Where rows have an order in time or belong together, the report says what held there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from Task1_database.databases.connect import connect
from Task1_database.load import load
from Task2_model.formatting import NBSP, format_percent
from Task2_model.reporting import comparison_captions, conclusion, model_captions
from Task2_model.reporting.evaluation_summary import EvaluationSummary
from Task2_model.study import Study
from tests.little_dataset import FILES, boats

OWNED = FILES["features.sql"].replace("Price AS", "id % 60 AS owner, Price AS")


def summary_of(folder: Path, split: str, sql: str, prices: list[float]) -> EvaluationSummary:
    """The evaluation of boats that are split so; what they are says nothing of their prices."""
    lines = [
        f"{i},{i * 37 % 11},{price:.2f},,{'sail' if i % 3 else 'row'}"
        for i, price in enumerate(prices, 1)
    ]
    changed = {
        "dataset.toml": FILES["dataset.toml"] + f"\n[split]\n{split}\n",
        "features.sql": sql,
        "boats.csv": "\n".join(["id,Size,Price,Built,Kind", *lines, ""]),
    }
    dataset = boats(folder, changed)
    url = f"duckdb:///{folder}/boats.duckdb"
    load(dataset, url)
    with connect(url, read_only=True) as database:
        return EvaluationSummary(Study.read(database, dataset))


@pytest.fixture(scope="module")
def rising(tmp_path_factory: pytest.TempPathFactory) -> EvaluationSummary:
    """Prices that rise with time, which no feature tells."""
    prices = [100.0 + 5 * i + i * 53 % 17 for i in range(300)]
    return summary_of(
        tmp_path_factory.mktemp("rising"), 'time = "row_id"', FILES["features.sql"], prices
    )


def test_a_coverage_that_falls_short_on_later_rows_is_said(rising: EvaluationSummary) -> None:
    coverage = rising.held_out["covered"].mean()
    assert coverage < 0.6
    text = model_captions.shortfall(rising)
    assert text.startswith("**The coverage falls short**: on later rows, given all features, it is")
    assert f"{100 * coverage:.1f}{NBSP}%" in text
    assert text in conclusion.caveats(rising)
    assert rising.study.evaluated_contract.observed_coverage == round(coverage, 3)
    said = f"held the truth in {format_percent(coverage)} of later rows"
    assert said in model_captions.introduction(rising)
    assert not any("90" in sentence for sentence in conclusion.use(rising))
    _, _, tile, _ = model_captions.tiles(rising)
    assert tile[1].endswith("on later rows")


def test_how_later_rows_were_predicted_is_said(rising: EvaluationSummary) -> None:
    assert comparison_captions.folds(rising).startswith(
        "All models were evaluated in expanding windows along row\\_id: later rows are predicted by"
    )


@pytest.mark.slow
def test_groups_are_apart(tmp_path: Path) -> None:
    prices = [100.0 + i * 53 % 170 for i in range(300)]
    summary = summary_of(tmp_path, 'group = "owner"', OWNED, prices)
    assert summary.held_out_rows == "rows of a new owner"
    text = comparison_captions.folds(summary)
    assert text.endswith(" Rows with the same owner are in one part.")
    assert model_captions.shortfall(summary) == ""
    assert summary.study.evaluated_contract.observed_coverage is None
    assert model_captions.undated(summary) == ""


def test_what_a_random_split_of_dated_rows_means_is_said(study: Study) -> None:
    dated = EvaluationSummary(replace(study, dates=("built",)))
    text = model_captions.undated(dated)
    assert text.startswith("**Later rows.** The data hold days (built), yet the rows were split at")
    assert model_captions.undated(EvaluationSummary(study)) == ""


def test_what_was_chosen_is_what_was_fitted(study: Study) -> None:
    table = comparison_captions.settings(EvaluationSummary(study)).set_index("Setting")["Value"]
    trees = [member.location.n_iter_ for member in study.fitted.members_]
    assert table["Models that answer together"] == str(len(trees))
    assert table["Estimator"] == "HistGradientBoostingRegressor"
    assert table["Trees of each"].split(" to ")[0] == f"{min(trees):,}"
