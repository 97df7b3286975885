"""Lending, taking back, renewing and undoing, on both engines."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from comptoir.core import db
from comptoir.core.idempotency import Attempt, IdempotencyKeyReused
from comptoir.core.principal import Principal, Role
from comptoir.core.tables import AuditEvent
from comptoir.inventory.tables import Item, ItemProblem
from comptoir.lending.errors import (
    CheckInRefused,
    CheckOutRefused,
    LoanNotFound,
    RenewalRefused,
    UndoRefused,
)
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.check_outs import check_out
from comptoir.lending.loans.listing import read_loan
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.schemas import CheckIn, CheckOut, LoanView
from comptoir.lending.loans.undo import undo_check_in, undo_check_out, undo_renewal
from comptoir.lending.tables import Borrower, BorrowerSite, Household, Loan, Policy
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception
from tests import factories as make


class Desk:
    """A site with one laptop, one borrower with a card, and a receptionist."""

    actor: Principal

    async def set_up(self) -> Desk:
        self.site = await make.site()
        self.actor = await make.principal(Role.RECEPTION, self.site.id)
        self.category = await make.category()
        self.model = await make.model(category=self.category.id)
        self.item = await self.add_item()
        self.policy = await make.policy(category_id=self.category.id)
        self.borrower = await make.borrower(site_id=self.site.id)
        self.card = await make.card(self.borrower.id)
        return self

    async def add_item(self, **values: Any) -> Item:
        return await make.item(site_id=self.site.id, model=self.model.id, **values)

    async def lend(self, now: datetime, item: Item | None = None, **values: Any) -> LoanView:
        code = (item or self.item).code
        command = CheckOut(item=code, card=values.pop("card", self.card.code), **values)
        return await check_out(self.actor, command, now=now)


@pytest.fixture
async def desk(database: Any) -> Desk:
    return await Desk().set_up()


async def status_of(item: Item) -> str:
    row = await Item.select(Item.status).where(Item.id == item.id).first()
    assert row is not None
    return str(row["status"])


async def actions() -> list[str]:
    rows = await AuditEvent.select(AuditEvent.action).order_by(AuditEvent.id)
    return [row["action"] for row in rows]


def attempt(key: str = "a-1", fingerprint: str = "f" * 64) -> Attempt:
    return Attempt(key=key, fingerprint=fingerprint)


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


async def test_a_check_in_frees_the_item_at_once(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    back = await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    assert (back.loan_id, back.status, back.transfer_to) == (loan.id, "available", None)
    assert await actions() == ["loan.opened", "loan.closed"]


async def test_an_item_of_another_site_is_taken_back_and_offered_as_a_transfer(
    desk: Desk, now: datetime
) -> None:
    home = await make.site(name="Comptoir de Lausanne", short_name="Lausanne")
    item = await make.item(site_id=home.id, model=desk.model.id)
    await desk.lend(now, item)
    back = await check_in(desk.actor, CheckIn(item=item.code), now=now)
    assert back.transfer_to == home.id
    row = await Item.objects().get(Item.id == item.id)
    assert row is not None
    assert row.present_site == desk.site.id


async def test_a_lost_item_is_found_again_and_has_to_be_checked(desk: Desk, now: datetime) -> None:
    await desk.lend(now)
    await Item.update({Item.status: "lost"}).where(Item.id == desk.item.id)
    back = await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    assert (back.found_again, back.status) == (True, "to_check")
    assert await Loan.count().where(Loan.returned_at.is_null()) == 0


async def test_what_is_not_on_loan_is_not_taken_back(desk: Desk, now: datetime) -> None:
    with pytest.raises(CheckInRefused) as refused:
        await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    assert refused.value.code == "lending.item-not-on-loan"


async def test_a_repeated_check_in_gives_the_first_outcome(desk: Desk, now: datetime) -> None:
    await desk.lend(now)
    command = CheckIn(item=desk.item.code, attempt=attempt())
    first = await check_in(desk.actor, command, now=now)
    await desk.lend(now)
    assert await check_in(desk.actor, command, now=now) == first
    assert await status_of(desk.item) == "on_loan"


async def test_a_renewal_counts_from_the_due_date(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    renewed = await renew_loan(desk.actor, loan.id, now=now)
    assert renewed.due_local.date().isoformat() == "2026-12-22"
    assert renewed.renewals == 1


async def test_no_more_renewals_than_the_policy_grants(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    for _ in range(2):
        await renew_loan(desk.actor, loan.id, now=now)
    with pytest.raises(RenewalRefused) as refused:
        await renew_loan(desk.actor, loan.id, now=now)
    assert refused.value.code == "lending.renewals-used"


async def test_a_loan_of_another_site_is_not_found(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    stranger = await make.principal(Role.RECEPTION, (await make.site()).id)
    with pytest.raises(LoanNotFound):
        await renew_loan(stranger, loan.id, now=now)
    with pytest.raises(LoanNotFound):
        await undo_check_out(stranger, loan.id, now=now)


async def test_a_renewal_is_undone_within_a_minute(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    await renew_loan(desk.actor, loan.id, now=now + timedelta(days=1))
    soon = now + timedelta(days=1, seconds=60)
    assert await undo_renewal(desk.actor, loan.id, now=soon) == desk.item.code
    [row] = await Loan.objects()
    assert (row.due_at, row.renewals, row.version) == (loan.due_at, 0, 3)
    assert await actions() == ["loan.opened", "loan.renewed", "loan.renewal_undone"]


async def test_of_two_renewals_the_last_is_undone_and_only_once(desk: Desk, now: datetime) -> None:
    await Policy.update({Policy.renewals: 2}, force=True)
    loan = await desk.lend(now)
    once = await renew_loan(desk.actor, loan.id, now=now)
    await renew_loan(desk.actor, loan.id, now=now)
    await undo_renewal(desk.actor, loan.id, now=now)
    with pytest.raises(UndoRefused):
        await undo_renewal(desk.actor, loan.id, now=now)
    [row] = await Loan.objects()
    assert (row.due_at, row.renewals) == (once.due_at, 1)


async def test_no_renewal_is_undone_later_or_of_what_came_back_or_where_there_was_none(
    desk: Desk, now: datetime
) -> None:
    loan = await desk.lend(now)
    with pytest.raises(UndoRefused):
        await undo_renewal(desk.actor, loan.id, now=now)
    await renew_loan(desk.actor, loan.id, now=now)
    with pytest.raises(UndoRefused):
        await undo_renewal(desk.actor, loan.id, now=now + timedelta(minutes=2))
    await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    with pytest.raises(UndoRefused) as refused:
        await undo_renewal(desk.actor, loan.id, now=now)
    assert refused.value.code == "lending.undo-too-late"


async def test_a_check_out_is_undone_within_a_minute(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    assert await undo_check_out(desk.actor, loan.id, now=now) == desk.item.code
    assert await status_of(desk.item) == "available"
    again = await desk.lend(now)
    with pytest.raises(UndoRefused):
        await undo_check_out(desk.actor, again.id, now=now + timedelta(minutes=2))


async def test_undoing_a_check_out_frees_no_item_that_has_a_problem_or_is_gone(
    desk: Desk, now: datetime
) -> None:
    loan = await desk.lend(now)
    await Item.update({Item.status: "lost"}).where(Item.id == desk.item.id)
    with pytest.raises(UndoRefused):
        await undo_check_out(desk.actor, loan.id, now=now)
    await Item.update({Item.status: "on_loan"}).where(Item.id == desk.item.id)
    await ItemProblem(item=desk.item.id, kind="damaged", reported_at=now).save()
    await undo_check_out(desk.actor, loan.id, now=now)
    assert await status_of(desk.item) == "to_check"


async def test_a_check_in_is_undone_unless_the_item_was_lent_again(
    desk: Desk, now: datetime
) -> None:
    loan = await desk.lend(now)
    command = CheckIn(item=desk.item.code)
    await check_in(desk.actor, command, now=now)
    await undo_check_in(desk.actor, loan.id, now=now)
    assert await status_of(desk.item) == "on_loan"
    await check_in(desk.actor, command, now=now)
    await desk.lend(now)
    with pytest.raises(UndoRefused) as refused:
        await undo_check_in(desk.actor, loan.id, now=now)
    assert refused.value.code == "lending.undo-too-late"


async def test_a_check_in_is_not_undone_once_the_item_went_out_and_came_back(
    desk: Desk, now: datetime
) -> None:
    loan = await desk.lend(now)
    command = CheckIn(item=desk.item.code)
    await check_in(desk.actor, command, now=now)
    await desk.lend(now)
    await check_in(desk.actor, command, now=now)
    with pytest.raises(UndoRefused):
        await undo_check_in(desk.actor, loan.id, now=now)
    assert await status_of(desk.item) == "available"


async def test_a_loan_that_was_undone_is_not_opened_again(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    await undo_check_out(desk.actor, loan.id, now=now)
    with pytest.raises(UndoRefused):
        await undo_check_in(desk.actor, loan.id, now=now)
    assert await status_of(desk.item) == "available"


@pytest.mark.parametrize("status", ["in_repair", "lost", "in_transit", "retired"])
async def test_a_check_in_is_not_undone_once_the_item_went_elsewhere(
    desk: Desk, now: datetime, status: str
) -> None:
    loan = await desk.lend(now)
    await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    await Item.update({Item.status: status}).where(Item.id == desk.item.id)
    with pytest.raises(UndoRefused):
        await undo_check_in(desk.actor, loan.id, now=now)
    assert await status_of(desk.item) == status


async def test_a_check_in_is_undone_within_a_minute_only(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    with pytest.raises(UndoRefused):
        await undo_check_in(desk.actor, loan.id, now=now + timedelta(minutes=2))


async def test_an_item_is_where_it_was_taken_back(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    elsewhere = await make.site(short_name="Lausanne")
    colleague = await make.principal(Role.RECEPTION, elsewhere.id)
    back = await check_in(colleague, CheckIn(item=desk.item.code), now=now)
    assert (back.loan_id, back.transfer_to) == (loan.id, desk.site.id)
    [item] = await Item.objects()
    [closed] = await Loan.objects()
    assert (item.present_site, closed.returned_site) == (elsewhere.id, elsewhere.id)


async def test_a_late_return_says_on_how_many_days_the_door_was_open(
    desk: Desk, now: datetime
) -> None:
    loan = await desk.lend(now)
    assert loan.due_local.strftime("%A %H:%M") == "Tuesday 17:00"
    thursday_morning = loan.due_at + timedelta(days=1, hours=17)
    back = await check_in(desk.actor, CheckIn(item=desk.item.code), now=thursday_morning)
    assert back.late_days == 2


async def test_days_late_are_those_of_the_site_where_it_was_due(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    always_shut = await make.site(short_name="Lausanne", opens=0, closes=0)
    colleague = await make.principal(Role.RECEPTION, always_shut.id)
    thursday_morning = loan.due_at + timedelta(days=1, hours=17)
    back = await check_in(colleague, CheckIn(item=desk.item.code), now=thursday_morning)
    assert back.late_days == 2


async def test_an_item_that_comes_back_incomplete_has_to_be_checked(
    desk: Desk, now: datetime
) -> None:
    await desk.lend(now)
    await ItemProblem(item=desk.item.id, kind="missing", reported_at=now).save()
    back = await check_in(desk.actor, CheckIn(item=desk.item.code), now=now)
    assert back.status == "to_check"
    assert await status_of(desk.item) == "to_check"


async def test_a_second_tap_on_renew_renews_once(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    first = await renew_loan(desk.actor, loan.id, seen=0, now=now)
    assert await renew_loan(desk.actor, loan.id, seen=0, now=now) == first
    assert (await renew_loan(desk.actor, loan.id, seen=1, now=now)).renewals == 2


async def test_a_loan_is_shown_at_its_sites_only(desk: Desk, now: datetime) -> None:
    loan = await desk.lend(now)
    shown = await read_loan(desk.actor, loan.id, now=now)
    assert shown is not None
    assert shown.code == desk.item.code
    stranger = await make.principal(Role.RECEPTION, (await make.site()).id)
    assert await read_loan(stranger, loan.id, now=now) is None


async def test_two_desks_lending_one_item_make_exactly_one_loan(desk: Desk, now: datetime) -> None:
    results = await asyncio.gather(
        *(desk.lend(now, attempt=attempt(key=str(uuid4()))) for _ in range(8)),
        return_exceptions=True,
    )
    loans = [result for result in results if isinstance(result, LoanView)]
    refusals = [result for result in results if isinstance(result, CheckOutRefused)]
    assert (len(loans), len(refusals)) == (1, 7)
    assert sorted(await actions()) == ["loan.opened"] + ["scan.refused"] * 7


async def test_one_attempt_sent_by_two_processes_acts_once(desk: Desk, now: datetime) -> None:
    results = await asyncio.gather(*(desk.lend(now, attempt=attempt()) for _ in range(6)))
    assert len(set(results)) == 1
    assert await Loan.count() == 1


async def test_a_limit_holds_when_several_desks_lend_to_one_person_at_once(
    desk: Desk, now: datetime
) -> None:
    await Policy.update({Policy.limit_person: 2}).where(Policy.id == desk.policy.id)
    items = [await desk.add_item() for _ in range(6)]
    results = await asyncio.gather(
        *(desk.lend(now, item) for item in items), return_exceptions=True
    )
    assert sum(isinstance(result, LoanView) for result in results) == 2
    codes = {str(result.code) for result in results if isinstance(result, CheckOutRefused)}
    assert codes == {"lending.person-limit-reached"}


async def test_a_limit_holds_when_people_of_one_household_borrow_at_once(
    desk: Desk, now: datetime
) -> None:
    await Policy.update({Policy.limit_household: 2}).where(Policy.id == desk.policy.id)
    home = Household(label="Rue de Lausanne", created_at=now)
    await home.save()
    people = [await make.borrower(site_id=desk.site.id, household=home.id) for _ in range(6)]
    cards = [await make.card(person.id) for person in people]
    items = [await desk.add_item() for _ in people]
    results = await asyncio.gather(
        *(desk.lend(now, item, card=card.code) for item, card in zip(items, cards, strict=True)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, LoanView) for result in results) == 2
    codes = {str(result.code) for result in results if isinstance(result, CheckOutRefused)}
    assert codes == {"lending.household-limit-reached"}


async def test_a_check_out_takes_four_statements(desk: Desk, now: datetime) -> None:
    await desk.lend(now, await desk.add_item(), attempt=attempt())
    with db.count_statements() as sent:
        await desk.lend(now, attempt=attempt(key="a-2"))
    writes = 1 if db.is_postgres() else 4
    assert len(sent) == 3 + writes
