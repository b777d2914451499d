"""Several models of one service, over HTTP, under each of the three servers and in a browser."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from playbook.golden_rows import GoldenRows
from playbook.verify import verify
from Task2_model.artifact import SealedModel
from Task3_api.server.servers import SERVERS
from tests.browser import PHONE, Open
from tests.live import Live, own_port, start

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are of POSIX")


@pytest.fixture(scope="module", params=SERVERS)
def served(request: pytest.FixtureRequest, several: Path, home: Path) -> Iterator[Live]:
    port = own_port()
    options = ["--port", str(port), "--server", request.param]
    live = start(["-m", "tablecast", "serve", "--models", str(several), *options], port, home)
    yield live
    out, log = live.stop()
    assert f"at http://127.0.0.1:{port}/houses/" in out
    assert "Not serving clients: " in out
    assert "DELETE /houses/batch_prediction 405" in out
    assert "Traceback" not in log


def test_each_answers_below_its_name(served: Live) -> None:
    for name, x in (("houses", 1800), ("births", 30)):
        status, body = served.ask("GET", f"/{name}/predict?x={x}")
        assert (status, json.loads(body)["model"]["dataset"]) == (200, name)
    assert served.ask("GET", "/predict?x=1800")[0] == 404
    assert served.ask("DELETE", "/houses/batch_prediction")[0] == 405


def test_one_that_cannot_be_opened_leaves_the_others_alone(served: Live) -> None:
    status, body = served.ask("GET", "/clients/predict?x=1")
    assert status == 503
    assert b"clients is not served: " in body
    assert list(json.loads(served.ask("GET", "/readyz")[1])["not_served"]) == ["clients"]
    assert b"Not served<" in served.ask("GET", "/")[1]


def test_a_file_is_answered(served: Live) -> None:
    table = b"living_area\n" + b"1800\n" * 20_000  # more than is held in memory
    headers = {"Content-Type": "text/csv"}
    status, body = served.ask("POST", "/houses/batch_prediction", body=table, headers=headers)
    assert (status, body.count(b"\r\n1800,")) == (200, 20_000)


def test_verify_asks_one_of_them(served: Live, sealed: Path) -> None:
    golden = GoldenRows.of_seal(SealedModel.open(sealed))
    assert verify(f"{served.url}/houses", golden) == len(golden.rows)
    assert GoldenRows.of_service(f"{served.url}/houses/") == golden


@pytest.fixture(scope="module")
def named(several: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Those that are named, in a home that has them."""
    home = tmp_path_factory.mktemp("home_of_several")
    (home / "models").symlink_to(several)
    port = own_port()
    names = ["houses", "clients", "births"]
    live = start(["-m", "tablecast", "serve", *names, "--port", str(port)], port, home)
    yield live
    live.stop()


@pytest.mark.parametrize(("dark", "phone"), [(False, False), (True, True)])
def test_the_page_that_lists_them_has_no_barrier(
    browse: Open, named: Live, dark: bool, phone: bool
) -> None:
    page = browse(named, "/", dark=dark, **({"viewport": PHONE} if phone else {}))
    expect(page.locator(".models > li")).to_have_count(3)
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_form_below_a_name_answers_while_one_types(browse: Open, named: Live) -> None:
    page = browse(named, "/")
    page.get_by_role("link", name="What is a house in Saratoga County worth?").click()
    with page.expect_response(lambda response: "/houses/answer?living_area=1800" in response.url):
        page.get_by_label("Living area", exact=True).press_sequentially("1800")
    expect(page.locator("#answer [data-slot=value]")).to_contain_text("$")
    assert page.url == f"{named.url}/houses/?living_area=1800"
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Predict").click()
    expect(page.locator("#answer [data-slot=value]")).to_contain_text("$")
    page.get_by_role("link", name="All models").click()
    expect(page.locator("h1")).to_have_text("3 models")
