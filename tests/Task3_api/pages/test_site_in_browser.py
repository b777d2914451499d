"""Every page, for everyone: on a phone and a desk, in light and dark, for every dataset."""

from __future__ import annotations

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
paths = pytest.mark.parametrize("path", PAGES)


def opened(browse: Open, live: Live, path: str, x: str = "x", **options: Any) -> Page:
    """A page with every part of it open."""
    page = browse(live, path.format(x=x), failing="/nothing", **options)
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    if path == "/docs":
        expect(page.locator(".opblock").first).to_be_visible()
    return page


@pytest.mark.parametrize(
    ("viewport", "dark"),
    [
        look if look in (LOOKS[0], LOOKS[3]) else pytest.param(*look, marks=pytest.mark.slow)
        for look in LOOKS
    ],
    ids=LOOK_NAMES,
)
@paths
def test_it_has_no_barrier(
    browse: Open, live: Live, path: str, viewport: dict[str, int], dark: bool
) -> None:
    page = opened(browse, live, path, viewport=viewport, dark=dark)
    violations = Axe().run(page).response["violations"]
    assert [describe(violation) for violation in violations] == []
    assert page.evaluate(OVERFLOW) <= 0


@pytest.mark.parametrize(("viewport", "dark"), [LOOKS[0], LOOKS[3]])
def test_what_a_threshold_costs_has_no_barrier(
    browse: Open, clients_live: Live, viewport: dict[str, int], dark: bool
) -> None:
    page = opened(browse, clients_live, "/?x=1000", viewport=viewport, dark=dark)
    expect(page.get_by_label("from here on")).to_be_visible()
    violations = Axe().run(page).response["violations"]
    assert [describe(violation) for violation in violations] == []


def describe(violation: dict[str, Any]) -> str:
    nodes = "; ".join(str(node["html"]) for node in violation["nodes"])
    return f"{violation['id']}: {violation['help']}: {nodes}"


@pytest.mark.parametrize("dataset", ["clients_live", "births_live", "hostile_live"])
@paths
def test_it_is_no_wider_than_a_phone(
    browse: Open, dataset: str, path: str, request: pytest.FixtureRequest
) -> None:
    live: Live = request.getfixturevalue(dataset)
    x = "size" if dataset == "hostile_live" else "x"
    page = opened(browse, live, path, x, viewport=PHONE)
    assert page.evaluate(OVERFLOW) <= 0
    page.set_viewport_size(DESKTOP)
    assert page.evaluate(OVERFLOW) <= 0


@paths
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


@paths
def test_it_can_be_read_without_scripts(browse: Open, live: Live, path: str) -> None:
    page = browse(live, path.format(x="x"), failing="/nothing", java_script_enabled=False)
    assert page.locator("h1").inner_text()
    assert len(page.locator("main").inner_text()) > (20 if path == "/nothing" else 200)


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
