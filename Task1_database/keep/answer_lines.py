"""Answers as lines of JSON, and how one is found again by its id.

A line begins with the id, so that a file is searched as bytes. Ids that the service gave lead to
their file; for those that askers gave, the latest files are searched, the newest first.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from Task1_database.keep.kept_store import ANSWERS, AnswerIndex, KeepStore, file_name, parse_id

SEARCHED_BYTES = 1 << 26  # of the latest files, for ids that askers gave
FEW = 8  # ids; each is searched for alone, for more the file is read line by line
_ID = re.compile(rb'^\{"id":("(?:[^"\\]|\\.)*")', re.M)


class KeptAnswer(NamedTuple):
    """An answer with the file that it is in."""

    file: str
    line: dict[str, Any]


def kept_part(answer: dict[str, Any], private: frozenset[str] = frozenset()) -> bytes:
    """What is kept of an answer (as `/predict` gives it, without an id), as JSON.

    Values of `private` features are left out; `private` in it names those that were given.
    """
    if withheld := [name for name in answer["given"] if name in private]:
        given = {name: value for name, value in answer["given"].items() if name not in private}
        warnings = [each for each in answer["warnings"] if each["field"] not in private]
        answer = {**answer, "given": given, "warnings": warnings, "private": withheld}
    try:
        return orjson.dumps(answer)
    except TypeError:  # a whole number beyond 64 bits
        return json.dumps(answer, separators=(",", ":"), ensure_ascii=False).encode()


def answer_line(answer_id: str, at: float, part: bytes, key: str = "") -> bytes:
    """The line of an answer that was made at that time, for whoever has that key."""
    head = b'{"id":%b%b' % (orjson.dumps(answer_id), _between(int(at * 1000), key))
    return b"".join((head, part, b"}\n"))


@lru_cache(maxsize=64)
def _between(millisecond: int, key: str) -> bytes:
    """What stands between an id and its answer; the same for all of a millisecond."""
    asker = b',"key":%b' % orjson.dumps(key) if key else b""
    return b',"at":"%b"%b,"answer":' % (time_text(millisecond / 1000).encode(), asker)


def time_text(at: float) -> str:
    """Seconds since 1970 as UTC to the millisecond, such as 2026-01-31T12:00:00.123Z."""
    moment = datetime.fromtimestamp(round(at * 1000) // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{round(at * 1000) % 1000:03}Z"


def parse_lines(data: bytes) -> Iterator[dict[str, Any]]:
    """Lines of JSON; what is none of these is passed over."""
    for line in data.splitlines():
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            yield value


def find_answers(store: KeepStore, ids: Iterable[str]) -> dict[str, KeptAnswer]:
    """Each of the ids that is known, with its answer."""
    by_file: dict[str, set[str]] = defaultdict(set)
    others = set()
    for answer_id in ids:
        index = parse_id(answer_id)
        if index:
            for name in _files_of(store, index):
                by_file[name].add(answer_id)
        else:
            others.add(answer_id)
    answers: dict[str, KeptAnswer] = {}
    for name, wanted in by_file.items():
        answers |= _search_in(name, store.read(ANSWERS, name), wanted)
    return answers | _search_latest(store, others)


def latest_answers(store: KeepStore, count: int) -> list[dict[str, Any]]:
    """The lines of the latest answers, the oldest first."""
    latest: list[dict[str, Any]] = []
    for name in reversed(store.names(ANSWERS)):
        lines = list(parse_lines(store.read(ANSWERS, name)))
        latest = lines[max(0, len(lines) + len(latest) - count) :] + latest
        if len(latest) >= count:
            break
    return latest


def _files_of(store: KeepStore, answer: AnswerIndex) -> list[str]:
    """The file that a number is in, and the one after it.

    Threads number their answers before they hand them in, so the last of a file may come late.
    """
    names = store.names(ANSWERS, answer.writer)
    after = [i for i, name in enumerate(names) if name > file_name(*answer)]
    index = (after[0] if after else len(names)) - 1
    return names[max(index - 1, 0) : index + 2]


def _search_latest(store: KeepStore, ids: set[str]) -> dict[str, KeptAnswer]:
    answers: dict[str, KeptAnswer] = {}
    searched = 0
    for name in reversed(store.names(ANSWERS)) if ids else ():
        if searched > SEARCHED_BYTES or len(answers) == len(ids):
            break
        data = store.read(ANSWERS, name)
        searched += len(data)
        answers = _search_in(name, data, ids - answers.keys()) | answers
    return answers


def _search_in(name: str, data: bytes, ids: set[str]) -> dict[str, KeptAnswer]:
    if len(ids) <= FEW:
        begins = {}
        for answer_id in ids:
            begin = data.rfind(b'{"id":%s,' % orjson.dumps(answer_id))  # the latest of that id
            if begin >= 0:
                begins[answer_id] = begin
    else:
        every = {match[1]: match.start() for match in _ID.finditer(data)}
        texts = {answer_id: orjson.dumps(answer_id) for answer_id in ids}
        begins = {i: every[text] for i, text in texts.items() if text in every}
    return {
        answer_id: KeptAnswer(name, orjson.loads(data[begin : data.index(b"\n", begin)]))
        for answer_id, begin in begins.items()
    }
