"""The model card as tables and a picture: what the manifest measured, put in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from Task2_model.artifact import SealedModel
from Task2_model.contract import Contract
from Task3_api.pages import words

Line = dict[str, Any]  # of the manifest's metrics: one model, asked in one way

ALONE, LEFT_OUT, DRAWN = "only", "without", "random"  # the manifest's names for ways of asking


@dataclass(frozen=True)
class ModelScore:
    """How good one model is in one way of asking; empty where it makes no such promise."""

    model: str
    told: str
    loss: str
    coverage: str
    width: str


@dataclass(frozen=True)
class CoverageStrip:
    """The coverages of one kind of asking: their places on a line, 0 to 1000, and their words."""

    told: str
    places: list[int]
    text: str


@dataclass(frozen=True)
class ModelView:
    """What one should know of a sealed model before relying on it."""

    sealed: SealedModel

    @property
    def contract(self) -> Contract:
        """What may be asked."""
        return self.sealed.contract

    @property
    def provenance(self) -> dict[str, Any]:
        """Where the model comes from."""
        return dict(self.sealed.manifest.get("provenance", {}))

    @cached_property
    def metrics(self) -> list[Line]:
        """The manifest's measurements, each on rows that the model never saw."""
        return list(self.sealed.manifest.get("metrics", []))

    @property
    def loss(self) -> str:
        """What the error is called."""
        return "Mean error" if self.contract.task == "regression" else "Log loss"

    @property
    def judged(self) -> Iterator[ModelScore]:
        """The sealed model, what it was compared with, and the baselines."""
        for line in self.metrics:
            if line["way"] in ("everything", "x alone"):
                yield ModelScore(
                    line["model"],
                    self._told(line),
                    self._loss(line),
                    _coverage(line),
                    self._width(line),
                )

    @property
    def least(self) -> float:
        """Where the picture of coverages begins: a multiple of 5 % below them all."""
        lows = [line["coverage"] for line in self._ways] + [self.contract.confidence]
        return max(0, int(20 * min(lows) - 0.5) / 20)

    @property
    def promised(self) -> int:
        """The place of what is promised on the picture's line, 0 to 1000."""
        return self._place(self.contract.confidence)

    @property
    def strips(self) -> Iterator[CoverageStrip]:
        """The coverages of the sealed model by what it was told."""
        features, x = self.contract.names, self.contract.by_name[self.contract.x].label
        kinds = {
            "everything": f"Everything, {len(features)} features",
            "x alone": f"{x} alone",
            ALONE: "Any one alone",
            LEFT_OUT: "All but one",
            DRAWN: "Some, drawn by lot",
        }
        for way, told in kinds.items():
            found = [line["coverage"] for line in self._ways if line["way"] == way]
            if found:
                ends = dict.fromkeys(words.share(end) for end in (min(found), max(found)))
                yield CoverageStrip(
                    told, [self._place(share) for share in found], " to ".join(ends)
                )

    @property
    def _ways(self) -> list[Line]:
        """The lines of the sealed model, which is the class that provenance names."""
        name = self.provenance.get("model", "").rpartition(".")[2]
        return [line for line in self.metrics if line["model"] == name and _promises(line)]

    def _place(self, coverage: float) -> int:
        return round(1000 * (coverage - self.least) / (1 - self.least))

    def _told(self, line: Line) -> str:
        if not _promises(line):
            return ""
        label = self.contract.by_name[self.contract.x].label
        return f"{label} alone" if line["feature"] else "Everything"

    def _loss(self, line: Line) -> str:
        values = (line["loss"], line["loss_low"], line["loss_high"])
        if self.contract.task == "regression":
            return _interval([self._amount(value) for value in values])
        return _interval([f"{value:.3f}" for value in values])

    def _width(self, line: Line) -> str:
        if not _promises(line):
            return ""
        if self.contract.task == "regression":
            return self._amount(line["width"])
        return f"{line['size']:.2f}"

    def _amount(self, value: float) -> str:
        """As exactly as answers are given."""
        target = self.contract.target
        return words.amount(round(value, target.decimals), target)


def _promises(line: Line) -> bool:
    return line.get("coverage") is not None


def _coverage(line: Line) -> str:
    if not _promises(line):
        return ""
    ends = ("coverage", "coverage_low", "coverage_high")
    return _interval([words.share(min(line[end], 1)) for end in ends])


def _interval(texts: list[str]) -> str:
    value, low, high = texts
    return f"{value} ({low} to {high})"
