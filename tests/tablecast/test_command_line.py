"""The command line as its users meet it: verbs, one line for an error, exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from Task1_database.dataset import Dataset
from Task3_api.keys import KeyRing

posix = pytest.mark.skipif(os.name == "nt", reason="signals are of POSIX")


def tablecast(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tablecast", *words]
    environment = {**os.environ, "TABLECAST_HOME": str(home)}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_help_names_every_verb_in_the_order_of_use(tmp_path: Path) -> None:
    shown = tablecast(tmp_path, "--help").stdout
    verbs = ["new", "load", "ask", "train", "serve", "predict", "run", "verify", "key"]
    positions = [shown.index(f"\n  {verb} ") for verb in verbs]
    assert positions == sorted(positions)


def test_help_cuts_no_sentence(tmp_path: Path) -> None:
    shown = " ".join(tablecast(tmp_path, "--help").stdout.split())
    assert "Load the dataset's CSVs into the database and build its feature_store. ask" in shown
    assert "..." not in shown.partition("Commands:")[2]


@pytest.mark.slow
def test_a_file_is_served_by_one_command(tmp_path: Path) -> None:
    """But for the serving, which takes the process over; `live` tests that."""
    rows = (f"{n % 90},{n % 7},{25 * (n % 90) + n * 7919 % 400}\n" for n in range(300))
    file = tmp_path / "homes.csv"
    file.write_text("size,rooms,price\n" + "".join(rows))
    done = tablecast(tmp_path, "run", str(file), "--target", "price", "--no-serve")
    assert done.returncode == 0, done.stderr
    titles = [line for line in done.stderr.splitlines() if not line.startswith(" ")]
    assert titles == [f"new {file}", "load homes", "ask homes", "train homes"]
    assert "  fitting Boosting" in done.stderr.splitlines()
    assert "next: " not in done.stdout  # it goes on by itself
    answer = tablecast(tmp_path, "predict", "homes", "size=50")
    assert json.loads(answer.stdout)["prediction"] == pytest.approx(1_450, abs=200)


def test_who_reads_no_further_than_the_first_line_causes_no_error(
    tmp_path: Path, houses: Dataset
) -> None:
    assert tablecast(tmp_path, "load", "houses").returncode == 0
    environment = {**os.environ, "TABLECAST_HOME": str(tmp_path)}
    command = f"'{sys.executable}' -m tablecast ask houses | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "0\n"
    assert [line for line in done.stderr.splitlines() if "asking" not in line] == []
    assert len(list((tmp_path / "results" / "houses").iterdir())) == len(houses.questions)


DAWDLE = """
import os, signal, threading
import duckdb
from tablecast.command_line import main

@main.command()
def dawdle():
    connection = duckdb.connect(config={"threads": 1})
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    connection.execute("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b")

main(["dawdle"])
"""


@posix
def test_ctrl_c_ends_a_training_at_once_in_one_line_and_leaves_nothing_half_done(
    tmp_path: Path, houses_url: str
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tablecast", "train", "houses", "--database", houses_url],
        env={**os.environ, "TABLECAST_HOME": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stderr
        assert any("fitting" in line for line in process.stderr)
        os.killpg(process.pid, signal.SIGINT)  # to all of them, as a terminal sends it
        said = [line for line in process.stderr if not line.startswith("  ")]
    assert (process.returncode, said) == (130, ["tablecast: interrupted\n"])
    assert [*(tmp_path / "models").rglob("*")] == [tmp_path / "models" / "houses"]


@posix
def test_ctrl_c_within_a_query_is_no_defect() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DAWDLE], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (130, "tablecast: interrupted\n")


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
        (["run", "hosues"], 1, "did you mean houses?"),
        (["train", "houses"], 1, "`tablecast load houses` makes it"),
        (["serve", "houses"], 1, "`tablecast train houses` trains one"),
        (["serve", "houses", "--database", "duckdb:///d"], 2, "No such option '--database'"),
        (["serve"], 2, "expected one NAME or more, or --models FOLDER"),
        (["serve", "houses", "--models", "."], 2, "expected one NAME or more, or --models FOLDER"),
        (["serve", "houses", "births"], 1, "houses: "),
        (["run", "houses", "--sheet", "One"], 2, "--name, --x and --sheet are for a FILE"),
        (["run", __file__], 2, "is a file; say what to predict: --target COLUMN"),
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
        assert done.stderr.removeprefix(f"load {words[1]}\n").startswith("tablecast: ")
        assert done.stderr.count("\n") == 1 + (words[0] == "run")


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


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["foo://x/a.csv", "--output", "out"], "foo://x/a.csv cannot be opened: foo:// is no kind"),
        (["a.csv", "--output", "foo://x"], "foo://x cannot be opened: foo:// is no kind of store"),
        (["a.csv", "--output", "out", "--confidence", "7"], "confidence 7 is not possible"),
    ],
)
def test_score_says_at_once_what_cannot_be(
    home: Path, tmp_path: Path, words: list[str], message: str
) -> None:
    (tmp_path / "a.csv").write_text("living_area\n1800\n")
    here = [str(tmp_path / word) if word in ("a.csv", "out") else word for word in words]
    done = tablecast(home, "score", "houses", *here)
    assert done.returncode == 1
    assert done.stderr.startswith(f"tablecast: {message}")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_key_is_shown_with_the_line_that_the_service_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, line = tablecast(tmp_path, "key", "ci").stdout.splitlines()
    variable, _, known = line.partition("=")
    assert variable == "TABLECAST_KEYS"
    assert KeyRing.parse(known).name_of(made) == "ci"
    monkeypatch.setenv(variable, known)
    other, line = tablecast(tmp_path, "key", "alice").stdout.splitlines()
    ring = KeyRing.parse(line.partition("=")[2])
    assert (ring.name_of(made), ring.name_of(other)) == ("ci", "alice")
    assert "names no key" in tablecast(tmp_path, "key", "a b").stderr


def test_a_defect_of_ours_is_one_line_too(tmp_path: Path, home: Path) -> None:
    """A model directory that cannot even be listed is nothing that we foresaw."""
    (tmp_path / "models" / "houses").mkdir(parents=True)
    (tmp_path / "models" / "houses" / "CURRENT").mkdir()
    done = tablecast(tmp_path, "predict", "houses", "x=1")
    assert done.returncode == 1
    assert done.stderr.startswith("tablecast: ")
    assert "Traceback" not in done.stderr
