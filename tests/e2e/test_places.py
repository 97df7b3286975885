"""The public pages in a browser without JavaScript, as wide as an old phone."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from tests import factories as make
from tests.browser import open_page
from tests.core.web.test_pages_in_the_browser import too_small, violations
from tests.e2e.world import World

pytestmark = pytest.mark.one_engine


@pytest.fixture(scope="module")
def place(world: World) -> UUID:
    site = world.run(
        make.site(
            published=True,
            offers="wifi digital-skills-workshop",
            latitude=46.8,
            longitude=7.15,
            transport="Bus 2",
            opening_hours="Mo-Su 09:00-12:00",
        )
    )
    return UUID(str(site.id))


@pytest.mark.parametrize("language", ["fr", "de", "it", "en"])
@pytest.mark.parametrize("width", [1280, 320])
def test_public_pages_work_without_javascript(
    browser: Browser, world: World, place: UUID, width: int, language: str
) -> None:
    page = open_page(browser, world.url, width, java_script_enabled=False)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/places?lang={language}")
    page.select_option("#offer", "wifi")
    page.fill("#postcode", "1700")
    page.click("form button")
    page.click("h3 a")
    expect(page.locator("h1")).to_have_text("Comptoir de Fribourg")
    expect(page.locator(".today .now")).to_be_visible()
    assert page.get_attribute("html", "lang") == language
    assert page.context.cookies() == []
    assert all(url.startswith(world.url) for url in asked)
    page.context.close()


@pytest.mark.parametrize(
    "path", ["/places/{place}", "/places", "/t/{code}", "/b/{code}", "/places/x"]
)
def test_what_a_visitor_or_finder_opens_comes_in_three_small_answers(
    browser: Browser, world: World, place: UUID, path: str
) -> None:
    """Also where the browser runs scripts: there are none to fetch."""
    code = world.run(make.item(site_id=place)).code
    page = open_page(browser, world.url, 320)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[int] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path.format(place=place, code=code), wait_until="networkidle")
    assert len(sizes) == 3
    assert sum(sizes) < 15_000
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_public_pages_are_accessible_and_the_browser_blocks_nothing(
    browser: Browser, world: World, place: UUID, width: int, scheme: str
) -> None:
    page = open_page(browser, world.url, width, color_scheme=scheme)
    code = world.run(make.item(site_id=place)).code
    paths = ["/places", "/places?postcode=x", f"/places/{place}", f"/places/{place}?lang=de"]
    paths += ["/places/nowhere", f"/t/{code}", f"/b/{code}?lang=it", "/t/nonsense"]
    for path in paths:
        page.goto(path)
        assert violations(page) + too_small(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.context.cookies() == []
    page.context.close()
