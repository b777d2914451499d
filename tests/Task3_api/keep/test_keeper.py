"""What is answered is written soon, by one's own thread, or dropped and counted."""

from __future__ import annotations

import json
import logging
import os
import re
import resource
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from Task1_database.keep.answer_lines import find_answers, parse_lines
from Task1_database.keep.kept_folder import KeptFolder
from Task1_database.keep.kept_store import ANSWERS, parse_id
from Task3_api.keep import keeper as keeper_module
from Task3_api.keep.answer_file import AnswerFile
from Task3_api.keep.keeper import Keeper
from tests.Task1_database.keep.kept import answer


@pytest.fixture
def folder(tmp_path: Path) -> KeptFolder:
    return KeptFolder(tmp_path)


def lines(folder: KeptFolder) -> list[dict[str, Any]]:
    return [
        line for name in folder.names(ANSWERS) for line in parse_lines(folder.read(ANSWERS, name))
    ]


def test_nothing_is_made_before_the_first_answer(folder: KeptFolder) -> None:
    threads = threading.active_count()
    Keeper(folder).close()
    assert threading.active_count() == threads
    assert lines(folder) == []


def test_an_answer_is_on_the_disk_a_moment_later(folder: KeptFolder) -> None:
    keeper = Keeper(folder)
    first, own = answer(), answer()
    keeper.keep(first, key="shop")
    keeper.keep(own, "17")
    time.sleep(0.2)
    assert [(line["id"], line.get("key")) for line in lines(folder)] == [
        (first["id"], "shop"),
        ("17", None),
    ]
    assert parse_id(first["id"])
    keeper.close()


def test_many_threads_lose_nothing(folder: KeptFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AnswerFile, "is_full", property(lambda self: self._size > 9_000))
    monkeypatch.setattr(keeper_module, "FLUSH_SECONDS", 0.01)
    keeper = Keeper(folder)
    ids: list[str] = []

    def work() -> None:
        for _ in range(500):
            kept = answer()
            keeper.keep(kept)
            ids.append(kept["id"])
            time.sleep(0.0002)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keeper.close()
    assert len(set(ids)) == 2000 == keeper.kept
    assert len(folder.names(ANSWERS)) > 3
    assert set(find_answers(folder, ids)) == set(ids)


def test_a_killed_process_loses_the_last_moment_alone(folder: KeptFolder) -> None:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        keeper = Keeper(folder)
        for _ in range(100_000):
            kept = answer()
            keeper.keep(kept)
            os.write(write, f"{time.time()} {kept['id']}\n".encode())
            time.sleep(0.001)
    os.close(write)
    with os.fdopen(read) as pipe:
        acknowledged = [pipe.readline() for _ in range(700)]
        os.kill(child, signal.SIGKILL)
        killed = time.time()
        acknowledged += [line for line in pipe if line.endswith("\n")]
    os.waitpid(child, 0)
    written = {line["id"] for line in lines(folder)}
    at = {answer_id: float(moment) for moment, answer_id in map(str.split, acknowledged)}
    lost = [killed - moment for answer_id, moment in at.items() if answer_id not in written]
    assert len(written) > 300
    assert max(lost, default=0) < 0.2


def test_a_full_disk_drops_counts_and_recovers(
    folder: KeptFolder, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = Keeper(folder)
    keeper.keep(answer())
    keeper.flush()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with caplog.at_level(logging.ERROR):
            resource.setrlimit(resource.RLIMIT_FSIZE, (500, limits[1]))
            for _ in range(5):
                keeper.keep(answer())
            begun = time.monotonic()
            keeper.keep(answer())
            assert time.monotonic() - begun < 0.05
            keeper.flush()
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert keeper.dropped == 6
    assert re.search(r"answers are not kept \(\d so far\): File too large", caplog.text)
    keeper.keep(answer())
    keeper.close()
    assert (keeper.kept, len(lines(folder))) == (2, 2)


def test_a_file_that_somebody_deletes_is_followed_by_another(folder: KeptFolder) -> None:
    keeper = Keeper(folder)
    keeper.keep(answer())
    keeper.flush()
    (name,) = folder.names(ANSWERS)
    (folder.root / ANSWERS / name).unlink()
    keeper.keep(answer())
    keeper.close()
    assert len(lines(folder)) == 1


def test_too_many_waiting_are_dropped(folder: KeptFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_module, "MOST_WAITING", 3)
    monkeypatch.setattr(keeper_module, "FLUSH_SECONDS", 30)
    keeper = Keeper(folder)
    kept = [answer() for _ in range(5)]
    for each in kept:
        keeper.keep(each)
    keeper.flush()
    assert [("id" in each) for each in kept] == [True, True, True, False, False]
    assert (keeper.kept, keeper.dropped) == (3, 2)


def test_old_files_are_deleted(folder: KeptFolder) -> None:
    old = folder.root / ANSWERS / "0000000000000000-000000000000.jsonl"
    old.write_text(json.dumps({"id": "1"}) + "\n")
    os.utime(old, (time.time() - 3 * 86_400,) * 2)
    keeper = Keeper(folder, days=2)
    keeper.keep(answer())
    until = time.monotonic() + 5
    while old.exists() and time.monotonic() < until:
        time.sleep(0.02)
    keeper.close()
    assert not old.exists()
    assert len(lines(folder)) == 1


def test_a_fork_has_a_file_of_its_own(folder: KeptFolder) -> None:
    keeper = Keeper(folder)
    keeper.keep(answer())
    keeper.flush()
    child = os.fork()
    if child == 0:
        keeper.keep(answer())
        keeper.close()
        os._exit(0)
    os.waitpid(child, 0)
    keeper.close()
    writers = {name[:16] for name in folder.names(ANSWERS)}
    assert len(writers) == len(lines(folder)) == 2
