"""What a study found, in sentences: each is computed, and says so when there is little to say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from Task2_model import compare
from Task2_model.evaluate import EVERYTHING, FOLDS, X_ALONE
from Task2_model.study import Study
from Task2_model.wording import (
    NBSP,
    Wording,
    count,
    listed,
    lower_first,
    number,
    of_all,
    percent,
    plain,
)

LITTLE = 0.05  # a loss less than this much smaller is little better
Interval = tuple[float, float, float]  # value, and the ends of its 95 % interval


@dataclass(frozen=True)
class Findings:
    """The figures that the report speaks of, and the sentences that speak of them."""

    study: Study

    @cached_property
    def words(self) -> Wording:
        """How the contract's things are called."""
        return Wording(self.study.contract)

    @property
    def model(self) -> str:
        """The model's name in the tables of answers."""
        return self.study.model.__name__

    @cached_property
    def losses(self) -> pd.DataFrame:
        """The mean loss of each row by model, way of asking and feature."""
        return compare.mean_losses(self.study.answers)

    @cached_property
    def models(self) -> pd.DataFrame:
        """One line for each model, asked with everything, the smallest loss first."""
        table = self.study.summary
        lines = table[table["way"] == EVERYTHING].sort_values("loss").set_index("model")
        keys = [(name, EVERYTHING, "") for name in lines.index]
        against = compare.relative(self.losses, keys, (self.blind, EVERYTHING, ""), self.study.seed)
        return lines.assign(**against.set_index(lines.index))

    @cached_property
    def baselines(self) -> list[str]:
        """The names of the baselines, the one that knows nothing first."""
        return [name for name in self.study.summary["model"].unique() if name != self.model]

    @property
    def blind(self) -> str:
        """The baseline that knows no feature."""
        return self.baselines[0]

    @cached_property
    def rival(self) -> str:
        """The best of the baselines."""
        return str(self.models.drop(self.model)["loss"].idxmin())

    @cached_property
    def everything(self) -> pd.DataFrame:
        """The model's held-out answers when everything is told."""
        answers = self.study.answers
        chosen = answers[(answers["model"] == self.model) & (answers["way"] == EVERYTHING)]
        return chosen if self.words.regression else compare.with_chances(chosen, self.words)

    @cached_property
    def worth(self) -> pd.DataFrame:
        """What each feature is worth: see `compare.worth`."""
        study = self.study
        return compare.worth(self.losses, study.contract, self.model, self.blind, study.seed)

    def shown_beside_x(self, most: int) -> list[str]:
        """The features that tell most beside `x`, a category among them where there is one."""
        contract = self.study.contract
        names = [name for name in self.worth.index if name != contract.x]
        kinds = [name for name in names if contract.by_name[name].kind == "category"]
        chosen = names[:most]
        if len(chosen) == most and kinds and not set(kinds) & set(chosen):
            chosen[-1] = kinds[0]
        return chosen

    @cached_property
    def ranking(self) -> dict[str, Interval]:
        """How well the chances sort: see `compare.ranking`."""
        return compare.ranking(self.everything, self.study.seed)

    def line(self, way: str) -> Any:
        """The summary's line for the model asked in one way."""
        table = self.study.summary
        return table[(table["model"] == self.model) & (table["way"] == way)].iloc[0]

    def gain(self, against: str) -> Interval:
        """The share by which the model's loss is below that of a baseline, with its interval."""
        keys = [(self.model, EVERYTHING, "")]
        found = compare.relative(
            self.losses, keys, (against, EVERYTHING, ""), self.study.seed
        ).iloc[0]
        return -found["more"], -found["more_high"], -found["more_low"]

    def called(self, model: str) -> str:
        """A model's name for readers."""
        x = self.study.contract.x
        return model.removesuffix(x) + self.words.label(x) if model.endswith(x) else model

    def verdict(self) -> str:
        """Whether the model is worth having, in one sentence."""
        gain, low, high = self.gain(self.rival)
        rival, loss = plain(self.called(self.rival)), self.words.loss
        found = f"on rows that neither has seen, its {loss} is {_compared(gain, low, high)}"
        if high < 0:
            return (
                f"**It is worse than the {rival}**: {found}. Do not use it as it is: these "
                "features say too little for a model of this kind."
            )
        if low <= 0:
            return (
                f"**It cannot be told from the {rival}**: {found}. These features say too little, "
                "or there are too few rows."
            )
        if gain < LITTLE:
            return (
                f"**It is little better than the {rival}**: {found}. Its answers stay close to "
                "what is usual."
            )
        return f"**It beats the {rival}**, the best of the simple alternatives: {found}."

    def tiles(self) -> list[tuple[str, str, str]]:
        """The key numbers: each with what it is and how sure it is."""
        whole, words = self.line(EVERYTHING), self.words
        gain, *ends = self.gain(self.rival)
        against = (
            percent(abs(gain)),
            f"{_side(gain)} {words.loss} than the {self.called(self.rival)}",
            _sure(gain, *ends),
        )
        kept = (
            percent(whole["coverage"], 1),
            f"of truths inside the {percent(self.study.contract.confidence)} {self.region}",
            between(*(percent(whole[f"coverage_{end}"], 1) for end in ("low", "high"))),
        )
        if words.regression:
            ends = [words.amount(whole[f"loss_{end}"]) for end in ("low", "high")]
            return [
                (words.amount(whole["loss"]), "mean error on rows never seen", between(*ends)),
                against,
                kept,
                (
                    words.amount(whole["width"]),
                    "median width of that range",
                    f"{words.amount(self.line(X_ALONE)['width'])} when only "
                    f"{words.label(self.study.contract.x)} is told",
                ),
            ]
        auc, auc_low, auc_high = self.ranking["auc"]
        single = float((self.everything["size"] == 1).mean())
        return [
            (number(auc, 2), "area under the ROC curve (0.5 is chance)",
             between(number(auc_low, 2), number(auc_high, 2))),
            against,
            kept,
            (percent(single), "of answers leave one label only", "the others say “can’t tell”"),
        ]  # fmt: skip

    @property
    def region(self) -> str:
        """What surrounds an answer."""
        return "range" if self.words.regression else "set"

    def drivers(self) -> str:
        """What tells most, and what is missed most."""
        worth: Any = self.worth
        best, missed = worth.index[0], worth["without"].idxmax()
        if worth.loc[best, "only_low"] <= 0:
            return (
                "**No feature** takes away, when told alone, any of the error of knowing nothing "
                "that can be told from zero."
            )
        text = (
            f"**{self._name(best)}** tells most: alone it takes away "
            f"{percent(worth.loc[best, 'only'])} of the error of knowing nothing"
        )
        if worth.loc[missed, "without_low"] <= 0:
            return text + "; of the rest, none is missed once the others are told."
        more = percent(worth.loc[missed, "without"], 0)
        subject = "it" if missed == best else f"**{self._name(missed, first=False)}**"
        return (
            f"{text}. When all else is told, {subject} is missed most: the error is {more} larger."
        )

    def spare(self) -> str:
        """Which features add nothing that can be told from zero once all others are told."""
        spare = self.worth.index[self.worth["without_low"] <= 0]
        if len(spare) == 0:
            return "Each of them is missed when it alone is left out."
        if len(spare) == len(self.worth):
            return "Any one of them can be left out for nothing, so long as all others are told."
        names = listed(self._name(name, first=False) for name in spare)
        subject = "adds" if len(spare) == 1 else "add"
        return (
            f"Once all others are told, {names} {subject} nothing that can be told from zero; "
            "such a feature helps those who do not know the others."
        )

    def promise(self) -> str:
        """How the coverage of all ways of asking compares with what was promised."""
        table = self.study.summary.dropna(subset=["coverage"])
        promised = self.study.contract.confidence
        under = int((table["coverage_high"] < promised).sum())
        over = int((table["coverage_low"] > promised).sum())
        apart = listed(
            f"{of_all(ways, len(table))} {what} than that by more than chance"
            for ways, what in ((under, "less"), (over, "more"))
            if ways or what == "less"
        )
        least, most = (percent(end, 1) for end in table["coverage"].agg(["min", "max"]))
        return (
            f"Promised to hold the truth in {percent(promised)} of cases, and asked in "
            f"{len(table)} ways, the {self.region} held it in {least} to {most} of held-out "
            f"cases: {apart}."
        )

    def choice(self) -> str:
        """Which model is chosen, and why."""
        why = (
            f"{self.model} is chosen: it has the smallest {self.words.loss}, and"
            if self.models.index[0] == self.model
            else f"{self.model} does not have the smallest {self.words.loss}; it is chosen because"
        )
        about = (self.study.model.__doc__ or "a model of your own.").strip().splitlines()[0]
        return (
            f"{why} it alone answers from whatever is told, with a {self.region} that keeps its "
            f"promise. What it is: {lower_first(plain(about))} It learns from every row many "
            "times, each time with other features hidden, so that one model serves every way of "
            "asking."
        )

    def folds(self) -> str:
        """How the held-out answers came about."""
        return (
            f"All models were judged on the same rows: {count(len(self.study.rows))} cut into "
            f"{FOLDS} parts, each part answered by models that learned from the other "
            f"{FOLDS - 1}."
        )

    def _name(self, feature: str, *, first: bool = True) -> str:
        label = self.study.contract.by_name[feature].label
        return plain(label if first else self.words.label(feature))


def between(low: str, high: str) -> str:
    """A 95 % interval in words."""
    return f"95{NBSP}% interval {low} to {high}"


def _side(gain: float) -> str:
    return "smaller" if gain >= 0 else "larger"


def _compared(gain: float, low: float, high: float) -> str:
    return f"{percent(abs(gain))} {_side(gain)} ({_sure(gain, low, high)})"


def _sure(gain: float, low: float, high: float) -> str:
    ends = (low, high) if gain >= 0 else (-high, -low)
    return between(*(percent(end) for end in ends))
