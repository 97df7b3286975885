"""A SIM card is set aside by a tick and a scan, and given by one tap at the next visit."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from comptoir.inventory.vouchers.sealing import Secret
from tests import factories as make
from tests.core.web.test_pages_in_the_browser import too_small, violations
from tests.e2e.world import Counter, World
from tests.scanners import scan

_iccids = iter(("89410000000000000906", "89410000000000000914"))


async def fill_drawer(site_id: Any, iccid: str) -> None:
    kind = await make.voucher_kind(names=make.names("SIM to keep"))
    await make.voucher_policy(kind)
    batch = await make.voucher_batch(kind, site_id=site_id)
    await make.voucher(batch, Secret(iccid))


@pytest.fixture
def iccid(world: World, counter: Counter) -> str:
    number = next(_iccids)
    world.run(fill_drawer(counter.site, number))
    return number


def test_a_card_is_kept_by_a_scan_and_given_by_a_tap(
    page: Page, counter: Counter, iccid: str
) -> None:
    scan(page, counter.card)
    page.get_by_role("checkbox", name="Set aside the SIM card").check()
    scan(page, iccid)
    kept = page.get_by_role("heading", name="Set aside: SIM to keep")
    expect(kept).to_be_visible()
    expect(page.get_by_role("checkbox", name="Set aside the SIM card")).to_have_count(0)
    assert violations(page) == []
    assert too_small(page) == []
    page.get_by_role("button", name="Give it").click()
    expect(page.get_by_role("heading", name="Given: SIM to keep")).to_be_visible()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("button", name="Give it")).to_be_visible()
