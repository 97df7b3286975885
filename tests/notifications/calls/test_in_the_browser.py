"""The call list in Chromium: one tap for what came of a call, and one to take it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from comptoir.core import clock
from comptoir.core.principal import Role
from tests import factories as make
from tests.browser import chromium
from tests.core.web.test_pages_in_the_browser import too_small, violations
from tests.databases import apart, copy_database, drop_database
from tests.e2e.world import World, sign_in, signed_in_page, the_world
from tests.notifications import rows


@pytest.fixture(scope="module")
def world(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    url = apart(copy_database(template, tmp_path_factory.mktemp("calls")))
    with the_world(url) as world:
        yield world
    apart(drop_database(url))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


async def somebody_to_call() -> str:
    site = await make.site(short_name="Le Relais")
    person = await make.borrower(
        site_id=site.id, name="Amina Diallo", phone="+41265550199", language="de"
    )
    await rows.message(
        now=clock.now(),
        site_id=site.id,
        borrower_id=person.id,
        channel="call",
        kind="overdue-call",
        language="de",
        text="Guten Tag",
    )
    return await sign_in(await make.user(role=Role.RECEPTION, site_id=site.id), site.id)


def test_a_call_is_written_down_taken_back_and_put_off(browser: Browser, world: World) -> None:
    page = signed_in_page(browser, world, world.run(somebody_to_call()), width=320)
    page.goto("/desk")
    page.get_by_role("link", name="1 person to call").click()
    expect(page.get_by_role("link", name="+41 26 555 01 99")).to_have_attribute(
        "href", "tel:+41265550199"
    )
    assert (violations(page), too_small(page)) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Reached").click()
    expect(page.get_by_text("Nobody is to be called.")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Call back (").click()
    expect(page.get_by_text("Nobody is to be called.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.locator("summary", has_text="Call back at another time").click()
    page.get_by_label("When").fill("2099-01-15T10:30")
    assert (violations(page), too_small(page)) == ([], [])
    page.get_by_role("button", name="Call back then").click()
    field = page.get_by_label("When")
    expect(field).to_have_value("2099-01-15T10:30")
    expect(page.locator("details[open] .problem")).to_contain_text("within the next 60 days")
    assert (violations(page), too_small(page)) == ([], [])
    page.get_by_role("link", name="Choose a time within").click()
    expect(field).to_be_focused()
    field.fill((clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT10:30"))
    page.get_by_role("button", name="Call back then").click()
    page.get_by_role("link", name="Later (1)").click()
    expect(page.get_by_text("Last call: Call back")).to_be_visible()


async def long_address() -> str:
    site = await make.site(short_name="Le Relais")
    address = "personne-au-nom-tres-long@courriel-de-quartier.example"
    await rows.message(now=clock.now(), site_id=site.id, channel="email", address=address)
    return await sign_in(await make.user(role=Role.COORDINATOR, site_id=site.id), site.id)


def test_the_list_of_messages_fits_a_telephone(browser: Browser, world: World) -> None:
    page = signed_in_page(browser, world, world.run(long_address()), width=320)
    page.goto("/messages?state=all")
    expect(page.get_by_text("personne-au-nom-tres-long")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
