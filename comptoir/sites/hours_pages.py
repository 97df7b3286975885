"""Pages of a site's opening hours: the weekly grid, and the expression itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from babel.dates import get_month_names
from litestar import Request, Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.clock import localtime
from comptoir.core.errors import FieldError, Invalid, PreconditionFailed
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, local_path, page, panels, redirect
from comptoir.core.web.formats import locale
from comptoir.core.web.forms import FormData, shown_again, status_of_form
from comptoir.sites import queries
from comptoir.sites.changing_hours import preview_hours, set_hours
from comptoir.sites.confirming import confirm_hours
from comptoir.sites.errors import PreviewOutdated, SitesForbidden
from comptoir.sites.exceptions.previews import Preview
from comptoir.sites.expressions.checks import expression_problems
from comptoir.sites.expressions.problems import EXAMPLE, problem_message
from comptoir.sites.hours import weekday_names
from comptoir.sites.hours_form import HoursForm, Pressed
from comptoir.sites.schemas import SiteView
from comptoir.sites.week_plan import HoursPlan

Page = Request[Principal, Any, Any]
COORDINATOR = [require(Role.COORDINATOR)]
#: What higher floors add to the page of the hours; its subject is the site.
SLOT = "sites.hours"


class HoursPreview(msgspec.Struct, frozen=True):
    """Hours that are not saved yet, and what they would bring about.

    ``outdated``: it has changed since somebody looked.
    """

    expression: str
    preview: Preview
    outdated: bool


@get("/settings/sites/{site_id:uuid}/hours", guards=COORDINATOR)
async def hours_form(request: Page, site_id: FromPath[UUID]) -> Response[str]:
    """When the door of a site is open: as a grid, if that can show it, and as an expression."""
    site = await _own(request, site_id)
    plan = HoursPlan.of(site.opening_hours)
    if plan is None and request.query_params.get("grid") == "new":
        plan = HoursPlan()
    return await _form(request, site, HoursForm.of_plan(plan) if plan else None, site.version)


@post("/settings/sites/{site_id:uuid}/hours", guards=COORDINATOR)
async def save_hours(request: Page, site_id: FromPath[UUID]) -> Response[str]:
    """Set the hours from the grid, or change the form by one of its own buttons."""
    data = await FormData.of(request)
    site = await _own(request, site_id)
    form, version = HoursForm.of(data), data.whole("version") or 0
    try:
        if changed := form.pressed(data):
            return await _form(request, site, changed.form, version, pressed=changed)
        expression = form.plan().expression(site.language)
        return await _look_or_save(request, site, form, expression, version)
    except (Invalid, PreconditionFailed) as error:
        site = await _own(request, site_id)
        errors, version = shown_again(error, sent=version, saved=site.version)
        return await _form(request, site, form, version, errors=errors)


@post("/settings/sites/{site_id:uuid}/hours/expression", guards=COORDINATOR)
async def save_expression(request: Page, site_id: FromPath[UUID]) -> Response[str]:
    """Set the hours by the expression itself."""
    data = await FormData.of(request)
    site = await _own(request, site_id)
    text, version = data.text("opening_hours"), data.whole("version") or 0
    try:
        return await _look_or_save(request, site, None, text, version, seen=data.text("seen"))
    except (Invalid, PreconditionFailed) as error:
        site = await _own(request, site_id)
        plan = HoursPlan.of(site.opening_hours)
        form = HoursForm.of_plan(plan) if plan else None
        errors, version = shown_again(error, sent=version, saved=site.version)
        return await _form(request, site, form, version, text=text, errors=errors)


@post("/settings/sites/{site_id:uuid}/hours/confirm", guards=[require(Role.RECEPTION)])
async def confirm(request: Page, site_id: FromPath[UUID]) -> Response[str]:
    """The hours are still right."""
    await confirm_hours(request.user, site_id, now=clock.now())
    target = local_path((await FormData.of(request)).text("next"), "/settings/sites")
    return redirect(request, target, flash=Flash("ok", _("Thank you. The hours are confirmed.")))


async def _look_or_save(
    request: Page,
    site: SiteView,
    form: HoursForm | None,
    text: str,
    version: int,
    *,
    seen: str = "",
) -> Response[str]:
    """Save hours on which nothing hangs, or what was ``seen``; else show what would happen.

    Raises:
        Invalid: the hours cannot be set like this.
        SiteChanged: somebody else changed the site since it was read.
    """
    now = clock.now()
    preview = await preview_hours(request.user, site.id, text, now=now)
    wanted = seen or ("" if preview.consequences else preview.seen)
    if wanted:
        try:
            await set_hours(request.user, site.id, text, version=version, seen=wanted, now=now)
        except PreviewOutdated:
            preview = await preview_hours(request.user, site.id, text, now=now)
        else:
            return _saved(request, site, preview, text)
    if form is None and (plan := HoursPlan.of(text)):
        form = HoursForm.of_plan(plan)
    about = HoursPreview(text, preview, outdated=bool(wanted))
    return await _form(request, site, form, version, text=text, about=about)


def _saved(request: Page, site: SiteView, preview: Preview, hours: str) -> Response[str]:
    if not hours:
        text = _("No hours are entered now: everybody reads that they are not known.")
        return redirect(request, "/settings/sites", flash=Flash("warn", text))
    if not any(each.happens for each in preview.consequences):
        flash = Flash("ok", _("Hours saved."))
        return redirect(request, "/settings/sites", flash=flash)
    flash = Flash("ok", _("Hours saved. What was due then has moved with them."))
    return redirect(request, f"/settings/sites/{site.id}/days", flash=flash)


async def _own(request: Page, site_id: UUID) -> SiteView:
    site = await queries.site(site_id, request.user)
    if not request.user.has_role(Role.COORDINATOR, site_id):
        raise SitesForbidden
    return site


async def _form(
    request: Page,
    site: SiteView,
    form: HoursForm | None,
    version: int,
    *,
    text: str | None = None,
    errors: Sequence[FieldError] = (),
    pressed: Pressed | None = None,
    about: HoursPreview | None = None,
) -> Response[str]:
    months = get_month_names("wide", "stand-alone", locale=locale())
    focus = errors[0].field if errors else pressed.focus if pressed else ""
    return page(
        request,
        "sites/hours.html",
        status=status_of_form(errors),
        site=site,
        form=form,
        weekdays=weekday_names(),
        months=[(str(number), months[number]) for number in range(1, 13)],
        version=version,
        text=site.opening_hours if text is None else text,
        places=_places(text, site),
        example=EXAMPLE,
        errors=errors,
        panels=await panels.fill(SLOT, request.user, site.id, now=clock.now()),
        pressed=pressed,
        focus=focus,
        about=about,
    )


def _places(text: str | None, site: SiteView) -> list[tuple[str, str, str, str]]:
    """The text around each of its problems: before, the place itself, after; and what is wrong."""
    if text is None:
        return []
    today = localtime(clock.now(), site.time_zone).date()
    return [
        (
            text[: each.start],
            text[each.start : each.end],
            text[each.end :],
            problem_message(each, text, in_place=True),
        )
        for each in expression_problems(text, today=today)
    ]


ROUTES = [hours_form, save_hours, save_expression, confirm]
