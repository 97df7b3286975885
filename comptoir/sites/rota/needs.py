"""Saying what a site needs while its door is open."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.errors import Invalid
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.sites.rota.errors import NeedNotFound
from comptoir.sites.rota.schemas import AddNeed
from comptoir.sites.rota.shifts import need_editor
from comptoir.sites.rota.validation import need_errors
from comptoir.sites.skills.queries import competences


async def add_need(actor: Principal, site_id: UUID, command: AddNeed, *, now: datetime) -> UUID:
    """Let the rota of a site warn where this is lacking; give the need's id.

    Raises:
        SiteNotFound: the actor does not work at the site.
        SitesForbidden: the actor is no coordinator there.
        Invalid: a field is wrong.
    """
    await need_editor(actor, site_id)
    if errors := need_errors(command, {each.id for each in await competences()}):
        raise Invalid(errors)
    need_id = new_id()
    async with db.transaction():
        await db.execute(
            "INSERT INTO sites_need (id, site, weekday, starts, ends, people, language, "
            "competence) VALUES (:id, :site, :weekday, :starts, :ends, :people, :language, "
            ":competence)",
            id=need_id,
            site=site_id,
            weekday=command.weekday,
            starts=command.starts,
            ends=command.ends,
            people=command.people,
            language=command.language,
            competence=command.competence,
        )
        await _record(actor, "rota.need_added", site_id, [None, str(need_id)], now=now)
    return need_id


async def remove_need(actor: Principal, need_id: UUID, *, now: datetime) -> UUID:
    """Warn of it no more; give the site's id.

    Raises:
        NeedNotFound: there is none, or the actor does not work at its site.
        SitesForbidden: the actor is no coordinator there.
    """
    row = await db.fetch_one("SELECT site FROM sites_need WHERE id = :id", id=need_id)
    if row is None or not actor.sees_site(row["site"]):
        raise NeedNotFound
    site_id: UUID = row["site"]
    await need_editor(actor, site_id)
    async with db.transaction():
        gone = await db.fetch("DELETE FROM sites_need WHERE id = :id RETURNING id", id=need_id)
        if not gone:
            raise NeedNotFound
        await _record(actor, "rota.need_removed", site_id, [str(need_id), None], now=now)
    return site_id


async def _record(
    actor: Principal, action: str, site_id: UUID, change: list[str | None], *, now: datetime
) -> None:
    await audit.record(
        actor, action, "site", site_id, now=now, site_id=site_id, changes={"need": change}
    )
