"""The documentation pages: both applications, every asset from us, nothing from the internet."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from openapi_spec_validator import validate

from tests.conftest import World
from tests.contract import documents

PAGES = {"/docs": "backend", "/docs/network": "network"}
ELSEWHERE = re.compile(r"""["'(]\s*(https?:)?//""", re.IGNORECASE)


class Assets(HTMLParser):
    """What a page makes a browser fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if value and (name == "src" or (name == "href" and tag == "link"))}


@pytest.mark.parametrize("path", PAGES)
async def test_the_page_and_all_it_fetches_come_from_us(region: World, path: str) -> None:
    async with region.client(checked=False) as client:
        page = await client.get(path)
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert not ELSEWHERE.search(page.text)
        assets = Assets(page.text).found
        assert any(a.endswith(".js") for a in assets)
        assert any(a.endswith(".css") for a in assets)
        for asset in assets:
            answer = await client.get(urljoin(path, asset))
            assert answer.status_code == 200, asset
            assert len(answer.content) > 500, asset
            if asset.endswith(".css"):
                fetched = re.findall(r"url\(([^)]+)\)|@import\s+(\S+)", answer.text)
                assert all(where.strip("\"' ").startswith("data:") for where, _ in fetched), "a style fetches something more"


@pytest.mark.parametrize(("path", "name"), PAGES.items())
async def test_the_page_shows_the_committed_document(region: World, path: str, name: str) -> None:
    async with region.client(checked=False) as client:
        page = await client.get(path)
        (shown,) = re.findall(r"""url:\s*['"]([^'"]+)['"]""", page.text)
        document = await client.get(urljoin(path, shown))
        assert document.status_code == 200
        assert document.json() == documents()[name]
        validate(document.json())


async def test_no_other_page_is_there(region: World) -> None:
    async with region.client(checked=False) as client:
        for path in ("/docs/other", "/docs/assets/../../settings.py", "/docs/assets/none.js", "/openapi/other.json"):
            assert (await client.get(path)).status_code == 404, path
