"""`make airflow-test`: clients from an empty database to a model in service, by Airflow's DAG.

Airflow is installed once, into .bench/airflow, by the lock beside the DAGs. Everything else is in a
temporary folder. The second run has its training killed at the first attempt.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "airflow"
ENVIRONMENT = ROOT / ".bench" / "airflow"
CLIENTS = ROOT / "Task1_database" / "datasets" / "clients"
KILLED_ONCE = """\
#!/bin/sh
if [ "$1" = train ] && mkdir {marker} 2>/dev/null; then kill -9 $$; fi
exec {tablecast} "$@"
"""


def main() -> None:
    """Run both; ends with an error that says what was not as it should be."""
    if not (ENVIRONMENT / "done").exists():
        install()
    with tempfile.TemporaryDirectory() as folder:
        airflow = Airflow(Path(folder))
        airflow.run("db", "migrate")
        airflow.run("dags", "reserialize")
        errors = airflow.run("dags", "list-import-errors", "--output", "plain")
        assert "No data found" in errors, errors
        for name, command in (("plain", airflow.tablecast), ("killed", airflow.killed_once())):
            begun = time.monotonic()
            airflow.environment |= {"TABLECAST": command, "TABLECAST_HOME": f"{folder}/{name}"}
            log = airflow.run("dags", "test", "clients_learn")
            current = Path(folder, name, "models", "clients", "CURRENT").read_text().strip()
            assert ("UP_FOR_RETRY" in log.upper()) == (name == "killed"), log[-4000:]
            print(f"{name}: {current} is in service after {time.monotonic() - begun:.0f} s")


def install() -> None:
    """Airflow in an environment of its own."""
    print("installing Airflow (a minute)")
    subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    pip = [str(ENVIRONMENT / "bin" / "pip"), "install", "--quiet", "--require-hashes", "-r"]
    subprocess.run([*pip, str(EXAMPLE / "requirements.txt")], check=True)
    (ENVIRONMENT / "done").touch()


class Airflow:
    """Airflow, with all that it keeps in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tablecast = str(Path(sys.executable).with_name("tablecast"))
        self.environment = {
            **os.environ,
            "AIRFLOW_HOME": str(folder / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(EXAMPLE / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
            "TABLECAST": self.tablecast,
            "TABLECAST_DATASETS": str(CLIENTS),
        }

    def run(self, *words: str) -> str:
        """What a command of Airflow prints; AssertionError where it fails."""
        command = [str(ENVIRONMENT / "bin" / "airflow"), *words]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout + done.stderr

    def killed_once(self) -> str:
        """A `tablecast` whose first `train` is killed."""
        program = self.folder / "killed_once"
        names = {"marker": self.folder / "was_killed", "tablecast": self.tablecast}
        quoted = {name: shlex.quote(str(path)) for name, path in names.items()}
        program.write_text(KILLED_ONCE.format(**quoted))
        program.chmod(0o755)
        return str(program)


if __name__ == "__main__":
    main()
