"""Settings of the places: organisations, sites, and where one works now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts import sessions
from comptoir.core.accounts.authentication import accounts_of
from comptoir.core.accounts.guards import require, signed_in
from comptoir.core.errors import FieldError, Invalid, PreconditionFailed
from comptoir.core.i18n import LANGUAGE_NAMES
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, Flash, local_path, page, redirect
from comptoir.core.web.forms import FormData, in_form, shown_again, status_of_form
from comptoir.core.web.once import made_once
from comptoir.sites import queries, services, site_form, welcome
from comptoir.sites.errors import PreviewOutdated, SiteChanged, SiteNotFound, SitesForbidden
from comptoir.sites.exceptions.previews import Preview
from comptoir.sites.expressions.evaluation import Hours
from comptoir.sites.hours import HoursText, describe_hours
from comptoir.sites.place_choices import countries, zones
from comptoir.sites.publishing import publish_site
from comptoir.sites.regions import canton_options
from comptoir.sites.schemas import OrganisationView, SaveOrganisation, SiteView
from comptoir.sites.skills.languages import language_options

Page = Request[Principal, Any, Any]
PATH = "/settings/sites"
#: Sites on a page of the list.
PAGE_SIZE = 25
COORDINATOR = [require(Role.COORDINATOR)]


class SitePreview(msgspec.Struct, frozen=True):
    """What a form that is not saved yet would bring about; ``outdated``: not what was seen."""

    preview: Preview
    outdated: bool


def _everywhere(actor: Principal) -> bool:
    return actor.all_sites and actor.has_role(Role.COORDINATOR)


@get(PATH, guards=COORDINATOR)
async def site_list(request: Page) -> Response[str]:
    """The sites one coordinates, and their organisations."""
    filters = Filters(request)
    sought = queries.Sought(
        words=filters.text("words", 120),
        unpublished=bool(filters.text("unpublished")),
        after=filters.after("after"),
    )
    found = await queries.coordinated_sites(request.user, sought, limit=PAGE_SIZE + 1)
    sites = found[:PAGE_SIZE]
    kept = {"words": sought.words, "unpublished": "1" if sought.unpublished else ""}
    kept = {name: value for name, value in kept.items() if value}
    everywhere = _everywhere(request.user)
    return page(
        request,
        "sites/sites.html",
        sites=[(site, _hours_of(site)) for site in sites],
        sought=sought,
        next_url=_list_url(kept | {"after": str(sites[-1].id)}) if found[PAGE_SIZE:] else None,
        first_url=_list_url(kept) if sought.after else None,
        organisations=await queries.organisations() if everywhere else [],
        everywhere=everywhere,
        imports=request.user.has_role(Role.ADMIN),
    )


@get(f"{PATH}/new", guards=COORDINATOR)
async def new_site(request: Page) -> Response[str]:
    """The empty form of a site."""
    if not _everywhere(request.user):
        raise SitesForbidden
    return await _site_form(request, {"country": "CH", "time_zone": "Europe/Zurich"}, [])


@post(f"{PATH}/new", guards=COORDINATOR)
async def add_site(request: Page) -> Response[str]:
    """Add a site; its hours come next."""
    form = await FormData.of(request)
    try:
        command, now = site_form.command_of(form), clock.now()
        site_id = await made_once(
            request, lambda: services.create_site(request.user, command, now=now), now=now
        )
    except Invalid as invalid:
        return await _site_form(request, site_form.typed(form), invalid.errors)
    flash = Flash("ok", _("Site added. Enter when its door is open."))
    return redirect(request, f"{PATH}/{site_id}/hours", flash=flash)


@get(f"{PATH}/{{site_id:uuid}}", guards=COORDINATOR)
async def show_site(request: Page, site_id: FromPath[UUID]) -> Response[str]:
    """The form of a site."""
    site = await _own(request, site_id)
    return await _site_form(request, site_form.known(site), [], site)


@post(f"{PATH}/{{site_id:uuid}}", guards=COORDINATOR)
async def save_site(request: Page, site_id: FromPath[UUID]) -> Response[str]:
    """Change a site; where that moves something, once what it does was seen."""
    form, now, seen = await FormData.of(request), clock.now(), ""
    try:
        command = site_form.command_of(form)
        zone_before = (await _own(request, site_id)).time_zone
        preview = await services.preview_site(request.user, site_id, command, now=now)
        seen = form.text("seen") or ("" if preview.consequences else preview.seen)
        if seen:
            version = form.whole("version") or 0
            await services.edit_site(
                request.user, site_id, command, version=version, seen=seen, now=now
            )
            zone = command.time_zone if command.time_zone != zone_before else ""
            return _saved(request, site_id, preview, zone)
    except Invalid as invalid:
        site = await _own(request, site_id)
        return await _site_form(request, site_form.typed(form), invalid.errors, site)
    except PreviewOutdated:
        preview = await services.preview_site(request.user, site_id, command, now=now)
    except SiteChanged as changed:
        site, typed = await _own(request, site_id), site_form.typed(form)
        errors, typed["version"] = shown_again(changed, sent=0, saved=site.version)
        return await _site_form(request, typed, errors, site)
    about = SitePreview(preview, outdated=bool(seen))
    site = await _own(request, site_id)
    return await _site_form(request, site_form.typed(form), [], site, about=about)


@post(f"{PATH}/{{site_id:uuid}}/publish", guards=COORDINATOR)
async def publish(request: Page, site_id: FromPath[UUID]) -> Response[str]:
    """Show a site to the public."""
    await publish_site(request.user, site_id, now=clock.now())
    target = local_path((await FormData.of(request)).text("next"), PATH)
    return redirect(request, target, flash=Flash("ok", _("The public sees this site now.")))


@get("/settings/organisations/new", guards=COORDINATOR)
async def new_organisation(request: Page) -> Response[str]:
    """The empty form of an organisation."""
    if not _everywhere(request.user):
        raise SitesForbidden
    return _organisation_form(request, {}, [])


@post("/settings/organisations/new", guards=COORDINATOR)
async def add_organisation(request: Page) -> Response[str]:
    """Add an organisation."""
    form = await FormData.of(request)
    values = _texts(form)
    command, now = SaveOrganisation(**values), clock.now()
    try:
        await made_once(
            request, lambda: services.create_organisation(request.user, command, now=now), now=now
        )
    except Invalid as invalid:
        return _organisation_form(request, values, invalid.errors)
    return redirect(request, PATH, flash=Flash("ok", _("Organisation added.")))


@get("/settings/organisations/{organisation_id:uuid}", guards=COORDINATOR)
async def organisation_form(request: Page, organisation_id: FromPath[UUID]) -> Response[str]:
    """The form of an organisation."""
    if not _everywhere(request.user):
        raise SitesForbidden
    view = await queries.organisation(organisation_id)
    return _organisation_form(request, msgspec.structs.asdict(view), [], view)


@post("/settings/organisations/{organisation_id:uuid}", guards=COORDINATOR)
async def save_organisation(request: Page, organisation_id: FromPath[UUID]) -> Response[str]:
    """Change an organisation."""
    form = await FormData.of(request)
    values, version = _texts(form), form.whole("version") or 0
    try:
        await services.edit_organisation(
            request.user,
            organisation_id,
            SaveOrganisation(**values),
            version=version,
            now=clock.now(),
        )
    except (Invalid, PreconditionFailed) as error:
        view = await queries.organisation(organisation_id)
        errors, version = shown_again(error, sent=version, saved=view.version)
        return _organisation_form(request, values | {"version": version}, errors, view)
    return redirect(request, PATH, flash=Flash("ok", _("Saved.")))


@get("/site", guards=[signed_in])
async def choose_site(request: Page) -> Response[str]:
    """Where one works now, among one's sites."""
    places = await accounts_of(request.app).directory.places(request.user)
    back = local_path(request.query_params.get("next", "/"))
    return page(request, "sites/choose.html", places=places, back=back)


@post("/site", guards=[signed_in])
async def work_at(request: Page) -> Response[str]:
    """Work at another of one's sites from now on, in this browser."""
    form = await FormData.of(request)
    site_id = form.identifier("site")
    if site_id is None:
        raise SiteNotFound
    directory = accounts_of(request.app).directory
    await sessions.choose_place(request.user, site_id, directory=directory)
    return redirect(request, local_path(form.text("next")))


async def _own(request: Page, site_id: UUID) -> SiteView:
    """A site that one coordinates.

    Raises:
        SiteNotFound: one does not work there.
        SitesForbidden: one is no coordinator there.
    """
    site = await queries.site(site_id, request.user)
    if not request.user.has_role(Role.COORDINATOR, site_id):
        raise SitesForbidden
    return site


def _saved(request: Page, site_id: UUID, preview: Preview, zone: str) -> Response[str]:
    """Say what came of it; ``zone`` is the time zone if that is another one, else empty."""
    if not any(each.happens for each in preview.consequences):
        text = _("Saved. This site goes by the clock of %(zone)s now.", zone=zone)
        return redirect(request, PATH, flash=Flash("ok", text if zone else _("Saved.")))
    flash = Flash("ok", _("Saved. What was due then has moved with it."))
    return redirect(request, f"{PATH}/{site_id}/days", flash=flash)


def _list_url(query: dict[str, str]) -> str:
    return f"{PATH}?{urlencode(query)}"


def _hours_of(site: SiteView) -> HoursText | None:
    """A site's hours; None where nobody has said them."""
    return describe_hours(Hours.of(site.opening_hours)) if site.opening_hours else None


def _texts(form: FormData) -> dict[str, str]:
    return {name: form.text(name) for name in SaveOrganisation.__struct_fields__}


async def _site_form(
    request: Page,
    form: dict[str, Any],
    errors: Sequence[FieldError],
    site: SiteView | None = None,
    *,
    about: SitePreview | None = None,
) -> Response[str]:
    near, far = zones(form.get("time_zone", ""))
    return page(
        request,
        "sites/site_form.html",
        status=status_of_form(errors),
        form=site_form.blank() | form,
        errors=in_form(errors, site_form.INPUTS),
        site=site,
        organisations=[(each.id, each.name) for each in await queries.organisations()],
        countries=countries(),
        cantons=canton_options(),
        zones=near,
        other_zones=far,
        spoken=list(LANGUAGE_NAMES.items()),
        languages_there=language_options(),
        choices=welcome,
        about=about,
    )


def _organisation_form(
    request: Page,
    form: dict[str, Any],
    errors: Sequence[FieldError],
    organisation: OrganisationView | None = None,
) -> Response[str]:
    blank = dict.fromkeys((*SaveOrganisation.__struct_fields__, "version"), "")
    return page(
        request,
        "sites/organisation_form.html",
        status=status_of_form(errors),
        form=blank | form,
        errors=errors,
        organisation=organisation,
    )


ROUTES = [
    site_list,
    new_site,
    add_site,
    show_site,
    save_site,
    publish,
    new_organisation,
    add_organisation,
    organisation_form,
    save_organisation,
    choose_site,
    work_at,
]
