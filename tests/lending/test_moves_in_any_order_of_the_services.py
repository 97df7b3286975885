"""Closures, hours, places, loans, renewals and returns in any order, by the services themselves.

The pure core has a test of its own (``test_moves_in_any_order_properties``); here each step is
taken on a real database. After each, every loan is due on the date that its rule or its renewal
gave, settled by the calendar as it is then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from comptoir.core import db
from comptoir.core.errors import Invalid
from comptoir.core.principal import Role
from comptoir.lending import routes
from comptoir.lending.due_dates import (
    DueMode,
    due_at,
    is_open_until,
    renewed_due_at,
    settled_due_at,
)
from comptoir.lending.errors import LendingRefused
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.check_outs import check_out
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.schemas import CheckIn, CheckOut
from comptoir.lending.tables import Loan
from comptoir.sites import queries
from comptoir.sites.calendar import DayException, ExceptionKind, SiteCalendar
from comptoir.sites.changing_hours import set_hours
from comptoir.sites.exceptions.schemas import AnnounceException
from comptoir.sites.exceptions.services import announce_exception, withdraw_exception
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.opening_hours import Times
from comptoir.sites.public_holidays import holiday_region
from comptoir.sites.schemas import SaveSite
from comptoir.sites.services import edit_site
from tests import factories as make

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)  # a Tuesday, at ten
TODAY = date(2026, 11, 24)
WEEKS = (
    "Mo-Fr 09:00-17:00",
    "Mo-Fr 10:00-12:00",
    "Mo,We,Fr 09:00-18:00",
    "Tu,Th 14:00-20:00",
    "Sa 09:00-12:00",
)
#: Valais rests on 8 December, Vaud does not.
PLACES = (("Europe/Zurich", "VD"), ("Europe/Zurich", "VS"), ("Europe/Helsinki", "VD"))
EVENING = (Times(13 * 60, 21 * 60),)
ITEMS = 3


class Counter(RuleBasedStateMachine):
    """A site and what it lends, and the same in plain values."""

    runner: ClassVar[asyncio.Runner]

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    @initialize(
        mode=st.sampled_from(
            [DueMode.OPEN_DAYS, DueMode.CALENDAR_DAYS_NEXT_OPEN, DueMode.SAME_WEEKDAY]
        ),
        length=st.integers(1, 14),
        cap=st.none() | st.integers(14, 25),
    )
    def set_up(self, mode: DueMode, length: int, cap: int | None) -> None:
        self.mode, self.length = mode, length
        self.cap = None if cap is None else TODAY + timedelta(days=cap)
        self.plain = SiteCalendar(
            ZoneInfo("Europe/Zurich"), Hours.of(WEEKS[0]), region=holiday_region("CH", "VD")
        )
        self.calendar = self.plain
        self.announced: list[tuple[UUID, DayException]] = []
        #: By loan, the date that the rule or a renewal gave, and whether by the plain calendar.
        self.given: dict[UUID, tuple[datetime, bool]] = {}
        self.items: dict[str, UUID | None] = {}
        self.run(self.build())

    async def build(self) -> None:
        self.site = (await make.site(region="VD")).id
        self.actor = await make.principal(Role.COORDINATOR, self.site)
        category = await make.category()
        model = await make.model(category=category.id)
        await make.policy(
            category_id=category.id,
            mode=self.mode,
            length=self.length,
            renewals=9,
            renewal_length=0,
        )
        self.borrower = await make.borrower(site_id=self.site, eligible_until=self.cap)
        self.card = await make.card(self.borrower.id)
        for _ in range(ITEMS):
            item = await make.item(site_id=self.site, model=model.id)
            self.items[item.code] = None

    # What happens to loans

    @rule(number=st.integers(0, ITEMS - 1))
    def lend_or_take_back(self, number: int) -> None:
        code = list(self.items)[number]
        if (loan := self.items[code]) is not None:
            self.run(check_in(self.actor, CheckIn(item=code), now=NOW))
            del self.given[loan]
            self.items[code] = None
            return
        due = due_at(self.length, self.mode, NOW, self.calendar, self.cap)
        command = CheckOut(item=code, card=self.card.code)
        try:
            made = self.run(check_out(self.actor, command, now=NOW))
        except LendingRefused:
            assert not isinstance(due, datetime)
            return
        assert made.due_at == due
        self.items[code] = made.id
        self.given[made.id] = (made.due_at, self.calendar == self.plain)

    @precondition(lambda self: self.given)
    @rule(number=st.integers(0, ITEMS - 1))
    def renew(self, number: int) -> None:
        loan = list(self.given)[number % len(self.given)]
        present = self.due_of(loan)
        due = renewed_due_at(self.length, self.mode, present, self.calendar, self.cap, now=NOW)
        try:
            made = self.run(renew_loan(self.actor, loan, now=NOW))
        except LendingRefused:
            assert not isinstance(due, datetime) or due <= present
            return
        assert made.due_at == due
        self.given[loan] = (made.due_at, False)

    # What happens to the door

    @rule(
        kind=st.sampled_from([ExceptionKind.CLOSED, ExceptionKind.OPEN]),
        first=st.integers(1, 18),
        more=st.integers(0, 4),
    )
    def announce(self, kind: ExceptionKind, first: int, more: int) -> None:
        day = TODAY + timedelta(days=first)
        hours = EVENING if kind is ExceptionKind.OPEN else ()
        command = AnnounceException((self.site,), day, day + timedelta(days=more), kind, hours)
        try:
            made = self.run(announce_exception(self.actor, command, now=NOW))
        except Invalid:  # something else is announced for these days
            return
        self.announced.append((made.ids[0], command.exception()))
        self.see_exceptions()

    @precondition(lambda self: self.announced)
    @rule(number=st.integers(0, 20))
    def withdraw(self, number: int) -> None:
        gone, _ = self.announced.pop(number % len(self.announced))
        self.run(withdraw_exception(self.actor, gone, now=NOW))
        self.see_exceptions()

    def see_exceptions(self) -> None:
        days = tuple(each for _, each in self.announced)
        self.calendar = replace(self.calendar, exceptions=days)

    @rule(week=st.sampled_from(WEEKS))
    def change_hours(self, week: str) -> None:
        self.run(self.set_hours(week))
        self.calendar = self.calendar.with_hours(week)

    async def set_hours(self, week: str) -> None:
        site = await queries.site(self.site)
        await set_hours(self.actor, self.site, week, version=site.version, now=NOW)

    @rule(place=st.sampled_from(PLACES))
    def change_place(self, place: tuple[str, str]) -> None:
        zone, region = place
        self.run(self.set_place(zone, region))
        self.calendar = replace(
            self.calendar, zone=ZoneInfo(zone), region=holiday_region("CH", region)
        )

    async def set_place(self, zone: str, region: str) -> None:
        site = await queries.site(self.site)
        known = {field: getattr(site, field) for field in SaveSite.__struct_fields__}
        known |= {"organisation": site.organisation.id, "time_zone": zone, "region": region}
        await edit_site(self.actor, self.site, SaveSite(**known), version=site.version, now=NOW)

    # What holds

    def due_of(self, loan: UUID) -> datetime:
        due: datetime = self.run(_due_of(loan))
        return due

    @invariant()
    def each_loan_is_due_by_the_door_as_it_is(self) -> None:
        if not hasattr(self, "given"):
            return
        for loan, (given, _) in self.given.items():
            due = self.due_of(loan)
            assert is_open_until(due, self.calendar)
            assert due == settled_due_at(self.mode, given, self.calendar, self.cap, now=NOW)

    def teardown(self) -> None:
        if not hasattr(self, "given"):
            return
        while self.announced:
            self.withdraw(0)
        self.change_hours(WEEKS[0])
        self.change_place(PLACES[0])
        assert self.calendar == self.plain
        self.each_loan_is_due_by_the_door_as_it_is()
        first = due_at(self.length, self.mode, NOW, self.plain, self.cap)
        assert {self.due_of(loan) for loan, (_, plainly) in self.given.items() if plainly} <= {
            first
        }


async def _due_of(loan: UUID) -> datetime:
    row = await Loan.select(Loan.due_at).where(Loan.id == loan).first()
    assert row is not None
    due: datetime = row["due_at"]
    return due


def test_all_taken_back_leaves_what_the_policy_gives(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A failure is told within a minute, if with a few steps too many.
    monkeypatch.setattr(engine, "MAX_SHRINKING_SECONDS", 30)
    assert routes.ROUTES  # what listens to announcements is registered with them
    with asyncio.Runner() as runner:
        Counter.runner = runner
        db.connect(database_url)
        try:
            run_state_machine_as_test(
                Counter,
                settings=settings(
                    max_examples=15,
                    stateful_step_count=14,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(db.disconnect())
