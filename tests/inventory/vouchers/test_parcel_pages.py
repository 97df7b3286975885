"""One voucher, a parcel and a count, as people see them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock, db
from comptoir.core.accounts.errors import TooManyAttempts
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM, Role
from comptoir.inventory.vouchers.detail import look_for
from comptoir.inventory.vouchers.errors import VoucherNotFound
from comptoir.inventory.vouchers.queries import batch as read_batch
from comptoir.inventory.vouchers.queries import batches
from comptoir.inventory.vouchers.schemas import BatchFilter
from comptoir.inventory.vouchers.tables import VoucherBatch, VoucherCount, VoucherTransfer
from comptoir.inventory.vouchers.transfers import SendVouchers, receive_vouchers, send_vouchers
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.inventory.vouchers.drawer import Drawer


async def _as(client: AsyncClient, role: Role, site_id: UUID) -> None:
    await sign_in(client, await make.user(role=role, site_id=site_id))


async def test_a_voucher_is_found_by_the_end_of_its_code(database: Any) -> None:
    drawer, other = await Drawer.made(0), await Drawer.made(0)
    await drawer.add("KQ7-AAAA-0000-1185")
    for code in ("KQ7-BBBB-0000-22ab", "KQ7-CCCC-0000-22ab"):
        await drawer.add(code)
    await other.add("KQ7-DDDD-0000-1185")
    await other.add("KQ7-EEEE-0000-3333")
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.RECEPTION, site_id=drawer.site.id))

        async def found(code: str) -> Response:
            return await client.post("/vouchers/find", data={"code": code})

        assert (await found("1185")).headers["location"] == f"/vouchers/{drawer.ids[0]}"
        assert (await found("3333")).headers["location"] == "/vouchers"
        assert (await found("185")).headers["location"] == "/vouchers"
        several = (await found("22ab")).text
        for voucher_id in drawer.ids[1:]:
            assert f"/vouchers/{voucher_id}" in several
        assert str(drawer.ids[0]) not in several
        for number in range(20):
            await drawer.add(f"KQ7-F{number:03}-0000-22ab")
        assert "There are more." in (await found("22ab")).text


async def test_a_voucher_is_found_by_its_code_which_is_in_no_address(database: Any) -> None:
    drawer = await Drawer.made(1)
    async with client_of() as client:
        await _as(client, Role.RECEPTION, drawer.site.id)
        answer = await client.post("/vouchers/find", data={"code": drawer.codes[0]})
        assert answer.headers["location"] == f"/vouchers/{drawer.ids[0]}"
        shown = await client.get(answer.headers["location"])
        unknown = await client.post("/vouchers/find", data={"code": "NOT-OURS"})
    assert "in the drawer" in shown.text
    assert drawer.codes[0] not in shown.text
    assert unknown.headers["location"] == "/vouchers"


async def test_each_of_a_batch_is_listed_masked(database: Any) -> None:
    drawer = await Drawer.made(51)
    given = await drawer.add("KQ7-given-0001", status="issued", issued_at=clock.now())
    address = f"/vouchers/batches/{drawer.batch.id}/vouchers"
    async with client_of() as client:
        await _as(client, Role.RECEPTION, drawer.site.id)
        first = (await client.get(address)).text
        last = (await client.get(address, params={"after": str(drawer.ids[49])})).text
        filtered = (await client.get(address, params={"status": "issued"})).text
    assert first.count("/vouchers/0") == 50
    assert f"/vouchers/{drawer.ids[50]}" in last
    assert str(given.id) in filtered
    assert str(drawer.ids[0]) not in filtered
    assert not any(code in first + last + filtered for code in drawer.codes)


async def test_a_voucher_is_put_into_use_and_made_void(database: Any) -> None:
    drawer = await Drawer.made(1, status="issued")
    address = f"/vouchers/{drawer.ids[0]}"
    async with client_of() as client:
        await _as(client, Role.COORDINATOR, drawer.site.id)
        await client.post(f"{address}/activate")
        assert await drawer.statuses() == ["activated"]
        await client.post(f"{address}/void", data={"reason": "because"})
        assert await drawer.statuses() == ["activated"]
        await client.post(f"{address}/void", data={"reason": "faulty"})
        shown = (await client.get(address)).text
    assert await drawer.statuses() == ["void"]
    for text in ("it does not work", "Void: it does not work.", "In use."):
        assert text in shown
    assert "Make it void" not in shown


async def test_a_parcel_is_sent_and_received_with_what_is_missing(database: Any) -> None:
    drawer, there = await Drawer.made(3), await make.site(name="Comptoir de Lyon")
    form = {"from": str(drawer.site.id), "to": str(there.id), "quantity": "9"}
    async with client_of() as client:
        await _as(client, Role.COORDINATOR, drawer.site.id)
        address = f"/vouchers/batches/{drawer.batch.id}/send"
        for wrong in ("9", "0", "-1", "abc", ""):
            refused = await client.post(address, data=form | {"quantity": wrong})
            assert refused.status_code == 422
            assert "Write a number from 1 to 3" in refused.text
        whole = form | {"quantity": "3", "form": str(new_id())}
        sent, again = [await client.post(address, data=whole) for _ in range(2)]
        assert sent.headers["location"] == again.headers["location"]
    parcel = sent.headers["location"]
    async with client_of() as client:
        await _as(client, Role.RECEPTION, there.id)
        assert "All 3 are in it" in (await client.get(parcel)).text
        scanned = {"codes": "\r\n".join(drawer.codes[:2]) + "\r\n"}
        refused = await client.post(f"{parcel}/receive", data=scanned)
        assert refused.status_code == 422
        assert drawer.codes[0] not in refused.text
        assert refused.headers["cache-control"] == "no-store"
        assert "2 scans are kept." in refused.text
        [sealed] = re.findall(r'name="carried" value="([^"]+)"', refused.text)
        foreign = {"carried": sealed, "codes": "NOT-OURS", "explanation": "Torn."}
        refused = await client.post(f"{parcel}/receive", data=foreign)
        assert "Line 3: this is none of the vouchers" in refused.text
        assert "2 scans are kept." in refused.text
        [sealed] = re.findall(r'name="carried" value="([^"]+)"', refused.text)
        kept = {"carried": sealed, "explanation": "Torn."}
        assert (await client.post(f"{parcel}/receive", data=kept)).is_redirect
        assert "1 missing" in (await client.get("/vouchers/transfers")).text
        await client.post(f"{parcel}/receive", data={"all": "yes"})
        assert "closed" in (await client.get("/vouchers/transfers")).text
    [row] = await VoucherTransfer.objects()
    assert (row.arrived, row.explanation) == (3, "Torn.")


async def test_what_is_scanned_goes_into_the_envelope(database: Any) -> None:
    drawer, there = await Drawer.made(0, medium="sim"), await make.site()
    for number in ("89410000000000000013", "89410000000000000021", "89410000000000000039"):
        await drawer.add(number)
    gone = await Drawer.made(1)
    address = f"/vouchers/batches/{drawer.batch.id}/send"
    form = {"from": str(drawer.site.id), "to": str(there.id), "form": str(new_id())}
    async with client_of() as client:
        await _as(client, Role.COORDINATOR, drawer.site.id)
        assert "Or scan what goes into the envelope" in (await client.get(address)).text
        scanned = f"{drawer.codes[2]}\n{gone.codes[0]}\n{drawer.codes[1]}\n"
        refused = await client.post(address, data=form | {"codes": scanned})
        assert refused.status_code == 422
        assert "Line 2: this is none of the vouchers" in refused.text
        assert "2 scans are kept." in refused.text
        assert not any(code in refused.text for code in drawer.codes + gone.codes)
        nothing = await client.post(address, data=form | {"codes": gone.codes[0]})
        assert "Line 1: this is none of the vouchers" in nothing.text
        [sealed] = re.findall(r'name="carried" value="([^"]+)"', refused.text)
        assert (await client.post(address, data=form | {"carried": sealed})).is_redirect
    assert await drawer.statuses() == ["available", "in_transit", "in_transit"]
    [row] = await VoucherTransfer.objects()
    assert row.quantity == 2


async def test_only_who_receives_has_one_large_button(database: Any, now: Any) -> None:
    drawer, there = await Drawer.made(3), await make.site(name="Comptoir de Lyon")
    command = SendVouchers(drawer.batch.id, drawer.site.id, there.id, 3)
    transfer = await send_vouchers(SYSTEM, command, now=now)

    async def shown(role: Role, site_id: UUID | None) -> str:
        async with client_of() as client:
            user = await make.user(role=role, site_id=site_id)
            await sign_in(client, user, site_id=site_id or drawer.site.id)
            return (await client.get(f"/vouchers/transfers/{transfer}")).text

    address = f"/vouchers/transfers/{transfer}/receive"
    assert address not in await shown(Role.COORDINATOR, drawer.site.id)
    receiver = await shown(Role.RECEPTION, there.id)
    assert "All 3 are in it" in receiver
    both = await shown(Role.COORDINATOR, None)
    assert "All 3 are in it" not in both
    assert "All 3 have arrived at Comptoir de Lyon" in both
    assert '<button class="plain">' in both


async def test_the_site_it_goes_to_hears_of_a_parcel(database: Any, now: Any) -> None:
    drawer, there = await Drawer.made(2), await make.site()
    command = SendVouchers(drawer.batch.id, drawer.site.id, there.id, 1)
    coming = "parcel of vouchers on its way here"

    async def told(site_id: UUID) -> list[bool]:
        async with client_of() as client:
            await _as(client, Role.RECEPTION, site_id)
            pages = [(await client.get(path)).text for path in ("/vouchers", "/desk")]
        assert all(
            f"/vouchers/transfers?site={site_id}" in page for page in pages if coming in page
        )
        return [f"1 {coming}" in page for page in pages]

    assert await told(there.id) == [False, False]
    transfer = await send_vouchers(SYSTEM, command, now=now)
    assert await told(there.id) == [True, True]
    assert await told(drawer.site.id) == [False, False]
    await receive_vouchers(SYSTEM, transfer, now=now)
    assert await told(there.id) == [False, False]


async def test_a_parcel_says_which_vouchers_are_in_it(database: Any, now: Any) -> None:
    drawer, there = await Drawer.made(101), await make.site()
    await drawer.add("KQ7-AAAA-BBBB-1185")
    command = SendVouchers(drawer.batch.id, drawer.site.id, there.id, 102)
    transfer = await send_vouchers(SYSTEM, command, now=now)
    address = f"/vouchers/transfers/{transfer}"

    async def pages(role: Role, site_id: UUID) -> list[str]:
        async with client_of() as client:
            await _as(client, role, site_id)
            with db.count_statements() as sent:
                first = (await client.get(address)).text
            assert len(sent) <= 9
            rest = (await client.get(address, params={"after": str(drawer.ids[99])})).text
            return [first, rest]

    first, rest = await pages(Role.COORDINATOR, drawer.site.id)
    assert "Put these 102 into the envelope" in first
    assert first.count('href="/vouchers/0') == 100
    assert f"{address}?after={drawer.ids[99]}" in first
    assert "••••1185" in rest
    received = await pages(Role.RECEPTION, there.id)
    assert "These 102 are on their way" in received[0]
    assert "••••1185" in received[1]
    assert not any(f'href="/vouchers/{each}' in page for each in drawer.ids for page in received)
    assert not any(code in page for code in drawer.codes for page in [first, rest, *received])


async def test_whoever_looks_for_many_that_are_none_has_to_wait(database: Any, now: Any) -> None:
    drawer = await Drawer.made(1)
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    for _ in range(40):  # what is found is not counted
        assert await look_for(reception, drawer.codes[0], limit=1, now=now) == drawer.ids[0]
    for number in range(30):
        with pytest.raises(VoucherNotFound):
            await look_for(reception, f"KQ7-guess-{number}", limit=1, now=now)
    with pytest.raises(TooManyAttempts):
        await look_for(reception, drawer.codes[0], limit=1, now=now)
    later = now + timedelta(minutes=1)
    assert await look_for(reception, drawer.codes[0], limit=1, now=later) == drawer.ids[0]


async def test_a_batch_is_seen_where_a_part_of_it_has_arrived(database: Any, now: Any) -> None:
    drawer, there = await Drawer.made(5), await make.site()
    await drawer.add("KQ7-issued", status="issued")
    await VoucherBatch.update({VoucherBatch.quantity: 6}, force=True)
    batch = drawer.batch.id
    sender = await make.principal(Role.COORDINATOR, drawer.site.id)
    receiver = await make.principal(Role.COORDINATOR, there.id)
    transfer = await send_vouchers(
        sender, SendVouchers(batch, drawer.site.id, there.id, 2), now=now
    )
    assert await batches(receiver, BatchFilter(), limit=9) == []
    await receive_vouchers(receiver, transfer, now=now)
    for filtered in (BatchFilter(), BatchFilter(there.id)):
        [row] = await batches(receiver, filtered, limit=9)
        assert (row.id, row.available, row.quantity) == (batch, 2, 6)
    assert [row.available for row in await batches(sender, BatchFilter(), limit=9)] == [3]
    assert [row.available for row in await batches(SYSTEM, BatchFilter(), limit=9)] == [5]
    elsewhere = BatchFilter((await make.site()).id)
    assert await batches(SYSTEM, elsewhere, limit=9) == []
    assert (await read_batch(receiver, batch)).counts == {"available": 2}
    assert (await read_batch(sender, batch)).counts == {"available": 3, "issued": 1}
    async with client_of() as client:
        await _as(client, Role.COORDINATOR, there.id)
        shown = (await client.get(f"/vouchers/batches/{batch}")).text
        assert "4 of them are at sites that are not yours." in shown
        assert f"/vouchers/batches/{batch}/add" not in shown
        listed = (await client.get(f"/vouchers/batches/{batch}/vouchers")).text
        assert [str(each) in listed for each in drawer.ids] == [True] * 2 + [False] * 4
        back = {"from": str(there.id), "to": str(drawer.site.id), "quantity": "1"}
        assert f"/vouchers/batches/{batch}/send" in shown
        assert (await client.post(f"/vouchers/batches/{batch}/send", data=back)).is_redirect


async def test_what_does_not_come_is_given_up(database: Any, now: Any) -> None:
    drawer, there = await Drawer.made(1), await make.site()
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    command = SendVouchers(drawer.batch.id, drawer.site.id, there.id, 1)
    transfer = await send_vouchers(coordinator, command, now=now)
    async with client_of() as client:
        await _as(client, Role.COORDINATOR, drawer.site.id)
        await client.post(f"/vouchers/transfers/{transfer}/give-up")
    assert await drawer.statuses() == ["void"]


async def test_a_parcel_that_was_sent_by_mistake_is_called_back(database: Any, now: Any) -> None:
    drawer, there = await Drawer.made(2), await make.site()
    command = SendVouchers(drawer.batch.id, drawer.site.id, there.id, 2)
    transfer = await send_vouchers(SYSTEM, command, now=now)
    address = f"/vouchers/transfers/{transfer}"
    async with client_of() as client:
        await _as(client, Role.COORDINATOR, there.id)
        assert f"{address}/call-back" not in (await client.get(address)).text
    async with client_of() as client:
        await _as(client, Role.COORDINATOR, drawer.site.id)
        assert f"{address}/call-back" in (await client.get(address)).text
        await client.post(f"{address}/call-back")
        shown = (await client.get(address)).text
    assert "Called back: 2 lie in the drawer again." in shown
    assert "called back by" in shown
    assert await drawer.statuses() == ["available"] * 2


async def test_a_drawer_is_counted_by_number_or_by_scanning(database: Any) -> None:
    drawer = await Drawer.made(2)
    form = {"site": str(drawer.site.id), "kind": str(drawer.kind.id)}
    async with client_of() as client:
        await _as(client, Role.RECEPTION, drawer.site.id)
        for wrong, text in (
            ({"kind": ""}, "Choose what you counted."),
            ({}, "Write how many there are, or scan them."),
            ({"counted": "-2"}, "Write how many there are, or scan them."),
            ({"counted": "1"}, "This is another number than there should be."),
            ({"codes": "\n".join(["x"] * 2001)}, "Scan at most 2000 at once."),
        ):
            answer = await client.post("/vouchers/counts", data=form | wrong)
            assert answer.status_code == 422
            assert text in answer.text
        assert await VoucherCount.count() == 0
        assert (await client.post("/vouchers/counts", data=form | {"counted": "2"})).is_redirect
        answer = await client.post(
            "/vouchers/counts",
            data=form | {"codes": drawer.codes[0], "explanation": "Not in its place."},
        )
        shown = (await client.get(answer.headers["location"])).text
    assert f"/vouchers/{drawer.ids[1]}" in shown
    assert "Not in its place." in shown
    assert await VoucherCount.count() == 2


async def test_lists_take_few_statements_and_have_pages(database: Any) -> None:
    drawer = await Drawer.made(0)
    for number in range(31):
        row = VoucherCount(
            site=drawer.site.id,
            kind=drawer.kind.id,
            expected=number,
            counted=number,
            counted_at=clock.now(),
        )
        await row.save()
    async with client_of() as client:
        await _as(client, Role.RECEPTION, drawer.site.id)
        await client.get("/vouchers/counts")
        with db.count_statements() as sent:
            shown = (await client.get("/vouchers/counts")).text
    assert "Next page" in shown
    assert len(sent) <= 9
