"""The readable address of each site, and those it had before, which still lead to it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from comptoir.core import db
from comptoir.sites.slugs import slug_of, slugs_of

_TAKE = """
INSERT INTO sites_slug (slug, site, latest) VALUES (:slug, :site, :yes)
ON CONFLICT (slug) DO UPDATE SET latest = :yes WHERE sites_slug.site = excluded.site
RETURNING slug
"""


async def give_address(site_id: UUID, name: str, city: str) -> None:
    """Make an address of a name the site's own, within a transaction.

    One that the site had before is its own again; of those of other sites, none is taken.
    """
    await db.execute(
        "UPDATE sites_slug SET latest = :no WHERE site = :site AND latest = :yes",
        site=site_id,
        no=False,
        yes=True,
    )
    for slug in slugs_of(name, city):
        if await db.fetch(_TAKE, slug=slug, site=site_id, yes=True):
            return


async def rename_address(site_id: UUID, before: tuple[str, str], after: tuple[str, str]) -> None:
    """The same for a site of another name and town, unless the address stays as it is."""
    if slug_of(*before) != slug_of(*after):
        await give_address(site_id, *after)


async def give_addresses(sites: Sequence[tuple[UUID, str, str]]) -> None:
    """An address for each of many new sites, by id, name and town, within a transaction.

    Raises:
        IntegrityErrors: somebody else took one of them at the same moment.
    """
    taken = {row["slug"] for row in await db.fetch("SELECT slug FROM sites_slug")}
    rows = []
    for site_id, name, city in sites:
        slug = next(each for each in slugs_of(name, city) if each not in taken)
        taken.add(slug)
        rows.append({"slug": slug, "site": site_id, "latest": True})
    await db.insert_many(
        "INSERT INTO sites_slug (slug, site, latest) VALUES (:slug, :site, :latest)", rows
    )
