"""A closure in Chromium: looked at, announced, called about, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from comptoir.core import clock
from comptoir.core.principal import Role
from comptoir.lending.tables import Loan
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception
from tests import factories as make
from tests.browser import chromium
from tests.core.web.test_pages_in_the_browser import too_small, violations
from tests.databases import apart, copy_database, drop_database
from tests.e2e.world import World, sign_in, signed_in_page, the_world
from tests.lending.counter import Desk

#: The Wednesday of the week after next, and noon of it.
DAY = clock.now().date() + timedelta(days=16 - clock.now().date().weekday())
NOON = datetime.combine(DAY, datetime.min.time(), clock.now().tzinfo) + timedelta(hours=12)


@pytest.fixture(scope="module")
def world(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    url = apart(copy_database(template, tmp_path_factory.mktemp("closures")))
    with the_world(url) as world:
        yield world
    apart(drop_database(url))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


async def desk_with_a_loan() -> Desk:
    """A loan of Amina Diallo's, due at noon of ``DAY``; two people wait for no message."""
    desk = await Desk().set_up()
    for person in (
        desk.borrower,
        await make.borrower(name="Bilal Gashi", contact_kind="phone", phone="+41265550110"),
    ):
        await make.loan(
            item=await desk.add_item(),
            borrower_id=person.id,
            now=clock.now() - timedelta(days=1),
            due_at=NOON,
        )
    return desk


async def coordinator_of(desk: Desk) -> str:
    user = await make.user(role=Role.COORDINATOR, site_id=desk.site.id)
    return await sign_in(user, desk.site.id)


async def due_days(desk: Desk) -> set[timedelta]:
    rows = await Loan.select(Loan.due_at).where(Loan.return_site == desk.site.id)
    return {row["due_at"].date() - DAY for row in rows}


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (320, "fr")])
def test_a_closure_is_looked_at_announced_called_about_and_taken_back(
    browser: Browser, world: World, width: int, language: str
) -> None:
    desk = world.run(desk_with_a_loan())
    token = world.run(coordinator_of(desk))
    page = signed_in_page(browser, world, token, width, language)
    page.goto(f"/settings/exceptions/new?site={desk.site.id}")
    expect(page.locator("#hours")).to_be_hidden()
    sound(page, width)
    page.locator("input[name=kind][value=open]").check()
    expect(page.locator("#hours")).to_be_visible()
    page.locator("input[name=kind][value=closed]").check()
    page.fill("#first_day", DAY.isoformat())
    page.fill("#reason", "Boiler")
    page.locator("button[value=look]").click()

    preview = page.locator(".preview")
    expect(preview).to_contain_text("2 loans move" if language == "en" else "2 prêts changent")
    expect(preview).to_contain_text(
        "1 person: no way to reach them" if language == "en" else "aucun moyen de la joindre"
    )
    expect(preview.locator("li", has_text="Amina Diallo").last).to_be_visible()
    expect(preview.locator("li", has_text="Bilal Gashi").last).to_contain_text(
        "by a call" if language == "en" else "par un appel"
    )
    assert world.run(due_days(desk)) == {timedelta()}
    sound(page, width)
    preview.locator("button[value=announce]").click()

    page.wait_for_url("**/days")
    assert world.run(due_days(desk)) == {timedelta(days=1)}
    sound(page, width)
    page.locator("a[href^='/loans/moved/']").click()
    expect(page.get_by_role("link", name="+41 26 555 01 10")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("main > .hint")).to_have_count(1)
    sound(page, width)
    tell_the_first(page)
    sound(page, width)
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.locator("[data-print]").click()
    expect(page).to_have_title("printed")
    expect(page.locator(f"a[href='/settings/sites/{desk.site.id}/days']")).to_be_visible()
    assert "Gashi" not in page.url
    sound(page, width)

    page.goto(f"/settings/sites/{desk.site.id}/days")
    page.locator("form[action$=withdraw] button").click()
    page.wait_for_url("**/days")
    assert world.run(due_days(desk)) == {timedelta()}
    told = (
        "2 loans are due on their old day again."
        if language == "en"
        else "2 prêts sont de nouveau dus"
    )
    expect(page.locator(".notice.ok")).to_contain_text(told)
    withdrawn = "Announced, then withdrawn" if language == "en" else "Annoncé puis retiré"
    expect(page.locator("main")).to_contain_text(withdrawn)
    page.locator("a[href^='/loans/moved/']").click()
    expect(page.locator("main")).to_contain_text(withdrawn)
    expect(page.locator("main > .hint")).to_have_count(0)
    sound(page, width)
    page.goto("/loans/moved")
    expect(page.locator("main")).to_contain_text(withdrawn)
    sound(page, width)
    page.context.close()


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (320, "fr")])
def test_the_desk_says_that_a_due_date_has_moved(
    browser: Browser, world: World, width: int, language: str
) -> None:
    desk = world.run(desk_with_a_loan())
    token = world.run(coordinator_of(desk))
    closing = AnnounceException((desk.site.id,), DAY, DAY, ExceptionKind.CLOSED, reason="Boiler")
    coordinator = world.run(make.principal(Role.COORDINATOR, desk.site.id))
    world.run(announce_exception(coordinator, closing, now=clock.now()))
    page = signed_in_page(browser, world, token, width, language)
    page.goto("/desk")
    page.fill("#scan", desk.card.code)
    page.press("#scan", "Enter")
    expect(page.locator(".visit .notice")).to_contain_text("Boiler")
    sound(page, width)
    page.locator(".visit form[action='/desk/told'] button").click()
    expect(page.locator(".answer.ok")).to_contain_text("Amina Diallo")
    expect(page.locator(".visit .notice")).to_have_count(0)
    expect(page.locator("#scan")).to_be_focused()
    sound(page, width)
    page.locator(".answer form[action='/desk/told'] button").click()
    expect(page.locator(".visit .notice")).to_contain_text("Boiler")
    page.context.close()


def tell_the_first(page: Page) -> None:
    """Amina Diallo is told and sinks, Bilal Gashi is next; on paper there is him alone."""
    told = page.locator("form:has([name=told][value='1']) button")
    told.first.click()
    expect(told).to_have_count(1)
    expect(told).to_be_focused()
    expect(page.locator(".settled")).to_contain_text("Amina Diallo")
    expect(page.locator(".told-of")).to_contain_text("1")
    page.emulate_media(media="print")
    expect(page.locator("tbody tr:visible")).to_have_count(1)
    expect(page.locator("tbody tr:visible")).to_contain_text("Bilal Gashi")
    page.emulate_media(media="screen")
    page.locator(".notice form:has([name=told][value='0']) button").click()
    expect(told).to_have_count(2)
    expect(told.first).to_be_focused()


def sound(page: Page, width: int) -> None:
    """Axe finds nothing, targets are large enough, and nothing is wider than the screen."""
    assert violations(page) == []
    assert too_small(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
