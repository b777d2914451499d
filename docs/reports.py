"""`make reports`: the report of every dataset that comes with Tablecast, into docs/reports/.

Trains each in a temporary folder; the name of one dataset as an argument makes that one alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from Task1_database.dataset import SHIPPED
from Task2_model.artifact import current

REPORTS = Path(__file__).parent / "reports"


def main(names: list[str]) -> None:
    """Leave docs/reports/<dataset>.html and .pdf."""
    REPORTS.mkdir(exist_ok=True)
    shipped = sorted(path.parent.name for path in SHIPPED.glob("*/dataset.toml"))
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "TABLECAST_HOME": home}
        for name in names or shipped:
            command = [sys.executable, "-m", "tablecast", "run", name, "--no-serve"]
            subprocess.run(command, env=environment, check=True)
            sealed = current(Path(home) / "models" / name)
            for suffix in ("html", "pdf"):
                shutil.copy(sealed / f"report.{suffix}", REPORTS / f"{name}.{suffix}")


if __name__ == "__main__":
    main(sys.argv[1:])
