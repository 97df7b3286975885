"""A month from the rule to the gateway, over both clock changes, with all that may fail.

The sweep, the dispatcher and the gateway each have outages of their own. What arrives is looked at
as its reader would: at what hour, how often, and whether it is still true.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from comptoir.core import db
from comptoir.lending.tables import Loan
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.gateways.protocol import Accepted, Answer, NotTaken, Outgoing
from comptoir.notifications.reasons import Reason
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.routing import Route
from comptoir.notifications.tables import Message
from comptoir.sites.public_holidays import public_holidays
from tests.notifications.recording import RecordingGateway
from tests.notifications.reminders.world import World, at

ZURICH = ZoneInfo("Europe/Zurich")
HOUR = timedelta(hours=1)
Span = tuple[datetime, datetime]


class Course(msgspec.Struct, frozen=True):
    """A month: when it begins, when things are due, and what is down when.

    What sends, and the gateway, come back at night, when nothing may arrive.
    """

    begins: datetime
    due: tuple[datetime, ...]
    nothing_runs: Span
    nothing_is_sent: Span
    gateway_is_busy: Span


COURSES = {
    "to summer time": Course(
        at("03-16 00:30"),
        # On a Friday, two days after the change, and before Easter; at 17:00 on the wall.
        (at("03-27 16:00"), at("03-31 15:00"), at("04-02 15:00")),
        nothing_runs=(at("03-28 10:00"), at("03-30 10:00")),
        nothing_is_sent=(at("03-31 05:00"), at("04-02 00:00")),
        gateway_is_busy=(at("04-06 22:00"), at("04-07 20:00")),
    ),
    "to winter time": Course(
        at("10-12 00:30"),
        (at("10-23 15:00"), at("10-26 16:00"), at("10-30 16:00")),
        nothing_runs=(at("10-22 18:00"), at("10-24 18:00")),
        nothing_is_sent=(at("10-26 06:00"), at("10-28 01:00")),
        gateway_is_busy=(at("11-01 22:00"), at("11-02 22:00")),
    ),
}


class Arrived(msgspec.Struct, frozen=True):
    """What a telephone got, and when."""

    at: datetime
    message: Outgoing


def within(moment: datetime, span: Span) -> bool:
    return span[0] <= moment < span[1]


async def play(course: Course, returns: dict[datetime, Loan]) -> list[Arrived]:
    """Five weeks, hour by hour; what arrived."""
    now, arrived = course.begins, list[Arrived]()

    def answer(message: Outgoing) -> Answer:
        if within(now, course.gateway_is_busy):
            return NotTaken(Reason.GATEWAY_BUSY)
        arrived.append(Arrived(now, message))
        return Accepted(f"m{len(arrived)}")

    route = Route(RecordingGateway(answer))
    while now < course.begins + timedelta(days=35):
        for moment, loan in returns.items():
            if moment <= now:
                await Loan.update({Loan.returned_at: moment}).where(
                    (Loan.id == loan.id) & Loan.returned_at.is_null()
                )
        if not within(now, course.nothing_runs):
            if now.hour % 3 == 0:
                await sweep(now=now)
            while not within(now, course.nothing_is_sent) and await dispatch([route], now=now):
                pass
        now += HOUR
    return arrived


async def kinds_of(arrived: Sequence[Arrived]) -> dict[Any, Message]:
    rows = await Message.objects().where(Message.id.is_in([each.message.id for each in arrived]))
    return {row.id: row for row in rows}


@pytest.mark.parametrize("name", COURSES)
async def test_a_month_with_outages_and_a_clock_change(database: Any, name: str) -> None:
    course = COURSES[name]
    world = await World.made(region="FR")
    lent = course.begins - timedelta(days=20)
    loans = [
        await world.loan(await world.person(), due_at=due, checked_out_at=lent)
        for due in course.due
    ]
    # The second comes back while its message waits for a dispatcher.
    back = course.nothing_is_sent[0] + timedelta(hours=15)
    arrived = await play(course, {back: loans[1]})
    written = await kinds_of(arrived)

    assert len({each.message.id for each in arrived}) == len(arrived) > 6
    assert {each.status for each in written.values()} == {"accepted"}
    days = []
    for each in arrived:
        local = each.at.astimezone(ZURICH)
        assert 8 <= local.hour < 20, each
        assert local.weekday() != 6, each
        assert local.date() not in public_holidays("CH-FR"), each
        days.append((written[each.message.id].borrower, local.date()))
    assert len(days) == len(set(days))

    due = {loan.borrower: loan.due_at for loan in loans}
    for each in arrived:
        row = written[each.message.id]
        assert row.kind.startswith("overdue") == (each.at > due[row.borrower]), row.kind
        assert row.borrower != loans[1].borrower or each.at < back
    told = [
        [written[each.message.id].kind for each in arrived if each.message.address == number]
        for number in [row["phone"] for row in await db.fetch("SELECT phone FROM lending_borrower")]
    ]
    assert all(len(kinds) == len(set(kinds)) for kinds in told)

    # Whatever did not arrive says why, in the list and in the trail.
    others = [row for row in await Message.objects() if row.id not in written]
    dropped = [row for row in others if row.channel == "sms"]
    assert {(row.status, row.reason) for row in dropped} == {("dropped", "overtaken")}
    [trail] = await db.fetch(
        "SELECT COUNT(*) AS number FROM core_audit_event WHERE action = 'message.dropped'"
    )
    assert trail["number"] == sum(row.status == "dropped" for row in others)
    assert loans[1].borrower in {row.borrower for row in dropped}

    # Whoever never came got the overdue levels one after the other, whatever was down.
    for loan in (loans[0], loans[2]):
        late = [
            kind
            for each in arrived
            if (kind := written[each.message.id].kind).startswith("overdue")
            and written[each.message.id].borrower == loan.borrower
        ]
        assert late == ["overdue-1", "overdue-2", "overdue-3"][: len(late)]
        assert len(late) >= 2
