"""Kinds and batches on pages: kept, listed, scanned into, and nowhere a code."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from comptoir.core import clock
from comptoir.core.principal import Role
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.sealing import Secret, find
from comptoir.inventory.vouchers.statuses import Medium, WifiCode
from comptoir.inventory.vouchers.tables import Voucher, VoucherBatch
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import client_of, sign_in

KIND = {
    "medium": "top_up",
    "name_fr": "Recharge 5 Go",
    "operator": "Salt",
    "cost": "10.50",
    "currency": "CHF",
    "time_zone": "Europe/Zurich",
    "validity_days": "30",
    "dial": "*121*{code}#",
    "by_sms": "yes",
    "instructions_fr": "Tapez le code.",
    "active": "yes",
}
CARD, OTHER = "8941030012345678904", "8941030012345678912"


@pytest.fixture
async def site(database: Any) -> Site:
    return await make.site()


@pytest.fixture
async def client(site: Site) -> AsyncIterator[AsyncClient]:
    async with client_of() as client:
        await sign_in(
            client, await make.user(role=Role.COORDINATOR, site_id=site.id), site_id=site.id
        )
        yield client


async def test_a_kind_is_added_and_changed_on_its_page(client: AsyncClient) -> None:
    answer = await client.post("/settings/voucher-kinds/new", data=KIND)
    assert answer.status_code == 303
    [kind] = await queries.kinds()
    assert (kind.medium, kind.cost_cents, kind.validity_days) == (Medium.TOP_UP, 1050, 30)
    assert (kind.dial, kind.by_sms, kind.without_borrower) == ("*121*{code}#", True, False)
    page = await client.get(f"/settings/voucher-kinds/{kind.id}")
    assert 'value="10.50"' in page.text
    assert "Tapez le code." in page.text
    changed = KIND | {"version": "1", "without_borrower": "yes", "cost": "", "by_sms": ""}
    await client.post(f"/settings/voucher-kinds/{kind.id}", data=changed)
    [kind] = await queries.kinds()
    assert (kind.cost_cents, kind.by_sms, kind.without_borrower) == (None, False, True)
    assert "Recharge 5 Go" in (await client.get("/settings/voucher-kinds")).text


async def test_what_the_code_of_a_wifi_is_stands_on_its_kind(client: AsyncClient) -> None:
    wifi = KIND | {"medium": "wifi", "dial": "", "portal_url": "https://wifi.example/"}
    await client.post("/settings/voucher-kinds/new", data=wifi)
    [kind] = await queries.kinds()
    assert (kind.wifi_code, kind.portal_url) == (WifiCode.PORTAL, "https://wifi.example/")
    page = await client.get(f"/settings/voucher-kinds/{kind.id}")
    assert 'value="https://wifi.example/"' in page.text
    changed = wifi | {"version": "1", "wifi_code": "password", "portal_url": ""}
    await client.post(f"/settings/voucher-kinds/{kind.id}", data=changed)
    [kind] = await queries.kinds()
    assert (kind.wifi_code, kind.portal_url) == (WifiCode.PASSWORD, "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("medium", "paper"),
        ("cost", "ten"),
        ("validity_days", "-3"),
        ("name_fr", " "),
        ("dial", "x"),
        ("wifi_code", "paper"),
        ("wifi_code", "password"),
        ("portal_url", "https://wifi.example/"),
    ],
)
async def test_what_is_wrong_with_a_kind_is_said_at_its_field(
    client: AsyncClient, field: str, value: str
) -> None:
    answer = await client.post("/settings/voucher-kinds/new", data=KIND | {field: value})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert await queries.kinds() == []


async def test_cards_are_scanned_one_after_the_other_and_the_last_is_taken_out(
    client: AsyncClient, site: Site
) -> None:
    kind = await make.voucher_kind()
    opened = await client.post(
        "/vouchers/batches/new",
        data={"kind": str(kind.id), "site": str(site.id), "funder": "Loterie Romande"},
    )
    address = opened.headers["location"]
    for code in (CARD + "F", OTHER):
        answer = await client.post(f"{address}/add", data={"code": code})
        assert answer.status_code == 303
    for code, said in ((OTHER, "This one is in already."), ("", "Scan the barcode of the card")):
        answer = await client.post(f"{address}/add", data={"code": code})
        assert answer.status_code == 422
        assert said in answer.text
        assert OTHER not in answer.text
    page = (await client.get(address)).text
    assert "2 vouchers" in page
    assert "8912" in page
    assert CARD not in page
    assert OTHER not in page
    wrong = await client.post(f"{address}/add", data={"code": CARD[:-1] + "5"})
    assert wrong.status_code == 422
    assert "check digit" in wrong.text
    found = re.search(r'name="voucher" value="([0-9a-f-]+)"', page)
    assert found
    await client.post(f"{address}/undo", data={"voucher": found[1]})
    assert await find(Secret(OTHER)) is None
    assert await find(Secret(CARD)) is not None
    again = await client.post(f"{address}/undo", data={"voucher": found[1]})
    assert again.status_code == 409


@pytest.mark.parametrize("status", ["available", "issued", "void"])
async def test_a_card_that_has_been_here_before_is_not_shown_again(
    client: AsyncClient, site: Site, status: str
) -> None:
    kind = await make.voucher_kind()
    await make.voucher(
        await make.voucher_batch(kind, site_id=site.id),
        Secret(CARD),
        status=status,
        void_reason="lost" if status == "void" else "",
    )
    batch = await make.voucher_batch(kind, site_id=site.id)
    answer = await client.post(
        f"/vouchers/batches/{batch.id}/add", data={"code": CARD, "pin": "4711", "more": "yes"}
    )
    assert answer.status_code == 422
    assert CARD not in answer.text
    assert "4711" not in answer.text


async def test_pin_and_number_are_asked_for_where_somebody_wants_to_note_them(
    client: AsyncClient, site: Site
) -> None:
    batch = await make.voucher_batch(await make.voucher_kind(), site_id=site.id)
    address = f"/vouchers/batches/{batch.id}"
    assert 'name="pin"' not in (await client.get(address)).text
    assert 'name="pin"' in (await client.get(f"{address}?more=yes")).text
    wrong = await client.post(f"{address}/add", data={"code": CARD, "pin": "x", "more": "yes"})
    assert wrong.status_code == 422
    assert 'href="#pin"' in wrong.text
    typed = {"code": CARD, "pin": "1234", "puk": "12345678", "more": "yes"}
    answer = await client.post(f"{address}/add", data=typed)
    assert answer.headers["location"] == f"{address}?more=yes"


async def test_the_last_one_can_be_taken_out_for_a_while_only(
    client: AsyncClient, site: Site
) -> None:
    batch = await make.voucher_batch(await make.voucher_kind(), site_id=site.id)
    now = clock.now()
    await make.voucher(batch, created_at=now - timedelta(minutes=14))
    address = f"/vouchers/batches/{batch.id}"
    assert f"{address}/undo" in (await client.get(address)).text
    await Voucher.update({"created_at": now - timedelta(minutes=16)}, force=True)
    assert f"{address}/undo" not in (await client.get(address)).text
    # What came with the batch itself was imported, not scanned.
    await VoucherBatch.update({"received_at": now}, force=True)
    await Voucher.update({"created_at": now}, force=True)
    assert f"{address}/undo" not in (await client.get(address)).text


async def test_batches_are_filtered_and_paged(client: AsyncClient, site: Site) -> None:
    sim, wifi = await make.voucher_kind(), await make.voucher_kind(names=make.names("Wi-Fi"))
    for number in range(51):
        await make.voucher_batch(sim, site_id=site.id, funder=f"Funder {number}")
    await make.voucher_batch(wifi, site_id=site.id, funder="Library")
    first = (await client.get("/vouchers/batches")).text
    assert "Funder 50" in first
    assert "Funder 1<" not in first
    found = re.search(r'href="(/vouchers/batches\?older=[^"]+)"', first)
    assert found
    assert "Funder 0" in (await client.get(found[1])).text
    only = (await client.get(f"/vouchers/batches?kind={wifi.id}")).text
    assert "Library" in only
    assert "Funder 50" not in only


async def test_reception_sees_what_there_is_and_takes_nothing_in(site: Site) -> None:
    batch = await make.voucher_batch(await make.voucher_kind(), site_id=site.id)
    others = await make.voucher_batch(await make.voucher_kind(), site_id=(await make.site()).id)
    async with client_of() as client:
        await sign_in(
            client, await make.user(role=Role.RECEPTION, site_id=site.id), site_id=site.id
        )
        shown = await client.get(f"/vouchers/batches/{batch.id}")
        assert shown.status_code == 200
        assert "/add" not in shown.text
        assert "/vouchers/batches/new" not in (await client.get("/vouchers/batches")).text
        assert (await client.get(f"/vouchers/batches/{others.id}")).status_code == 404


async def test_a_voucher_is_good_until_its_last_day_and_no_midnight_is_told(
    client: AsyncClient, site: Site
) -> None:
    kind = await make.voucher_kind()
    batch = await make.voucher_batch(kind, site_id=site.id)
    ends = datetime(2026, 12, 24, 23, tzinfo=UTC)  # midnight in Zurich, of the 24th
    since = ends - timedelta(days=30)
    voucher = await make.voucher(batch, status="activated", activated_at=since, expires_at=ends)
    for address in (f"/vouchers/{voucher.id}", f"/vouchers/batches/{batch.id}/vouchers"):
        page = (await client.get(address)).text
        assert "24 Dec 2026" in page
        assert "25 Dec" not in page
