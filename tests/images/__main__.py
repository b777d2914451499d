"""Build and run everything, check it, and leave nothing behind; the exit code says how it went."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from tests.images.app_checks import check_app
from tests.images.compose_checks import check_compose
from tests.images.database_checks import check_database
from tests.images.engine import Engine
from tests.images.home import Home
from tests.images.packages import Packages
from tests.images.progress import Progress
from tests.images.standins import STANDINS, build

CACHE = "TABLECAST_IMAGES_CACHE"  # a folder in which the stand-ins are kept for the next run
FREE = 12 * 1024**3


def main() -> int:
    """Run all checks, where this machine can."""
    reason = _why_not()
    if reason:
        print(f"images-test is skipped: {reason}")
        return int(bool(os.environ.get("TABLECAST_SKIP_NOTHING")))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    progress = Progress()
    with tempfile.TemporaryDirectory(prefix="tablecast-images-") as folder:
        _run(Path(folder), progress)
    return progress.ended()


def _why_not() -> str | None:
    """What this machine lacks, or None."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "it needs Linux and root"
    for program in ("apt-get", "dpkg", "perl", "tar", "ip", "make"):
        if not shutil.which(program):
            return f"there is no {program}"
    if not Packages.of_this_machine(Path()):
        return "apt knows no Debian mirror (apt-get update)"
    if shutil.disk_usage(tempfile.gettempdir()).free < FREE:
        return f"{tempfile.gettempdir()} has less than {FREE >> 30} GB free"
    return None


def _run(folder: Path, progress: Progress) -> None:
    packages = Packages.of_this_machine(Path(os.environ.get(CACHE) or folder / "packages"))
    assert packages
    packages.folder.mkdir(parents=True, exist_ok=True)
    with progress.step(f"Docker's engine from Debian's packages ({packages.mirror})"):
        if not packages.root.exists():
            packages.unpack_engine()
        engine = Engine(packages, folder / "engine")
        progress.note(engine.docker("version", "--format", "engine {{.Server.Version}}").strip())
    try:
        for standin in STANDINS:
            with progress.step(f"stand-in for {standin}"):
                build(standin, packages, engine)
        home = Home(folder / "home")
        home.folder.mkdir()
        check_database(engine, home, progress)
        check_app(engine, home, progress)
        check_compose(engine, home, progress)
        sizes = engine.docker(
            "image",
            "ls",
            "--filter=dangling=false",
            "--format",
            "{{.Repository}}:{{.Tag}} {{.Size}}",
        )
        print("Images, on these stand-ins:", *sizes.splitlines(), sep="\n  ")
    finally:
        engine.close()


if __name__ == "__main__":
    sys.exit(main())
