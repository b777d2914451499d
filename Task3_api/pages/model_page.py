"""The page of the model: its card, what the manifest measured as tables and a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, render_template, send_from_directory

from Task2_model.artifact import SealedModel
from Task2_model.contract import Contract
from Task2_model.formatting import (
    format_coverage,
    format_decimals,
    format_estimate,
    format_percent,
)
from Task3_api.current_model import current_model
from Task3_api.pages.form import Form
from Task3_api.pages.phrases import format_target

Metrics = dict[str, Any]  # a line of the manifest's: one model, given one subset of the features

SUBSET = "subset"  # the manifest's name for the kind of a subset, and those that there are
ALL, X_ONLY, SINGLE, LEAVE_ONE_OUT, RANDOM = "all", "x_only", "single", "leave_one_out", "random"
COMPARED = (ALL, X_ONLY)
GROUP = "group"  # a line of rows that have one value of a feature
STRIP_LENGTH = 1000  # of the picture of coverages
blueprint = Blueprint("model", __name__)


@dataclass(frozen=True)
class ModelScore:
    """How good one model is given one subset; empty where it gives no interval or set."""

    model: str
    given: str
    loss: str
    coverage: str
    width: str


@dataclass(frozen=True)
class CoverageStrip:
    """The coverages of one kind of subset: positions, 0 to STRIP_LENGTH, and the range as text."""

    given: str
    positions: list[int]
    text: str


@dataclass(frozen=True)
class GroupCoverage:
    """How often the truth was inside for rows that have one value of a feature."""

    feature: str
    group: str
    rows: int
    coverage: str
    width: str


@dataclass(frozen=True)
class ModelView:
    """What one should know of a sealed model before relying on it."""

    sealed: SealedModel

    @property
    def contract(self) -> Contract:
        """The features and the target."""
        return self.sealed.contract

    @property
    def provenance(self) -> dict[str, Any]:
        """Where the model comes from."""
        return dict(self.sealed.manifest.get("provenance", {}))

    @cached_property
    def metrics(self) -> list[Metrics]:
        """The manifest's measurements, each on rows that the model never saw."""
        return list(self.sealed.manifest.get("metrics", []))

    @property
    def loss(self) -> str:
        """What the error is called."""
        return "Mean absolute error" if self.contract.task == "regression" else "Log loss"

    @property
    def scores(self) -> Iterator[ModelScore]:
        """The sealed model, what it was compared with, and the baselines."""
        for line in self.metrics:
            if line[SUBSET] in COMPARED:
                yield ModelScore(
                    line["model"],
                    self._given(line),
                    self._loss(line),
                    _coverage(line),
                    self._width(line),
                )

    @property
    def own_scores(self) -> dict[str, str]:
        """The sealed model's own loss, by the subset that was given; empty where none was seen."""
        name = self._own_name
        return {
            self._given(line): self._loss(line)
            for line in self.metrics
            if line["model"] == name and line[SUBSET] in COMPARED
        }

    @property
    def strip_start(self) -> float:
        """Where the picture of coverages begins: a multiple of 5 % below them all."""
        lowest = min([line["coverage"] for line in self._covering] + [self.contract.confidence])
        return max(0, int(20 * lowest - 0.5) / 20)

    @property
    def nominal_position(self) -> int:
        """Where the picture shows the coverage that there should be."""
        return self._position(self.contract.confidence)

    @property
    def strips(self) -> Iterator[CoverageStrip]:
        """The coverages of the sealed model by the kind of subset that was given."""
        kinds = {
            ALL: f"All {len(self.contract.names)} features",
            X_ONLY: self._x_only,
            SINGLE: "One feature alone",
            LEAVE_ONE_OUT: "All but one",
            RANDOM: "Random subsets",
        }
        for kind, given in kinds.items():
            coverages = [line["coverage"] for line in self._covering if line[SUBSET] == kind]
            if coverages:
                ends = (format_percent(end, 1) for end in (min(coverages), max(coverages)))
                text = " to ".join(dict.fromkeys(ends))
                yield CoverageStrip(given, [self._position(share) for share in coverages], text)

    @property
    def groups(self) -> Iterator[GroupCoverage]:
        """The coverages of the sealed model by groups of rows, everything given."""
        for line in self.metrics:
            if line[SUBSET] == GROUP:
                yield GroupCoverage(
                    self.contract.by_name[line["feature"]].label,
                    line["group"],
                    line["rows"],
                    _coverage(line),
                    self._width(line),
                )

    @property
    def _covering(self) -> list[Metrics]:
        """The lines of the sealed model."""
        name = self._own_name
        own = [line for line in self.metrics if line["model"] == name and line[SUBSET] != GROUP]
        return [line for line in own if _has_coverage(line)]

    @property
    def _own_name(self) -> str:
        """What the lines of the sealed model are called: the class that provenance names."""
        return str(self.provenance.get("model", "")).rpartition(".")[2]

    @property
    def _x_only(self) -> str:
        return f"{self.contract.by_name[self.contract.x].label} alone"

    def _position(self, coverage: float) -> int:
        return round(STRIP_LENGTH * (coverage - self.strip_start) / (1 - self.strip_start))

    def _given(self, line: Metrics) -> str:
        if not _has_coverage(line):
            return ""
        return self._x_only if line["feature"] else "All features"

    def _loss(self, line: Metrics) -> str:
        if self.contract.task == "regression":
            return format_estimate(line, "loss", lambda v: format_target(v, self.contract.target))
        return format_estimate(line, "loss", lambda value: format_decimals(value, 3))

    def _width(self, line: Metrics) -> str:
        if not _has_coverage(line):
            return ""
        if self.contract.task == "regression":
            return format_target(line["width"], self.contract.target)
        return format_decimals(line["size"], 2)


def _has_coverage(line: Metrics) -> bool:
    return line.get("coverage") is not None


def _coverage(line: Metrics) -> str:
    return format_coverage(line) if _has_coverage(line) else ""


@blueprint.get("/model")
def page() -> str:
    """The model card as tables and a picture."""
    sealed = current_model().predictor.sealed
    fields = Form(sealed.contract).fields
    return render_template("model.html", card=ModelView(sealed), fields=fields)


@blueprint.get("/model.md")
def model_card() -> Response:
    """The model card as it was sealed."""
    return send_from_directory(current_model().folder, "MODEL_CARD.md", mimetype="text/markdown")
