"""A disk that takes no more: one clear line, and the last good state stays.

A limit on the size of a file stands in for the disk, because anybody may set it. What the system
then says differs ("File too large"), what is lost does not.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from Task2_model.artifact import current
from tests.kill_harness import assert_nothing_half_made, counted, with_rows
from tests.little_dataset import little

FORMAT = Path(__file__).parent / "Task2_model/formats/1/boats"
LIMITED = """
import resource, sys
size = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
"""
TABLECAST = LIMITED + "from tablecast.command_line import main\nmain()"
SEAL = (
    LIMITED
    + """
from pathlib import Path
from Task2_model.artifact import seal
seal(Path(sys.argv[1]), Path(sys.argv[2]), "20270101T000000Z-00000000", {})
"""
)
UPLOAD = (
    LIMITED
    + """
import io
from Task3_api.app import create_app
client = create_app({"MODELS": sys.argv[1]}).test_client()
body = b"size,kind\\n" + b"12.5,row\\n" * 50_000
answer = client.post("/batch_prediction", data=body, content_type="text/csv")
print(answer.status_code, answer.get_json()["detail"])
print(client.get("/predict?x=12").status_code)
"""
)
ENOUGH = 1 << 30


def run(code: str, size: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, str(size), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def refusal(size: int, *arguments: object) -> str:
    """The one line that the command ends with."""
    done = run(TABLECAST, size, *arguments)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = (line for line in done.stderr.splitlines() if not line.startswith("  "))
    return line


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"duckdb://{tmp_path}/home/boats.duckdb"


@pytest.mark.parametrize("size", [1, 5000])
def test_a_first_load_can_be_done_again(tmp_path: Path, url: str, size: int) -> None:
    boats = with_rows(tmp_path, 5_000).folder
    line = refusal(size, "load", boats, "--database", url)
    assert line.startswith(f"tablecast: {url} cannot be opened: IO Error: Could not write file")
    assert list((tmp_path / "home").iterdir()) == []
    assert run(TABLECAST, ENOUGH, "load", boats, "--database", url).returncode == 0
    assert counted(url) == (5_000,) * 3


def test_a_later_load_leaves_what_was_there(tmp_path: Path, url: str) -> None:
    old, new = (with_rows(tmp_path / str(count), count).folder for count in (3_000, 5_000))
    assert run(TABLECAST, ENOUGH, "load", old, "--database", url).returncode == 0
    line = refusal(20_000, "load", new, "--database", url)
    assert "Could not write file" in line
    assert counted(url) == (3_000,) * 3
    assert run(TABLECAST, ENOUGH, "load", new, "--database", url).returncode == 0
    assert counted(url) == (5_000,) * 3


def test_answers_stay_as_they_were(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABLECAST_HOME", str(tmp_path))
    boats = little(tmp_path / "data")
    assert run(TABLECAST, ENOUGH, "load", boats, "--database", url).returncode == 0
    assert run(TABLECAST, ENOUGH, "ask", boats, "--database", url).returncode == 0
    answer = tmp_path / "results" / "boats" / "01_how_many.csv"
    before = answer.read_text()
    little(tmp_path / "data", {"questions/02_again.sql": "-- Why?\nSELECT 1 AS one;\n"})
    line = refusal(1, "ask", boats, "--database", url)
    assert line == f"tablecast: {answer.parent} cannot be written: File too large"
    assert [path.name for path in answer.parent.iterdir()] == [answer.name]
    assert answer.read_text() == before


def test_the_version_in_service_stays(tmp_path: Path) -> None:
    models = shutil.copytree(FORMAT, tmp_path / "boats")
    staging = tmp_path / "staging"
    shutil.copytree(current(models), staging, ignore=lambda *_: ["manifest.json"])
    done = run(SEAL, 10, staging, models)
    assert "File too large" in done.stderr
    assert current(models) == models / current(FORMAT).name
    assert_nothing_half_made(models)


def test_a_file_that_cannot_be_kept_is_told_so_and_others_are_answered() -> None:
    done = run(UPLOAD, 100_000, FORMAT)
    assert done.stdout.splitlines() == [
        "507 the service has no room for this at present; try again later",
        "200",
    ]
