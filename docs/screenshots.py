"""`make screenshots`: pictures of the running service and of the report, for the documents.

Trains all datasets in a temporary folder, serves houses alone and then all of them, and photographs
the pages with headless Chromium.
Needs `chromium` and `pdftoppm` on the machine.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, FilePayload, Page, sync_playwright

from Task2_model.artifact import current
from Task3_api.server.serve import free_port

DOCS = Path(__file__).parent
TABLECAST = [sys.executable, "-m", "tablecast"]
DATASETS = ("houses", "clients", "births")
ASKED = "/?living_area=1800&bedrooms=3&age=20"
HOMES = """\
id,living_area,bedrooms,age,heating
1,1800,3,20,hot air
2,950,2,61,electric
3,2600,four,5,hot water/steam
4,3100,4,12,coal
5,1400,,33,hot air
"""


def send_homes(page: Page) -> None:
    """Choose a file with a bad cell and an unknown kind of heating, and have it answered."""
    file: FilePayload = {"name": "homes.csv", "mimeType": "text/csv", "buffer": HOMES.encode()}
    page.set_input_files("#file", file)
    page.click("text=Predict every row")
    page.wait_for_selector("#done:not([hidden])")
    page.evaluate("scrollTo(0, 0)")


def open_first_way(page: Page) -> None:
    """Open the first of the ways of asking."""
    page.click(".opblock-summary-control")
    page.fill("[placeholder=living_area]", "1800")


def nothing(page: Page) -> None:
    """Leave the page as it is."""


class Picture(NamedTuple):
    """A page to be photographed, after something was done with it."""

    path: str
    width: int
    height: int
    dark: bool = False
    first: Callable[[Page], None] = nothing


PICTURES = {
    "ask": Picture(ASKED, 1200, 1150),
    "ask-phone": Picture(ASKED, 390, 1020, dark=True),
    "batch": Picture("/batch_prediction", 1200, 1290, first=send_homes),
    "questions": Picture("/questions", 1200, 1100),
    "findings": Picture("/report", 1200, 1100),
    "model": Picture("/model", 1200, 1100),
    "api": Picture("/docs", 1200, 1000, dark=True, first=open_first_way),
    "status": Picture("/status", 1200, 900),
}

SEVERAL = {"models": Picture("/", 1200, 700)}  # of a service of all datasets

FIGURES = {  # of docs/reports/<dataset>.html, by their place in it
    "houses-widths": 9,
    "clients-time-in-the-job": 2,
    "births-importance": 3,
}


def main() -> None:
    """Leave docs/screenshots/*.png."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {**os.environ, "TABLECAST_HOME": folder}
        for dataset in DATASETS:
            subprocess.run([*TABLECAST, "run", dataset, "--no-serve"], env=environment, check=True)
        with served(environment, "houses") as url:
            photograph(url, PICTURES)
        with served(environment, *DATASETS) as url:
            photograph(url, SEVERAL)
        photograph_report(current(home / "models" / "houses"))
    photograph_figures()


@contextmanager
def served(environment: dict[str, str], *datasets: str) -> Iterator[str]:
    """The URL of a service of these."""
    port = free_port(5100)
    command = [*TABLECAST, "serve", *datasets, "--port", str(port)]
    service = subprocess.Popen(command, env=environment)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        service.terminate()
        service.wait()


def photograph_figures() -> None:
    """A PNG of each figure that the documents show."""
    with chromium() as browser:
        page = browser.new_page(device_scale_factor=1.5)
        for name, index in FIGURES.items():
            report = DOCS / "reports" / f"{name.partition('-')[0]}.html"
            page.goto(report.as_uri())
            page.locator("svg").nth(index).screenshot(path=DOCS / "screenshots" / f"{name}.png")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own."""
    with sync_playwright() as playwright:
        program = shutil.which("chromium")
        yield playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])


def photograph(url: str, pictures: dict[str, Picture]) -> None:
    """A PNG of each page, once the service answers."""
    wait_for(f"{url}/readyz")
    (DOCS / "screenshots").mkdir(exist_ok=True)
    with chromium() as browser:
        for name, picture in pictures.items():
            take(browser, url, picture, DOCS / "screenshots" / f"{name}.png")


def take(browser: Browser, url: str, picture: Picture, path: Path) -> None:
    """One PNG."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
        device_scale_factor=1.5,
    )
    page = context.new_page()
    page.goto(url + picture.path)
    picture.first(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path)
    context.close()


def photograph_report(sealed: Path) -> None:
    """A PNG of the report's first page."""
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
