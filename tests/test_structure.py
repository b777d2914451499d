"""The arrows of the design: Task1_database <- Task2_model <- Task3_api, and no other way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "Task1_database": {"Task1_database"},
    "Task2_model": {"Task1_database", "Task2_model"},
    "Task3_api": {"Task1_database", "Task2_model", "Task3_api"},
    "playbook": {"Task1_database", "Task2_model", "playbook"},
}
SERVED_FROM = {
    "Task1_database.errors",
    "Task2_model.artifact",
    "Task2_model.conformal",
    "Task2_model.contract",
    "Task2_model.forest",
    "Task2_model.formatting",
    "Task2_model.graph",
}
TRAINING_ONLY = {"duckdb", "joblib", "mysql", "onnx", "pandas", "psycopg", "skl2onnx", "sklearn"}


def imports(path: Path) -> set[str]:
    """The modules that a file names in its imports, wherever in the file they stand."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    plain = (node.names for node in ast.walk(tree) if isinstance(node, ast.Import))
    return names | {alias.name for aliases in plain for alias in aliases}


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_follow_the_data(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    for path in files:
        ours = {name.split(".")[0] for name in imports(path)} & set(MAY_IMPORT)
        assert ours <= MAY_IMPORT[package], path


@pytest.mark.parametrize("path", sorted((ROOT / "Task3_api").rglob("*.py")), ids=lambda p: p.name)
def test_the_service_needs_only_what_reads_a_sealed_model(path: Path) -> None:
    names = imports(path)
    assert not {name.split(".")[0] for name in names} & TRAINING_ONLY
    assert {name for name in names if name.startswith(("Task1_", "Task2_"))} <= SERVED_FROM


@pytest.mark.parametrize("name", sorted(SERVED_FROM))
def test_what_reads_a_sealed_model_needs_nothing_of_training(name: str) -> None:
    names = imports(ROOT / (name.replace(".", "/") + ".py"))
    assert not {name.split(".")[0] for name in names} & TRAINING_ONLY
    assert {name for name in names if name.startswith(("Task1_", "Task2_"))} <= SERVED_FROM


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("*/*.py")), ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_a_file_opens_with_a_sentence_on_what_it_is(path: Path) -> None:
    if path.parent.name != "tests":
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
