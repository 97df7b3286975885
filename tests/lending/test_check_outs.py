"""Lending an item: until when, to whom, and what one is told instead."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from comptoir.core.idempotency import IdempotencyKeyReused
from comptoir.core.principal import Role
from comptoir.core.tables import AuditEvent
from comptoir.inventory.tables import ItemProblem
from comptoir.lending.errors import (
    CheckOutRefused,
)
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.check_outs import check_out
from comptoir.lending.loans.schemas import CheckIn, CheckOut
from comptoir.lending.tables import Borrower, BorrowerSite, Household, Loan, Policy
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception
from tests import factories as make
from tests.lending.counter import Desk, actions, attempt, status_of


async def test_eligibility_without_end_written_as_the_last_day_there_is_may_borrow(
    desk: Desk, now: datetime
) -> None:
    await Borrower.update({Borrower.eligible_until: date.max}, force=True)
    loan = await desk.lend(now)
    assert loan.due_at == datetime(2026, 12, 8, 16, tzinfo=UTC)


async def test_a_free_item_is_lent_until_closing_time_on_the_due_day(
    desk: Desk, now: datetime
) -> None:
    loan = await desk.lend(now)
    assert loan.due_at == datetime(2026, 12, 8, 16, 0, tzinfo=UTC)
    assert loan.due_local.hour == 17
    assert await status_of(desk.item) == "on_loan"
    assert await actions() == ["loan.opened"]


async def test_nothing_is_due_on_a_day_that_the_site_has_announced_as_closed(
    desk: Desk, now: datetime
) -> None:
    coordinator = await make.principal(Role.COORDINATOR, desk.site.id)
    due_day = date(2026, 12, 8)
    closing = AnnounceException((desk.site.id,), due_day, due_day, ExceptionKind.CLOSED)
    await announce_exception(coordinator, closing, now=now)
    loan = await desk.lend(now)
    assert loan.due_local.date() == date(2026, 12, 9)


async def test_an_item_on_loan_is_refused_and_the_refusal_is_recorded(
    desk: Desk, now: datetime
) -> None:
    await desk.lend(now)
    other = await make.borrower(site_id=desk.site.id)
    other_card = await make.card(other.id)
    with pytest.raises(CheckOutRefused) as refused:
        await desk.lend(now, card=other_card.code)
    assert refused.value.code == "lending.item-on-loan"
    assert await actions() == ["loan.opened", "scan.refused"]
    event = await AuditEvent.objects().where(AuditEvent.action == "scan.refused").first()
    assert event is not None
    assert event.subject_id == desk.item.id
    assert "lending.item-on-loan" in event.changes


async def test_an_unknown_item_and_an_unknown_card_are_refused_by_their_code(
    desk: Desk, now: datetime
) -> None:
    unknown = "BCDFGHJK"
    for command in (
        CheckOut(item=unknown, card=desk.card.code),
        CheckOut(item=desk.item.code, card=unknown),
    ):
        with pytest.raises(CheckOutRefused) as refused:
            await check_out(desk.actor, command, now=now)
        assert refused.value.code == "lending.code-unknown"
        assert refused.value.details() == {"code": "BCDF-GHJK"}


async def test_a_replaced_card_is_refused(desk: Desk, now: datetime) -> None:
    old = await make.card((await make.borrower()).id, revoked_at=now)
    with pytest.raises(CheckOutRefused) as refused:
        await desk.lend(now, card=old.code)
    assert refused.value.code == "lending.card-replaced"


async def test_an_item_with_a_problem_is_refused(desk: Desk, now: datetime) -> None:
    await ItemProblem(item=desk.item.id, kind="missing", reported_at=now).save()
    with pytest.raises(CheckOutRefused) as refused:
        await desk.lend(now)
    assert refused.value.code == "lending.item-incomplete"


async def test_the_policy_of_the_group_goes_before_that_of_everybody(
    desk: Desk, now: datetime
) -> None:
    await make.policy(
        category_id=desk.category.id, borrower_group=desk.borrower.borrower_group, length=7
    )
    loan = await desk.lend(now)
    assert loan.due_local.date().isoformat() == "2026-12-01"


async def test_a_lapsed_suspension_is_no_block(desk: Desk, now: datetime) -> None:
    await Borrower.update(
        {Borrower.suspended_at: now - timedelta(days=9), Borrower.suspended_until: now}
    ).where(Borrower.id == desk.borrower.id)
    assert (await desk.lend(now)).item == desk.item.code


async def test_a_card_from_another_site_makes_the_borrower_known_here(
    desk: Desk, now: datetime
) -> None:
    stranger = await make.borrower()
    card = await make.card(stranger.id)
    await desk.lend(now, card=card.code)
    known = await BorrowerSite.select(BorrowerSite.site).where(BorrowerSite.borrower == stranger.id)
    assert [row["site"] for row in known] == [desk.site.id]


async def test_a_limit_counts_only_the_category_and_open_loans(desk: Desk, now: datetime) -> None:
    await Policy.update({Policy.limit_person: 1}).where(Policy.id == desk.policy.id)
    await desk.lend(now)
    second = await desk.add_item()
    with pytest.raises(CheckOutRefused) as refused:
        await desk.lend(now, second)
    assert refused.value.code == "lending.person-limit-reached"
    await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    assert (await desk.lend(now, second)).item == second.code


async def test_a_household_shares_its_limit(desk: Desk, now: datetime) -> None:
    home = Household(label="Diallo", created_at=now)
    await home.save()
    await Policy.update({Policy.limit_household: 1}).where(Policy.id == desk.policy.id)
    await Borrower.update({Borrower.household: home.id}).where(Borrower.id == desk.borrower.id)
    housemate = await make.borrower(household=home.id)
    card = await make.card(housemate.id)
    await desk.lend(now)
    with pytest.raises(CheckOutRefused) as refused:
        await desk.lend(now, await desk.add_item(), card=card.code)
    assert refused.value.code == "lending.household-limit-reached"


async def test_the_same_attempt_gives_the_first_outcome_whatever_happened_since(
    desk: Desk, now: datetime
) -> None:
    first = await desk.lend(now, attempt=attempt())
    await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    assert await desk.lend(now + timedelta(hours=3), attempt=attempt()) == first
    assert await Loan.count() == 1


async def test_a_refusal_is_the_outcome_of_its_attempt_too(desk: Desk, now: datetime) -> None:
    await Borrower.update({Borrower.eligible_until: now.date() - timedelta(days=1)}).where(
        Borrower.id == desk.borrower.id
    )
    for _ in range(2):
        with pytest.raises(CheckOutRefused) as refused:
            await desk.lend(now, attempt=attempt())
        assert refused.value.code == "lending.borrower-ineligible"
        assert "2026" in refused.value.message()
        await Borrower.update({Borrower.eligible_until: None}).where(
            Borrower.id == desk.borrower.id
        )


async def test_the_same_key_with_another_request_is_refused(desk: Desk, now: datetime) -> None:
    await desk.lend(now, attempt=attempt())
    with pytest.raises(IdempotencyKeyReused):
        await desk.lend(now, attempt=attempt(fingerprint="0" * 64))
