"""A Docker engine of our own, which leaves no process, no interface and no file behind.

It writes no firewall rules: containers reach each other and this machine, and no other. Builds,
which fetch packages, use the network of the machine (`NETWORK`).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.images.packages import Packages

POOL, BRIDGE = "10.213.0.0/16", "10.213.255.1/24"  # addresses of its networks
NETWORK = "--network=host"


class Engine:
    """dockerd, started from unpacked packages; everything of it lies under `folder`."""

    def __init__(self, packages: Packages, folder: Path) -> None:
        self._folder, self._packages = folder, packages
        self.log = folder / "dockerd.log"
        client = folder / "client"
        (client / "cli-plugins").mkdir(parents=True)
        plugins = packages.root / "usr/libexec/docker/cli-plugins"
        for plugin in plugins.iterdir():
            (client / "cli-plugins" / plugin.name).symlink_to(plugin)
        self._socket = f"unix://{folder}/docker.sock"
        self.environment = {
            **packages.environment(),
            "DOCKER_HOST": self._socket,
            "DOCKER_CONFIG": str(client),
        }
        self._interfaces = set(_interfaces())
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        places = {"data-root": "data", "exec-root": "exec", "pidfile": "docker.pid"}
        options = [f"--{name}={self._folder / place}" for name, place in places.items()]
        command = [
            "dockerd", f"--host={self._socket}", *options,
            "--exec-opt=native.cgroupdriver=cgroupfs",
            "--iptables=false", "--ip6tables=false", "--ip-forward=false",
            f"--default-address-pool=base={POOL},size=24", f"--bip={BRIDGE}",
        ]  # fmt: skip
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            if self.run(["docker", "version"]).returncode == 0:
                return process
            time.sleep(0.2)
        process.kill()
        raise RuntimeError("dockerd does not start: " + self.log.read_text()[-1500:])

    def docker(self, *arguments: str, seconds: float = 900, fails: bool = False) -> str:
        """What `docker` prints, on both streams; `fails` says that it must fail."""
        done = self.run(["docker", *arguments], seconds)
        if (done.returncode != 0) is not fails:
            what = "should have failed" if fails else "failed"
            raise AssertionError(f"docker {' '.join(arguments)} {what}:\n{done.stdout[-3000:]}")
        return done.stdout

    def run(
        self, command: Sequence[str], seconds: float = 900, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command that finds this engine; both streams are in its stdout."""
        return subprocess.run(
            command, check=False, env=self.environment, cwd=cwd, text=True, timeout=seconds,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def inspect(self, name: str) -> dict[str, Any]:
        """What the engine knows of a container or image."""
        (found,) = json.loads(self.docker("inspect", name))
        return dict(found)

    def wait_healthy(self, container: str, seconds: float = 180) -> float:
        """How long it took until a container was healthy."""
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            state = self.inspect(container)["State"]
            if not state["Running"]:
                raise AssertionError(f"{container} ended: {self.docker('logs', container)[-2000:]}")
            if state["Health"]["Status"] == "healthy":
                return time.monotonic() - began
            time.sleep(0.2)
        raise AssertionError(
            f"{container} is not healthy: {self.docker('logs', container)[-2000:]}"
        )

    def close(self) -> None:
        """End all of it, and remove what it leaves behind."""
        for container in self.docker("ps", "--all", "--quiet").split():
            self.run(["docker", "rm", "--force", "--volumes", container])
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
        for name in set(_interfaces()) - self._interfaces:
            if name == "docker0" or name.startswith("br-"):
                subprocess.run(["ip", "link", "delete", name], check=True)
        self._unmount()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _unmount(self) -> None:
        """What a container that would not end still holds."""
        mounts = Path("/proc/mounts").read_text().splitlines()
        for path in sorted((line.split()[1] for line in mounts), reverse=True):
            if path.startswith(str(self._folder)):
                subprocess.run(["umount", "--lazy", path], check=False, capture_output=True)


def _interfaces() -> list[str]:
    return sorted(path.name for path in Path("/sys/class/net").iterdir())
