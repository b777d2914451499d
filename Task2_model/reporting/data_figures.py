"""The report's figures of the data: distributions, the outcome along features, associations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from Task2_model.formatting import format_percent, round_step, shorten
from Task2_model.reporting.figures import (
    ACCENT,
    INK,
    SHADES,
    TINT,
    axis_limits,
    canvas,
    name_rows,
    set_round_ticks,
)

BARS = 40  # at most, in a histogram
LEGIBLE = 0.06  # an association below this is left blank in its cell


def histogram(values: pd.Series[float], axis: str, marks: dict[str, float]) -> Figure:
    """A histogram in round steps, with named vertical lines."""
    low, high = float(values.min()), float(values.max())
    step = round_step((high - low or 1) / BARS)
    edges = np.arange(np.floor(low / step), np.floor(high / step) + 2) * step
    counts, _ = np.histogram(values, edges)
    figure, axes = canvas(1.85)
    axes.bar(edges[:-1], counts, step, align="edge", color=TINT, edgecolor="white", linewidth=0.6)
    for name, value in marks.items():
        axes.axvline(value, color=ACCENT, linewidth=1.4)
        axes.annotate(name, (value, 1), xytext=(5, 0), textcoords="offset points", va="top",
                      xycoords=("data", "axes fraction"), color=ACCENT, weight=600)  # fmt: skip
    axes.set(xlabel=axis, title="Rows", ylim=(0, 1.18 * counts.max()))
    axes.grid(axis="x", visible=False)
    set_round_ticks(axes.xaxis, 9)
    set_round_ticks(axes.yaxis, 4)
    return figure


def bar_chart(counts: pd.Series[int], title: str) -> Figure:
    """Horizontal bars, each with its count and share; the index holds their names."""
    figure, axes = canvas(0.5 + 0.28 * len(counts))
    drawn = axes.barh([str(name) for name in counts.index], counts, color=TINT, height=0.7)
    labels = [f"{n:,} ({format_percent(n / counts.sum(), 1)})" for n in counts]
    axes.bar_label(drawn, labels, padding=4, color=INK)
    axes.set(title=title)
    axes.invert_yaxis()
    axes.margins(x=0.18)
    name_rows(axes)
    axes.xaxis.set_visible(False)
    return figure


def outcome_by(panels: dict[str, pd.DataFrame], axis: str, *, share: bool = False) -> Figure:
    """The outcome by groups of one or several features, side by side, on one scale.

    Each panel is a feature's axis label and a table of `explore.outcome_by`: a line with its band
    along a number, a dot with its whisker for each category.
    """
    columns = min(len(panels), 2)
    rows = -(-len(panels) // columns)
    height = 1.95 if len(panels) == 1 else 2.4 * rows
    figure, grid = canvas(height, rows=rows, columns=columns, squeeze=False)
    limits = axis_limits(
        min(table["low"].min() for table in panels.values()),
        max(table["high"].max() for table in panels.values()),
    )
    for axes, (label, table) in zip(grid.flat, panels.items(), strict=False):
        numeric = pd.api.types.is_numeric_dtype(table.index)
        (_along_number if numeric else _by_category)(axes, table, limits, share)
        axes.set_xlabel(label if numeric else axis)
        axes.set_title(axis if numeric else label)
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    return figure


def associations(matrix: pd.DataFrame) -> Figure:
    """The lower half of a matrix of associations, each with its number; the index holds names."""
    n = len(matrix)
    figure, axes = canvas(0.9 + 0.19 * n)
    lower = matrix.where(np.tri(n, k=-1, dtype=bool)).iloc[1:, :-1]
    axes.imshow(lower, cmap=SHADES, vmin=0, vmax=1, aspect="auto")
    for row, column in zip(*np.tril_indices(n - 1), strict=True):
        value = float(lower.to_numpy()[row, column])
        if value >= LEGIBLE:
            colour = "white" if value > 0.5 else INK
            axes.text(column, row, f"{value:.2f}"[1:] if value < 0.995 else "1", ha="center",
                      va="center", color=colour, size=8)  # fmt: skip
    axes.set_yticks(range(n - 1), [shorten(name) for name in lower.index])
    axes.set_xticks(range(n - 1), [shorten(name, 18) for name in lower.columns], rotation=40,
                    ha="right", rotation_mode="anchor")  # fmt: skip
    axes.tick_params(length=0)
    axes.tick_params(axis="x", labelcolor=INK)
    axes.spines[:].set_visible(False)
    name_rows(axes)
    axes.grid(visible=False)
    return figure


def _along_number(axes: Any, table: pd.DataFrame, limits: tuple[float, float], share: bool) -> None:
    axes.fill_between(table.index, table["low"], table["high"], color=TINT, linewidth=0)
    axes.plot(table.index, table["mid"], "o-", color=ACCENT, markersize=3.5)
    axes.set_ylim(limits)
    axes.margins(x=0.02)
    set_round_ticks(axes.xaxis, 6)
    set_round_ticks(axes.yaxis, 5, share=share)


def _by_category(axes: Any, table: pd.DataFrame, limits: tuple[float, float], share: bool) -> None:
    heights = range(len(table))
    axes.hlines(heights, table["low"], table["high"], color=TINT, linewidth=5)
    axes.plot(table["mid"], heights, "o", color=ACCENT, markersize=5)
    names = [f"{shorten(name)}  ({n:,})" for name, n in table["n"].items()]
    axes.set_yticks(heights, names)
    axes.set_xlim(limits)
    axes.set_ylim(-0.6, len(table) - 0.4)
    set_round_ticks(axes.xaxis, 5, share=share)
    name_rows(axes)
