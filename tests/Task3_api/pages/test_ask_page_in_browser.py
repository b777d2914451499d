"""The first page in a real browser: as one types, without a mouse, without JavaScript, shared."""

from __future__ import annotations

import re
import urllib.parse

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import PHONE, Open
from tests.live import Live

VALUE = "#answer [data-slot=value]"
OVERFLOWING = """selector => [...document.querySelectorAll(selector)]
    .filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"""


def predicted(live: Live, query: str) -> str:
    """The prediction as the page writes it."""
    status, body = live.ask("GET", f"/predict?{query}")
    assert status == 200
    price = re.search(rb'"prediction":\s*([0-9.]+)', body)
    assert price
    return f"${float(price[1]):,.0f}"


def test_the_answer_comes_while_one_types(page: Page, live: Live) -> None:
    expect(page.locator(".invitation")).to_be_visible()
    with page.expect_response(lambda response: "/answer?living_area=1800" in response.url):
        page.get_by_label("Living area", exact=True).press_sequentially("1800")
    expect(page.locator(VALUE)).to_have_text(predicted(live, "x=1800"))
    with page.expect_response(lambda response: "heating=electric" in response.url):
        page.get_by_label("Heating", exact=True).select_option("electric")
    expect(page.locator(VALUE)).to_have_text(predicted(live, "x=1800&heating=electric"))
    expect(page.locator(".why tbody tr")).to_have_count(4)
    expect(page.locator("#announcement")).to_contain_text(
        predicted(live, "x=1800&heating=electric")
    )
    page.get_by_label("Living area", exact=True).fill("")
    page.get_by_label("Heating", exact=True).select_option("")
    expect(page.locator(".invitation")).to_be_visible()
    assert page.url == f"{live.url}/"


def test_what_is_typed_before_the_script_has_come_is_answered_once_it_has(
    browse: Open, live: Live
) -> None:
    page = browse(live, "/status")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/ask.js*", hold)
    page.goto("/", wait_until="commit")
    page.get_by_label("Living area", exact=True).fill("1800")
    page.get_by_label("Heating", exact=True).select_option("electric")
    expect(page.locator(".invitation")).to_be_visible()
    held[0].continue_()
    expect(page.locator(VALUE)).to_have_text(predicted(live, "x=1800&heating=electric"))


def test_the_address_is_the_question(page: Page, browse: Open, live: Live) -> None:
    page.get_by_label("Living area", exact=True).fill("2400")
    page.get_by_label("Fuel", exact=True).select_option("oil")
    expect(page.locator(".why tbody tr")).to_have_count(4)
    assert page.url == f"{live.url}/?living_area=2400&fuel=oil"
    shared = browse(live, page.url, java_script_enabled=False)
    assert shared.locator(VALUE).inner_text() == page.locator(VALUE).inner_text()
    assert shared.get_by_label("Fuel", exact=True).input_value() == "oil"
    plain, scripted = (one.locator("#answer").inner_html() for one in (shared, page))
    assert plain.replace(' hidden=""', "") == scripted.replace(' hidden=""', "")


def test_without_javascript_the_button_does_it(browse: Open, live: Live) -> None:
    page = browse(live, java_script_enabled=False)
    page.get_by_label("Living area", exact=True).fill("1800")
    page.get_by_label("Bedrooms", exact=True).fill("3")
    page.get_by_role("button", name="Predict").click()
    assert page.url == f"{live.url}/?living_area=1800&bedrooms=3"
    assert page.locator(VALUE).inner_text() == predicted(live, "x=1800&bedrooms=3")
    assert page.locator(".curve").is_visible()
    assert page.locator(".why").is_visible()


def test_the_range_is_as_sure_as_one_chooses(page: Page, live: Live) -> None:
    page.get_by_label("Living area", exact=True).fill("1800")
    expect(page.locator(".sure")).to_contain_text("90\N{NO-BREAK SPACE}% sure")
    wide = page.locator("[data-slot=upper]").inner_text()
    page.get_by_label("How sure", exact=True).select_option("0.5")
    expect(page.locator(".sure")).to_contain_text("50\N{NO-BREAK SPACE}% sure")
    assert page.url == f"{live.url}/?living_area=1800&confidence=0.5"
    assert page.locator("[data-slot=upper]").inner_text() != wide
    expect(page.locator(VALUE)).to_have_text(predicted(live, "x=1800"))


def test_without_a_mouse(page: Page, live: Live) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(page.locator(".examples a").count()):
        page.keyboard.press("Tab")
        expect(page.locator(".examples a:focus")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Living area", exact=True)).to_be_focused()
    page.keyboard.type("1800")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Living area", exact=True)).to_have_value("1850")
    expect(page.locator(VALUE)).to_have_text(predicted(live, "x=1850"))
    page.keyboard.press("Enter")
    expect(page.locator(".why tbody tr")).to_have_count(3)
    first = page.locator(".next a").first
    first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label(first.inner_text(), exact=True)).to_be_focused()


def test_a_new_answer_leaves_the_focus_where_it_was(browse: Open, live: Live) -> None:
    page = browse(live, "/?living_area=1800")
    link = page.locator(".next a").first
    link.focus()
    page.evaluate("document.querySelector('#answer').dataset.old = ''")
    page.evaluate("document.querySelector('#ask').requestSubmit()")
    expect(page.locator("#answer")).not_to_have_attribute("data-old", "")
    expect(link).to_be_focused()


def test_what_is_wrong_stands_at_its_entry(browse: Open, live: Live) -> None:
    page = browse(live, "/?living_area=1800")
    bedrooms = page.get_by_label("Bedrooms", exact=True)
    bedrooms.fill("4e38")
    error = page.locator("#field-bedrooms-notes .error")
    expect(error).to_have_text("Bedrooms is too large a number: '4e38'")
    expect(bedrooms).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#answer")).to_have_attribute("data-stale", "")
    expect(page.locator("#stale")).to_have_text("For what was told before")
    assert predicted(live, "x=1800") == page.locator(VALUE).inner_text()
    bedrooms.fill("2")
    expect(error).to_have_count(0)
    expect(page.locator(VALUE)).to_have_text(predicted(live, "x=1800&bedrooms=2"))
    expect(page.locator("#answer")).not_to_have_attribute("data-stale", "")
    expect(page.locator("#stale")).to_be_hidden()
    bedrooms.press("End")
    bedrooms.press("e")
    expect(error).to_contain_text("leave “e” out")
    assert predicted(live, "x=1800&bedrooms=2") == page.locator(VALUE).inner_text()


@pytest.mark.parametrize("scripted", [True, False])
def test_what_was_typed_is_read_and_what_is_unclear_is_asked(
    browse: Open, live: Live, scripted: bool
) -> None:
    page = browse(live, java_script_enabled=scripted, failing="age=1%2C234")
    page.get_by_label("Lot size", exact=True).fill("0,5")
    page.get_by_label("Age", exact=True).fill("1,234")
    if not scripted:
        page.get_by_role("button", name="Predict").click()
    expect(page.locator("#field-lot_size-reading")).to_have_text("read as 0.5 acres")
    expect(page.get_by_label("Age", exact=True)).to_have_attribute("aria-invalid", "true")
    assert page.locator(VALUE).count() == 0
    page.get_by_role("link", name="1.234 years").click()
    expect(page.locator("#field-age-reading")).to_have_text("read as 1.234 years")
    expect(page.locator(VALUE)).to_have_text(predicted(live, "lot_size=0.5&age=1.234"))
    assert page.get_by_label("Age", exact=True).get_attribute("aria-invalid") is None
    assert page.url == f"{live.url}/?lot_size=0%2C5&age=1.2340"


def test_an_answer_is_marked_while_a_new_one_is_under_way(browse: Open, live: Live) -> None:
    page = browse(live, "/?living_area=1800")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/answer?*", hold)
    page.get_by_label("Bedrooms", exact=True).fill("2")
    expect(page.locator("#stale")).to_have_text("Working it out anew")
    expect(page.locator("#stale")).to_be_visible()
    expect(page.locator(".value")).to_have_css("opacity", "0.45")
    page.wait_for_timeout(300)
    held[0].continue_()
    expect(page.locator(VALUE)).to_have_text(predicted(live, "x=1800&bedrooms=2"))
    expect(page.locator("#stale")).to_be_hidden()


def test_a_service_that_is_gone_is_reported_and_tried_again(browse: Open, live: Live) -> None:
    page = browse(live, "/?living_area=1700", failing="/answer")
    page.route("**/answer?*", lambda route: route.abort())
    page.get_by_label("Living area", exact=True).fill("1800")
    expect(page.locator("#problem")).to_contain_text("The service cannot be reached.")
    expect(page.locator("#stale")).to_have_text("For what was told before")
    page.unroute("**/answer?*")
    page.route("**/answer?*", lambda route: route.fulfill(status=503))
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#problem")).to_contain_text("could not answer (status 503)")
    page.unroute("**/answer?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(VALUE)).to_have_text(predicted(live, "x=1800"))
    expect(page.locator("#problem .error")).to_have_count(0)
    expect(page.locator("#stale")).to_be_hidden()


def test_an_old_answer_never_overtakes_a_new_one(page: Page, live: Live) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/answer?living_area=1000", hold)
    page.get_by_label("Living area", exact=True).fill("1000")
    page.wait_for_timeout(500)
    assert len(held) == 1
    page.get_by_label("Living area", exact=True).fill("3000")
    expect(page.locator(VALUE)).to_have_text(predicted(live, "x=3000"))
    held[0].continue_()
    page.wait_for_timeout(300)
    expect(page.locator(VALUE)).to_have_text(predicted(live, "x=3000"))


@pytest.mark.parametrize("scripted", [True, False])
def test_an_answer_is_pinned_and_one_thing_changed(
    browse: Open, live: Live, scripted: bool
) -> None:
    page = browse(live, "/?living_area=1800", java_script_enabled=scripted)
    pinned = page.locator(VALUE).inner_text()
    page.get_by_role("link", name="Pin to compare").click()
    expect(page.locator(".compared .caption")).to_contain_text("the same question")
    page.get_by_label("Bedrooms", exact=True).fill("5")
    if not scripted:
        page.get_by_role("button", name="Predict").click()
    price = page.locator(".compared tbody tr").first
    expect(price.locator("td").nth(0)).to_have_text(pinned)
    expect(price.locator("td").nth(1)).to_have_text(predicted(live, "x=1800&bedrooms=5"))
    expect(page.locator(".compared .changed")).to_contain_text("Bedrooms")
    page.set_viewport_size(PHONE)
    assert page.evaluate(OVERFLOWING, ".compared :is(th, td)") == []
    assert page.url.endswith("/?living_area=1800&bedrooms=5&pinned-answer=living_area%3D1800")
    page.get_by_role("link", name="Unpin").click()
    expect(page.locator(".compared")).to_have_count(0)
    assert page.url == f"{live.url}/?living_area=1800&bedrooms=5"


def test_an_answer_is_copied_as_text_and_as_a_link(browse: Open, live: Live) -> None:
    page = browse(live, "/?living_area=1,800", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_text("Copy", exact=True).click()
    page.get_by_role("button", name="Copy the text").click()
    text = page.evaluate("navigator.clipboard.readText()")
    lines = text.replace("\N{NO-BREAK SPACE}", " ").splitlines()
    assert lines[0].startswith(f"Price: {page.locator(VALUE).inner_text()} (90 % sure: $")
    assert lines[1] == "Living area: 1,800 sq ft"
    assert lines[2].startswith("Model houses 20")
    assert lines[3] == f"{live.url}/?living_area=1%2C800"
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied")).to_have_count(2)
    assert page.evaluate("navigator.clipboard.readText()") == lines[3]
    page.get_by_label("Bedrooms", exact=True).fill("3")  # what is open stays so
    expect(page.get_by_label("To be sent to somebody")).to_have_value(re.compile("Bedrooms: 3"))
    expect(page.get_by_label("To be sent to somebody")).to_be_visible()


def test_without_a_clipboard_the_text_is_marked(browse: Open, live: Live) -> None:
    page = browse(live, "/?living_area=1800")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject() }")
    page.get_by_text("Copy", exact=True).click()
    page.get_by_role("button", name="Copy the text").click()
    expect(page.get_by_role("button", name="copy it by hand")).to_be_visible()
    assert page.evaluate("getSelection().toString()").startswith("Price: $")


def test_on_paper_stands_what_was_told_and_answered(browse: Open, live: Live) -> None:
    page = browse(live, "/?living_area=1800&fuel=oil", dark=True)
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("#field-living_area-reading")).to_be_visible()
    expect(page.get_by_label("Fuel", exact=True)).to_be_visible()
    left = [
        page.locator(one).bounding_box() for one in ("#field-living_area-reading", "#field-fuel")
    ]
    assert left[0]
    assert left[1]
    assert left[0]["x"] == pytest.approx(left[1]["x"], abs=10)  # one below the other
    for hidden in (
        page.get_by_label("Bedrooms", exact=True),
        page.locator("nav"),
        page.locator(".tools"),
    ):
        expect(hidden).to_be_hidden()
    expect(page.locator(VALUE)).to_be_visible()
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
    page.emulate_media(media="screen")
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")


@pytest.mark.parametrize("viewport", [{"width": 320, "height": 568}, {"width": 320, "height": 225}])
def test_no_part_of_the_range_is_cut(browse: Open, live: Live, viewport: dict[str, int]) -> None:
    """A small phone, and a desk at 400 %."""
    page = browse(live, "/?living_area=5000", viewport=viewport)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    for part in page.locator(".headline :is(.value, .sure, .sure b)").all():
        cut = part.evaluate("(part) => part.scrollWidth > part.clientWidth && part.clientWidth")
        assert not cut
        box = part.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
    if viewport["height"] < 300:
        assert (
            page.locator(".headline").evaluate("(it) => getComputedStyle(it).position") == "static"
        )


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_the_answer_stays_in_sight_and_covers_no_entry(
    browse: Open, live: Live, dark: bool
) -> None:
    page = browse(live, "/?living_area=1800", dark=dark, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    headline = page.locator(".headline")
    for label in ("Lot size", "College graduates nearby", "Rooms", "Sewer", "Central air"):
        page.get_by_label(label, exact=True).focus()
        page.wait_for_timeout(100)
        entry, answer = page.get_by_label(label, exact=True).bounding_box(), headline.bounding_box()
        assert entry
        assert answer
        assert 0 <= entry["y"] < entry["y"] + entry["height"] <= PHONE["height"]
        assert answer["y"] + answer["height"] <= PHONE["height"]
        assert entry["y"] + entry["height"] <= answer["y"], label
        assert answer["height"] < PHONE["height"] / 7


def test_dark_is_dark(browse: Open, live: Live) -> None:
    lightness = "getComputedStyle(document.querySelector('.verdict')).backgroundColor"
    path = "/?living_area=1800"
    light, dark = (browse(live, path, dark=dark).evaluate(lightness) for dark in (False, True))
    assert sum(map(int, re.findall(r"\d+", light))) > 700
    assert sum(map(int, re.findall(r"\d+", dark))) < 150


def test_a_loan(browse: Open, clients_live: Live) -> None:
    page = browse(clients_live)
    page.get_by_label("Amount", exact=True).fill("1000")
    page.get_by_label("Job", exact=True).select_option("partime")
    expect(page.locator(".why tbody tr")).to_have_count(4)
    expect(page.locator("[data-slot=of]")).to_have_text("turned bad")
    expect(page.locator(".headline .sure")).to_contain_text("cases like this")
    expect(page.locator(".why")).to_contain_text("Job partime")
    assert re.fullmatch(r"\d+\s%", page.locator(VALUE).inner_text())
    expect(page.locator("[data-slot=label]")).to_contain_text("from 33\N{NO-BREAK SPACE}% on")
    assert page.locator(".chart.probability").is_visible()


@pytest.mark.parametrize("scripted", [True, False])
def test_what_another_threshold_would_cost(
    browse: Open, clients_live: Live, scripted: bool
) -> None:
    page = browse(clients_live, "/?amount=1000&job=partime", java_script_enabled=scripted)
    first = page.locator(".costs tbody tr").first
    expect(first.locator("th")).to_have_text(re.compile("33.% as set"))
    before = first.inner_text()
    slider = page.get_by_label("from here on")
    if not scripted:
        assert slider.is_hidden()
        return
    slider.press("End")
    expect(first.locator("th")).to_have_text(re.compile("100.% tried"))
    never = page.locator(".costs tbody tr").last.locator("td").all_inner_texts()
    assert first.locator("td").all_inner_texts() == never
    expect(page.locator("#called")).to_have_text(re.compile(r"is\s+not called “turned bad”"))
    page.get_by_label("Job", exact=True).select_option("fixed")  # another answer keeps it
    expect(page.locator(".why")).to_contain_text("Job fixed")
    expect(first.locator("th")).to_have_text(re.compile("100.% tried"))
    page.get_by_label("Job", exact=True).select_option("partime")
    expect(page.locator(".why")).to_contain_text("Job partime")
    slider.fill("33")
    expect(first.locator("th")).to_have_text(re.compile("33.% as set"))
    assert first.inner_text() == before


def test_a_birth(browse: Open, births_live: Live) -> None:
    page = browse(births_live, "/?mother_age=30", viewport=PHONE)
    page.get_by_label("Smoking", exact=True).select_option("smoker")
    expect(page.locator(".why tbody tr")).to_have_count(4)
    assert page.url.endswith("/?mother_age=30&smoking=smoker")
    assert re.fullmatch(r"\d+\s%", page.locator(VALUE).inner_text())
    expect(page.locator("[data-slot=set]")).to_contain_text("“")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}])
def test_hostile_texts_are_shown_as_text(
    browse: Open, hostile_live: Live, viewport: dict[str, int]
) -> None:
    page = browse(hostile_live, viewport=viewport)
    entries = page.locator(".fields select")
    for index in range(entries.count()):
        entries.nth(index).select_option(index=1)
    for entry in page.locator(".fields input").all():
        entry.fill("1")
    count = page.locator(".fields :is(input, select)").count()
    expect(page.locator(".why tbody tr")).to_have_count(count + 2)
    query = urllib.parse.urlsplit(page.url).query
    assert len(urllib.parse.parse_qsl(query)) == count
    assert page.locator("#answer script, #answer img, #answer [onerror]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
