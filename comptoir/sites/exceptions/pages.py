"""Pages of closures and special hours: what is ahead, and announcing more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import ngettext
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, panels, redirect
from comptoir.core.web.formats import example_day
from comptoir.core.web.forms import FormData, id_or_none, read_day
from comptoir.sites import queries as sites
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.errors import PreviewOutdated, SitesForbidden
from comptoir.sites.exceptions import consequences, previews, queries, services
from comptoir.sites.exceptions.previews import Preview
from comptoir.sites.exceptions.schemas import MOST_HOURS, AnnounceException, ExceptionView
from comptoir.sites.hours import times_text
from comptoir.sites.local_holidays import has_said, local_holidays_of
from comptoir.sites.opening_hours import Times
from comptoir.sites.public_holidays import NAMES, holiday_region, public_holidays
from comptoir.sites.rota.clearing import put_back_for
from comptoir.sites.schemas import SiteView
from comptoir.sites.times import MOST_SPANS, read_times, tidied, too_many_spans

Page = Request[Principal, Any, Any]
COORDINATOR = [require(Role.COORDINATOR)]
#: How far ahead the public holidays are listed.
AHEAD = timedelta(days=365)
#: How many pairs of times the form has room for; an address may name some more.
ROOM = 2
#: What higher floors add to the page of what is announced; its subject is the site.
SLOT = "sites.days"
_FIELDS = ("first_day", "last_day", "kind", "reason", "yearly")
_HOURS = re.compile(r"(?:opens|closes)_([0-9]{1,2})")


@get("/settings/sites/{site_id:uuid}/days", guards=COORDINATOR)
async def days_ahead(request: Page, site_id: FromPath[UUID]) -> Response[str]:
    """What a site has announced, and the public holidays of a year."""
    site = await _coordinated(request, site_id)
    calendar = await queries.public_calendar(site, since=clock.now().date() - timedelta(days=1))
    today = calendar.local_date(clock.now())
    announced = await queries.exceptions([site_id], since=today)
    region = holiday_region(site.country, site.region, site.local_holidays)
    holidays = [
        (day, NAMES[name], calendar.is_open_day(day))
        for day, name in sorted(public_holidays(region).items())
        if today <= day <= today + AHEAD
    ]
    return page(
        request,
        "sites/days.html",
        site=site,
        announced=[(each, times_text(each.hours)) for each in announced],
        holidays=holidays,
        local=local_holidays_of(site, today=today),
        local_said=has_said(site),
        panels=await panels.fill(SLOT, request.user, site_id, now=clock.now()),
    )


@get("/settings/exceptions/new", guards=COORDINATOR)
async def new_exception(request: Page) -> Response[str]:
    """The form, for the site, the day and the hours that the address may name."""
    query = request.query_params
    await sites.need_in_sight(request.user, id_or_none(query.get("site", "")))
    day = read_day(query.get("day", ""))
    form = {
        "first_day": day.isoformat() if day else "",
        "kind": query.get("kind") or (ExceptionKind.AS_USUAL if day else ExceptionKind.CLOSED),
        **{name: tidied(query[name]) for name in _hour_fields(MOST_HOURS) if name in query},
    }
    return await _form(request, form, [query.get("site", "")], [])


@post("/settings/exceptions/new", guards=COORDINATOR)
async def announce(request: Page) -> Response[str]:
    """Show what it would bring about; once that was seen, announce it at every site ticked."""
    data, now = await FormData.of(request), clock.now()
    form = {name: data.text(name) for name in _FIELDS}
    form |= {name: tidied(data.text(name)) for name in _hour_fields(_room(data.fields))}
    shown, outdated = data.texts("sites"), False
    try:
        command, fields = _command(data)
        preview = await previews.preview_exception(
            request.user, command, hours_fields=fields, now=now
        )
        if command.seen:
            try:
                await services.announce_exception(
                    request.user, command, hours_fields=fields, now=now
                )
            except PreviewOutdated:
                outdated = True
            else:
                moves = any(each.happens for each in preview.consequences)
                text = _("Announced. What was due then has moved with it.")
                path = f"/settings/sites/{command.sites[0]}/days"
                return redirect(
                    request, path, flash=Flash("ok", text if moves else _("Announced."))
                )
    except Invalid as invalid:
        return await _form(request, form, shown, invalid.errors)
    return await _form(
        request, form, shown, [], command=command, preview=preview, outdated=outdated
    )


@post("/settings/exceptions/{exception_id:uuid}/withdraw", guards=COORDINATOR)
async def withdraw(request: Page, exception_id: FromPath[UUID]) -> Response[str]:
    """Take it back; where that takes away open hours, once what it does to them was seen."""
    seen, now = (await FormData.of(request)).text("seen"), clock.now()
    view, preview = await previews.preview_withdrawal(request.user, exception_id, now=now)
    # Taking a closure back shuts no door.
    if view.kind is not ExceptionKind.CLOSED and preview.consequences and not seen:
        return _withdrawal(request, view, preview)
    try:
        site_id = await services.withdraw_exception(request.user, exception_id, seen=seen, now=now)
    except PreviewOutdated:
        return _withdrawal(request, view, preview, outdated=True)
    back = await put_back_for(request.user, site_id, exception_id, now=now)
    told = [
        _("Withdrawn. The weekly hours and the holidays apply again."),
        ngettext("%(num)s shift is back on the rota.", "%(num)s shifts are back on the rota.", back)
        if back
        else "",
        await consequences.outcome(exception_id),
    ]
    flash = Flash("ok", " ".join(filter(None, told)))
    return redirect(request, f"/settings/sites/{site_id}/days", flash=flash)


def _withdrawal(
    request: Page, view: ExceptionView, preview: Preview, *, outdated: bool = False
) -> Response[str]:
    return page(
        request,
        "sites/exception_withdraw.html",
        exception=view,
        hours=times_text(view.hours),
        preview=preview,
        outdated=outdated,
    )


async def _coordinated(request: Page, site_id: UUID) -> SiteView:
    site = await sites.site(site_id, request.user)
    if not request.user.has_role(Role.COORDINATOR, site_id):
        raise SitesForbidden
    return site


async def _form(
    request: Page,
    form: dict[str, Any],
    chosen: Sequence[str],
    errors: Sequence[FieldError],
    *,
    command: AnnounceException | None = None,
    preview: Preview | None = None,
    outdated: bool = False,
) -> Response[str]:
    """The form, under what was found out about it, if anything was."""
    coordinated = [
        site
        for site in await sites.names_for(request.user)
        if request.user.has_role(Role.COORDINATOR, site.id)
    ]
    if len(coordinated) == 1:
        chosen = [str(coordinated[0].id)]
    room = _room(form)
    blank = dict.fromkeys(("last_day", "reason", "yearly", *_hour_fields(room)), "")
    return page(
        request,
        "sites/exception_form.html",
        status=422 if errors else 200,
        form=blank | form,
        sites=[(str(site.id), site.name) for site in coordinated],
        chosen=chosen,
        places=range(room),
        errors=errors,
        command=command,
        hours=times_text(command.hours) if command else "",
        preview=preview,
        outdated=outdated,
        kinds=[
            (ExceptionKind.CLOSED, _("Closed")),
            (ExceptionKind.OPEN, _("Open at these hours only")),
            (ExceptionKind.AS_USUAL, _("Open as usual, though it is a public holiday")),
        ],
    )


def _room(names: Iterable[str]) -> int:
    """How many pairs of times a form has; more than there may be are shown again, and refused."""
    return max([ROOM, *(int(match[1]) + 1 for name in names if (match := _HOURS.fullmatch(name)))])


def _hour_fields(room: int) -> list[str]:
    return [f"{end}_{place}" for place in range(room) for end in ("opens", "closes")]


def _command(data: FormData) -> tuple[AnnounceException, list[str]]:
    """What was entered, and the field of each pair of hours.

    Raises:
        Invalid: a day, a time or a choice cannot be read.
    """
    errors: list[FieldError] = []
    first, last = read_day(data.text("first_day")), read_day(data.text("last_day"))
    for field, day in (("first_day", first), ("last_day", last)):
        if day is None and (field == "first_day" or data.text(field)):
            message = _("Enter a day, such as %(day)s.", day=example_day())
            errors.append(FieldError(field, "sites.day-invalid", message))
    kind = data.text("kind")
    if kind not in set(ExceptionKind):
        errors.append(FieldError("kind", "sites.kind-unknown", _("Choose one of these.")))
    hours, fields = _hours(data, errors)
    if data.text("yearly") not in ("", "yes"):
        message = _("Tick this box, or leave it empty.")
        errors.append(FieldError("yearly", "sites.yearly-unknown", message))
    if errors or first is None:
        raise Invalid(errors)
    command = AnnounceException(
        sites=tuple(site for text in data.texts("sites") if (site := id_or_none(text))),
        first_day=first,
        last_day=last or first,
        kind=ExceptionKind(kind),
        hours=tuple(hours) if kind == ExceptionKind.OPEN else (),
        reason=data.text("reason").strip(),
        yearly=data.text("yearly") == "yes",
        seen=data.text("seen") if data.text("step") == "announce" else "",
        take_shifts_off=data.checked("take_shifts_off"),
    )
    return command, fields


def _hours(data: FormData, errors: list[FieldError]) -> tuple[list[Times], list[str]]:
    """The pairs of times that are filled in, and the field of each; ``errors`` gets the rest."""
    hours, fields = [], []
    for place in range(_room(data.fields)):
        names = (f"opens_{place}", f"closes_{place}")
        opens, closes = map(data.text, names)
        if not opens and not closes:
            continue
        try:
            hours.append(read_times(opens, closes, names))
        except Invalid as invalid:
            errors += invalid.errors
        else:
            fields.append(names[0])
    if fields[MOST_SPANS:]:
        errors.append(too_many_spans(fields[MOST_SPANS]))
    return hours, fields


ROUTES = [days_ahead, new_exception, announce, withdraw]
