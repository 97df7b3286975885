"""Reads of photos."""

from __future__ import annotations

from uuid import UUID

from comptoir.core import db
from comptoir.sites.photos.errors import PhotoNotFound
from comptoir.sites.photos.schemas import Photo, PhotoView


async def photo_of(site_id: UUID, *, lock: bool = False) -> PhotoView | None:
    """What is known of a site's photo, without the picture; None where it has none.

    With ``lock``, nobody else changes it or takes it away before the transaction's end.
    """
    row = await db.fetch_one(
        "SELECT alt, width, height, sha256 FROM sites_photo WHERE site = :site"
        + (db.for_update("sites_photo") if lock else ""),
        site=site_id,
    )
    return PhotoView(**row) if row else None


async def photo(site_id: UUID) -> Photo:
    """A site's photo. Whether the reader may know of the site is for the caller to ask.

    Raises:
        PhotoNotFound: it has none.
    """
    row = await db.fetch_one(
        "SELECT alt, width, height, sha256, image FROM sites_photo WHERE site = :site",
        site=site_id,
    )
    if row is None:
        raise PhotoNotFound
    return Photo(**row | {"image": bytes(row["image"])})
