"""Stand-ins for the base images that the Dockerfiles name, made of Debian packages.

Whatever is particular to the machine (its certificates, its pip settings and the folders of
packages that these name) goes into the stand-in for Python alone.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.images.engine import Engine
from tests.images.packages import NEWEST, STABLE, Packages

ROOT = Path(__file__).parents[2]
BASES = Path(__file__).with_name("bases")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
FOR_PIP = ("index-url", "extra-index-url", "trusted-host", "default-timeout", "timeout")


@dataclass(frozen=True)
class StandIn:
    """A base image: what it is called, and the Debian packages that stand in for it."""

    name: str
    tag: str
    suite: str
    packages: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.tag}: Debian {self.suite} with {', '.join(self.packages)}"


STANDINS = (
    StandIn(
        "python",
        "python:3.13-slim",
        STABLE,
        ("python3", "python3-venv", "python3-pip", "ca-certificates"),
    ),
    StandIn(
        "mysql",
        "mysql:8.4",
        NEWEST,
        ("mysql-server-core", "mysql-client-core", "gawk", "gosu"),
    ),
    StandIn("postgres", "postgres:17", STABLE, ("postgresql-17", "gosu")),
)


def build(standin: StandIn, packages: Packages, engine: Engine) -> None:
    """Make the stand-in and give it the name of what it stands in for."""
    tar = packages.folder / f"{standin.name}.tar"
    if not tar.exists():
        partial = packages.folder / f"{standin.name}.partial.tar"
        packages.bootstrap(partial, standin.suite, standin.packages)
        partial.rename(tar)
    context = packages.folder / f"{standin.name}-context"
    shutil.rmtree(context, ignore_errors=True)
    context.mkdir()
    (context / tar.name).hardlink_to(tar)
    for file in BASES.glob(f"{standin.name}*"):
        shutil.copy(file, context)
    if standin.name == "python":
        _take_pip_settings(context)
    dockerfile = context / f"{standin.name}.Dockerfile"
    engine.docker("build", "--tag", standin.tag, "--file", str(dockerfile), str(context))


def _take_pip_settings(context: Path) -> None:
    shutil.copy(CERTIFICATES, context)
    (context / "wheels").mkdir()
    settings = _pip_settings()
    kept = [(key, value) for key, value in settings if key in FOR_PIP and "file:" not in value]
    lines = [f"{key} = {value}" for key, value in kept]
    lines += ["find-links = /wheels", f"cert = {CERTIFICATES}"]
    (context / "pip.conf").write_text("\n".join(["[global]", *lines, ""]))
    for _, value in settings:
        for place in value.split():
            _take_wheels(Path(unquote(urlsplit(place).path)), context / "wheels")


def _pip_settings() -> list[tuple[str, str]]:
    """What pip is set to on this machine, by files and by the environment."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.findall(r"^(?:global|install|:env:)\.([\w-]+)='(.*)'$", listed, re.M)


def _take_wheels(folder: Path, wheels: Path) -> None:
    """Of a folder of packages, or an index in one, those that requirements/ name."""
    if not folder.is_dir():
        return
    names = set()
    for file in (ROOT / "requirements").glob("*.txt"):
        names |= set(re.findall(r"^([\w.-]+)==([^\s;]+)", file.read_text(), re.M))
    wanted = {(_plain(name), version) for name, version in names}
    for file in folder.rglob("*.whl"):
        name, version = file.name.split("-")[:2]
        if (_plain(name), version) in wanted:
            shutil.copy(file, wheels)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
