"""The example of a model of one's own: installed, named, trained and served like any other."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[1] / "examples" / "data_science"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the package is installed, beside and not inside the real one."""
    source = shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("source") / "data_science")
    site = tmp_path_factory.mktemp("site")
    command = [
        sys.executable, "-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps",
        "--no-index", "--disable-pip-version-check", "--target", str(site), str(source),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    home = tmp_path_factory.mktemp("home")
    return {**os.environ, "PYTHONPATH": str(site), "TABLECAST_HOME": str(home)}


def tablecast(environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, "-m", "tablecast", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("dataset", "fact", "part"),
    [("houses", "living_area=1800", "upper"), ("births", "mother_age=40", "set")],
)
def test_is_trained_and_answers(
    environment: dict[str, str], dataset: str, fact: str, part: str
) -> None:
    tablecast(environment, "run", dataset, "--no-serve", "--model", "ridge")
    (manifest,) = Path(environment["TABLECAST_HOME"]).glob(f"models/{dataset}/*/manifest.json")
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    assert facts["provenance"]["model"] == "data_science.ridge.Ridge"
    assert {"Ridge", "Boosting"} <= {line["model"] for line in facts["metrics"]}
    assert part in json.loads(tablecast(environment, "predict", dataset, fact))


def test_says_two_things_and_no_more() -> None:
    """The base class asks for one method; the example defines it and the one that is optional."""
    tree = ast.parse((EXAMPLE / "data_science" / "ridge.py").read_text(encoding="utf-8"))
    (model,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    methods = [node.name for node in model.body if isinstance(node, ast.FunctionDef)]
    assert methods == ["features", "estimator"]
