"""Answered files are stored for a while, within bounds, for whoever has their key."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest

from Task3_api.batch.result_store import KEY, ResultInfo, ResultStore
from Task3_api.batch.uploaded_table import FileLayout

INFO = ResultInfo("boats", "v1", ["x"], {"x": "x"}, {}, FileLayout(sheet="É"), True, 0.8)
ANSWERS = ["x,prediction,lower,upper,warnings,error\r\n", "1,2,1,3,,\r\n4,5,4,6,,\r\n"]


def store_one(store: ResultStore) -> str:
    staged = store.stage(io.BytesIO(b"x\n1\n4\n"), INFO)
    assert store.get(staged.key) is None
    assert list(staged.written(iter(ANSWERS))) == ANSWERS
    return staged.key


def test_a_result_is_there_for_every_worker_once_it_is_whole(tmp_path: Path) -> None:
    key = store_one(ResultStore(tmp_path / "results"))
    result = ResultStore(tmp_path / "results").get(key)
    assert result is not None
    assert result.info == INFO
    with result.answers() as answers, result.table() as table:
        assert answers.read().decode() == "".join(ANSWERS)
        assert table.read() == b"x\n1\n4\n"
    assert result.index().values.tolist() == [2, 5]
    assert (tmp_path / "results").stat().st_mode & 0o777 == 0o700


def test_keys_differ_and_lead_nowhere_else(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "results")
    keys = {store_one(store) for _ in range(5)}
    assert len(keys) == 5
    assert all(KEY.fullmatch(key) for key in keys)
    for key in ("", "..", "../results", "a" * 24, next(iter(keys)) + "/answers.csv"):
        assert store.get(key) is None
        store.remove(key)
    assert all(store.get(key) for key in keys)


def test_an_answer_that_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    lines = store.stage(io.BytesIO(b""), INFO).written(iter(ANSWERS))
    next(lines)
    lines.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == []


def test_what_is_old_or_too_much_is_removed(tmp_path: Path) -> None:
    store = ResultStore(tmp_path, max_results=2, seconds=100)
    first, second = store_one(store), store_one(store)
    past = time.time() - 50
    os.utime(tmp_path / first, (past, past))
    third = store_one(store)
    assert [store.get(key) is None for key in (first, second, third)] == [True, False, False]
    past -= 51
    os.utime(tmp_path / second, (past, past))
    assert store.get(second) is None
    assert not (tmp_path / second).exists()
    store.remove(third)
    assert list(tmp_path.iterdir()) == []
    small = ResultStore(tmp_path, max_bytes=10)
    assert small.get(store_one(small)) is None


def test_what_is_old_goes_though_nobody_asks(tmp_path: Path) -> None:
    store_one(ResultStore(tmp_path, seconds=0.2))
    until = time.monotonic() + 20
    while list(tmp_path.iterdir()) and time.monotonic() < until:
        time.sleep(0.1)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(PermissionError):
        ResultStore(tmp_path / "link").stage(io.BytesIO(), INFO)
