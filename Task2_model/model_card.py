"""MODEL_CARD.md: what one should know of a model before relying on it.

The headings follow Mitchell et al., "Model Cards for Model Reporting" (FAT* 2019).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from Task2_model.contract import Contract, Feature
from Task2_model.formatting import (
    escape_markdown,
    format_coverage,
    format_estimate,
    format_percent,
    format_range,
    format_rounded,
    shorten,
    with_unit,
)

NAMED = 6  # categories named before the rest is cut
SUBSETS = {"all": "all features", "x_only": "{x} alone"}
TEMPLATE = """\
# {title}: model card

## Model details

Predicts {label}{unit} from any subset of {n_features} features; those that are unknown may be
missing. Each prediction comes with a {region} that is to hold the truth in {confidence} of cases.

## Training data

{rows:,} rows, read by SQL from `{database}`.

{feature_table}

## Evaluation

On held-out rows, with 95 % intervals in brackets.

{metric_table}

## Coverage, and its conditions

{coverage} {groups}

## Out of scope

- Cases unlike the training rows: values outside the ranges above are answered with a warning.
- Causes: the model describes what goes together, not what would happen if something were changed.
- Decisions about people without somebody who can review the case.

## Provenance

| | |
|---|---|
| model | `{model}` |
| seed | {seed} |
| SHA-256 of the rows | `{data_sha256}` |
| Python | {python} |
| packages | {packages} |
| sealed | {sealed_at} |
"""


def write_card(folder: Path, facts: dict[str, Any]) -> None:
    """Write MODEL_CARD.md into `folder`, from its contract.json and the manifest's facts."""
    contract = Contract.from_json((folder / "contract.json").read_text(encoding="utf-8"))
    provenance = facts["provenance"]
    region = "prediction interval" if contract.task == "regression" else "prediction set"
    text = TEMPLATE.format(
        **provenance
        | {"packages": ", ".join(f"{n} {v}" for n, v in provenance["packages"].items())},
        title=escape_markdown(contract.title),
        label=escape_markdown(contract.target.label),
        unit=f" ({escape_markdown(contract.target.unit)})" if contract.target.unit else "",
        n_features=len(contract.features),
        confidence=format_percent(contract.confidence),
        region=region,
        coverage=_coverage(contract, region),
        groups=_groups(contract, facts["metrics"]),
        feature_table=_table(
            ["feature", "values", "missing"], map(_feature_row, contract.features)
        ),
        metric_table=_metric_table(contract, facts["metrics"]),
    )
    (folder / "MODEL_CARD.md").write_text(text, encoding="utf-8")


def _coverage(contract: Contract, region: str) -> str:
    """How often the truth is inside: as seen, where that is less than promised."""
    confidence, seen = format_percent(contract.confidence), contract.observed_coverage
    if seen is None:
        return (
            f"Of cases with the same features given, {confidence} have their true value in the "
            f"{region}. This holds on average, for each subset of features, provided that the "
            "cases resemble the training rows and that which features are given does not depend "
            "on the outcome."
        )
    return (
        f"**Given all features, the {region} held the true value in {format_percent(seen, 1)} of "
        f"{escape_markdown(contract.held_out)}, not in {confidence}: reckon with this figure.** "
        "It is an average; the table above has that of other subsets of the features."
    )


def _groups(contract: Contract, metrics: list[dict[str, Any]]) -> str:
    """For which groups of rows it holds as well, and the coverage that was seen in groups."""
    text = "For single groups the coverage may be lower."
    if contract.coverage_groups:
        label = escape_markdown(contract.by_name[contract.coverage_groups].label)
        text = (
            f"Where “{label}” is given, it holds for each of its values whose rows are enough to "
            "calibrate by; for other groups the coverage may be lower."
        )
    rows = [
        [
            escape_markdown(f"{contract.by_name[line['feature']].label}: {line['group']}"),
            f"{line['rows']:,}",
            format_coverage(line),
        ]
        for line in metrics
        if line["subset"] == "group"
    ]
    return f"{text}\n\n{_table(['group', 'rows', 'coverage'], rows)}" if rows else text


def _feature_row(feature: Feature) -> list[str]:
    if feature.kind == "category":
        values = ", ".join(shorten(category, 30) for category in feature.categories[:NAMED])
        values += " …" if len(feature.categories) > NAMED else ""
    elif feature.minimum is None or feature.maximum is None:
        values = "none"
    else:
        values = format_range(feature.minimum, feature.maximum, feature.unit)
    label = f"{escape_markdown(feature.label)} (`{feature.name}`)"
    return [label, escape_markdown(values), format_percent(feature.missing, 1)]


def _metric_table(contract: Contract, metrics: list[dict[str, Any]]) -> str:
    regression = contract.task == "regression"
    loss, size = ("mean absolute error", "median width") if regression else ("log loss", "set size")
    rows = [_metric_row(contract, line) for line in metrics if line["subset"] in SUBSETS]
    return _table(["model", "given", loss, "coverage", size], rows)


def _metric_row(contract: Contract, line: dict[str, Any]) -> list[str]:
    """One model's error and, unless it is a baseline, its coverage and width."""
    unit = contract.target.unit if contract.task == "regression" else ""
    loss = format_estimate(line, "loss", lambda value: with_unit(format_rounded(value, 4), unit))
    if line.get("coverage") is None:
        return [line["model"], "", loss, "", ""]
    given = SUBSETS[line["subset"]].format(x=contract.x)
    coverage = format_coverage(line)
    if contract.task == "regression":
        return [
            line["model"],
            given,
            loss,
            coverage,
            with_unit(format_rounded(line["width"]), unit),
        ]
    return [line["model"], given, loss, coverage, format_rounded(line["size"])]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---"] * len(head)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, rule, *rows])
