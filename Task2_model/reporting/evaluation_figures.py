"""The report's figures of held-out predictions: accuracy, importance, coverage and width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, PercentFormatter
from sklearn.metrics import precision_recall_curve, roc_curve

from Task2_model.evaluate import ALL, LEAVE_ONE_OUT, RANDOM, SINGLE, X_ONLY
from Task2_model.formatting import format_number, shorten
from Task2_model.reporting.figures import (
    ACCENT,
    INK,
    MUTED,
    PALE,
    SHADES,
    TINT,
    axis_limits,
    canvas,
    name_rows,
    set_round_ticks,
)
from Task2_model.reporting.wording import Wording

WIDE = 30  # a target that spans more than this factor is drawn on logarithmic axes
TOLERANCE = 0.02  # of a coverage around the nominal one


def predicted_vs_actual(answers: pd.DataFrame, wording: Wording) -> Figure:
    """Predictions against true values; logarithmic axes where these span a wide range."""
    figure, axes = canvas(3.5)
    truth, predicted = answers["truth"], answers["prediction"]
    kind = "log" if truth.min() > 0 and predicted.min() > 0 and _ratio(truth) > WIDE else "linear"
    drawn = axes.hexbin(
        predicted, truth, gridsize=(62, 26), mincnt=1, cmap=SHADES,
        xscale=kind, yscale=kind, bins="log", linewidths=0.2,
    )  # fmt: skip
    low, high = max(predicted.min(), truth.min()), min(predicted.max(), truth.max())
    axes.plot([low, high], [low, high], color=INK, linewidth=0.9)
    axes.annotate("predicted = actual", (high, high), xytext=(-8, 2), textcoords="offset points",
                  ha="right", va="bottom", color=INK)  # fmt: skip
    axes.margins(0.02)
    axes.set_xlabel(f"Predicted {_inside(wording)}")
    axes.set_title(f"Actual {_inside(wording)}")
    for axis in (axes.xaxis, axes.yaxis):
        _log_ticks(axis) if kind == "log" else set_round_ticks(axis)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.5, aspect=12, pad=0.01, format=_whole)
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_minor_formatter(NullFormatter())
    bar.ax.set_title("rows", color=MUTED, loc="right")
    return figure


def response_curve(
    grid: Any, middle: Any, interval: tuple[Any, Any] | None, label: str, axis: str, inner: Any
) -> Figure:
    """The predictions given `x` alone at each value of `grid`, with their interval if any.

    `inner` holds the ends of nine tenths of the rows.
    """
    figure, axes = canvas(2.7)
    if interval:
        axes.fill_between(grid, *interval, color=TINT, linewidth=0)
    axes.plot(grid, middle, color=ACCENT)
    axes.axvspan(*inner, ymax=0.012, color=PALE, linewidth=0)
    axes.set(xlabel=label, title=axis)
    low, high = interval or (middle, middle)
    axes.set_ylim(axis_limits(np.min(low), np.max(high)))
    axes.margins(x=0)
    set_round_ticks(axes.xaxis, 8)
    set_round_ticks(axes.yaxis, 5, share=not interval)
    return figure


def coverage(summary: pd.DataFrame, contract: Any, names: dict[str, str]) -> Figure:
    """The coverage for every evaluated subset of features, with its 95 % interval."""
    kinds = [kind for kind in names if (summary["subset"] == kind).any()]
    parts = [summary[summary["subset"] == kind].sort_values("coverage") for kind in kinds]
    starts = np.cumsum([0, *(len(part) + 2 for part in parts)])
    figure, axes = canvas(0.7 + 0.068 * starts[-1])
    nominal = contract.confidence
    axes.axvspan(nominal - TOLERANCE, nominal + TOLERANCE, color="#f1f4f6", linewidth=0)
    axes.axvline(nominal, color=INK, linewidth=0.9, zorder=2.5)
    for start, part in zip(starts[:-1], parts, strict=True):
        heights = start + np.arange(len(part))
        axes.hlines(
            heights,
            part["coverage_low"],
            part["coverage_high"].clip(upper=1),
            color=TINT,
            linewidth=2.4,
        )
        axes.plot(part["coverage"], heights, "o", color=ACCENT, markersize=3.2, zorder=3)
    middles = [s + (len(p) - 1) / 2 for s, p in zip(starts[:-1], parts, strict=True)]
    axes.set_yticks(middles, [names[kind] for kind in kinds])
    axes.set_ylim(-1.5, starts[-1] - 1.5)
    axes.invert_yaxis()
    name_rows(axes)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=""))
    axes.set_xlabel("Coverage, % (dot), and its 95 % interval (bar)")
    return figure


def widths(summary: pd.DataFrame, column: str, title: str, names: dict[str, str]) -> Figure:
    """The width of the interval, or the size of the set, by how many features are given."""
    figure, axes = canvas(2.6)
    for kind in (RANDOM, SINGLE, LEAVE_ONE_OUT):
        part = summary[summary["subset"] == kind]
        axes.plot(part["given"], part[column], "o", color=PALE, markersize=4)
    for kind in (ALL, X_ONLY):
        for line in summary[summary["subset"] == kind].itertuples():
            value = getattr(line, column)
            axes.plot(line.given, value, "o", color=ACCENT, markersize=6)
            right = kind == ALL
            axes.annotate(
                names[kind],
                (line.given, value),
                xytext=(3, -9) if right else (8, -3),
                textcoords="offset points",
                ha="right" if right else "left",
                va="top",
                color=ACCENT,
                weight=600,
            )
    axes.set(title=title, xlabel="Number of features given", ylim=(0, 1.06 * summary[column].max()))
    axes.set_xlim(0.5, max(summary["given"].max(), 2) + 0.5)
    set_round_ticks(axes.xaxis, 8)
    set_round_ticks(axes.yaxis, 5)
    return figure


def classification(answers: pd.DataFrame, bins: pd.DataFrame, event: str) -> Figure:
    """Three panels: calibration curve, ROC curve, and precision against recall."""
    figure, (left, middle, right) = canvas(2.6, columns=3)
    _calibration(left, bins, event)
    event_column, probability = answers["event"], answers["event_probability"]
    false_positives, true_positives, _ = roc_curve(event_column, probability)
    middle.plot([0, 1], [0, 1], color=PALE, linewidth=1)
    middle.plot(*_thinned(false_positives, true_positives), color=ACCENT)
    middle.set(title="Recall, %", xlabel="False positive rate, %")
    precision, recall, _ = precision_recall_curve(event_column, probability)
    base = float(event_column.mean())
    right.axhline(base, color=PALE, linewidth=1)
    right.plot(*_thinned(recall[:-1], precision[:-1]), color=ACCENT)
    right.annotate("base rate", (1, base), xytext=(0, 3), textcoords="offset points", ha="right",
                   color=MUTED)  # fmt: skip
    right.set(title="Precision, %", xlabel="Recall, %", ylim=(0, 1.02))
    for axes in (left, middle, right):
        set_round_ticks(axes.xaxis, 5, share=True)
        set_round_ticks(axes.yaxis, 5, share=True)
    return figure


def dots(table: pd.DataFrame, panels: Sequence[tuple[str, str]], *, share: bool = False) -> Figure:
    """For each line of `table` (its index is the name) a dot with its interval, panel by panel.

    `panels` are (column, title); the interval is in `<column>_low` and `<column>_high`.
    """
    figure, grid = canvas(0.65 + 0.23 * len(table), columns=len(panels), sharey=True, squeeze=False)
    heights = range(len(table))
    for axes, (column, title) in zip(grid.flat, panels, strict=True):
        low, high = table[f"{column}_low"], table[f"{column}_high"]
        axes.axvline(0, color=PALE, linewidth=1)
        axes.hlines(heights, low, high, color=TINT, linewidth=5)
        axes.plot(table[column], heights, "o", color=ACCENT, markersize=5)
        axes.set_title(title)
        set_round_ticks(axes.xaxis, 5, share=share)
        name_rows(axes)
    grid.flat[0].set_yticks(heights, [shorten(name, 34) for name in table.index])
    grid.flat[0].invert_yaxis()
    return figure


def _calibration(axes: Any, bins: pd.DataFrame, event: str) -> None:
    top = min(1.0, 1.1 * max(bins["share_high"].max(), bins["probability"].max()))
    axes.plot([0, top], [0, top], color=PALE, linewidth=1)
    low, high = bins["share_low"], bins["share_high"]
    axes.vlines(bins["probability"], low, high, color=TINT, linewidth=4)
    axes.plot(bins["probability"], bins["share"], "o", color=ACCENT, markersize=4)
    axes.set(title=f"Observed share of “{shorten(event, 14)}”, %",
             xlabel="Predicted probability, %", xlim=(0, top), ylim=(0, top))  # fmt: skip


def _inside(wording: Wording) -> str:
    """The target after a word: `price, $`."""
    return wording.target_axis.replace(wording.contract.target.label, wording.target, 1)


def _ratio(values: pd.Series[float]) -> float:
    """How many times as large the large values are as the small ones."""
    small, large = values.quantile([0.01, 0.99])
    return float(large / small)


def _thinned(x: Any, y: Any, most: int = 400) -> tuple[Any, Any]:
    """No more points than can be seen."""
    chosen = np.unique(np.linspace(0, len(x) - 1, most).astype(int))
    return x[chosen], y[chosen]


def _log_ticks(axis: Any) -> None:
    axis.set_major_locator(LogLocator(subs=[1, 2, 5]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: format_number(value)))
    axis.set_minor_formatter(NullFormatter())


def _whole(value: float, _: Sequence[Any]) -> str:
    return format_number(value)
