"""The command line as its users meet it: verbs, one line for an error, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from Task1_database.dataset import Dataset


def tablecast(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tablecast", *words]
    environment = {**os.environ, "TABLECAST_HOME": str(home)}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_help_names_every_verb_in_the_order_of_use(tmp_path: Path) -> None:
    shown = tablecast(tmp_path, "--help").stdout
    verbs = ["new", "load", "ask", "train", "serve", "predict", "run", "verify"]
    places = [shown.index(f"\n  {verb} ") for verb in verbs]
    assert places == sorted(places)


def test_load_and_ask_leave_what_they_say(tmp_path: Path, houses: Dataset) -> None:
    loaded = tablecast(tmp_path, "load", "houses")
    assert loaded.returncode == 0
    assert "houses: 1,728 rows from houses.csv" in loaded.stdout
    again = tablecast(tmp_path, "load", "houses")
    assert "houses: already loaded (1,728 rows)" in again.stdout
    asked = tablecast(tmp_path, "ask", "houses")
    written = sorted(path.name for path in (tmp_path / "results" / "houses").iterdir())
    assert [f"{q.number:02}_{q.name}.csv" for q in houses.questions] == written
    assert all(question.text in asked.stdout for question in houses.questions)


def test_predict_answers_in_json(home: Path) -> None:
    done = tablecast(home, "predict", "houses", "living_area=1800", "fuel=gas")
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["given"] == {"living_area": 1800, "fuel": "gas"}
    assert answer["lower"] < answer["prediction"] < answer["upper"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["load", "nowhere"], 1, "tablecast: there is no dataset 'nowhere'"),
        (["train", "houses"], 1, "houses"),
        (["ask", "houses"], 1, "houses"),
        (["serve", "houses"], 1, "no model has been trained"),
        (["predict", "houses", "x=1"], 1, "no model has been trained"),
        (["load", "houses", "--database", "ftp://host/db"], 1, "ftp://host/db"),
        (["predict", "houses"], 2, "Missing argument"),
        (["serve", "houses", "--port", "many"], 2, "not a valid integer"),
        (["sing"], 2, "No such command 'sing'"),
    ],
)
def test_an_error_is_one_line_and_a_code(
    tmp_path: Path, words: list[str], code: int, message: str
) -> None:
    done = tablecast(tmp_path, *words)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    if code == 1:
        assert done.stderr.startswith("tablecast: ")
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("fact", "message"),
    [
        ("living_area=1_800", "living_area must be a decimal number such as 12 or -3.5"),
        ("living_area", "'living_area' is not FEATURE=VALUE"),
        ("livingarea=1", "'livingarea' is not known; did you mean living_area?"),
    ],
)
def test_predict_says_what_is_wrong_with_a_fact(home: Path, fact: str, message: str) -> None:
    done = tablecast(home, "predict", "houses", fact)
    assert done.returncode == 1
    assert message in done.stderr


def test_a_defect_of_ours_is_one_line_too(tmp_path: Path, home: Path) -> None:
    """A model directory that cannot even be listed is nothing that we foresaw."""
    (tmp_path / "models" / "houses").mkdir(parents=True)
    (tmp_path / "models" / "houses" / "CURRENT").mkdir()
    done = tablecast(tmp_path, "predict", "houses", "x=1")
    assert done.returncode == 1
    assert done.stderr.startswith("tablecast: ")
    assert "Traceback" not in done.stderr
