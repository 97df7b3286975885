"""A voucher is given: the right one, once, and within the limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from comptoir.core import db, events
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.core.tables import AuditEvent
from comptoir.inventory.vouchers.actions import activate_voucher, void_voucher
from comptoir.inventory.vouchers.errors import VoucherKindNotFound, VoucherNotFound
from comptoir.inventory.vouchers.expiring import expire
from comptoir.inventory.vouchers.sealing import unseal
from comptoir.inventory.vouchers.statuses import VoidReason
from comptoir.inventory.vouchers.tables import Voucher, VoucherBundle, VoucherKind
from comptoir.lending.borrowers.households import leave_household
from comptoir.lending.errors import (
    BorrowerNotFound,
    IssueRefused,
    ReasonTooLong,
    UndoRefused,
    VoucherIssueNotFound,
)
from comptoir.lending.events import VoucherIssued
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.tables import Household
from comptoir.lending.vouchers.forgetting import forget_shares
from comptoir.lending.vouchers.issuing import LONGEST_REASON
from comptoir.lending.vouchers.replacing import replace_voucher
from comptoir.lending.vouchers.rules import LONGEST_PERIOD
from comptoir.lending.vouchers.schemas import ReplaceVoucher
from comptoir.lending.vouchers.tables import (
    VoucherIssue,
    VoucherPolicy,
    VoucherReservation,
    VoucherShare,
)
from comptoir.lending.vouchers.undoing import undo_issue
from comptoir.sites.errors import SiteNotFound
from tests import factories as make
from tests.lending.counter import actions, attempt
from tests.lending.vouchers.drawer import Drawer, day, given, other_kind, status_of


async def refused(drawer: Drawer, now: datetime, **values: Any) -> RefusalCode:
    with pytest.raises(IssueRefused) as error:
        await drawer.give(now, **values)
    return error.value.refusal.code


async def test_a_voucher_is_given_with_one_audit_row_that_knows_no_code(
    drawer: Drawer, now: datetime
) -> None:
    voucher = await drawer.add()
    visit = await drawer.visit(now)
    issue = await drawer.give(now, visit_id=visit)
    [row] = await VoucherIssue.objects()
    assert (row.id, row.voucher, row.borrower, row.visit) == (
        *(issue.id, voucher.id, drawer.borrower.id, visit),
    )
    assert row.issued_at == now
    assert not row.shown_at
    assert not row.override_reason
    [changed] = await Voucher.objects()
    assert (changed.status, changed.issued_at, changed.version) == ("issued", now, 2)
    [trail] = await AuditEvent.objects()
    assert (trail.action, trail.subject_id, trail.related_a_id) == (
        *("voucher.issued", voucher.id, drawer.borrower.id),
    )
    sealed = await db.fetch_one("SELECT id, key, sealed FROM inventory_voucher")
    assert sealed
    assert unseal(sealed).code not in trail.changes + msgspec.json.encode(issue).decode()


async def test_what_must_be_activated_first_is_given_first_and_then_what_came_first(
    drawer: Drawer, now: datetime
) -> None:
    late = await drawer.add(activate_by=day("2027-06-30"))
    without = await drawer.add(activate_by=None)
    soon = [await drawer.add(activate_by=day("2026-12-31")) for _ in range(2)]
    await drawer.add(activate_by=day("2026-11-23"))  # yesterday
    last_day = await drawer.add(activate_by=day("2026-11-24"))
    for minute in range(5):
        await drawer.give(now + timedelta(minutes=minute))
    assert await given() == [last_day.id, soon[0].id, soon[1].id, late.id, without.id]
    assert await refused(drawer, now) == RefusalCode.VOUCHER_NONE_LEFT


async def test_the_last_day_is_by_the_operators_clock(drawer: Drawer, now: datetime) -> None:
    await drawer.add(activate_by=day("2026-11-24"))
    await VoucherKind.update({VoucherKind.time_zone: "Pacific/Auckland"}, force=True)
    assert await refused(drawer, now) == RefusalCode.VOUCHER_NONE_LEFT


async def test_only_what_lies_free_at_this_site_is_chosen(drawer: Drawer, now: datetime) -> None:
    for status in ("reserved", "in_transit", "issued", "activated", "expired", "void"):
        await drawer.add(status=status)
    await other_kind(drawer)
    elsewhere = await make.voucher_batch(drawer.kind, site_id=(await make.site()).id)
    await make.voucher(elsewhere)
    assert await refused(drawer, now) == RefusalCode.VOUCHER_NONE_LEFT
    assert await given() == []


async def test_a_refusal_is_recorded_and_told_again(drawer: Drawer, now: datetime) -> None:
    once = attempt("tap")
    assert await refused(drawer, now, attempt=once) == RefusalCode.VOUCHER_NONE_LEFT
    await drawer.add()
    assert await refused(drawer, now, attempt=once) == RefusalCode.VOUCHER_NONE_LEFT
    [row] = await AuditEvent.objects()
    assert row.action == "voucher.refused"
    assert msgspec.json.decode(row.changes)["code"] == RefusalCode.VOUCHER_NONE_LEFT
    assert row.related_a_id == drawer.borrower.id


async def test_a_repeated_attempt_gives_the_first_voucher_again(
    drawer: Drawer, now: datetime
) -> None:
    for _ in range(2):
        await drawer.add()
    first = await drawer.give(now, attempt=attempt("tap"))
    again = await drawer.give(now + timedelta(minutes=1), attempt=attempt("tap"))
    assert again == first
    assert len(await given()) == 1
    assert await actions() == ["voucher.issued"]


async def test_the_limit_of_a_person_counts_calendar_days_and_not_what_was_undone(
    drawer: Drawer, now: datetime
) -> None:
    for _ in range(4):
        await drawer.add()
    await drawer.limit(limit_person=1, period_days=30)
    await undo_issue(drawer.actor, (await drawer.give(now)).id, now=now)
    await drawer.give(now)
    with pytest.raises(IssueRefused) as error:
        await drawer.give(now + timedelta(days=29), attempt=attempt("tap"))
    assert error.value.refusal.code == RefusalCode.VOUCHER_PERSON_LIMIT_REACHED
    assert error.value.refusal.data["wait_until"] == day("2026-12-24")
    with pytest.raises(IssueRefused) as again:  # out of what was kept: a day is a day
        await drawer.give(now, attempt=attempt("tap"))
    assert again.value.refusal == error.value.refusal
    # In the first minute of the thirtieth day at the site, which is the day before in UTC.
    midnight = datetime(2026, 12, 23, 23, 0, 30, tzinfo=UTC)
    await drawer.give(midnight)


@pytest.mark.parametrize(
    ("reason", "free_again"), [(VoidReason.FAULTY, True), (VoidReason.LOST, False)]
)
async def test_what_did_not_work_counts_to_no_limit_and_what_was_lost_does(
    drawer: Drawer, now: datetime, reason: VoidReason, free_again: bool
) -> None:
    for _ in range(2):
        await drawer.add()
    await drawer.limit(limit_person=1)
    first = await drawer.give(now)
    boss = await make.principal(Role.COORDINATOR, drawer.site.id)
    await void_voucher(boss, first.voucher_id, reason, now=now)
    if free_again:
        assert (await drawer.give(now)).voucher_id != first.voucher_id
    else:
        assert await refused(drawer, now) == RefusalCode.VOUCHER_PERSON_LIMIT_REACHED


async def test_what_has_expired_counts_to_the_limit(drawer: Drawer, now: datetime) -> None:
    for _ in range(2):
        await drawer.add()
    await drawer.limit(limit_person=1)
    first = await drawer.give(now)
    await activate_voucher(drawer.actor, first.voucher_id, now=now)
    await Voucher.update({Voucher.expires_at: now}).where(Voucher.id == first.voucher_id)
    await expire(now=now + timedelta(hours=1))
    assert await status_of(first.voucher_id) == "expired"
    assert await refused(drawer, now) == RefusalCode.VOUCHER_PERSON_LIMIT_REACHED


async def test_a_card_scanned_again_in_the_visit_is_said_to_be_given_in_it(
    drawer: Drawer, now: datetime
) -> None:
    held = await drawer.add()
    visit = await drawer.visit(now)
    await drawer.give(now, voucher_id=held.id, visit_id=visit)
    again = {"voucher_id": held.id, "visit_id": visit}
    assert await refused(drawer, now, **again) == RefusalCode.VOUCHER_GIVEN_IN_VISIT
    other = await drawer.add_person()
    again = {
        "voucher_id": held.id,
        "borrower_id": other.id,
        "visit_id": await drawer.visit(now, borrower=other.id),
    }
    assert await refused(drawer, now, **again) == RefusalCode.VOUCHER_ISSUED_ALREADY


async def test_the_limit_is_of_the_kind(drawer: Drawer, now: datetime) -> None:
    await drawer.add()
    await drawer.limit(limit_person=1)
    other = await other_kind(drawer)
    await make.voucher_policy(other, limit_person=1)
    await drawer.give(now)
    await drawer.give(now, kind_id=other.id)
    assert len(await given()) == 2


async def test_a_household_shares_its_limit(drawer: Drawer, now: datetime) -> None:
    household = Household(label="Diallo", created_at=now)
    await household.save()
    people = [await drawer.add_person(household=household.id) for _ in range(3)]
    for _ in range(4):
        await drawer.add()
    await drawer.limit(limit_household=2)
    await drawer.give(now)  # somebody else
    for person in people[:2]:
        await drawer.give(now, borrower_id=person.id)
    code = await refused(drawer, now, borrower_id=people[2].id)
    assert code == RefusalCode.VOUCHER_HOUSEHOLD_LIMIT_REACHED


async def test_whoever_leaves_a_household_takes_what_it_was_given_along(
    drawer: Drawer, now: datetime
) -> None:
    household = Household(label="Diallo", created_at=now)
    await household.save()
    first, second = [await drawer.add_person(household=household.id) for _ in range(2)]
    for _ in range(3):
        await drawer.add()
    await drawer.limit(limit_household=1)
    await drawer.give(now, borrower_id=first.id)
    await leave_household(drawer.actor, second.id, now=now)  # and the household is none any more
    for person in (first, second):
        code = await refused(drawer, now, borrower_id=person.id)
        assert code == RefusalCode.VOUCHER_HOUSEHOLD_LIMIT_REACHED
    later = now + timedelta(days=30)
    await drawer.give(later, borrower_id=second.id)
    # They live apart now: what one is given is the other's no more.
    await drawer.give(later, borrower_id=first.id)


async def test_a_replacement_is_shared_as_the_first_was(drawer: Drawer, now: datetime) -> None:
    household = Household(label="Diallo", created_at=now)
    await household.save()
    first, second = [await drawer.add_person(household=household.id) for _ in range(2)]
    for _ in range(3):
        await drawer.add()
    await drawer.limit(limit_household=1)
    issue = await drawer.give(now, borrower_id=first.id)
    await leave_household(drawer.actor, second.id, now=now)
    await replace_voucher(drawer.actor, ReplaceVoucher(issue_id=issue.id), now=now)
    code = await refused(drawer, now, borrower_id=second.id)
    assert code == RefusalCode.VOUCHER_HOUSEHOLD_LIMIT_REACHED


async def test_who_lived_with_whom_is_forgotten_when_no_limit_looks_back_so_far(
    drawer: Drawer, now: datetime
) -> None:
    household = Household(label="Diallo", created_at=now)
    await household.save()
    first, _second = [await drawer.add_person(household=household.id) for _ in range(2)]
    await drawer.add()
    await drawer.give(now, borrower_id=first.id)
    await forget_shares(now=now + timedelta(days=LONGEST_PERIOD))
    assert await VoucherShare.count() == 1
    await forget_shares(now=now + timedelta(days=LONGEST_PERIOD + 2))
    assert await VoucherShare.count() == 0


async def test_the_policy_of_the_group_comes_before_the_one_of_all(
    drawer: Drawer, now: datetime
) -> None:
    for _ in range(3):
        await drawer.add()
    await drawer.limit(limit_person=1)
    await make.voucher_policy(drawer.kind, borrower_group=drawer.group.id, limit_person=2)
    for _ in range(2):
        await drawer.give(now)
    stranger = await make.borrower(site_id=drawer.site.id)
    await drawer.give(now, borrower_id=stranger.id)
    code = await refused(drawer, now, borrower_id=stranger.id)
    assert code == RefusalCode.VOUCHER_PERSON_LIMIT_REACHED


async def test_what_no_policy_speaks_of_is_given_to_nobody(drawer: Drawer, now: datetime) -> None:
    await drawer.add()
    await VoucherPolicy.delete(force=True)
    code = await refused(drawer, now, reason="she insists")
    assert code == RefusalCode.VOUCHER_NO_POLICY


async def test_a_reason_passes_the_limit_and_stays_with_the_issue(
    drawer: Drawer, now: datetime
) -> None:
    for _ in range(3):
        await drawer.add()
    await drawer.limit(limit_person=1)
    await drawer.give(now, reason="not needed")
    await drawer.give(now, reason="  her bag was\nstolen ")
    reasons = await VoucherIssue.select(VoucherIssue.override_reason).order_by(VoucherIssue.id)
    assert [row["override_reason"] for row in reasons] == ["", "her bag was stolen"]
    rows = await AuditEvent.select(AuditEvent.changes).order_by(AuditEvent.id)
    assert ["limit_passed" in row["changes"] for row in rows] == [False, True]
    assert not any("stolen" in row["changes"] for row in rows)


async def test_a_reason_longer_than_is_kept_is_refused(drawer: Drawer, now: datetime) -> None:
    await drawer.add()
    with pytest.raises(ReasonTooLong):
        await drawer.give(now, reason="x" * (LONGEST_REASON + 1))
    await drawer.give(now, reason=" " + "x" * LONGEST_REASON)


async def test_nobody_is_asked_who_they_are_where_the_kind_allows_it(
    drawer: Drawer, now: datetime
) -> None:
    await drawer.add()
    code = await refused(drawer, now, borrower_id=None)
    assert code == RefusalCode.VOUCHER_NEEDS_BORROWER
    await VoucherKind.update({VoucherKind.without_borrower: True}, force=True)
    await VoucherPolicy.delete(force=True)
    issue = await drawer.give(now, borrower_id=None)
    [row] = await VoucherIssue.objects()
    assert (issue.borrower_id, row.borrower, row.visit) == (None, None, None)


async def test_the_sim_in_the_hand_is_the_one_that_is_given(drawer: Drawer, now: datetime) -> None:
    await drawer.add(activate_by=day("2026-12-01"))
    held = await drawer.add()
    issue = await drawer.give(now, voucher_id=held.id)
    assert issue.voucher_id == held.id
    assert await refused(drawer, now, voucher_id=held.id) == RefusalCode.VOUCHER_ISSUED_ALREADY
    [row] = await AuditEvent.objects().where(AuditEvent.action == "voucher.refused")
    assert row.subject_id == held.id


async def test_a_sim_of_another_site_names_it(drawer: Drawer, now: datetime) -> None:
    other = await make.site(short_name="Bulle")
    held = await make.voucher(await make.voucher_batch(drawer.kind, site_id=other.id))
    with pytest.raises(IssueRefused) as error:
        await drawer.give(now, voucher_id=held.id)
    assert error.value.refusal.code == RefusalCode.VOUCHER_ELSEWHERE
    assert error.value.refusal.data == {"site": "Bulle"}


async def test_a_reserved_one_is_for_whom_it_is_reserved(drawer: Drawer, now: datetime) -> None:
    await drawer.add(activate_by=day("2026-12-01"))
    until = now + timedelta(days=1)
    aside = await drawer.add(status="reserved", reserved_until=until)
    other = await drawer.add_person()
    await VoucherReservation(
        voucher=aside.id, borrower=drawer.borrower.id, kind=drawer.kind.id
    ).save()
    code = await refused(drawer, now, voucher_id=aside.id, borrower_id=other.id)
    assert code == RefusalCode.VOUCHER_RESERVED
    issue = await drawer.give(now)
    assert issue.voucher_id == aside.id
    assert await VoucherReservation.count() == 0


async def test_a_reservation_that_lapsed_is_in_nobodys_way(drawer: Drawer, now: datetime) -> None:
    aside = await drawer.add(status="reserved", reserved_until=now - timedelta(hours=1))
    await VoucherReservation(
        voucher=aside.id, borrower=drawer.borrower.id, kind=drawer.kind.id
    ).save()
    other = await drawer.add_person()
    issue = await drawer.give(now, voucher_id=aside.id, borrower_id=other.id)
    assert issue.voucher_id == aside.id


async def test_a_voucher_goes_with_the_loan_of_the_visit_that_lacks_one(
    drawer: Drawer, now: datetime
) -> None:
    for _ in range(3):
        await drawer.add()
    visit = await drawer.visit(now)
    model = await make.model()
    await VoucherBundle(model=model.id, kind=drawer.kind.id).save()
    phone = await make.item(site_id=drawer.site.id, model=model.id)
    loan = await make.loan(item=phone, borrower_id=drawer.borrower.id, now=now, visit=visit)
    ties = [(await drawer.give(now, visit_id=visit)).loan_id for _ in range(2)]
    assert ties == [loan.id, None]
    assert (await drawer.give(now)).loan_id is None


async def test_a_visit_that_is_over_or_of_somebody_else_gives_nothing(
    drawer: Drawer, now: datetime
) -> None:
    await drawer.add()
    for values in ({"closed_at": now}, {"borrower": (await drawer.add_person()).id}):
        visit = await drawer.visit(now, **values)
        assert await refused(drawer, now, visit_id=visit) == RefusalCode.VISIT_NOT_OPEN


async def test_what_is_unknown_is_not_found(drawer: Drawer, now: datetime) -> None:
    await drawer.add()
    stranger = await make.borrower()
    other_site = await make.site()
    wrong: list[tuple[type[Exception], dict[str, UUID]]] = [
        (VoucherKindNotFound, {"kind_id": new_id()}),
        (VoucherNotFound, {"voucher_id": new_id()}),
        (BorrowerNotFound, {"borrower_id": new_id()}),
        (BorrowerNotFound, {"borrower_id": stranger.id}),
        (SiteNotFound, {"site_id": other_site.id}),
    ]
    for error, values in wrong:
        with pytest.raises(error):
            await drawer.give(now, **values)
    assert await actions() == []


async def test_higher_floors_hear_of_it_inside_the_transaction(
    drawer: Drawer, now: datetime
) -> None:
    voucher = await drawer.add()

    async def fail(event: VoucherIssued) -> None:
        assert event.voucher_id == voucher.id
        raise RuntimeError("no")

    events.subscribe(VoucherIssued, fail)
    try:
        with pytest.raises(RuntimeError):
            await drawer.give(now)
    finally:
        events._handlers[VoucherIssued].remove(fail)
    assert (await given(), await status_of(voucher.id)) == ([], "available")


async def test_an_issue_is_undone_for_a_minute_while_nobody_has_seen_the_code(
    drawer: Drawer, now: datetime
) -> None:
    voucher = await drawer.add()
    issue = await drawer.give(now)
    assert await undo_issue(drawer.actor, issue.id, now=now + timedelta(seconds=60)) == "SIM 10 GB"
    [row] = await Voucher.objects()
    assert row.status == "available"
    assert not row.issued_at
    assert await given() == []
    assert await actions() == ["voucher.issued", "voucher.issue_undone"]
    again = await drawer.give(now)
    assert again.voucher_id == voucher.id


async def test_what_was_shown_or_is_long_past_or_undone_is_not_undone(
    drawer: Drawer, now: datetime
) -> None:
    await drawer.add()
    issue = await drawer.give(now)
    codes = []
    await VoucherIssue.update({VoucherIssue.shown_at: now}, force=True)
    for later in (0, 120):
        with pytest.raises(UndoRefused) as error:
            await undo_issue(drawer.actor, issue.id, now=now + timedelta(seconds=later))
        codes.append(error.value.refusal.code)
    await VoucherIssue.update({VoucherIssue.shown_at: None}, force=True)
    await undo_issue(drawer.actor, issue.id, now=now)
    with pytest.raises(UndoRefused) as error:
        await undo_issue(drawer.actor, issue.id, now=now)
    codes.append(error.value.refusal.code)
    assert codes == [
        *(RefusalCode.VOUCHER_SHOWN, RefusalCode.UNDO_TOO_LATE, RefusalCode.UNDO_OVERTAKEN)
    ]


async def test_an_issue_of_another_site_is_not_found(drawer: Drawer, now: datetime) -> None:
    await drawer.add()
    issue = await drawer.give(now)
    stranger = await make.principal(Role.RECEPTION, (await make.site()).id)
    with pytest.raises(VoucherIssueNotFound):
        await undo_issue(stranger, issue.id, now=now)
