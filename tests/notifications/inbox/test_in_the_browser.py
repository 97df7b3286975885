"""Replies at the desk, in Chromium: seen in the menu, read, answered, done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from httpx import AsyncClient
from playwright.sync_api import Browser, expect

from comptoir.core.principal import Role
from tests import factories as make
from tests.browser import chromium
from tests.core.web.test_pages_in_the_browser import too_small, violations
from tests.databases import apart, copy_database, drop_database
from tests.e2e.world import World, sign_in, signed_in_page, the_world
from tests.notifications.hook import SECRET, reply

NUMBER = "+41791234567"


@pytest.fixture(scope="module")
def world(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    url = apart(copy_database(template, tmp_path_factory.mktemp("inbox")))
    with the_world(url) as world:
        yield world
    apart(drop_database(url))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


async def told(url: str, words: str, sender: str) -> None:
    async with AsyncClient(base_url=url) as client:
        assert (await reply(client, words.encode(), sender=sender)).status_code == 200


async def desk(name: str, phone: str) -> str:
    """A receptionist's session at the site of somebody with a phone."""
    site = await make.site(short_name="Le Relais", phone="+41265550110")
    await make.borrower(
        site_id=site.id, name=name, phone=phone, contact_kind="phone", language="fr"
    )
    return await sign_in(await make.user(role=Role.RECEPTION, site_id=site.id), site.id)


@pytest.mark.parametrize("width", [1280, 320])
def test_what_somebody_wrote_is_read_and_answered(
    browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COMPTOIR_KANNEL_SECRET", SECRET)
    number = NUMBER[:-4] + f"{width:04}"
    token = world.run(desk(f"Selam Tesfay {width}", number))
    words = "Bonjour, je suis à l’hôpital, " + "je reviens bientôt " * 12
    world.run(told(world.url, words, number))
    page = signed_in_page(browser, world, token, width=width)
    page.goto("/replies")
    if width > 1000:
        menu = page.get_by_role("navigation", name="Main menu")
        expect(menu.get_by_role("link", name="Replies")).to_contain_text("1")
    assert (violations(page), too_small(page)) == ([], [])
    page.get_by_role("link", name=f"Read Selam Tesfay {width}").click()
    expect(page.locator(".theirs .said")).to_contain_text("je suis à l’hôpital")
    assert (violations(page), too_small(page)) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("Answer by SMS").fill("Bon rétablissement. Rien ne presse.")
    page.get_by_role("button", name="Send").click()
    page.goto("/replies")
    expect(page.locator("main")).to_contain_text("Nobody waits for an answer.")


def test_a_wish_to_be_called_is_marked_and_done_by_keyboard(
    browser: Browser, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPTOIR_KANNEL_SECRET", SECRET)
    token = world.run(desk("Marco Ferrari", "+41791230001"))
    world.run(told(world.url, "AIDE", "+41791230001"))
    page = signed_in_page(browser, world, token)
    page.goto("/replies")
    expect(page.locator("main")).to_contain_text("Wants a call")
    page.get_by_role("link", name="Read Marco Ferrari").press("Enter")
    page.get_by_role("button", name="Called back, or nothing to do").press("Enter")
    expect(page.locator("main")).to_contain_text("Nobody waits for an answer.")
