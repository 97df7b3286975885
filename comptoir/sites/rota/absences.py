"""Saying that one does not come, and taking it back. Nobody is asked why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.sites import queries as sites
from comptoir.sites.rota import queries
from comptoir.sites.rota.errors import AbsenceNotFound, NotYours
from comptoir.sites.rota.locks import lock_person
from comptoir.sites.rota.schemas import AddAbsence
from comptoir.sites.rota.validation import absence_errors
from comptoir.sites.staff import queries as staff


async def add_absence(actor: Principal, command: AddAbsence, *, now: datetime) -> UUID:
    """Enter one's own absence, or that of somebody all of whose sites one coordinates; give its id.

    The shifts of these days stay on the rota as not covered, so that they come back if
    the absence is taken back. The same absence entered twice is one.

    Raises:
        NotYours: the person is not of a site that the actor coordinates.
        NotYourColleague: they also work at a site that the actor does not coordinate.
        Invalid: a field is wrong.
    """
    await _need_own(actor, command.person)
    if errors := absence_errors(command, today=now.date()):
        raise Invalid(errors)
    async with db.transaction():
        await lock_person(command.person)
        for each in await queries.absences_of(
            [command.person], command.first_day, command.last_day
        ):
            same = (each.first_day, each.last_day, each.starts, each.ends)
            if same == (command.first_day, command.last_day, command.starts, command.ends):
                return each.id
        absence_id = new_id()
        await db.execute(
            "INSERT INTO sites_absence (id, user_id, first_day, last_day, starts, ends) "
            "VALUES (:id, :person, :first_day, :last_day, :starts, :ends)",
            id=absence_id,
            person=command.person,
            first_day=command.first_day,
            last_day=command.last_day,
            starts=command.starts,
            ends=command.ends,
        )
        await _record(actor, "rota.absence_entered", command.person, now=now)
    return absence_id


async def remove_absence(actor: Principal, absence_id: UUID, *, now: datetime) -> None:
    """Come after all.

    Raises:
        AbsenceNotFound: there is none, as far as the actor may know.
        NotYourColleague: as for ``add_absence``.
    """
    async with db.transaction():
        before = await queries.absence(absence_id)
        if before is None:
            raise AbsenceNotFound
        try:
            await _need_own(actor, before.person)
        except NotYours:
            raise AbsenceNotFound from None
        await db.execute("DELETE FROM sites_absence WHERE id = :id", id=absence_id)
        await _record(actor, "rota.absence_removed", before.person, now=now)


async def _need_own(actor: Principal, person: UUID) -> None:
    if person == actor.id:
        return
    mine = [
        site.id
        for site in await sites.names_for(actor)
        if actor.has_role(Role.COORDINATOR, site.id)
    ]
    if not await queries.sites_of(person, mine):
        raise NotYours
    await staff.need_to_look_after(actor, person)


async def _record(actor: Principal, action: str, person: UUID, *, now: datetime) -> None:
    """The days of an absence are personal: the trail says only that there was one."""
    await audit.record(actor, action, "user", person, now=now, changes={"days": None})
