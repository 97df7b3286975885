"""Photos of sites, for other programs."""

from __future__ import annotations

from uuid import UUID

from comptoir.core.api import Call, delete, get, post
from comptoir.sites import queries
from comptoir.sites.errors import SiteNotFound, SitesForbidden
from comptoir.sites.photos import services
from comptoir.sites.photos.errors import PhotoNotFound
from comptoir.sites.photos.pictures import LARGEST_FILE
from comptoir.sites.photos.queries import photo
from comptoir.sites.photos.schemas import Photo, PhotoView, SavePhoto

TAG = "Sites"
#: The file in base64, and what is around it.
LARGEST_BODY = LARGEST_FILE * 4 // 3 + 10_000


@get(
    "/sites/{site_id:uuid}/photo",
    scopes=("settings", "desk"),
    tag=TAG,
    errors=(SiteNotFound, PhotoNotFound),
)
async def read_photo(call: Call, site_id: UUID) -> Photo:
    """Read the photo of a site: a WebP in base64."""
    await queries.site(site_id, call.actor)
    return await photo(site_id)


@post(
    "/sites/{site_id:uuid}/photo",
    scopes=("settings",),
    tag=TAG,
    errors=(SiteNotFound, SitesForbidden),
    largest_body=LARGEST_BODY,
)
async def set_photo(call: Call, site_id: UUID, data: SavePhoto) -> PhotoView:
    """Give a site its photo, in the place of the one it had.

    It is drawn anew, at most 640 by 480 pixels and 20 KB, without what else was in the file,
    such as where it was taken. At most 10 MB and 25 million pixels. The public sees it on the
    page of the site, if that is published.
    """
    return await services.set_photo(call.actor, site_id, data, now=call.now)


@delete(
    "/sites/{site_id:uuid}/photo",
    scopes=("settings",),
    tag=TAG,
    errors=(SiteNotFound, SitesForbidden, PhotoNotFound),
)
async def remove_photo(call: Call, site_id: UUID) -> None:
    """Take the photo of a site away."""
    await services.remove_photo(call.actor, site_id, now=call.now)


ROUTES = [read_photo, set_photo, remove_photo]
