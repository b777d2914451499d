from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat

from tests.live import Live

PLAYBOOK = Path(__file__).parents[2] / "playbook" / "playbook.ipynb"


def run(url: str, home: Path, executed: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable, "-m", "papermill", str(PLAYBOOK), str(executed), "-p", "base_url", url,
    ]  # fmt: skip
    environment = {**os.environ, "TABLECAST_HOME": str(home)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_asks_a_live_service_in_every_way_it_offers(live: Live, home: Path, tmp_path: Path) -> None:
    done = run(live.url, home, tmp_path / "executed.ipynb")
    assert done.returncode == 0, done.stderr
    cells = nbformat.read(tmp_path / "executed.ipynb", as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    text = "".join(output.get("text", "") for output in outputs)
    assert "Six ways of asking, the same two answers." in text
    assert "24 golden rows answered as the model did offline." in text
    assert any("image/png" in output.get("data", {}) for output in outputs)


def test_fails_where_there_is_no_service(home: Path, tmp_path: Path) -> None:
    assert run("http://127.0.0.1:9", home, tmp_path / "executed.ipynb").returncode != 0
