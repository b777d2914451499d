"""The steps as Python code takes them; what each does is tested where it is written."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

import tablecast
from Task1_database.dataset import SHIPPED
from Task1_database.errors import DatasetError, TablecastError
from tests.live import Live


@pytest.fixture
def workspace(births_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workspace of this process, in which births is loaded and trained."""
    monkeypatch.setenv("TABLECAST_HOME", str(births_home))
    return births_home


@pytest.mark.parametrize(
    "dataset", ["births", SHIPPED / "births", tablecast.Dataset.open("births")], ids=type
)
def test_a_dataset_is_named_or_handed_over(
    workspace: Path, dataset: str | Path | tablecast.Dataset
) -> None:
    assert [str(table) for table in tablecast.load(dataset)] == [
        "births: already loaded (1,000 rows)",
        "feature_store: already loaded (1,000 rows)",
    ]


def test_datasets_served_together_agree_on_whether_answers_are_kept() -> None:
    kept = replace(tablecast.Dataset.open("births"), keep="kept")
    message = r"births says /.*kept and houses says nothing; one service keeps all or none"
    with pytest.raises(TablecastError, match=message):
        tablecast.serve(kept, "houses")
    with pytest.raises(TablecastError, match="name the datasets to serve, or a folder of models"):
        tablecast.serve()


def test_a_notebook_may_load_and_ask(tmp_path: Path) -> None:
    """DuckDB wants another package there to show how far it is."""
    file = str(SHIPPED / "births" / "births.csv")
    cells = [
        f"import os; os.environ['TABLECAST_HOME'] = {str(tmp_path)!r}",
        "import tablecast; print(*tablecast.load('births'), sep='; ')",
        "print(len(tablecast.ask('births')))",
        f"print(tablecast.new({file!r}, 'premie', name='mine').folder.name)",
    ]
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    NotebookClient(notebook, timeout=60).execute()
    loaded, asked, made = (cell.outputs[0].text.strip() for cell in notebook.cells[1:])
    assert (
        loaded == "births: 1,000 rows from births.csv; feature_store: 1,000 rows from features.sql"
    )
    assert made == "mine"
    assert int(asked) == len(tablecast.Dataset.open("births").questions)


def test_says_what_it_does_to_whom_it_may_concern(workspace: Path) -> None:
    steps: list[str] = []
    answers = tablecast.ask("births", log=steps.append)
    assert len(steps) == len(answers)
    assert all(answer.path.parent == workspace / "results" / "births" for answer in answers)
    assert all(answer.path.is_file() for answer in answers)


def test_a_database_of_the_environment_is_said_and_one_that_is_named_goes_first(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TABLECAST_DATABASE", f"duckdb://{workspace}/databases/births.duckdb")
    steps: list[str] = []
    (_, features) = tablecast.load("births", log=steps.append)
    assert features.already
    assert "from $TABLECAST_DATABASE" in steps[0]
    (_, features) = tablecast.load("births", f"duckdb://{tmp_path}/other.duckdb")
    assert not features.already


def test_makes_a_dataset_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLECAST_HOME", str(tmp_path))
    file = tmp_path / "squares.csv"
    file.write_text("side,area\n" + "".join(f"{n % 90},{(n % 90) ** 2}\n" for n in range(200)))
    made = tablecast.new(file, "area", name="quadrats")
    assert made.folder == tmp_path / "quadrats"
    assert tablecast.Dataset.open("quadrats").target.name == "area"


def test_verifies_a_live_service(home: Path, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLECAST_HOME", str(home))
    assert tablecast.verify("houses", live.url) == 24


def test_old_versions_go_though_a_new_one_is_held_back(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = Path(shutil.copytree(workspace / "models" / "births", tmp_path / "models" / "births"))
    monkeypatch.setenv("TABLECAST_HOME", str(tmp_path))
    serving = (models / "CURRENT").read_text().strip()
    first, second = "20200101T000000Z-00000000", "20200102T000000Z-00000000"
    for old in (first, second):
        shutil.copytree(models / serving, models / old)
    with pytest.raises(TablecastError):
        tablecast.train("births", f"duckdb:///{tmp_path}/none.duckdb", keep_versions=1)
    assert {path.name for path in models.glob("20*")} == {serving, second}


def test_there_is_no_such_dataset() -> None:
    with pytest.raises(DatasetError, match="there is no dataset 'hauses'"):
        tablecast.train("hauses")


@pytest.mark.parametrize(
    ("step", "missing"),
    [
        ("tablecast.new('homes.csv', 'price')", "duckdb"),
        ("tablecast.load('houses')", "duckdb"),
        ("tablecast.train('houses')", "nbformat"),
        ("tablecast.verify('houses', 'http://127.0.0.1')", "requests"),
    ],
)
def test_where_only_what_serves_is_installed_a_step_says_what_it_needs(
    tmp_path: Path, step: str, missing: str
) -> None:
    absent = f"ModuleNotFoundError('No module named {missing}', name={missing!r})"
    (tmp_path / f"{missing}.py").write_text(f"raise {absent}")
    code = (
        f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nimport tablecast\n"
        f"try:\n    {step}\nexcept tablecast.TablecastError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'tablecast[train]'" in done.stdout
    assert missing in done.stdout
