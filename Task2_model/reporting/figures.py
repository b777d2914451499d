"""The style of the report's figures: one typeface, one accent colour, sized for the page."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from Task2_model.formatting import format_among
from Task2_model.reporting.typeface import FONTS

WIDTH = 6.7  # inches: an A4 page between its margins
INK, MUTED, GRID, PALE, ACCENT, TINT = (
    "#22303c",
    "#6b7885",
    "#e4e8ec",
    "#b6c0c9",
    "#0b7285",
    "#c5e3e8",
)
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


def canvas(height: float, *, columns: int = 1, rows: int = 1, **kw: Any) -> tuple[Figure, Any]:
    """An empty figure as wide as the page and its axes."""
    layout = ConstrainedLayoutEngine(wspace=0.06, hspace=0.06)
    figure = Figure(figsize=(WIDTH, height), layout=layout)
    return figure, figure.subplots(rows, columns, **kw)


def set_round_ticks(axis: Any, most: int = 6, *, share: bool = False) -> None:
    """At most `most` round ticks, written 12,000 (but 2012 for a year), or as percentages."""
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(
        PercentFormatter(1, decimals=0, symbol="")
        if share
        else FuncFormatter(lambda value, _: _tick(axis, value))
    )


def _tick(axis: Any, value: float) -> str:
    low, high = axis.get_data_interval()
    return format_among(value, low, high)


def axis_limits(low: float, high: float) -> tuple[float, float]:
    """The ends of an axis: from nothing, unless that would press everything together."""
    margin = 0.04 * (high - low)
    if low >= 0:
        return (0.0 if low < high / 2 else low - margin), high + margin
    return low - margin, high + margin


def name_rows(axes: Any) -> None:
    """Set up a vertical axis of names, which are read, not measured: no lines between them."""
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", labelcolor=INK)
