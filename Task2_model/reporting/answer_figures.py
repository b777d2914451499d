"""The report's figures of held-out answers: how good, how sure, and whether it keeps its word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, PercentFormatter
from sklearn.metrics import precision_recall_curve, roc_curve

from Task2_model.evaluate import EVERYTHING, ONLY, RANDOM, WITHOUT, X_ALONE
from Task2_model.reporting.figures import (
    ACCENT,
    INK,
    MUTED,
    PALE,
    SHADES,
    TINT,
    canvas,
    scale,
    thousands,
)
from Task2_model.reporting.wording import Wording, exact

WIDE = 30  # a target that spans more than this factor is drawn on logarithmic axes
ALLOWANCE = 0.02  # a coverage within this of what was promised is kept


def accuracy(answers: pd.DataFrame, wording: Wording) -> Figure:
    """What was answered against what was true; logarithmic axes where the model learns logs."""
    figure, axes = canvas(3.5)
    truth, answered = answers["truth"], answers["prediction"]
    kind = "log" if truth.min() > 0 and _spread(truth) > WIDE else "linear"
    drawn = axes.hexbin(
        answered, truth, gridsize=(62, 26), mincnt=1, cmap=SHADES,
        xscale=kind, yscale=kind, bins="log", linewidths=0.2,
    )  # fmt: skip
    low, high = max(answered.min(), truth.min()), min(answered.max(), truth.max())
    axes.plot([low, high], [low, high], color=INK, linewidth=0.9)
    axes.annotate("answer = truth", (high, high), xytext=(-8, 2), textcoords="offset points",
                  ha="right", va="bottom", color=INK)  # fmt: skip
    axes.margins(0.02)
    axes.set_xlabel(wording.axis.replace(",", " predicted,", 1))
    axes.set_title(wording.axis.replace(",", " in truth,", 1))
    for axis in (axes.xaxis, axes.yaxis):
        _log_ticks(axis) if kind == "log" else thousands(axis)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.5, aspect=12, pad=0.01, format=_whole)
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_minor_formatter(NullFormatter())
    bar.ax.set_title("answers", color=MUTED, loc="right")
    return figure


def curve(
    grid: Any, centre: Any, limits: tuple[Any, Any] | None, label: str, axis: str, inner: Any
) -> Figure:
    """The answers to `x` alone at each value of `grid`, with the range's `limits` if there are any.

    `inner` holds the ends of nine tenths of the rows.
    """
    figure, axes = canvas(2.7)
    if limits:
        axes.fill_between(grid, *limits, color=TINT, linewidth=0)
    axes.plot(grid, centre, color=ACCENT)
    axes.axvspan(*inner, ymax=0.012, color=PALE, linewidth=0)
    axes.set(xlabel=label, title=axis)
    low, high = limits or (centre, centre)
    axes.set_ylim(scale(np.min(low), np.max(high)))
    axes.margins(x=0)
    thousands(axes.xaxis, 8)
    thousands(axes.yaxis, 5, share=not limits)
    return figure


def coverage(summary: pd.DataFrame, contract: Any, names: dict[str, str]) -> Figure:
    """The share of truths inside the range for every way of asking, with its 95 % interval."""
    kinds = [kind for kind in names if (summary["way"] == kind).any()]
    parts = [summary[summary["way"] == kind].sort_values("coverage") for kind in kinds]
    starts = np.cumsum([0, *(len(part) + 2 for part in parts)])
    figure, axes = canvas(0.7 + 0.068 * starts[-1])
    promise = contract.confidence
    axes.axvspan(promise - ALLOWANCE, promise + ALLOWANCE, color="#f1f4f6", linewidth=0)
    axes.axvline(promise, color=INK, linewidth=0.9, zorder=2.5)
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
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", labelcolor=INK)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=""))
    axes.set_xlabel("Truths inside the range, % (dot), and its 95 % interval (bar)")
    return figure


def widths(summary: pd.DataFrame, column: str, title: str, names: dict[str, str]) -> Figure:
    """How wide the range (or how large the set) is, by how many features are told."""
    figure, axes = canvas(2.6)
    for kind in (RANDOM, ONLY, WITHOUT):
        part = summary[summary["way"] == kind]
        axes.plot(part["told"], part[column], "o", color=PALE, markersize=4)
    for kind in (EVERYTHING, X_ALONE):
        for line in summary[summary["way"] == kind].itertuples():
            value = getattr(line, column)
            axes.plot(line.told, value, "o", color=ACCENT, markersize=6)
            right = kind == EVERYTHING
            axes.annotate(
                names[kind],
                (line.told, value),
                xytext=(3, -9) if right else (8, -3),
                textcoords="offset points",
                ha="right" if right else "left",
                va="top",
                color=ACCENT,
                weight=600,
            )
    axes.set(title=title, xlabel="Features told", ylim=(0, 1.06 * summary[column].max()))
    axes.set_xlim(0.5, max(summary["told"].max(), 2) + 0.5)
    thousands(axes.xaxis, 8)
    thousands(axes.yaxis, 5)
    return figure


def chances(answers: pd.DataFrame, bins: pd.DataFrame, event: str) -> Figure:
    """Three panels: calibration, the ROC curve, and precision against recall."""
    figure, (left, middle, right) = canvas(2.6, columns=3)
    base = float(answers["happened"].mean())
    top = min(1.0, 1.1 * max(bins["share_high"].max(), bins["chance"].max()))
    left.plot([0, top], [0, top], color=PALE, linewidth=1)
    left.vlines(bins["chance"], bins["share_low"], bins["share_high"], color=TINT, linewidth=4)
    left.plot(bins["chance"], bins["share"], "o", color=ACCENT, markersize=4)
    left.set(title=f"Share of “{event}”, %", xlabel="Chance told, %", xlim=(0, top), ylim=(0, top))
    false, true, _ = roc_curve(answers["happened"], answers["chance"])
    middle.plot([0, 1], [0, 1], color=PALE, linewidth=1)
    middle.plot(*_thinned(false, true), color=ACCENT)
    middle.set(title="Found, %", xlabel="False alarms among the others, %")
    precision, recall, _ = precision_recall_curve(answers["happened"], answers["chance"])
    right.axhline(base, color=PALE, linewidth=1)
    right.plot(*_thinned(recall[:-1], precision[:-1]), color=ACCENT)
    right.annotate("base rate", (1, base), xytext=(0, 3), textcoords="offset points", ha="right",
                   color=MUTED)  # fmt: skip
    right.set(title="Right among those named, %", xlabel="Found, %", ylim=(0, 1.02))
    for axes in (left, middle, right):
        thousands(axes.xaxis, 5, share=True)
        thousands(axes.yaxis, 5, share=True)
    return figure


def _spread(values: pd.Series[float]) -> float:
    """How many times as large the large values are as the small ones."""
    small, large = values.quantile([0.01, 0.99])
    return float(large / small)


def _thinned(x: Any, y: Any, most: int = 400) -> tuple[Any, Any]:
    """No more points than can be seen."""
    chosen = np.unique(np.linspace(0, len(x) - 1, most).astype(int))
    return x[chosen], y[chosen]


def _log_ticks(axis: Any) -> None:
    axis.set_major_locator(LogLocator(subs=[1, 2, 5]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: exact(value)))
    axis.set_minor_formatter(NullFormatter())


def _whole(value: float, _: Sequence[Any]) -> str:
    return exact(value)
