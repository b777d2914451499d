"""The contract of a feature_store, computed by SQL over every row that has the target."""

from __future__ import annotations

from typing import Any

from Task1_database.databases.base import Database
from Task1_database.dataset import FEATURES_TABLE, TOML, Dataset
from Task1_database.errors import DatasetError, TrainingError
from Task1_database.target import FEWEST_OF_A_CLASS
from Task2_model.contract import Contract, Costs, Feature, Kind, SplitColumn, Target
from Task2_model.formatting import format_number, is_currency, with_currency

TABLE = FEATURES_TABLE
MOST_GROUPS = 50  # whose coverage is kept apart
KINDS: dict[str, Kind] = {"integer": "integer", "number": "number", "text": "category"}
SKEWED = 0.5  # below this, a logarithm would cost the answers' plain meaning for nothing


def build_contract(database: Database, dataset: Dataset) -> Contract:
    """What may be asked of `dataset`, and what the answer looks like.

    Raises DatasetError where dataset.toml does not fit the columns and classes that feature_store
    has; TrainingError where there is nothing to learn: no rows, a target that never varies, a class
    of hardly any rows.
    """
    types = database.columns(TABLE)
    split = [dataset.split.column] if dataset.split else []
    for name in [*dataset.features, dataset.target.name, *split]:
        if name not in types:
            raise DatasetError(
                f"{TOML}: {name} is not a column of {TABLE}, which has {', '.join(types)}"
            )
    if dataset.coverage_groups:
        _require_groups(database, dataset, types[dataset.coverage_groups])
    target = _target(database, dataset, types[dataset.target.name])
    (rows,) = _first(database, f"SELECT COUNT(*) FROM {_learned(dataset)}")
    ordered = [dataset.x, *(name for name in dataset.features if name != dataset.x)]
    return Contract(
        dataset=dataset.name,
        title=dataset.title,
        task=dataset.task,
        x=dataset.x,
        target=target,
        features=tuple(_feature(database, dataset, name, types[name], rows) for name in ordered),
        rows=rows,
        confidence=dataset.confidence,
        excluded=dataset.excluded,
        similar_cases=dataset.similar_cases,
        readings=dataset.readings,
        split=SplitColumn(dataset.split.kind, dataset.split.column) if dataset.split else None,
        coverage_groups=dataset.coverage_groups,
    )


def _learned(dataset: Dataset) -> str:
    """The rows to learn from; more conditions may follow."""
    return f"{TABLE} WHERE {dataset.target.name} IS NOT NULL"


def _require_groups(database: Database, dataset: Dataset, type_: str) -> None:
    """Make sure that the feature whose groups are to be covered has groups."""
    name, learned = dataset.coverage_groups, _learned(dataset)
    (distinct,) = _first(database, f"SELECT COUNT(DISTINCT {name}) FROM {learned}")
    if type_ == "number" or not 2 <= distinct <= MOST_GROUPS:
        kind = "is a number" if type_ == "number" else f"has {distinct:,} different values"
        raise DatasetError(
            f"{TOML}: coverage.groups: expected texts or whole numbers, of 2 to {MOST_GROUPS} "
            f"different values; {name} {kind}"
        )


def _feature(database: Database, dataset: Dataset, name: str, type_: str, rows: int) -> Feature:
    text = dataset.features[name]
    if type_ not in KINDS:
        raise DatasetError(
            f"{dataset.name}: feature {name} is a {type_}; make it a number or a text in "
            "features.sql"
        )
    kind, learned = KINDS[type_], _learned(dataset)
    (non_null_count,) = _first(database, f"SELECT COUNT({name}) FROM {learned}")
    if kind == "category":
        extent: dict[str, Any] = {"categories": tuple(_counted(database, name, learned))}
    else:
        extent = _extent(database, name, learned, non_null_count)
    return Feature(
        name=name,
        kind=kind,
        label=text.label,
        unit=text.unit,
        help=text.help,
        private=text.private,
        missing=round(1 - non_null_count / rows, 6),
        **extent,
    )


def _target(database: Database, dataset: Dataset, type_: str) -> Target:
    text, learned = dataset.target, _learned(dataset)
    allowed = {"integer": "integer", "number": "number"}
    if dataset.task == "classification":
        allowed = {"integer": "integer", "text": "category"}
    if type_ not in allowed:
        wanted = "a whole number or a text" if "text" in allowed else "a number"
        raise DatasetError(
            f"{dataset.name}: target {text.name} is a {type_}; make it {wanted} in features.sql, "
            "or change the task in dataset.toml"
        )
    non_null_count, distinct = _first(
        database, f"SELECT COUNT(*), COUNT(DISTINCT {text.name}) FROM {learned}"
    )
    if distinct < 2:
        raise TrainingError(
            f"{dataset.name}: {text.name} has {distinct} different values in "
            f"{non_null_count:,} rows; there is nothing to learn"
        )
    named: dict[str, Any] = {
        "name": text.name, "label": text.label, "unit": text.unit, "help": text.help,
        "kind": allowed[type_],
    }  # fmt: skip
    special = _classes if dataset.task == "classification" else _amounts
    return Target(**named, **special(database, dataset, non_null_count))


def _amounts(database: Database, dataset: Dataset, non_null_count: int) -> dict[str, Any]:
    """What a target has that is a number."""
    text, learned = dataset.target, _learned(dataset)
    extent = _extent(database, text.name, learned, non_null_count)
    return {
        **extent,
        "decimals": text.decimals if text.decimals is not None else _decimals(extent),
        "logarithmic": _learn_logarithm(database, text.name, learned, extent["minimum"]),
    }


def _classes(database: Database, dataset: Dataset, non_null_count: int) -> dict[str, Any]:
    """What a target has that is one of several classes, once their labels are sure to fit them."""
    text = dataset.target
    counted = _counted(database, text.name, _learned(dataset))
    for value, count in counted.items():
        if count < FEWEST_OF_A_CLASS:
            raise TrainingError(
                f"{dataset.name}: {text.name} {value!r} has {count} of {non_null_count:,} rows, "
                "too few to learn from; leave it out in features.sql or join it with another, "
                f"so that each has {FEWEST_OF_A_CLASS}"
            )
    whole = all(isinstance(value, int) for value in counted)
    classes = tuple(str(value) for value in sorted(counted, key=None if whole else str))
    _fit(dataset, classes)
    return {
        "classes": classes,
        "class_labels": text.classes,
        "positive": text.positive or (classes[-1] if len(classes) == 2 else ""),
        **_threshold(dataset),
    }


def _threshold(dataset: Dataset) -> dict[str, Any]:
    """When to answer the positive class, and why: as dataset.toml has it, or by the costs there."""
    text, costs = dataset.target, dataset.costs
    own = {"threshold": text.threshold, "threshold_reason": text.threshold_reason}
    if costs is None:
        return own
    given = Costs(costs.false_positive, costs.false_negative, costs.unit)
    if text.threshold is not None:
        return {**own, "costs": given}
    missed, alarm = (
        with_currency(format_number(cost), costs.unit)
        for cost in (given.false_negative, given.false_positive)
    )
    counted = costs.unit and not is_currency(costs.unit)
    unit = f", counted in {costs.unit}" if counted else ""
    reason = f"A case that is missed costs {missed} and a false alarm {alarm}{unit}."
    return {"threshold": given.threshold, "threshold_reason": reason, "costs": given}


def _fit(dataset: Dataset, classes: tuple[str, ...]) -> None:
    """Make sure that dataset.toml speaks of the classes that there are."""
    text, existing = dataset.target, ", ".join(classes)
    for key, value in (
        ("target.positive", text.positive),
        ("target.threshold", text.threshold),
        ("costs", dataset.costs),
    ):
        if value is not None and len(classes) != 2:
            raise DatasetError(
                f"{TOML}: {key}: expected no such key: it is for two classes, "
                f"and {text.name} has {len(classes)}: {existing}"
            )
    if text.positive is not None and text.positive not in classes:
        raise DatasetError(f"{TOML}: target.positive: expected one of the classes {existing}")
    for value in classes if text.classes else ():
        if value not in text.classes:
            raise DatasetError(
                f"{TOML}: target.classes: expected words for each of {existing}; {value!r} has none"
            )


def _extent(
    database: Database, name: str, rows: str, non_null_count: int
) -> dict[str, float | None]:
    """Smallest, largest and (lower) median value, all None where no row has one."""
    if not non_null_count:
        return {"minimum": None, "maximum": None, "median": None}
    minimum, maximum = _first(database, f"SELECT MIN({name}), MAX({name}) FROM {rows}")
    (median,) = _first(
        database,
        f"SELECT {name} FROM {rows} AND {name} IS NOT NULL "
        f"ORDER BY {name} LIMIT 1 OFFSET {(non_null_count - 1) // 2}",
    )
    return {"minimum": float(minimum), "maximum": float(maximum), "median": float(median)}


def _counted(database: Database, name: str, rows: str) -> dict[Any, int]:
    """The values of a column with how many rows have each, the most frequent first.

    Equals are in the order of their characters, whatever the database's collation.
    """
    counted = database.query(
        f"SELECT {name}, COUNT(*) FROM {rows} AND {name} IS NOT NULL GROUP BY {name}"
    ).rows
    return dict(sorted(counted, key=lambda row: (-row[1], str(row[0]))))


def _decimals(extent: dict[str, float | None]) -> int:
    """Enough places for about four digits of the range that the target covers."""
    width = (extent["maximum"] or 0.0) - (extent["minimum"] or 0.0)
    return max(0, 4 - len(str(int(width)))) if width >= 1 else 4


def _learn_logarithm(database: Database, name: str, rows: str, minimum: float | None) -> bool:
    """Whether the target is positive and its logarithm is the less lopsided of the two."""
    if minimum is None or minimum <= 0:
        return False
    skewness = abs(_skewness(database, name, rows))
    return skewness > SKEWED and abs(_skewness(database, f"LN({name})", rows)) < skewness


def _skewness(database: Database, expression: str, rows: str) -> float:
    """The third standardised moment.

    `1e0` makes a number inexact on every database; no one word of a CAST does.
    """
    value = f"{expression} * 1e0"
    mean, deviation = _first(database, f"SELECT AVG({value}), STDDEV_POP({value}) FROM {rows}")
    (third,) = _first(
        database,
        f"SELECT AVG(POWER(({value} - {float(mean)!r}) / {float(deviation)!r}, 3)) FROM {rows}",
    )
    return float(third)


def _first(database: Database, sql: str) -> tuple[Any, ...]:
    return tuple(database.query(sql).rows[0])
