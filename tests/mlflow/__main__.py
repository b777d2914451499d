"""`make mlflow-test`: a regression and a classification, trained here and answered by MLflow.

MLflow is that of the benchmarks' peers, in .bench/peers. It opens each sealed folder by
`load_model`, from its registry too, and by `mlflow models serve`; every golden row must be answered
as the model did, and the folder must still be whole.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.contenders import Home, mlflow
from benchmarks.environments import HERE, PEERS
from benchmarks.processes import ROOT, environment
from benchmarks.servers import Server
from playbook.golden_rows import GoldenRows
from playbook.verify import compare
from Task2_model.artifact import SealedModel, current

DATASETS = ("houses", "births")
Answers = list[dict[str, Any]]


def main() -> None:
    """Train and ask; ends with an error that names the first answer that differs."""
    PEERS.made()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for dataset in DATASETS:
            train(folder, dataset)
            sealed = SealedModel.open(current(folder / "models" / dataset))
            golden = GoldenRows.of_seal(sealed)
            for way, answers in (
                ("load_model", loaded(sealed.folder, str(sealed.folder))),
                ("the registry", loaded(sealed.folder, f"models:/{dataset}/1")),
                ("models serve", served(folder, sealed)),
            ):
                count = compare(golden, [as_sealed(sealed, answer) for answer in answers])
                print(f"{dataset}, by {way}: {count} golden rows are answered as the model did")
            SealedModel.open(sealed.folder)


def train(folder: Path, dataset: str) -> None:
    command = [str(HERE), "-m", "tablecast", "run", "--no-serve", dataset]
    own = environment(TABLECAST_HOME=str(folder))
    subprocess.run(command, env=own, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def loaded(sealed: Path, uri: str) -> Answers:
    """What `mlflow.pyfunc.load_model` says, in an environment that has MLflow."""
    command = [str(PEERS.python), str(ROOT / "tests" / "mlflow" / "asked.py"), str(sealed), uri]
    own = environment(MLFLOW_TRACKING_URI=f"sqlite:///{sealed.parent}/mlflow.db")
    done = subprocess.run(command, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    answers: Answers = json.loads(done.stdout.splitlines()[-1])
    return answers


def served(folder: Path, sealed: SealedModel) -> Answers:
    """What `mlflow models serve` says, the missing values of rows being null."""
    requests = [row["request"] for row in sealed.golden]
    rows = [[request.get(name) for name in sealed.contract.names] for request in requests]
    body = {"dataframe_split": {"columns": list(sealed.contract.names), "data": rows}}
    with Server(mlflow(Home(folder), 1, {}, uri=str(sealed.folder))) as server:
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}/invocations",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as response:
            answers: Answers = json.load(response)["predictions"]
    return answers


def as_sealed(sealed: SealedModel, answer: dict[str, Any]) -> dict[str, Any]:
    """A row of the answers as golden.json has it."""
    target = sealed.contract.target
    columns = zip(target.classes, target.probability_columns, strict=True)
    return {**answer, "probabilities": {name: answer[column] for name, column in columns}}


if __name__ == "__main__":
    main()
