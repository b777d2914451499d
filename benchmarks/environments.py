"""The environments that the benchmarks need beside `.venv`: what serving takes, and the peers.

They lie in `.bench/`, made once from the hashed locks and again when a lock changes.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import ROOT

FOLDER = ROOT / ".bench"


@dataclass(frozen=True)
class Environment:
    """A virtual environment with what a lock names."""

    name: str
    lock: Path

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return FOLDER / self.name

    @property
    def python(self) -> Path:
        """Its interpreter, once it is made."""
        return self.folder / "bin" / "python"

    def made(self) -> Environment:
        """Itself, made if it was not."""
        stamp = self.folder / "made"
        digest = hashlib.sha256(self.lock.read_bytes()).hexdigest()
        if not stamp.exists() or stamp.read_text() != digest:
            print(f"making {self.folder.relative_to(ROOT)} of {self.lock.name}", flush=True)
            venv.create(self.folder, clear=True, with_pip=True)
            pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "install"]
            subprocess.run([*pip, "-qq", "--require-hashes", "-r", str(self.lock)], check=True)
            stamp.write_text(digest)
        return self

    def megabytes(self) -> float:
        """What it takes on disk, its own pip left out, which serving does not need."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        kept = (path for path in files if not {"pip", "__pycache__"} & set(path.parts))
        return sum(path.lstat().st_size for path in kept) / 1e6

    def versions(self, *packages: str) -> dict[str, str]:
        """The versions of some packages in it."""
        code = "import sys, importlib.metadata as m; print(*map(m.version, sys.argv[1:]))"
        listing = subprocess.run(
            [str(self.python), "-c", code, *packages], check=True, capture_output=True, text=True
        )
        return dict(zip(packages, listing.stdout.split(), strict=True))


SERVING = Environment("serve", ROOT / "requirements" / "serve.txt")
PEERS = Environment("peers", ROOT / "benchmarks" / "peers.txt")
HERE = Path(sys.executable)
