"""`make docs`: pictures of the running service and of the report, for README.md and SOLUTION.md.

Trains houses in a temporary folder, serves it, photographs its pages with headless Chromium and
keeps the report beside them. Needs `chromium` and `pdftoppm` on the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from Task2_model.artifact import current
from Task3_api.server import free_port

DOCS = Path(__file__).parent
PAGES = {  # name: (path, width, height, dark)
    "ask": ("/?living_area=1800&bedrooms=3&age=20", 1200, 1150, False),
    "ask-phone": ("/?living_area=1800&bedrooms=3&age=20", 500, 1300, True),
    "batch": ("/batch_prediction", 1200, 800, False),
    "questions": ("/questions", 1200, 1100, False),
    "model": ("/model", 1200, 1000, False),
}


def main() -> None:
    """Leave docs/screenshots/*.png and docs/houses_report.pdf."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {**os.environ, "TABLECAST_HOME": folder}
        tablecast = [sys.executable, "-m", "tablecast"]
        subprocess.run([*tablecast, "run", "houses", "--no-serve"], env=environment, check=True)
        port = free_port(5100)
        command = [*tablecast, "serve", "houses", "--port", str(port)]
        service = subprocess.Popen(command, env=environment)
        try:
            photograph(f"http://127.0.0.1:{port}", home)
        finally:
            service.terminate()
            service.wait()
        keep_report(current(home / "models" / "houses"))


def photograph(url: str, home: Path) -> None:
    """A PNG of each page, once the service answers."""
    wait_for(f"{url}/readyz")
    (DOCS / "screenshots").mkdir(exist_ok=True)
    for name, (path, width, height, dark) in PAGES.items():
        command = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--no-first-run", "--disable-background-networking", "--disable-sync",
            f"--user-data-dir={home / 'chromium'}", "--virtual-time-budget=4000",
            f"--window-size={width},{height}", "--force-device-scale-factor=1.5",
            f"--screenshot={DOCS / 'screenshots' / name}.png",
        ]  # fmt: skip
        if dark:
            command.append("--blink-settings=preferredColorScheme=0")
        subprocess.run([*command, url + path], check=True, capture_output=True)


def keep_report(sealed: Path) -> None:
    """The report itself, and a picture of its first page."""
    shutil.copy(sealed / "report.pdf", DOCS / "houses_report.pdf")
    first_page = [
        "pdftoppm", "-png", "-r", "80", "-f", "1", "-l", "1", "-singlefile",
        str(sealed / "report.pdf"), str(DOCS / "screenshots" / "report"),
    ]  # fmt: skip
    subprocess.run(first_page, check=True)


def wait_for(url: str, seconds: float = 30) -> None:
    """Return when `url` answers; TimeoutError where it does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{url} does not answer")


if __name__ == "__main__":
    main()
