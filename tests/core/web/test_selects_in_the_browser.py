"""The text of a select is not cut off, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from comptoir.core.principal import Role
from tests import factories as make
from tests.browser import chromium
from tests.databases import apart, copy_database, drop_database
from tests.e2e.world import World, sign_in, signed_in_page, the_world
from tests.lending.counter import Desk

pytestmark = pytest.mark.one_engine

#: How many pixels the longest text of a select has too few.
_LACKING = """select => {
  const style = getComputedStyle(select);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const wanted = Math.max(...[...select.options].map(each => pen.measureText(each.text).width));
  const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
  return Math.max(0, wanted - (select.clientWidth - padding));
}"""


@pytest.fixture(scope="module")
def world(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    url = apart(copy_database(template, tmp_path_factory.mktemp("selects")))
    with the_world(url) as world:
        yield world
    apart(drop_database(url))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def lacking(page: Page, name: str) -> float:
    found: float = page.locator(f'select[name="{name}"]').evaluate(_LACKING)
    return found


@pytest.mark.parametrize("language", ["fr", "de", "it", "en"])
def test_ways_to_print_a_card_are_read_whole(browser: Browser, world: World, language: str) -> None:
    desk = world.run(Desk().set_up())
    user = world.run(make.user(role=Role.COORDINATOR, site_id=desk.site.id))
    token = world.run(sign_in(user, desk.site.id))
    page = signed_in_page(browser, world, token, 1280, language)
    page.goto(f"/borrowers/{desk.borrower.id}")
    if page.locator('select[name="format"]').count() == 0:
        page.locator('form[action$="/card"] button').click()
    assert lacking(page, "format") == 0
    page.context.close()


def test_a_sites_name_is_read_whole_on_a_phone(browser: Browser, world: World) -> None:
    site = world.run(make.site(name="Comptoir de Châtel-Saint-Denis"))
    world.run(make.site(name="Comptoir d’Estavayer-le-Lac"))
    user = world.run(make.user(role=Role.COORDINATOR))
    token = world.run(sign_in(user, site.id))
    page = signed_in_page(browser, world, token, 320)
    for path in ("/rota", "/items"):
        page.goto(path)
        assert lacking(page, "site") == 0, path
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.context.close()
