"""When people are reminded, and when messages may arrive: set by coordinators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery

from comptoir.core import clock, db
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid, PreconditionFailed
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import (
    FormData,
    Version,
    id_or_none,
    in_form,
    shown_again,
    status_of_form,
)
from comptoir.core.web.shell import shell_of
from comptoir.inventory.names import read_name
from comptoir.notifications.gateways.configuration import hears
from comptoir.notifications.permissions import answers_for_all
from comptoir.notifications.reminders import deciding
from comptoir.notifications.reminders.plans import USUAL
from comptoir.notifications.reminders.reading import read_senders
from comptoir.notifications.reminders.schemas import (
    PlanTerms,
    PlanView,
    SavePlan,
    SaveSiteSending,
)
from comptoir.notifications.reminders.words import PlanForm, form_of, in_words
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.hours import weekday_names
from comptoir.sites.queries import names_for, need_in_sight
from comptoir.sites.times import read_time

Page = Request[Principal, Any, Any]
COORDINATOR = [require(Role.COORDINATOR)]
LIST = "/settings/reminders"

_POLICIES = """
SELECT policy.id, category.names, borrower_group.names AS group_names
FROM lending_policy policy
JOIN inventory_category category ON category.id = policy.category
LEFT JOIN lending_borrower_group borrower_group ON borrower_group.id = policy.borrower_group
ORDER BY category.id, policy.id
"""
#: No time of a day.
_NO_TIME = -1


class RemoveForm(msgspec.Struct, frozen=True):
    """The version one has seen of what is to be removed."""

    version: Version = 0


@get(LIST, guards=COORDINATOR)
async def reminders(request: Page) -> Response[str]:
    """What is sent when: for all, for each site, for each policy that has its own."""
    actor = request.user
    own = await deciding.plans(actor)
    sites = [each for each in await names_for(actor) if actor.has_role(Role.COORDINATOR, each.id)]
    shared = next((each for each in own if each.site is None and each.policy is None), None)
    return page(
        request,
        "notifications/reminders.html",
        shared=shared or USUAL,
        sites=[(each, _plan_of(own, each.id)) for each in sites],
        site_choices=[(each.id, each.name) for each in sites],
        senders=await read_senders(""),
        special=[each for each in own if each.policy is not None],
        names={each.id: each.name for each in await names_for(actor)},
        policies=await _policies(),
        in_words=in_words,
        clock_of=_clock,
        weekdays=weekday_names(),
        decides=answers_for_all(actor),
    )


@get("/settings/reminders/plan", guards=COORDINATOR)
async def plan_form(
    request: Page, site: FromQuery[str] = "", policy: FromQuery[str] = ""
) -> Response[str]:
    """What is sent about the loans of a site, a policy, or both."""
    found = await deciding.plan_for(await _own_site(request.user, site), id_or_none(policy))
    terms = PlanTerms(rules=list(USUAL.rules)) if found is None else _terms(found)
    form = form_of(terms, site=site, policy=policy, version=found.version if found else 0)
    return await _form(request, form, found)


@post("/settings/reminders/plan", guards=COORDINATOR)
async def save_plan(
    request: Page, data: Annotated[PlanForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[str]:
    """Decide."""
    site = await _own_site(request.user, data.site)
    try:
        command = SavePlan(
            site=site,
            policy=id_or_none(data.policy),
            rules=data.rules(),
            active=bool(data.active),
            welcome=bool(data.welcome),
            thanks=bool(data.thanks),
            voucher_days=data.days_of_vouchers(),
        )
        await deciding.save_plan(request.user, command, version=data.version, now=clock.now())
    except (Invalid, PreconditionFailed) as error:
        found = await deciding.plan_for(site, id_or_none(data.policy))
        saved = found.version if found else 0
        errors, version = shown_again(error, sent=data.version, saved=saved)
        form = msgspec.structs.replace(data, version=version)
        return await _form(request, form, found, errors)
    return redirect(request, LIST, flash=Flash("ok", _("Saved.")))


@post("/settings/reminders/{plan_id:uuid}/remove", guards=COORDINATOR)
async def remove_plan(
    request: Page,
    plan_id: FromPath[UUID],
    data: Annotated[RemoveForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Follow the wider plan again."""
    await deciding.remove_plan(request.user, plan_id, version=data.version, now=clock.now())
    return redirect(request, LIST, flash=Flash("ok", _("Saved.")))


@get("/settings/reminders/sites/{site_id:uuid}", guards=COORDINATOR)
async def hours_form(request: Page, site_id: FromPath[UUID]) -> Response[str]:
    """When messages of a site may arrive."""
    view = await deciding.site_sending(request.user, site_id)
    form = {
        "opens": _clock(view.opens),
        "closes": _clock(view.closes),
        "quiet": [str(day) for day in view.quiet_weekdays],
        "takes_answers": view.takes_answers,
        "has_links": view.has_links,
        "version": view.version,
    }
    return await _hours(request, site_id, form)


@post("/settings/reminders/sites/{site_id:uuid}", guards=COORDINATOR)
async def save_hours(request: Page, site_id: FromPath[UUID]) -> Response[str]:
    """Decide it."""
    data = await FormData.of(request)
    quiet = [day for day in data.texts("quiet") if day in set("0123456")]
    command = SaveSiteSending(
        opens=_minutes(data.text("opens")),
        closes=_minutes(data.text("closes")),
        quiet_weekdays=[int(day) for day in quiet],
        takes_answers=data.checked("takes_answers"),
        has_links=data.checked("has_links"),
    )
    version = data.whole("version") or 0
    try:
        await deciding.save_site_sending(
            request.user, site_id, command, version=version, now=clock.now()
        )
    except (Invalid, PreconditionFailed) as error:
        saved = (await deciding.site_sending(request.user, site_id)).version
        errors, version = shown_again(error, sent=version, saved=saved)
        form = {
            "opens": data.text("opens"),
            "closes": data.text("closes"),
            "quiet": quiet,
            "takes_answers": command.takes_answers,
            "has_links": command.has_links,
            "version": version,
        }
        return await _hours(request, site_id, form, errors)
    return redirect(request, LIST, flash=Flash("ok", _("Saved.")))


async def _form(
    request: Page, form: PlanForm, found: PlanView | None, errors: Sequence[FieldError] = ()
) -> Response[str]:
    names = {str(each.id): each.name for each in await names_for(request.user)}
    about = [names.get(form.site, ""), (await _policies()).get(form.policy, "")]
    return page(
        request,
        "notifications/reminder_plan.html",
        status=status_of_form(errors),
        form=form,
        found=found,
        decides=bool(form.site) or answers_for_all(request.user),
        holds=in_words(found.rules if found else USUAL.rules),
        about=[each for each in about if each] or [_("All sites")],
        errors=in_form(errors, {"rules": "late"}),
    )


async def _hours(
    request: Page, site_id: UUID, form: dict[str, object], errors: Sequence[FieldError] = ()
) -> Response[str]:
    names = {each.id: each.name for each in await names_for(request.user)}
    return page(
        request,
        "notifications/sending_hours.html",
        status=status_of_form(errors),
        form=form,
        site_id=site_id,
        name=names.get(site_id, ""),
        hears=hears(shell_of(request.app).settings),
        weekdays=[(str(number), name) for number, name in enumerate(weekday_names())],
        errors=errors,
    )


async def _policies() -> dict[str, str]:
    """What each policy is called: its category and its group."""
    named = {}
    for row in await db.fetch(_POLICIES):
        names = [row["names"], row["group_names"]]
        texts = [read_name(each) for each in names if each]
        named[str(row["id"])] = ", ".join(texts)
    return named


async def _own_site(actor: Principal, text: str) -> UUID | None:
    site = id_or_none(text)
    if text and site is None:
        raise SiteNotFound
    await need_in_sight(actor, site)
    return site


def _plan_of(own: list[PlanView], site_id: UUID) -> PlanView | None:
    return next((each for each in own if each.site == site_id and each.policy is None), None)


def _terms(view: PlanView) -> PlanTerms:
    return PlanTerms(
        rules=view.rules,
        active=view.active,
        welcome=view.welcome,
        thanks=view.thanks,
        voucher_days=view.voucher_days,
    )


def _clock(minutes: int) -> str:
    return f"{min(minutes, 1439) // 60:02}:{min(minutes, 1439) % 60:02}"


def _minutes(text: str) -> int:
    found = read_time(text)
    return _NO_TIME if found is None else found


ROUTES = [reminders, plan_form, save_plan, remove_plan, hours_form, save_hours]
