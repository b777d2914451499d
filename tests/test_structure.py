"""The arrows of the design: Task1_database <- Task2_model <- Task3_api, and no other way."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "Task1_database": {"Task1_database"},
    "Task2_model": {"Task1_database", "Task2_model"},
    "Task3_api": {"Task1_database", "Task2_model", "Task3_api"},
    "playbook": {"Task1_database", "Task2_model", "playbook"},
    "tablecast": {"Task1_database", "Task2_model", "Task3_api", "playbook", "tablecast"},
}
SERVED_FROM = {
    "Task1_database.errors",
    "Task1_database.file_system",
    "Task1_database.files.column_reading",
    "Task1_database.files.encoding",
    "Task1_database.files.layout",
    "Task1_database.files.workbook",
    "Task1_database.keep.answer_lines",
    "Task1_database.keep.kept_bucket",
    "Task1_database.keep.kept_folder",
    "Task1_database.keep.kept_store",
    "Task1_database.keep.open_keep",
    "Task1_database.keep.outcome_lines",
    "Task1_database.literals",
    "Task1_database.progress",
    "Task1_database.scratch_folder",
    "Task1_database.whole_file",
    "Task2_model.artifact",
    "Task2_model.calibration",
    "Task2_model.conformal",
    "Task2_model.conformal_interval",
    "Task2_model.conformal_set",
    "Task2_model.contract",
    "Task2_model.dask_client",
    "Task2_model.ensemble",
    "Task2_model.forest",
    "Task2_model.forest_file",
    "Task2_model.formatting",
    "Task2_model.graph",
    "Task2_model.manifest",
    "Task2_model.mask_conditional",
    "Task2_model.mask_table",
    "Task2_model.small_forest",
    "Task2_model.onnx_audit",
    "Task2_model.parent_watch",
    "Task2_model.probability_map",
    "Task2_model.quantile_cache",
    "Task2_model.subset_ridge",
    "Task2_model.versions",
}
TESTED_WITH = {  # parts that have no test of their name, by the test of what they are parts of
    "Task1_database/databases/test_duckdb_database.py": "duckdb_csv duckdb_process duckdb_worker",
    "Task1_database/databases/test_server_database.py": "base connect deadline server_session",
    "Task1_database/keep/test_kept_bucket.py": "open_keep",
    "Task1_database/onboarding/test_column_types.py": "formats source_column",
    "Task1_database/onboarding/test_selection.py": "identifiers",
    "Task1_database/test_dataset.py": "schema toml_section",
    "Task1_database/test_init_sql.py": "mysql_settings",
    "Task2_model/reporting/test_captions.py": "classification_captions comparison_captions"
    " conclusion data_captions evaluation_captions evaluation_summary model_captions",
    "Task2_model/test_conformal.py": "calibration conformal_interval conformal_set ensemble"
    " mask_conditional",
    "Task2_model/test_worker_processes.py": "dask_client parent_watch",
    "Task2_model/test_evaluate.py": "baselines",
    "Task2_model/test_export.py": "onnx_graph",
    "Task2_model/test_forest.py": "forest_file trees small_forest",
    "Task2_model/monitoring/test_watch.py": "expected_error watch_frame watch_statements",
    "Task2_model/test_gate.py": "promote",
    "Task2_model/test_model.py": "boosting training",
    "Task2_model/test_report.py": "data_figures evaluation_figures figures report_document"
    " sealed_folder typeface",
    "Task2_model/test_train.py": "golden model_card study",
    "Task3_api/keep/test_keeper.py": "answer_file",
    "Task3_api/test_app.py": "model_app",
    "Task3_api/keep/test_kept.py": "own_id",
    "Task3_api/bulk/test_bulk_run.py": "arrow_scorer executors output_store piece_scorer pieces",
    "Task3_api/batch/test_batch_api.py": "batch_answer",
    "Task3_api/pages/test_results_page.py": "results_view",
    "Task3_api/pages/test_watch_page.py": "watch_figures",
    "Task3_api/test_openapi.py": "inference_schemas openapi_schemas",
    "Task3_api/server/test_asgi.py": "answer_spool body_spool",
    "Task3_api/server/test_servers.py": "gunicorn.conf",
    "images/test_images.py": "init_folder",
    "playbook/test_verify.py": "golden_rows",
    "tablecast/test_command_line.py": "after_launch_commands errors one_line options",
    "tablecast/test_steps.py": "after_launch defaults",
}
TRAINING_ONLY = {"duckdb", "joblib", "mysql", "onnx", "pandas", "psycopg", "skl2onnx", "sklearn"}


def modules_of(packages: Iterable[str]) -> dict[str, Path]:
    """Every file of some packages, by the name under which it is imported."""
    files = [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in files
    }


PRODUCT = modules_of(MAY_IMPORT)
DESCRIBED = PRODUCT | modules_of(["benchmarks", "docs", "examples"])
NOUNS = {name: path for name, path in PRODUCT.items() if not path.stem.startswith("__")}


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """The modules that a file names in its imports, wherever in the file they stand."""
    nodes = list(ast.walk(tree_of(path)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names = {
        f"{node.module}.{alias.name}"  # of a module, or of something inside the module
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return plain | {name if name in PRODUCT else name.rpartition(".")[0] for name in names}


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_follow_the_data(package: str) -> None:
    files = modules_of([package])
    assert files
    for name, path in files.items():
        ours = {name.split(".")[0] for name in imports(path)} & set(MAY_IMPORT)
        assert ours <= MAY_IMPORT[package], name


def test_no_file_needs_itself_by_way_of_others() -> None:
    """Not even one that imports inside of a function."""
    needs = {name: imports(path) & PRODUCT.keys() for name, path in PRODUCT.items()}
    assert "Task1_database.errors" in needs["Task2_model.artifact"]
    TopologicalSorter(needs).prepare()  # raises a CycleError that names the circle


def test_no_two_modules_have_one_name() -> None:
    counted = Counter(path.stem for path in NOUNS.values())
    assert [name for name, count in counted.items() if count > 1] == []


def test_no_two_classes_have_one_name() -> None:
    nodes = (node for path in PRODUCT.values() for node in ast.walk(tree_of(path)))
    counted = Counter(node.name for node in nodes if isinstance(node, ast.ClassDef))
    assert [name for name, count in counted.items() if count > 1] == []


def test_a_module_is_tested_under_its_name_or_with_what_it_is_a_part_of() -> None:
    tests = ROOT / "tests"
    own = {
        path.stem: (tests / path.relative_to(ROOT)).with_name(f"test_{path.name}")
        for path in NOUNS.values()
    }
    parts = [name for names in TESTED_WITH.values() for name in names.split()]
    assert sorted(parts) == sorted(name for name, test in own.items() if not test.is_file())
    assert [test for test in TESTED_WITH if not (tests / test).is_file()] == []


@pytest.mark.parametrize("name", [name for name in PRODUCT if name.startswith("Task3_api")])
def test_the_service_needs_only_what_reads_a_sealed_model(name: str) -> None:
    names = imports(PRODUCT[name])
    assert not {name.split(".")[0] for name in names} & TRAINING_ONLY
    assert {name for name in names if name.startswith(("Task1_", "Task2_"))} <= SERVED_FROM


@pytest.mark.parametrize("name", sorted(SERVED_FROM))
def test_what_reads_a_sealed_model_needs_nothing_of_training(name: str) -> None:
    names = imports(PRODUCT[name])
    assert not {name.split(".")[0] for name in names} & TRAINING_ONLY
    assert {name for name in names if name.startswith(("Task1_", "Task2_"))} <= SERVED_FROM


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_file_opens_with_a_sentence_on_what_it_is(name: str) -> None:
    assert ast.get_docstring(tree_of(DESCRIBED[name]))
