"""Giving a site its photo, and taking it away: one function per use case."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.plain_text import clean_line, says_something
from comptoir.core.principal import Principal, Role
from comptoir.sites import queries
from comptoir.sites.errors import SitesForbidden
from comptoir.sites.photos.errors import PhotoNotFound
from comptoir.sites.photos.pictures import Picture, make_picture
from comptoir.sites.photos.queries import photo_of
from comptoir.sites.photos.schemas import PhotoView, SavePhoto

#: Characters of what is said of a photo, as the table has it.
LONGEST_ALT = 200

_KEEP = """
INSERT INTO sites_photo (id, site, image, width, height, sha256, alt, changed_at)
VALUES (:id, :site, :image, :width, :height, :sha256, :alt, :now)
ON CONFLICT (site) DO UPDATE SET image = excluded.image, width = excluded.width,
    height = excluded.height, sha256 = excluded.sha256, alt = excluded.alt,
    changed_at = excluded.changed_at
"""
_RENAME = "UPDATE sites_photo SET alt = :alt, changed_at = :now WHERE site = :site"


async def set_photo(
    actor: Principal, site_id: UUID, command: SavePhoto, *, now: datetime
) -> PhotoView:
    """Give a site its photo in the place of the one it had, or that one another text.

    Raises:
        SiteNotFound: there is none, or the actor does not work there.
        SitesForbidden: the actor is no coordinator there.
        Invalid: the text is missing or too long, or the file is no picture to be kept.
    """
    await _need_coordinator(actor, site_id)
    alt = clean_line(command.alt)
    errors = _alt_errors(alt)
    picture = None
    if command.image is not None:
        try:
            picture = await asyncio.to_thread(make_picture, command.image)
        except Invalid as invalid:
            errors = [*invalid.errors, *errors]
    if errors:
        raise Invalid(errors)
    async with db.transaction():
        before = await photo_of(site_id, lock=True)
        after = _after(before, picture, alt)
        if after is None:
            message = _("Choose a photo.")
            raise Invalid([FieldError("image", "sites.photo-missing", message)])
        await _write(site_id, picture, alt, now)
        await audit.record(
            actor,
            "site.photo_set",
            "site",
            site_id,
            now=now,
            site_id=site_id,
            changes=audit.difference(_known(before), _known(after)),
        )
    return after


async def remove_photo(actor: Principal, site_id: UUID, *, now: datetime) -> None:
    """Take a site's photo away.

    Raises:
        SiteNotFound: there is none, or the actor does not work there.
        SitesForbidden: the actor is no coordinator there.
        PhotoNotFound: the site has none.
    """
    await _need_coordinator(actor, site_id)
    async with db.transaction():
        gone = await db.fetch(
            "DELETE FROM sites_photo WHERE site = :site RETURNING alt, sha256", site=site_id
        )
        if not gone:
            raise PhotoNotFound
        await audit.record(
            actor,
            "site.photo_removed",
            "site",
            site_id,
            now=now,
            site_id=site_id,
            changes=audit.difference(gone[0], {"alt": None, "sha256": None}),
        )


async def _write(site_id: UUID, picture: Picture | None, alt: str, now: datetime) -> None:
    if picture is None:
        await db.execute(_RENAME, site=site_id, alt=alt, now=now)
        return
    await db.execute(
        _KEEP,
        id=new_id(),
        site=site_id,
        image=picture.data,
        width=picture.width,
        height=picture.height,
        sha256=picture.sha256,
        alt=alt,
        now=now,
    )


def _after(before: PhotoView | None, picture: Picture | None, alt: str) -> PhotoView | None:
    """What the photo becomes; None: there is none to become anything."""
    if picture is not None:
        return PhotoView(alt, picture.width, picture.height, picture.sha256)
    return msgspec.structs.replace(before, alt=alt) if before else None


def _known(photo: PhotoView | None) -> dict[str, str | None]:
    if photo is None:
        return {"alt": None, "sha256": None}
    return {"alt": photo.alt, "sha256": photo.sha256}


def _alt_errors(alt: str) -> list[FieldError]:
    if not says_something(alt):
        message = _("Say in a few words what the photo shows.")
        return [FieldError("alt", "sites.photo-alt-missing", message)]
    if len(alt) > LONGEST_ALT:
        message = _("Make this shorter: at most %(most)s characters.", most=LONGEST_ALT)
        return [FieldError("alt", "sites.photo-alt-too-long", message)]
    return []


async def _need_coordinator(actor: Principal, site_id: UUID) -> None:
    await queries.site(site_id, actor)
    if not actor.has_role(Role.COORDINATOR, site_id):
        raise SitesForbidden
