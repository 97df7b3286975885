"""Vouchers that go to another site: sent, received, and what did not arrive."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import db
from comptoir.core.errors import ComptoirError
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role, SiteRole
from comptoir.core.tables import AuditEvent
from comptoir.inventory.errors import CoordinatorNeeded, SameSite
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.drawer_errors import (
    CodesUnknown,
    CodesWithUserNames,
    DifferenceUnexplained,
    TooFewVouchers,
    TooManyUnknown,
    VoucherTransferBegun,
    VoucherTransferNotFound,
    VoucherTransferOver,
)
from comptoir.inventory.vouchers.errors import (
    ExplanationTooLong,
    VoucherBatchNotFound,
)
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.tables import VoucherTransfer
from comptoir.inventory.vouchers.transfers import (
    MOST_AT_ONCE,
    SendVouchers,
    call_back,
    give_up,
    receive_vouchers,
    send_vouchers,
)
from comptoir.sites.errors import SiteNotFound
from tests import factories as make
from tests.http_client import client_of, sign_in
from tests.inventory.vouchers.drawer import Drawer
from tests.processes import together


async def _sender(drawer: Drawer) -> Principal:
    return await make.principal(Role.COORDINATOR, drawer.site.id)


async def _sent(drawer: Drawer, quantity: int, now: datetime) -> tuple[UUID, Principal]:
    """A parcel to another site, and a receptionist there."""
    there = await make.site()
    command = SendVouchers(drawer.batch.id, drawer.site.id, there.id, quantity)
    transfer = await send_vouchers(await _sender(drawer), command, now=now)
    return transfer, await make.principal(Role.RECEPTION, there.id)


async def test_what_is_sent_is_nobodys_until_it_has_arrived(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(3)
    transfer, receiver = await _sent(drawer, 2, now)
    assert sorted(await drawer.statuses()) == ["available", "in_transit", "in_transit"]
    assert await receive_vouchers(receiver, transfer, now=now) == 0
    assert await drawer.statuses() == ["available"] * 3
    [site] = receiver.site_ids
    assert sorted(row.site == site for row in await drawer.now_is()) == [False, True, True]
    row = await VoucherTransfer.objects().get(VoucherTransfer.id == transfer)
    assert row is not None
    assert (row.quantity, row.arrived, row.arrived_at) == (2, 2, now)
    with pytest.raises(VoucherTransferOver):
        await receive_vouchers(receiver, transfer, now=now)


async def test_what_did_not_arrive_is_explained_and_stays_on_its_way(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(3)
    transfer, receiver = await _sent(drawer, 3, now)
    some = [drawer.codes[0], drawer.codes[2].replace("-", " ")]
    with pytest.raises(DifferenceUnexplained):
        await receive_vouchers(receiver, transfer, codes=some, now=now)
    assert await drawer.statuses() == ["in_transit"] * 3
    left = await receive_vouchers(
        receiver, transfer, codes=some, explanation=" The envelope  was torn. ", now=now
    )
    assert left == 1
    assert await drawer.statuses() == ["available", "in_transit", "available"]
    # It turns up: why it is late was said before.
    assert await receive_vouchers(receiver, transfer, codes=[drawer.codes[1]], now=now) == 0
    row = await VoucherTransfer.objects().get(VoucherTransfer.id == transfer)
    assert row is not None
    assert (row.arrived, row.explanation) == (3, "The envelope was torn.")


async def test_a_coordinator_gives_up_what_does_not_come(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(2)
    transfer, receiver = await _sent(drawer, 2, now)
    await receive_vouchers(receiver, transfer, codes=drawer.codes[:1], explanation="Torn.", now=now)
    with pytest.raises(CoordinatorNeeded):
        await give_up(receiver, transfer, now=now)
    assert await give_up(await _sender(drawer), transfer, now=now) == 1
    one, other = await drawer.now_is()
    assert (one.status, other.status, other.void_reason) == ("available", "void", "lost")
    [row] = await AuditEvent.objects().where(AuditEvent.action == "voucher.voided")
    assert (row.subject_id, row.related_a_id) == (other.id, transfer)


async def test_a_parcel_is_called_back_while_nothing_has_arrived(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(3)
    transfer, receiver = await _sent(drawer, 2, now)
    [there] = receiver.site_ids
    for who in (receiver, await make.principal(Role.COORDINATOR, there)):
        with pytest.raises(CoordinatorNeeded):
            await call_back(who, transfer, now=now)
    stranger = await make.principal(Role.COORDINATOR, (await make.site()).id)
    with pytest.raises(VoucherTransferNotFound):
        await call_back(stranger, transfer, now=now)
    sender = await _sender(drawer)
    assert await call_back(sender, transfer, now=now) == 2
    rows = await drawer.now_is()
    assert {(row.status, row.site, row.transfer) for row in rows} == {
        ("available", drawer.site.id, None)
    }
    told = await db.fetch(
        "SELECT action FROM core_audit_event WHERE subject_id = :id OR related_a_id = :id",
        id=transfer,
    )
    actions = [row["action"] for row in told]
    assert actions.count("voucher.called_back") == 2
    assert actions.count("voucher_transfer.called_back") == 1
    with pytest.raises(VoucherTransferOver):
        await receive_vouchers(receiver, transfer, now=now)


async def test_what_has_arrived_in_part_is_not_called_back(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(2)
    transfer, receiver = await _sent(drawer, 2, now)
    await receive_vouchers(receiver, transfer, codes=drawer.codes[:1], explanation="?", now=now)
    with pytest.raises(VoucherTransferBegun):
        await call_back(await _sender(drawer), transfer, now=now)
    assert await drawer.statuses() == ["available", "in_transit"]


async def test_a_foreign_code_is_named_by_its_line_and_nothing_arrives(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(2)
    other = await Drawer.made(1)
    transfer, receiver = await _sent(drawer, 2, now)
    codes = [drawer.codes[0], other.codes[0], drawer.codes[1], "NOT-OURS", ""]
    with pytest.raises(CodesUnknown) as unknown:
        await receive_vouchers(receiver, transfer, codes=codes, now=now)
    assert unknown.value.lines == (2, 4, 5)
    assert "NOT-OURS" not in unknown.value.message()
    assert await drawer.statuses() == ["in_transit"] * 2


async def test_whoever_guesses_what_is_in_a_parcel_has_to_wait(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(2)
    transfer, receiver = await _sent(drawer, 2, now)
    with pytest.raises(CodesUnknown):
        await receive_vouchers(receiver, transfer, codes=["NOT-OURS"] * 20, now=now)
    with pytest.raises(TooManyUnknown):  # ten are left
        await receive_vouchers(receiver, transfer, codes=["NOT-OURS"] * 11, now=now)
    with pytest.raises(TooManyUnknown):
        await receive_vouchers(receiver, transfer, codes=drawer.codes, now=now)
    later = now + timedelta(minutes=1)
    assert await receive_vouchers(receiver, transfer, codes=drawer.codes, now=later) == 0


async def test_a_code_arrives_with_what_is_dialled_around_it(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(0, medium="top_up", dial="*121*{code}#")
    await drawer.add("12345678901234")
    transfer, receiver = await _sent(drawer, 1, now)
    codes = ["*121*1234 5678 9012 34#"]
    assert await receive_vouchers(receiver, transfer, codes=codes, now=now) == 0


async def test_passwords_with_user_names_are_not_told_apart_by_scanning(
    database: Any, now: datetime
) -> None:
    drawer = await Drawer.made(0, medium="wifi")
    await make.voucher(drawer.batch, Secret(code="KQ7-word", user="guest1"))
    transfer, receiver = await _sent(drawer, 1, now)
    with pytest.raises(CodesWithUserNames):
        await receive_vouchers(receiver, transfer, codes=["KQ7-word"], now=now)
    assert await receive_vouchers(receiver, transfer, now=now) == 0


@pytest.mark.parametrize("quantity", [-1, 0, 3, MOST_AT_ONCE + 1])
async def test_only_as_many_as_there_are_can_be_sent(
    database: Any, now: datetime, quantity: int
) -> None:
    drawer = await Drawer.made(2)
    with pytest.raises(TooFewVouchers):
        await _sent(drawer, quantity, now)
    assert await drawer.statuses() == ["available"] * 2


async def test_who_may_not_know_of_it_finds_nothing(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(1)
    there, third = await make.site(), await make.site()
    command = SendVouchers(drawer.batch.id, drawer.site.id, there.id, 1)

    async def refused(role: Role, site_id: UUID, with_what: type[ComptoirError]) -> None:
        with pytest.raises(with_what):
            await send_vouchers(await make.principal(role, site_id), command, now=now)

    await refused(Role.COORDINATOR, third.id, SiteNotFound)
    await refused(Role.RECEPTION, drawer.site.id, CoordinatorNeeded)
    transfer, _ = await _sent(drawer, 1, now)
    for role, site_id in (
        (Role.COORDINATOR, third.id),
        (Role.RECEPTION, drawer.site.id),
        (Role.COORDINATOR, drawer.site.id),
    ):
        with pytest.raises(VoucherTransferNotFound):
            await receive_vouchers(await make.principal(role, site_id), transfer, now=now)


async def test_wrong_places_and_batches_are_refused(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(1)
    sender = await _sender(drawer)
    here = drawer.site.id

    async def send(batch: UUID, to_site: UUID) -> None:
        await send_vouchers(sender, SendVouchers(batch, here, to_site, 1), now=now)

    with pytest.raises(SameSite):
        await send(drawer.batch.id, here)
    with pytest.raises(SiteNotFound):
        await send(drawer.batch.id, new_id())
    with pytest.raises(VoucherBatchNotFound):
        await send(new_id(), (await make.site()).id)


async def test_too_long_an_explanation_is_refused(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(1)
    transfer, receiver = await _sent(drawer, 1, now)
    with pytest.raises(ExplanationTooLong):
        await receive_vouchers(receiver, transfer, codes=[], explanation="x" * 301, now=now)


async def _receive(order: tuple[UUID, UUID, datetime]) -> bool:
    transfer, site_id, now = order
    receiver = Principal(kind="user", id=new_id(), roles=(SiteRole(Role.RECEPTION, site_id),))
    try:
        await receive_vouchers(receiver, transfer, now=now)
    except VoucherTransferOver:
        return False
    return True


async def test_a_batch_is_told_by_site_once_a_part_has_moved(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(5)
    transfer, receiver = await _sent(drawer, 2, now)
    await receive_vouchers(receiver, transfer, now=now)
    everywhere = await make.principal(Role.ADMIN)
    found = await queries.batch(everywhere, drawer.batch.id)
    assert found.counts == {"available": 5}
    at = {each.site.id: each.counts for each in found.at_sites}
    [elsewhere] = receiver.site_ids
    assert at == {drawer.site.id: {"available": 3}, elsewhere: {"available": 2}}
    seen = await queries.batch(receiver, drawer.batch.id)
    assert [each.counts for each in seen.at_sites] == [{"available": 2}]
    async with client_of() as client:
        await sign_in(client, await make.user(role=Role.ADMIN))
        page = (await client.get(f"/vouchers/batches/{drawer.batch.id}")).text
        assert page.count('class="hint-list voucher-counts"') == 2
        assert "Came to" in page


async def test_two_who_receive_at_once_receive_once(
    database: Any, database_url: str, now: datetime
) -> None:
    drawer = await Drawer.made(5)
    transfer, receiver = await _sent(drawer, 5, now)
    [site] = receiver.site_ids
    assert sorted(together(database_url, _receive, [(transfer, site, now)] * 3)) == [
        False,
        False,
        True,
    ]
    row = await VoucherTransfer.objects().get(VoucherTransfer.id == transfer)
    assert row is not None
    assert row.arrived == 5
