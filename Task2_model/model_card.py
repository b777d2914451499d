"""MODEL_CARD.md: what one should know of a model before relying on it.

The headings follow Mitchell et al., "Model Cards for Model Reporting" (FAT* 2019).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from Task2_model.contract import Contract, Feature

TEMPLATE = """\
# {title}: model card

## What it predicts

{label}{unit}, from any of {features} features: tell what is known, leave out the rest.
Each answer comes with a {confidence:.0%} {region}.

## Data

{rows:,} rows, read by SQL from `{database}`.

{feature_table}

## How good it is

On held-out rows, which it never saw; 95 % intervals in brackets.

{metric_table}

## The promise, and when it holds

Of 100 cases that tell the same features, about {confidence_count:.0f} have their true value in the
{region}. This holds for each set of features told, as long as the cases asked about are like the
training rows and as long as which features are told does not depend on the answer.

## What not to use it for

- Cases unlike the training rows: values outside the ranges above are answered with a warning.
- Causes: it says what goes along with what, not what would happen if something were changed.
- Decisions about people without someone who can disagree with it.

## Where it comes from

| | |
|---|---|
| model | `{model}` |
| seed | {seed} |
| rows' SHA-256 | `{data_sha256}` |
| Python | {python} |
| packages | {packages} |
| sealed | {sealed_at} |
"""


def write_card(folder: Path, facts: dict[str, Any]) -> None:
    """Write MODEL_CARD.md into `folder`, from its contract.json and the manifest's facts."""
    contract = Contract.from_json((folder / "contract.json").read_text(encoding="utf-8"))
    provenance = facts["provenance"]
    text = TEMPLATE.format(
        **provenance
        | {"packages": ", ".join(f"{n} {v}" for n, v in provenance["packages"].items())},
        title=contract.title,
        label=contract.target.label,
        unit=f" ({contract.target.unit})" if contract.target.unit else "",
        features=len(contract.features),
        confidence=contract.confidence,
        confidence_count=contract.confidence * 100,
        region="range" if contract.task == "regression" else "set of labels that may be true",
        feature_table=_table(
            ["feature", "unit", "values", "missing"], [_feature(f) for f in contract.features]
        ),
        metric_table=_metrics(contract, facts["metrics"]),
    )
    (folder / "MODEL_CARD.md").write_text(text, encoding="utf-8")


def _feature(feature: Feature) -> list[str]:
    if feature.kind == "category":
        values = ", ".join(feature.categories[:6]) + (" …" if len(feature.categories) > 6 else "")
    elif feature.minimum is None or feature.maximum is None:
        values = "none"
    else:
        values = f"{feature.minimum:,g} to {feature.maximum:,g}"
    return [f"{feature.label} (`{feature.name}`)", feature.unit, values, f"{feature.missing:.1%}"]


def _metrics(contract: Contract, metrics: list[dict[str, Any]]) -> str:
    loss = "mean absolute error" if contract.task == "regression" else "log loss"
    region, width = (
        ("median width", "width") if contract.task == "regression" else ("labels", "size")
    )
    head = ["model", "told", loss, "coverage", region]
    lines = []
    for line in metrics:
        if line["way"] not in ("everything", "x alone"):
            continue
        baseline = line.get("coverage") is None
        told = "—" if baseline else f"{contract.x} alone" if line["feature"] else "everything"
        covered = "—" if baseline else _interval(line, "coverage", ".1%")
        size = (
            "—"
            if baseline
            else f"{line[width]:,.3g}"
            if line[width] < 100
            else f"{line[width]:,.0f}"
        )
        lines.append([line["model"], told, _interval(line, "loss", ",.4g"), covered, size])
    return _table(head, lines)


def _interval(line: dict[str, Any], name: str, spec: str) -> str:
    value, low, high = (format(line[key], _plain(spec, line[key])) for key in
                        (name, f"{name}_low", f"{name}_high"))  # fmt: skip
    return f"{value} ({low} to {high})"


def _plain(spec: str, value: float) -> str:
    """No exponent for large numbers."""
    return ",.0f" if spec == ",.4g" and abs(value) >= 1000 else spec


def _table(head: list[str], lines: list[list[str]]) -> str:
    rule = ["---"] * len(head)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, rule, *lines])
