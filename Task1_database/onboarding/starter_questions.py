"""Three questions to begin with, in SQL that all databases share.

How does the target go with the main feature, how with the one that explains most beside it, and
what is missing? "Typical" is the lower median, a value that there really was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from Task1_database.dataset import FEATURES_TABLE
from Task1_database.literals import sql_text
from Task1_database.onboarding.dataset_plan import DatasetPlan
from Task1_database.onboarding.names import free, one_line, safe_name
from Task1_database.onboarding.planned_features import PlannedFeature

MAX_CLASS_COLUMNS = 5
_PARTS = "The rows in ten parts of the same size, from the lowest value to the highest."
_GROUPS = "The 20 most frequent of those that are in ten rows or more."

PARTED = """\
WITH parted AS (
    SELECT {x}, {y}, NTILE(10) OVER (ORDER BY {x}, row_id) AS {part}
    FROM {table}
    WHERE {x} IS NOT NULL AND {y} IS NOT NULL
)"""
LEVELS = """\
    MAX(CASE WHEN 4 * {nth} BETWEEN {cases} AND {cases} + 3 THEN {y} END) AS low_{y},
    MAX(CASE WHEN 4 * {nth} BETWEEN 2 * {cases} AND 2 * {cases} + 3 THEN {y} END) AS typical_{y},
    MAX(CASE WHEN 4 * {nth} BETWEEN 3 * {cases} AND 3 * {cases} + 3 THEN {y} END) AS high_{y}"""
PARTS_OF_CLASSES = f"""\
{PARTED}
SELECT
    {{part}},
    MIN({{x}}) AS {{x}}_from,
    MAX({{x}}) AS {{x}}_to,
    COUNT(*) AS {{cases}},
    {{percents}}
FROM parted
GROUP BY {{part}}
ORDER BY {{part}};
"""
PARTS_OF_NUMBERS = f"""\
{PARTED},
ranked AS (
    SELECT
        {{x}},
        {{y}},
        {{part}},
        ROW_NUMBER() OVER (PARTITION BY {{part}} ORDER BY {{y}}) AS {{nth}},
        COUNT(*) OVER (PARTITION BY {{part}}) AS {{cases}}
    FROM parted
)
SELECT
    {{part}},
    MIN({{x}}) AS {{x}}_from,
    MAX({{x}}) AS {{x}}_to,
    MAX({{cases}}) AS {{cases}},
{LEVELS}
FROM ranked
GROUP BY {{part}}
ORDER BY {{part}};
"""
GROUPS_OF_CLASSES = """\
SELECT
    {x},
    COUNT(*) AS {cases},
    {percents}
FROM {table}
WHERE {x} IS NOT NULL AND {y} IS NOT NULL
GROUP BY {x}
HAVING COUNT(*) >= 10
ORDER BY COUNT(*) DESC, MIN(row_id)
LIMIT 20;
"""
GROUPS_OF_NUMBERS = f"""\
WITH ranked AS (
    SELECT
        row_id,
        {{x}},
        {{y}},
        ROW_NUMBER() OVER (PARTITION BY {{x}} ORDER BY {{y}}) AS {{nth}},
        COUNT(*) OVER (PARTITION BY {{x}}) AS {{cases}}
    FROM {{table}}
    WHERE {{x}} IS NOT NULL AND {{y}} IS NOT NULL
)
SELECT
    {{x}},
    MAX({{cases}}) AS {{cases}},
{LEVELS}
FROM ranked
WHERE {{cases}} >= 10
GROUP BY {{x}}
ORDER BY MAX({{cases}}) DESC, MIN(row_id)
LIMIT 20;
"""
DISTRIBUTION_OF_CLASSES = """\
SELECT {y}, COUNT(*) AS {cases}
FROM {table}
WHERE {y} IS NOT NULL
GROUP BY {y}
ORDER BY COUNT(*) DESC, MIN(row_id);
"""
DISTRIBUTION_OF_NUMBERS = """\
WITH parted AS (
    SELECT {y}, NTILE(10) OVER (ORDER BY {y}, row_id) AS {part}
    FROM {table}
    WHERE {y} IS NOT NULL
)
SELECT {part}, MIN({y}) AS {y}_from, MAX({y}) AS {y}_to, COUNT(*) AS {cases}
FROM parted
GROUP BY {part}
ORDER BY {part};
"""


class StarterQuestion(NamedTuple):
    """A question: the name of its file, and what stands in it."""

    file: str
    sql: str


def starter_questions(plan: DatasetPlan) -> Iterator[StarterQuestion]:
    """The questions, the most general first."""
    target = plan.target.name
    yield StarterQuestion(f"01_{target}_by_{plan.x.name}.sql", _by(plan, plan.x))
    if plan.second:
        yield StarterQuestion(f"02_{target}_by_{plan.second.name}.sql", _by(plan, plan.second))
    else:
        yield StarterQuestion(f"02_spread_of_{target}.sql", _distribution(plan))
    yield StarterQuestion("03_what_is_missing.sql", _missing(plan))


def _by(plan: DatasetPlan, feature: PlannedFeature) -> str:
    """The target in ten equal parts of a number, or in the groups of a category."""
    x, y, note = feature.name, plan.target.name, _PARTS if feature.is_numeric else _GROUPS
    own = {name: free(name, {x, y}) for name in ("part", "nth", "cases")}
    parts = {"x": x, "y": y, **own, "table": FEATURES_TABLE}
    if plan.outcome.classes:
        template = PARTS_OF_CLASSES if feature.is_numeric else GROUPS_OF_CLASSES
        parts["percents"] = ",\n    ".join(_percents(plan))
    else:
        template = PARTS_OF_NUMBERS if feature.is_numeric else GROUPS_OF_NUMBERS
    head = f"-- How does {_comment(plan.target)} go with {_comment(feature)}?\n-- {note}\n\n"
    return head + template.format(**parts)


def _distribution(plan: DatasetPlan) -> str:
    """The target alone, where there is nothing beside x."""
    template = DISTRIBUTION_OF_CLASSES if plan.outcome.classes else DISTRIBUTION_OF_NUMBERS
    y = plan.target.name
    parts = {"y": y, "part": free("part", {y}), "cases": free("cases", {y})}
    head = f"-- How is {_comment(plan.target)} spread?\n\n"
    return head + template.format(table=FEATURES_TABLE, **parts)


def _percents(plan: DatasetPlan) -> Iterator[str]:
    """For each class that gets a column, how many percent it is."""
    outcome, used = plan.outcome, set[str]()
    values = [outcome.positive] if outcome.positive else list(outcome.classes)
    for value in values[:MAX_CLASS_COLUMNS]:
        name = free(f"percent_{safe_name(value, 'of_another').removeprefix('n_')}", used)
        used.add(name)
        quoted = sql_text(value) if outcome.source.kind == "text" else value
        share = f"SUM(CASE WHEN {plan.target.name} = {quoted} THEN 1 ELSE 0 END) / COUNT(*)"
        yield f"ROUND(100.0 * {share}) AS {name}"


def _missing(plan: DatasetPlan) -> str:
    counted = " UNION ALL\n    ".join(
        f"SELECT {nth} AS nth, '{feature.name}' AS feature, "
        f"COUNT(*) - COUNT({feature.name}) AS missing, COUNT(*) AS cases FROM {FEATURES_TABLE}"
        for nth, feature in enumerate((plan.target, *plan.features), start=1)
    )
    return f"""\
-- What is missing, and in how many rows?

WITH counted AS (
    {counted}
)
SELECT feature, missing, ROUND(100.0 * missing / cases) AS percent
FROM counted
ORDER BY missing DESC, nth;
"""


def _comment(feature: PlannedFeature) -> str:
    """A label as a comment can hold it; a semicolon might end the statement for some programs."""
    return one_line(feature.label).replace(";", ",")
