"""What a page shows of an answer: the answer, where it lies, why, and how it goes with `x`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from Task2_model.contract import Contract
from Task3_api.current_model import CurrentModel
from Task3_api.pages import words
from Task3_api.pages.charts import CurveChart, OutcomeStrip
from Task3_api.pages.curve import curve
from Task3_api.predictor import Record

WORTH_TELLING = 0.02  # a range that much narrower, a probability that far moved
MENTIONED = 3  # of what is worth telling
SMALL = 0.05  # a step of probability, or of the widest range, that is never drawn at full length


@dataclass(frozen=True)
class AnswerView:
    """All that a page shows of an answer.

    Attributes
    ----------
    answer, why : dict or None
        As `/predict` and `/explain` give them; None where nothing was told.
    warnings : tuple of str
        Of what was told, what training never saw.
    next : tuple of dict
        The most useful things to tell next, from `why`.
    """

    contract: Contract
    answer: dict[str, Any] | None
    why: dict[str, Any] | None
    strip: OutcomeStrip | None
    chart: CurveChart
    warnings: tuple[str, ...]
    next: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, model: CurrentModel, record: Record) -> AnswerView:
        """The view of one record; InputError where it tells nothing that the model can use."""
        told = {name: value for name, value in record.items() if value is not None}
        answer = model.predictor.answer(told) if told else None
        why = model.explainer.explain(told) if told else None
        of = answer.get("probability_of") if answer else None
        return cls(
            model.contract,
            answer,
            why,
            _strip(model, answer),
            CurveChart.of(curve(model.predictor, told, of), model.main),
            _warnings(model.contract, answer) if answer else (),
            _worth_telling(why) if why else (),
        )

    @property
    def counted(self) -> str:
        """What the answer is called in `why`."""
        return "prediction" if self.contract.task == "regression" else "probability"

    @property
    def verdict(self) -> str:
        """The class that is told; none where another, or the likelier one, is not ruled out."""
        answer = self.answer or {}
        if answer.get("set") != [answer.get("label")]:
            return "Can’t tell"
        word = self.contract.target.class_label(answer["label"])
        return word[:1].upper() + word[1:]

    @property
    def grounds(self) -> str:
        """What the verdict rests on: which classes are ruled out."""
        answer, target = self.answer or {}, self.contract.target
        sure, rest = (
            words.percent(s) for s in (self.contract.confidence, 1 - self.contract.confidence)
        )
        out = [
            f"“{target.class_label(label)}”"
            for label in target.values
            if label not in answer["set"]
        ]
        if not out:
            return f"At {sure} confidence nothing can be ruled out."
        alike = f"at most {rest} of such cases look like this one"
        if answer["label"] not in answer["set"]:
            return f"“{target.class_label(answer['label'])}” is the likelier, yet {alike}."
        return f"{words.listed(out)} {'is' if len(out) == 1 else 'are'} ruled out: {alike}."

    @property
    def point(self) -> tuple[float, float] | None:
        """Where on the curve the question stands; None where its value of `x` is not known."""
        asked = self.chart.curve.asked
        if self.answer is None or not isinstance(asked, float | int):
            return None
        return asked, self.answer[self.counted]

    @property
    def most(self) -> float:
        """The step that is drawn at full length."""
        base, *steps = [self.why["base"], *self.why["contributions"]] if self.why else [{}]
        small = SMALL * float(base.get("width", 1))
        return max([small, *(abs(float(step[self.counted])) for step in steps)])

    @property
    def title(self) -> str:
        """What the curve shows."""
        x = self.chart.curve.feature
        unit = f", {x.unit}" if x.unit else ""
        return f"{self._measured} by {words.inside(x.label)}{unit}"

    @property
    def explained(self) -> str:
        """How the curve is to be read."""
        kept = "All else stays as told. " if self.answer else ""
        if self.contract.task == "classification":
            return f"{kept}How probable the model finds it."
        return f"{kept}The shade is the {words.percent(self.contract.confidence)} range."

    @property
    def strip_words(self) -> str:
        """The strip for those who cannot see it."""
        target = self.contract.target
        low, high = (words.amount(end or 0, target) for end in (target.minimum, target.maximum))
        return f"The outcomes that the model learned from lie between {low} and {high}."

    @property
    def curve_words(self) -> str:
        """The curve for those who cannot see it: where it begins, peaks and ends."""
        curve = self.chart.curve
        places = sorted({0, curve.middle.index(max(curve.middle)), len(curve.values) - 1})
        said = [
            f"{self.said(curve.middle[place])} at {words.told(curve.feature, curve.values[place])}"
            for place in places
        ]
        return f"{self.title}: {words.listed(said)}"

    @property
    def _measured(self) -> str:
        of = self.chart.curve.of
        target = self.contract.target
        return target.label if of is None else f"Probability of “{target.class_label(of)}”"

    def said(self, value: float) -> str:
        """An amount of the target, or a probability."""
        if self.contract.task == "classification":
            return words.percent(value)
        return words.amount(value, self.contract.target)

    def step(self, value: float) -> str:
        """A step of it, up or down."""
        if self.contract.task == "classification":
            return words.points(value)
        return words.signed(value, self.contract.target)

    def tick(self, value: float) -> str:
        """A round number on its axis."""
        if self.contract.task == "classification":
            return words.percent(value)
        return words.tick(value, self.contract.target.unit)


def _strip(model: CurrentModel, answer: dict[str, Any] | None) -> OutcomeStrip | None:
    if model.contract.task == "classification":
        return None
    ends = (answer["lower"], answer["upper"]) if answer else ()
    return OutcomeStrip.of(model.outcomes, ends)


def _warnings(contract: Contract, answer: dict[str, Any]) -> tuple[str, ...]:
    fields = [warning["field"] for warning in answer["warnings"]]
    return tuple(words.unseen(contract.by_name[name], answer["given"][name]) for name in fields)


def _worth_telling(why: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    gains = [(gain.get("narrower", gain.get("moves", 0)), gain) for gain in why["missing"]]
    return tuple(gain for much, gain in gains[:MENTIONED] if much >= WORTH_TELLING)
