"""The sweep: looks at what is on loan or was given, and writes what it is time to say of it.

It reads people in pages, decides by the pure ``rules``, and writes each person's message,
the levels it reaches, and the record of both in one transaction. A sweep that dies has
lost nothing: the next one finds what is still to do. Two at once write nothing twice, for
each level of a loan is reached once (a unique index), and a message has its key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from uuid import UUID

from comptoir.notifications.calls.failing import call_whom_messages_fail
from comptoir.notifications.channels import BY_GATEWAY, Channel
from comptoir.notifications.endings.sweep import write_endings
from comptoir.notifications.reminders.moot import drop_moot_by_hand
from comptoir.notifications.reminders.occasions import write_courtesies, write_moves
from comptoir.notifications.reminders.plans import CALL as CALL_KIND
from comptoir.notifications.reminders.plans import Plans, code_of
from comptoir.notifications.reminders.reading import (
    Lent,
    Person,
    Sender,
    people_after,
    read_people,
    read_plans,
    read_senders,
)
from comptoir.notifications.reminders.writing import (
    Letter,
    Overtaken,
    channel_for,
    write,
)
from comptoir.notifications.rules import (
    DUE_TODAY,
    Bundle,
    Place,
    Reminder,
    When,
    due_reminders,
    place_at,
)

#: People read together.
PAGE = 500
#: People written to at the same time, so that their transactions are committed together.
AT_ONCE = 4


def _never() -> bool:
    return False


async def sweep(
    *,
    now: datetime,
    base_url: str = "",
    stopping: Callable[[], bool] = _never,
    channels: Collection[Channel] = BY_GATEWAY,
) -> int:
    """Write the reminders that are due at ``now`` (UTC); how many messages it wrote.

    A person gets one a day, and what presses most goes first: a date that moved, a reminder, a
    voucher that expires, then courtesies. ``base_url`` is where links lead, ``channels`` are
    those that there is a gateway for.
    """
    await drop_moot_by_hand(now=now)
    await call_whom_messages_fail(now=now)
    plans, senders = await read_plans(), await read_senders(base_url)
    places = {
        sender.id: place_at(sender.calendar, sender.habits.hours, now=now)
        for sender in senders.values()
    }
    horizon = now + plans.horizon()
    written = await write_moves(senders, places, channels=channels, now=now)
    after = UUID(int=0)
    while not stopping():
        people = await people_after(after, horizon=horizon, limit=PAGE)
        if not people:
            break
        after = people[-1]
        written += await _page(
            people, plans, senders, places, horizon=horizon, channels=channels, now=now
        )
    written += await write_endings(
        plans, senders, places, channels=channels, stopping=stopping, now=now
    )
    return written + await write_courtesies(plans, senders, places, channels=channels, now=now)


async def _page(
    people: list[UUID],
    plans: Plans,
    senders: Mapping[UUID, Sender],
    places: Mapping[UUID, Place],
    *,
    horizon: datetime,
    channels: Collection[Channel],
    now: datetime,
) -> int:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(person: Person) -> int:
        written = 0
        for letter in letters(person, senders, places, channels=channels, now=now):
            async with gate:
                try:
                    written += await write(letter, now=now) is not None
                except Overtaken:
                    continue
        return written

    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(one(person))
            for person in await read_people(people, plans, horizon=horizon)
        ]
    return sum(task.result() for task in tasks)


def letters(
    person: Person,
    senders: Mapping[UUID, Sender],
    places: Mapping[UUID, Place],
    *,
    channels: Collection[Channel] = BY_GATEWAY,
    now: datetime,
) -> list[Letter]:
    """What is to be written to somebody now: at most one text, and one line to call."""
    last = person.last
    due = due_reminders(person.loans, places, last_text=last.reminder, last_told=last.any, now=now)
    made = []
    if due.bundle is not None:
        made.append(_text(person, due.bundle, senders, channels, now=now))
    if due.for_person:
        made.append(_line(person, due.for_person, senders))
    return made


def _text(
    person: Person,
    bundle: Bundle,
    senders: Mapping[UUID, Sender],
    channels: Collection[Channel],
    *,
    now: datetime,
) -> Letter:
    first = bundle.reminders[0]
    sender = senders[first.loan.site_id]
    is_late = first.rule.level.when is When.AFTER
    channel = channel_for(person.recipient, channels, is_late=is_late)
    if channel is Channel.LETTER and bundle.kind == DUE_TODAY:
        channel = None  # it would arrive too late
    named = (*bundle.reminders, *bundle.also)
    return Letter(
        recipient=person.recipient,
        sender=sender,
        kind=bundle.kind,
        channel=channel,
        dedupe_key=f"reminder:{person.recipient.id}:{sender.calendar.local_date(now)}",
        lent=tuple(person.lent[each.loan.loan_id] for each in bundle.reminders),
        also=tuple(person.lent[each.loan.loan_id] for each in bundle.also),
        levels=_levels(person, named),
    )


def _line(
    person: Person, reminders: tuple[Reminder, ...], senders: Mapping[UUID, Sender]
) -> Letter:
    first = reminders[0]
    return Letter(
        recipient=person.recipient,
        sender=senders[first.loan.site_id],
        kind=CALL_KIND,
        channel=Channel.CALL,
        dedupe_key=f"call:{first.loan.loan_id}:{code_of(first.rule.level)}:"
        f"{first.loan.due_at:%Y%m%d%H%M}",
        lent=tuple(person.lent[each.loan.loan_id] for each in reminders),
        levels=_levels(person, reminders),
    )


def _levels(person: Person, reminders: tuple[Reminder, ...]) -> tuple[tuple[Lent, str], ...]:
    return tuple((person.lent[each.loan.loan_id], code_of(each.rule.level)) for each in reminders)
