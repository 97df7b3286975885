"""Shifts of closed days taken off the rota, and put back once the closure is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.errors import Invalid
from comptoir.core.principal import Principal
from comptoir.sites import queries as sites
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.exceptions import queries as exceptions
from comptoir.sites.exceptions.events import ExceptionsAnnounced
from comptoir.sites.exceptions.shut_days import closed_days
from comptoir.sites.opening_hours import DayState
from comptoir.sites.rota import queries, shifts
from comptoir.sites.rota.errors import DayNotClosed
from comptoir.sites.rota.locks import lock_person, lock_site
from comptoir.sites.rota.occurrences import Occurrence, Shift, occurrences
from comptoir.sites.rota.validation import FURTHEST


async def clear_day(actor: Principal, site_id: UUID, day: date, *, now: datetime) -> int:
    """Take the shifts of a closed day off the rota; give how many they were.

    Those of people who are away then, too.

    Raises:
        SiteNotFound: the actor does not work at the site.
        SitesForbidden: the actor is no coordinator there.
        DayNotClosed: the site is not closed on that day, the day is over, or further ahead
            than rotas go.
    """
    await shifts.need_editor(actor, site_id)
    async with db.transaction():
        await lock_site(site_id)
        calendar = await sites.site_calendar(site_id)
        today = calendar.local_date(now)
        planned_for = today <= day <= today + FURTHEST
        if not planned_for or calendar.on(day).state is not DayState.CLOSED:
            raise DayNotClosed
        planned = await planned_on(site_id, [day])
        await _take_off(actor, planned, await _closure(site_id, day), now=now)
    return len(planned)


async def clear_announced(event: ExceptionsAnnounced) -> None:
    """Take off what falls on the days of a closure, where whoever announced it said so."""
    if not event.take_shifts_off:
        return
    for site_id, closure in event.ids.items():
        today = (await sites.site_calendar(site_id)).local_date(event.at)
        days = closed_days(event.exception, today=today)
        await _take_off(event.actor, await planned_on(site_id, days), closure, now=event.at)


async def put_back(actor: Principal, site_id: UUID, day: date, *, now: datetime) -> int:
    """Put back what was taken off a day for a closure that was withdrawn; give how many.

    Whoever is at work or away then by now, or works there no more, stays off.

    Raises:
        SiteNotFound: the actor does not work at the site.
        SitesForbidden: the actor is no coordinator there.
    """
    await shifts.need_editor(actor, site_id)
    back = 0
    async with db.transaction():
        for person in sorted({each.person for each in await queries.left_out(site_id, day, day)}):
            await lock_person(person)
        await lock_site(site_id)
        for each in await queries.left_out(site_id, day, day):
            shift = await queries.shift(each.shift)
            if shift is None or not await _may_come_back(shift, day, now=now):
                continue
            await db.execute(
                "DELETE FROM sites_shift_skip WHERE shift = :shift AND day = :day",
                shift=shift.id,
                day=day,
            )
            line = [None, shifts.told(shift, day)]
            await shifts.record(actor, "rota.shift_put_back", site_id, line, now=now)
            back += 1
    return back


async def put_back_for(actor: Principal, site_id: UUID, closure: UUID, *, now: datetime) -> int:
    """Put back what was taken off for a closure that was withdrawn; give how many.

    Only on days from today on that are open again. The rota still offers what could not come back.

    Raises:
        SiteNotFound, SitesForbidden: as for ``put_back``.
    """
    calendar = await sites.site_calendar(site_id)
    rows = await db.fetch(
        "SELECT DISTINCT day FROM sites_shift_skip WHERE closure = :closure AND day >= :today "
        "ORDER BY day",
        closure=closure,
        today=calendar.local_date(now),
    )
    open_again = [row["day"] for row in rows if calendar.on(row["day"]).intervals]
    return sum([await put_back(actor, site_id, day, now=now) for day in open_again])


async def planned_on(site_id: UUID, days: Sequence[date]) -> list[Occurrence]:
    """The shifts of a site's team on some days, in the order of time."""
    if not days:
        return []
    people = [person.id for person in await queries.team(site_id)]
    found = await queries.shifts_of(people, days[0], days[-1])
    asked = frozenset(days)
    here = occurrences([each for each in found if each.site == site_id], days[0], days[-1])
    return [each for each in here if each.day in asked]


async def _take_off(
    actor: Principal, planned: Sequence[Occurrence], closure: UUID | None, *, now: datetime
) -> None:
    for each in planned:
        await shifts.take_off(each.shift, each.day, following=False, closure=closure)
        line = [shifts.told(each.shift, each.day), None]
        await shifts.record(actor, "rota.shift_removed", each.shift.site, line, now=now)


async def _closure(site_id: UUID, day: date) -> UUID | None:
    """The exception that closes a day, the one of a certain year before a yearly one."""
    found = [
        each
        for each in await exceptions.exceptions([site_id], since=day)
        if each.kind is ExceptionKind.CLOSED and each.exception().covers(day)
    ]
    return min(found, key=lambda each: each.yearly).id if found else None


async def _may_come_back(shift: Shift, day: date, *, now: datetime) -> bool:
    alone = msgspec.structs.replace(shift, first_day=day, last_day=day, skipped=frozenset())
    try:
        await shifts.check(alone, now=now, leaving=None)
    except Invalid:
        return False
    return True
