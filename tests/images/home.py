"""What the images are compared with: the same datasets on DuckDB, by `tablecast` itself."""

from __future__ import annotations

import filecmp
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """A workspace in a folder of its own."""

    folder: Path

    def tablecast(self, *arguments: str, **environment: str) -> str:
        """What `tablecast` prints, on both streams; it must succeed."""
        done = self._run("tablecast", arguments, environment)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `tablecast` in this workspace."""
        return self._run("tablecast", arguments, {})

    def pip(self, *arguments: str) -> None:
        """Run pip, which must succeed."""
        done = self._run("pip", ("--quiet", "--disable-pip-version-check", *arguments), {})
        assert done.returncode == 0, done.stdout

    def _run(
        self, module: str, arguments: Sequence[str], environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        everything = {**os.environ, "TABLECAST_HOME": str(self.folder), **environment}
        return subprocess.run(
            [sys.executable, "-m", module, *arguments], check=False, env=everything,
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def answers(self, dataset: str) -> Path:
        """The folder of a dataset's answers, given by DuckDB."""
        self.tablecast("load", dataset)
        self.tablecast("ask", dataset)
        return self.folder / "results" / Path(dataset).name


def expect_same_files(one: Path, other: Path, pattern: str = "*.csv") -> int:
    """Make sure that two folders hold the same files, byte for byte; how many those are."""
    names = sorted(path.name for path in one.glob(pattern))
    assert names, f"{one} has no {pattern}"
    assert names == sorted(path.name for path in other.glob(pattern)), f"{one}, {other}"
    _, different, unread = filecmp.cmpfiles(one, other, names, shallow=False)
    assert not different + unread, f"different: {different + unread}"
    return len(names)
