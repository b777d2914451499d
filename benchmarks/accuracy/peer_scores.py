"""The peers' scores: trained once, kept in `.bench/scores`, and read from there ever after.

They depend on the table, the split, the peer's own module and its version; not on Tablecast.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from benchmarks.accuracy.peer_models.task import SPECIFICATION, TABLE, TARGET
from benchmarks.accuracy.scores import Score
from benchmarks.accuracy.tables import TEST_SHARE, Reading
from benchmarks.environments import FOLDER, Environment
from benchmarks.processes import ROOT, environment
from Task2_model.openmp import WAITING

HERE = Path(__file__).parent
ENVIRONMENT = Environment("accuracy", HERE / "peer_models.txt")
SCORES = FOLDER / "scores"
QUIET = {"OMP_NUM_THREADS": "1", **WAITING}  # threads that wait take no core
LINE = '{"peer"'  # begins a line of scores; the libraries print lines of their own


def locked_version(package: str) -> str:
    """The version of a package in the peers' environment."""
    lines = ENVIRONMENT.lock.read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if line.startswith(f"{package}=="))
    return line.split()[0].partition("==")[2]


@dataclass(frozen=True)
class PeerGroup:
    """The peers of one library: a module of `benchmarks.accuracy.peer_models`, and its package."""

    module: str
    package: str

    @cached_property
    def digest(self) -> str:
        """Of all that a score depends on but the table: the module and the lock's version."""
        source = (HERE / "peer_models" / f"{self.module}.py").read_bytes()
        return _digest(source, locked_version(self.package).encode())


FAST = (
    PeerGroup("sklearn_models", "scikit-learn"),
    PeerGroup("catboost_models", "catboost"),
    PeerGroup("lightgbm_models", "lightgbm"),
)
GROUPS = (*FAST, PeerGroup("autogluon_models", "autogluon-tabular"))


@dataclass(frozen=True)
class PeerScores:
    """The scores of the peers on one table."""

    reading: Reading

    def kept(self, group: PeerGroup, seed: int) -> dict[str, Score] | None:
        """What an earlier run left, by the peers' names; None where there was none."""
        file = self._file(group, seed)
        return json.loads(file.read_text()) if file.exists() else None

    def train(self, group: PeerGroup, seed: int) -> None:
        """Train the peers of a group on one split, and keep their scores.

        Raises RuntimeError, with the end of what it said, where a peer failed.
        """
        with TemporaryDirectory() as folder:
            self._write_task(Path(folder), seed)
            command = [str(ENVIRONMENT.made().python), "-m", "benchmarks.accuracy.peer_models"]
            done = subprocess.run(
                [*command, group.module, folder],
                env=environment(**QUIET),
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"{group.module}: {done.stderr[-400:]}")
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(LINE)]
        file = self._file(group, seed)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({line["peer"]: line["score"] for line in lines}))

    @cached_property
    def _frame(self) -> pd.DataFrame:
        """The table as the peers are given it: texts, numbers, and the target as a number."""
        reading = self.reading
        outcomes = reading.study.outcomes
        features = reading.frame.drop(columns=reading.target)
        return features.assign(**{TARGET: outcomes})

    def _write_task(self, folder: Path, seed: int) -> None:
        reading = self.reading
        split = reading.split(seed)
        classes = len(reading.study.contract.target.classes)
        specification = {
            "classes": classes,
            "categories": reading.categories,
            "splits": [{"seed": seed, "train": split.train.tolist(), "test": split.test.tolist()}],
        }
        (folder / SPECIFICATION).write_text(json.dumps(specification))
        self._frame.to_csv(folder / TABLE, index=False)

    def _file(self, group: PeerGroup, seed: int) -> Path:
        table = _digest(self._frame.to_csv(index=False).encode(), str(TEST_SHARE).encode())
        name = f"{self.reading.table.name}-{table}"
        return SCORES / name / f"{group.module}-{group.digest}" / f"{seed}.json"


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]
