"""Outcomes: the same again changes nothing, another is a contradiction, unknown ids are named."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from Task1_database.keep.answer_lines import find_answers
from Task1_database.keep.kept_folder import KeptFolder
from Task1_database.keep.kept_store import OUTCOMES, file_name
from Task1_database.keep.outcome_lines import (
    Contradiction,
    Outcome,
    latest_outcomes,
    outcome_of,
    record_outcomes,
)
from tests.Task1_database.keep.kept import NOON, write

ONE = "a" * 16


@pytest.fixture
def folder(tmp_path: Path) -> KeptFolder:
    return KeptFolder(tmp_path)


def recorded(folder: KeptFolder, answer_id: str) -> Outcome | None:
    return outcome_of(folder, find_answers(folder, [answer_id])[answer_id])


def test_once_again_and_unknown(folder: KeptFolder) -> None:
    first, second = write(folder, ONE, 0, 2)
    result = record_outcomes(folder, {first: 95.0, "nobody's": 1.0}, NOON)
    assert (result.recorded, result.unchanged, result.unknown) == (1, 0, ["nobody's"])
    result = record_outcomes(folder, {first: 95.0, second: 80.0}, NOON)
    assert (result.recorded, result.unchanged, result.unknown) == (1, 1, [])
    assert (recorded(folder, first), recorded(folder, second)) == (95.0, 80.0)


def test_a_contradiction_records_nothing_unless_it_says_replace(folder: KeptFolder) -> None:
    first, second = write(folder, ONE, 0, 2)
    record_outcomes(folder, {first: 95.0}, NOON)
    with pytest.raises(Contradiction) as caught:
        record_outcomes(folder, {first: 96.0, second: 80.0}, NOON, replace=frozenset({second}))
    assert caught.value.recorded == {first: 95.0}
    assert recorded(folder, second) is None
    record_outcomes(folder, {first: 96.0}, NOON, replace=frozenset({first}))
    assert recorded(folder, first) == 96.0


def test_of_two_that_contradict_at_the_same_moment_one_is_refused(folder: KeptFolder) -> None:
    (first,) = write(folder, ONE, 0, 1)
    barrier, refused = threading.Barrier(8), []

    def post(value: float) -> None:
        barrier.wait()
        try:
            record_outcomes(folder, {first: value}, NOON)
        except Contradiction:
            refused.append(value)

    threads = [threading.Thread(target=post, args=(float(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 7
    assert recorded(folder, first) not in refused


def test_many_at_once(folder: KeptFolder) -> None:
    ids = [*write(folder, ONE, 0, 500), *write(folder, ONE, 500, 500)]
    result = record_outcomes(folder, dict.fromkeys(ids, 1.0), NOON, key="shop")
    assert result.recorded == 1000
    lines = folder.read(OUTCOMES, file_name(ONE, 500))
    assert latest_outcomes(lines) == dict.fromkeys(ids[500:], 1.0)
    assert lines.count(b'"key":"shop"') == 500
