"""Does "90 %" mean 90 %, whatever is known, and what does answering from anything cost?

Twenty random splits of `houses`: four fifths to learn and calibrate on, one fifth held out.
Beside the model stand the same learner trained on whole rows alone, and a straight line on `x`.

    python -m benchmarks.coverage [DATASET] [--splits N]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import Parallel, delayed, parallel_config
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split

from benchmarks.results import Finding, Goal, Section, Spread
from benchmarks.rounds import say
from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.load import load
from Task2_model.boosting import Boosting
from Task2_model.contract import Rows
from Task2_model.study import Study

SUBSETS = 30


def subsets(features: int) -> dict[str, npt.NDArray[np.bool_]]:
    """Everything, `x` (the first feature) alone, and random subsets; what is given is True."""
    rng = np.random.default_rng(0)
    random = [rng.permutation(features) < rng.integers(1, features) for _ in range(SUBSETS)]
    return {
        "everything": np.ones(features, dtype=bool),
        "x alone": np.arange(features) == 0,
        **{f"random {number:02}": given for number, given in enumerate(random, 1)},
    }


def one_split(study: Study, seed: int) -> pd.DataFrame:
    """Error, coverage and median width of each subset, and the errors of the two rivals."""
    rows, outcomes = study.rows, study.outcomes
    train, test = train_test_split(np.arange(len(rows)), test_size=0.2, random_state=seed)
    model = Boosting(study.contract, seed=seed).fit(rows[train], outcomes[train])
    truth = outcomes[test]
    lines: list[dict[str, Any]] = []
    for name, given in subsets(rows.shape[1]).items():
        answer = model.predict(np.where(given, rows[test], np.float32(np.nan)))
        inside = (answer["lower"] <= truth) & (truth <= answer["upper"])
        width = float(np.median(answer["upper"] - answer["lower"]))
        error = float(np.abs(answer["prediction"] - truth).mean())
        lines.append({"given": name, "error": error, "coverage": inside.mean(), "width": width})
    for name, error in rivals(study, model, rows, outcomes, train, test).items():
        lines.append({"given": name, "error": error})
    return pd.DataFrame(lines)


def rivals(
    study: Study,
    model: Boosting,
    rows: Rows,
    outcomes: npt.NDArray[Any],
    train: npt.NDArray[Any],
    test: npt.NDArray[Any],
) -> dict[str, float]:
    """Mean absolute errors of the same learner on whole rows, and of a straight line on `x`.

    Both learn from all rows that the model learns from. A fifth of them stops the learner.
    """
    logarithmic = study.contract.target.logarithmic
    learned = np.log(outcomes) if logarithmic else outcomes
    model.augmentation_factor_ = 1.0  # the estimator sizes its leaves by how often a row is there
    same = model.estimator().set_params(validation_fraction=0.2)
    whole = same.fit(rows[train], learned[train]).predict(rows[test])
    whole = np.exp(whole) if logarithmic else whole
    line = LinearRegression().fit(rows[train][:, :1], outcomes[train]).predict(rows[test][:, :1])
    return {
        "same learner, whole rows alone": float(np.abs(whole - outcomes[test]).mean()),
        "straight line on x": float(np.abs(line - outcomes[test]).mean()),
    }


def measured(dataset: Dataset, splits: int) -> pd.DataFrame:
    """The mean over the splits of what `one_split` tells, a line for each subset and rival."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"duckdb:///{Path(folder).resolve()}/benchmark.duckdb"
        list(load(dataset, url))
        with connect(url, read_only=True) as database:
            study = Study.read(database, dataset)
    with parallel_config("loky", inner_max_num_threads=1):
        parts = Parallel(n_jobs=-1)(delayed(one_split)(study, s) for s in range(splits))
    means: pd.DataFrame = pd.concat(parts).groupby("given", sort=False).mean()
    return means


def section(splits: int) -> Section:
    """The claims about houses."""
    say(f"coverage over {splits} splits of houses")
    findings = verdicts(measured(Dataset.open("houses"), splits))
    return Section("The promise of the ranges", findings=findings)


def main() -> None:
    """Print one table: the mean over the splits, and each target beside its goal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", nargs="?", default="houses")
    parser.add_argument("--splits", type=int, default=20)
    options = parser.parse_args()
    means = measured(Dataset.open(options.dataset), options.splits)
    print(means.to_string(float_format="{:,.3f}".format, na_rep=""))
    print()
    for finding in verdicts(means):
        print(finding)


def verdicts(means: pd.DataFrame) -> list[Finding]:
    """Each claim with its figure."""
    error, width, coverage = means["error"], means["width"], means["coverage"].dropna()
    whole = error["everything"] / error["same learner, whole rows alone"]
    alone = error["x alone"] / error["straight line on x"]
    narrower = 1 - width["everything"] / width["x alone"]
    return [
        _claim("error, all features given / same learner on whole rows", whole, Goal(1.03)),
        _claim("error, x alone / straight line on x", alone, Goal(1)),
        _claim(
            "coverage of 90 % ranges, least of all subsets",
            coverage.min(),
            Goal(0.88, at_least=True),
        ),
        _claim("coverage of 90 % ranges, most of all subsets", coverage.max(), Goal(0.92)),
        _claim(
            "median range, share narrower with everything than with x alone",
            narrower,
            Goal(0.25, at_least=True),
        ),
    ]


def _claim(what: str, figure: float, goal: Goal) -> Finding:
    return Finding(what, Spread.of([figure]), goal)


if __name__ == "__main__":
    main()
