"""Swaps: somebody offers a shift of one day, a colleague takes it, the coordinator sees it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.sites.rota import shifts
from comptoir.sites.rota.errors import NotYours, OfferNotFound, OfferTaken, ShiftNotFound
from comptoir.sites.rota.locks import lock_person, lock_site
from comptoir.sites.rota.schemas import OfferShift


class _Offer(msgspec.Struct, frozen=True):
    """A row of ``sites_shift_offer``."""

    id: UUID
    site: UUID
    shift: UUID
    day: date
    user_id: UUID
    taken_by: UUID | None


async def offer_shift(actor: Principal, command: OfferShift, *, now: datetime) -> UUID:
    """Ask whether a colleague takes a shift of one day; give the offer's id.

    It stays the shift of whoever has it until somebody does. Offered again, it is
    the same offer.

    Raises:
        ShiftNotFound: it does not fall on that day, or that day is over, or the actor does
            not work at its site.
        NotYours: it is somebody else's, and the actor is no coordinator there.
    """
    shift = await shifts.found(actor, command.shift, command.day)
    need_own(actor, shift.person, shift.site)
    if command.day < now.astimezone(shift.zone).date():
        raise ShiftNotFound
    async with db.transaction():
        offered = await db.fetch(
            "INSERT INTO sites_shift_offer (id, site, shift, day, starts, ends, user_id, "
            "offered_at) VALUES (:id, :site, :shift, :day, :starts, :ends, :person, :now) "
            "ON CONFLICT (shift, day) WHERE taken_by IS NULL DO NOTHING RETURNING id",
            id=new_id(),
            site=shift.site,
            shift=shift.id,
            day=command.day,
            starts=shift.starts,
            ends=shift.ends,
            person=shift.person,
            now=now,
        )
        if not offered:
            offered = await db.fetch(
                "SELECT id FROM sites_shift_offer "
                "WHERE shift = :shift AND day = :day AND taken_by IS NULL",
                shift=shift.id,
                day=command.day,
            )
        else:
            line = [None, shifts.told(shift, command.day)]
            await shifts.record(actor, "rota.shift_offered", shift.site, line, now=now)
    offer_id: UUID = offered[0]["id"]
    return offer_id


async def take_offer(actor: Principal, offer_id: UUID, person: UUID, *, now: datetime) -> UUID:
    """Take a shift that a colleague offered; give the id of the shift it is now.

    Whoever offered it and takes it keeps it.

    Raises:
        OfferNotFound: it is not offered, or the actor does not work at its site.
        OfferTaken: somebody else was faster.
        NotYours: it is taken for somebody else, and the actor is no coordinator there.
        Invalid: the person is at work or away then, or does not work there.
    """
    offer = await _found(actor, offer_id)
    need_own(actor, person, offer.site)
    async with db.transaction():
        await lock_person(person)
        await lock_site(offer.site)
        offer = await _found(actor, offer_id, lock=True)
        if offer.taken_by is not None:
            raise OfferTaken
        if person == offer.user_id:
            await _end(actor, offer, now=now)
            return offer.shift
        before = await shifts.found(actor, offer.shift, offer.day, lock=True)
        new = msgspec.structs.replace(
            before,
            id=before.id if before.once else new_id(),
            person=person,
            first_day=offer.day,
            last_day=offer.day,
            skipped=frozenset(),
            volunteered=False,
        )
        await shifts.check(new, now=now)
        await db.execute(
            "UPDATE sites_shift_offer SET taken_by = :person WHERE id = :id",
            id=offer.id,
            person=person,
        )
        if before.once:
            await db.execute(
                "UPDATE sites_shift SET user_id = :person, volunteered = :no WHERE id = :id",
                id=before.id,
                person=person,
                no=False,
            )
        else:
            await shifts.take_off(before, offer.day, following=False)
            await shifts.insert(new)
        line = [shifts.told(before, offer.day), shifts.told(new)]
        await shifts.record(actor, "rota.shift_taken", offer.site, line, now=now)
    return new.id


async def withdraw_offer(actor: Principal, offer_id: UUID, *, now: datetime) -> None:
    """Keep a shift after all.

    Raises:
        OfferNotFound: it is not offered, or the actor does not work at its site.
        OfferTaken: a colleague has it already.
        NotYours: it is somebody else's, and the actor is no coordinator there.
    """
    async with db.transaction():
        offer = await _found(actor, offer_id, lock=True)
        need_own(actor, offer.user_id, offer.site)
        if offer.taken_by is not None:
            raise OfferTaken
        await _end(actor, offer, now=now)


async def _end(actor: Principal, offer: _Offer, *, now: datetime) -> None:
    await db.execute("DELETE FROM sites_shift_offer WHERE id = :id", id=offer.id)
    line = [str(offer.day), None]
    await shifts.record(actor, "rota.offer_withdrawn", offer.site, line, now=now)


async def _found(actor: Principal, offer_id: UUID, *, lock: bool = False) -> _Offer:
    row = await db.fetch_one(
        "SELECT id, site, shift, day, user_id, taken_by FROM sites_shift_offer WHERE id = :id"
        + (db.for_update("sites_shift_offer") if lock else ""),
        id=offer_id,
    )
    if row is None or not actor.sees_site(row["site"]):
        raise OfferNotFound
    return _Offer(**row)


def need_own(actor: Principal, person: UUID, site_id: UUID) -> None:
    """Let only the person themselves pass, or a coordinator of the site.

    Raises:
        NotYours: as somebody else.
    """
    if person != actor.id and not actor.has_role(Role.COORDINATOR, site_id):
        raise NotYours
