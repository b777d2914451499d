"""What a study found: the figures that the report speaks of, each computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from Task2_model.baselines import baselines
from Task2_model.evaluate import EVERYTHING
from Task2_model.reporting import compare
from Task2_model.reporting.wording import Wording
from Task2_model.study import Study

Interval = tuple[float, float, float]  # value, and the ends of its 95 % interval


@dataclass(frozen=True)
class Findings:
    """A study with what follows from its held-out answers."""

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
    def ways(self) -> pd.DataFrame:
        """The summary of the model that is sealed, one line for each way of asking."""
        table = self.study.summary
        return table[table["model"] == self.model]

    @cached_property
    def blind(self) -> str:
        """The baseline that knows no feature."""
        return next(iter(baselines(self.study.contract)))

    @cached_property
    def rival(self) -> str:
        """The best of the other models."""
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

    @property
    def region(self) -> str:
        """What surrounds an answer."""
        return "range" if self.words.regression else "set"
