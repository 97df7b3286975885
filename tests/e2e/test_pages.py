"""Every page of the application: accessible, and never wider than a phone."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.core.web.test_pages_in_the_browser import too_small, violations
from tests.e2e.pages import Examples, make_examples, page_routes
from tests.e2e.world import World, signed_in_page

pytestmark = pytest.mark.one_engine

WIDTHS = (1280, 320)


@pytest.fixture(scope="module")
def examples(world: World) -> Examples:
    return make_examples(world)


@pytest.fixture(scope="module")
def page(browser: Browser, world: World, examples: Examples) -> Iterator[Page]:
    """One page for all: what is kept in its caches need not be fetched again."""
    page = signed_in_page(browser, world, examples.token)
    # The page that shows a second factor's secret has something to show only after this.
    page.request.post("/account/second-factor", headers={"Sec-Fetch-Site": "same-origin"})
    yield page
    page.context.close()


@pytest.mark.parametrize("route", page_routes())
def test_page_is_accessible_and_narrow_enough(
    page: Page, world: World, examples: Examples, route: str
) -> None:
    cookies = page.context.cookies()
    found = []
    try:
        for language in ("en", "fr", "de"):
            page.context.add_cookies([{"name": "language", "value": language, "url": world.url}])
            answer = open_it(page, examples.address(route))
            assert answer == 200, (route, page.url, answer)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    found.append(
                        f"{language} {width}: wider than the screen: {widest(page, width)}"
                    )
                if language == "en":
                    found += [f"{width}: {line}" for line in violations(page) + too_small(page)]
    finally:
        # What the page still asks for must not be answered as to somebody signed out.
        page.goto("about:blank")
        page.context.clear_cookies()
        page.context.add_cookies(cookies)  # type: ignore[arg-type]
    assert found == []


def open_it(page: Page, address: str) -> int | None:
    """Open an address; signed out if it is for those alone. The status of the answer."""
    answer = page.goto(address)
    if urlsplit(page.url).path != address:
        page.context.clear_cookies(name="session")
        answer = page.goto(address)
    return answer.status if answer else None


def widest(page: Page, width: int) -> list[str]:
    """What reaches beyond the right edge."""
    found: list[str] = page.evaluate(
        """(width) => [...document.querySelectorAll("main *, header *, footer *")]
           .filter((element) => element.getBoundingClientRect().right > width + 0.5)
           .map((element) => element.outerHTML.slice(0, 90)).slice(0, 3)""",
        width,
    )
    return found
