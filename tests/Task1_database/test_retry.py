"""A step waits for what other processes make, says so, and gives up when its time is over."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from Task1_database import retry
from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.errors import DatabaseAway, DatabaseError, DatabaseInUse, TableMissing
from Task1_database.load import load
from Task1_database.retry import with_retries
from Task2_model.artifact import SealedModel, current
from Task3_api.predictor import Predictor
from tests.little_dataset import little

MISSING = TableMissing("x waits for the table y")
IN_USE = DatabaseInUse("z is in use")
AWAY = DatabaseAway("z does not answer")


class Fails:
    """What fails with each of these errors in turn, then with the last again and again."""

    def __init__(self, *errors: DatabaseError, succeeds: bool = True) -> None:
        self.errors, self.succeeds, self.times = list(errors), succeeds, 0

    def __call__(self) -> str:
        self.times += 1
        if self.times <= len(self.errors):
            raise self.errors[self.times - 1]
        if not self.succeeds:
            raise self.errors[-1]
        return "done"


def test_it_tries_until_it_succeeds_and_says_once_what_it_waits_for() -> None:
    lines: list[str] = []
    assert with_retries(Fails(MISSING, MISSING, IN_USE, MISSING), 60, lines.append) == "done"
    assert lines == ["x waits for the table y (60 s left)"]


@pytest.mark.parametrize("error", [MISSING, AWAY])
def test_without_time_it_gives_up_at_once(error: DatabaseError) -> None:
    lines: list[str] = []
    attempt = Fails(error)
    with pytest.raises(type(error)) as caught:
        with_retries(attempt, 0, lines.append)
    assert (caught.value, attempt.times, lines) == (error, 1, [])


def test_a_database_that_is_in_use_for_a_moment_is_no_error() -> None:
    lines: list[str] = []
    assert with_retries(Fails(IN_USE, IN_USE), 0, lines.append) == "done"
    assert lines == []


@pytest.mark.parametrize("error", [MISSING, IN_USE, AWAY])
def test_it_gives_up_with_the_error_when_its_time_is_over(
    monkeypatch: pytest.MonkeyPatch, error: DatabaseError
) -> None:
    monkeypatch.setattr(retry, "IN_USE_SECONDS", 0.2)
    lines: list[str] = []
    began = time.monotonic()
    with pytest.raises(type(error)) as caught:
        with_retries(Fails(error, succeeds=False), 0.5, lines.append)
    assert caught.value is error
    assert time.monotonic() - began >= 0.5
    assert lines == [f"{error} (0 s left)"]


def test_it_says_again_what_it_waits_for_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "LOG_INTERVAL", 0.15)
    lines: list[str] = []
    with pytest.raises(TableMissing):
        with_retries(Fails(MISSING, succeeds=False), 0.6, lines.append)
    assert 2 <= len(lines) <= 4


def test_another_error_is_not_waited_for() -> None:
    attempt = Fails(DatabaseError("no such host"))
    with pytest.raises(DatabaseError, match="^no such host$"):
        with_retries(attempt, 60, print)
    assert attempt.times == 1


class Commands:
    """Runs the command line in processes of their own, all in one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tablecast", *arguments],
            env={**os.environ, "TABLECAST_HOME": str(self.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def run(self, *arguments: str) -> tuple[int, str, str]:
        return ended(self.start(*arguments))


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def first_line(process: subprocess.Popen[str]) -> str:
    """The first line that a command logs, without the seconds left; it goes on meanwhile."""
    assert process.stderr
    return re.sub(r" \((5\d|60) s left\)$", "", process.stderr.readline().strip())


@pytest.fixture
def tablecast(tmp_path: Path) -> Iterator[Commands]:
    commands = Commands(tmp_path)
    yield commands
    for process in commands.processes:
        process.kill()
        process.communicate()


def test_a_step_waits_for_tables_that_other_processes_load(tablecast: Commands) -> None:
    process = tablecast.start("load", "clients", "--step", "process_data", "--wait", "60")
    url = f"duckdb://{tablecast.home}/databases/clients.duckdb"
    assert first_line(process) == (
        "process_data waits for the table client_data (step load_client_data) and the table "
        f"sales_data (step load_sales_data) in {url}"
    )
    assert tablecast.run("load", "clients", "--step", "load_sales_data")[0] == 0
    assert tablecast.run("load", "clients", "--step", "load_client_data")[0] == 0
    code, out, err = ended(process)
    assert (code, out) == (0, "feature_store: 4,454 rows from features.sql\n"), err


def test_all_steps_at_once_come_to_an_end(tablecast: Commands) -> None:
    steps = ("process_data", "load_client_data", "load_sales_data")
    processes = [tablecast.start("load", "clients", "--step", s, "--wait", "60") for s in steps]
    ends = [ended(process) for process in processes]
    assert [code for code, _, _ in ends] == [0, 0, 0], ends
    assert tablecast.run("load", "clients")[1] == (
        "client_data: already loaded (4,454 rows)\n"
        "sales_data: already loaded (4,454 rows)\n"
        "feature_store: already loaded (4,454 rows)\n"
    )


def test_a_step_gives_up_in_one_line(tablecast: Commands) -> None:
    load_sales = ("load", "clients", "--step", "load_sales_data")
    assert tablecast.run(*load_sales)[0] == 0
    waits = (
        "process_data waits for the table client_data (step load_client_data) in "
        f"duckdb://{tablecast.home}/databases/clients.duckdb"
    )
    process_data = ("load", "clients", "--step", "process_data")
    assert tablecast.run(*process_data) == (1, "", f"tablecast: {waits}\n")
    waits = re.escape(waits)
    code, out, err = tablecast.run(*process_data, "--wait", "4")
    assert (code, out) == (1, "")
    assert re.fullmatch(rf"  {waits} \(\d s left\)\ntablecast: {waits}\n", err)


def test_a_database_in_use_is_waited_for(tablecast: Commands) -> None:
    url = f"duckdb://{tablecast.home}/databases/births.duckdb"
    with connect(url):
        process = tablecast.start("load", "births", "--wait", "60")
        advice = "wait until it ends, or stop it, and try again"
        assert first_line(process) == f"{url} is in use by another process; {advice}"
    assert ended(process)[:2] == (
        0,
        "births: 1,000 rows from births.csv\nfeature_store: 1,000 rows from features.sql\n",
    )


def test_training_without_features_leaves_nothing_behind(tablecast: Commands) -> None:
    url = f"duckdb://{tablecast.home}/databases/births.duckdb"
    waits = f"train waits for the table feature_store (step process_data) in {url}"
    hint = "`tablecast load births` makes it"
    assert tablecast.run("train", "births") == (1, "", f"tablecast: {waits}; {hint}\n")
    assert not list(tablecast.home.iterdir())


TOML = """\
title = "Will the boat sink?"
description = "Boats"
task = "classification"
x = "size"

[target]
name = "sunk"
label = "Fate"

[target.classes]
0 = "afloat"
1 = "sunk"

[tables]
boats = "boats.csv"

[features.size]
label = "Length"

[features.kind]
label = "Kind"
"""
SQL = """\
CREATE TABLE feature_store AS
SELECT id AS row_id, Size AS size, Kind AS kind, CASE WHEN Price > 50 THEN 1 ELSE 0 END AS sunk
FROM boats;
"""


@pytest.mark.slow
def test_training_waits_for_features_and_answers_in_the_terms_of_the_data(
    tablecast: Commands,
) -> None:
    lines = (f"{i},{i % 37}.5,{(i % 37) * 2 + i % 11},,k{i % 3}\n" for i in range(160))
    csv = "id,Size,Price,Built,Kind\n" + "".join(lines)
    changed = {"dataset.toml": TOML, "features.sql": SQL, "boats.csv": csv}
    folder = little(tablecast.home, changed)
    process = tablecast.start("train", str(folder), "--wait", "60")
    url = f"duckdb://{tablecast.home}/databases/boats.duckdb"
    waits = f"train waits for the table feature_store (step process_data) in {url}"
    assert first_line(process) == f"{waits}; `tablecast load boats` makes it"
    load(Dataset.open(str(folder)), url, wait=10)
    code, out, err = ended(process)
    assert code == 0, err
    assert out.startswith("sealed ")
    predictor = Predictor(SealedModel.open(current(tablecast.home / "models" / "boats")))
    assert predictor.contract.target.class_labels == {"0": "afloat", "1": "sunk"}
    big, small = predictor.answers([{"size": 36.5, "kind": "k0"}, {"size": 0.5}])
    assert (big["label"], small["label"]) == (1, 0)
    assert big["probability"] > 0.5 > small["probability"]
    assert {type(label) for answer in (big, small) for label in answer["set"]} == {int}
    for row in predictor.sealed.golden:
        answer = predictor.answer(row["request"])
        assert {part: answer[part] for part in ("label", "set")} == {
            part: row["answer"][part] for part in ("label", "set")
        }
