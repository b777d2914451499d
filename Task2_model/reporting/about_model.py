"""Sentences about the model as a whole: is it worth having, what drives it, does it keep its word.

Each is computed, and says so when there is little to say.
"""

from __future__ import annotations

from typing import Any

from Task2_model.evaluate import EVERYTHING, FOLDS, X_ALONE
from Task2_model.reporting.evaluation_summary import Findings
from Task2_model.reporting.wording import (
    NBSP,
    count,
    listed,
    lower_first,
    number,
    of_all,
    percent,
    plain,
)

LITTLE = 0.05  # a loss less than this much smaller is little better


def verdict(found: Findings) -> str:
    """Whether the model is worth having, in one sentence."""
    gain, low, high = found.gain(found.rival)
    rival, loss = plain(found.called(found.rival)), found.words.loss
    shown = f"on rows that neither has seen, its {loss} is {_compared(gain, low, high)}"
    if high < 0:
        return (
            f"**It is worse than the {rival}**: {shown}. Do not use it as it is: these "
            "features say too little for a model of this kind."
        )
    if low <= 0:
        return (
            f"**It cannot be told from the {rival}**: {shown}. These features say too little, "
            "or there are too few rows."
        )
    if gain < LITTLE:
        return (
            f"**It is little better than the {rival}**: {shown}. Its answers stay close to "
            "what is usual."
        )
    return f"**It beats the {rival}**, the best of the others: {shown}."


def tiles(found: Findings) -> list[tuple[str, str, str]]:
    """The key numbers: each with what it is and how sure it is."""
    whole, words = found.line(EVERYTHING), found.words
    gain, low, high = found.gain(found.rival)
    against = (
        percent(abs(gain)),
        f"{_side(gain)} {words.loss} than the {found.called(found.rival)}",
        _sure(gain, low, high),
    )
    kept = (
        percent(whole["coverage"], 1),
        f"of truths inside the {percent(found.study.contract.confidence)} {found.region}",
        between(*(percent(min(whole[f"coverage_{end}"], 1.0), 1) for end in ("low", "high"))),
    )
    if words.regression:
        ends = [words.amount(whole[f"loss_{end}"]) for end in ("low", "high")]
        return [
            (words.amount(whole["loss"]), "mean error on rows never seen", between(*ends)),
            against,
            kept,
            (
                words.amount(whole["width"]),
                "median width of that range",
                f"{words.amount(found.line(X_ALONE)['width'])} when only "
                f"{words.label(found.study.contract.x)} is told",
            ),
        ]
    auc, auc_low, auc_high = found.ranking["auc"]
    single = float((found.everything["size"] == 1).mean())
    many = len(found.study.contract.target.classes) > 2
    return [
        (number(auc, 2), "area under the ROC curve" + f" for “{words.happens}”" * many,
         f"0.5 is chance; {between(number(auc_low, 2), number(auc_high, 2))}"),
        against,
        kept,
        (percent(single), "of answers leave one label only", "the others say “can’t tell”"),
    ]  # fmt: skip


def drivers(found: Findings) -> str:
    """What tells most, and what is missed most."""
    worth: Any = found.worth
    best, missed = worth.index[0], worth["without"].idxmax()
    if worth.loc[best, "only_low"] <= 0:
        return (
            "**No feature** takes away, when told alone, any of the error of knowing nothing "
            "that can be told from zero."
        )
    text = (
        f"**{_name(found, best)}** tells most: alone it takes away "
        f"{percent(worth.loc[best, 'only'])} of the error of knowing nothing"
    )
    if len(worth) == 1:
        return text + "."
    if worth.loc[missed, "without_low"] <= 0:
        return text + "; of the rest, none is missed once the others are told."
    larger = _larger(worth.loc[missed, "without"])
    subject = "it" if missed == best else f"**{_name(found, missed, first=False)}**"
    return f"{text}. When all else is told, {subject} is missed most: the error is {larger}."


def spare(found: Findings) -> str:
    """Which features add nothing that can be told from zero once all others are told."""
    names = found.worth.index[found.worth["without_low"] <= 0]
    if len(names) == 0:
        return "Each of them is missed when it alone is left out."
    if len(names) == len(found.worth):
        return "Any one of them can be left out for nothing, so long as all others are told."
    verb = "adds" if len(names) == 1 else "add"
    named = listed(_name(found, name, first=False) for name in names)
    return (
        f"Once all others are told, {named} {verb} nothing that can be told from zero; "
        "such a feature helps those who do not know the others."
    )


def promise(found: Findings) -> str:
    """How the coverage of all ways of asking compares with what was promised."""
    table = found.ways
    promised = found.study.contract.confidence
    under = int((table["coverage_high"] < promised).sum())
    over = int((table["coverage_low"] > promised).sum())
    apart = f"{of_all(under, len(table))} held less than promised by more than chance"
    if over:
        apart += f", {of_all(over, len(table))} held more"
    least, most = (percent(end, 1) for end in table["coverage"].agg(["min", "max"]))
    return (
        f"Promised to hold the truth in {percent(promised)} of cases, and asked in "
        f"{len(table)} ways, the {found.region} held it in {least} to {most} of held-out "
        f"cases: {apart}."
    )


def choice(found: Findings) -> str:
    """Which model is chosen, and why."""
    about = (found.study.model.__doc__ or "a model of your own.").strip().splitlines()[0]
    return (
        f"{_reason(found)} Unlike the baselines, it answers from whatever is told and says "
        f"how sure it is. What it is: {lower_first(plain(about))} {_shown(found)} other "
        "features hidden, so that one model serves every way of asking."
    )


def _shown(found: Findings) -> str:
    """How often the model sees a row: many times in a small table, a share of a large one."""
    copies = found.study.fitted.augmentation_factor_
    if copies >= 1:
        return f"It is shown every row that it learns from {copies:.0f} times, each time with"
    return f"It is shown {percent(copies)} of the rows that it may learn from, each with"


def _reason(found: Findings) -> str:
    best = str(found.models.index[0])
    if best == found.model:
        return f"{found.model} is chosen: it has the smallest {found.words.loss}."
    named = "it is the one that was named" if found.study.named else "it is the default"
    return (
        f"{found.model} is chosen because {named}, although {plain(found.called(best))} has the "
        f"smaller {found.words.loss}."
    )


def folds(found: Findings) -> str:
    """How the held-out answers came about."""
    rows, judged = len(found.study.rows), len(found.everything)
    if judged < rows:
        return (
            f"All models were judged on the same {judged:,} of {count(rows)}, drawn at random, "
            "after they had learned from the others; the very model that was judged is the one "
            "that is sealed."
        )
    return (
        f"All models were judged on the same rows: {count(rows)} cut into "
        f"{FOLDS} parts, each part answered by models that learned from the other "
        f"{FOLDS - 1}."
    )


def _name(found: Findings, feature: str, *, first: bool = True) -> str:
    label = found.study.contract.by_name[feature].label
    return plain(label if first else found.words.label(feature))


def between(low: str, high: str) -> str:
    """A 95 % interval in words."""
    return f"95{NBSP}% interval {low} to {high}"


def _larger(more: float) -> str:
    return f"{percent(more)} larger" if more < 1 else f"{number(1 + more, 2)} times as large"


def _side(gain: float) -> str:
    return "smaller" if gain >= 0 else "larger"


def _compared(gain: float, low: float, high: float) -> str:
    return f"{percent(abs(gain))} {_side(gain)} ({_sure(gain, low, high)})"


def _sure(gain: float, low: float, high: float) -> str:
    ends = (low, high) if gain >= 0 else (-high, -low)
    return between(*(percent(end) for end in ends))
