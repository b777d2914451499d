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


def test_is_trained_by_name_and_answers(environment: dict[str, str]) -> None:
    tablecast(environment, "run", "births", "--no-serve", "--model", "ridge")
    (manifest,) = Path(environment["TABLECAST_HOME"]).glob("models/births/*/manifest.json")
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    assert facts["provenance"]["model"] == "data_science.ridge.Ridge"
    assert {"Ridge", "Boosting"} <= {line["model"] for line in facts["metrics"]}
    answer = json.loads(tablecast(environment, "predict", "births", "mother_age=40"))
    assert answer["model"]["dataset"] == "births"
    assert answer["set"]


@pytest.mark.slow
def test_its_regression_equals_its_onnx_form_and_is_no_forest(
    environment: dict[str, str], houses_url: str
) -> None:
    code = (
        "import sys\n"
        "from Task1_database.databases.connect import connect\n"
        "from Task1_database.dataset import Dataset\n"
        "from Task2_model.export import export\n"
        "from Task2_model.study import Study\n"
        "with connect(sys.argv[1], read_only=True) as database:\n"
        "    study = Study.read(database, Dataset.open('houses'), models=['ridge'])\n"
        "model = study.model(study.contract).fit(study.rows, study.outcomes)\n"
        "print(type(model).__name__, *export(model, study.rows))\n"
    )
    command = [sys.executable, "-c", code, houses_url]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["Ridge", "ensemble.npz", "model.onnx"]


def test_says_two_things_and_no_more() -> None:
    """The base class asks for one method; the example defines it and the one that is optional."""
    tree = ast.parse((EXAMPLE / "data_science" / "ridge.py").read_text(encoding="utf-8"))
    (model,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    methods = [node.name for node in model.body if isinstance(node, ast.FunctionDef)]
    assert methods == ["features", "estimator"]
