"""The page that says whether the promise is kept: what `tablecast watch` found, as pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template
from werkzeug.exceptions import NotFound

from Task2_model.contract import Contract
from Task2_model.formatting import format_percent, format_rounded, with_unit
from Task3_api.current_model import current_model
from Task3_api.keep.watch_figures import last_watch
from Task3_api.pages.charts import Axis, Point, path

MOST_DAYS = 42  # marks that a phone shows apart
MOST_FEATURES = 12  # of those that moved the furthest
WHOLE = 100.0
blueprint = Blueprint("watch", __name__)


@dataclass(frozen=True)
class DayMark:
    """One day of a picture, its heights in percent from the top."""

    x: float
    day: str
    seen: float
    low: float
    high: float
    text: str
    is_short: bool


@dataclass(frozen=True)
class ShiftBar:
    """How far one feature moved; lengths in percent of the picture."""

    label: str
    length: float
    threshold: float
    psi: str
    moved: bool


@dataclass(frozen=True)
class WatchView:
    """The report of `tablecast watch`, for its page."""

    contract: Contract
    report: dict[str, Any]

    @property
    def region(self) -> str:
        """What an answer's range or set is called."""
        return "range" if self.contract.task == "regression" else "set"

    @cached_property
    def days(self) -> list[dict[str, Any]]:
        """The latest days with outcomes."""
        return [day for day in self.report["days"] if day["outcomes"]][-MOST_DAYS:]

    @cached_property
    def axis(self) -> Axis:
        """Shares of truth inside, as far down as they go."""
        lowest = min((day["low"] for day in self.days), default=0.0)
        return Axis(max(0.0, min(lowest, self.report["promised"] - 0.1)), 1.0)

    @property
    def promised(self) -> float:
        """The height of the promise."""
        return WHOLE - self.axis.at(self.report["promised"])

    @cached_property
    def marks(self) -> list[DayMark]:
        """Coverage day by day, each with its interval."""
        return [
            self._mark(x, day)
            for x, day in zip(self._across(len(self.days)), self.days, strict=True)
        ]

    def _mark(self, x: float, day: dict[str, Any]) -> DayMark:
        low, high = format_percent(day["low"]), format_percent(day["high"])
        return DayMark(
            x=x,
            day=day["day"],
            seen=WHOLE - self.axis.at(day["seen"]),
            low=WHOLE - self.axis.at(day["low"]),
            high=WHOLE - self.axis.at(day["high"]),
            text=f"{day['day']}: {format_percent(day['seen'])} of {day['outcomes']:,}, "
            f"which is {low} to {high}",
            is_short=day["high"] < self.report["promised"],
        )

    @cached_property
    def errors(self) -> Axis | None:
        """From nothing to the largest mean error; None without any."""
        known = [
            day[part]
            for day in self.days
            for part in ("error", "expected")
            if day[part] is not None
        ]
        return Axis.around([0, *known]) if known and max(known) else None

    def error_line(self, part: str) -> str:
        """The mean error that was seen (`error`) or to be `expected`, day by day."""
        points: list[Point] = [
            (x, WHOLE - (self.errors.at(day[part]) if self.errors else 0))
            for x, day in zip(self._across(len(self.days)), self.days, strict=True)
            if day[part] is not None
        ]
        return path(points) if len(points) > 1 else ""

    @cached_property
    def shifts(self) -> list[ShiftBar]:
        """The features that moved the furthest from what was learned from."""
        lines = self.report["drift"]["features"][:MOST_FEATURES]
        longest = max((max(line["psi"], line["threshold"]) for line in lines), default=1) or 1
        return [
            ShiftBar(
                line["label"],
                round(WHOLE * line["psi"] / longest, 2),
                round(WHOLE * line["threshold"] / longest, 2),
                f"{line['psi']:.2f}",
                line["moved"],
            )
            for line in lines
        ]

    def error(self, value: float | None) -> str:
        """A mean error as people read it."""
        if value is None:
            return "–"
        if self.contract.task == "classification":
            return format_percent(value, 1)
        return with_unit(format_rounded(value), self.contract.target.unit)

    @staticmethod
    def _across(count: int) -> list[float]:
        """Days side by side, each in the middle of its place."""
        return [round(WHOLE * (index + 0.5) / count, 2) for index in range(count)]


@blueprint.get("/watch")
def page() -> str:
    """The report with its pictures, or how to get one."""
    report = last_watch(current_app)
    view = WatchView(current_model().contract, report) if report else None
    return render_template("watch.html", view=view)


@blueprint.get("/watch.json")
def document() -> Response:
    """The same for programs."""
    report = last_watch(current_app)
    if report is None:
        raise NotFound
    return jsonify(report)
