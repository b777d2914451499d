"""A real browser, and services for it of every dataset, as users start them.

Chromium is the machine's own; where there is none these tests skip themselves. It is started once
a module: Playwright keeps an event loop in the thread while it lives, and other tests need theirs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)

from tests.hostile_dataset import hostile
from tests.live import Live, own_port, start
from tests.once import Once

PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; tests take `browse` or `page`."""
    program = shutil.which("chromium")
    if not program:
        pytest.skip("there is no chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium: Browser) -> Iterator[Open]:
    """Makes pages of a service: `browse(live, "/path", dark=True, viewport=PHONE)`.

    The test fails where a page logs an error or breaks a policy, throws, or asks another origin
    for anything. An answer of 400 or more is logged by Chromium too: what is meant to fail is
    named as `browse(..., failing="/predict")`.
    """
    troubles: list[str] = []
    contexts = []

    def browse(
        live: Live, path: str = "/", *, dark: bool = False, failing: str = "", **options: Any
    ) -> Page:
        scheme = "dark" if dark else "light"
        options = {"viewport": DESKTOP, "color_scheme": scheme, "base_url": live.url, **options}
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        watch(page, live.url, troubles, failing)
        page.goto(path)
        return page

    yield browse
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def page(browse: Open, live: Live) -> Page:
    """The first page of houses."""
    return browse(live)


def watch(page: Page, origin: str, troubles: list[str], failing: str = "") -> None:
    """Note in `troubles` whatever a sound page never does."""

    def on_console(message: ConsoleMessage) -> None:
        meant = failing and failing in message.location.get("url", "")
        if message.type in ("error", "warning") and not meant:
            troubles.append(f"{page.url} logs: {message.text}")

    def on_request(request: Request) -> None:
        if not request.url.startswith((f"{origin}/", "data:", "blob:")):
            troubles.append(f"{page.url} asks {request.url}")

    def on_dialog(dialog: Dialog) -> None:
        troubles.append(f"{page.url} opens a dialog: {dialog.message}")
        dialog.dismiss()

    page.on("console", on_console)
    page.on("dialog", on_dialog)
    page.on("request", on_request)
    page.on("pageerror", lambda error: troubles.append(f"{page.url} throws: {error}"))


def run(dataset: str, home: Path) -> None:
    """Load and train a dataset in `home`, as `tablecast run` does it."""
    done = subprocess.run(
        [sys.executable, "-m", "tablecast", "run", dataset, "--no-serve"],
        check=False,
        cwd=home,
        env={**os.environ, "TABLECAST_HOME": str(home)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def served(dataset: str, home: Path) -> Iterator[Live]:
    """A dataset that is trained in `home`, served."""
    port = own_port()
    live = start(["-m", "tablecast", "serve", dataset, "--port", str(port)], port, home)
    yield live
    live.stop()


@pytest.fixture(scope="session")
def clients_live(once: Once) -> Iterator[Live]:
    """The service of the dataset `clients`: a classification with whole numbers as labels."""
    with served("clients", once("clients_home", lambda home: run("clients", home))) as live:
        yield live


@pytest.fixture(scope="session")
def births_live(births_home: Path) -> Iterator[Live]:
    """The service of the dataset `births`: a classification with texts as labels."""
    with served("births", births_home) as live:
        yield live


@pytest.fixture(scope="session")
def hostile_live(once: Once) -> Iterator[Live]:
    """The service of a dataset whose every text tries to be markup, script, SQL or a formula."""
    home = once("hostile_home", lambda home: run(str(hostile(home)), home))
    with served("hostile", home) as live:
        yield live
