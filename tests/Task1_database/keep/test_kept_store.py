"""Ids lead to their file and cannot be guessed."""

from __future__ import annotations

import pytest

from Task1_database.keep.kept_store import (
    NAME,
    AnswerIndex,
    file_name,
    new_id,
    new_writer,
    parse_id,
    whole_lines,
)


def test_an_id_says_who_wrote_it_and_as_which() -> None:
    writer = new_writer()
    assert parse_id(new_id(writer, 4097)) == AnswerIndex(writer, 4097)


def test_no_two_ids_or_writers_are_alike() -> None:
    writers = {new_writer() for _ in range(1000)}
    assert len(writers) == 1000
    assert len({new_id("0123456789abcdef", 1) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("own", ["17", "", "order-4-2", "0123456789abcdef-1-x", "ü"])
def test_an_id_of_somebody_else_leads_nowhere(own: str) -> None:
    assert parse_id(own) is None


def test_files_are_in_the_order_of_their_numbers() -> None:
    names = [file_name("0123456789abcdef", number) for number in (0, 9, 10, 255, 256, 1 << 20)]
    assert names == sorted(names)
    assert all(NAME.fullmatch(name) for name in names)


@pytest.mark.parametrize(
    ("data", "whole"), [(b"", b""), (b"a\nb", b"a\n"), (b"a\n", b"a\n"), (b"a", b"")]
)
def test_a_line_that_is_being_written_is_none_yet(data: bytes, whole: bytes) -> None:
    assert whole_lines(data) == whole
