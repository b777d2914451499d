"""What a page shows of an answer: the answer, where it lies, why, and how it goes with `x`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from Task2_model.contract import Contract, Feature
from Task2_model.formatting import (
    format_number,
    format_percent,
    format_points,
    join_and,
    lower_first,
    with_currency,
)
from Task3_api.current_model import CurrentModel
from Task3_api.pages import phrases
from Task3_api.pages.case_view import CasesView
from Task3_api.pages.charts import CurveChart, OutcomeStrip
from Task3_api.pages.comparison import PinnedComparison
from Task3_api.pages.cost_view import CostView
from Task3_api.pages.curve import curve
from Task3_api.record_encoder import Record

MIN_GAIN = 0.02  # a range that much narrower, a probability that far moved
MAX_SUGGESTIONS = 3
MAX_RUNNERS_UP = 4  # classes beside the likeliest
MIN_FULL_STEP = 0.05  # of probability, or of the widest range: smaller steps are drawn shorter


@dataclass(frozen=True)
class AnswerView:
    """All that a page shows of an answer."""

    contract: Contract
    confidence: float  # how often the answer's range or set holds the truth
    # as `/predict` and `/explain` give them; None where no feature was given
    answer: dict[str, Any] | None
    explanation: dict[str, Any] | None
    strip: OutcomeStrip | None
    chart: CurveChart
    # whose number is outside of what training saw, and whose category is new
    beyond: tuple[Feature, ...]
    left_out: tuple[Feature, ...]
    # the most useful features to give next, from the explanation
    suggestions: tuple[dict[str, Any], ...]
    cases: CasesView | None = None  # the rows of the data most like it, where these may be shown
    costs: CostView | None = None  # what the choice of a threshold costs, where that is known
    comparison: PinnedComparison | None = None  # this answer beside the one that was pinned

    @classmethod
    def of(
        cls,
        model: CurrentModel,
        record: Record,
        confidence: float | None = None,
        *,
        pinned: str = "",
    ) -> AnswerView:
        """The view of one record beside a pinned query.

        Raises InputError where the record gives nothing that the model can use.
        """
        given = {name: value for name, value in record.items() if value is not None}
        answer = model.predictor.answer(given, confidence) if given else None
        explanation = model.explainer.explain(given, confidence) if given else None
        label = answer.get("probability_of") if answer else None
        return cls(
            model.contract,
            model.contract.confidence if confidence is None else confidence,
            answer,
            explanation,
            _strip(model, answer),
            CurveChart.of(curve(model.predictor, given, label, confidence), model.x_values),
            *_unseen(model.contract, given),
            _suggestions(explanation) if explanation else (),
            CasesView.of(model, given) if answer else None,
            CostView.of(model, given, answer) if answer else None,
            PinnedComparison.of(model, pinned, given, confidence) if answer and pinned else None,
        )

    @property
    def quantity(self) -> str:
        """What the answer is called in the explanation."""
        return "prediction" if self.contract.task == "regression" else "probability"

    @property
    def verdict(self) -> str:
        """The answer's label, and what made it that."""
        answer, target = self.answer or {}, self.contract.target
        label = self._quoted(answer["label"])
        if target.threshold is None:
            return f"The likeliest is {label}."
        share, positive = format_percent(target.threshold), self._quoted(answer["probability_of"])
        if label == positive:
            return f"Called {label}, as it is from {share} on."
        return f"Called {label}; {positive} it is from {share} on."

    @property
    def runners_up(self) -> str:
        """Of three classes or more, how probable the next ones are; empty for two."""
        probabilities = (self.answer or {})["probabilities"]
        if len(probabilities) == 2:
            return ""
        order = sorted(probabilities, key=lambda name: -probabilities[name])
        others = order[1 : 1 + MAX_RUNNERS_UP]
        texts = [f"{self._quoted(name)} {format_percent(probabilities[name])}" for name in others]
        return f"Then {join_and(texts)}."

    @property
    def sure(self) -> str:
        """How often to reckon with the truth inside: as seen, where that is less than promised."""
        usual = self.confidence == self.contract.confidence
        return phrases.format_confidence(self.contract.coverage if usual else self.confidence)

    @property
    def prediction_set(self) -> str:
        """The classes that are not ruled out."""
        return join_and(self._quoted(value) for value in (self.answer or {})["set"])

    @property
    def meaning_of_set(self) -> str:
        """What it says that a class is not ruled out, and what it does not say."""
        answer = self.answer or {}
        label, percent = self._quoted(answer["label"]), phrases.format_confidence(self.confidence)
        meaning = (
            f"Of the cases that truly are {label}, {percent} get an answer that does not rule it "
            "out, and so for each class; how probable a class is, the percentage says."
        )
        if answer["label"] in answer["set"]:
            return meaning
        rest = phrases.format_confidence(1 - self.confidence)
        return (
            f"{label} is likelier, yet ruled out: at most {rest} of the cases that truly are "
            f"{label} get so low a probability for it. {meaning}"
        )

    def _quoted(self, value: str | int) -> str:
        return f"“{self.contract.target.class_label(value)}”"

    @property
    def as_text(self) -> str:
        """The answer and what was given, to be sent to somebody."""
        answer, target = self.answer or {}, self.contract.target
        given = "; ".join(
            f"{feature.label}: {phrases.format_value(feature, answer['given'][feature.name])}"
            for feature in self.contract.features
            if feature.name in answer["given"]
        )
        if self.contract.task == "regression":
            ends = " to ".join(phrases.format_target(answer[e], target) for e in ("lower", "upper"))
            result = f"{self.format(answer['prediction'])} ({self.sure} sure: {ends})"
        else:
            label = target.class_label(answer["probability_of"])
            result = f"{format_percent(answer['probability'])} “{label}”"
        return f"{target.label}: {result}\n{given}\n{self.model_name}"

    @property
    def model_name(self) -> str:
        """Which model answered."""
        model = (self.answer or {})["model"]
        return f"Model {model['dataset']} {model['version']}"

    @property
    def point(self) -> tuple[float, float] | None:
        """The answer's point on the curve; None where its value of `x` is missing."""
        x = self.chart.curve.given
        if self.answer is None or not isinstance(x, float | int):
            return None
        return x, self.answer[self.quantity]

    @property
    def full_step(self) -> float:
        """The step that is drawn at full length."""
        if not self.explanation:
            return MIN_FULL_STEP
        steps = [abs(float(part[self.quantity])) for part in self.explanation["contributions"]]
        return max([MIN_FULL_STEP * float(self.explanation["base"].get("width", 1)), *steps])

    @property
    def curve_title(self) -> str:
        """What the curve shows."""
        x, target = self.chart.curve.feature, self.contract.target
        unit = f", {x.unit}" if x.unit else ""
        label = self.chart.curve.probability_of
        y = target.label if label is None else f"Probability of “{target.class_label(label)}”"
        return f"{y} by {lower_first(x.label)}{unit}"

    @property
    def curve_caption(self) -> str:
        """How the curve is to be read."""
        fixed = "All else stays as told. " if self.answer else ""
        if self.contract.task == "classification":
            return f"{fixed}How probable the model finds it."
        return f"{fixed}The shade is the {phrases.format_confidence(self.confidence)} range."

    @property
    def strip_alt(self) -> str:
        """The strip for those who cannot see it."""
        target = self.contract.target
        low, high = (self.format(end or 0) for end in (target.minimum, target.maximum))
        return f"The outcomes that the model learned from lie between {low} and {high}."

    @property
    def curve_alt(self) -> str:
        """The curve for those who cannot see it: where it begins, peaks and ends."""
        curve = self.chart.curve
        peak = curve.middle.index(max(curve.middle))
        points = [
            f"{self.format(curve.middle[index])} at "
            f"{phrases.format_value(curve.feature, curve.values[index])}"
            for index in sorted({0, peak, len(curve.values) - 1})
        ]
        return f"{self.curve_title}: {join_and(points)}"

    def format(self, value: float) -> str:
        """An amount of the target, or a probability."""
        if self.contract.task == "classification":
            return format_percent(value)
        return phrases.format_target(value, self.contract.target)

    def format_step(self, value: float) -> str:
        """A step of it, up or down."""
        if self.contract.task == "classification":
            return format_points(value)
        return phrases.format_target_step(value, self.contract.target)

    def format_tick(self, value: float) -> str:
        """A round number on its axis."""
        if self.contract.task == "classification":
            return format_percent(value)
        return with_currency(format_number(value), self.contract.target.unit)


def _strip(model: CurrentModel, answer: dict[str, Any] | None) -> OutcomeStrip | None:
    if model.contract.task == "classification":
        return None
    ends = (answer["lower"], answer["upper"]) if answer else ()
    return OutcomeStrip.of(model.outcomes, ends)


def _unseen(contract: Contract, given: Record) -> tuple[tuple[Feature, ...], tuple[Feature, ...]]:
    """Features whose number lies beyond training, and those whose category is new."""
    unseen = [
        contract.by_name[name]
        for name, value in given.items()
        if phrases.unseen_warning(contract.by_name[name], value)
    ]
    new = tuple(feature for feature in unseen if feature.kind == "category")
    return tuple(feature for feature in unseen if feature.kind != "category"), new


def _suggestions(explanation: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    first = explanation["missing"][:MAX_SUGGESTIONS]
    return tuple(m for m in first if m.get("narrower", m.get("moves", 0)) >= MIN_GAIN)
