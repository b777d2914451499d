"""What the report says of houses is what its held-out rows show."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from Task2_model.formatting import NBSP, format_percent
from Task2_model.reporting import (
    comparison_captions,
    conclusion,
    data_captions,
    evaluation_captions,
    explore,
    model_captions,
)
from Task2_model.reporting.evaluation_summary import EvaluationSummary
from Task2_model.study import Study


@pytest.fixture(scope="module")
def summary(study: Study) -> EvaluationSummary:
    return EvaluationSummary(study)


def test_the_verdict_gives_the_paired_difference(summary: EvaluationSummary) -> None:
    gain, low, high = summary.gain(summary.rival)
    assert 0 < low < gain < high
    text = comparison_captions.verdict(summary)
    assert text.startswith(("**It beats ", "**It is slightly better than "))
    assert f"{format_percent(gain)} smaller (95{NBSP}% interval {format_percent(low)} to" in text


def test_the_weakest_place_is_where_the_coverage_is_lowest(summary: EvaluationSummary) -> None:
    lowest = summary.quintiles["covered"].min()
    answers = summary.held_out
    fifth = pd.qcut(answers["prediction"], 5)
    assert lowest == answers.groupby(fifth, observed=True)["covered"].mean().min()
    text = model_captions.weakest(summary)
    assert format_percent(lowest, 1) in text
    assert format_percent(summary.subsets["coverage"].min(), 1) in text


def test_the_most_informative_feature_comes_first(summary: EvaluationSummary) -> None:
    assert summary.importance["single"].is_monotonic_decreasing
    assert model_captions.drivers(summary).startswith("**Living area** is the most informative")


def test_the_table_of_quintiles_is_of_all_rows(summary: EvaluationSummary) -> None:
    table = evaluation_captions.quintile_table(summary)
    assert sum(int(rows) for rows in table["Rows"]) == len(summary.held_out)


def test_along_a_number_the_outcome_is_said_at_both_ends(study: Study) -> None:
    by_area = explore.outcome_by(study.table["price"], explore.bins(study.table["living_area"]))
    text = data_captions.outcome_by(study.contract, "living_area", by_area)
    assert re.match(r"With living area, the median price rises( steadily)? from \$12\d,000", text)


@pytest.mark.parametrize(
    ("mid", "text"),
    [
        ([5.0, 5, 5], "hardly changes: $5 at 1 sq ft and $5 at 3 sq ft."),
        ([1.0, 9, 2], "rises from $1 at 1 sq ft to $2 at 3 sq ft; it is highest ($9) at 2 sq ft."),
        ([9.0, 5, 1], "falls steadily from $9 at 1 sq ft to $1 at 3 sq ft."),
    ],
)
def test_the_shape_of_a_line_in_words(study: Study, mid: list[float], text: str) -> None:
    table = pd.DataFrame({"mid": mid}, index=[1.0, 2.0, 3.0])
    caption = data_captions.outcome_by(study.contract, "living_area", table)
    assert caption == f"With living area, the median price {text}".replace(" sq", f"{NBSP}sq")


def test_next_steps_name_a_quintile_that_is_not_covered(study: Study) -> None:
    summary = EvaluationSummary(study)
    worst = summary.held_out["prediction"].rank(pct=True) > 0.8
    summary.held_out.loc[worst, "covered"] = False
    text = " ".join(conclusion.next_steps(summary))
    assert f"significantly below 90{NBSP}% for predictions of $" in text
