"""What is installed from the wheel is the product: all of its packages, and nothing beside them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("tablecast", "Task1_database", "Task2_model", "Task3_api", "playbook")
ABOUT = ("pyproject.toml", "README.md", "LICENSE", "MANIFEST.in")
FOR_IMAGES = r"Task1_database/(Dockerfile|\.dockerignore|initdb/.*)"  # taken from the sources
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
LOCKS = [
    path
    for folder in ("requirements", "benchmarks", "benchmarks/accuracy", "examples/airflow")
    for path in (ROOT / folder).glob("*.txt")
    if "--hash=" in path.read_text()
]
BUILD = "from setuptools import build_meta as b; b.build_sdist('dist'); b.build_wheel('dist')"


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources, with a test beside them, and in `dist` what setuptools makes of them."""
    folder = tmp_path_factory.mktemp("sources")
    for name in PACKAGES:
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb*")
        )
    for name in (*ABOUT, "tests/test_package.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "dist").mkdir()
    subprocess.run([sys.executable, "-c", BUILD], check=True, cwd=folder, capture_output=True)
    return folder


def product(folder: Path) -> set[str]:
    files = [path for name in PACKAGES for path in (folder / name).rglob("*") if path.is_file()]
    names = {path.relative_to(folder).as_posix() for path in files}
    return {name for name in names if not re.fullmatch(FOR_IMAGES, name)}


def test_the_wheel_holds_the_product_and_nothing_else(sources: Path) -> None:
    wheel = sources / f"dist/tablecast-{VERSION}-py3-none-any.whl"
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in names if ".dist-info/" not in name} == product(sources)
    assert {
        "Task1_database/datasets/houses/questions/01_price_by_size.sql",
        "Task2_model/report.ipynb",
        "Task3_api/templates/ask.html",
        "Task3_api/static/ask.js",
        "playbook/playbook.ipynb",
        "tablecast/py.typed",
    } <= names


def test_the_sdist_holds_what_the_wheel_is_built_from(sources: Path) -> None:
    with tarfile.open(sources / f"dist/tablecast-{VERSION}.tar.gz") as archive:
        members = [member.name for member in archive.getmembers() if member.isfile()]
    names = {name.partition("/")[2] for name in members}
    names = {name for name in names if ".egg-info/" not in name}
    assert names == product(sources) | {*ABOUT, "PKG-INFO", "setup.cfg"}


def test_what_names_a_version_names_this_one() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.findall(r"^## (\S+), (?:unreleased|\d{4}-\d\d-\d\d)$", changelog, re.MULTILINE)[0]
    assert newest == VERSION
    named = {
        "examples/kubernetes/tablecast.yaml": r"/tablecast:(\S+)",
        "docs/install.md": r"-(\S+)-py3",
    }
    for document, pattern in named.items():
        assert re.findall(pattern, (ROOT / document).read_text(encoding="utf-8")) == [VERSION]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_lock_is_of_every_platform_and_python(lock: Path) -> None:
    lines = lock.read_text().splitlines()
    assert any("==" in line and " ; " in line for line in lines), "it is of one machine alone"
