"""Coming forward where somebody is missing, and stepping back.

As with a swap, nobody has to approve: the coordinator sees on the rota who came forward.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from comptoir.core import db, events
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.sites import queries as sites
from comptoir.sites.rota import shifts
from comptoir.sites.rota.errors import GapFilled, NotYours, ShiftNotFound
from comptoir.sites.rota.events import GapWasFilled
from comptoir.sites.rota.locks import lock_person, lock_site
from comptoir.sites.rota.missing import is_missing
from comptoir.sites.rota.occurrences import Shift
from comptoir.sites.rota.offers import need_own
from comptoir.sites.rota.schemas import FillGap


async def fill_gap(actor: Principal, site_id: UUID, command: FillGap, *, now: datetime) -> UUID:
    """Put somebody on the rota for a time when a person is missing; give the shift's id.

    Whoever asks for what they did already is told of the same shift.

    Raises:
        SiteNotFound: the actor does not work at the site.
        NotYours: it is for somebody else, and the actor is no coordinator there.
        Invalid: a field is wrong, or the person is at work or away then.
        GapFilled: nobody is missing then, or not somebody like that person.
    """
    site = await sites.site(site_id, actor)
    need_own(actor, command.person, site.id)
    new = Shift(
        id=new_id(),
        site=site.id,
        person=command.person,
        first_day=command.day,
        last_day=command.day,
        every_weeks=1,
        starts=command.starts,
        ends=command.ends,
        zone=(await sites.site_calendar(site.id)).zone,
        volunteered=True,
    )
    async with db.transaction():
        await lock_person(new.person)
        await lock_site(site.id)
        if known := await _same(new):
            return known
        await shifts.check(new, now=now)
        if not await is_missing(actor, new, throughout=True):
            raise GapFilled
        await shifts.insert(new)
        await shifts.record(actor, "rota.gap_filled", new.site, [None, shifts.told(new)], now=now)
        await events.publish(GapWasFilled(actor, new.site, new.id, now))
    return new.id


async def step_back(actor: Principal, shift_id: UUID, day: date, *, now: datetime) -> UUID:
    """Take oneself off the rota, where one came forward; give the site's id.

    Raises:
        ShiftNotFound: it does not fall on that day, or that day is over, or the actor does
            not work at its site.
        NotYours: it is somebody else's, or a coordinator put it on the rota.
    """
    async with db.transaction():
        shift = await shifts.found(actor, shift_id, day, lock=True)
        if shift.person != actor.id or not shift.volunteered:
            raise NotYours
        if day < now.astimezone(shift.zone).date():
            raise ShiftNotFound
        await shifts.take_off(shift, day, following=False)
        line = [shifts.told(shift), None]
        await shifts.record(actor, "rota.gap_left", shift.site, line, now=now)
    return shift.site


async def _same(new: Shift) -> UUID | None:
    """The shift that somebody has already come forward for."""
    row = await db.fetch_one(
        "SELECT id FROM sites_shift WHERE user_id = :person AND site = :site AND volunteered "
        "AND first_day = :day AND starts = :starts AND ends = :ends",
        person=new.person,
        site=new.site,
        day=new.first_day,
        starts=new.starts,
        ends=new.ends,
    )
    return row["id"] if row else None
