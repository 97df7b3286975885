"""A month on the real database: an outage of two days, a clock change, a return."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from comptoir.lending.tables import Loan
from comptoir.notifications.reminders.sweep import sweep
from tests.notifications.reminders.world import World, at, levels, written

ZURICH = ZoneInfo("Europe/Zurich")
#: Nothing runs from the evening before the due day until two days later.
OUTAGE = (at("10-22 18:00"), at("10-24 18:00"))


async def month(returns: dict[datetime, Loan], outage: tuple[datetime, datetime] | None) -> None:
    """Sweep every three hours from 15 October to 20 November; summer time ends on the 25th."""
    now = at("10-15 00:30")
    while now < at("11-20 00:00"):
        for moment, loan in returns.items():
            if moment <= now:
                await Loan.update({Loan.returned_at: moment}).where(Loan.id == loan.id)
        if outage is None or not outage[0] <= now < outage[1]:
            await sweep(now=now)
        now += timedelta(hours=3)


def days(rows: list[Any]) -> list[tuple[str, date]]:
    """The kind and the day at the site of each message."""
    return [(row.kind, row.created_at.astimezone(ZURICH).date()) for row in rows]


async def test_every_level_comes_once_in_daytime_across_the_clock_change(database: Any) -> None:
    world = await World.made()
    person = await world.person()
    loan = await world.loan(person, due_at=at("10-23 15:00"))
    await month({}, None)
    rows = await written()
    assert days(rows) == [
        ("due-soon", date(2026, 10, 20)),
        ("due-today", date(2026, 10, 23)),
        ("overdue-1", date(2026, 10, 26)),  # the door was shut at the weekend
        ("overdue-2", date(2026, 11, 2)),
        ("overdue-3", date(2026, 11, 9)),
        ("overdue-call", date(2026, 11, 16)),
    ]
    texts = [row for row in rows if row.channel == "sms"]
    assert all(8 <= row.created_at.astimezone(ZURICH).hour < 20 for row in texts)
    assert len(await levels(loan)) == 6


async def test_an_outage_of_two_days_loses_nothing_and_repeats_nothing(database: Any) -> None:
    world = await World.made()
    during = await world.loan(await world.person(), due_at=at("10-26 16:00"))
    gone = await world.loan(await world.person(), due_at=at("10-23 15:00"))
    await month({at("11-03 10:00"): during, at("10-24 00:00"): gone}, OUTAGE)
    of_during = await written(borrower=during.borrower)
    assert days(of_during) == [
        ("due-today", date(2026, 10, 26)),  # three days before fell into the outage
        ("overdue-1", date(2026, 10, 27)),
        ("overdue-2", date(2026, 11, 2)),
    ]
    assert days(await written(borrower=gone.borrower)) == [("due-soon", date(2026, 10, 20))]
