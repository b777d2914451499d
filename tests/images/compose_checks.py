"""docker-compose.yml: MySQL, trainer and service in their order, retraining, and the profiles."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path

from Task3_api.server.serve import free_port
from tests.images.app_checks import ask, sealed_model
from tests.images.engine import Engine
from tests.images.home import Home, expect_same_files
from tests.images.progress import Progress, expect
from tests.images.standins import ROOT

PORTS = ("API_PORT", "MYSQL_PORT", "POSTGRES_PORT", "JUPYTER_PORT", "AIRFLOW_PORT")
OVERLAY = Path(__file__).with_name("compose.yml")
HERE = "127.0.0.1"


class Compose:
    """`docker compose` on the repository's file, with an .env as `make env` makes it."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        for name in ("Makefile", ".env.example"):
            shutil.copy(ROOT / name, folder)
        subprocess.run(["make", "env"], cwd=folder, check=True, capture_output=True)
        self._file = folder / ".env"
        self.settings = dict(
            line.split("=") for line in self._file.read_text().splitlines() if "=" in line
        )
        port = 24_000
        for name in PORTS:
            port = free_port(port + 1)
            self.settings[name] = str(port)
        self.set()

    def set(self, **settings: str) -> None:
        """Change .env."""
        self.settings |= settings
        self._file.write_text("".join(f"{k}={v}\n" for k, v in self.settings.items()))

    def __call__(self, *arguments: str, fails: bool = False) -> str:
        """What `docker compose` prints."""
        files = [
            f"--file={ROOT}/docker-compose.yml",
            f"--file={OVERLAY}",
            f"--env-file={self._file}",
        ]
        return self._engine.docker("compose", *files, *arguments, seconds=1800, fails=fails)

    def port(self, name: str) -> int:
        """The port of this machine on which a service listens."""
        return int(self.settings[name])

    def version(self) -> str:
        """The version in service, of which `predict` is asked."""
        status, body = ask(HERE, self.port("API_PORT"), "/predict?x=1800")
        assert status == 200, body
        return str(json.loads(body)["model"]["version"])


def check_compose(engine: Engine, home: Home, progress: Progress) -> None:
    """All checks of docker-compose.yml."""
    folder = home.folder / "compose"
    folder.mkdir()
    compose = Compose(engine, folder)
    try:
        _check_up(compose, engine, home, progress)
        _check_retraining(compose, engine, progress)
        _check_notebook(compose, progress)
        _check_airflow(compose, progress)
        _check_postgres(compose, home, progress)
        _check_switch(compose, home, progress)
    finally:
        profiles = [f"--profile={name}" for name in ("notebook", "postgres", "app", "airflow")]
        compose(*profiles, "down", "--volumes")
    with progress.step("docker compose up app: the single container"):
        compose("up", "--detach", "--wait", "app")
        compose.version()
        compose("--profile=app", "down", "--volumes")


def _check_up(compose: Compose, engine: Engine, home: Home, progress: Progress) -> None:
    with progress.step("docker compose up --build: one after the other, and predict answers"):
        compose("up", "--build", "--detach", "--wait")
        states = {
            name: engine.inspect(f"tablecast-{name}-1")["State"] for name in ("trainer", "api")
        }
        assert states["trainer"]["ExitCode"] == 0
        assert states["trainer"]["FinishedAt"] <= states["api"]["StartedAt"]
        expect(engine.docker("logs", "tablecast-api-1"), f"version {compose.version()}")
    with progress.step("the model trained from MySQL answers as the one trained from DuckDB"):
        models = home.folder / "from_mysql"
        engine.docker("cp", "tablecast-api-1:/tablecast/models", str(models))
        one, other = sealed_model(models), sealed_model(home.folder / "models")
        for name in ("golden.json", "contract.json", "model.onnx"):
            assert (one / name).read_bytes() == (other / name).read_bytes(), name
        assert compose.settings["READER_PASSWORD"] not in (one / "manifest.json").read_text()
        expect_same_files(one / "answers", other / "answers")


def _check_retraining(compose: Compose, engine: Engine, progress: Progress) -> None:
    with progress.step("retraining: the old version serves until the other is whole, no restart"):
        before, started = compose.version(), engine.inspect("tablecast-api-1")["State"]["StartedAt"]
        compose("run", "--rm", "trainer", "train", "houses", "--seed", "7")
        began = time.monotonic()
        seen: set[str] = set()
        while time.monotonic() < began + 30 and not seen:
            versions = {compose.version() for _ in range(10)}
            seen = versions if before not in versions else set()
            time.sleep(0.2)
        assert len(seen) == 1, f"still {before}"
        progress.note(f"it is served {time.monotonic() - began:.1f} s after training ended")
        assert engine.inspect("tablecast-api-1")["State"]["StartedAt"] == started


def _check_switch(compose: Compose, home: Home, progress: Progress) -> None:
    with progress.step("another DATASET, a folder of one's own: served, and back again at once"):
        folder = shutil.copytree(ROOT / "Task1_database/datasets/births", home.folder / "infants")
        compose.set(DATASET="infants", DATASET_FOLDER=str(folder))
        compose("up", "--build", "--detach", "--wait")
        status, body = ask(HERE, compose.port("API_PORT"), "/predict?mother_age=40")
        assert status == 200, body
        assert json.loads(body)["model"]["dataset"] == "infants"
        compose.set(DATASET="houses", DATASET_FOLDER="")
        compose("up", "--detach", "--wait", "--no-deps", "db", "api")
        compose.version()
        assert compose("logs", "db").count("all is loaded") <= 1


def _check_notebook(compose: Compose, progress: Progress) -> None:
    with progress.step("--profile notebook: with the token alone, non-root, notebooks persist"):
        compose("--profile=notebook", "up", "--build", "--detach", "--wait", "notebook")
        port, token = (
            compose.port("JUPYTER_PORT"),
            compose.settings["JUPYTER_TOKEN"],
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                assert ask(HERE, port, "/api/contents")[0] == 403
                break
            except OSError:
                time.sleep(0.2)
        assert ask(HERE, port, f"/api/contents?token={token}")[0] == 200
        inside = ("--profile=notebook", "exec", "--no-TTY", "notebook")
        assert compose(*inside, "id", "-u").strip() == "10001"
        compose(*inside, "tablecast", "ask", "houses")
        compose(*inside, "touch", "mine.ipynb")
        compose("--profile=notebook", "up", "--detach", "--force-recreate", "--no-deps", "notebook")
        expect(compose(*inside, "ls"), "mine.ipynb")


def _check_airflow(compose: Compose, progress: Progress) -> None:
    with progress.step("--profile airflow: its page asks for the password, non-root; a DAG runs"):
        compose("--profile=airflow", "up", "--build", "--detach", "--wait", "airflow")
        assert ask(HERE, compose.port("AIRFLOW_PORT"), "/api/v2/dags")[0] == 401
        inside = ("--profile=airflow", "exec", "--no-TTY", "airflow")
        assert compose(*inside, "id", "-u").strip() == "10001"
        listed = compose(*inside, "/opt/airflow/bin/airflow", "dags", "list", "--output", "plain")
        expect(listed, "houses_learn")
        expect(listed, "houses_watch")
        compose(*inside, "/opt/airflow/bin/airflow", "dags", "test", "houses_learn")


def _check_postgres(compose: Compose, home: Home, progress: Progress) -> None:
    with progress.step(
        "MySQL and --profile postgres, asked from this machine, answer as DuckDB does"
    ):
        compose("--profile=postgres", "up", "--build", "--detach", "postgres-load")
        compose("--profile=postgres", "wait", "postgres-load")
        for scheme, user, password, port in (
            ("postgresql", "tablecast", "POSTGRES_PASSWORD", "POSTGRES_PORT"),
            ("mysql", "ds_user", "READER_PASSWORD", "MYSQL_PORT"),
        ):
            login = f"{user}:{compose.settings[password]}"
            url = f"{scheme}://{login}@{HERE}:{compose.settings[port]}/tablecast"
            asked = Home(home.folder / scheme)
            asked.tablecast("ask", "houses", "--database", url)
            expect_same_files(asked.folder / "results/houses", home.answers("houses"))
