"""A staff badge: printed, read back, and scanned at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from comptoir.core import db
from comptoir.core.accounts import credentials
from comptoir.core.keys import Keyring
from comptoir.core.principal import Role
from tests import factories as make
from tests.e2e.world import Counter, World, signed_in_page, type_in
from tests.http_client import SETTINGS
from tests.paper import codes_on
from tests.scanners import scan

KEYS = Keyring(SETTINGS.secret)


@pytest.fixture
def badge(world: World, counter: Counter) -> str:
    """The badge of Boris, a colleague at the desk's site."""
    badge = credentials.new_badge()
    values: dict[str, Any] = {"name": "Boris Favre", "language": "en"}
    hashed = credentials.badge_hash(KEYS, badge)
    world.run(make.user(role=Role.RECEPTION, site_id=counter.site, badge_hash=hashed, **values))
    return badge


def test_a_printed_badge_reads_the_same_by_camera_and_by_laser_scanner(
    browser: Browser, world: World, counter: Counter
) -> None:
    page = signed_in_page(browser, world, counter.token)
    page.goto("/account")
    page.click('form[action="/account/badge"] button')
    page.wait_for_selector(".badge-card")
    seen = codes_on(page.pdf(format="A4"))  # rasterised at 300 dpi
    page.context.close()
    assert sorted(code.kind for code in seen) == ["Code 128", "QR"]
    [badge] = {code.text for code in seen}
    query = "SELECT badge_hash FROM core_user WHERE id = :id"
    [stored] = world.run(db.fetch(query, id=counter.user.id))
    assert stored["badge_hash"] == credentials.badge_hash(KEYS, badge)


def test_a_badge_scanned_at_the_desk_changes_the_person_in_mid_visit(
    page: Page, counter: Counter, badge: str
) -> None:
    type_in(page, counter.card)
    page.wait_for_selector(f".visit:has-text('{counter.borrower}')")
    scan(page, badge)
    page.wait_for_selector(".answer:has-text('Boris Favre is at the desk now')")
    assert page.inner_text(".account summary") == "Boris Favre"
    page.wait_for_selector(f".visit:has-text('{counter.borrower}')")
    scan(page, counter.items[0])
    page.wait_for_selector(".answer.ok")


def test_a_badge_waits_for_the_scans_before_it_and_is_never_stored(
    world: World, page: Page, counter: Counter, badge: str
) -> None:
    type_in(page, counter.card)
    page.wait_for_selector(f".visit:has-text('{counter.borrower}')")
    held: list[Route] = []
    page.route("**/desk/scan", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/desk/scan"):
        scan(page, counter.items[0])
    scan(page, badge)
    assert badge not in page.evaluate("JSON.stringify(sessionStorage)")
    held[0].continue_()
    page.wait_for_selector(".answer:has-text('Boris Favre is at the desk now')")
    [loan] = world.loans(counter.items[0])
    assert loan.is_open


def test_a_badge_that_nobody_hears_is_forgotten(page: Page, counter: Counter, badge: str) -> None:
    page.context.set_offline(True)
    scan(page, badge)
    page.wait_for_selector("#flash .notice.warn")
    page.context.set_offline(False)
    scan(page, counter.card)
    page.wait_for_selector(f".visit:has-text('{counter.borrower}')")
    assert page.inner_text(".account summary") == counter.user.name


def test_a_badge_of_nobody_here_is_said_beside_the_visit(page: Page, counter: Counter) -> None:
    type_in(page, counter.card)
    page.wait_for_selector(f".visit:has-text('{counter.borrower}')")
    scan(page, credentials.new_badge())
    page.wait_for_selector("#flash .notice:has-text('Nobody at this desk has this PIN or badge')")
    assert page.locator(".visit").count() == 1
