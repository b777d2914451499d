"""What was measured: Tablecast's scores and the peers', by table, model and split."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import fmean

from benchmarks.accuracy.scores import Score
from benchmarks.accuracy.tables import Table

OWN = "Tablecast"
BASE_RATE, AUTOGLUON = "base rate", "AutoGluon"
ALL, X_ONLY, RANDOM = "all", "x", "random"  # which features are given
Seeded = dict[int, Score]  # the score of each split, by its seed


@dataclass
class TableResult:
    """The scores of one table.

    Attributes
    ----------
    scores : dict
        By model, Tablecast among them, and by seed.
    before : dict
        Of an earlier Tablecast, by seed.
    """

    table: Table
    task: str
    rows: int
    features: int
    scores: dict[str, Seeded] = field(default_factory=dict)
    before: Seeded = field(default_factory=dict)

    def add(self, seed: int, scores: Mapping[str, Score | None]) -> None:
        """Take in the scores of one split; None stands for a model that does not apply."""
        for model, score in scores.items():
            if score is not None:
                self.scores.setdefault(model, {})[seed] = score

    def has(self, model: str) -> bool:
        """Whether a model has scores here."""
        return model in self.scores

    @property
    def common(self) -> set[int]:
        """The splits that all models were evaluated on, AutoGluon apart, which has fewer."""
        seeds = [set(scores) for model, scores in self.scores.items() if model != AUTOGLUON]
        return set.intersection(*seeds)

    def mean(self, model: str, figure: str = "error") -> float:
        """Of a figure over the common splits; NaN where there is none."""
        scores = self.scores.get(model, {})
        values = [s[figure] for seed, s in scores.items() if seed in self.common and figure in s]
        return fmean(values) if values else float("nan")

    def ratio(self, model: str) -> float:
        """Tablecast's error divided by a model's, on the splits that both were evaluated on."""
        own, theirs = self.scores[OWN], self.scores[model]
        both = own.keys() & theirs.keys()
        return _mean_error(own, both) / _mean_error(theirs, both)

    @property
    def single_models(self) -> set[str]:
        """The peers, AutoGluon apart, which is a stack of many."""
        return self.scores.keys() - {OWN, AUTOGLUON}

    def best_single(self) -> str:
        """The one with the least error."""
        return min(sorted(self.single_models), key=self.mean)

    def ratio_to_best(self) -> float:
        """Tablecast's error divided by that of the best single model."""
        return self.ratio(self.best_single())

    def part(self, part: str, figure: str) -> float:
        """The mean of a figure of `all`, `x` or `random` over the splits."""
        return _mean_part(self.scores[OWN], self.scores[OWN], part, figure)

    def change(self, part: str, figure: str) -> float:
        """The same, divided by that of the earlier Tablecast on the same splits; else NaN."""
        own, before = self.scores[OWN], self.before
        both = own.keys() & before.keys()
        if not both:
            return float("nan")
        return _mean_part(own, both, part, figure) / _mean_part(before, both, part, figure)


def ratios(results: Iterable[TableResult], model: str) -> list[float]:
    """Tablecast's error divided by a model's, for each table that has both."""
    return [result.ratio(model) for result in results if result.has(model)]


def _mean_error(scores: Seeded, seeds: Iterable[int]) -> float:
    return fmean(float(scores[seed]["error"]) for seed in seeds)


def _mean_part(scores: Seeded, seeds: Iterable[int], part: str, figure: str) -> float:
    chosen = [scores[seed] for seed in seeds]
    return fmean((score if part == ALL else score[part])[figure] for score in chosen)
