"""Sentences and tables about the data: what is there, what is odd, what goes with the target."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from Task2_model.artifact import FOREST, GRAPH
from Task2_model.contract import Contract, Feature
from Task2_model.reporting.explore import FENCE, MOST_LEVELS
from Task2_model.reporting.wording import (
    NBSP,
    Wording,
    axis_of,
    count,
    exact,
    listed,
    percent,
    plain,
    shorten,
)

FLAT = 0.02  # a change of less than this share of the level is none to speak of
BEYOND = 0.2  # of the whole span: less is not worth a word
NAMED = 6  # categories named in a table before the rest is counted


def feature_lines(contract: Contract) -> list[dict[str, str]]:
    """The table of what may be told."""
    explained = any(feature.help for feature in contract.features)
    lines = []
    for feature in contract.features:
        line = {"Feature": axis_of(feature)}
        if explained:
            line["What it is"] = feature.help
        line["Values"] = values(feature)
        line["Median"] = "" if feature.kind == "category" else exact(feature.median)
        line["Missing"] = percent(feature.missing, 1) if feature.missing else "none"
        lines.append(line)
    return lines


def values(feature: Feature) -> str:
    """A feature's range, or its most frequent categories."""
    if feature.kind != "category":
        return f"{exact(feature.minimum)} to {exact(feature.maximum)}"
    named = [shorten(category, 30) for category in feature.categories[:NAMED]]
    rest = len(feature.categories) - len(named)
    return ", ".join(named) + (f" and {rest} more" if rest else "")


def quality(contract: Contract, total: int, known: int, copies: int) -> str:
    """How many rows there are, how many can be used, and what they lack."""
    gaps = sorted((f for f in contract.features if f.missing), key=lambda f: -f.missing)
    if gaps:
        worst = listed(f"{plain(f.label.lower())} ({percent(f.missing, 1)})" for f in gaps[:3])
        lacking = (
            f"{len(gaps)} of the {count(len(contract.features), 'feature')} "
            f"{'has' if len(gaps) == 1 else 'have'} gaps, most of all {worst}; a gap is treated "
            "as a thing not told."
        )
    else:
        lacking = "No row has a gap."
    target = Wording(contract).target
    left_out = (
        f"{count(total - known)} that lack the {plain(target)} are left out. "
        if total > known
        else ""
    )
    alike = (
        f"{count(copies)} {'repeats' if copies == 1 else 'repeat'} another in every value; "
        "they were kept, since different cases may be alike."
        if copies
        else "No two rows are alike in every value."
    )
    return f"The database holds {count(total)}. {left_out}{lacking} {alike}"


def excluded_lines(contract: Contract) -> list[dict[str, str]]:
    """The table of columns that were kept out on purpose."""
    return [{"Column": name, "Why": why} for name, why in contract.excluded.items()]


def spread(contract: Contract, low: float, high: float) -> str:
    """How the target is spread, from its quartiles `low` and `high`."""
    words, target = Wording(contract), contract.target
    ends = [words.answer(value or 0.0) for value in (target.minimum, target.maximum)]
    learned = " Most are small and a few are large, so the model learns the logarithm."
    return (
        f"In half of all rows the {plain(words.target)} lies between {words.answer(low)} and "
        f"{words.answer(high)}; the median is {words.answer(target.median or 0.0)}, the ends are "
        f"{ends[0]} and {ends[1]}." + learned * target.logarithmic
    )


def usual(contract: Contract, classes: pd.DataFrame) -> str:
    """How far one gets by always giving the most frequent class, from `explore.frequencies`."""
    most = classes.iloc[0]
    return (
        f"Always answering “{plain(contract.target.class_label(most['value']))}” would be right in "
        f"{percent(most['n'] / classes['n'].sum(), 1)} of cases, so the share of right answers "
        "says little; the chances are judged instead."
    )


def odd_lines(
    contract: Contract, odd: Sequence[tuple[str, str, int]], most: int
) -> list[dict[str, str]]:
    """The table of odd values, the most frequent first."""
    labels = {f.name: f.label for f in contract.features}
    labels[contract.target.name] = contract.target.label
    return [
        {
            "Column": labels[name],
            "What is odd": what,
            "Rows": f"{rows:,}",
            "Share": percent(rows / contract.rows, 1),
        }
        for name, what, rows in sorted(odd, key=lambda line: -line[2])[:most]
    ]


def oddities(odd: Sequence[tuple[str, str, int]], most: int) -> str:
    """What was done about odd values."""
    if not odd:
        return "No number lies far from the rest of its column, and no category is rare."
    more = f" {len(odd) - most} more of the kind are not listed." if len(odd) > most else ""
    return (
        f"“Far” means more than {FENCE:g} times the width of the middle half beyond it."
        f"{more} Nothing was removed or altered: such values may be true."
    )


def change(contract: Contract, name: str, table: pd.DataFrame) -> str:
    """How the target goes along with one feature, from the table of `explore.target_by`."""
    words, feature = Wording(contract), contract.by_name[name]
    measure, label = plain(words.measure), plain(words.label(name))
    if feature.kind == "category":
        return _between_levels(words, table, measure, label)
    first, last = table.iloc[0], table.iloc[-1]
    at = [plain(words.told(name, float(f"{row['x']:.3g}"))) for row in (first, last)]
    start, end = words.level(first["mid"]), words.level(last["mid"])
    steps = table["mid"].diff().dropna()
    if abs(last["mid"] - first["mid"]) <= FLAT * abs(table["mid"]).max() or start == end:
        verb = "is much the same at both ends,"
        return (
            f"Along {label} the {measure} {verb} {start} around {at[0]} and {end} around {at[1]}."
        )
    verb = "rises" if last["mid"] > first["mid"] else "falls"
    straight = " at every step" if (steps > 0).all() or (steps < 0).all() else ""
    return (
        f"Along {label} the {measure} {verb}{straight} from {start} around {at[0]} to {end} "
        f"around {at[1]}{_turn(words, name, table)}."
    )


def band(contract: Contract) -> str:
    """What the band around a line of `explore.target_by` is."""
    if contract.task == "regression":
        return " The band holds the middle half of the rows."
    return f" The band is the 95{NBSP}% interval."


def _turn(words: Wording, name: str, table: pd.DataFrame) -> str:
    """Where it is highest or lowest in between, if that is well beyond both ends."""
    mid = table["mid"].to_numpy()
    reach = BEYOND * (mid.max() - mid.min())
    found = []
    if mid.max() - max(mid[0], mid[-1]) > reach:
        found.append(("highest", int(mid.argmax())))
    if min(mid[0], mid[-1]) - mid.min() > reach:
        found.append(("lowest", int(mid.argmin())))
    x = [plain(words.told(name, float(f"{value:.3g}"))) for value in table["x"]]
    parts = (f"{kind} ({words.level(mid[place])}) around {x[place]}" for kind, place in found)
    return f"; it is {listed(parts)}" if found else ""


def _between_levels(words: Wording, table: pd.DataFrame, measure: str, label: str) -> str:
    low, high = table.iloc[0], table.iloc[-1]
    which = f" (the {MOST_LEVELS} most frequent)" if len(table) == MOST_LEVELS else ""
    return (
        f"By {label}{which} the {measure} lies between {words.level(low['mid'])} for "
        f"“{plain(low['grp'])}” and {words.level(high['mid'])} for “{plain(high['grp'])}”."
    )


def limits(contract: Contract, region: str) -> list[str]:
    """What the model should not be used for, from what it was trained on."""
    words = Wording(contract)
    numbers = [f for f in contract.features if f.kind != "category" and f.minimum is not None]
    x = contract.by_name[contract.x]
    seen = numbers[:3] if x in numbers else [x]
    spans = listed(f"{plain(words.label(f.name))} {plain(_span(words, f))}" for f in seen)
    found = [
        f"**Cases unlike these {contract.rows:,}.** It has seen {spans} (the table above has the "
        "rest). Beyond these values an answer is a guess, and the "
        "service says so in a warning.",
        f"**A promise about one case.** {percent(contract.confidence)} holds over many cases that "
        f"tell the same things, if those resemble the rows here and if which things are told does "
        f"not depend on the {plain(words.target)}. For some kinds of case it is less, for others "
        "more: see where it errs.",
        f"**Causes.** It says which {plain(words.target)} goes along with what; not what would "
        "happen if somebody changed it.",
        f"**Later or elsewhere.** Time and place are those of the rows. Compare new outcomes with "
        f"the {region}s given, and train again when fewer than {percent(contract.confidence)} "
        "are inside.",
    ]
    if contract.task == "classification":
        found.append(
            "**Deciding about people** without somebody who can look at the case and differ."
        )
    return found


def exported(folder: Path) -> str:
    """What the files exported to `folder` are for."""
    runs, others = GRAPH, "model.joblib is the same model for Python"
    if (folder / FOREST).exists():
        runs, others = (
            FOREST,
            f"{GRAPH} is the same model for other software, model.joblib for Python",
        )
    return (
        f"The service runs {runs} with calibration.npz; {others}. On every training row they agree "
        "to five digits. golden.json holds requests with their answers, so that anyone can check "
        "that a live service gives the same."
    )


def _span(words: Wording, feature: Feature) -> str:
    if feature.kind == "category":
        return listed(f"“{shorten(c)}”" for c in feature.categories[:3])
    return f"from {exact(feature.minimum)} to {words.told(feature.name, feature.maximum or 0.0)}"
