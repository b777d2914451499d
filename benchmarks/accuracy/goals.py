"""What the errors should be, beside what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.accuracy.own import geometric_mean
from benchmarks.accuracy.scores import calibration_error
from benchmarks.accuracy.table_result import AUTOGLUON, BASE_RATE, OWN, RANDOM, TableResult, ratios
from benchmarks.results import Finding, Goal, Spread

CALIBRATED_ROWS = 2_000  # with fewer, the error of calibration is mostly noise


def goals(results: Sequence[TableResult]) -> list[Finding]:
    """Each goal that these results can be held against."""
    return [
        *_beside("CatBoost", 0.97, results),
        *_beside("LightGBM tuned", 0.99, results),
        *_beside(AUTOGLUON, 1.0, results),
        *_beside_the_best(results),
        *_beside_the_base_rate(results),
        *_beside_before(results),
        *_calibrated(results),
    ]


def geometric_spread(values: Sequence[float]) -> Spread:
    """The geometric mean, with the extremes."""
    return Spread(geometric_mean(values), min(values), max(values))


def _beside(model: str, limit: float, results: Sequence[TableResult]) -> Iterator[Finding]:
    if each := ratios(results, model):
        splits = {len(r.scores[model]) for r in results if r.has(model)}
        about = f"{len(each)} tables, splits: {_range(splits)}"
        yield Finding(f"error / {model}", geometric_spread(each), Goal(limit), about)


def _beside_the_best(results: Sequence[TableResult]) -> Iterator[Finding]:
    compared = [result for result in results if result.single_models]
    if compared:
        worst = max(compared, key=TableResult.ratio_to_best)
        about = f"{worst.table.name}, beside {worst.best_single()}"
        figure = Spread.of([worst.ratio_to_best()])
        yield Finding("error / the best single model, worst table", figure, Goal(1.05), about)


def _beside_the_base_rate(results: Sequence[TableResult]) -> Iterator[Finding]:
    for result in results:
        if result.table.name == "births" and result.has(BASE_RATE):
            figure = Spread.of([result.ratio(BASE_RATE)])
            yield Finding("births: loss / the base rate's", figure, Goal(1.01))


def _beside_before(results: Sequence[TableResult]) -> Iterator[Finding]:
    changes = [result.change(RANDOM, "error") for result in results if result.before]
    if changes:
        about = f"{len(changes)} tables"
        yield Finding(
            "random subsets: error / before", geometric_spread(changes), Goal(0.94), about
        )


def _calibrated(results: Sequence[TableResult]) -> Iterator[Finding]:
    large = [r for r in results if r.task == "classification" and r.rows >= CALIBRATED_ROWS]
    if large:
        errors = {r.table.name: calibration_error(r.scores[OWN].values()) for r in large}
        worst = max(errors, key=lambda name: errors[name])
        what = f"calibration error, worst table of {CALIBRATED_ROWS:,} rows or more"
        yield Finding(what, Spread.of([errors[worst]]), Goal(0.03), worst)


def _range(counts: set[int]) -> str:
    return f"{min(counts)}" if len(counts) == 1 else f"{min(counts)} to {max(counts)}"
