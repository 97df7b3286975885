"""Showing a site to the public by one click; its form hides it again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.principal import Principal, Role
from comptoir.sites import queries
from comptoir.sites.errors import SitesForbidden


async def publish_site(actor: Principal, site_id: UUID, *, now: datetime) -> None:
    """Show a site to the public; one that is published already stays as it is.

    Raises:
        SiteNotFound: there is none, or the actor does not work there.
        SitesForbidden: the actor is no coordinator there.
    """
    async with db.transaction():
        await queries.site(site_id, actor)
        if not actor.has_role(Role.COORDINATOR, site_id):
            raise SitesForbidden
        published = await db.fetch(
            "UPDATE sites_site SET published = :yes, version = version + 1 "
            "WHERE id = :id AND published = :no RETURNING id",
            id=site_id,
            yes=True,
            no=False,
        )
        if published:
            await audit.record(
                actor,
                "site.published",
                "site",
                site_id,
                now=now,
                site_id=site_id,
                changes={"published": [False, True]},
            )
