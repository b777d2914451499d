"""An answer is found by its id, whoever wrote it and however many there are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from Task1_database.keep.answer_lines import (
    answer_line,
    find_answers,
    kept_part,
    parse_lines,
    time_text,
)
from Task1_database.keep.kept_folder import KeptFolder
from Task1_database.keep.kept_store import ANSWERS, file_name, new_id
from tests.Task1_database.keep.kept import NOON, answer, write
from tests.Task1_database.keep.kept import line as line_of

ONE, OTHER = "a" * 16, "b" * 16


@pytest.fixture
def folder(tmp_path: Path) -> KeptFolder:
    return KeptFolder(tmp_path)


def test_each_answer_is_found_in_its_file(folder: KeptFolder) -> None:
    ids = [*write(folder, ONE, 0, 100), *write(folder, ONE, 100, 50), *write(folder, OTHER, 0, 30)]
    found = find_answers(folder, ids)
    assert list(found) != []
    assert {i: kept.line["id"] for i, kept in found.items()} == {i: i for i in ids}
    assert find_answers(folder, ids[120:121])[ids[120]].file == file_name(ONE, 100)


def test_an_answer_that_came_a_moment_late_is_found_in_the_next_file(folder: KeptFolder) -> None:
    write(folder, ONE, 0, 10)
    late = new_id(ONE, 10)
    ids = write(folder, ONE, 11, 5)
    with (folder.root / ANSWERS / file_name(ONE, 11)).open("ab") as file:
        file.write(line_of(late))
    assert set(find_answers(folder, [late, ids[0]])) == {late, ids[0]}


def test_a_guessed_id_is_not_found(folder: KeptFolder) -> None:
    write(folder, ONE, 0, 10)
    guessed = [new_id(ONE, 3), new_id(ONE, 99), new_id(OTHER, 0), "", '"', "size"]
    assert find_answers(folder, guessed) == {}


@pytest.mark.parametrize("own", ["17", 'a "quoted" one', "back\\slash", "ä/ö"])
def test_an_asker_s_own_id_is_found_the_latest_first(folder: KeptFolder, own: str) -> None:
    for number, prediction in ((0, 1.0), (7, 2.0)):
        line = line_of(own, prediction=prediction)
        (folder.root / ANSWERS / file_name(ONE, number)).write_bytes(line)
    assert find_answers(folder, [own, "18"])[own].line["answer"]["prediction"] == 2.0


def test_what_a_value_holds_is_not_taken_for_an_id(folder: KeptFolder) -> None:
    hostile = line_of(new_id(ONE, 0), given={"kind": '\n{"id":"17","at":"now"}'})
    (folder.root / ANSWERS / file_name(ONE, 0)).write_bytes(hostile)
    assert find_answers(folder, ["17"]) == {}


def test_a_line_says_what_was_asked_and_answered_but_nothing_private() -> None:
    asked = answer(warnings=[{"field": "kind", "detail": "sail was never seen"}])
    part = kept_part(asked, frozenset({"kind", "age"}))
    assert json.loads(answer_line("17", NOON + 0.25, part, "shop")) == {
        "id": "17",
        "at": "2027-01-15T08:00:00.250Z",
        "key": "shop",
        "answer": {**answer(), "given": {"size": 12.5}, "private": ["kind"]},
    }


def test_a_number_beyond_64_bits_is_kept() -> None:
    line = line_of("17", given={"size": 3 * 10**38})
    assert json.loads(line)["answer"]["given"] == {"size": 3 * 10**38}


def test_lines_that_are_none_are_passed_over() -> None:
    assert list(parse_lines(b'{"id":"1"}\nnot json\n[]\n{"at":1}\n{"id":"2"}\n')) == [
        {"id": "1"},
        {"id": "2"},
    ]


def test_times_are_in_order_as_texts() -> None:
    assert time_text(NOON + 0.999) < time_text(NOON + 1) < time_text(NOON + 1.001)
