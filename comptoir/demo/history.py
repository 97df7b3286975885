"""Four months at three desks, played through the services that the desk itself uses.

Every loan was lent and taken back by the rules that hold today, so the demo
cannot contradict the program: due dates, audit rows and timelines are real.
Events run in order of time, across the sites.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from comptoir.core.principal import SYSTEM
from comptoir.demo.people import Person
from comptoir.demo.places import FRIBOURG, LAUSANNE, LYON, Place
from comptoir.demo.things import Thing
from comptoir.inventory.queries import items as item_queries
from comptoir.inventory.schemas import ReportProblem, SendItem
from comptoir.inventory.services import actions, problems
from comptoir.inventory.statuses import ProblemKind
from comptoir.lending.agreed_loans import named_loans
from comptoir.lending.agreement_pdf import PaperSignature
from comptoir.lending.agreements import make_agreement, sign_on_paper
from comptoir.lending.desk import visits
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.check_outs import check_out
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.schemas import CheckIn, CheckOut, LoanView

DAYS = 120

#: Loans begun so many days ago, or less, are still open if ``_OPEN`` wants more.
_RECENT = 13
#: Of loans begun so many days ago, some are never brought back: today they are overdue.
_FORGOTTEN = range(34, 75)

_OPEN = {FRIBOURG: 5, LAUSANNE: 4, LYON: 3}
_OVERDUE = {FRIBOURG: 4, LAUSANNE: 2, LYON: 2}

#: The things of each site that something happens to lately are not lent after this.
_LAST_LENT = 90
_MISHAPS = {FRIBOURG: slice(1, 5), LAUSANNE: slice(1, 4), LYON: slice(1, 3)}

Event = Callable[[datetime], Awaitable[None]]


@dataclass
class _Desk:
    """What happens at one site, and what is known there while time passes."""

    place: Place
    things: list[Thing]
    people: list[Person]
    out: dict[str, Person] = field(default_factory=dict)
    overdue: int = 0
    open: int = 0

    @property
    def mishaps(self) -> list[Thing]:
        return self.things[_MISHAPS[self.place.name]]


class _Player:
    """A queue of what happens when; running one event may plan others."""

    def __init__(self, desks: list[_Desk], random: Random, now: datetime) -> None:
        self.desks = {desk.place.name: desk for desk in desks}
        self.random = random
        self.now = now
        self._events: list[tuple[datetime, int, Event]] = []
        self._order = itertools.count()

    def plan(self, at: datetime, event: Event) -> None:
        heapq.heappush(self._events, (at, next(self._order), event))

    async def run(self) -> None:
        while self._events and self._events[0][0] < self.now:
            at, _, event = heapq.heappop(self._events)
            await event(at)

    def plan_visits(self) -> None:
        """Somebody comes about once in each half day."""
        for desk in self.desks.values():
            for ago in range(DAYS, -1, -1):
                day = desk.place.calendar.local_date(self.now) - timedelta(days=ago)
                for interval in desk.place.calendar.intervals(day):
                    length = int((interval.closes - interval.opens).total_seconds())
                    for _ in range(self.random.choice((0, 1, 1))):
                        seconds = self.random.randrange(60, length - 600)
                        self.plan(interval.opens + timedelta(seconds=seconds), self._visit(desk))

    def _visit(self, desk: _Desk) -> Event:
        async def visit(at: datetime) -> None:
            ago = (self.now - at).days
            things = self._lendable(desk, ago)
            people = self._may_borrow(desk, ago)
            # A shelf that is never empty: some stays for whoever tries the demo.
            if len(things) <= len(desk.things) // 3 or not people:
                return
            thing, person = self.random.choice(things), self.random.choice(people)
            visit_id, loan = await _lend(desk, thing, person, at)
            desk.out[thing.code] = person
            back = self._plan_return(desk, thing, loan, ago)
            # A signature takes a while to make, so what comes back goes without.
            if back is None or back > self.now:
                await _sign(desk, loan)
            await visits.close_visit(desk.place.desk, visit_id, now=at + timedelta(minutes=2))

        return visit

    def _lendable(self, desk: _Desk, ago: int) -> list[Thing]:
        kept = desk.mishaps if ago < _LAST_LENT else []
        return [t for t in desk.things if t.code not in desk.out and t not in kept]

    def _may_borrow(self, desk: _Desk, ago: int) -> list[Person]:
        having = {person.id for person in desk.out.values()}
        families = {person.family for person in desk.out.values() if person.family}
        return [
            person
            for person in desk.people
            if person.id not in having
            and person.family not in families
            and not (person.barred and ago < _LAST_LENT)
        ]

    def _plan_return(self, desk: _Desk, thing: Thing, loan: LoanView, ago: int) -> datetime | None:
        """Mostly in time, sometimes late or after a renewal, by some not at all; give when."""
        name, lent, due = desk.place.name, loan.checked_out_at, loan.due_at
        if thing.category == "pc":
            back = min(due, lent + timedelta(minutes=self.random.randint(40, 150)))
        elif thing in desk.mishaps:  # back before something happens to it
            back = _while_open(desk.place, lent + min((due - lent) * 0.8, timedelta(days=25)))
        elif ago in _FORGOTTEN and due < self.now and desk.overdue < _OVERDUE[name]:
            desk.overdue += 1
            return None
        elif ago <= _RECENT and desk.open < _OPEN[name]:
            desk.open += 1
            return None
        elif self.random.random() < 0.15 and due - lent > timedelta(days=10):
            self.plan(due - timedelta(hours=20), self._renew(desk, thing, loan))
            return None
        else:
            late = self.random.random() < 0.12 and thing.category != "headset"
            kept = (due - lent) * self.random.uniform(0.2, 0.9)
            days_late = timedelta(days=self.random.randint(1, 8))
            back = _while_open(desk.place, due + days_late if late else lent + kept)
        self.plan(back, _take_back(desk, thing))
        return back

    def _renew(self, desk: _Desk, thing: Thing, loan: LoanView) -> Event:
        async def renew(at: datetime) -> None:
            renewed = await renew_loan(desk.place.desk, loan.id, now=at)
            back = renewed.due_at - timedelta(hours=self.random.randint(20, 140))
            self.plan(_while_open(desk.place, back), _take_back(desk, thing))

        return renew

    def plan_mishaps(self) -> None:
        """What went wrong lately, so that every status occurs."""
        fribourg, lausanne, lyon = (self.desks[name] for name in (FRIBOURG, LAUSANNE, LYON))
        to_lausanne = SendItem(lausanne.place.id)
        to_fribourg = SendItem(fribourg.place.id)
        damaged = ReportProblem(ProblemKind.DAMAGED, note="Écran fissuré en haut à gauche.")
        for ago, thing, act in (
            (40, fribourg.mishaps[3], actions.retire_item),
            (9, lausanne.mishaps[0], actions.mark_stolen),
            (5, lausanne.mishaps[1], actions.set_aside),
            (2, fribourg.mishaps[1], actions.send_to_repair),
            (8, lyon.mishaps[0], actions.send_to_repair),
        ):
            self.plan(self._ago(ago), _apply(act, thing))
        self.plan(self._ago(3), _report(fribourg.mishaps[1], damaged))
        self.plan(self._ago(2), _miss_charger(fribourg.mishaps[0]))
        self.plan(self._ago(1), _miss_charger(lausanne.mishaps[2]))
        self.plan(self._ago(1), _send(fribourg.mishaps[2], to_lausanne))
        self.plan(self._ago(2), _send(lyon.mishaps[1], to_fribourg))
        self.plan(self._ago(0), self._lose_the_oldest(fribourg))

    def _lose_the_oldest(self, desk: _Desk) -> Event:
        async def lose(at: datetime) -> None:
            await actions.mark_lost(SYSTEM, next(iter(desk.out)), now=at)

        return lose

    def _ago(self, days: int) -> datetime:
        return self.now - timedelta(days=days, hours=1)


async def play(
    places: dict[str, Place],
    things: list[Thing],
    people: list[Person],
    random: Random,
    besides: Iterable[tuple[datetime, Event]],
    *,
    now: datetime,
) -> None:
    """Lend and take back from ``DAYS`` days ago until ``now``, and do what is planned besides.

    All in order of time: the trail of a person or a thing is read in the order of its writing.
    """
    desks = [
        _Desk(
            place,
            [thing for thing in things if thing.site == name],
            [person for person in people if person.site == name],
        )
        for name, place in places.items()
    ]
    player = _Player(desks, random, now)
    player.plan_visits()
    player.plan_mishaps()
    for at, event in besides:
        player.plan(at, event)
    await player.run()


async def _lend(desk: _Desk, thing: Thing, person: Person, at: datetime) -> tuple[UUID, LoanView]:
    desk_of = desk.place.desk
    visit = await visits.open_visit(
        desk_of, person.id, site_id=desk.place.id, by_card=person.card is not None, now=at
    )
    command = CheckOut(item=thing.code, borrower_id=person.id, visit_id=visit)
    return visit, await check_out(desk_of, command, now=at + timedelta(seconds=20))


async def _sign(desk: _Desk, loan: LoanView) -> None:
    """Have it signed, where its rule asks for it: with a pen, when it was lent."""
    actor, signed_at = desk.place.desk, loan.checked_out_at + timedelta(minutes=1)
    agreed = await named_loans(actor, [loan.id])
    if agreed.signature != "none":
        made = await make_agreement(actor, agreed, PaperSignature(), now=signed_at)
        await sign_on_paper(actor, made, now=signed_at)


def _take_back(desk: _Desk, thing: Thing) -> Event:
    async def take_back(at: datetime) -> None:
        await check_in(desk.place.desk, CheckIn(item=thing.code), now=at)
        del desk.out[thing.code]

    return take_back


def _while_open(place: Place, at: datetime) -> datetime:
    """The moment, or soon after the next opening where the door is shut then."""
    if place.calendar.is_open(at):
        return at
    opening = place.calendar.next_opening(at)
    return opening + timedelta(minutes=7) if opening else at


def _apply(act: Callable[..., Awaitable[None]], thing: Thing) -> Event:
    async def apply(at: datetime) -> None:
        await act(SYSTEM, thing.code, now=at)

    return apply


def _report(thing: Thing, problem: ReportProblem) -> Event:
    async def report(at: datetime) -> None:
        await problems.report_problem(SYSTEM, thing.code, problem, now=at)

    return report


def _miss_charger(thing: Thing) -> Event:
    async def miss(at: datetime) -> None:
        item = await item_queries.item(SYSTEM, thing.code)
        problem = ReportProblem(ProblemKind.MISSING, accessory=item.accessories[0].id)
        await problems.report_problem(SYSTEM, thing.code, problem, now=at)

    return miss


def _send(thing: Thing, command: SendItem) -> Event:
    async def send(at: datetime) -> None:
        await actions.send_item(SYSTEM, thing.code, command, now=at)

    return send
