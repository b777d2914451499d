"""Debian packages from the machine's own mirror, unpacked into a folder; none is installed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

NEWEST, STABLE = "sid", "trixie"
ENGINE = ("docker.io", "docker-cli", "containerd", "docker-buildx", "docker-compose")
FROM_HERE = (  # what must fit the libraries of this machine; iptables for the names in a network
    "runc", "mmdebstrap", "iptables", "libip4tc2", "libip6tc2", "libxtables12", "libnftnl11",
    "libnetfilter-conntrack3", "libnfnetlink0", "libmnl0",
)  # fmt: skip
NO_METADATA = "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false"


@dataclass(frozen=True)
class Packages:
    """Packages of the Debian mirror at the address `mirror`, with files kept under `folder`."""

    folder: Path
    mirror: str

    @classmethod
    def of_this_machine(cls, folder: Path) -> Packages | None:
        """Those that apt is set up to fetch; None where it knows no Debian mirror."""
        targets = _run("apt-get", "indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)")
        mirrors = [line.split("|")[2] for line in targets.splitlines() if "Debian|Debian|" in line]
        return cls(folder, mirrors[0].rstrip("/")) if mirrors else None

    @property
    def root(self) -> Path:
        """Where packages are unpacked."""
        return self.folder / "root"

    def environment(self) -> dict[str, str]:
        """This process's environment, in which unpacked programs and their libraries are found."""
        unpacked = [str(self.root / "usr" / name) for name in ("bin", "sbin")]
        (libraries,) = self.root.glob("usr/lib/*-linux-gnu")
        path = os.pathsep.join([*unpacked, os.environ["PATH"]])
        found = {"LD_LIBRARY_PATH": str(libraries), "XTABLES_LIBDIR": str(libraries / "xtables")}
        return {**os.environ, "PATH": path, **found}

    def unpack_engine(self) -> None:
        """Unpack Docker's engine, client, buildx and compose, and mmdebstrap."""
        debs = self.folder / "debs"
        debs.mkdir(parents=True)
        _run("apt-get", "download", *_unprivileged(), *FROM_HERE, cwd=debs)
        _run("apt-get", *self._private_options(), "update")
        _run("apt-get", *self._private_options(), "download", *ENGINE, cwd=debs)
        for deb in debs.iterdir():
            _run("dpkg", "-x", str(deb), str(self.root))
        for name in ("iptables", "ip6tables"):
            (self.root / "usr/sbin" / name).symlink_to("xtables-nft-multi")

    def bootstrap(self, tar: Path, suite: str, packages: Sequence[str]) -> None:
        """Write the files of a minimal Debian with these packages."""
        without = ("doc", "man", "locale")
        _run(
            "mmdebstrap", "--quiet", "--variant=minbase", "--mode=root",
            "--include=" + ",".join(packages),
            '--aptopt=Acquire::Check-Valid-Until "false"',
            *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in without),
            suite, str(tar), f"deb {self.mirror} {suite} main",
            env=self.environment(),
        )  # fmt: skip

    def _private_options(self) -> list[str]:
        """Have apt look at the newest suite, and leave what the machine knows alone."""
        apt = self.folder / "apt"
        for name in ("state/lists/partial", "cache/archives/partial"):
            (apt / name).mkdir(parents=True, exist_ok=True)
        (apt / "status").touch()
        (apt / "sources.list").write_text(f"deb {self.mirror} {NEWEST} main\n")
        options = {
            "Dir::State": apt / "state",
            "Dir::State::status": apt / "status",
            "Dir::Cache": apt / "cache",
            "Dir::Etc::sourcelist": apt / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Acquire::Check-Valid-Until": "false",
        }
        return [*_unprivileged(), *(f"-o{key}={value}" for key, value in options.items())]


def _unprivileged() -> list[str]:
    return ["-oAPT::Sandbox::User=root", f"-o{NO_METADATA}", "-qq"]


def _run(*command: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """What a command prints; where it fails, what it said."""
    done = subprocess.run(command, check=False, cwd=cwd, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout
