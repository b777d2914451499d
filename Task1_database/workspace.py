"""Where Tablecast keeps what it makes: databases, results and sealed models, under one folder.

That folder is $TABLECAST_HOME, or else the directory that the command is run in. The environment
can name a database elsewhere: see databases/url.py.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from Task1_database.databases.url import from_environment


@dataclass(frozen=True)
class Workspace:
    """The folders under `home` (an absolute path) that belong to each dataset."""

    home: Path

    @classmethod
    def here(cls) -> Workspace:
        """The workspace of this process: $TABLECAST_HOME or the current directory."""
        return cls(Path(os.environ.get("TABLECAST_HOME") or ".").resolve())

    def database_url(self, dataset: str) -> str:
        """The URL of the database that the environment names, or of one embedded here."""
        if named := from_environment():
            return named[0]
        file = self.home / "databases" / f"{dataset}.duckdb"
        return file.as_uri().replace("file:", "duckdb:", 1)

    def results(self, dataset: str) -> Path:
        """The folder of the dataset's answers, one CSV a question."""
        return self.home / "results" / dataset

    def models(self, dataset: str) -> Path:
        """The folder of the dataset's sealed models, one folder a version."""
        return self.home / "models" / dataset
