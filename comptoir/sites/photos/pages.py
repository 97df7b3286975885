"""The photo of a site in its settings, and as the public sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import ANONYMOUS, require
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.plain_text import clean_line
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.conditional import has_already
from comptoir.core.web.forms import FormData
from comptoir.core.web.uploads import sent_file
from comptoir.sites import queries
from comptoir.sites.errors import SitesForbidden
from comptoir.sites.photos import services
from comptoir.sites.photos.drawing import MOST_PIXELS
from comptoir.sites.photos.pictures import LARGEST_FILE
from comptoir.sites.photos.queries import photo, photo_of
from comptoir.sites.photos.schemas import MEDIA_TYPE, Photo, SavePhoto
from comptoir.sites.public.pages import PATH as PLACES
from comptoir.sites.public.pages import moved
from comptoir.sites.schemas import SiteView

Page = Request[Principal, Any, Any]
PATH = "/settings/sites/{site_id:uuid}/photo"
COORDINATOR = [require(Role.COORDINATOR)]
#: More than a photo may have, so that its form can say so.
LARGEST_FORM = 2 * LARGEST_FILE

#: Its address says which picture it is, so that caches may keep it; no longer than a day,
#: for a site that is published no more. Opened by itself, it may do nothing at all.
_HEADERS = {
    "Cache-Control": "public, max-age=86400",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@get(f"{PLACES}/{{address:str}}/photo.webp", opt=ANONYMOUS, include_in_schema=False)
async def public_photo(request: Request[Any, Any, Any], address: FromPath[str]) -> Response[bytes]:
    """The photo of a published site."""
    site = await queries.published_site(address)
    if site.slug != address:
        return moved(request, address, site.slug)
    found = await photo(site.id)
    tag = f'"{found.tag}"'
    if has_already(request, tag):
        return Response(b"", status_code=304, media_type=MEDIA_TYPE, headers=_headers(tag))
    return _picture(found, _headers(tag))


@get(PATH, guards=COORDINATOR)
async def photo_form(request: Page, site_id: FromPath[UUID]) -> Response[str]:
    """The photo of a site, and the form for another."""
    return await _form(request, await _own(request, site_id))


@get(f"{PATH}.webp", guards=COORDINATOR)
async def own_photo(request: Page, site_id: FromPath[UUID]) -> Response[bytes]:
    """The same picture for its coordinators, also where nothing is published."""
    site = await _own(request, site_id)
    return _picture(await photo(site.id), {})


@post(PATH, guards=COORDINATOR, request_max_body_size=LARGEST_FORM)
async def save_photo(request: Page, site_id: FromPath[UUID]) -> Response[str]:
    """Give a site its photo, or the one it has another text."""
    site = await _own(request, site_id)
    content = await sent_file(request, "image")
    alt = (await FormData.of(request)).text("alt")
    known = await photo_of(site_id)
    try:
        if not content and known and known.alt == clean_line(alt):
            message = _("Choose a photo, or change the text below.")
            raise Invalid([FieldError("image", "sites.photo-missing", message)])
        await services.set_photo(
            request.user, site_id, SavePhoto(alt, content or None), now=clock.now()
        )
    except Invalid as invalid:
        return await _form(request, site, alt=alt, errors=invalid.errors)
    return redirect(request, request.url.path, flash=Flash("ok", _("Photo saved.")))


@post(f"{PATH}/remove", guards=COORDINATOR)
async def remove_photo(request: Page, site_id: FromPath[UUID]) -> Response[str]:
    """Take the photo of a site away."""
    await services.remove_photo(request.user, site_id, now=clock.now())
    target = request.url.path.removesuffix("/remove")
    return redirect(request, target, flash=Flash("ok", _("Photo removed.")))


async def _own(request: Page, site_id: UUID) -> SiteView:
    site = await queries.site(site_id, request.user)
    if not request.user.has_role(Role.COORDINATOR, site_id):
        raise SitesForbidden
    return site


async def _form(
    request: Page, site: SiteView, *, alt: str | None = None, errors: Sequence[FieldError] = ()
) -> Response[str]:
    found = await photo_of(site.id)
    return page(
        request,
        "sites/photo.html",
        status=422 if errors else 200,
        site=site,
        photo=found,
        alt=alt if alt is not None else found.alt if found else "",
        errors=errors,
        longest_alt=services.LONGEST_ALT,
        megabytes=LARGEST_FILE // 1_000_000,
        megapixels=MOST_PIXELS // 1_000_000,
    )


def _headers(tag: str) -> dict[str, str]:
    return {"ETag": tag, **_HEADERS}


def _picture(found: Photo, headers: dict[str, str]) -> Response[bytes]:
    return Response(found.image, media_type=MEDIA_TYPE, headers=headers)


ROUTES = [public_photo, photo_form, own_photo, save_photo, remove_photo]
