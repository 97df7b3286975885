"""Whatever happens to a calendar and a loan, in any order: what holds at each moment, and at last.

One loan of a small site. Steps are drawn: closures and openings announced and withdrawn, other
hours of the week, a renewal, a return, and the undoing of these two.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.core.ids import new_id
from comptoir.lending.closures.chains import Step, chain_to, resettled_due_at, undone_by
from comptoir.lending.due_dates import DueMode, due_at, is_open_until, renewed_due_at
from comptoir.sites.calendar import DayException, ExceptionKind, SiteCalendar
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.opening_hours import Times
from tests.sites.calendars import ZURICH

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)  # a Tuesday, at ten
TODAY = date(2026, 11, 24)
WEEKS = (
    "Mo-Fr 09:00-17:00",
    "Mo-Fr 10:00-12:00",
    "Mo,We,Fr 09:00-18:00",
    "Tu,Th 14:00-20:00",
    "Sa 09:00-12:00",
)
MODES = (DueMode.OPEN_DAYS, DueMode.CALENDAR_DAYS_NEXT_OPEN, DueMode.SAME_WEEKDAY)
EVENING = (Times(13 * 60, 21 * 60),)

announcements = st.tuples(st.sampled_from(["close", "open"]), st.integers(1, 18), st.integers(0, 4))
others = st.sampled_from(["withdraw", "hours", "renew", "unrenew", "return", "unreturn"])
steps = st.lists(
    st.one_of(announcements, st.tuples(others, st.integers(0, 30), st.just(0))), max_size=14
)


@dataclass
class Loan:
    """What the tables keep of a loan, and what happens to it."""

    mode: DueMode
    cap: date | None
    calendar: SiteCalendar
    due: datetime
    given: datetime
    is_open: bool = True
    standing: list[Step] = field(default_factory=list)
    #: Until when it ran before a renewal that nothing has overtaken, and what was given then.
    renewed: tuple[datetime, datetime] | None = None

    def change(self, calendar: SiteCalendar) -> None:
        before, self.calendar = self.calendar, calendar
        if self.is_open and self.settle(before):
            self.renewed = None

    def settle(self, before: SiteCalendar | None) -> bool:
        chain = chain_to(self.due, self.standing)
        due = resettled_due_at(
            self.mode,
            self.due,
            [step.before for step in chain],
            before,
            self.calendar,
            self.cap,
            now=NOW,
        )
        if due is None:
            return False
        gone = undone_by(due, chain)
        if gone:
            self.standing = [step for step in self.standing if step not in gone]
        else:
            self.standing.append(Step(new_id(), UUID(int=0), self.due, due))
        self.due = due
        return True

    def renew(self) -> None:
        due = renewed_due_at(7, self.mode, self.due, self.calendar, self.cap, now=NOW)
        if self.is_open and isinstance(due, datetime) and due > self.due:
            self.renewed = (self.due, self.given)
            self.due = self.given = due

    def undo_renewal(self) -> None:
        if self.is_open and self.renewed is not None:
            (self.due, self.given), self.renewed = self.renewed, None
            self.settle(None)

    def undo_return(self) -> None:
        if not self.is_open:
            self.is_open = True
            self.settle(None)

    def check(self) -> None:
        """A date to come is within open hours."""
        if self.is_open and self.due > NOW:
            assert is_open_until(self.due, self.calendar)


def announced(kind: str, first: int, more: int) -> DayException:
    first_day = TODAY + timedelta(days=first)
    last_day = first_day + timedelta(days=more)
    if kind == "close":
        return DayException(first_day, last_day, ExceptionKind.CLOSED)
    return DayException(first_day, last_day, ExceptionKind.OPEN, EVENING)


def take(loan: Loan, step: tuple[str, int, int]) -> None:
    name, number, more = step
    calendar = loan.calendar
    if name in ("close", "open"):
        new = announced(name, number, more)
        if not any(
            each.first_day <= new.last_day and new.first_day <= each.last_day
            for each in calendar.exceptions
        ):
            loan.change(calendar.with_exception(new))
    elif name == "withdraw" and calendar.exceptions:
        gone = calendar.exceptions[number % len(calendar.exceptions)]
        left = tuple(each for each in calendar.exceptions if each != gone)
        loan.change(replace(calendar, exceptions=left))
    elif name == "hours":
        loan.change(calendar.with_hours(WEEKS[number % len(WEEKS)]))
    elif name == "renew":
        loan.renew()
    elif name == "unrenew":
        loan.undo_renewal()
    elif name == "return":
        loan.is_open, loan.renewed = False, loan.renewed if not loan.is_open else None
    elif name == "unreturn":
        loan.undo_return()


@settings(max_examples=400)
@given(st.sampled_from(MODES), st.integers(1, 14), st.none() | st.integers(14, 25), steps)
def test_all_taken_back_leaves_the_date_that_the_rule_or_the_renewal_gave(
    mode: DueMode, length: int, cap: int | None, drawn: list[tuple[str, int, int]]
) -> None:
    calendar = SiteCalendar(ZURICH, Hours.of(WEEKS[0]))
    last = None if cap is None else TODAY + timedelta(days=cap)
    due = due_at(length, mode, NOW, calendar, last)
    assert isinstance(due, datetime)
    loan = Loan(mode, last, calendar, due, due)
    for step in drawn:
        take(loan, step)
        loan.check()
    loan.undo_return()
    while loan.calendar.exceptions:
        take(loan, ("withdraw", len(drawn), 0))
        loan.check()
    loan.change(calendar)
    loan.check()
    if is_open_until(loan.given, calendar):
        assert loan.due == loan.given
    if not any(name == "renew" for name, _, _ in drawn):
        assert loan.due == due
        assert loan.standing == []
