"""The report's figures: one calm style, one accent colour, sized for the page.

Every function takes a small table and returns a Figure; `show` puts it into the notebook as
SVG, with the sentence that says what it shows. Text stays text, so it can be searched and copied.
"""

from __future__ import annotations

import html
import io
import warnings
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import pandas as pd
from IPython.display import display
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from Task2_model.reporting.display import say
from Task2_model.reporting.typeface import FONTS
from Task2_model.reporting.wording import exact, shorten

WIDTH = 6.7  # inches: an A4 page between its margins
INK, MUTED, GRID, PALE, ACCENT, TINT = (
    "#22303c", "#6b7885", "#e4e8ec", "#b6c0c9", "#0b7285", "#c5e3e8",
)  # fmt: skip
SHADES = mpl.colors.LinearSegmentedColormap.from_list("shades", ["#e3f1f3", "#4fa3b1", "#083f4a"])
STYLE: dict[Any, Any] = {
    "font.family": "Source Sans Pro",
    "font.size": 9,
    "savefig.transparent": True,
    "svg.fonttype": "none",
    "svg.hashsalt": "tablecast",
    "text.color": INK,
    "axes.edgecolor": PALE,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 9,
    "axes.titlesize": 9,
    "axes.titlecolor": MUTED,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": PALE,
    "ytick.color": PALE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "ytick.major.size": 0,
    "xtick.major.size": 3,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "axes.unicode_minus": True,
}


def use_style() -> None:
    """Set the report's fonts and colours for every figure of this process."""
    for path in sorted(FONTS.glob("SourceSansPro-*.ttf")):
        font_manager.fontManager.addfont(path)
    mpl.rcParams.update(STYLE)


def show(figure: Figure, sentence: str) -> None:
    """Show a figure and, below it, the sentence that says what it shows."""
    buffer = io.StringIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # the page's font has it
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue().replace("'Source Sans Pro'", "'Source Sans Pro', sans-serif")
    named = f'<svg role="img" aria-label="{html.escape(sentence)}"'
    svg = named + svg[svg.index("<svg") + len("<svg") :]
    display({"image/svg+xml": svg, "text/plain": sentence}, raw=True)
    say(sentence)


def canvas(height: float, *, columns: int = 1, rows: int = 1, **kw: Any) -> tuple[Figure, Any]:
    """An empty figure as wide as the page and its axes."""
    layout = ConstrainedLayoutEngine(wspace=0.06, hspace=0.06)
    figure = Figure(figsize=(WIDTH, height), layout=layout)
    return figure, figure.subplots(rows, columns, **kw)


def thousands(axis: Any, most: int = 6, *, share: bool = False) -> None:
    """At most `most` round ticks, written 12,000, or as percentages."""
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(
        PercentFormatter(1, decimals=0, symbol="")
        if share
        else FuncFormatter(lambda v, _: exact(v))
    )


def scale(low: float, high: float) -> tuple[float, float]:
    """The ends of an axis: from nothing, unless that would press everything together."""
    margin = 0.04 * (high - low)
    if low >= 0:
        return (0.0 if low < high / 2 else low - margin), high + margin
    return low - margin, high + margin


def distribution(bins: pd.DataFrame, axis: str, marks: dict[str, float]) -> Figure:
    """A histogram with named vertical lines."""
    figure, axes = canvas(2.2)
    axes.bar(bins["low"], bins["n"], bins["high"] - bins["low"], align="edge", color=TINT,
             edgecolor="white", linewidth=0.6)  # fmt: skip
    for name, value in marks.items():
        axes.axvline(value, color=ACCENT, linewidth=1.4)
        axes.annotate(name, (value, 1), xytext=(5, 0), textcoords="offset points", va="top",
                      xycoords=("data", "axes fraction"), color=ACCENT, weight=600)  # fmt: skip
    axes.set(xlabel=axis, title="Rows", ylim=(0, 1.18 * bins["n"].max()))
    axes.grid(axis="x", visible=False)
    thousands(axes.xaxis, 9)
    thousands(axes.yaxis, 4)
    return figure


def bars(names: Sequence[str], counts: Sequence[float], title: str) -> Figure:
    """Horizontal bars, each with its count and share."""
    figure, axes = canvas(0.5 + 0.28 * len(names))
    drawn = axes.barh(list(names), list(counts), color=TINT, height=0.7)
    total = sum(counts)
    axes.bar_label(drawn, [f"{n:,} ({n / total:.1%})" for n in counts], padding=4, color=INK)
    axes.set(title=title)
    axes.invert_yaxis()
    axes.margins(x=0.18)
    _plain_rows(axes)
    axes.xaxis.set_visible(False)
    return figure


def target_by(
    panels: Sequence[tuple[str, pd.DataFrame]], axis: str, *, share: bool = False
) -> Figure:
    """The target by groups of one or several features, side by side, on one scale.

    Each panel is an axis label and a table of `explore.target_by`: with a column `x` it becomes
    a line with its band, else one dot and whisker for each category.
    """
    columns = min(len(panels), 2)
    rows = -(-len(panels) // columns)
    height = 1.95 if len(panels) == 1 else 2.4 * rows
    figure, grid = canvas(height, rows=rows, columns=columns, squeeze=False)
    limits = scale(
        min(table["low"].min() for _, table in panels),
        max(table["high"].max() for _, table in panels),
    )
    for axes, (label, table) in zip(grid.flat, panels, strict=False):
        (_line if "x" in table else _levels)(axes, table, limits, share)
        axes.set_xlabel(label if "x" in table else axis)
        axes.set_title(axis if "x" in table else label)
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    return figure


def _line(axes: Any, table: pd.DataFrame, limits: tuple[float, float], share: bool) -> None:
    axes.fill_between(table["x"], table["low"], table["high"], color=TINT, linewidth=0)
    axes.plot(table["x"], table["mid"], "o-", color=ACCENT, markersize=3.5)
    axes.set_ylim(limits)
    axes.margins(x=0.02)
    thousands(axes.xaxis, 6)
    thousands(axes.yaxis, 5, share=share)


def _levels(axes: Any, table: pd.DataFrame, limits: tuple[float, float], share: bool) -> None:
    places = range(len(table))
    axes.hlines(places, table["low"], table["high"], color=TINT, linewidth=5)
    axes.plot(table["mid"], places, "o", color=ACCENT, markersize=5)
    names = [shorten(name) for name in table["grp"]]
    axes.set_yticks(
        list(places), [f"{n}  ({rows:,})" for n, rows in zip(names, table["n"], strict=True)]
    )
    axes.set_xlim(limits)
    axes.set_ylim(-0.6, len(table) - 0.4)
    thousands(axes.xaxis, 5, share=share)
    _plain_rows(axes)


def dots(table: pd.DataFrame, panels: Sequence[tuple[str, str]], *, share: bool = False) -> Figure:
    """For each line of `table` (its index is the name) a dot with its interval, panel by panel.

    `panels` are (column, title); the interval is in `<column>_low` and `<column>_high`.
    """
    figure, grid = canvas(0.65 + 0.23 * len(table), columns=len(panels), sharey=True, squeeze=False)
    places = range(len(table))
    for axes, (column, title) in zip(grid.flat, panels, strict=True):
        axes.axvline(0, color=PALE, linewidth=1)
        axes.hlines(
            places, table[f"{column}_low"], table[f"{column}_high"], color=TINT, linewidth=5
        )
        axes.plot(table[column], places, "o", color=ACCENT, markersize=5)
        axes.set_title(title)
        thousands(axes.xaxis, 5, share=share)
        _plain_rows(axes)
    grid.flat[0].set_yticks(list(places), [shorten(name, 34) for name in table.index])
    grid.flat[0].invert_yaxis()
    return figure


def _plain_rows(axes: Any) -> None:
    """Names down the side are read, not measured: no lines between them."""
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", labelcolor=INK)
