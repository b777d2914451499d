"""A file is what it was or what it is to be, and nothing is left beside it."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

import pytest

from Task1_database.whole_file import write_whole


@pytest.mark.parametrize("synced", [True, False])
def test_a_reader_never_sees_a_part(tmp_path: Path, synced: bool) -> None:
    path, texts = tmp_path / "file", [letter * 300_000 for letter in (b"a", b"b")]
    write_whole(path, texts[0], synced=synced)
    ended, seen = Event(), set()

    def read() -> None:
        while not ended.is_set():
            seen.add(path.read_bytes())

    reader = Thread(target=read)
    reader.start()
    for text in texts * 50:
        write_whole(path, text, synced=synced)
    ended.set()
    reader.join()
    assert seen <= set(texts)
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, b"before")
    with pytest.raises(FileNotFoundError):
        write_whole(path, b"after", beside=tmp_path / "nowhere" / "file")
    assert path.read_bytes() == b"before"
