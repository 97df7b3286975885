"""Vouchers that come back unopened, and others for those that do not work."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from comptoir.core import db
from comptoir.core.principal import Principal, Role
from comptoir.core.tables import AuditEvent
from comptoir.inventory.vouchers.actions import activate_voucher
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.tables import Voucher
from comptoir.lending.errors import (
    IssueRefused,
    LendingRefused,
    UndoRefused,
    VoucherIssueNotFound,
    VoucherReturnRefused,
)
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.vouchers.replacing import replace_voucher
from comptoir.lending.vouchers.returning import take_back_voucher
from comptoir.lending.vouchers.schemas import IssueView, ReplaceVoucher
from comptoir.lending.vouchers.showing import show_issued
from comptoir.lending.vouchers.tables import VoucherIssue
from comptoir.lending.vouchers.undoing import undo_issue
from comptoir.sites.errors import SiteNotFound
from tests import factories as make
from tests.lending.counter import actions
from tests.lending.desks import attempt
from tests.lending.vouchers.drawer import Drawer, day, given, status_of
from tests.processes import together

LATER = timedelta(days=3)
CODE = "KQ7-4455-XYZW"


async def replace(drawer: Drawer, issue: IssueView, now: datetime, **values: Any) -> IssueView:
    return await replace_voucher(drawer.actor, ReplaceVoucher(issue_id=issue.id, **values), now=now)


async def refused_return(drawer: Drawer, issue: IssueView, now: datetime) -> RefusalCode:
    with pytest.raises(VoucherReturnRefused) as error:
        await take_back_voucher(drawer.actor, issue.id, now=now)
    return error.value.refusal.code


async def refused_replacing(drawer: Drawer, issue: IssueView, now: datetime) -> RefusalCode:
    with pytest.raises(IssueRefused) as error:
        await replace(drawer, issue, now)
    return error.value.refusal.code


async def row_of(voucher_id: UUID) -> Voucher:
    row = await Voucher.objects().get(Voucher.id == voucher_id)
    assert row is not None
    return row


async def test_what_comes_back_unopened_is_given_again_and_counts_to_no_limit(
    drawer: Drawer, now: datetime
) -> None:
    voucher = await drawer.add()
    await drawer.limit(limit_person=1)
    issue = await drawer.give(now)
    assert await take_back_voucher(drawer.actor, issue.id, now=now + LATER) == "SIM 10 GB"
    row = await row_of(voucher.id)
    assert row.status == "available"
    assert not row.issued_at
    assert await given() == []
    assert await actions() == ["voucher.issued", "voucher.taken_back"]
    assert (await drawer.give(now + LATER)).voucher_id == voucher.id


async def test_what_comes_back_past_its_day_has_expired(drawer: Drawer, now: datetime) -> None:
    voucher = await drawer.add(activate_by=day("2026-11-25"))
    issue = await drawer.give(now)
    await take_back_voucher(drawer.actor, issue.id, now=now + LATER)
    row = await row_of(voucher.id)
    assert (row.status, row.ended_at) == ("expired", now + LATER)
    assert await actions() == ["voucher.issued", "voucher.taken_back_late"]
    assert await given() == []


async def test_a_code_that_was_seen_does_not_come_back(database: Any, now: datetime) -> None:
    wifi = await Drawer().set_up(medium="wifi")
    await make.voucher(wifi.batch, Secret(CODE))
    issue = await wifi.give(now)
    await show_issued(wifi.actor, issue.id, now=now)
    assert await refused_return(wifi, issue, now) == RefusalCode.VOUCHER_OPENED


@pytest.mark.parametrize(
    "more", [{"pin": "1234"}, {"puk": "12345678"}, {"number": "+41790000000"}], ids=str
)
async def test_a_sim_comes_back_unless_more_of_it_was_seen_than_stands_on_it(
    drawer: Drawer, now: datetime, more: dict[str, str]
) -> None:
    await make.voucher(drawer.batch, Secret("89410000000000000013", **more))
    card = await drawer.give(now)
    await show_issued(drawer.actor, card.id, now=now)
    assert await refused_return(drawer, card, now + LATER) == RefusalCode.VOUCHER_OPENED
    assert await status_of(card.voucher_id) == "issued"
    await make.voucher(drawer.batch, Secret("89410000000000000039"))
    bare = await drawer.give(now)
    await show_issued(drawer.actor, bare.id, now=now)
    await take_back_voucher(drawer.actor, bare.id, now=now + LATER)
    assert await status_of(bare.voucher_id) == "available"


async def test_what_is_in_use_or_came_back_before_does_not_come_back(
    drawer: Drawer, now: datetime
) -> None:
    for _ in range(2):
        await drawer.add()
    used, back = await drawer.give(now), await drawer.give(now)
    await activate_voucher(drawer.actor, used.voucher_id, now=now)
    assert await refused_return(drawer, used, now) == RefusalCode.VOUCHER_IN_USE
    await take_back_voucher(drawer.actor, back.id, now=now)
    assert await refused_return(drawer, back, now) == RefusalCode.VOUCHER_NOT_HELD
    assert await refused_replacing(drawer, back, now) == RefusalCode.VOUCHER_NOT_HELD


@pytest.mark.parametrize("in_use", [False, True])
async def test_a_faulty_one_is_void_and_another_takes_its_place(
    drawer: Drawer, now: datetime, in_use: bool
) -> None:
    for _ in range(2):
        await drawer.add()
    await drawer.limit(limit_person=1)
    first = await drawer.give(now)
    if in_use:
        await activate_voucher(drawer.actor, first.voucher_id, now=now)
    other = await replace(drawer, first, now + LATER)
    assert other.replaces == first.id
    assert (other.borrower_id, other.kind_id) == (first.borrower_id, first.kind_id)
    old = await row_of(first.voucher_id)
    assert (old.status, old.void_reason, old.replaced_by) == ("void", "faulty", other.voucher_id)
    assert old.issued_at == now  # it was given, and stays so in every count
    assert await status_of(other.voucher_id) == "issued"
    assert await given() == [other.voucher_id]
    assert (await actions())[-2:] == ["voucher.voided", "voucher.issued"]
    assert await refused_replacing(drawer, first, now) == RefusalCode.VOUCHER_NOT_HELD


async def test_the_limit_counts_from_when_the_first_was_given(
    drawer: Drawer, now: datetime
) -> None:
    for _ in range(4):
        await drawer.add()
    await drawer.limit(limit_person=1, period_days=30)
    first = await drawer.give(now)
    second = await replace(drawer, first, now + timedelta(days=10))
    with pytest.raises(IssueRefused) as error:
        await replace(drawer, second, now + timedelta(days=20))
    assert error.value.refusal.code == RefusalCode.VOUCHER_REPLACED_BEFORE
    assert await given() == [second.voucher_id]
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    command = ReplaceVoucher(issue_id=second.id)
    await replace_voucher(coordinator, command, now=now + timedelta(days=20))
    with pytest.raises(IssueRefused) as error:
        await drawer.give(now + timedelta(days=29))
    assert error.value.refusal.code == RefusalCode.VOUCHER_PERSON_LIMIT_REACHED
    assert error.value.refusal.data["wait_until"] == day("2026-12-24")
    await drawer.give(now + timedelta(days=30))


async def test_where_none_is_left_nothing_changes(drawer: Drawer, now: datetime) -> None:
    await drawer.add()
    first = await drawer.give(now)
    before = await row_of(first.voucher_id)
    assert await refused_replacing(drawer, first, now) == RefusalCode.VOUCHER_NONE_LEFT
    assert (await row_of(first.voucher_id)).to_dict() == before.to_dict()
    assert await given() == [first.voucher_id]
    assert await actions() == ["voucher.issued", "voucher.refused"]


async def test_the_same_tap_sent_again_gives_the_same_one(drawer: Drawer, now: datetime) -> None:
    for _ in range(3):
        await drawer.add()
    first = await drawer.give(now)
    outcomes = [await replace(drawer, first, now, attempt=attempt("tap")) for _ in range(2)]
    assert outcomes[0] == outcomes[1]
    assert len(await given()) == 1


async def test_one_that_was_given_for_another_and_came_back_is_as_any(
    drawer: Drawer, now: datetime
) -> None:
    vouchers = [(await drawer.add()).id for _ in range(2)]
    second = await replace(drawer, await drawer.give(now), now)
    await take_back_voucher(drawer.actor, second.id, now=now)
    third = await drawer.give(now)
    assert third.voucher_id == second.voucher_id == vouchers[1]
    # It takes the place of the next one, and can itself be replaced.
    await drawer.add()
    fourth = await replace(drawer, third, now)
    await take_back_voucher(drawer.actor, fourth.id, now=now)
    assert (await row_of(vouchers[0])).replaced_by is None


async def test_it_is_taken_from_the_site_where_the_person_stands(
    drawer: Drawer, now: datetime
) -> None:
    """Whoever works there may know of it while the person is at their desk."""
    await drawer.add()
    first = await drawer.give(now)
    elsewhere = await make.site()
    there = await make.principal(Role.RECEPTION, elsewhere.id)
    held = await make.voucher(await make.voucher_batch(drawer.kind, site_id=elsewhere.id))
    command = ReplaceVoucher(issue_id=first.id)
    with pytest.raises(VoucherIssueNotFound):
        await replace_voucher(there, command, now=now)
    with pytest.raises(VoucherIssueNotFound):
        await take_back_voucher(there, first.id, now=now)
    visit = await drawer.visit(now, site=elsewhere.id)
    other = await replace_voucher(there, msgspec.structs.replace(command, visit_id=visit), now=now)
    assert (other.voucher_id, other.site_id) == (held.id, elsewhere.id)
    row = await VoucherIssue.objects().get(VoucherIssue.id == other.id)
    assert row is not None
    assert row.visit == visit
    with pytest.raises(SiteNotFound):
        await replace_voucher(
            there, ReplaceVoucher(issue_id=other.id, site_id=drawer.site.id), now=now
        )


async def test_what_took_the_place_of_another_is_not_undone(drawer: Drawer, now: datetime) -> None:
    for _ in range(2):
        await drawer.add()
    other = await replace(drawer, await drawer.give(now), now)
    with pytest.raises(UndoRefused) as error:
        await undo_issue(drawer.actor, other.id, now=now)
    assert error.value.refusal.code == RefusalCode.UNDO_OVERTAKEN


async def test_the_trail_of_both_holds_no_code(database: Any, now: datetime) -> None:
    wifi = await Drawer().set_up(medium="wifi")
    for code in (CODE, "KQ7-9999-ABCD"):
        await make.voucher(wifi.batch, Secret(code))
    other = await replace(wifi, await wifi.give(now), now)
    await take_back_voucher(wifi.actor, other.id, now=now)
    text = str(await AuditEvent.select())
    assert "KQ7" not in text


class Orders(msgspec.Struct, frozen=True):
    """What a desk is to replace, several times at once."""

    actor: Principal
    issue_id: UUID
    now: datetime
    back: bool = False


async def at_once(orders: Orders) -> list[str]:
    """Replace one voucher from two desks of a process; or one of them takes it back."""
    return list(await asyncio.gather(_one(orders, back=False), _one(orders, back=orders.back)))


async def _one(orders: Orders, *, back: bool) -> str:
    try:
        if back:
            await take_back_voucher(orders.actor, orders.issue_id, now=orders.now)
            return "back"
        command = ReplaceVoucher(issue_id=orders.issue_id)
        await replace_voucher(orders.actor, command, now=orders.now)
    except LendingRefused as refused:
        return str(refused.code)
    return "replaced"


@pytest.mark.parametrize("back", [False, True])
async def test_many_desks_at_one_faulty_voucher_give_one_other(
    drawer: Drawer, database_url: str, now: datetime, back: bool
) -> None:
    for _ in range(10):
        await drawer.add()
    issue = await drawer.give(now)
    orders = [Orders(drawer.actor, issue.id, now, back)] * 3
    outcomes = Counter(each for part in together(database_url, at_once, orders) for each in part)
    done = outcomes["replaced"] + outcomes["back"]
    assert (done, outcomes[RefusalCode.VOUCHER_NOT_HELD]) == (1, 5)
    assert len(await given()) == outcomes["replaced"]
    [row] = await db.fetch(
        "SELECT COUNT(*) AS linked FROM inventory_voucher WHERE replaced_by IS NOT NULL"
    )
    assert row["linked"] == outcomes["replaced"]
