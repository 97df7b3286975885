"""Pages of the published sites: no account, no cookie, no script, four languages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from comptoir.core import clock, ical
from comptoir.core.accounts.guards import ANONYMOUS
from comptoir.core.clock import localtime
from comptoir.core.i18n import LANGUAGE_NAMES
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import NOBODY
from comptoir.core.printing.pdf import in_background
from comptoir.core.web import Filters, panels, public_headers, public_page, speak_publicly
from comptoir.core.web.context import chosen_language
from comptoir.core.web.shell import shell_of
from comptoir.sites import queries, welcome
from comptoir.sites.exceptions.queries import public_calendar
from comptoir.sites.opening_hours import ONE_DAY
from comptoir.sites.public import feed, poster
from comptoir.sites.public.linked_data import linked_data
from comptoir.sites.public.nearness import is_postcode, read_postcode
from comptoir.sites.public.queries import Search, find
from comptoir.sites.public.views import place_page
from comptoir.sites.public.wording import status_line
from comptoir.sites.regions import is_region, region_kind, region_options, region_sign
from comptoir.sites.skills.languages import SPOKEN, language_options

Page = Request[Any, Any, Any]
PATH = "/places"
#: What higher floors add to a site's page: what there is to borrow.
SLOT = "sites.place"

#: How long caches may keep a page, in seconds: what it says of "now" is as old as that.
FRESH = 60
#: The same for calendars, which programs fetch a few times a day.
CALENDAR_FRESH = 3600


@get(PATH, opt=ANONYMOUS, include_in_schema=False)
async def place_list(request: Page) -> Response[str]:
    """All published sites: which are open now, and when the others open."""
    speak_publicly(request)
    now = clock.now()
    filters = Filters(request)
    search = _search(filters)
    found = await find(search, now=now)
    if search.page > found.pages:
        filters.no_such_page("page")
        search = msgspec.structs.replace(search, page=1)
        found = await find(search, now=now)
    regions = found.regions | ({search.region} if search.region else set())
    return public_page(
        request,
        "sites/public/places.html",
        max_age=FRESH,
        search=search,
        found=found,
        places=[
            (place, status_line(place.calendar, now), region_sign(place.country, place.region))
            for place in found.places
        ],
        regions=region_options(regions),
        region_kind=region_kind(each.partition("-")[0] for each in regions),
        in_france=any(each.startswith("FR-") for each in found.regions),
        bad_postcode=bool(search.postcode) and not is_postcode(search.postcode),
        offers=welcome.OFFERS.items(),
        spoken=language_options(),
        languages=_in_languages(request),
        page_url=lambda number: _url(request, page=str(number)),
        lang=chosen_language(request),
    )


@get(f"{PATH}/{{address:str}}", opt=ANONYMOUS, include_in_schema=False)
async def place(request: Page, address: FromPath[str]) -> Response[str] | Response[bytes]:
    """One of them: today first, the days ahead, and what there is."""
    speak_publicly(request)
    now = clock.now()
    site = await queries.published_site(address)
    if site.slug != address:
        return moved(request, address, site.slug)
    shown = await place_page(site, now=now)
    added = await panels.fill(SLOT, NOBODY, site.id, now=now) if site.shows_stock else []
    url = shell_of(request.app).settings.base_url + f"{PATH}/{site.slug}"
    return public_page(
        request,
        "sites/public/place.html",
        max_age=FRESH,
        shown=shown,
        place=shown.place,
        panels=added,
        data=linked_data(shown, url=url, today=shown.place.days[0].day),
        languages=_in_languages(request),
        lang=chosen_language(request),
    )


@get(f"{PATH}/{{address:str}}/hours.ics", opt=ANONYMOUS, include_in_schema=False)
async def calendar(request: Page, address: FromPath[str]) -> Response[bytes]:
    """When the door is open, for calendar programs to subscribe to."""
    speak_publicly(request)
    site = await queries.published_site(address)
    if site.slug != address:
        return moved(request, address, site.slug)
    file = await feed.hours_calendar(site, now=clock.now())
    return Response(file, media_type=ical.MEDIA_TYPE, headers=public_headers(CALENDAR_FRESH))


@get(f"{PATH}/{{address:str}}/poster.pdf", opt=ANONYMOUS, include_in_schema=False)
async def print_poster(request: Page, address: FromPath[str]) -> Response[bytes]:
    """The opening hours on a sheet of A4, for the door."""
    speak_publicly(request)
    site = await queries.published_site(address)
    if site.slug != address:
        return moved(request, address, site.slug)
    today = localtime(clock.now(), site.time_zone).date()
    url = shell_of(request.app).settings.base_url + f"{PATH}/{site.slug}"
    calendar = await public_calendar(site, since=today - ONE_DAY)
    pdf = await in_background(poster.render, site, calendar, url, today)
    headers = {"Content-Disposition": 'inline; filename="poster.pdf"'}
    return Response(
        pdf, media_type="application/pdf", headers=headers | public_headers(CALENDAR_FRESH)
    )


def moved(request: Page, address: str, slug: str) -> Response[bytes]:
    """To where a site's page is now, from its id or an address that it had.

    It may get an old address back: nobody keeps this for longer than a page.
    """
    rest = request.url.path.removeprefix(f"{PATH}/{address}")
    query = f"?{request.url.query}" if request.url.query else ""
    headers = {"Location": f"{PATH}/{slug}{rest}{query}"} | public_headers(FRESH)
    return Response(b"", status_code=301, media_type="text/plain", headers=headers)


def _search(filters: Filters) -> Search:
    """What the address asks for."""
    region = filters.text("region")
    country, _dash, code = region.partition("-")
    regions = [region] if is_region(country, code) else []
    return Search(
        offer=filters.among("offer", welcome.OFFERS, _("What you need")) or "",
        language=filters.among("language", SPOKEN, _("Your language")) or "",
        wheelchair=bool(filters.text("wheelchair")),
        open_now=bool(filters.text("open")),
        postcode=read_postcode(filters.text("postcode", 40)),
        region=filters.among("region", regions, region_kind([country])) or "",
        page=filters.place("page", _page_number) or 1,
    )


def _page_number(text: str) -> int | None:
    """A page from 1 on."""
    whole = text.isascii() and text.isdecimal() and len(text) < 6
    return int(text) or None if whole else None


def _in_languages(request: Page) -> list[tuple[str, str, str]]:
    """The same page in each language: its code, its own name, the address."""
    return [(code, name, _url(request, lang=code)) for code, name in LANGUAGE_NAMES.items()]


def _url(request: Page, **changed: str) -> str:
    query = {key: value for key, value in request.query_params.items() if value}
    return f"{request.url.path}?{urlencode(query | changed)}"


ROUTES = [place_list, place, calendar, print_poster]
