"""Outcomes: what became of kept answers, posted once or again, and never silently changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from Task1_database.keep.answer_lines import KeptAnswer, find_answers, parse_lines, time_text
from Task1_database.keep.kept_store import OUTCOMES, KeepStore

Outcome = float | int | str


class Contradiction(Exception):
    """Outcomes that differ from what was recorded for their ids before.

    Attributes
    ----------
    recorded : dict
        What each of these ids has.
    """

    def __init__(self, recorded: dict[str, Outcome]) -> None:
        super().__init__(recorded)
        self.recorded = recorded


@dataclass
class Recorded:
    """What became of some outcomes."""

    recorded: int = 0
    unchanged: int = 0
    unknown: list[str] = field(default_factory=list)


def record_outcomes(
    store: KeepStore,
    outcomes: Mapping[str, Outcome],
    at: float,
    *,
    key: str = "",
    replace: frozenset[str] = frozenset(),
) -> Recorded:
    """Record outcomes by id; the same one again changes nothing.

    Parameters
    ----------
    at : float
        Now, in seconds since 1970.
    replace : frozenset of str
        The ids whose outcome may be another than before.

    Raises Contradiction where others differ from what is recorded; nothing is recorded then.
    """
    answers = find_answers(store, outcomes)
    by_file: dict[str, dict[str, Outcome]] = defaultdict(dict)
    for answer_id, kept in answers.items():
        by_file[kept.file][answer_id] = outcomes[answer_id]
    differing: dict[str, Outcome] = {}
    for name, some in by_file.items():
        before = latest_outcomes(store.read(OUTCOMES, name))
        differing |= _differing(before, some, replace)
    if differing:
        raise Contradiction(differing)
    result = Recorded(unknown=[i for i in outcomes if i not in answers])
    for name, some in by_file.items():
        result.recorded += _add(store, name, some, at, key, replace)
    result.unchanged = len(answers) - result.recorded
    return result


def latest_outcomes(data: bytes) -> dict[str, Outcome]:
    """The outcome of each id in the lines of a file: the last that was recorded."""
    return {line["id"]: line["outcome"] for line in parse_lines(data) if "outcome" in line}


def outcome_of(store: KeepStore, kept: KeptAnswer) -> Outcome | None:
    """What is recorded for one answer."""
    return latest_outcomes(store.read(OUTCOMES, kept.file)).get(kept.line["id"])


def _add(
    store: KeepStore,
    name: str,
    outcomes: dict[str, Outcome],
    at: float,
    key: str,
    replace: frozenset[str],
) -> int:
    added: list[str] = []

    def lines(data: bytes) -> bytes:
        before = latest_outcomes(data)
        if differing := _differing(before, outcomes, replace):  # posted at the same moment
            raise Contradiction(differing)
        added.extend(i for i, outcome in outcomes.items() if before.get(i) != outcome)
        return b"".join(_line(i, outcomes[i], at, key) for i in added)

    store.add_outcomes(name, lines)
    return len(added)


def _line(answer_id: str, outcome: Outcome, at: float, key: str) -> bytes:
    line: dict[str, Any] = {"id": answer_id, "outcome": outcome, "at": time_text(at)}
    if key:
        line["key"] = key
    return orjson.dumps(line) + b"\n"


def _differing(
    before: dict[str, Outcome], outcomes: dict[str, Outcome], replace: frozenset[str]
) -> dict[str, Outcome]:
    return {
        i: before[i]
        for i, outcome in outcomes.items()
        if i in before and before[i] != outcome and i not in replace
    }
