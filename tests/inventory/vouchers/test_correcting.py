"""A batch is corrected, or goes out again whole while nothing became of it; no code is told."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from comptoir.core import audit, clock, db
from comptoir.core.errors import Invalid
from comptoir.core.principal import Principal, Role
from comptoir.inventory.errors import Changed, CoordinatorNeeded
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.actions import void_voucher
from comptoir.inventory.vouchers.correcting import change_batch, take_out_batch, use_of
from comptoir.inventory.vouchers.counts import CountVouchers, count_vouchers
from comptoir.inventory.vouchers.errors import BatchUse, VoucherBatchNotFound, VoucherBatchUsed
from comptoir.inventory.vouchers.schemas import ChangeBatch, NewVoucher, TakeIn
from comptoir.inventory.vouchers.statuses import VoidReason
from comptoir.inventory.vouchers.tables import Voucher, VoucherBatch, VoucherMark
from comptoir.inventory.vouchers.taking_in import take_in
from comptoir.inventory.vouchers.transfers import SendVouchers, send_vouchers
from tests import factories as make
from tests.http_client import client_of, codes, sign_in, use_token
from tests.inventory.vouchers.drawer import Drawer

DAY = date(2028, 3, 31)


async def coordinator_of(drawer: Drawer) -> Principal:
    return await make.principal(Role.COORDINATOR, drawer.site.id)


async def change(drawer: Drawer, actor: Principal, now: datetime, **values: Any) -> None:
    command = ChangeBatch(**{"currency": "CHF", "cost_cents": 1990, **values})
    view = await queries.batch(actor, drawer.batch.id)
    await change_batch(actor, drawer.batch.id, command, version=view.version, now=now)


async def test_a_correction_holds_for_what_nobody_has_begun_and_is_in_the_trail(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(0)
    statuses = ("available", "reserved", "issued", "in_transit", "activated", "expired", "void")
    for status in statuses:
        await drawer.add(f"KQ7-{status}-0001", status=status)
    actor, old = await coordinator_of(drawer), drawer.vouchers[0].activate_by
    await change(drawer, actor, now, funder=" Commune  de Bulle ", activate_by=DAY, cost_cents=950)
    view = await queries.batch(actor, drawer.batch.id)
    assert (view.funder, view.activate_by, view.cost_cents) == ("Commune de Bulle", DAY, 950)
    assert [row.activate_by for row in await drawer.now_is()] == [DAY] * 4 + [old] * 3
    [(_, entry)] = await audit.timeline(drawer.batch.id)
    assert entry.action == "voucher.batch_changed"
    assert entry.changes["funder"] == [drawer.batch.funder, "Commune de Bulle"]
    assert entry.changes["activate_by"] == [old and old.isoformat(), "2028-03-31"]
    assert not any(code in str(entry.changes) for code in drawer.codes)


async def test_a_day_that_has_passed_is_refused_unless_the_batch_had_it(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(1)
    actor = await coordinator_of(drawer)
    past = (now - timedelta(days=9)).date()
    with pytest.raises(Invalid) as refused:
        await change(drawer, actor, now, activate_by=past)
    assert [each.code for each in refused.value.errors] == ["inventory.batch-expired"]
    await VoucherBatch.update({VoucherBatch.activate_by: past}).where(
        VoucherBatch.id == drawer.batch.id
    )
    await change(drawer, actor, now, activate_by=past, funder="Commune")
    assert (await queries.batch(actor, drawer.batch.id)).funder == "Commune"


async def test_who_may_and_from_which_version(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(1)
    batch = drawer.batch.id
    command = ChangeBatch(currency="CHF")
    desk = await make.principal(Role.RECEPTION, drawer.site.id)
    other = await make.principal(Role.COORDINATOR, (await make.site()).id)
    for actor, error in ((desk, CoordinatorNeeded), (other, VoucherBatchNotFound)):
        with pytest.raises(error):
            await change_batch(actor, batch, command, version=1, now=now)
        with pytest.raises(error):
            await take_out_batch(actor, batch, quantity=1, now=now)
    actor = await coordinator_of(drawer)
    await change_batch(actor, batch, command, version=1, now=now)
    with pytest.raises(Changed):
        await change_batch(actor, batch, command, version=1, now=now)


async def test_a_batch_goes_out_whole_and_its_codes_come_in_again(
    database: Any, now: datetime
) -> None:
    site = await make.site()
    actor = await make.principal(Role.COORDINATOR, site.id)
    kind = await make.voucher_kind(medium="wifi")
    command = TakeIn(
        kind=kind.id,
        site=site.id,
        funder="Loterie",
        vouchers=(NewVoucher("1111-2222"), NewVoucher("3333-4444")),
    )
    batch = await take_in(actor, command, now=now)
    with pytest.raises(Changed):
        await take_out_batch(actor, batch, quantity=1, now=now)
    await take_out_batch(actor, batch, quantity=2, now=now)
    for table in (VoucherBatch, Voucher, VoucherMark):
        assert await table.count() == 0
    rows = await db.fetch(
        "SELECT subject_id, changes FROM core_audit_event WHERE action = 'voucher.batch_taken_out'"
    )
    [row] = rows
    assert row["subject_id"] == batch
    assert "Loterie" in row["changes"]
    assert "1111" not in row["changes"]
    with pytest.raises(VoucherBatchNotFound):
        await take_out_batch(actor, batch, quantity=2, now=now)
    await take_in(actor, command, now=now)
    assert await Voucher.count() == 2


async def _moved(drawer: Drawer, actor: Principal, now: datetime) -> None:
    sending = SendVouchers(drawer.batch.id, drawer.site.id, (await make.site()).id, 1)
    await send_vouchers(actor, sending, now=now)


async def _ended(drawer: Drawer, actor: Principal, now: datetime) -> None:
    await void_voucher(actor, drawer.ids[0], VoidReason.LOST, now=now)


async def _counted(drawer: Drawer, actor: Principal, now: datetime) -> None:
    counting = CountVouchers(drawer.site.id, drawer.kind.id, len(drawer.ids))
    await count_vouchers(actor, counting, now=now)


async def _shown(drawer: Drawer, actor: Principal, now: datetime) -> None:
    await audit.record(actor, "voucher.revealed", "voucher", drawer.ids[0], now=now)


async def _given_and_back(drawer: Drawer, actor: Principal, now: datetime) -> None:
    for action in ("voucher.issued", "voucher.taken_back"):
        await audit.record(actor, action, "voucher", drawer.ids[0], now=now)


@pytest.mark.parametrize(
    ("becomes", "use"),
    [
        (_moved, BatchUse.MOVED),
        (_ended, BatchUse.GIVEN),
        (_given_and_back, BatchUse.GIVEN),
        (_counted, BatchUse.COUNTED),
        (_shown, BatchUse.SHOWN),
    ],
)
async def test_after_any_use_a_batch_stays(
    database: Any, now: datetime, becomes: Any, use: BatchUse
) -> None:
    drawer = await Drawer.made(2)
    actor = await coordinator_of(drawer)
    assert await use_of(drawer.batch.id) is None
    later = clock.now() + timedelta(minutes=1)
    await becomes(drawer, actor, later)
    with pytest.raises(VoucherBatchUsed) as refused:
        await take_out_batch(actor, drawer.batch.id, quantity=2, now=later)
    assert refused.value.details() == {"use": use}
    assert await VoucherMark.count() == 2


async def test_another_key_and_a_count_before_it_came_are_no_use(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(1)
    actor = await coordinator_of(drawer)
    counting = CountVouchers(drawer.site.id, drawer.kind.id, 1)
    await count_vouchers(actor, counting, now=now - timedelta(days=400))
    await Voucher.update({Voucher.version: 2}).where(Voucher.id == drawer.ids[0])
    assert await use_of(drawer.batch.id) is None


async def test_the_pages_correct_a_batch_and_take_it_out(database: Any) -> None:
    drawer = await Drawer.made(2)
    await VoucherBatch.update({VoucherBatch.quantity: 2}).where(VoucherBatch.id == drawer.batch.id)
    address = f"/vouchers/batches/{drawer.batch.id}"
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=drawer.site.id))
        batch = (await client.get(address)).text
        assert f'href="{address}/edit"' in batch
        assert f'href="{address}/take-out"' in batch
        voucher = (await client.get(f"/vouchers/{drawer.ids[0]}")).text
        assert "cannot come in again" in voucher
        assert f'href="{address}/take-out"' in voucher
        form = {"version": "1", "funder": "Commune", "currency": "CHF", "cost": "9.50"}
        for name, value in (
            ("activate_by", "2027-13-01"),
            ("cost", "ten"),
            ("currency", "XYZ"),
            ("funder", "x" * 121),
        ):
            wrong = await client.post(f"{address}/edit", data=form | {name: value})
            assert wrong.status_code == 422
            assert f'id="{name}-error"' in wrong.text
        saved = await client.post(f"{address}/edit", data=form)
        assert saved.headers["location"] == address
        again = await client.post(f"{address}/edit", data=form)
        assert again.status_code == 412
        asked = (await client.get(f"{address}/take-out")).text
        assert "its 2 vouchers out again?" in asked
        [quantity] = re.findall(r'name="quantity" value="(\d+)"', asked)
        for sent in ("", "3", "x"):
            refused = await client.post(f"{address}/take-out", data={"quantity": sent})
            assert refused.status_code == 412
        gone = await client.post(f"{address}/take-out", data={"quantity": quantity})
        assert gone.headers["location"] == "/vouchers/batches"
        assert (await client.get(address)).status_code == 404


async def test_the_page_of_a_batch_in_use_says_why_it_stays(database: Any) -> None:
    drawer = await Drawer.made(1, status="issued")
    address = f"/vouchers/batches/{drawer.batch.id}/take-out"
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=drawer.site.id))
        page = (await client.get(address)).text
        assert "was given or set aside" in page
        assert 'name="quantity"' not in page
        refused = await client.post(address, data={"quantity": "1"})
        assert refused.status_code == 409
        assert "/take-out" not in (await client.get(f"/vouchers/{drawer.ids[0]}")).text
        elsewhere = (await make.site()).id
        await sign_in(client, await make.user(role=Role.COORDINATOR, site_id=elsewhere))
        for path in (address, address.replace("take-out", "edit")):
            assert (await client.get(path)).status_code == 404
            assert (await client.post(path, data={"quantity": "1"})).status_code == 404


async def test_programs_correct_a_batch_and_take_it_out(database: Any) -> None:
    drawer = await Drawer.made(1)
    await VoucherBatch.update({VoucherBatch.quantity: 1}).where(VoucherBatch.id == drawer.batch.id)
    address = f"/api/v1/voucher-batches/{drawer.batch.id}"
    async with client_of() as client:
        await use_token(client, "inventory", site_id=drawer.site.id)
        tag = (await client.get(address)).headers["etag"]
        body = {"funder": "Commune", "currency": "CHF", "activate_by": DAY.isoformat()}
        changed = await client.put(address, json=body, headers={"If-Match": tag})
        assert (changed.status_code, changed.json()["funder"]) == (200, "Commune")
        stale = await client.put(address, json=body, headers={"If-Match": tag})
        assert (stale.status_code, codes(stale)) == (412, ["inventory.changed"])
        wrong = await client.post(f"{address}/take-out", json={"quantity": 4})
        assert codes(wrong) == ["inventory.changed"]
        gone = await client.post(f"{address}/take-out", json={"quantity": 1})
        assert gone.status_code in (200, 204)
        assert (await client.get(address)).status_code == 404
