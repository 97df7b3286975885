"""A voucher is given by one tap and by a scan, seen, printed, and gone from the screen."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from comptoir.core import db
from comptoir.inventory.vouchers.sealing import Secret
from tests import factories as make
from tests.core.web.test_pages_in_the_browser import too_small, violations
from tests.e2e.world import Counter, World
from tests.paper import codes_on, is_pdf_ua
from tests.scanners import scan

CODE = "KQ7X-4455-WXYZ"
_iccids = iter(("89410000000000000013", "89410000000000000039", "89410000000000000054"))


class Drawer(NamedTuple):
    """One Wi-Fi code and one SIM card at the counter."""

    wifi: UUID
    iccid: str


async def fill_drawer(site_id: UUID, iccid: str, code: str) -> Drawer:
    wifi = await make.voucher_kind(
        names=make.names("Wi-Fi, one hour"),
        medium="wifi",
        network="Pont-Public",
        wifi_code="password",
        instructions=make.names("Choose the network. Type the code."),
        without_borrower=True,
    )
    sim = await make.voucher_kind()
    for each in (wifi, sim):
        await make.voucher_policy(each, limit_person=1)
    for kind, secret in (
        (wifi, Secret(code)),
        (wifi, Secret(f"{code}-2")),
        (sim, Secret(iccid, pin="1234", puk="12345678", number="+41791234567")),
    ):
        await make.voucher(await make.voucher_batch(kind, site_id=site_id), secret)
    return Drawer(wifi.id, iccid)


@pytest.fixture
def drawer(world: World, counter: Counter) -> Drawer:
    return world.run(fill_drawer(counter.site, next(_iccids), f"{CODE}-{counter.card}"))


def test_by_one_tap_seen_once_printed_and_gone(
    world: World, page: Page, counter: Counter, drawer: Drawer
) -> None:
    code = f"{CODE}-{counter.card}"
    scan(page, counter.card)
    page.get_by_role("button", name=re.compile("^Wi-Fi, one hour")).click()
    page.wait_for_selector(".answer.given")
    expect(page.locator(".given .secret")).to_have_text(code)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
        assert too_small(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Print a slip").click()
    opened.value.close()
    assert code not in page.url
    assert code not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    for paper in ("receipt", "a6"):
        printed = slip(page, paper)
        assert is_pdf_ua(printed)
        assert [each.text for each in codes_on(printed)] == [f"WIFI:T:WPA;S:Pont-Public;P:{code};;"]
    page.reload()
    page.wait_for_selector("#scan:focus")
    assert code not in page.content()
    expect(page.get_by_text("not before")).to_be_visible()
    assert violations(page) == []


def test_by_one_scan_and_its_pin_when_somebody_asks(
    world: World, page: Page, counter: Counter, drawer: Drawer
) -> None:
    scan(page, drawer.iccid)
    expect(page.locator(".answer h2")).to_contain_text("This is a voucher: SIM 10 GB")
    scan(page, counter.card)
    page.wait_for_selector(".visit")
    scan(page, drawer.iccid)
    page.wait_for_selector(".answer.given")
    assert "12345678" not in page.content()
    assert violations(page) == []
    page.locator(".given").get_by_role("button", name="Show the PIN").click()
    expect(page.locator(".given .secret").first).to_have_text("1234")
    assert violations(page) == []
    issued = db.fetch("SELECT id FROM lending_voucher_issue WHERE site = :site", site=counter.site)
    assert len(world.run(issued)) == 1


def test_whoever_is_there_is_given_a_code_without_a_name(
    page: Page, counter: Counter, drawer: Drawer
) -> None:
    page.reload()
    page.wait_for_selector("#scan:focus")
    page.locator("summary", has_text="Wi-Fi, one hour").click()
    page.get_by_role("button", name="Italiano").click()
    expect(page.locator(".given .secret")).to_have_text(f"{CODE}-{counter.card}")
    expect(page.locator('.given [lang="it"]')).to_be_visible()


def slip(page: Page, paper: str) -> bytes:
    """What the button prints, fetched as the browser does."""
    issue = page.locator('.given [name="issue"]').first.input_value()
    answer: Any = page.request.post(
        "/desk/vouchers/slip",
        form={"issue": issue, "paper": paper},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    return bytes(answer.body())
