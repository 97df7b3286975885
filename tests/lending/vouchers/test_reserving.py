"""A voucher is set aside for one person: within the limits, until a day, and for nobody else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import audit, db
from comptoir.core.errors import Invalid, NotFound
from comptoir.core.principal import SYSTEM, Role
from comptoir.core.tables import AuditEvent
from comptoir.inventory.vouchers.actions import void_voucher
from comptoir.inventory.vouchers.counts import CountVouchers, count_vouchers
from comptoir.inventory.vouchers.drawer_errors import (
    TooFewVouchers,
)
from comptoir.inventory.vouchers.errors import (
    VoucherNotFound,
)
from comptoir.inventory.vouchers.expiring import expire
from comptoir.inventory.vouchers.overview import stock_of
from comptoir.inventory.vouchers.statuses import VoidReason
from comptoir.inventory.vouchers.tables import Voucher
from comptoir.inventory.vouchers.transfers import SendVouchers, send_vouchers
from comptoir.lending.borrowers.services import suspend_borrower
from comptoir.lending.errors import (
    BorrowerNotFound,
    IssueRefused,
    ReservationRefused,
    UndoRefused,
    VoucherReservationNotFound,
)
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.tables import Borrower, Household
from comptoir.lending.vouchers.at_desk import vouchers_at
from comptoir.lending.vouchers.lapsing import lapse
from comptoir.lending.vouchers.releasing import release_voucher, undo_reservation
from comptoir.lending.vouchers.reserving import read_reservation, reserve_voucher
from comptoir.lending.vouchers.schemas import ReservationView, ReserveVoucher
from comptoir.lending.vouchers.tables import VoucherReservation
from comptoir.lending.vouchers.undoing import undo_issue
from tests import factories as make
from tests.lending.counter import attempt
from tests.lending.vouchers.drawer import Drawer, given, status_of


async def aside(drawer: Drawer, now: datetime, **values: Any) -> ReservationView:
    """For the borrower, unless something else is said."""
    if "voucher_id" not in values:
        values.setdefault("kind_id", drawer.kind.id)
    command = ReserveVoucher(**{"borrower_id": drawer.borrower.id, **values})
    return await reserve_voucher(drawer.actor, command, now=now)


async def refusal(drawer: Drawer, now: datetime, **values: Any) -> RefusalCode:
    with pytest.raises(ReservationRefused) as refused:
        await aside(drawer, now, **values)
    return refused.value.refusal.code


async def not_given(drawer: Drawer, now: datetime, **values: Any) -> RefusalCode:
    with pytest.raises(IssueRefused) as refused:
        await drawer.give(now, **values)
    return refused.value.refusal.code


async def trail(voucher_id: UUID) -> list[str]:
    return [entry.action for _, entry in await audit.timeline(voucher_id)]


async def test_what_is_set_aside_is_given_to_its_person_and_to_nobody_else(
    drawer: Drawer, now: datetime
) -> None:
    first, other = await drawer.add(), await drawer.add()
    kept = await aside(drawer, now)
    assert kept.voucher_id == first.id
    assert await status_of(first.id) == "reserved"
    somebody = await drawer.add_person()
    given_to_another = await drawer.give(now, borrower_id=somebody.id)
    assert given_to_another.voucher_id == other.id
    assert await not_given(drawer, now, borrower_id=somebody.id) == RefusalCode.VOUCHER_NONE_LEFT
    scanned = await not_given(drawer, now, borrower_id=somebody.id, voucher_id=first.id)
    assert scanned == RefusalCode.VOUCHER_RESERVED
    assert (await drawer.give(now)).voucher_id == first.id
    assert await VoucherReservation.count() == 0


async def test_without_a_person_nobody_is_given_what_is_set_aside(
    now: datetime, database: Any
) -> None:
    drawer = await Drawer().set_up(without_borrower=True)
    kept = await drawer.add()
    await aside(drawer, now)
    code = await not_given(drawer, now, borrower_id=None)
    assert code == RefusalCode.VOUCHER_NONE_LEFT
    code = await not_given(drawer, now, borrower_id=None, voucher_id=kept.id)
    assert code == RefusalCode.VOUCHER_RESERVED


async def test_the_very_card_that_was_scanned_is_set_aside(drawer: Drawer, now: datetime) -> None:
    await drawer.add()
    second = await drawer.add()
    assert (await aside(drawer, now, voucher_id=second.id)).voucher_id == second.id
    assert (await drawer.give(now)).voucher_id == second.id


async def test_another_card_is_not_given_while_one_is_set_aside(
    drawer: Drawer, now: datetime
) -> None:
    first, second = await drawer.add(), await drawer.add()
    await aside(drawer, now, voucher_id=first.id)
    assert await not_given(drawer, now, voucher_id=second.id) == RefusalCode.VOUCHER_OTHER_SET_ASIDE
    await release_voucher(drawer.actor, first.id, now=now)
    assert (await drawer.give(now, voucher_id=second.id)).voucher_id == second.id


async def test_it_is_kept_until_the_end_of_the_third_open_day(
    drawer: Drawer, now: datetime
) -> None:
    """A Tuesday in November; the site opens from Monday to Friday, and lies an hour before UTC."""
    await drawer.add()
    kept = await aside(drawer, now)
    assert kept.until == date(2026, 11, 27)
    assert kept.reserved_until == datetime(2026, 11, 27, 23, tzinfo=UTC)
    assert await read_reservation(drawer.actor, kept.voucher_id) == kept


async def test_a_day_can_be_chosen_but_not_any(drawer: Drawer, now: datetime) -> None:
    await drawer.add()
    for day in (date(2026, 11, 23), date(2026, 12, 25)):
        with pytest.raises(Invalid) as invalid:
            await aside(drawer, now, until=day)
        assert [each.field for each in invalid.value.errors] == ["until"]
    kept = await aside(drawer, now, until=date(2026, 12, 24))
    assert kept.until == date(2026, 12, 24)


async def test_it_is_not_kept_longer_than_it_can_be_activated(
    drawer: Drawer, now: datetime
) -> None:
    await drawer.add(activate_by=date(2026, 11, 25))
    assert (await aside(drawer, now)).until == date(2026, 11, 25)


async def test_a_person_has_one_of_a_kind_set_aside(drawer: Drawer, now: datetime) -> None:
    for _ in range(2):
        await drawer.add()
    await aside(drawer, now)
    assert await refusal(drawer, now) == RefusalCode.VOUCHER_SET_ASIDE_ALREADY


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("issued", RefusalCode.VOUCHER_ISSUED_ALREADY),
        ("void", RefusalCode.VOUCHER_VOID),
        ("expired", RefusalCode.VOUCHER_EXPIRED),
        ("in_transit", RefusalCode.VOUCHER_IN_TRANSIT),
        ("reserved", RefusalCode.VOUCHER_RESERVED),
    ],
)
async def test_what_nobody_can_be_given_is_not_set_aside(
    drawer: Drawer, now: datetime, status: str, code: RefusalCode
) -> None:
    voucher = await drawer.add(status=status)
    assert await refusal(drawer, now, voucher_id=voucher.id) == code
    assert await status_of(voucher.id) == status


async def test_who_may_have_none_has_none_set_aside(drawer: Drawer, now: datetime) -> None:
    await drawer.add()
    suspended = await drawer.add_person(suspended_at=now)
    code = await refusal(drawer, now, borrower_id=suspended.id)
    assert code == RefusalCode.BORROWER_SUSPENDED
    await drawer.policy.remove()
    assert await refusal(drawer, now) == RefusalCode.VOUCHER_NO_POLICY


async def test_it_counts_once_to_the_limit_of_the_person(drawer: Drawer, now: datetime) -> None:
    await drawer.limit(limit_person=2)
    for _ in range(4):
        await drawer.add()
    await drawer.give(now)
    await aside(drawer, now)
    # The second of two is the one that lies there: to give it is not to give a third.
    await drawer.give(now)
    assert await not_given(drawer, now) == RefusalCode.VOUCHER_PERSON_LIMIT_REACHED
    assert await refusal(drawer, now) == RefusalCode.VOUCHER_PERSON_LIMIT_REACHED


async def test_it_counts_to_the_limit_of_the_household(drawer: Drawer, now: datetime) -> None:
    household = Household(label="Diallo", created_at=now)
    await household.save()
    one, other = [await drawer.add_person(household=household.id) for _ in range(2)]
    await drawer.limit(limit_household=1)
    for _ in range(3):
        await drawer.add()
    await aside(drawer, now, borrower_id=one.id)
    code = await not_given(drawer, now, borrower_id=other.id)
    assert code == RefusalCode.VOUCHER_SET_ASIDE_COUNTS
    assert await refusal(drawer, now, borrower_id=other.id) == RefusalCode.VOUCHER_SET_ASIDE_COUNTS
    await drawer.give(now, borrower_id=one.id)
    code = await not_given(drawer, now, borrower_id=other.id)
    assert code == RefusalCode.VOUCHER_HOUSEHOLD_LIMIT_REACHED


async def test_at_another_site_it_counts_too(drawer: Drawer, now: datetime) -> None:
    await drawer.limit(limit_person=1)
    await drawer.add()
    await aside(drawer, now)
    elsewhere = await make.site()
    await make.voucher(await make.voucher_batch(drawer.kind, site_id=elsewhere.id))
    drawer.actor = await make.principal(Role.ADMIN)
    code = await not_given(drawer, now, site_id=elsewhere.id)
    assert code == RefusalCode.VOUCHER_SET_ASIDE_COUNTS
    passed = await drawer.give(now, site_id=elsewhere.id, reason="came from far away")
    assert passed.site_id == elsewhere.id


async def test_a_second_try_is_told_the_first_outcome(drawer: Drawer, now: datetime) -> None:
    await drawer.add()
    tap = attempt("tap-1")
    first = await aside(drawer, now, attempt=tap)
    await drawer.give(now)
    assert await aside(drawer, now, attempt=tap) == first
    again = attempt("tap-2")
    assert await refusal(drawer, now, attempt=again) == RefusalCode.VOUCHER_NONE_LEFT
    await drawer.add()
    assert await refusal(drawer, now, attempt=again) == RefusalCode.VOUCHER_NONE_LEFT
    assert await VoucherReservation.count() == 0


async def test_another_site_is_not_found(drawer: Drawer, now: datetime) -> None:
    voucher = await drawer.add()
    await aside(drawer, now)
    stranger = await make.principal(Role.RECEPTION, (await make.site()).id)
    for act in (release_voucher, undo_reservation):
        with pytest.raises(VoucherReservationNotFound):
            await act(stranger, voucher.id, now=now)
    with pytest.raises(VoucherReservationNotFound):
        await read_reservation(stranger, voucher.id)
    for command, error in (
        (ReserveVoucher(borrower_id=drawer.borrower.id, kind_id=drawer.kind.id), BorrowerNotFound),
        (
            ReserveVoucher(
                borrower_id=drawer.borrower.id, kind_id=drawer.kind.id, site_id=drawer.site.id
            ),
            NotFound,
        ),
        (
            ReserveVoucher(
                borrower_id=drawer.borrower.id, voucher_id=UUID(int=5), site_id=stranger.site_id
            ),
            VoucherNotFound,
        ),
    ):
        with pytest.raises(error):
            await reserve_voucher(stranger, command, now=now)
    assert await status_of(voucher.id) == "reserved"


async def test_it_is_put_back_by_hand(drawer: Drawer, now: datetime) -> None:
    voucher = await drawer.add()
    await aside(drawer, now)
    await release_voucher(drawer.actor, voucher.id, now=now)
    assert await status_of(voucher.id) == "available"
    assert await VoucherReservation.count() == 0
    assert await trail(voucher.id) == ["voucher.released", "voucher.reserved"]
    with pytest.raises(VoucherReservationNotFound):
        await release_voucher(drawer.actor, voucher.id, now=now)


async def test_it_is_undone_for_a_minute(drawer: Drawer, now: datetime) -> None:
    voucher = await drawer.add()
    await aside(drawer, now)
    with pytest.raises(UndoRefused):
        await undo_reservation(drawer.actor, voucher.id, now=now + timedelta(minutes=2))
    await undo_reservation(drawer.actor, voucher.id, now=now + timedelta(seconds=30))
    assert await status_of(voucher.id) == "available"


async def test_what_was_given_by_mistake_is_set_aside_again(drawer: Drawer, now: datetime) -> None:
    await drawer.add()
    kept = await aside(drawer, now)
    issue = await drawer.give(now)
    await undo_issue(drawer.actor, issue.id, now=now)
    assert await read_reservation(drawer.actor, kept.voucher_id) == kept
    assert await given() == []
    assert (await drawer.give(now)).voucher_id == kept.voucher_id


async def test_what_is_taken_back_is_no_second_one_set_aside(drawer: Drawer, now: datetime) -> None:
    first, second = await drawer.add(), await drawer.add()
    await aside(drawer, now)
    issue = await drawer.give(now)
    await aside(drawer, now)
    await undo_issue(drawer.actor, issue.id, now=now)
    assert {await status_of(first.id), await status_of(second.id)} == {"available", "reserved"}
    assert await VoucherReservation.count() == 1


async def test_of_a_kind_the_database_keeps_one_for_each_person(
    drawer: Drawer, now: datetime
) -> None:
    other = await drawer.add()
    await aside(drawer, now, voucher_id=(await drawer.add()).id)
    whose = {"borrower": drawer.borrower.id, "kind": drawer.kind.id}
    with pytest.raises(db.IntegrityErrors):
        await VoucherReservation(voucher=other.id, **whose).save()
    # What is void is nobody's any more, also before the job has forgotten it.
    row = await VoucherReservation.objects().first()
    assert row is not None
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    await void_voucher(coordinator, row.voucher, VoidReason.LOST, now=now)
    assert (await aside(drawer, now)).voucher_id == other.id


async def test_what_was_given_by_mistake_after_its_last_day_aside_is_free(
    drawer: Drawer, now: datetime
) -> None:
    voucher = await drawer.add()
    kept = await aside(drawer, now)
    issue = await drawer.give(kept.reserved_until - timedelta(seconds=20))
    await undo_issue(drawer.actor, issue.id, now=kept.reserved_until + timedelta(seconds=20))
    assert await status_of(voucher.id) == "available"
    assert await VoucherReservation.count() == 0


async def test_it_lapses_at_the_midnight_of_its_site_once(drawer: Drawer, now: datetime) -> None:
    voucher = await drawer.add()
    kept = await aside(drawer, now)
    assert await lapse(now=kept.reserved_until - timedelta(seconds=1)) == 0
    assert await status_of(voucher.id) == "reserved"
    assert await lapse(now=kept.reserved_until) == 1
    assert await lapse(now=kept.reserved_until) == 0
    row = await Voucher.objects().get(Voucher.id == voucher.id)
    assert row is not None
    assert row.status == "available"
    assert row.reserved_until is None
    assert await VoucherReservation.count() == 0
    assert await trail(voucher.id) == ["voucher.reservation_lapsed", "voucher.reserved"]
    [told] = await AuditEvent.select().where(AuditEvent.action == "voucher.reservation_lapsed")
    assert told["actor_id"] == SYSTEM.id
    assert drawer.borrower.name not in str(told)


async def test_it_is_free_again_when_the_person_is_suspended_or_deleted(
    drawer: Drawer, now: datetime
) -> None:
    first = await drawer.add()
    await aside(drawer, now)
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    await suspend_borrower(coordinator, drawer.borrower.id, may_borrow_from=None, now=now)
    assert await status_of(first.id) == "available"
    drawer.borrower = await drawer.add_person()
    await aside(drawer, now)
    await Borrower.delete().where(Borrower.id == drawer.borrower.id)
    assert await lapse(now=now) == 1
    assert await status_of(first.id) == "available"


async def test_what_is_kept_for_somebody_who_was_deleted_is_in_nobodys_way(
    drawer: Drawer, now: datetime
) -> None:
    voucher = await drawer.add()
    await aside(drawer, now)
    await Borrower.delete().where(Borrower.id == drawer.borrower.id)
    drawer.borrower = await drawer.add_person()
    assert (await drawer.give(now, voucher_id=voucher.id)).voucher_id == voucher.id


async def test_for_whom_it_was_is_forgotten_when_it_is_void_or_expired(
    drawer: Drawer, now: datetime
) -> None:
    voided = await drawer.add()
    await aside(drawer, now)
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    await void_voucher(coordinator, voided.id, VoidReason.LOST, now=now)
    late = await drawer.add(activate_by=date(2026, 11, 25))
    # The first is no more in the way of the second.
    await aside(drawer, now)
    await expire(now=now + timedelta(days=2))
    assert [await status_of(each.id) for each in (voided, late)] == ["void", "expired"]
    await lapse(now=now)
    assert await VoucherReservation.count() == 0


async def test_what_is_set_aside_is_not_sent_but_counted(drawer: Drawer, now: datetime) -> None:
    await drawer.add()
    await aside(drawer, now)
    elsewhere = await make.site()
    order = SendVouchers(drawer.batch.id, drawer.site.id, elsewhere.id, 1)
    with pytest.raises(TooFewVouchers):
        await send_vouchers(SYSTEM, order, now=now)
    counting = CountVouchers(drawer.site.id, drawer.kind.id, counted=1)
    assert (await count_vouchers(SYSTEM, counting, now=now)).difference == 0
    [stock], _ = await stock_of(drawer.actor, site_id=drawer.site.id, now=now)
    assert [(line.free, line.reserved) for line in stock.lines] == [(0, 1)]


async def test_a_scanned_card_is_offered_to_be_set_aside_only_while_one_may_have_one(
    drawer: Drawer, now: datetime
) -> None:
    await drawer.limit(limit_person=1)
    for _ in range(2):
        await drawer.add()
    assert (await vouchers_at(drawer.site.id, drawer.borrower.id, now=now)).reserves_cards
    await drawer.give(now)
    assert not (await vouchers_at(drawer.site.id, drawer.borrower.id, now=now)).reserves_cards
