"""Telling people that a closure moved their due dates: ticked, taken back, seen at the desk."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import audit
from comptoir.core.principal import Principal, Role
from comptoir.lending.closures import announcements, telling, told
from comptoir.lending.closures.causes import MoveCause, cause_text
from comptoir.lending.errors import MovesNotFound
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.schemas import CheckIn
from comptoir.lending.tables import DueDateMove
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.changing_hours import set_hours
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception, withdraw_exception
from tests import factories as make
from tests.lending.closing import DUE, FRIDAY, THURSDAY
from tests.lending.counter import Desk


class Closed:
    """A desk that is shut on Thursday, and the three people whose loans that moved."""

    def __init__(self, desk: Desk, actor: Principal, now: datetime) -> None:
        self.desk, self.actor, self.now = desk, actor, now
        self.batch, self.exception = UUID(int=0), UUID(int=0)
        self.loans: dict[str, UUID] = {}
        self.people: dict[str, UUID] = {}
        self.codes: dict[str, str] = {}

    async def announce(self) -> None:
        for name in ("Amina Diallo", "Bilal Gashi", "Chloé Favre"):
            person = await make.borrower(name=name)
            self.people[name] = UUID(str(person.id))
            self.loans[name] = await self.loan(name)
        command = AnnounceException(
            (self.desk.site.id,), THURSDAY, THURSDAY, ExceptionKind.CLOSED, reason="Boiler"
        )
        announced = await announce_exception(self.actor, command, now=self.now)
        self.batch, [self.exception] = announced.id, announced.ids

    async def loan(self, name: str) -> UUID:
        item = await self.desk.add_item()
        self.codes[name] = item.code
        made = await make.loan(
            item=item,
            borrower_id=self.people[name],
            policy=self.desk.policy.id,
            now=self.now - timedelta(days=7),
            due_at=DUE,
        )
        return UUID(str(made.id))

    async def tell(self, name: str, minutes: int = 0) -> None:
        now = self.now + timedelta(minutes=minutes)
        await told.tell(self.actor, self.batch, self.people[name], now=now)

    async def take_back(self, name: str) -> None:
        await told.take_telling_back(self.actor, self.batch, self.people[name], now=self.now)

    async def withdraw(self) -> None:
        await withdraw_exception(self.actor, self.exception, now=self.now)

    async def listed(self) -> list[tuple[str, bool]]:
        page = await telling.people(self.actor, self.batch)
        return [(person.name, person.to_tell) for person in page.people]

    async def progress(self) -> tuple[int, int]:
        found = await announcements.announcement(self.actor, self.batch)
        return found.told, found.told + found.to_tell

    async def actions(self, name: str) -> list[str]:
        return [each.action for _, each in await audit.timeline(self.loans[name])]


@pytest.fixture
async def closed(desk: Desk, now: datetime) -> Closed:
    closed = Closed(desk, await make.principal(Role.COORDINATOR, desk.site.id), now)
    await closed.announce()
    return closed


async def test_told_people_sink_and_the_list_counts_them(closed: Closed) -> None:
    assert await closed.progress() == (0, 3)
    await closed.tell("Amina Diallo", minutes=5)
    assert await closed.listed() == [
        ("Bilal Gashi", True),
        ("Chloé Favre", True),
        ("Amina Diallo", False),
    ]
    assert await closed.progress() == (1, 3)
    person = await telling.person(closed.actor, closed.batch, closed.people["Amina Diallo"])
    assert person.told_at == closed.now + timedelta(minutes=5)


async def test_not_told_after_all_stands_in_its_place_again(closed: Closed) -> None:
    await closed.tell("Bilal Gashi")
    await closed.take_back("Bilal Gashi")
    assert [to_tell for _, to_tell in await closed.listed()] == [True, True, True]
    assert await closed.progress() == (0, 3)
    assert (await closed.actions("Bilal Gashi"))[:2] == ["loan.move_not_told", "loan.move_told"]


async def test_telling_twice_keeps_the_first_moment_and_is_written_down_once(
    closed: Closed,
) -> None:
    await closed.tell("Amina Diallo")
    await closed.tell("Amina Diallo", minutes=9)
    [row] = await DueDateMove.select().where(DueDateMove.loan == closed.loans["Amina Diallo"])
    assert row["told_at"] == closed.now
    assert (await closed.actions("Amina Diallo")).count("loan.move_told") == 1
    await closed.take_back("Bilal Gashi")
    assert "loan.move_not_told" not in await closed.actions("Bilal Gashi")


async def test_two_who_tick_at_once_write_it_down_once(closed: Closed) -> None:
    await asyncio.gather(*(closed.tell("Amina Diallo", minutes) for minutes in range(8)))
    assert (await closed.actions("Amina Diallo")).count("loan.move_told") == 1
    assert await closed.progress() == (1, 3)


async def test_telling_is_in_the_timeline_of_the_borrower_too(closed: Closed) -> None:
    await closed.tell("Amina Diallo")
    entries = await audit.timeline(closed.people["Amina Diallo"])
    assert entries[0][1].action == "loan.move_told"


async def test_somebody_with_another_loan_untold_is_not_told(closed: Closed) -> None:
    await closed.tell("Amina Diallo")
    other = await closed.loan("Amina Diallo")
    await DueDateMove.insert(
        DueDateMove(
            batch=closed.batch,
            exception=closed.exception,
            site=closed.desk.site.id,
            loan=other,
            borrower=closed.people["Amina Diallo"],
            due_before=DUE - timedelta(days=1),
            due_after=DUE,
            moved_at=closed.now,
        )
    )
    assert (await closed.listed())[0] == ("Amina Diallo", True)
    assert await closed.progress() == (0, 3)


async def test_whoever_brought_it_back_needs_no_telling(closed: Closed) -> None:
    await check_in(closed.actor, CheckIn(item=closed.codes["Amina Diallo"]), now=closed.now)
    assert (await closed.listed())[-1] == ("Amina Diallo", False)
    assert await closed.progress() == (0, 2)


async def test_what_was_renewed_since_needs_no_telling(closed: Closed) -> None:
    await renew_loan(closed.actor, closed.loans["Amina Diallo"], now=closed.now)
    assert (await closed.listed())[-1] == ("Amina Diallo", False)
    assert await told.untold(closed.actor, closed.people["Amina Diallo"]) == ()


async def test_withdrawn_is_told_anew_to_those_alone_who_were_told(closed: Closed) -> None:
    await closed.tell("Bilal Gashi")
    await closed.withdraw()
    assert [each for each in await closed.listed() if each[1]] == [("Bilal Gashi", True)]
    assert await closed.progress() == (0, 1)
    await closed.tell("Bilal Gashi", minutes=1)
    assert await closed.progress() == (1, 1)
    await closed.take_back("Bilal Gashi")
    assert await closed.progress() == (0, 1)


async def test_desk_has_what_is_left_to_tell_with_its_reason(closed: Closed) -> None:
    borrower = closed.people["Amina Diallo"]
    [untold] = await told.untold(closed.actor, borrower)
    [loan] = untold.loans
    assert (untold.announcement_id, loan.reason, loan.undone) == (closed.batch, "Boiler", False)
    assert (loan.was_due, loan.due_at) == (THURSDAY, FRIDAY)
    await closed.tell("Amina Diallo")
    assert await told.untold(closed.actor, borrower) == ()


async def test_desk_says_that_the_hours_of_the_week_have_changed(desk: Desk, now: datetime) -> None:
    item, borrower = await desk.add_item(), desk.borrower.id
    before = now - timedelta(days=7)
    await make.loan(item=item, borrower_id=borrower, now=before, due_at=DUE)
    actor = await make.principal(Role.COORDINATOR, desk.site.id)
    await set_hours(actor, desk.site.id, "Mo-We,Fr 09:00-17:00", version=1, now=now)
    [untold] = await told.untold(actor, borrower)
    assert [(loan.cause, loan.due_at) for loan in untold.loans] == [
        (cause_text(MoveCause.WEEKLY_HOURS), FRIDAY)
    ]


async def test_people_of_other_sites_are_not_told(closed: Closed) -> None:
    stranger = await make.principal(Role.RECEPTION, (await make.site()).id)
    borrower = closed.people["Amina Diallo"]
    for change in (told.tell, told.take_telling_back):
        with pytest.raises(MovesNotFound):
            await change(stranger, closed.batch, borrower, now=closed.now)
    assert await told.untold(stranger, borrower) == ()
    assert await closed.progress() == (0, 3)


async def test_settled_people_come_after_the_others_over_pages(closed: Closed) -> None:
    await closed.tell("Amina Diallo")
    names: list[str] = []
    place: Any = None
    while len(names) < 3:
        page = await telling.people(closed.actor, closed.batch, after=place, limit=1)
        names += [person.name for person in page.people]
        place = page.next
    assert names == ["Bilal Gashi", "Chloé Favre", "Amina Diallo"]
    assert place is None
