"""A bucket of a server that speaks as S3 does: whole files alone, sent in the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem

from Task1_database.errors import StoreAway, TablecastError
from Task1_database.keep.answer_lines import find_answers, parse_lines
from Task1_database.keep.kept_bucket import KeptBucket
from Task1_database.keep.kept_folder import KeptFolder
from Task1_database.keep.kept_store import ABOUT, ANSWERS, OUTCOMES, WATCH, file_name
from Task1_database.keep.open_keep import open_keep
from Task1_database.keep.outcome_lines import Contradiction, outcome_of, record_outcomes
from Task3_api.keep.keeper import Keeper
from tests.Task1_database.keep.kept import NOON, answer, write

KEEP = """
import sys, time
from Task1_database.keep.open_keep import open_keep
from Task3_api.keep.keeper import Keeper
from tests.Task1_database.keep.kept import answer

keeper = Keeper(open_keep(sys.argv[1], "boats"))
for _ in range(100):
    keeper.keep(kept := answer())
    print(kept["id"], flush=True)
time.sleep(0.5)
print("written", flush=True)
time.sleep(60)
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ThreadedMotoServer]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "AWS_ACCESS_KEY_ID": "me",
        "AWS_SECRET_ACCESS_KEY": "mine",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "TABLECAST_KEEP_SPOOL": str(tmp_path),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    S3FileSystem.clear_instance_cache()  # of another test's server
    yield server
    server.stop()


@pytest.fixture
def url(server: ThreadedMotoServer, tmp_path: Path) -> str:
    """A place in a bucket of its own."""
    bucket = "kept-" + "".join(c for c in tmp_path.name.lower() if c.isalnum())[-40:]
    boto3.client("s3").create_bucket(Bucket=bucket)
    return f"s3://{bucket}/there"


def bucket_of(url: str) -> KeptBucket:
    store = open_keep(url, "boats")
    assert isinstance(store, KeptBucket)
    return store


def keys(url: str) -> list[str]:
    bucket = url.split("/")[2]
    return [o["Key"] for o in boto3.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_a_file_is_sent_once_it_is_closed_and_found_before_and_after(url: str) -> None:
    store = bucket_of(url)
    keeper = Keeper(store)
    first = answer()
    keeper.keep(first)
    keeper.flush()
    assert keys(url) == []
    assert first["id"] in find_answers(store, [first["id"]])
    keeper.close()
    assert len(keys(url)) == 1
    assert store.need_spool().names(ANSWERS) == []
    reader = open_keep(url, "boats", read_only=True)
    assert first["id"] in find_answers(reader, [first["id"]])


def test_what_a_killed_process_wrote_is_sent_by_the_next(url: str) -> None:
    command = [sys.executable, "-c", KEEP, url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    ids = [process.stdout.readline().strip() for _ in range(100)]
    assert process.stdout.readline() == "written\n"
    store = bucket_of(url)
    assert store.send_closed() == 0  # it is being written to
    assert keys(url) == []
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    (name,) = store.need_spool().names(ANSWERS)
    with (store.need_spool().root / ANSWERS / name).open("ab") as file:
        file.write(b'{"id":"half a li')  # as a kill in the midst of a write leaves it
    assert store.send_closed() == 1
    lines = list(parse_lines(open_keep(url, "boats", read_only=True).read(ANSWERS, name)))
    assert [line["id"] for line in lines] == ids
    assert keys(url) == [f"there/boats/{ANSWERS}/{name}"]


def test_a_store_that_is_away_is_tried_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    there = os.environ["AWS_ENDPOINT_URL"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    S3FileSystem.clear_instance_cache()
    away = KeptBucket(f"{url}/boats", KeptFolder(Path(os.environ["TABLECAST_KEEP_SPOOL"]) / "own"))
    ids = write(away.need_spool(), "a" * 16, 0, 3)
    with pytest.raises(OSError, match="is not sent: .* cannot be reached: Could not connect"):
        away.send_closed()
    assert away.need_spool().names(ANSWERS) == [file_name("a" * 16, 0)]
    with pytest.raises(StoreAway, match="there/boats cannot be reached: Could not connect"):
        record_outcomes(away, {ids[0]: 1.0}, NOON)
    monkeypatch.setenv("AWS_ENDPOINT_URL", there)
    S3FileSystem.clear_instance_cache()
    store = KeptBucket(f"{url}/boats", away.need_spool())
    assert store.send_closed() == 1
    assert set(find_answers(store, ids)) == set(ids)


def test_outcomes_are_there_when_they_are_acknowledged(url: str) -> None:
    store = bucket_of(url)
    ids = write(store.need_spool(), "a" * 16, 0, 3)
    assert record_outcomes(store, {ids[0]: 1.0, "nobody's": 2.0}, NOON).unknown == ["nobody's"]
    other = open_keep(url, "boats", read_only=True)
    store.send_closed()
    assert record_outcomes(other, {ids[0]: 1.0, ids[1]: 2.0}, NOON).recorded == 1
    with pytest.raises(Contradiction):
        record_outcomes(other, {ids[0]: 3.0}, NOON)
    for value in (3.0, 4.0, 5.0, 6.0):  # within a second, too, the last is the one that holds
        record_outcomes(other, {ids[0]: value}, NOON + 1, replace=frozenset(ids))
    assert outcome_of(store, find_answers(store, ids)[ids[0]]) == 6.0
    assert store.names(OUTCOMES) == [file_name("a" * 16, 0)]


def test_what_grows_has_another_size(url: str) -> None:
    store, name = bucket_of(url), file_name("a" * 16, 0)
    ids = write(store.need_spool(), "a" * 16, 0, 3)
    waiting = store.sizes(ANSWERS)
    store.send_closed()
    assert store.sizes(ANSWERS) == waiting == {name: len(store.read(ANSWERS, name))}
    for outcomes in ({ids[0]: 1.0}, {ids[1]: 2.0}):
        record_outcomes(store, outcomes, NOON)
        assert store.sizes(OUTCOMES) == {name: len(store.read(OUTCOMES, name))}


def test_old_objects_go_and_the_report_stays(url: str) -> None:
    store = bucket_of(url)
    write(store.need_spool(), "a" * 16, 0, 3)
    store.send_closed()
    store.write(WATCH, b"{}")
    assert store.delete_before(time.time() - 60) == 0
    assert store.delete_before(time.time() + 60) == 1
    assert keys(url) == [f"there/boats/{WATCH}"]
    assert store.read_file(WATCH) == b"{}"


def test_an_answered_file_is_sent_and_fetched_as_a_whole(url: str, tmp_path: Path) -> None:
    store = bucket_of(url)
    (tmp_path / "result").mkdir()
    for name in (ABOUT, "answers.csv", "table.csv"):
        (tmp_path / "result" / name).write_text(name)
    store.add_batch("key", tmp_path / "result")
    assert store.fetch_batch("key", tmp_path / "waiting")
    store.send_closed()
    assert store.need_spool().batches() == []
    reader = open_keep(url, "boats", read_only=True)
    assert reader.fetch_batch("key", tmp_path / "sent")
    assert {p.name: p.read_text() for p in (tmp_path / "sent").iterdir()} == {
        name: name for name in (ABOUT, "answers.csv", "table.csv")
    }
    store.remove_batch("key")
    assert not reader.fetch_batch("key", tmp_path / "gone")
    assert keys(url) == []


def test_a_bucket_that_is_not_there_is_told(url: str) -> None:
    store = open_keep(f"{url.rpartition('/')[0]}-not/there", "boats", read_only=True)
    assert store.names(ANSWERS) == []
    with pytest.raises(StoreAway, match="not/there/boats cannot be reached: The specified bucket"):
        store.write(WATCH, b"{}")


def test_a_scheme_that_nobody_knows_is_told() -> None:
    with pytest.raises(TablecastError, match="nowhere://"):
        KeptBucket("nowhere://bucket/folder")


def test_a_path_is_a_folder(tmp_path: Path) -> None:
    assert isinstance(open_keep(f"file://{tmp_path}", "boats"), KeptFolder)
    assert (tmp_path / "boats" / ANSWERS).is_dir()
