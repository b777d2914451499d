"""Two answers side by side: one that was pinned, and the one to what the form says now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from Task1_database.errors import InputError
from Task2_model.contract import Contract, Feature, Value
from Task2_model.formatting import format_percent, format_points
from Task3_api import parsing
from Task3_api.current_model import CurrentModel
from Task3_api.pages import phrases
from Task3_api.pages.form import Form
from Task3_api.record_encoder import Record

NOT_KNOWN = "not known"


@dataclass(frozen=True)
class ComparedLine:
    """One figure of both answers and their difference, as texts."""

    name: str
    pinned: str
    now: str
    difference: str


@dataclass(frozen=True)
class PinnedComparison:
    """A pinned answer beside another."""

    lines: tuple[ComparedLine, ...]  # what was answered
    changed: tuple[ComparedLine, ...]  # what was given otherwise, without differences

    @classmethod
    def of(
        cls, model: CurrentModel, pinned: str, record: Record, confidence: float | None = None
    ) -> PinnedComparison | None:
        """The pinned query's answer beside that to a record; None where it has none."""
        try:
            form = Form.read(model.parser, parsing.pairs(pinned.encode()))
            if not form.is_valid:
                return None
            before = model.predictor.answer(form.record, form.confidence)
            now = model.predictor.answer(record, confidence)
        except InputError:
            return None
        lines = _amounts if model.contract.task == "regression" else _probabilities
        return cls(
            tuple(lines(model.contract, before, now)),
            (*_changed(model.contract, form.record, record), *_confidence(before, now)),
        )


def _amounts(
    contract: Contract, pinned: dict[str, Any], now: dict[str, Any]
) -> Iterator[ComparedLine]:
    target = contract.target
    names = {"prediction": target.label, "lower": "Range from", "upper": "Range to"}
    for part, name in names.items():
        yield ComparedLine(
            name,
            phrases.format_target(pinned[part], target),
            phrases.format_target(now[part], target),
            phrases.format_target_step(now[part] - pinned[part], target),
        )


def _probabilities(
    contract: Contract, pinned: dict[str, Any], now: dict[str, Any]
) -> Iterator[ComparedLine]:
    """The probabilities, with their difference where they are of one class."""
    label = contract.target.class_label
    one = pinned["probability_of"] == now["probability_of"]
    before, after = (
        format_percent(answer["probability"])
        + ("" if one else f" “{label(answer['probability_of'])}”")
        for answer in (pinned, now)
    )
    points = f"{format_points(now['probability'] - pinned['probability'])} points" if one else ""
    name = f"Probability of “{label(now['probability_of'])}”" if one else "Probability"
    yield ComparedLine(name, before, after, points)
    before, after = (" or ".join(map(label, answer["set"])) for answer in (pinned, now))
    yield ComparedLine("Not ruled out", before, after, "")


def _changed(contract: Contract, pinned: Record, now: Record) -> Iterator[ComparedLine]:
    for feature in contract.features:
        before, after = pinned.get(feature.name), now.get(feature.name)
        if before != after:
            yield ComparedLine(feature.label, _text(feature, before), _text(feature, after), "")


def _confidence(pinned: dict[str, Any], now: dict[str, Any]) -> Iterator[ComparedLine]:
    if pinned["confidence"] != now["confidence"]:
        before, after = (phrases.format_confidence(a["confidence"]) for a in (pinned, now))
        yield ComparedLine("How sure", before, after, "")


def _text(feature: Feature, value: Value) -> str:
    return NOT_KNOWN if value is None else phrases.format_value(feature, value)
