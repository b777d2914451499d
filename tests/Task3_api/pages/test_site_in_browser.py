"""Every page, for everyone: on a phone and a desk, in light and dark, for every dataset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, expect

from tests.browser import DESKTOP, PHONE, Open
from tests.live import Live

PAGES = [
    "/",
    "/?{x}=50",
    "/?{x}=99999&pinned-answer={x}%3D50",
    "/batch_prediction",
    "/questions",
    "/report",
    "/model",
    "/docs",
]
PAGES += ["/status", "/nothing"]
LOOKS = [(DESKTOP, False), (DESKTOP, True), (PHONE, False), (PHONE, True)]
LOOK_NAMES = ["desk-light", "desk-dark", "phone-light", "phone-dark"]
HEAVIEST = 100_000  # bytes of a page with all that it loads, but for Swagger UI
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
RESOURCES = "performance.getEntriesByType('resource').map((one) => one.toJSON())"


def each(browse: Open, live: Live, x: str = "x", **options: Any) -> Iterator[tuple[str, Page]]:
    """Every page, one after the other in one window."""
    page = browse(live, PAGES[0], failing="/nothing", **options)
    for path in PAGES:
        page.goto(path.format(x=x))
        yield path, page


def opened(page: Page) -> None:
    """Open every part of a page, once its answer is there."""
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    expect(page.locator("#answer[data-stale]")).to_have_count(0)
    if page.url.endswith("/docs"):
        expect(page.locator(".opblock").first).to_be_visible()


@pytest.mark.parametrize(
    ("viewport", "dark"),
    [
        look if look in (LOOKS[0], LOOKS[3]) else pytest.param(*look, marks=pytest.mark.slow)
        for look in LOOKS
    ],
    ids=LOOK_NAMES,
)
def test_it_has_no_barrier(browse: Open, live: Live, viewport: dict[str, int], dark: bool) -> None:
    found = {}
    for path, page in each(browse, live, viewport=viewport, dark=dark):
        opened(page)
        found[path] = [describe(one) for one in Axe().run(page).response["violations"]]
        assert page.evaluate(OVERFLOW) <= 0, path
    assert not any(found.values()), found


@pytest.mark.parametrize(("viewport", "dark"), [LOOKS[0], LOOKS[3]])
def test_what_a_threshold_costs_has_no_barrier(
    browse: Open, clients_live: Live, viewport: dict[str, int], dark: bool
) -> None:
    page = browse(clients_live, "/?x=1000", viewport=viewport, dark=dark)
    opened(page)
    expect(page.get_by_label("from here on")).to_be_visible()
    violations = Axe().run(page).response["violations"]
    assert [describe(violation) for violation in violations] == []


def describe(violation: dict[str, Any]) -> str:
    nodes = "; ".join(str(node["html"]) for node in violation["nodes"])
    return f"{violation['id']}: {violation['help']}: {nodes}"


@pytest.mark.parametrize("dataset", ["clients_live", "births_live", "hostile_live"])
def test_it_is_no_wider_than_a_phone(
    browse: Open, dataset: str, request: pytest.FixtureRequest
) -> None:
    live: Live = request.getfixturevalue(dataset)
    x = "size" if dataset == "hostile_live" else "x"
    for path, page in each(browse, live, x):
        opened(page)
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            assert page.evaluate(OVERFLOW) <= 0, (path, size)


@pytest.mark.parametrize("path", PAGES)
def test_it_is_light_and_painted_before_anything_is_entered(
    browse: Open, live: Live, path: str
) -> None:
    """Of all that a page names only its stylesheet holds up the first picture."""
    page = browse(live, "/status", failing="/nothing")
    sizes: list[int] = []

    def on_response(response: Response) -> None:
        if "swagger-ui" not in response.url:
            length = response.headers.get("content-length")
            sizes.append(int(length) if length else len(response.body()))

    page.goto("about:blank")
    page.on("response", on_response)
    page.goto(live.url + path.format(x="x"))
    page.wait_for_load_state("networkidle")
    assert len(sizes) > 2
    assert sum(sizes) < HEAVIEST
    assert page.locator("script:not([type=module], [defer])").count() == 0
    assert page.evaluate("performance.getEntriesByName('first-contentful-paint').length") == 1
    blocking = {
        resource["name"].rpartition("/")[2]
        for resource in page.evaluate(RESOURCES)
        if resource["renderBlockingStatus"] == "blocking"
    }
    assert blocking <= {"style.css", "swagger-ui.css"}


def test_it_can_be_read_without_scripts(browse: Open, live: Live) -> None:
    for path, page in each(browse, live, java_script_enabled=False):
        assert page.locator("h1").inner_text(), path
        assert len(page.locator("main").inner_text()) > (20 if path == "/nothing" else 200), path


def test_dark_is_dark_and_light_is_light(browse: Open, live: Live) -> None:
    shades = []
    for dark in (False, True):
        page = browse(live, "/model", dark=dark)
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g)")
        shades.append(sum(int(part) for part in paper))
    light, dark_shade = shades
    assert light > 700
    assert dark_shade < 100


def test_one_navigation_says_where_one_is(browse: Open, live: Live) -> None:
    page = browse(live)
    links = page.locator("nav a")
    for index in range(links.count()):
        links.nth(index).click()
        expect(links.nth(index)).to_have_attribute("aria-current", "page")
        assert page.locator("[aria-current=page]").count() == 1


def test_a_keyboard_reaches_the_content_first(browse: Open, live: Live) -> None:
    page = browse(live, "/batch_prediction")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "file"
