"""All pages: nothing inline, made for everyone, and every link leads somewhere."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.Task3_api.html import one, parsed

PAGES = [
    "/",
    "/?living_area=1800",
    "/?x=1,900&age=9999&pinned-answer=x%3D1800",
    "/single_prediction",
    "/batch_prediction",
    "/questions",
]
PAGES += ["/report", "/model", "/docs", "/status", "/versions", "/watch", "/?living_area=x&y=1"]

YEAR = re.compile("(19|20)[0-9]{2}")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_and_styles_nothing_inline(client: FlaskClient, path: str) -> None:
    soup = parsed(client.get(path), 400 if "y=" in path else 200)
    assert not soup.select("style, [style], script:not([src])")
    assert not [name for tag in soup.select("*") for name in tag.attrs if name.startswith("on")]
    outside = [tag for tag in soup.select("[src], [href]") if "//" in str(tag.attrs)]
    assert not outside


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_made_for_everyone(client: FlaskClient, path: str) -> None:
    soup = parsed(client.get(path), 400 if "y=" in path else 200)
    assert one(soup, "html")["lang"] == "en"
    assert one(soup, "h1").get_text(strip=True)
    assert one(soup, "title").get_text(strip=True).endswith("· Tablecast")
    for landmark in ("header", "nav[aria-label]", "main", "footer"):
        one(soup, landmark)
    for entry in soup.select("input:not([type=hidden]), select, textarea"):
        assert one(soup, f"label[for={entry['id']}]").get_text(strip=True)
    names = [tag["id"] for tag in soup.select("[id]")]
    assert {str(tag["href"])[1:] for tag in soup.select("[href^='#']")} <= set(names)
    assert len(names) == len(set(names))
    for tag in soup.select("[aria-describedby], [aria-labelledby]"):
        ids = str(tag.get("aria-describedby") or tag.get("aria-labelledby")).split()
        assert set(ids) <= set(names)


@pytest.mark.parametrize("path", PAGES)
def test_a_count_has_separators(client: FlaskClient, path: str) -> None:
    soup = BeautifulSoup(client.get(path).text, "html.parser")
    for tag in soup.select("script, code, pre, [data-copy], [hidden]"):
        tag.decompose()
    bare = re.findall(r"(?<![\w.,:/=-])\d{4,}(?![\w:=-])", soup.get_text(" "))
    assert not [number for number in bare if not YEAR.fullmatch(number)]


def test_every_link_leads_somewhere(client: FlaskClient) -> None:
    seen: set[str] = set()
    for path in PAGES:
        for tag in BeautifulSoup(client.get(path).text, "html.parser").select("[href], [src]"):
            seen.add(str(tag.get("href") or tag.get("src")))
    for address in {address for address in seen if not address.startswith("#")}:
        with client.get(address) as response:
            assert response.status_code == 200, address


@pytest.mark.parametrize("path", ["/questions", "/report", "/model", "/status", "/docs"])
def test_a_model_sealed_without_a_report_has_its_pages(classifier: FlaskClient, path: str) -> None:
    assert one(parsed(classifier.get(path)), "h1")
