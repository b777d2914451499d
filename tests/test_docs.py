"""The documentation builds without a warning, asks nobody else, and its examples are answered."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.live import Live

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
HOMES = "living_area,bedrooms\n1800,3\n950,2\n"
EXAMPLES = (DOCS / "api.md").read_text(encoding="utf-8")


def blocks(language: str, text: str = EXAMPLES) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


COMMANDS = [line for block in blocks("sh") for line in block.splitlines()]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_the_site_asks_no_other_origin(site: Path) -> None:
    for page in site.rglob("*.html"):
        if page.parent.name == "reports":  # documents of their own: see test_report
            continue
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        loaded = [tag.get("src") for tag in soup.select("[src]")]
        loaded += [tag.get("href") for tag in soup.select("link[rel=stylesheet], link[rel=icon]")]
        assert not [url for url in loaded if re.match(r"(?:https?:)?//", str(url))], page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//", sheet.read_text(encoding="utf-8")), sheet


def test_included_parts_are_there(site: Path) -> None:
    assert "threshold_reason" in (site / "your_table.html").read_text(encoding="utf-8")
    assert "class" in (site / "your_model.html").read_text(encoding="utf-8")
    assert "feature_store" in (site / "glossary.html").read_text(encoding="utf-8")
    assert "CatBoost" in (site / "benchmarks.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_typed_is_answered(command: str, live: Live, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("there is no curl")
    (tmp_path / "homes.csv").write_text(HOMES, encoding="utf-8")
    words = shlex.split(command.replace("http://127.0.0.1:5000", live.url))
    assert words[0] == "curl"
    done = subprocess.run(
        [*words, "--silent", "--show-error"],
        check=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    if "batch" in command:
        assert done.stdout.splitlines()[0].startswith(HOMES.splitlines()[0] + ",prediction")
        assert len(done.stdout.splitlines()) == 3
    elif "1_800" in command:
        assert "living_area" in json.loads(done.stdout)["detail"]
    else:
        assert json.loads(done.stdout)


@pytest.mark.parametrize("code", blocks("python"))
def test_its_python_prints_a_prediction_and_its_interval(code: str, live: Live, home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code.replace("http://127.0.0.1:5000", live.url)],
        check=True,
        cwd=home,
        capture_output=True,
        text=True,
    )
    prediction, lower, upper = map(float, done.stdout.split())
    assert lower < prediction < upper
