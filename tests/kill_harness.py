"""`python -m tests.kill_harness`: kill loads, trainings and sealings at random moments, and look.

After each kill of the process (SIGKILL of it alone, its helpers are left to themselves) what it
worked on must be in the old state or in the new, its helpers must be gone within seconds, and
doing it again must complete and leave nothing of the dead behind.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.load import load
from Task2_model.artifact import CURRENT, SealedModel, current, seal
from Task2_model.manifest import MANIFEST
from Task2_model.train import train
from Task2_model.versions import GATE, HISTORY, put_in_service
from tests import servers
from tests.little_dataset import FILES, boats

if TYPE_CHECKING:
    from collections.abc import Iterator

HELPERS_SECONDS = 10.0  # within which the helpers of a killed process must be gone
KEPT = Path(__file__).parent / "Task2_model/formats/1/boats"
LOAD = """
import sys
from Task1_database.databases.connect import connect
from Task1_database.dataset import Dataset
from Task1_database.load import load
dataset = Dataset.open(sys.argv[1])
connect(sys.argv[2], read_only=True).close()  # the driver is there
print("ready", flush=True)
load(dataset, sys.argv[2])
"""
TRAIN = """
import sys
from pathlib import Path
from Task1_database.dataset import Dataset
from Task2_model.train import train
dataset = Dataset.open(sys.argv[1])
print("ready", flush=True)
train(dataset, sys.argv[2], Path(sys.argv[3]), log=lambda line: print(line, flush=True))
"""
SEAL = """
import shutil, sys
from pathlib import Path
from Task1_database.scratch_folder import scratch_folder
from Task2_model.artifact import STAGING, seal
from Task2_model.versions import put_in_service
source, models, version = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
print("ready", flush=True)
with scratch_folder(models, STAGING) as staging:
    shutil.copytree(source, staging, ignore=lambda *_: ["manifest.json"], dirs_exist_ok=True)
    seal(staging, models, version, {})
put_in_service(models, version)
"""


@dataclass
class Tally:
    """What was seen after the kills of one kind."""

    kind: str
    outcomes: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0  # seconds that a helper outlived its master

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self.outcomes.items()))
        return (
            f"{self.kind}: {self.outcomes.total()} kills: {counts};"
            f" helpers gone within {self.longest:.1f} s"
        )


class Victim:
    """A process that does some work, and all the processes that it starts."""

    def __init__(self, code: str, *arguments: object, scratch: Path) -> None:
        self._mark = f"TABLECAST_VICTIM={uuid.uuid4().hex}"
        name, _, value = self._mark.partition("=")
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, name: value, "TMPDIR": str(scratch)},
        )
        self.wait_for("ready")

    def wait_for(self, line: str) -> None:
        """Until it has said so, or has ended."""
        assert self.process.stdout
        for said in self.process.stdout:
            if said.strip() == line:
                return

    def kill(self) -> bool:
        """End it, and it alone; whether it was still at work."""
        self.process.send_signal(signal.SIGKILL)
        return self.process.wait() == -signal.SIGKILL

    def outlived(self) -> float:
        """For how many seconds its helpers outlive it."""
        begin = time.monotonic()
        while helpers := self._helpers():
            elapsed = time.monotonic() - begin
            assert elapsed < HELPERS_SECONDS, f"still there: {helpers}"
            time.sleep(0.05)
        assert self.process.stdout
        self.process.stdout.close()
        return time.monotonic() - begin

    def _helpers(self) -> list[int]:
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    environment = (entry / "environ").read_bytes()
                except OSError:  # ended meanwhile, or somebody else's
                    continue
                if self._mark.encode() in environment.split(b"\0"):
                    found.append(int(entry.name))
        return found


def kill_loads(kills: int, kind: str, url: str, folder: Path, rng: random.Random) -> Tally:
    """Load one of two states of a dataset over the other, again and again."""
    tally = Tally(f"load, {kind}")
    sizes = (4_000, 5_000)
    datasets = [with_rows(folder / str(size), size) for size in sizes]
    (scratch := folder / "scratch").mkdir()
    load(datasets[0], url)
    begin = time.monotonic()
    load(datasets[1], url)
    seconds = time.monotonic() - begin
    for _ in range(kills):
        old = counted(url)[0]
        new = sizes[old == sizes[0]]
        dataset = datasets[sizes.index(new)]
        victim = Victim(LOAD, dataset.folder, url, scratch=scratch)
        time.sleep(rng.uniform(0, 1.2 * seconds))
        in_time = victim.kill()
        tally.longest = max(tally.longest, victim.outlived())
        rows = counted(url)
        assert rows in {(old,) * 3, (new,) * 3}, rows
        tally.outcomes[name_of(rows[0] == new, in_time)] += 1
        with temporary_files_in(scratch):
            load(dataset, url)
        assert counted(url) == (new,) * 3
        assert list(scratch.iterdir()) == []
        with connect(url, read_only=True) as database:
            assert database.tables() == {"_loads", "boats", "feature_store"}
    return tally


def kill_trainings(kills: int, folder: Path, rng: random.Random) -> Tally:
    """Train on sixty rows, killed at random moments, every third time while it seals."""
    tally = Tally("train")
    dataset, url = with_rows(folder / "data", 60), f"duckdb://{folder}/boats.duckdb"
    models, scratch = folder / "models", folder / "scratch"
    scratch.mkdir()
    load(dataset, url)
    begin = time.monotonic()
    train(dataset, url, models)
    seconds = time.monotonic() - begin
    for number in range(kills):
        old = current(models)
        victim = Victim(TRAIN, dataset.folder, url, models, scratch=scratch)
        if number % 3 == 2:
            victim.wait_for("sealing")
            time.sleep(rng.uniform(0, 0.05))
        else:
            time.sleep(rng.uniform(0, seconds))
        in_time = victim.kill()
        tally.longest = max(tally.longest, victim.outlived())
        assert SealedModel.open(current(models)).contract.dataset == "boats"
        tally.outcomes[name_of(current(models) != old, in_time)] += 1
        if number % 10 == 9:
            say(tally)
    sealed = train(dataset, url, models)
    assert current(models) == sealed
    assert_nothing_half_made(models)
    return tally


def kill_sealings(kills: int, folder: Path, rng: random.Random) -> Tally:
    """Seal copies of one small model."""
    tally = Tally("seal")
    (models := folder / "models").mkdir(parents=True)
    (scratch := folder / "scratch").mkdir()
    source = current(KEPT)
    shutil.copytree(source, first := models / "first", ignore=lambda *_: [MANIFEST])
    put_in_service(models, seal(first, models, "20250101T000000Z-00000000", {}).name)
    whole = Victim(SEAL, source, models, "20250102T000000Z-00000000", scratch=scratch)
    begin = time.monotonic()
    assert whole.process.wait() == 0
    seconds = time.monotonic() - begin
    whole.outlived()
    for number in range(kills):
        old = current(models)
        version = f"20260101T000000Z-{number:08x}"
        victim = Victim(SEAL, source, models, version, scratch=scratch)
        time.sleep(rng.uniform(0, seconds))
        in_time = victim.kill()
        tally.longest = max(tally.longest, victim.outlived())
        assert SealedModel.open(current(models)).version in {old.name, version}
        tally.outcomes[name_of(current(models) != old, in_time)] += 1
    last = Victim(SEAL, source, models, "20270101T000000Z-00000000", scratch=scratch)
    assert last.process.wait() == 0
    last.outlived()
    assert current(models).name.startswith("2027")
    assert_nothing_half_made(models)
    return tally


def assert_nothing_half_made(models: Path) -> None:
    """Every version among `models` is whole, and there is nothing else but their records."""
    for path in models.iterdir():
        if path.name not in (CURRENT, HISTORY, GATE):
            SealedModel.open(path)


def name_of(is_new: bool, in_time: bool) -> str:
    return f"{'new' if is_new else 'old'} state" + ("" if in_time else " (ended before)")


def with_rows(folder: Path, count: int) -> Dataset:
    """The dataset `boats`, with so many of them."""
    kinds = ("sail", "row", "motor")
    lines = [
        f"{i},{10 + i % 30},{100 * (10 + i % 30) + i % 7},,{kinds[i % 3]}" for i in range(count)
    ]
    header = FILES["boats.csv"].partition("\n")[0]
    return boats(folder, {"boats.csv": "\n".join([header, *lines]) + "\n"})


def counted(url: str) -> tuple[int, int, int]:
    """The rows of the raw table and of feature_store, and those that _loads speaks of."""
    with connect(url, read_only=True) as database:
        (noted,) = database.query("SELECT MAX(rows_loaded) FROM _loads").rows[0]
        return database.count("boats"), database.count("feature_store"), int(noted)


@contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def databases(folder: Path) -> Iterator[tuple[str, str]]:
    """The kind and the URL of an empty database of each kind that can be had here."""
    yield "DuckDB", f"duckdb://{folder}/boats.duckdb"
    for kind, programs in servers.PROGRAMS.items():
        if programs():
            server = servers.running(kind)
            yield server.kind, server.url(server.new_database())


def main() -> None:
    """Kill as often as asked, and say what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill_harness", description=__doc__)
    parser.add_argument("--loads", type=int, default=200, help="in all, of the databases in turn")
    parser.add_argument("--trainings", type=int, default=50)
    parser.add_argument("--sealings", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="tablecast-kills-") as name:
        folder = Path(name)
        try:
            found: list[Any] = list(databases(folder)) if options.loads else []
            for kind, url in found:
                say(kill_loads(options.loads // len(found), kind, url, folder / kind, rng))
        finally:
            for server in servers.RUNNING.values():
                server.close()
        if options.sealings:
            say(kill_sealings(options.sealings, folder / "sealings", rng))
        if options.trainings:
            say(kill_trainings(options.trainings, folder / "trainings", rng))


def say(tally: Tally) -> None:
    print(tally, flush=True)


if __name__ == "__main__":
    main()
