"""A file of the operator's in a browser: looked at, its columns and states said, confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from comptoir.core import clock, db
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.sealing import Secret
from tests import factories as make
from tests.core.web.test_pages_in_the_browser import too_small, violations
from tests.e2e.world import Counter, World, sign_in, signed_in_page


class Stock(NamedTuple):
    """Two Wi-Fi codes that were given, and the session of who coordinates their site."""

    kind: str
    codes: tuple[str, str]
    token: str


async def stocked(counter: Counter) -> Stock:
    user = await make.user(role=Role.COORDINATOR, site_id=counter.site)
    kind = await make.voucher_kind(medium="wifi", names=make.names("Wi-Fi"))
    batch = await make.voucher_batch(kind, site_id=counter.site)
    codes = (f"QX7-{counter.card}-1", f"QX7-{counter.card}-2")
    for code in codes:
        given_at = clock.now() - timedelta(days=3)
        await make.voucher(batch, Secret(code), status="issued", issued_at=given_at)
    return Stock(str(kind.id), codes, await sign_in(user, counter.site))


@pytest.mark.one_engine
@pytest.mark.parametrize("width", [1280, 320])
def test_looked_at_said_and_confirmed(
    browser: Browser, world: World, counter: Counter, width: int
) -> None:
    stock = world.run(stocked(counter))
    today = f"{clock.now():%d.%m.%Y}"
    lines = ["Bon;Statut;Datum", *(f"{code};Ausgeliefert;{today}" for code in stock.codes)]
    lines += [f"{stock.codes[0]};Ausgeliefert;{today}", f"QX7-NOWHERE-KNOWN;Ausgeliefert;{today}"]
    page = signed_in_page(browser, world, stock.token, width)
    page.goto("/vouchers")
    page.get_by_role("link", name="Activations").click()
    page.get_by_label("Kind").select_option(stock.kind)
    sent = FilePayload(name="list.csv", mimeType="text/csv", buffer="\n".join(lines).encode())
    page.get_by_label("File").set_input_files(sent)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("Nothing to confirm")).to_be_visible()
    page.get_by_label("Ausgeliefert").check()
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_text("2 vouchers will be in use")).to_be_visible()
    expect(page.get_by_text("Not given out at the sites that you coordinate")).to_be_visible()
    assert violations(page) == []
    assert too_small(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not any(code in page.content() for code in stock.codes)
    page.get_by_role("button", name="Confirm 2 activations").click()
    expect(page.get_by_text("2 vouchers are in use.")).to_be_visible()
    rows = world.run(
        db.fetch("SELECT status FROM inventory_voucher WHERE kind = :kind", kind=stock.kind)
    )
    assert [row["status"] for row in rows] == ["activated"] * 2
    page.context.close()
