"""Putting somebody on the rota, changing that, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.sites import queries as sites
from comptoir.sites.errors import SitesForbidden
from comptoir.sites.opening_hours import ONE_DAY
from comptoir.sites.rota import queries
from comptoir.sites.rota.errors import GapFilled, ShiftNotFound
from comptoir.sites.rota.locks import lock_person, lock_shift, lock_site
from comptoir.sites.rota.missing import is_missing
from comptoir.sites.rota.occurrences import CLASH_DAYS, Shift
from comptoir.sites.rota.schemas import AddShift, ChangeShift, Reach
from comptoir.sites.rota.validation import clash_errors, shift_errors


async def add_shift(actor: Principal, command: AddShift, *, now: datetime) -> UUID:
    """Put somebody on the rota, once or every so many weeks; give the shift's id.

    Raises:
        SiteNotFound: the actor does not work at the site.
        SitesForbidden: the actor is no coordinator there.
        Invalid: a field is wrong, or the person is at work or away then.
        GapFilled: it is for a gap, and nobody is missing in it any more.
    """
    await need_editor(actor, command.site)
    once = command.every_weeks == 0
    new = Shift(
        id=new_id(),
        site=command.site,
        person=command.person,
        first_day=command.day,
        last_day=command.day if once else command.last_day,
        every_weeks=command.every_weeks or 1,
        starts=command.starts,
        ends=command.ends,
        zone=(await sites.site_calendar(command.site)).zone,
    )
    async with db.transaction():
        await lock_person(new.person)
        await lock_site(new.site)
        await check(new, now=now)
        if command.for_gap and not await is_missing(actor, new, throughout=False):
            raise GapFilled
        await insert(new)
        await record(actor, "rota.shift_added", new.site, [None, told(new)], now=now)
    return new.id


async def change_shift(
    actor: Principal, shift_id: UUID, command: ChangeShift, *, now: datetime
) -> UUID:
    """Give a shift to somebody else, or another day or time; give the id it has then.

    That day alone, or from that day on. What one day of a shift that comes back
    becomes is a shift of its own.

    Raises:
        ShiftNotFound: it does not fall on that day, or the actor does not work at its site.
        SitesForbidden: the actor is no coordinator there.
        Invalid: as for ``add_shift``.
    """
    async with db.transaction():
        await lock_person(command.person)
        before = await found(actor, shift_id, command.day, lock=True)
        await need_editor(actor, before.site)
        following = command.reach is Reach.FOLLOWING and not before.once
        new = _changed(before, command, following)
        left = _left(before, command.day, following)
        await check(new, now=now, leaving=left, day_field="new_day")
        await take_off(before, command.day, following=following)
        await insert(new)
        await record(
            actor, "rota.shift_changed", new.site, [told(before, command.day), told(new)], now=now
        )
    return new.id


async def remove_shift(
    actor: Principal, shift_id: UUID, day: date, reach: Reach, *, now: datetime
) -> None:
    """Take a shift off the rota: on that day alone, or from that day on.

    Raises:
        ShiftNotFound: it does not fall on that day, or the actor does not work at its site.
        SitesForbidden: the actor is no coordinator there.
    """
    async with db.transaction():
        before = await found(actor, shift_id, day, lock=True)
        await need_editor(actor, before.site)
        await take_off(before, day, following=reach is Reach.FOLLOWING)
        await record(actor, "rota.shift_removed", before.site, [told(before, day), None], now=now)


async def found(actor: Principal, shift_id: UUID, day: date, *, lock: bool = False) -> Shift:
    """A shift that falls on a day; with its site, locked until the transaction's end if asked.

    Raises:
        ShiftNotFound: it does not, or the actor does not work at its site.
    """
    if lock:
        await lock_shift(shift_id)
    shift = await queries.shift(shift_id)
    if shift is None or not actor.sees_site(shift.site) or not shift.falls_on(day):
        raise ShiftNotFound
    return shift


async def need_editor(actor: Principal, site_id: UUID) -> None:
    """Let only coordinators of a site pass.

    Raises:
        SiteNotFound: the actor does not work there.
        SitesForbidden: as something else.
    """
    await sites.site(site_id, actor)
    if not actor.has_role(Role.COORDINATOR, site_id):
        raise SitesForbidden


async def check(
    new: Shift, *, now: datetime, leaving: Shift | None = None, day_field: str = "day"
) -> None:
    """Let only a shift pass that its person can do; inside the transaction that writes it.

    ``lock_person`` was called, so that two shifts at one moment do not miss each other.
    ``leaving`` is what is left of the shift that it takes the place of; ``day_field`` is
    where its day was entered.

    Raises:
        Invalid: a field is wrong, or the person is at work or away then.
    """
    errors = shift_errors(
        new,
        team={person.id for person in await queries.team(new.site)},
        today=now.astimezone(new.zone).date(),
        day_field=day_field,
    )
    if errors:
        raise Invalid(errors)
    last = new.first_day + timedelta(days=CLASH_DAYS)
    wide = queries.around(new.first_day, min(last, new.last_day or last))
    others: Sequence[Shift] = await queries.shifts_of([new.person], *wide)
    if leaving is not None:
        others = [leaving if each.id == leaving.id else each for each in others]
    absences = await queries.absences_of(
        [new.person], *queries.around(new.first_day, new.first_day)
    )
    if errors := clash_errors(new, others, queries.as_absences(absences)):
        raise Invalid(errors)


async def insert(shift: Shift) -> None:
    """Write a new shift."""
    await db.execute(
        "INSERT INTO sites_shift (id, site, user_id, first_day, last_day, every_weeks, starts, "
        "ends, volunteered) VALUES (:id, :site, :person, :first_day, :last_day, :every_weeks, "
        ":starts, :ends, :volunteered)",
        id=shift.id,
        site=shift.site,
        person=shift.person,
        first_day=shift.first_day,
        last_day=shift.last_day,
        every_weeks=shift.every_weeks,
        starts=shift.starts,
        ends=shift.ends,
        volunteered=shift.volunteered,
    )
    for day in sorted(shift.skipped):
        await _skip(shift.id, day)


async def take_off(
    shift: Shift, day: date, *, following: bool, closure: UUID | None = None
) -> None:
    """Let a shift no longer fall on a day, or on none from it on, with the offers of these days.

    Where it is for a ``closure``, it is kept in mind, for when that is withdrawn.

    Raises:
        ShiftNotFound: somebody else has just taken it off.
    """
    if closure is None and (shift.once or (following and day == shift.first_day)):
        await _gone(
            await db.fetch("DELETE FROM sites_shift WHERE id = :id RETURNING id", id=shift.id)
        )
        return
    if following:
        await _gone(
            await db.fetch(
                "UPDATE sites_shift SET last_day = :last WHERE id = :id RETURNING id",
                id=shift.id,
                last=day - ONE_DAY,
            )
        )
        await db.execute(
            "DELETE FROM sites_shift_skip WHERE shift = :id AND day >= :day", id=shift.id, day=day
        )
    else:
        await _skip(shift.id, day, closure)
    await db.execute(
        "DELETE FROM sites_shift_offer WHERE shift = :id AND taken_by IS NULL AND "
        + ("day >= :day" if following else "day = :day"),
        id=shift.id,
        day=day,
    )


async def record(
    actor: Principal, action: str, site_id: UUID, change: Sequence[str | None], *, now: datetime
) -> None:
    """Write what happened to a site's rota, without whose shift it is."""
    await audit.record(
        actor, action, "site", site_id, now=now, site_id=site_id, changes={"shift": change}
    )


def told(shift: Shift, day: date | None = None) -> str:
    """A shift for the audit: its day and minutes, and how often; nobody's name."""
    often = "" if shift.once else f" every {7 * shift.every_weeks} days"
    return f"{day or shift.first_day} {shift.starts}-{shift.ends}{often}"


def _changed(before: Shift, command: ChangeShift, following: bool) -> Shift:
    """What a shift becomes, on one day or from it on."""
    kept = following and command.new_day == command.day
    return msgspec.structs.replace(
        before,
        id=new_id(),
        person=command.person,
        first_day=command.new_day,
        last_day=before.last_day if following else command.new_day,
        starts=command.starts,
        ends=command.ends,
        skipped=before.skipped if kept else frozenset(),
        volunteered=False,
    )


def _left(shift: Shift, day: date, following: bool) -> Shift:
    """What is left of a shift once it is taken off."""
    if following:
        return msgspec.structs.replace(shift, last_day=day - ONE_DAY)
    return msgspec.structs.replace(shift, skipped=shift.skipped | {day})


async def _skip(shift_id: UUID, day: date, closure: UUID | None = None) -> None:
    try:
        await db.execute(
            "INSERT INTO sites_shift_skip (id, shift, day, closure) "
            "VALUES (:id, :shift, :day, :closure)",
            id=new_id(),
            shift=shift_id,
            day=day,
            closure=closure,
        )
    except db.IntegrityErrors:
        raise ShiftNotFound from None


async def _gone(rows: list[db.Row]) -> None:
    if not rows:
        raise ShiftNotFound
