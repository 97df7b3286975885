"""What is lent here may be brought back to another site, by that site's calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.core import audit, db
from comptoir.core.audit.sentences import tell
from comptoir.core.i18n import use_language
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.lending import rules
from comptoir.lending.agreed_loans import named_loans
from comptoir.lending.agreement_pdf import agreement_words
from comptoir.lending.agreements import agreement_document
from comptoir.lending.desk.visits import choose_return_site, open_visit
from comptoir.lending.due_dates import DueMode, due_at
from comptoir.lending.errors import CheckOutRefused, ReturnSiteRefused, VisitNotFound
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.listing import LoanFilter, list_loans
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.schemas import CheckIn
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.rules import ReturnChoice
from comptoir.lending.tables import Loan, Policy, Visit
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception
from comptoir.sites.opening_hours import Times
from comptoir.sites.tables import Site
from tests import factories as make
from tests.lending.counter import Desk, actions
from tests.lending.facts import CHECK_OUT, NOW, POLICY
from tests.sites.calendars import WeeklyHours, at, moments, weekly_hours

#: A Friday in the week before Christmas, at ten.
FRIDAY = date(2026, 12, 18)
TEN = at(FRIDAY, time(10))
SIX, LAST_MINUTE, NOON = time(18), time(23, 59), time(12)
NO_CAP, CAP = None, date(2026, 12, 29)


def december(day: int) -> date:
    return date(2026, 12, day)


def january(day: int) -> date:
    return date(2027, 1, day)


async def lausanne(**values: Any) -> Site:
    """Open on weekdays from 10 to 18, closed on the holidays of Vaud (25 December, 1 January)."""
    defaults: dict[str, Any] = {"opens": 600, "closes": 1080, "country": "CH", "region": "VD"}
    return await make.site(
        name="Lausanne", short_name="Lausanne", published=True, **defaults | values
    )


async def announced(site: Site, what: str) -> None:
    """Nothing; the holiday worked from 10 to 12; or the site shut over Christmas."""
    if what == "plain":
        return
    first, last, kind = {
        "special": (december(25), december(25), ExceptionKind.OPEN),
        "shut": (december(21), january(3), ExceptionKind.CLOSED),
    }[what]
    hours = (Times(600, 720),) if kind is ExceptionKind.OPEN else ()
    actor = await make.principal(Role.COORDINATOR, site.id)
    command = AnnounceException((site.id,), first, last, kind, hours)
    await announce_exception(actor, command, now=TEN)


async def refused(desk: Desk, **values: Any) -> str:
    with pytest.raises(CheckOutRefused) as error:
        await desk.lend(TEN, **values)
    return error.value.code


@pytest.mark.parametrize("whose", ["nobody's", "somebody else's", "elsewhere", "closed", "old"])
async def test_a_loan_belongs_to_no_visit_but_the_borrowers_own_open_one_here(
    desk: Desk, whose: str
) -> None:
    other = await lausanne()
    person = (await make.borrower()).id if whose == "somebody else's" else desk.borrower.id
    opened = TEN - timedelta(hours=1) if whose == "old" else TEN
    row = Visit(
        site=other.id if whose == "elsewhere" else desk.site.id,
        borrower=person,
        return_site=other.id,
        opened_at=opened,
        closed_at=TEN if whose == "closed" else None,
    )
    if whose != "nobody's":
        await row.save()
    assert await refused(desk, visit_id=row.id) == "lending.visit-not-open"
    assert await Loan.count() == 0
    # Nor does naming the site of the return besides make it one.
    code = await refused(desk, visit_id=row.id, return_site_id=other.id)
    assert code == "lending.visit-not-open"
    assert (await desk.lend(TEN)).return_site_id == desk.site.id


@pytest.mark.parametrize(
    ("mode", "what", "cap", "day", "clock"),
    [
        ("calendar_days", "plain", NO_CAP, december(25), LAST_MINUTE),
        ("calendar_days", "special", NO_CAP, december(25), NOON),
        ("calendar_days", "shut", NO_CAP, december(25), LAST_MINUTE),
        ("calendar_days_next_open", "plain", NO_CAP, december(28), SIX),
        ("calendar_days_next_open", "special", NO_CAP, december(25), NOON),
        ("calendar_days_next_open", "shut", NO_CAP, january(4), SIX),
        # 1 January is a holiday, too
        ("same_weekday", "plain", NO_CAP, january(8), SIX),
        ("same_weekday", "special", NO_CAP, december(25), NOON),
        ("same_weekday", "shut", NO_CAP, january(8), SIX),
        ("open_days", "plain", NO_CAP, december(30), SIX),
        ("open_days", "special", NO_CAP, december(29), SIX),
        ("open_days", "shut", NO_CAP, january(12), SIX),
        ("calendar_days", "plain", CAP, december(25), LAST_MINUTE),
        ("calendar_days", "special", CAP, december(25), NOON),
        ("calendar_days", "shut", CAP, FRIDAY, SIX),
        ("calendar_days_next_open", "plain", CAP, december(28), SIX),
        ("calendar_days_next_open", "special", CAP, december(25), NOON),
        ("calendar_days_next_open", "shut", CAP, FRIDAY, SIX),
        ("same_weekday", "plain", CAP, december(29), SIX),
        ("same_weekday", "special", CAP, december(25), NOON),
        ("same_weekday", "shut", CAP, FRIDAY, SIX),
        ("open_days", "plain", CAP, december(29), SIX),
        ("open_days", "special", CAP, december(29), SIX),
        ("open_days", "shut", CAP, FRIDAY, SIX),
    ],
)
async def test_due_date_of_a_week_by_the_calendar_of_the_return_site(
    desk: Desk, mode: str, what: str, cap: date | None, day: date, clock: time
) -> None:
    other = await lausanne()
    await announced(other, what)
    await Policy.update({Policy.mode: mode, Policy.length: 7}, force=True)
    person = await make.borrower(site_id=desk.site.id, eligible_until=cap)
    card = await make.card(person.id)
    loan = await desk.lend(TEN, card=card.code, return_site_id=other.id)
    assert loan.due_at == at(day, clock)
    assert (loan.site_id, loan.return_site_id, loan.place) == (desk.site.id, other.id, "Lausanne")


async def test_due_is_by_the_clock_of_the_return_site(desk: Desk) -> None:
    other = await lausanne(time_zone="Europe/London", country="GB", region="")
    loan = await desk.lend(TEN, return_site_id=other.id)
    assert (loan.due_local.hour, loan.due_at.hour) == (18, 18)


async def test_without_a_choice_it_is_brought_back_to_the_site_that_lends(desk: Desk) -> None:
    await lausanne()
    loan = await desk.lend(TEN)
    assert loan.return_site_id == desk.site.id
    assert loan.due_at == at(january(1), time(17))


async def test_choosing_the_site_that_lends_is_no_choice(desk: Desk) -> None:
    await Policy.update({Policy.returns_elsewhere: False}, force=True)
    loan = await desk.lend(TEN, return_site_id=desk.site.id)
    assert loan.return_site_id == desk.site.id


async def test_refused_return_sites_have_codes_and_are_recorded(desk: Desk) -> None:
    other = await lausanne()
    assert await refused(desk, return_site_id=new_id()) == "lending.return-site-unknown"
    await Policy.update({Policy.returns_elsewhere: False}, force=True)
    assert await refused(desk, return_site_id=other.id) == "lending.return-site-not-allowed"
    await Policy.update({Policy.returns_elsewhere: True, Policy.mode: "on_site"}, force=True)
    assert await refused(desk, return_site_id=other.id) == "lending.return-site-for-use-here"
    assert await actions() == ["scan.refused"] * 3
    assert await Loan.count() == 0


@pytest.mark.parametrize("values", [{"published": False}, {"active": False}])
async def test_nothing_is_to_be_brought_back_where_nobody_can_find_it(
    desk: Desk, values: dict[str, Any]
) -> None:
    other = await make.site(**{"published": True, **values})
    assert await refused(desk, return_site_id=other.id) == "lending.return-site-not-public"


@pytest.mark.parametrize(
    ("choice", "policy", "code"),
    [
        (ReturnChoice.HERE, {"mode": DueMode.ON_SITE, "returns_elsewhere": False}, None),
        (ReturnChoice.ELSEWHERE, {}, None),
        (
            ReturnChoice.UNKNOWN,
            {"mode": DueMode.ON_SITE, "returns_elsewhere": False},
            RefusalCode.RETURN_SITE_UNKNOWN,
        ),
        (
            ReturnChoice.NOT_PUBLIC,
            {"mode": DueMode.ON_SITE, "returns_elsewhere": False},
            RefusalCode.RETURN_SITE_FOR_USE_HERE,
        ),
        (
            ReturnChoice.NOT_PUBLIC,
            {"returns_elsewhere": False},
            RefusalCode.RETURN_SITE_NOT_ALLOWED,
        ),
        (ReturnChoice.NOT_PUBLIC, {}, RefusalCode.RETURN_SITE_NOT_PUBLIC),
    ],
)
def test_the_first_reason_against_a_return_site_is_told(
    choice: ReturnChoice, policy: dict[str, Any], code: RefusalCode | None
) -> None:
    refusal = rules.refuse_return_site(choice, msgspec.structs.replace(POLICY, **policy))
    assert (refusal.code if refusal else None) is code


def test_return_site_is_asked_about_before_the_person() -> None:
    person = msgspec.structs.replace(CHECK_OUT.borrower, suspended_at=NOW)
    facts = msgspec.structs.replace(
        CHECK_OUT, borrower=person, return_choice=ReturnChoice.NOT_PUBLIC
    )
    refusal = rules.check_out_due(facts, now=NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.code is RefusalCode.RETURN_SITE_NOT_PUBLIC


@given(
    st.integers(1, 60),
    st.sampled_from([mode for mode in DueMode if mode is not DueMode.ON_SITE]),
    moments(),
    weekly_hours(),
    st.one_of(st.none(), st.integers(0, 60)),
)
def test_another_return_site_is_due_by_its_calendar_and_nothing_else(
    length: int, mode: DueMode, start: datetime, there: WeeklyHours, days: int | None
) -> None:
    cap = None if days is None else there.local_date(start) + timedelta(days=days)
    facts = msgspec.structs.replace(
        CHECK_OUT,
        policy=msgspec.structs.replace(POLICY, mode=mode, length=length),
        borrower=msgspec.structs.replace(CHECK_OUT.borrower, eligible_until=cap),
        calendar=there,
        return_choice=ReturnChoice.ELSEWHERE,
    )
    assert rules.check_out_due(facts, now=start) == due_at(length, mode, start, there, cap)


async def test_renewal_counts_by_the_return_site(desk: Desk) -> None:
    other = await lausanne()
    loan = await desk.lend(TEN, return_site_id=other.id)  # two weeks: 1 January, so the 4th
    assert loan.due_at == at(january(4), SIX)
    renewed = await renew_loan(desk.actor, loan.id, now=TEN)
    assert renewed.due_at == at(january(18), SIX)
    assert renewed.place == "Lausanne"


async def test_closure_of_the_return_site_moves_the_loan(desk: Desk) -> None:
    other = await lausanne()
    loan = await desk.lend(TEN, return_site_id=other.id)
    actor = await make.principal(Role.COORDINATOR, other.id)
    shut = AnnounceException((other.id,), january(4), january(4), ExceptionKind.CLOSED)
    await announce_exception(actor, shut, now=TEN)
    row = await Loan.select(Loan.due_at).where(Loan.id == loan.id).first()
    assert row is not None
    assert row["due_at"] == at(january(5), SIX)


async def test_return_site_lists_the_loan_and_knows_its_borrower(desk: Desk) -> None:
    other = await lausanne()
    loan = await desk.lend(TEN, return_site_id=other.id)
    there = await make.principal(Role.RECEPTION, other.id)
    [row] = (await list_loans(there, LoanFilter(site_id=other.id), now=TEN)).rows
    assert (row.id, row.place) == (loan.id, "Lausanne")
    known = await db.fetch(
        "SELECT site FROM lending_borrower_site WHERE borrower = :id", id=desk.borrower.id
    )
    assert {each["site"] for each in known} == {desk.site.id, other.id}
    assert (await list_loans(desk.actor, LoanFilter(site_id=desk.site.id), now=TEN)).rows == ()
    [entry] = [each for _, each in await audit.timeline(loan.id)]
    with use_language("en"):
        line = tell(new_id(), entry, {str(other.id): "Lausanne"})
    assert line.text.endswith("to be brought back to Lausanne.")


# Where it comes back


async def back_at(desk: Desk, site: UUID) -> Any:
    actor = await make.principal(Role.RECEPTION, site)
    return await check_in(actor, CheckIn(item=desk.item.code, site_id=site), now=TEN)


async def test_where_the_policy_allows_it_any_site_takes_it_back(desk: Desk) -> None:
    other, third = await lausanne(), await make.site(short_name="Bulle")
    await desk.lend(TEN, return_site_id=other.id)
    view = await back_at(desk, third.id)
    assert (view.expected_at, view.transfer_to) == (None, desk.site.id)


async def test_elsewhere_it_is_taken_back_and_the_desk_says_where_it_should_have_gone(
    desk: Desk,
) -> None:
    other = await lausanne()
    await Policy.update({Policy.returns_elsewhere: False}, force=True)
    loan = await desk.lend(TEN)
    view = await back_at(desk, other.id)
    assert (view.loan_id, view.status) == (loan.id, "available")
    assert (view.expected_at, view.expected_place) == (desk.site.id, "Fribourg")
    assert view.transfer_to == desk.site.id


@pytest.mark.parametrize("agreed", [True, False])
async def test_site_that_lent_or_was_agreed_is_never_the_wrong_one(
    desk: Desk, agreed: bool
) -> None:
    other = await lausanne()
    await desk.lend(TEN, return_site_id=other.id)
    await Policy.update({Policy.returns_elsewhere: False}, force=True)
    view = await back_at(desk, other.id if agreed else desk.site.id)
    assert view.expected_at is None


async def test_rule_that_was_removed_since_forbids_nothing(desk: Desk) -> None:
    other = await lausanne()
    await Policy.update({Policy.returns_elsewhere: False}, force=True)
    await desk.lend(TEN)
    await Policy.delete(force=True)
    assert (await back_at(desk, other.id)).expected_at is None


HERE, HOME, THERE = new_id(), new_id(), new_id()


@pytest.mark.parametrize(
    ("home", "expected", "goes_to"),
    [
        (HERE, None, None),
        (HOME, None, HOME),
        (HOME, HOME, HOME),
        (HOME, THERE, THERE),
        (HERE, THERE, None),
    ],
)
def test_what_came_back_is_sent_where_it_was_expected_or_home(
    home: UUID, expected: UUID | None, goes_to: UUID | None
) -> None:
    assert rules.send_on(HERE, home=home, expected=expected) == goes_to


# The visit's choice


async def visit(desk: Desk) -> UUID:
    return await open_visit(
        desk.actor, desk.borrower.id, site_id=desk.site.id, by_card=True, now=TEN
    )


async def test_choice_of_a_visit_holds_for_what_it_lends(desk: Desk) -> None:
    other = await lausanne()
    visit_id = await visit(desk)
    await choose_return_site(desk.actor, visit_id, other.id, now=TEN)
    loan = await desk.lend(TEN, visit_id=visit_id)
    assert loan.return_site_id == other.id
    await choose_return_site(desk.actor, visit_id, desk.site.id, now=TEN)
    loan = await desk.lend(TEN, item=await desk.add_item(), visit_id=visit_id)
    assert loan.return_site_id == desk.site.id
    assert (await actions()).count("visit.return_site_chosen") == 2


async def test_same_choice_again_is_no_second_one(desk: Desk) -> None:
    other = await lausanne()
    visit_id = await visit(desk)
    for _ in range(2):
        await choose_return_site(desk.actor, visit_id, other.id, now=TEN)
    assert (await actions()).count("visit.return_site_chosen") == 1


async def test_visit_cannot_choose_what_is_no_public_site(desk: Desk) -> None:
    visit_id, private = await visit(desk), await make.site()
    shut = await make.site(published=True, active=False)
    for site_id, code in (
        (new_id(), "lending.return-site-unknown"),
        (private.id, "lending.return-site-not-public"),
        (shut.id, "lending.return-site-not-public"),
    ):
        with pytest.raises(ReturnSiteRefused) as error:
            await choose_return_site(desk.actor, visit_id, site_id, now=TEN)
        assert error.value.code == code


async def test_visit_that_is_over_or_of_others_chooses_nothing(desk: Desk) -> None:
    other = await lausanne()
    visit_id = await visit(desk)
    stranger = await make.principal(Role.RECEPTION, other.id)
    with pytest.raises(VisitNotFound):
        await choose_return_site(stranger, visit_id, other.id, now=TEN)
    with pytest.raises(VisitNotFound):
        await choose_return_site(desk.actor, visit_id, other.id, now=TEN + timedelta(hours=1))
    await Visit.update({Visit.closed_at: TEN}, force=True)
    with pytest.raises(VisitNotFound):
        await choose_return_site(desk.actor, visit_id, other.id, now=TEN)


# The agreement


async def test_agreement_names_the_return_site_and_its_hours(desk: Desk) -> None:
    other = await lausanne()
    loan = await desk.lend(TEN, return_site_id=other.id)
    loans = await named_loans(desk.actor, [loan.id])
    words = agreement_words(agreement_document(loans, "", None, now=TEN))
    [place] = words["places"]["each"]
    assert place["lines"][0] == "Lausanne"
    assert place["week"][0][1] == ["10:00–18:00"]
    assert place["things"] == ""


async def test_agreement_about_two_return_sites_says_what_goes_where(desk: Desk) -> None:
    other = await lausanne()
    first = await desk.lend(TEN)
    second = await desk.lend(TEN, item=await desk.add_item(), return_site_id=other.id)
    loans = await named_loans(desk.actor, [first.id, second.id])
    words = agreement_words(agreement_document(loans, "", None, now=TEN))
    here, there = words["places"]["each"]
    assert (here["lines"][0], there["lines"][0]) == ("Comptoir de Fribourg", "Lausanne")
    for place, loan in ((here, first), (there, second)):
        assert f"{loan.item[:4]}-{loan.item[4:]}" in place["things"]
