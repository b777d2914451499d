from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat

from tests.live import Live, own_port, start

PLAYBOOK = Path(__file__).parents[2] / "playbook" / "playbook.ipynb"


def run(url: str, home: Path, executed: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "playbook",
        str(PLAYBOOK),
        str(executed),
        f"base_url={url}",
        *more,
    ]
    environment = {**os.environ, "TABLECAST_HOME": str(home)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_asks_a_live_service_and_needs_nothing_but_its_address(live: Live, tmp_path: Path) -> None:
    done = run(live.url, tmp_path, tmp_path / "executed.ipynb")
    assert done.returncode == 0, done.stderr
    said = done.stderr.replace("\r", "\n").splitlines()
    assert {line.partition(":")[0] for line in said if line} == {"Executing"}  # and no warning
    cells = nbformat.read(tmp_path / "executed.ipynb", as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    text = "".join(output.get("text", "") for output in outputs)
    assert "Six ways of asking, the same two answers." in text
    assert "with range=0 the same without lower and upper" in text
    assert "This service keeps no answers" in text
    assert "24 golden rows answered as the model did offline." in text
    assert any("image/png" in output.get("data", {}) for output in outputs)


def test_posts_outcomes_and_reads_the_coverage_back(home: Path, tmp_path: Path) -> None:
    port, words = own_port(), ["-m", "tablecast", "serve", "houses", "--port"]
    report = {"outcomes": 40, "coverage": {"seen": 0.875}, "promised": 0.9}
    kept = tmp_path / "kept" / "houses"
    kept.mkdir(parents=True)
    (kept / "watch.json").write_text(json.dumps(report))
    live = start([*words, str(port)], port, home, TABLECAST_KEEP=str(tmp_path / "kept"))
    try:
        done = run(live.url, tmp_path, tmp_path / "executed.ipynb")
    finally:
        live.stop()
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "executed.ipynb").read_text()
    assert "24 outcomes are recorded; the same again changed nothing." in text
    assert "The truth was inside in 87.5% of 40; promised are 90.0%." in text
    (file,) = (kept / "outcomes").iterdir()
    assert file.read_bytes().count(b"\n") == 24


def test_compares_with_a_sealed_model_at_hand(
    births_live: Live, models: Path, births_home: Path, tmp_path: Path
) -> None:
    births = births_home / "models" / "births"
    done = run(births_live.url, tmp_path, tmp_path / "births.ipynb", f"model={births}")
    assert done.returncode == 0, done.stderr
    done = run(births_live.url, tmp_path, tmp_path / "houses.ipynb", f"model={models}")
    assert done.returncode != 0


def test_fails_where_there_is_no_service(home: Path, tmp_path: Path) -> None:
    done = run("http://127.0.0.1:9", home, tmp_path / "executed.ipynb")
    assert done.returncode == 1
    assert "ConnectionError" in done.stderr
    assert "PapermillExecutionError" not in done.stderr
