"""How good a model is on rows that it never saw, and whether its ranges cover as they should.

Every row is held out once (of a large table a sample is) and answered by the member that never
saw it, given many subsets of the features: all, `x` only, each feature alone, all but one, and
random ones. The answers go into one long table, from which every figure in the report and the
manifest is computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import delayed

from Task1_database.errors import TrainingError
from Task1_database.progress import Log, ProgressLine, silent
from Task2_model.baselines import baselines
from Task2_model.contract import Contract, Floats, Indices, Rows
from Task2_model.fitting import fill_empty
from Task2_model.folds import Split
from Task2_model.intervals import Z95, wilson_interval
from Task2_model.mask_conditional import Conformal
from Task2_model.model import PredictiveModel
from Task2_model.training import Progress
from Task2_model.worker_processes import side_by_side

RANDOM_SUBSETS = 12
EVALUATED_ROWS = 2_000  # of a fold, at most
HALVES, FIFTHS = 2, 5  # into which a fold's rows are divided
SUBSETS_AT_ONCE = 16
ALL, X_ONLY, SINGLE, LEAVE_ONE_OUT, RANDOM = "all", "x_only", "single", "leave_one_out", "random"
GROUP = "group"  # all features given, and one of them has one value
MIN_GROUP_ROWS = 30  # held out: with fewer, a share says little
MOST_GROUPS, MOST_GROUPED = 12, 3  # of one feature, and features whose groups are looked at

Mask = npt.NDArray[np.bool_]  # shape (features,): which are given


class Data(NamedTuple):
    """Rows (n, features) with their outcomes (n,): values, or indices of classes."""

    contract: Contract
    rows: Rows
    outcomes: npt.NDArray[Any]
    split: Split | None = None


@dataclass(frozen=True)
class FeatureSubset:
    """Features given together: the kind of subset, the feature it is about (if any), the mask."""

    kind: str
    feature: str
    given: Mask


def evaluation_subsets(contract: Contract, seed: int) -> list[FeatureSubset]:
    """All features, `x` only, each feature alone and left out, and random subsets."""
    names, every = contract.names, np.ones(len(contract.names), dtype=bool)
    single = np.eye(len(names), dtype=bool)
    rng = np.random.default_rng(seed)
    subsets = [
        FeatureSubset(ALL, "", every),
        FeatureSubset(X_ONLY, contract.x, single[names.index(contract.x)]),
    ]
    if len(names) > 1:
        subsets += [FeatureSubset(SINGLE, name, single[i]) for i, name in enumerate(names)]
        subsets += [FeatureSubset(LEAVE_ONE_OUT, name, ~single[i]) for i, name in enumerate(names)]
    for index in range(RANDOM_SUBSETS if len(names) > 2 else 0):
        given = rng.permutation(len(names)) < rng.integers(1, len(names))
        subsets.append(FeatureSubset(RANDOM, str(index + 1), given))
    return subsets


class FoldResult(NamedTuple):
    """The indices of the rows that judge a fold, and the answers to them."""

    rows: Indices
    answers: pd.DataFrame


class Trained(NamedTuple):
    """Every candidate, ready for use, and the answers to rows that their members never saw."""

    answers: pd.DataFrame
    fitted: dict[type[PredictiveModel], PredictiveModel]


def train_all(
    candidates: Sequence[type[PredictiveModel]],
    data: Data,
    *,
    seed: int,
    log: Log = silent,
) -> Trained:
    """Fit the candidates; evaluate them and the baselines on rows they never saw.

    All are evaluated on the same folds and rows.

    The answers have one line for each model, row and subset, with the columns `model`, `subset`
    (its kind), `feature`, `given` (how many features), `row`, `truth`, `loss` and, for regression,
    `prediction`, `lower`, `upper`; for classification `probability` (of the positive class, or of
    the likeliest), `label`, `size` (classes in the set); and `covered`. The loss is the absolute
    error, or the logarithmic loss. What is not given is masked for the row in question only.

    Raises TrainingError where the rows are too few to learn, calibrate and evaluate with.
    """
    contract, rows, outcomes, split = data
    fitted = {
        model: model(contract, seed=seed).fit(
            rows, outcomes, split=split, progress=_logged_fits(model, log)
        )
        for model in candidates
    }
    folds = next(iter(fitted.values())).folds_
    tasks = []
    for index, fold in enumerate(folds.folds):
        held = _sample(folds.rows_in(fold.evaluate), seed)
        evaluated = [_evaluation_parts(m, index, data, held) for m in fitted.values()]
        if len(held) and all(evaluated):
            learned = folds.rows_in(fold.train)
            tasks += [
                delayed(_evaluated)(type(m).__name__, j, part, rows[part], outcomes[part])
                for m, parts in zip(fitted.values(), evaluated, strict=True)
                for part, j in parts
            ]
            known = data._replace(split=None)
            tasks += [
                delayed(_evaluated_baseline)(*baseline, known, learned, held)
                for baseline in baselines(contract).items()
            ]
    if not tasks:
        raise TrainingError(
            f"{contract.dataset}: {len(rows):,} rows are too few to calibrate and evaluate a model "
            f"at a confidence of {contract.confidence:g}"
        )
    done: list[FoldResult] = []
    log(ProgressLine("evaluating", 0, len(tasks), "parts"))
    for result in side_by_side(tasks, large=folds.large):
        done.append(result)
        log(ProgressLine("evaluating", len(done), len(tasks), "parts"))
    return Trained(pd.concat([part.answers for part in done], ignore_index=True), fitted)


def _logged_fits(model: type[PredictiveModel], log: Log) -> Progress:
    """Logs how many fits of a model are done."""
    return lambda done, total: log(ProgressLine(f"fitting {model.__name__}", done, total, "fits"))


def summary(contract: Contract, answers: pd.DataFrame) -> pd.DataFrame:
    """One line for each model and subset, each figure with its 95 % interval.

    Columns: `model`, `subset`, `feature`, `given`, `loss`, `loss_low`, `loss_high`, `coverage`,
    `coverage_low`, `coverage_high` and the median `width` of the range (or the mean `size` of
    the set).
    """
    lines = []
    for (name, subset, feature), part in answers.groupby(
        ["model", "subset", "feature"], sort=False
    ):
        named = {"model": name, "subset": subset, "feature": feature}
        lines.append(named | _figures(contract, part))
    return pd.DataFrame(lines)


def group_summary(contract: Contract, answers: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """One line for each group of rows that have the same value of a feature, all features given.

    The feature is the one whose groups shall be covered alike, then categories of which two values
    or more, and not too many, are in 30 rows held out. `answers` are those of one model, `table`
    has the values of all rows. Columns: those of `summary`, `group` (the value as text) and `rows`.
    """
    whole = answers[answers["subset"] == ALL]
    categories = [f.name for f in contract.features if f.kind == "category"]
    lines: list[dict[str, Any]] = []
    grouped = 0
    for name in dict.fromkeys([*filter(None, [contract.coverage_groups]), *categories]):
        values = table[name].iloc[whole["row"]].set_axis(whole.index)
        parts = {
            str(value): part
            for value, part in whole.groupby(values)
            if part["row"].nunique() >= MIN_GROUP_ROWS or name == contract.coverage_groups
        }
        if name != contract.coverage_groups and (
            grouped >= MOST_GROUPED or not 2 <= len(parts) <= MOST_GROUPS
        ):
            continue
        grouped += 1
        for value, part in parts.items():
            named = {"model": part["model"].iloc[0], "subset": GROUP, "feature": name}
            own = {"group": value, "rows": part["row"].nunique()}
            lines.append(named | own | _figures(contract, part))
    return pd.DataFrame(lines)


def _figures(contract: Contract, part: pd.DataFrame) -> dict[str, Any]:
    """Loss, coverage and width over some answers, with their intervals."""
    loss, loss_low, loss_high = mean_with_interval(part, "loss")
    figures = {
        "given": int(part["given"].iloc[0]),
        "loss": loss, "loss_low": loss_low, "loss_high": loss_high,
    }  # fmt: skip
    if part["covered"].notna().all():
        covered, low, high = mean_with_interval(part, "covered")
        figures |= {"coverage": covered, "coverage_low": low, "coverage_high": high}
        figures |= (
            {"width": float((part["upper"] - part["lower"]).median())}
            if contract.task == "regression"
            else {"size": float(part["size"].mean())}
        )
    return figures


def mean_with_interval(answers: pd.DataFrame, column: str) -> tuple[float, float, float]:
    """The mean of a column over the rows held out, and its 95 % interval.

    For a yes or no it is Wilson's, which stays within 0 and 1; otherwise that of normal theory.
    """
    values = answers[column].to_numpy(dtype=np.float64)
    mean, count = float(values.mean()), len(values)
    if set(np.unique(values)) <= {0.0, 1.0}:
        return mean, *wilson_interval(mean, count)
    error = Z95 * float(values.std(ddof=1)) / np.sqrt(count)
    return mean, mean - error, mean + error


def _sample(rows: Indices, seed: int) -> Indices:
    return np.sort(np.random.default_rng(seed).permutation(rows)[:EVALUATED_ROWS])


def _evaluation_parts(
    model: PredictiveModel, index: int, data: Data, held: Indices
) -> list[tuple[Indices, Conformal]]:
    """A fold's rows in parts, each with what answers it; nothing where rows are too few.

    Where little is given, probabilities nearly tie, and those of two members cannot be compared:
    one half of a fold's rows calibrates its member for the other half, if they are enough; four
    fifths do for one where groups calibrate apart, which need more. The service compares each
    member with itself, too. Amounts have no such ties, and are calibrated by other folds.
    """
    fold, parts = model.folds_.folds[index], list[tuple[Indices, Conformal]]()
    crossed = fold.calibrate == fold.evaluate and not model.folds_.ordered
    count = FIFTHS if data.contract.coverage_groups else HALVES
    part_of = _divided(data, held, count)
    for part in range(count) if crossed and data.contract.task == "classification" else ():
        apart = held[part_of != part]
        evaluated = model.member_calibrated_by(index, data.rows[apart], data.outcomes[apart])
        parts += [] if evaluated is None else [(held[part_of == part], evaluated)]
    if len(parts) == count:
        return parts
    evaluated = model.evaluation_member(index)
    return [] if evaluated is None else [(held, evaluated)]


def _divided(data: Data, held: Indices, count: int) -> Indices:
    """The part, 0 to count - 1, of each row: all have the same classes, and groups stay whole."""
    if data.split is not None:
        return np.asarray(np.unique(data.split.values[held], return_inverse=True)[1] % count)
    keys = [data.outcomes[held]]
    if data.contract.coverage_groups:
        keys.append(data.rows[held, data.contract.indices[data.contract.coverage_groups]])
    parts = np.empty(len(held), dtype=np.intp)
    parts[np.lexsort(keys)] = np.arange(len(held)) % count
    return parts


def _evaluated(
    name: str, evaluated: Conformal, held: Indices, rows: Rows, truth: npt.NDArray[Any]
) -> FoldResult:
    tables = []
    for subset, block in _answered(evaluated, evaluation_subsets(evaluated.contract, seed=0), rows):
        table = _table(evaluated.contract, block, truth)
        tables.append(table.assign(model=name, subset=subset.kind, feature=subset.feature,
                                   given=int(subset.given.sum()), row=held))  # fmt: skip
    return FoldResult(held, pd.concat(tables, ignore_index=True))


def _answered(
    evaluated: Conformal, subsets: list[FeatureSubset], rows: Rows
) -> Iterator[tuple[FeatureSubset, dict[str, Any]]]:
    """The answers to all rows given each subset; several at once, which takes less time."""
    for begin in range(0, len(subsets), SUBSETS_AT_ONCE):
        some = subsets[begin : begin + SUBSETS_AT_ONCE]
        masked = [np.where(subset.given, rows, np.float32(np.nan)) for subset in some]
        block = evaluated.block(np.concatenate(masked))
        for index, subset in enumerate(some):
            own = slice(index * len(rows), (index + 1) * len(rows))
            yield subset, {part: values[own] for part, values in block.items()}


def _evaluated_baseline(
    name: str, estimator: Any, data: Data, learned: Indices, held: Indices
) -> FoldResult:
    contract, rows, outcomes, _ = data
    estimator.fit(fill_empty(rows[learned]), outcomes[learned])
    table = _baseline_table(contract, estimator, rows[held], outcomes[held])
    return FoldResult(held, table.assign(model=name, subset=ALL, feature="", given=0, row=held))


def _table(contract: Contract, block: dict[str, Any], truth: npt.NDArray[Any]) -> pd.DataFrame:
    table = pd.DataFrame({"truth": truth})
    if contract.task == "regression":
        table = table.assign(**block)
        table["loss"] = (table["prediction"] - truth).abs()
        table["covered"] = (table["lower"] <= truth) & (truth <= table["upper"])
        return table
    table["label"], table["probability"] = block["label"], block["probability"]
    table["size"] = block["set"].sum(axis=1)
    table["covered"] = block["set"][np.arange(len(truth)), truth]
    table["loss"] = log_loss_of(block["probabilities"], truth)
    return table


def _baseline_table(
    contract: Contract, estimator: Any, rows: Rows, truth: npt.NDArray[Any]
) -> pd.DataFrame:
    table = pd.DataFrame({"truth": truth, "covered": None})
    if contract.task == "regression":
        table["prediction"] = estimator.predict(rows)
        table["loss"] = (table["prediction"] - truth).abs()
        return table
    probabilities = estimator.predict_proba(rows)
    target = contract.target
    best = probabilities.argmax(axis=1)
    if target.positive:
        table["probability"] = probabilities[:, target.classes.index(target.positive)]
    else:
        table["probability"] = probabilities.max(axis=1)
    table["label"] = best
    table["loss"] = log_loss_of(probabilities, truth)
    return table


def log_loss_of(probabilities: Floats, truth: npt.NDArray[Any]) -> Floats:
    """The logarithmic loss of each row, in nats, from probabilities (n, classes)."""
    own = probabilities[np.arange(len(truth)), truth]
    return np.asarray(-np.log(np.clip(own, 1e-6, 1.0)), dtype=np.float64)
