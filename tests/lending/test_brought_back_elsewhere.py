"""Another site for the return is chosen while something is on loan: by whose hours it is due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from comptoir.core import audit, clock, db, events
from comptoir.core.audit.sentences import tell
from comptoir.core.i18n import use_language
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.lending import rules
from comptoir.lending.closures import telling, told
from comptoir.lending.due_dates import DueMode
from comptoir.lending.errors import LoanChanged, LoanNotFound, ReturnSiteRefused
from comptoir.lending.events import DueDateMoved, ReturnSiteChosen
from comptoir.lending.loans.elsewhere import choose_return_site
from comptoir.lending.refusals import Refusal
from comptoir.lending.rules import ElsewhereFacts, PolicyFacts, ReturnChoice
from comptoir.lending.tables import Loan, Policy
from comptoir.sites.exceptions.services import announce_exception
from comptoir.sites.opening_hours import Span
from comptoir.sites.tables import Site
from tests import factories as make
from tests.http_client import codes
from tests.lending.api_desk import program
from tests.lending.closing import DUE, FRIDAY, THURSDAY, Closing, at, closing, due_of
from tests.lending.counter import Desk
from tests.lending.reception import Reception
from tests.locks import overtaken
from tests.sites.calendars import ZURICH, WeeklyHours, office

NOW = at(date(2026, 11, 24), 10)
MONDAY = date(2026, 11, 30)
TO_SIX = at(THURSDAY, 18)
#: Open in the mornings of Monday, Wednesday and Friday.
MORNINGS = WeeklyHours(ZURICH, tuple(Span(day, 9 * 60, 12 * 60) for day in (0, 2, 4)))
SHUT = WeeklyHours(ZURICH)
FACTS = ElsewhereFacts(
    returned=False,
    due_at=DUE,
    eligible_until=None,
    policy=PolicyFacts(DueMode.CALENDAR_DAYS_NEXT_OPEN, 14),
    choice=ReturnChoice.ELSEWHERE,
    before=office(),
    calendar=MORNINGS,
)


def decided(**values: Any) -> datetime | str:
    due = rules.elsewhere_due(msgspec.structs.replace(FACTS, **values), now=NOW)
    return due.code if isinstance(due, Refusal) else due


def policy(mode: DueMode, **values: Any) -> PolicyFacts:
    return PolicyFacts(mode, 14, **values)


@pytest.mark.parametrize(
    ("values", "due"),
    [
        ({"calendar": office()}, TO_SIX),  # the day stays, and that site closes at six
        ({}, at(FRIDAY.date(), 12)),
        ({"policy": None}, at(FRIDAY.date(), 12)),
        ({"policy": policy(DueMode.OPEN_DAYS)}, at(FRIDAY.date(), 12)),
        # never a Thursday there, so the next open day after the one that was meant
        ({"policy": policy(DueMode.SAME_WEEKDAY)}, at(date(2026, 12, 4), 12)),
        (
            {"policy": policy(DueMode.CALENDAR_DAYS)},
            datetime(2026, 11, 26, 22, 59, tzinfo=UTC),
        ),
        ({"eligible_until": THURSDAY}, at(date(2026, 11, 25), 12)),
        ({"due_at": NOW - timedelta(days=3)}, NOW - timedelta(days=3)),  # what is late stays late
        # due this evening, and that site has been shut all day
        ({"due_at": at(NOW.date())}, at(date(2026, 11, 25), 12)),
        ({"calendar": SHUT}, "lending.site-never-open"),
        ({"returned": True, "calendar": SHUT}, "lending.loan-returned"),
        ({"choice": ReturnChoice.UNKNOWN}, "lending.return-site-unknown"),
        ({"choice": ReturnChoice.NOT_PUBLIC}, "lending.return-site-not-public"),
        (
            {"policy": policy(DueMode.OPEN_DAYS, returns_elsewhere=False)},
            "lending.return-site-not-allowed",
        ),
        ({"policy": policy(DueMode.ON_SITE)}, "lending.return-site-for-use-here"),
        # back to the site that lent it, which is never refused
        (
            {
                "policy": policy(DueMode.OPEN_DAYS, returns_elsewhere=False),
                "choice": ReturnChoice.HERE,
                "calendar": office(),
            },
            TO_SIX,
        ),
    ],
)
def test_the_rule(values: dict[str, Any], due: datetime | str) -> None:
    assert decided(**values) == due


async def lausanne(**values: Any) -> Site:
    """Open on weekdays from 10 to 18."""
    defaults: dict[str, Any] = {"opens": 600, "closes": 1080, "published": True}
    return await make.site(name="Lausanne", short_name="Lausanne", **defaults | values)


async def row_of(loan: UUID) -> Loan:
    row = await Loan.objects().where(Loan.id == loan).first()
    assert row is not None
    return row


async def test_it_is_due_there_by_other_hours_and_all_is_told(closure: Closing) -> None:
    loan, other = await closure.loan(), await lausanne()
    heard: list[DueDateMoved | ReturnSiteChosen] = []

    async def hear(event: DueDateMoved | ReturnSiteChosen) -> None:
        heard.append(event)

    events.subscribe(DueDateMoved, hear)
    events.subscribe(ReturnSiteChosen, hear)
    chosen = await choose_return_site(closure.desk.actor, loan, other.id, now=closure.now)
    assert (chosen.place, chosen.due_at, chosen.moved) == ("Lausanne", TO_SIX, True)
    row = await row_of(loan)
    assert (row.return_site, row.due_at, row.version) == (other.id, TO_SIX, 2)
    [where, moved] = heard
    assert isinstance(where, ReturnSiteChosen)
    assert isinstance(moved, DueDateMoved)
    assert (moved.before, moved.after, moved.cause) == (DUE, TO_SIX, "return-site")
    [(event_id, entry)] = await audit.timeline(loan)
    with use_language("en"):
        line = tell(event_id, entry, {str(other.id): "Lausanne"})
    assert line.text.startswith("To be brought back to Lausanne: ")
    known = await db.fetch(
        "SELECT site FROM lending_borrower_site WHERE borrower = :id", id=closure.desk.borrower.id
    )
    assert other.id in {each["site"] for each in known}


async def test_the_same_site_again_changes_nothing(closure: Closing) -> None:
    loan, other = await closure.loan(), await lausanne()
    for _ in range(2):
        await choose_return_site(closure.desk.actor, loan, other.id, now=closure.now)
    assert len(await audit.timeline(loan)) == 1
    await choose_return_site(closure.desk.actor, loan, closure.site, now=closure.now)
    assert (await row_of(loan)).due_at == DUE


@pytest.mark.parametrize("why", ["not-allowed", "not-public", "unknown", "returned"])
async def test_a_refusal_changes_nothing(closure: Closing, why: str) -> None:
    loan = await closure.loan(returned_at=closure.now if why == "returned" else None)
    other = await lausanne(published=why != "not-public")
    if why == "not-allowed":
        await Policy.update({Policy.returns_elsewhere: False}, force=True)
    chosen = new_id() if why == "unknown" else other.id
    with pytest.raises(ReturnSiteRefused) as error:
        await choose_return_site(closure.desk.actor, loan, chosen, now=closure.now)
    assert error.value.code.endswith(why)
    assert (await row_of(loan)).return_site == closure.site
    assert await audit.timeline(loan) == []


async def test_loans_of_other_sites_and_older_versions_are_not_touched(closure: Closing) -> None:
    loan, other = await closure.loan(), await lausanne()
    stranger = await make.principal(Role.RECEPTION, other.id)
    with pytest.raises(LoanNotFound):
        await choose_return_site(stranger, loan, other.id, now=closure.now)
    with pytest.raises(LoanChanged):
        await choose_return_site(closure.actor, loan, other.id, version=7, now=closure.now)
    assert (await row_of(loan)).return_site == closure.site


async def test_from_then_on_the_door_of_that_site_counts_alone(closure: Closing) -> None:
    loan, other = await closure.loan(), await lausanne()
    first = await closure.announce()
    assert await due_of(loan) == FRIDAY
    await choose_return_site(closure.desk.actor, loan, other.id, now=closure.now)
    there = FRIDAY + timedelta(hours=1)
    assert await due_of(loan) == there
    # What the first site withdraws is none of the loan's business now.
    await closure.withdraw(first.ids[0])
    assert await due_of(loan) == there
    closure.actor = await make.principal(Role.COORDINATOR, other.id)
    shut = await closure.announce(
        sites=(other.id,), first_day=FRIDAY.date(), last_day=FRIDAY.date()
    )
    assert await due_of(loan) == at(MONDAY, 18)
    await closure.withdraw(shut.ids[0])
    assert await due_of(loan) == there


async def test_who_has_yet_to_hear_of_a_moved_date_hears_of_the_new_one(closure: Closing) -> None:
    loan, other = await closure.loan(), await lausanne()
    announced = await closure.announce()
    await choose_return_site(closure.desk.actor, loan, other.id, now=closure.now)
    [person] = (await telling.people(closure.actor, announced.id)).people
    [line] = person.loans
    assert (line.to_tell, line.due_at) == (True, FRIDAY + timedelta(hours=1))
    assert (line.place, line.elsewhere) == ("Lausanne", True)
    # Back to the first site, what that withdraws is taken back as before.
    await choose_return_site(closure.desk.actor, loan, closure.site, now=closure.now)
    await closure.withdraw(announced.ids[0])
    assert await due_of(loan) == DUE


async def test_who_has_yet_to_hear_that_it_is_as_before_hears_of_the_new_date(
    closure: Closing,
) -> None:
    loan, other = await closure.loan(), await lausanne()
    announced = await closure.announce()
    person = closure.desk.borrower.id
    await told.tell(closure.actor, announced.id, person, now=closure.now)
    await closure.withdraw(announced.ids[0])
    await choose_return_site(closure.desk.actor, loan, other.id, now=closure.now)
    [left] = await told.untold(closure.actor, person)
    [line] = left.loans
    assert (line.undone, line.elsewhere, line.due_at) == (True, "Lausanne", await due_of(loan))
    await told.tell(closure.actor, announced.id, person, now=closure.now)
    assert await told.untold(closure.actor, person) == ()
    # Nobody who was told that is told once more.
    await choose_return_site(closure.desk.actor, loan, closure.site, now=closure.now)
    assert await told.untold(closure.actor, person) == ()


async def test_who_has_heard_of_a_moved_date_is_not_on_the_list_again(closure: Closing) -> None:
    loan, other = await closure.loan(), await lausanne()
    announced = await closure.announce()
    person = closure.desk.borrower.id
    await told.tell(closure.actor, announced.id, person, now=closure.now)
    await choose_return_site(closure.desk.actor, loan, other.id, now=closure.now)
    assert not (await telling.person(closure.actor, announced.id, person)).to_tell


async def test_what_the_first_site_moved_is_not_moved_back_by_the_other(closure: Closing) -> None:
    loan, other = await closure.loan(), await lausanne(opens=540, closes=1020)
    await closure.announce()
    await choose_return_site(closure.desk.actor, loan, other.id, now=closure.now)
    assert await due_of(loan) == FRIDAY
    closure.actor = await make.principal(Role.COORDINATOR, other.id)
    # That site is open on the Thursday, but nobody has agreed on it.
    await closure.announce(sites=(other.id,), first_day=MONDAY, last_day=MONDAY)
    assert await due_of(loan) == FRIDAY


async def test_a_closure_there_at_the_same_moment_counts(closure: Closing) -> None:
    loan, other = await closure.loan(), await lausanne()
    coordinator = await make.principal(Role.COORDINATOR, other.id)

    async def shut(until_waited_for: Callable[[], Awaitable[None]]) -> None:
        async with db.joinable():
            await announce_exception(coordinator, closing(other.id), now=closure.now)
            await until_waited_for()

    await overtaken(shut, choose_return_site(closure.desk.actor, loan, other.id, now=closure.now))
    assert await due_of(loan) == FRIDAY + timedelta(hours=1)


#: A Wednesday to come, at five in the afternoon of Zurich in winter.
LATER = datetime.combine(
    clock.now().date() + timedelta(days=16 - clock.now().date().weekday()), time(16), UTC
)


async def lent(desk: Desk) -> UUID:
    values: dict[str, Any] = {"borrower_id": desk.borrower.id, "policy": desk.policy.id}
    made = await make.loan(item=desk.item, now=clock.now(), due_at=LATER, **values)
    return UUID(str(made.id))


async def test_a_program_chooses_another_site(desk: Desk) -> None:
    loan, other = await lent(desk), await lausanne()
    path = f"/api/v1/loans/{loan}/return-site"
    async with program("desk") as client:
        body = {"return_site_id": str(other.id)}
        old = await client.put(path, json=body, headers={"If-Match": '"7"'})
        assert codes(old) == ["lending.loan-changed"]
        answer = await client.put(path, json=body, headers={"If-Match": '"1"'})
        assert answer.status_code == 200, answer.text
        line = answer.json()
        assert (line["return_site_id"], line["version"]) == (str(other.id), 2)
        assert line["due_local"][11:16] == "18:00"
        nowhere = {"return_site_id": str(new_id())}
        unknown = await client.put(path, json=nowhere, headers={"If-Match": "*"})
        assert codes(unknown) == ["lending.return-site-unknown"]


async def test_the_policy_says_where_and_not_who_works_there(desk: Desk) -> None:
    loan, other = await lent(desk), await lausanne()
    path = f"/api/v1/loans/{loan}/return-site"
    lending = (await row_of(loan)).site
    async with program("desk", site_id=lending) as client:
        body = {"return_site_id": str(other.id)}
        answer = await client.put(path, json=body, headers={"If-Match": '"1"'})
        assert answer.status_code == 200, answer.text


async def test_the_page_of_the_loan_and_the_visit_lead_to_the_choice(reception: Reception) -> None:
    other = await lausanne()
    await reception.post("/desk/scan", scan=reception.card.code)
    visit = await reception.visit()
    await reception.post("/desk/scan", scan=reception.item.code, visit=visit.id)
    loan = await reception.loan()
    path = f"/loans/{loan.id}/return-site"
    desk = await reception.client.get(f"/desk?visit={visit.id}")
    assert f'href="{path}?visit={visit.id}"' in desk.text
    assert f'href="{path}"' in (await reception.client.get(f"/loans/{loan.id}")).text
    asked = await reception.client.get(f"{path}?visit={visit.id}")
    assert other.name in asked.text
    back = f"/desk?visit={visit.id}"
    answer = await reception.client.post(path, data={"site": other.id, "next": back})
    assert answer.headers["Location"] == back
    assert (await row_of(loan.id)).return_site == other.id
    shown = await reception.client.get(f"/loans/{loan.id}")
    assert "To be brought back to Lausanne" in shown.text
    away = await reception.client.post(path, data={"site": other.id, "next": "//evil.example"})
    assert away.headers["Location"] == f"/loans/{loan.id}"
    refused = await reception.client.post(path, data={"site": new_id()})
    assert refused.headers["Location"] == path


async def test_nothing_is_offered_where_the_policy_says_no(reception: Reception) -> None:
    await lausanne()
    await reception.post("/desk/scan", scan=reception.card.code)
    visit = await reception.visit()
    await reception.post("/desk/scan", scan=reception.item.code, visit=visit.id)
    await Policy.update({Policy.returns_elsewhere: False}, force=True)
    loan = await reception.loan()
    for path in (f"/desk?visit={visit.id}", f"/loans/{loan.id}"):
        assert "/return-site" not in (await reception.client.get(path)).text.replace(
            f"/desk/visits/{visit.id}/return-site", ""
        )
