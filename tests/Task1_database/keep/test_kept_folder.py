"""A folder of lines: whole ones alone, and never two outcomes at once."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from Task1_database.errors import TablecastError
from Task1_database.keep.kept_folder import KeptFolder, append_whole
from Task1_database.keep.kept_store import ANSWERS, BATCHES, OUTCOMES, WATCH, file_name
from tests.Task1_database.keep.kept import write

ADD = """
import sys
from pathlib import Path
from Task1_database.keep.kept_folder import KeptFolder

def next_number(data):
    return b"%d\\n" % (1 + data.count(b"\\n"))

folder = KeptFolder(Path(sys.argv[1]))
for _ in range(200):
    folder.add_outcomes(sys.argv[2], next_number)
"""
NAME = file_name("0123456789abcdef", 0)


@pytest.fixture
def folder(tmp_path: Path) -> KeptFolder:
    return KeptFolder(tmp_path / "kept" / "boats")


def test_two_processes_never_add_at_once(folder: KeptFolder) -> None:
    command = [sys.executable, "-c", ADD, str(folder.root), NAME]
    processes = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert folder.read(OUTCOMES, NAME) == b"".join(b"%d\n" % n for n in range(1, 401))


def test_half_a_line_is_not_read_and_is_written_over(folder: KeptFolder) -> None:
    (folder.root / OUTCOMES / NAME).write_bytes(b"one\ntw")
    assert folder.read(OUTCOMES, NAME) == b"one\n"
    folder.add_outcomes(NAME, lambda lines: b"two\n" if lines == b"one\n" else b"wrong\n")
    assert (folder.root / OUTCOMES / NAME).read_bytes() == b"one\ntwo\n"


def test_files_are_listed_by_writer_and_in_order(folder: KeptFolder) -> None:
    write(folder, "b" * 16, 300, 1)
    write(folder, "b" * 16, 2, 1)
    write(folder, "a" * 16, 0, 1)
    (folder.root / ANSWERS / "notes.txt").write_text("not ours")
    assert folder.names(ANSWERS, "b" * 16) == [file_name("b" * 16, 2), file_name("b" * 16, 300)]
    assert len(folder.names(ANSWERS)) == 3
    assert folder.read(ANSWERS, file_name("c" * 16, 0)) == b""


def test_old_files_go_as_a_whole(folder: KeptFolder) -> None:
    write(folder, "a" * 16, 0, 1)
    write(folder, "b" * 16, 0, 1)
    folder.write("upload/table.csv", b"size\n1\n")
    for key in ("old", "new"):
        folder.add_batch(key, folder.root / "upload")
    long_ago = time.time() - 10 * 86_400
    for path in (folder.root / ANSWERS / file_name("a" * 16, 0), folder.root / BATCHES / "old"):
        os.utime(path, (long_ago, long_ago))
    assert folder.delete_before(time.time() - 86_400) == 2
    assert folder.names(ANSWERS) == [file_name("b" * 16, 0)]
    assert [path.name for path in (folder.root / BATCHES).iterdir()] == ["new"]


def test_a_file_is_replaced_as_a_whole(folder: KeptFolder) -> None:
    assert folder.read_file(WATCH) is None
    folder.write(WATCH, b"one")
    folder.write(WATCH, b"two")
    assert folder.read_file(WATCH) == b"two"
    assert {path.name for path in folder.root.iterdir()} == {ANSWERS, OUTCOMES, WATCH}


def test_what_does_not_fit_leaves_no_half_line(tmp_path: Path) -> None:
    handle = os.open(tmp_path / "lines", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    append_whole(handle, b"one\n", 0)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            append_whole(handle, b"two\nthree\n", 4)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
        os.close(handle)
    assert (tmp_path / "lines").read_bytes() == b"one\n"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TablecastError, match="nothing can be kept there: Not a directory"):
        KeptFolder(tmp_path / "file" / "boats")
