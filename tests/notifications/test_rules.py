"""Which reminders are due, one case at a time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest

from comptoir.core.ids import new_id
from comptoir.notifications.quiet_hours import SendingHours
from comptoir.notifications.rules import (
    Bundle,
    DueReminders,
    Level,
    OpenLoan,
    Place,
    ReminderRule,
    Sent,
    Unit,
    When,
    due_reminders,
    place_at,
    threshold,
)
from comptoir.sites.calendar import DayException, ExceptionKind, SiteCalendar
from tests.sites.calendars import ZURICH, at, office

WEEK_BEFORE = ReminderRule(Level(When.BEFORE, 7), "due-soon")
DAY_BEFORE = ReminderRule(Level(When.BEFORE, 1), "due-soon")
TWO_HOURS_BEFORE = ReminderRule(Level(When.BEFORE, 2, Unit.HOURS), "due-soon")
ON_DAY = ReminderRule(Level(When.ON_DAY), "due-today")
FIRST = ReminderRule(Level(When.AFTER, 1), "overdue-1")
SECOND = ReminderRule(Level(When.AFTER, 7), "overdue-2")
CALL = ReminderRule(Level(When.AFTER, 14), "overdue-call", is_for_person=True)
PLAN = (WEEK_BEFORE, DAY_BEFORE, ON_DAY, FIRST, SECOND, CALL)

SITE, OTHER_SITE = new_id(), new_id()
#: A Friday, at the closing of the office.
DUE = at(date(2026, 11, 27), time(18))
LENT = at(date(2026, 11, 2), time(10))


def on(day: int, clock: time = time(9), month: int = 11) -> datetime:
    return at(date(2026, month, day), clock)


def loan(
    *,
    due: datetime = DUE,
    since: datetime = LENT,
    rules: tuple[ReminderRule, ...] = PLAN,
    sent: tuple[Sent, ...] = (),
    site: UUID = SITE,
) -> OpenLoan:
    return OpenLoan(loan_id=new_id(), site_id=site, due_at=due, since=since, rules=rules, sent=sent)


def ask(
    *loans: OpenLoan,
    now: datetime,
    last_text: datetime | None = None,
    last_told: datetime | None = None,
    exceptions: tuple[DayException, ...] = (),
) -> DueReminders:
    calendar = SiteCalendar(ZURICH, office().hours(), exceptions, "CH-FR")
    places = {
        SITE: place_at(calendar, SendingHours(), now=now),
        OTHER_SITE: place_at(calendar, SendingHours(), now=now),
    }
    return due_reminders(loans, places, last_text=last_text, last_told=last_told, now=now)


def kind(found: DueReminders) -> str | None:
    return found.bundle.kind if found.bundle else None


def levels(bundle: Bundle | None) -> list[ReminderRule]:
    assert bundle is not None
    return [each.rule for each in bundle.reminders]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (on(19, time(19)), None),
        (on(20, time(7, 59)), None),  # reached at midnight, and too early in the day
        (on(20, time(8)), WEEK_BEFORE),
        (on(25, time(19)), WEEK_BEFORE),
        (on(26, time(8)), DAY_BEFORE),
        (on(27, time(8)), ON_DAY),
        (on(27, time(17, 59)), ON_DAY),
        (on(27, time(18)), None),  # due, and nothing to say yet
        (on(28, time(10)), None),  # overdue, but the door is shut on Saturday
        (on(30, time(8, 59)), None),
        (on(30, time(9, 1)), FIRST),
        (on(24, month=12), FIRST),  # none is skipped, however late
    ],
)
def test_a_loan_of_which_nothing_was_sent(now: datetime, expected: ReminderRule | None) -> None:
    found = ask(loan(), now=now)
    if expected is None:
        assert found == DueReminders()
    else:
        assert levels(found.bundle) == [expected]
        assert kind(found) == expected.kind


def test_what_was_sent_is_not_sent_again() -> None:
    week = Sent(WEEK_BEFORE.level, on(20))
    day = Sent(DAY_BEFORE.level, on(26))
    assert ask(loan(sent=(week,)), now=on(25)).bundle is None
    assert levels(ask(loan(sent=(week,)), now=on(26)).bundle) == [DAY_BEFORE]
    assert ask(loan(sent=(week, day)), now=on(26, time(15))).bundle is None
    # A later one that is sent makes the earlier needless, and a changed plan repeats nothing.
    assert ask(loan(sent=(day,)), now=on(26, time(15))).bundle is None
    three_days = ReminderRule(Level(When.BEFORE, 3), "due-soon")
    assert ask(loan(rules=(three_days,), sent=(day,)), now=on(26, time(15))).bundle is None


def test_nothing_is_said_of_what_was_said_at_the_desk() -> None:
    assert ask(loan(since=on(26)), now=on(26, time(10))).bundle is None
    assert levels(ask(loan(since=on(26)), now=on(27)).bundle) == [ON_DAY]


def test_hours_before_are_told_on_the_day_itself() -> None:
    found = ask(loan(rules=(TWO_HOURS_BEFORE,)), now=on(27, time(16)))
    assert kind(found) == "due-today"
    assert ask(loan(rules=(TWO_HOURS_BEFORE,)), now=on(27, time(15, 59))).bundle is None


def test_overdue_levels_leave_the_time_between_them() -> None:
    first_late = Sent(FIRST.level, on(10, month=12))
    assert ask(loan(sent=(first_late,)), now=on(15, time(19), month=12)).bundle is None
    assert kind(ask(loan(sent=(first_late,)), now=on(16, month=12))) == "overdue-2"
    in_time = Sent(FIRST.level, on(30))
    assert kind(ask(loan(sent=(in_time,)), now=on(7, month=12))) == "overdue-2"


def test_what_a_clock_that_was_ahead_wrote_stops_no_later_level() -> None:
    second = on(4, month=12)
    for ahead, comes in ((timedelta(hours=1), False), (timedelta(days=365), True)):
        asked = ask(loan(sent=(Sent(FIRST.level, second + ahead),)), now=second)
        assert (asked.bundle is not None) is comes
    far = Sent(FIRST.level, second + timedelta(days=365))
    assert ask(loan(sent=(far,)), now=on(3, month=12)).bundle is None


def test_the_last_level_goes_to_a_person_and_waits_for_nobody() -> None:
    sent = (Sent(FIRST.level, on(30)), Sent(SECOND.level, on(7, month=12)))
    night = on(15, time(22), month=12)
    found = ask(loan(sent=sent), now=night, last_text=night)
    assert found.bundle is None
    assert [each.rule for each in found.for_person] == [CALL]
    done = (*sent, Sent(CALL.level, night))
    assert ask(loan(sent=done), now=on(20, month=12)) == DueReminders()


def test_nobody_is_overdue_while_the_door_is_shut() -> None:
    shut = DayException(date(2026, 11, 28), date(2026, 12, 13), ExceptionKind.CLOSED)
    assert ask(loan(), now=on(12, month=12), exceptions=(shut,)) == DueReminders()
    opened = on(14, time(9, 1), month=12)
    assert kind(ask(loan(), now=opened, exceptions=(shut,))) == "overdue-1"


def test_one_text_names_all_that_is_due_for_one_today() -> None:
    soon = loan(due=on(28, time(18)), rules=(DAY_BEFORE,))
    this_evening = loan(rules=(TWO_HOURS_BEFORE,))
    not_yet = loan(due=on(10, time(18), month=12))
    found = ask(soon, this_evening, not_yet, now=on(27, time(8)))
    assert found.bundle is not None
    assert found.bundle.kind == "due-today"
    assert [each.loan for each in found.bundle.reminders] == [this_evening]
    assert [each.loan for each in found.bundle.also] == [soon]


def test_what_is_not_due_is_not_called_overdue() -> None:
    late = loan(due=on(20, time(18)), sent=(Sent(FIRST.level, on(23)),))
    later = loan(due=on(25, time(18)))
    soon = loan(due=on(30, time(18)), rules=(ReminderRule(Level(When.BEFORE, 3), "due-soon"),))
    found = ask(soon, later, late, now=on(30, time(10)))
    assert found.bundle is not None
    assert [each.loan for each in found.bundle.reminders] == [late, later]
    assert [each.loan for each in found.bundle.also] == [soon]
    # The mildest wording is true of both.
    assert found.bundle.kind == "overdue-1"


def test_one_text_a_day() -> None:
    assert ask(loan(), now=on(26, time(15)), last_text=on(26, time(8))).bundle is None
    assert kind(ask(loan(), now=on(26, time(8)), last_text=on(25, time(19)))) == "due-soon"


def test_after_another_text_of_the_day_a_reminder_waits_unless_it_is_in_haste() -> None:
    at_noon, told = on(26, time(12)), on(26, time(8))
    assert ask(loan(), now=at_noon, last_told=told).bundle is None
    assert kind(ask(loan(), now=at_noon, last_told=on(25))) == "due-soon"
    # Of two, that which is due before the next text may arrive decides.
    tonight = loan(due=on(26, time(18)))
    assert kind(ask(loan(), tonight, now=at_noon, last_told=told)) == "due-today"
    assert kind(ask(tonight, now=at_noon, last_told=told)) == "due-today"
    # What is late already can wait, whatever else is named.
    late = loan(due=on(16, time(18)))
    assert ask(late, loan(), now=at_noon, last_told=told).bundle is None


def test_no_text_on_a_sunday_and_the_next_morning_says_what_is_true_then() -> None:
    monday = loan(due=on(30, time(18)), rules=(DAY_BEFORE,))
    assert ask(monday, now=on(29, time(10))).bundle is None
    assert kind(ask(monday, now=on(30, time(8)))) == "due-today"


def test_a_loan_at_another_place_is_in_the_same_text() -> None:
    here, there = loan(), loan(site=OTHER_SITE)
    found = ask(here, there, now=on(26))
    assert found.bundle is not None
    assert len(found.bundle.reminders) == 2


def test_a_place_in_its_quiet_hours_begins_no_text() -> None:
    quiet = Place(ZURICH, on(26), may_write=False)
    found = due_reminders([loan()], {SITE: quiet}, last_text=None, now=on(26))
    assert found == DueReminders()


def test_days_begin_at_midnight_at_the_site_also_when_the_clocks_change() -> None:
    monday = at(date(2026, 10, 26), time(18))
    saturday = threshold(Level(When.BEFORE, 2), monday, ZURICH)
    assert saturday == at(date(2026, 10, 24), time(0))
    assert monday - saturday == timedelta(days=2, hours=19)
    assert threshold(Level(When.AFTER, 3, Unit.HOURS), monday, ZURICH) == monday + timedelta(
        hours=3
    )


@pytest.mark.parametrize(("when", "amount"), [(When.BEFORE, 0), (When.AFTER, 0), (When.ON_DAY, 1)])
def test_a_level_that_counts_nothing_is_refused(when: When, amount: int) -> None:
    with pytest.raises(ValueError):
        Level(when, amount)


def test_nobody_is_called_about_what_is_not_overdue() -> None:
    with pytest.raises(ValueError):
        ReminderRule(Level(When.BEFORE, 1), "overdue-call", is_for_person=True)


def test_a_level_of_the_same_day_is_said_with_the_earlier_one() -> None:
    both = loan(rules=(ON_DAY, TWO_HOURS_BEFORE))
    assert levels(ask(both, now=on(27, time(8))).bundle) == [TWO_HOURS_BEFORE]
