"""The contract of a feature_store, computed by SQL over every row."""

from __future__ import annotations

from typing import Any, cast

from Task1_database.database import Database
from Task1_database.dataset import Dataset
from Task1_database.errors import DatasetError, TrainingError
from Task2_model.contract import Contract, Feature, Kind, Target

TABLE = "feature_store"
KINDS: dict[str, Kind] = {"integer": "integer", "number": "number", "text": "category"}
SKEWED = 0.5  # below this, a logarithm would cost the answers' plain meaning for nothing


def describe(database: Database, dataset: Dataset) -> Contract:
    """What may be asked of `dataset`, and what the answer looks like.

    Raises
    ------
    DatasetError
        Where dataset.toml names a feature that feature_store does not have.
    TrainingError
        Where there is nothing to learn: no rows, or a target that never varies.
    """
    types = database.columns(TABLE)
    for name in [*dataset.features, dataset.target.name]:
        if name not in types:
            raise DatasetError(
                f"{dataset.folder / 'dataset.toml'}: {name} is not a column of {TABLE}, "
                f"which has {', '.join(types)}"
            )
    rows = int(_first(database, f"SELECT COUNT(*) FROM {TABLE}")[0])
    ordered = [dataset.x, *(name for name in dataset.features if name != dataset.x)]
    return Contract(
        dataset=dataset.name,
        title=dataset.title,
        task=cast(Any, dataset.task),
        x=dataset.x,
        target=_target(database, dataset),
        features=tuple(_feature(database, dataset, name, types[name], rows) for name in ordered),
        rows=rows,
    )


def _feature(database: Database, dataset: Dataset, name: str, type_: str, rows: int) -> Feature:
    text = dataset.features[name]
    if type_ not in KINDS:
        raise DatasetError(
            f"{dataset.name}: feature {name} is a {type_}; make it a number or a text in "
            "features.sql"
        )
    kind = KINDS[type_]
    told = int(_first(database, f"SELECT COUNT({name}) FROM {TABLE}")[0])
    if kind == "category":
        span: dict[str, Any] = {"categories": _categories(database, name)}
    else:
        span = _span(database, name, told)
    return Feature(
        name=name,
        kind=kind,
        label=text.label,
        unit=text.unit,
        help=text.help,
        missing=round(1 - told / rows, 6) if rows else 0.0,
        **span,
    )


def _target(database: Database, dataset: Dataset) -> Target:
    text = dataset.target
    told = int(_first(database, f"SELECT COUNT({text.name}) FROM {TABLE}")[0])
    named = {"name": text.name, "label": text.label, "unit": text.unit, "help": text.help}
    distinct = _first(database, f"SELECT COUNT(DISTINCT {text.name}) FROM {TABLE}")[0]
    if distinct < 2:
        raise TrainingError(
            f"{dataset.name}: {text.name} has {distinct} different values in {told:,} rows; "
            "there is nothing to learn"
        )
    if dataset.task == "classification":
        return Target(**named, classes=tuple(sorted(_categories(database, text.name))))
    span = _span(database, text.name, told)
    return Target(
        **named,
        **span,
        decimals=text.decimals if text.decimals is not None else _decimals(span),
        logarithmic=_learn_logarithm(database, text.name, span["minimum"]),
    )


def _span(database: Database, name: str, told: int) -> dict[str, float | None]:
    """Smallest, largest and (lower) median value, all None where no row has one."""
    if not told:
        return {"minimum": None, "maximum": None, "median": None}
    minimum, maximum = _first(database, f"SELECT MIN({name}), MAX({name}) FROM {TABLE}")
    (median,) = _first(
        database,
        f"SELECT {name} FROM {TABLE} WHERE {name} IS NOT NULL "
        f"ORDER BY {name} LIMIT 1 OFFSET {(told - 1) // 2}",
    )
    return {"minimum": float(minimum), "maximum": float(maximum), "median": float(median)}


def _categories(database: Database, name: str) -> tuple[str, ...]:
    """The most frequent first; alphabetical among equals, whatever the database's collation."""
    counted = database.query(
        f"SELECT {name}, COUNT(*) FROM {TABLE} WHERE {name} IS NOT NULL GROUP BY {name}"
    ).rows
    return tuple(str(value) for value, count in sorted(counted, key=lambda r: (-r[1], str(r[0]))))


def _decimals(span: dict[str, float | None]) -> int:
    """Enough places for about four digits of the range that the target covers."""
    width = (span["maximum"] or 0.0) - (span["minimum"] or 0.0)
    return max(0, 4 - len(str(int(width)))) if width >= 1 else 4


def _learn_logarithm(database: Database, name: str, minimum: float | None) -> bool:
    """Whether the target is positive and its logarithm is the less lopsided of the two."""
    if minimum is None or minimum <= 0:
        return False
    plain = abs(_skewness(database, name))
    return plain > SKEWED and abs(_skewness(database, f"LN({name})")) < plain


def _skewness(database: Database, expression: str) -> float:
    """The third standardised moment."""
    value = f"CAST({expression} AS DOUBLE PRECISION)"
    mean, spread = _first(database, f"SELECT AVG({value}), STDDEV_POP({value}) FROM {TABLE}")
    (third,) = _first(
        database,
        f"SELECT AVG(POWER(({value} - {float(mean)!r}) / {float(spread)!r}, 3)) FROM {TABLE}",
    )
    return float(third)


def _first(database: Database, sql: str) -> tuple[Any, ...]:
    return tuple(database.query(sql).rows[0])
