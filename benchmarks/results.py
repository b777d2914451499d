"""What was found: figures over several rounds, each beside its goal, and the page they make."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Spread:
    """The median of a figure over the rounds, with its extremes."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Of one value or more."""
        listed = sorted(values)
        return cls(median(listed), listed[0], listed[-1])

    @classmethod
    def ratio(cls, ours: Sequence[float], theirs: Sequence[float]) -> Spread:
        """Of the ratios, round by round: what troubled a whole round troubles both in it."""
        return cls.of(our / their for our, their in zip(ours, theirs, strict=True))

    def __str__(self) -> str:
        if self.low == self.high:
            return shown(self.middle)
        return f"{shown(self.middle)} ({shown(self.low)} to {shown(self.high)})"


@dataclass(frozen=True)
class Goal:
    """What a figure should be: at least or at most so much."""

    limit: float
    at_least: bool = False
    unit: str = ""

    def met(self, figure: float) -> bool:
        """Whether it is; never by a figure that is not there (NaN)."""
        return figure >= self.limit if self.at_least else figure <= self.limit

    def __str__(self) -> str:
        words = "at least" if self.at_least else "at most"
        return f"{words} {shown(self.limit)}{self.unit and ' ' + self.unit}"


@dataclass(frozen=True)
class Finding:
    """One figure beside its goal; `about` tells what it was made of."""

    what: str
    figure: Spread
    goal: Goal
    about: str = ""

    def __str__(self) -> str:
        unit = self.goal.unit and " " + self.goal.unit
        return f"{self.what}: {self.figure}{unit} (goal: {self.goal})"

    def cells(self) -> dict[str, str]:
        """As a row of the first table."""
        unit = self.goal.unit and " " + self.goal.unit
        return {
            "what": self.what,
            "median (least to most)": f"{self.figure}{unit}",
            "goal": str(self.goal),
            "met": "yes" if self.goal.met(self.figure.middle) else "**no**",
            "of": self.about,
        }


@dataclass
class Section:
    """A part of the page: findings with goals, and the table that they were drawn from."""

    title: str
    note: str = ""
    findings: list[Finding] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"## {self.title}", self.note, table(self.rows)]
        return "\n\n".join(part for part in parts if part)


def page(opening: str, sections: Sequence[Section]) -> str:
    """The whole page: every goal first, then each section's own table."""
    goals = [finding.cells() for section in sections for finding in section.findings]
    met = sum(goal["met"] == "yes" for goal in goals)
    parts = [opening, f"## Goals\n\n{met} of {len(goals)} are met.", table(goals)]
    return "\n\n".join([*parts, *(str(one) for one in sections if one.rows or one.note)]) + "\n"


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as a Markdown table; a column that a row lacks is empty there."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        return ""
    lines = [names, ["---"] * len(names)]
    lines += [[cell(row.get(name, "")) for name in names] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(value: Any) -> str:
    """A cell's text."""
    return shown(value) if isinstance(value, float) else str(value).replace("|", "\\|")


def shown(number: float) -> str:
    """Three digits that count, thousands apart: 1,430 or 0.752; a dash where there is none."""
    if math.isnan(number):
        return "–"
    if abs(number) >= 100:
        return f"{float(f'{number:.3g}'):,.0f}"
    return f"{float(f'{number:.3g}'):g}"
