"""What an evaluation found: the figures that the report speaks of, each computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from Task2_model.baselines import baselines
from Task2_model.evaluate import ALL
from Task2_model.reporting import compare
from Task2_model.reporting.wording import Wording
from Task2_model.study import Study

Interval = tuple[float, float, float]  # value, and the ends of its 95 % interval


@dataclass(frozen=True)
class EvaluationSummary:
    """A study with what follows from its held-out answers."""

    study: Study

    @cached_property
    def wording(self) -> Wording:
        """How the contract's things are called."""
        return Wording(self.study.contract)

    @property
    def model(self) -> str:
        """The sealed model's name in the tables of answers."""
        return self.study.model.__name__

    @cached_property
    def losses(self) -> pd.DataFrame:
        """The mean loss of each row by model, subset and feature."""
        return compare.mean_losses(self.study.answers)

    @cached_property
    def models(self) -> pd.DataFrame:
        """One line for each model given all features, the smallest loss first.

        `more` with its interval: by how much its loss exceeds that of the sealed model.
        """
        table = self.study.summary
        lines = table[table["subset"] == ALL].sort_values("loss").set_index("model")
        keys = [(name, ALL, "") for name in lines.index]
        more = compare.relative(self.losses, keys, (self.model, ALL, ""), self.study.seed)
        return lines.assign(**more.set_index(lines.index))

    @cached_property
    def subsets(self) -> pd.DataFrame:
        """The summary of the sealed model, one line for each evaluated subset of features."""
        table = self.study.summary
        return table[table["model"] == self.model]

    @cached_property
    def featureless(self) -> str:
        """The baseline that uses no feature."""
        return next(iter(baselines(self.study.contract)))

    @cached_property
    def rival(self) -> str:
        """The best of the other models."""
        return str(self.models.drop(self.model)["loss"].idxmin())

    @cached_property
    def held_out(self) -> pd.DataFrame:
        """The sealed model's held-out answers, given all features."""
        answers = self.study.answers
        chosen = answers[(answers["model"] == self.model) & (answers["subset"] == ALL)]
        return chosen if self.wording.regression else compare.with_events(chosen, self.wording)

    @cached_property
    def importance(self) -> pd.DataFrame:
        """How much each feature reduces the error: see `compare.importance`."""
        study = self.study
        return compare.importance(
            self.losses, study.contract, self.model, self.featureless, study.seed
        )

    @cached_property
    def quintiles(self) -> pd.DataFrame:
        """Error and coverage by quintiles of the prediction, the lowest first: see `by_part`.

        `middle` is the median prediction (or probability) of each.
        """
        column = "prediction" if self.wording.regression else "event_probability"
        quintile = compare.quintiles(self.held_out[column], self.wording)
        parts = compare.by_part(self.held_out, quintile)
        parts["middle"] = self.held_out.groupby(quintile, observed=True)[column].median()
        return parts.sort_values("middle")

    def main_features(self, most: int) -> list[str]:
        """The most informative features beside `x`, a category among them where there is one."""
        contract = self.study.contract
        names = [name for name in self.importance.index if name != contract.x]
        categories = [name for name in names if contract.by_name[name].kind == "category"]
        chosen = names[:most]
        if len(chosen) == most and categories and not set(categories) & set(chosen):
            chosen[-1] = categories[0]
        return chosen

    @cached_property
    def ranking(self) -> dict[str, Interval]:
        """How well the probabilities separate the classes: see `compare.ranking`."""
        return compare.ranking(self.held_out, self.study.seed)

    def subset(self, name: str) -> Any:
        """The summary's line for the sealed model and one subset."""
        return self.subsets[self.subsets["subset"] == name].iloc[0]

    def gain(self, against: str) -> Interval:
        """The share by which the model's loss is below that of another, with its interval."""
        keys = [(self.model, ALL, "")]
        line = compare.relative(self.losses, keys, (against, ALL, ""), self.study.seed).iloc[0]
        return -line["more"], -line["more_high"], -line["more_low"]

    @property
    def held_out_rows(self) -> str:
        """What the rows are that the models are evaluated on."""
        return self.study.contract.held_out

    @cached_property
    def informative(self) -> bool:
        """Whether the model is significantly better than the baseline without features."""
        return self.gain(self.featureless)[1] > 0

    def in_sentence(self, model: str) -> str:
        """A model's name inside a sentence."""
        name = self.display_name(model)
        return f"the {name}" if model == self.featureless else name

    def display_name(self, model: str) -> str:
        """A model's name for readers."""
        x = self.study.contract.x
        return model.removesuffix(x) + self.wording.feature(x) if model.endswith(x) else model
