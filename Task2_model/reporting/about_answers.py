"""Sentences and tables about held-out answers: how good they are, where they err, how sure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from Task2_model.evaluate import EVERYTHING, ONLY, RANDOM, WITHOUT, X_ALONE
from Task2_model.reporting import compare
from Task2_model.reporting.evaluation_summary import Findings
from Task2_model.reporting.wording import (
    NBSP,
    Wording,
    count,
    exact,
    number,
    of_all,
    percent,
    plain,
    shorten,
)

CLOSE = 0.10
FEWEST_IN_SEGMENT = 30
SEGMENTED_BY = 3


def accuracy(found: Findings) -> str:
    """How far the answers of a regression are from the truth."""
    answers, words = found.everything, found.words
    half, most = answers["loss"].quantile([0.5, 0.9])
    text = (
        f"Half of the answers miss the truth by less than {words.amount(half)}, nine of ten by "
        f"less than {words.amount(most)}."
    )
    if (answers["truth"] > 0).all():
        near = (answers["loss"] <= CLOSE * answers["truth"]).mean()
        far = (answers["loss"] > 2 * CLOSE * answers["truth"]).mean()
        text += (
            f" {percent(near)} are within {percent(CLOSE)} of it, {percent(far)} are off by more "
            f"than {percent(2 * CLOSE)}."
        )
    return text


def chances(found: Findings, bins: pd.DataFrame) -> str:
    """Whether chances mean what they say, and how well they sort."""
    low, high = bins.iloc[0], bins.iloc[-1]
    met = ((bins["share_low"] <= bins["chance"]) & (bins["chance"] <= bins["share_high"])).sum()
    auc, auc_low, auc_high = found.ranking["auc"]
    precision = found.ranking["precision"][0]
    base = float(found.everything["happened"].mean())
    return (
        f"Left: of the tenth told about {percent(low['chance'])}, {percent(low['share'])} were "
        f"“{plain(found.words.happens)}”; of the tenth told about {percent(high['chance'])}, "
        f"{percent(high['share'])}; {met} of {len(bins)} tenths agree within their 95{NBSP}% "
        f"interval. Middle: the area under the curve is {number(auc, 2)} ({number(auc_low, 2)} to "
        f"{number(auc_high, 2)}), where 0.5 is chance. Right: the average precision is "
        f"{percent(precision)}, against {percent(base)} for naming at random."
    )


def confusion(found: Findings) -> list[dict[str, str]]:
    """The table of labels given by what was true, as shares of all answers to each truth."""
    classes = [
        found.study.contract.target.class_label(c) for c in found.study.contract.target.classes
    ]
    answers = found.everything
    table = pd.crosstab(answers["truth"], answers["label"]).reindex(
        index=range(len(classes)), columns=range(len(classes)), fill_value=0
    )
    rows = answers.groupby("truth")["row"].nunique()
    lines = []
    for truth, label in enumerate(classes):
        given = table.to_numpy()[truth] / max(int(rows.get(truth, 0)), 1)
        line = {"In truth": label, "Rows": f"{rows.get(truth, 0):,}"}
        line |= {f"Answered “{shorten(c, 16)}”": percent(given[i]) for i, c in enumerate(classes)}
        lines.append(line)
    return lines


def threshold(found: Findings) -> str:
    """Where the label changes, how often it is right, and how often the set leaves it open."""
    target, answers = found.study.contract.target, found.everything
    right = (answers["label"] == answers["truth"]).mean()
    usual = answers["truth"].value_counts(normalize=True).iloc[0]
    open_share = (answers["size"] > 1).mean()
    from_which = (
        f"“{plain(found.words.happens)}” is the label from a chance of "
        f"{percent(target.threshold or 0.5)} on. {plain(target.threshold_reason)} "
        if target.positive
        else "The label is the likeliest class. "
    )
    return (
        f"{from_which}The label is right in {percent(right, 1)} of held-out cases; always saying "
        f"the most frequent class would be in {percent(usual, 1)}. In {percent(open_share)} of "
        "cases more than one class stays possible, and the answer says so: can’t tell."
    )


def curve(found: Findings, grid: Any, told: dict[str, Any], inner: list[float]) -> str:
    """What the model answers when `x` alone is told, at the ends of the inner nine tenths."""
    words, x = found.words, found.study.contract.x
    places = [int(np.abs(grid - end).argmin()) for end in inner]
    at = [plain(words.told(x, float(f"{grid[place]:.3g}"))) for place in places]
    told_x = f"Told {plain(words.label(x))} alone, the model answers "
    if not words.regression:
        chance = [percent(v) for v in answered(found, told)[0][places]]
        return f"{told_x}a chance of {chance[0]} at {at[0]} and {chance[1]} at {at[1]}."
    ends = [
        f"{words.answer(told['prediction'][i])} ({words.answer(told['lower'][i])} to "
        f"{words.answer(told['upper'][i])}) at {place}"
        for i, place in zip(places, at, strict=True)
    ]
    return (
        f"{told_x}{ends[0]} and {ends[1]}; nine tenths of the rows lie between the two, above the "
        f"grey mark. The band is the {percent(found.study.contract.confidence)} range."
    )


def answered(found: Findings, block: dict[str, Any]) -> tuple[Any, tuple[Any, Any] | None]:
    """The answers of a block and the ends of their ranges, or the event's chances and None."""
    if found.words.regression:
        return block["prediction"], (block["lower"], block["upper"])
    event = found.study.contract.target.classes.index(found.words.event)
    return block["probabilities"][:, event], None


def by_size(found: Findings) -> list[dict[str, str]]:
    """The table of error and coverage by fifths of what was answered."""
    words, answers = found.words, found.everything
    column = "prediction" if words.regression else "chance"
    fifth = compare.fifths(answers[column], words)
    parts = compare.by_part(answers, fifth, found.study.seed)
    parts["middle"] = answers.groupby(fifth, observed=True)[column].median()
    lines = []
    for name, line in parts.sort_values("middle").iterrows():
        shown = {"Answered": str(name), "Rows": f"{line['n']:,.0f}"}
        shown[words.loss.capitalize()] = words.lost(line["loss"])
        if words.regression and parts["middle"].min() > 0:
            shown["Of the answer"] = percent(line["loss"] / line["middle"])
        shown[f"Truths in the {found.region}"] = percent(line["covered"], 1)
        shown[f"95{NBSP}% interval"] = (
            f"{percent(line['covered_low'], 1)} to {percent(line['covered_high'], 1)}"
        )
        lines.append(shown)
    return lines


def segments(found: Findings) -> pd.DataFrame:
    """Error by the categories of the features that tell most; empty without categories."""
    study, answers = found.study, found.everything
    kinds = study.contract.by_name
    chosen = [name for name in found.worth.index if kinds[name].kind == "category"]
    tables = []
    for name in chosen:
        levels = study.table[name].iloc[answers["row"]].set_axis(answers.index)
        common = levels.map(levels.value_counts()) >= FEWEST_IN_SEGMENT
        if levels[common].nunique() > 1:
            parts = compare.by_part(answers[common], levels[common], study.seed)
            parts.index = pd.Index([f"{kinds[name].label}: {level}" for level in parts.index])
            tables.append(parts.sort_values("loss"))
    return pd.concat(tables[:SEGMENTED_BY]) if tables else pd.DataFrame()


def segment_sentence(found: Findings, table: pd.DataFrame) -> str:
    """Where the error is largest and where it is smallest."""
    words = found.words
    ordered = table.sort_values("loss")
    best, worst = ordered.iloc[0], ordered.iloc[-1]
    overall = found.line(EVERYTHING)["loss"]
    return (
        f"The {words.loss} is largest for {plain(worst.name)} ({words.lost(worst['loss'])}, "
        f"{count(int(worst['n']))}) and smallest for {plain(best.name)} "
        f"({words.lost(best['loss'])}, {count(int(best['n']))}); over all rows it is "
        f"{words.lost(overall)}. Groups of fewer than {FEWEST_IN_SEGMENT} rows are left out."
    )


def miss_lines(found: Findings, most: int) -> list[dict[str, str]]:
    """The table of the largest misses, each with the four things that tell most."""
    study, words = found.study, found.words
    told = list(found.worth.index[:4])
    lines = []
    for row, line in compare.largest_misses(found.everything, most).iterrows():
        known = study.table.iloc[int(str(row))]
        shown = {study.contract.by_name[name].label: _cell(known[name]) for name in told}
        shown["Truth"] = words.answer(line["truth"])
        shown["Answer"] = words.answer(line["prediction"])
        shown["Range"] = f"{words.answer(line['lower'])} to {words.answer(line['upper'])}"
        lines.append(shown)
    return lines


def misses(found: Findings, most: int) -> str:
    """What the largest misses have in common."""
    table = compare.largest_misses(found.everything, most)
    above = int((table["truth"] > table["prediction"]).sum())
    outside = int(((table["truth"] < table["lower"]) | (table["truth"] > table["upper"])).sum())
    share = compare.largest_misses(found.everything, len(found.study.rows) // 100)["loss"].sum()
    total = found.everything.groupby("row")["loss"].mean().sum()
    return (
        f"In {of_all(above, len(table))} the truth is above the answer; in "
        f"{of_all(outside, len(table))} it is outside the range. The worst hundredth of "
        f"the rows makes up {percent(share / total)} of all error: what sets such rows apart is "
        "presumably not among the features."
    )


def ways(words: Wording) -> dict[str, str]:
    """The ways of asking, named for a figure."""
    return {
        EVERYTHING: "everything told",
        X_ALONE: f"{words.label(words.contract.x)} alone",
        WITHOUT: "all but one thing",
        RANDOM: "random things",
        ONLY: "one thing alone",
    }


def widths(found: Findings) -> str:
    """What telling more is worth in sureness."""
    words, whole, alone = found.words, found.line(EVERYTHING), found.line(X_ALONE)
    told = plain(words.label(found.study.contract.x))
    if words.regression:
        narrower = 1 - whole["width"] / alone["width"]
        return (
            f"The median range is {words.amount(alone['width'])} wide when only {told} is told and "
            f"{words.amount(whole['width'])} when everything is: {percent(narrower)} narrower. "
            "Grey dots are the other ways of asking."
        )
    classes = len(found.study.contract.target.classes)
    return (
        f"The set holds {number(alone['size'])} labels on average when only {told} is told and "
        f"{number(whole['size'])} when everything is, of {classes} there are. "
        "Grey dots are the other ways of asking."
    )


def _cell(value: Any) -> str:
    if pd.isna(value):
        return "–"
    return shorten(value, 18) if isinstance(value, str) else exact(float(value))
