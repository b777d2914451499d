"""The report's findings, read from the executed notebook that is sealed with the model.

Each figure of the report carries a sentence that says what it shows; under the report's own
headings these sentences are its summary.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NOTEBOOK = "report.ipynb"
SVG, PLAIN = "image/svg+xml", "text/plain"
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
BOLD = re.compile(r"(?<!\\)\*\*")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
NARROW = (  # the report's own font is narrower than most that a reader has in its place
    '<style>@font-face { font-family: "Source Sans Pro"; size-adjust: 85%; src: local("Roboto"), '
    'local("Helvetica Neue"), local("Segoe UI"), local("Arial"), local("Liberation Sans"), '
    'local("Noto Sans"), local("DejaVu Sans"); }</style>'
)
SIZE = re.compile(r'width="([\d.]+)pt" height="([\d.]+)pt"')


@dataclass(frozen=True)
class Figure:
    """A picture, as SVG, and the sentence that says what it shows."""

    svg: str
    sentence: str

    @property
    def alone(self) -> str:
        """The picture as a file of its own, without the report's font."""
        opening, closed, rest = self.svg.partition(">")
        return opening + closed + NARROW + rest

    @property
    def size(self) -> tuple[float, float]:
        """Its width and height in points, so that its place can be kept before it comes."""
        found = SIZE.search(self.svg)
        return (float(found[1]), float(found[2])) if found else (480.0, 240.0)


@dataclass
class FigureSection:
    """A heading of the report and the figures below it, by their numbers."""

    heading: str
    figures: dict[int, Figure] = field(default_factory=dict)


def sections(sealed: Path) -> list[FigureSection]:
    """The report's sections that hold a figure; none where there is no notebook."""
    found, number = [FigureSection("")], 0
    for cell in _cells(sealed / NOTEBOOK):
        if heading := HEADING.search("".join(cell["source"])):
            found.append(FigureSection(heading[1]))
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if SVG in data:
                number += 1
                figure = Figure("".join(data[SVG]), spoken("".join(data[PLAIN])))
                found[-1].figures[number] = figure
    return [section for section in found if section.figures]


def figure(sealed: Path, number: int) -> Figure | None:
    """The figure of that number; None where there is none."""
    every = (section.figures for section in sections(sealed))
    return next((figures[number] for figures in every if number in figures), None)


def spoken(markdown: str) -> str:
    """A sentence of the notebook as plain text."""
    return html.unescape(ESCAPED.sub(r"\1", BOLD.sub("", markdown)))


def _cells(notebook: Path) -> list[dict[str, Any]]:
    if not notebook.is_file():
        return []
    return list(json.loads(notebook.read_text(encoding="utf-8"))["cells"])
