"""`import tablecast` costs nothing, and each of its names is what it says."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import tablecast
from Task1_database.dataset import Dataset
from Task2_model.model import PredictiveModel

HEAVY = {
    "click",
    "duckdb",
    "flask",
    "joblib",
    "numpy",
    "onnx",
    "pandas",
    "sklearn",
    "Task1_database",
}


def modules_after(code: str) -> set[str]:
    command = [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def test_importing_it_loads_nothing_that_is_heavy() -> None:
    assert not modules_after("import tablecast") & HEAVY


def test_opening_a_model_and_asking_records_needs_numpy_alone(sealed: Path) -> None:
    code = f"import tablecast\ntablecast.open({str(sealed)!r}).predict([{{'living_area': 1800}}])"
    assert modules_after(code) & HEAVY == {"numpy", "Task1_database"}


def test_help_loads_no_step() -> None:
    code = "from tablecast.command_line import main\nmain(['--help'], standalone_mode=False)"
    assert not modules_after(code) & (HEAVY - {"click", "Task1_database"})


def test_every_name_is_there() -> None:
    assert dir(tablecast) == tablecast.__all__
    for name in tablecast.__all__:
        assert getattr(tablecast, name)
    assert tablecast.Dataset is Dataset
    assert tablecast.PredictiveModel is PredictiveModel
    assert tablecast.__version__ == version("tablecast")


def test_another_name_is_no_attribute() -> None:
    name = "lode"
    with pytest.raises(AttributeError, match="module 'tablecast' has no attribute 'lode'"):
        getattr(tablecast, name)


@pytest.mark.parametrize("package", ["tablecast", "Task1_database", "Task2_model", "Task3_api"])
def test_says_that_it_is_typed(package: str) -> None:
    assert (Path(__file__).parents[2] / package / "py.typed").is_file()
