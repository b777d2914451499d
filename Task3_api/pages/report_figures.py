"""The report's figures, read from the executed notebook that is sealed with the model.

Each figure has a caption, one sentence on what it shows; under the report's own headings these
captions are its summary.
"""

from __future__ import annotations

import html
import json
import re
from collections import ChainMap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NOTEBOOK = "report.ipynb"
SVG, CAPTION = "image/svg+xml", "text/plain"
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
BOLD = re.compile(r"(?<!\\)\*\*")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
FONT_STYLE = (  # the report's own font is narrower than most that a reader has instead
    '<style>@font-face { font-family: "Source Sans Pro"; size-adjust: 85%; src: local("Roboto"), '
    'local("Helvetica Neue"), local("Segoe UI"), local("Arial"), local("Liberation Sans"), '
    'local("Noto Sans"), local("DejaVu Sans"); }</style>'
)
SIZE = re.compile(r'width="([\d.]+)pt" height="([\d.]+)pt"')


@dataclass(frozen=True)
class Figure:
    """A picture, as SVG, and its caption."""

    svg: str
    caption: str

    @property
    def standalone_svg(self) -> str:
        """The picture as a file of its own, without the report's font."""
        opening, closed, rest = self.svg.partition(">")
        return opening + closed + FONT_STYLE + rest

    @property
    def size(self) -> tuple[float, float]:
        """Its width and height in points, so that a page keeps room for it before it comes."""
        size = SIZE.search(self.svg)
        return (float(size[1]), float(size[2])) if size else (480.0, 240.0)


@dataclass
class FigureSection:
    """A heading of the report and the figures below it, by their numbers."""

    heading: str
    figures: dict[int, Figure] = field(default_factory=dict)


def sections(sealed: Path) -> list[FigureSection]:
    """The report's sections that hold a figure; none where there is no notebook."""
    sections, number = [FigureSection("")], 0
    for cell in _cells(sealed / NOTEBOOK):
        if heading := HEADING.search("".join(cell["source"])):
            sections.append(FigureSection(heading[1]))
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if SVG in data:
                number += 1
                figure = Figure("".join(data[SVG]), plain_text("".join(data[CAPTION])))
                sections[-1].figures[number] = figure
    return [section for section in sections if section.figures]


def figure(sealed: Path, number: int) -> Figure | None:
    """The figure of that number; None where there is none."""
    by_number = ChainMap(*(section.figures for section in sections(sealed)))
    return by_number.get(number)


def plain_text(markdown: str) -> str:
    """A caption of the notebook without its Markdown."""
    return html.unescape(ESCAPED.sub(r"\1", BOLD.sub("", markdown)))


def _cells(notebook: Path) -> list[dict[str, Any]]:
    if not notebook.is_file():
        return []
    return list(json.loads(notebook.read_text(encoding="utf-8"))["cells"])
