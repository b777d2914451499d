"""What is measured: Tablecast as it is served, its floor, and each peer at its best settings."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import duckdb

from benchmarks.constant import QUESTION
from benchmarks.environments import HERE, PEERS, SERVING
from benchmarks.processes import ROOT
from benchmarks.servers import Service
from benchmarks.traffic import Request
from Task1_database.dataset import Dataset
from Task2_model.artifact import current

HOUSES = 200  # different ones that the traffic asks about
MANY = 100  # of a POST
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
Record = Mapping[str, str | float]


@dataclass(frozen=True)
class Home:
    """A folder in which houses is loaded, trained and, where there are peers, learned by them."""

    folder: Path

    @property
    def database(self) -> Path:
        """The DuckDB file."""
        return self.folder / "databases" / "houses.duckdb"

    @property
    def models(self) -> Path:
        """The sealed models."""
        return self.folder / "models" / "houses"

    def houses(self) -> list[Record]:
        """Houses with every feature told, as the traffic asks about them."""
        names = ", ".join(Dataset.open("houses").features)
        with duckdb.connect(self.database, read_only=True) as connection:
            sql = f"SELECT {names} FROM feature_store ORDER BY row_id LIMIT {HOUSES}"
            table = connection.sql(sql).df()
        records: list[Record] = json.loads(table.to_json(orient="records"))
        return records

    def prepare_peers(self) -> None:
        """Fit the peers' pipeline to the rows that Tablecast loaded."""
        PEERS.made()
        rows = self.folder / "feature_store.csv"
        with duckdb.connect(self.database, read_only=True) as connection:
            connection.execute(f"COPY feature_store TO '{rows}' (HEADER)")
        fit = [str(PEERS.python), "-m", "benchmarks.peers.pipeline", str(rows), str(self.folder)]
        done = subprocess.run(fit, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the peers' pipeline could not be fitted:\n{done.stderr[-2000:]}")


@dataclass(frozen=True)
class Questions:
    """The same houses, asked about in each form that a server takes."""

    houses: Sequence[Record]

    def by_address(self) -> list[Request]:
        """GET /predict with every feature."""
        return [Request(f"/predict?{urlencode(h)}", holds='"prediction"') for h in self.houses]

    def by_x(self) -> list[Request]:
        """GET /predict with the living area alone."""
        areas = (urlencode({"x": house["living_area"]}) for house in self.houses)
        return [Request(f"/predict?{area}", holds='"prediction"') for area in areas]

    def constant(self) -> list[Request]:
        """GET /constant, with as long a query as `by_address`."""
        return [replace(r, path=r.path.replace("/predict", "/constant")) for r in self.by_address()]

    def many(self) -> list[Request]:
        """POST /predict with a hundred houses."""
        body = json.dumps([dict(house) for house in self.houses[:MANY]])
        return [Request("/predict", body, '"prediction"')]

    def invocations(self) -> list[Request]:
        """POST /invocations with one house, as MLflow's clients send it."""
        split = [
            {"dataframe_split": {"columns": list(house), "data": [list(house.values())]}}
            for house in self.houses
        ]
        return [Request("/invocations", json.dumps(body), '"predictions"') for body in split]


def tablecast(home: Home, workers: int = 1) -> Service:
    """`tablecast serve houses`, from an environment with no more than serving needs."""
    return Service(
        "Tablecast",
        [str(SERVING.python), "-m", "tablecast", "serve", "houses", "--port", "{port}"],
        home.folder,
        Request("/predict?x=1800", holds='"lower"'),
        {"TABLECAST_HOME": str(home.folder), "WEB_CONCURRENCY": str(workers)},
    )


def tablecast_run(folder: Path) -> Service:
    """`make run` once it has installed: load, ask, train, report and serve."""
    return Service(
        "tablecast run",
        [str(HERE), "-m", "tablecast", "run", "houses", "--port", "{port}"],
        folder,
        Request("/predict?x=1800", holds='"lower"'),
        {"TABLECAST_HOME": str(folder), "WEB_CONCURRENCY": "1"},
    )


def floor(home: Home, workers: int, question: Request) -> Service:
    """The same service with a route that returns the constant answer to `question`."""
    return Service(
        "Constant JSON",
        [str(SERVING.python), "-m", "benchmarks.constant", "{port}"],
        home.folder,
        Request("/constant", holds='"lower"'),
        {
            "MODELS": str(home.models),
            "WEB_CONCURRENCY": str(workers),
            QUESTION: question.path,
        },
    )


def fastapi(home: Home, workers: int, threads: Mapping[str, str]) -> Service:
    """Uvicorn with uvloop and httptools."""
    return Service(
        "FastAPI + scikit-learn",
        [
            *(str(PEERS.python), "-m", "uvicorn", "benchmarks.peers.fastapi_app:app"),
            *("--port", "{port}", "--workers", str(workers), "--no-access-log"),
        ],
        home.folder,
        Request("/openapi.json"),
        {"PEER_MODEL": str(home.folder / "model.joblib"), **threads},
    )


def flask(home: Home, workers: int, threads: Mapping[str, str]) -> Service:
    """Gunicorn with two threads a worker: more, or the sync worker, made it slower."""
    return Service(
        "Flask + pandas",
        [
            *(str(PEERS.python), "-m", "gunicorn", "--bind", "127.0.0.1:{port}"),
            *("--workers", str(workers), "--worker-class", "gthread", "--threads", "2"),
            *("--timeout", "600", "--keep-alive", "65", "benchmarks.peers.flask_app:app"),
        ],
        home.folder,
        Questions(home.houses()).by_address()[0],
        {"PEER_MODEL": str(home.folder / "model.joblib"), **threads},
    )


def mlflow(home: Home, workers: int, threads: Mapping[str, str], *, uri: str = "mlflow") -> Service:
    """`mlflow models serve`, which runs uvicorn."""
    return Service(
        "MLflow",
        [
            *(str(PEERS.folder / "bin" / "mlflow"), "models", "serve", "--model-uri", uri),
            *("--env-manager", "local", "--port", "{port}", "--workers", str(workers)),
            *("--timeout", "600"),
        ],
        home.folder,
        Request("/ping"),
        {
            "PATH": f"{PEERS.folder / 'bin'}:/usr/bin:/bin",
            "MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT": "600",
            **threads,
        },
    )


def sealed_by_mlflow(home: Home, workers: int, threads: Mapping[str, str]) -> Service:
    """`mlflow models serve` of the folder that Tablecast serves."""
    uri = str(current(home.models))
    return replace(mlflow(home, workers, threads, uri=uri), name="MLflow on the sealed folder")
