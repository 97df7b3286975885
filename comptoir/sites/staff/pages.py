"""Staff of one's sites: who is there, invite, change roles, mend or stop an account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from comptoir.core import clock
from comptoir.core.accounts.authentication import accounts_of
from comptoir.core.accounts.guards import require, somebody
from comptoir.core.accounts.invitations import VALID_FOR
from comptoir.core.accounts.pages.forms import AnyRequest, Form, answer_form
from comptoir.core.accounts.services import AddUser
from comptoir.core.i18n import current_language, use_language
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.principal import Principal, Role
from comptoir.core.printing.qr import qr_symbol
from comptoir.core.web import Filters, Flash, Place, page, redirect
from comptoir.core.web.context import place_of
from comptoir.core.web.formats import format_moment
from comptoir.core.web.forms import id_or_none
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.skills.pages import skill_texts
from comptoir.sites.staff import queries, rules, services
from comptoir.sites.staff.errors import NotYourColleague, RoleMissingInForm, SiteMissing
from comptoir.sites.staff.schemas import AddColleague, Colleague, Link

COORDINATORS = [require(Role.COORDINATOR)]
EVERYWHERE = "all"

ROLE_TEXTS = {
    Role.RECEPTION: _l("Reception"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.ADMIN: _l("Administrator"),
}
_ROLE_HINTS = {
    Role.RECEPTION: _l("Lends and takes back at the desk."),
    Role.COORDINATOR: _l("Also manages items, borrowers and staff of the site."),
    Role.ADMIN: _l("May do everything, at every site."),
}


class InviteForm(msgspec.Struct, frozen=True):
    """A new colleague."""

    login: str = ""
    name: str = ""
    language: str = ""
    role: str = Role.RECEPTION.value
    site: str = ""


class RoleForm(msgspec.Struct, frozen=True):
    """A role for somebody who has an account."""

    login: str = ""
    role: str = Role.RECEPTION.value
    site: str = ""


class SiteForm(msgspec.Struct, frozen=True):
    """The site of a role to take; ``all`` for the one that holds everywhere."""

    site: str = ""


@get("/staff", guards=COORDINATORS, include_in_schema=False)
async def show_all(request: AnyRequest) -> Response[str]:
    """Who works at a site: names and roles, nothing of when or how much."""
    actor = somebody(request)
    places, filters = await _places(request, actor), Filters(request)
    everywhere = filters.text("site") == EVERYWHERE
    chosen = _chosen(EVERYWHERE if everywhere else str(filters.site() or ""), places, actor)
    return page(
        request,
        "sites/staff.html",
        people=await queries.colleagues(actor, chosen.id if chosen else None),
        chosen=chosen,
        site_options=_site_options(actor, places),
        role_texts=ROLE_TEXTS,
    )


@get("/staff/invite", guards=COORDINATORS, include_in_schema=False)
async def show_invite(request: AnyRequest, site: FromQuery[str] = "") -> Response[str]:
    """The form for a new colleague."""
    await _need_known(request, site)
    form = InviteForm(language=current_language(), site=site)
    return page(request, "sites/staff_invite.html", errors=[], **await _options(request, form))


@post("/staff/invite", guards=COORDINATORS, include_in_schema=False)
async def invite(request: AnyRequest, data: Form[InviteForm]) -> Response[str]:
    """Invite; the link is shown on this page and never again."""

    async def act() -> Response[str]:
        role = _role(data.role)
        command = AddColleague(
            user=AddUser(login=data.login, name=data.name, language=data.language),
            role=role,
            site_id=_site(data.site, role),
        )
        link = await services.invite(somebody(request), command, now=clock.now())
        return await _show_link(request, link)

    return await answer_form(
        request, act, "sites/staff_invite.html", **await _options(request, data)
    )


@get("/staff/add", guards=COORDINATORS, include_in_schema=False)
async def show_add(
    request: AnyRequest, site: FromQuery[str] = "", person: FromQuery[UUID | None] = None
) -> Response[str]:
    """The form that gives somebody with an account a role here too."""
    await _need_known(request, site)
    login = (await queries.colleague(somebody(request), person)).login if person else ""
    form = RoleForm(site=site, login=login)
    return page(request, "sites/staff_add.html", errors=[], **await _options(request, form))


@post("/staff/add", guards=COORDINATORS, include_in_schema=False)
async def give_role(request: AnyRequest, data: Form[RoleForm]) -> Response[str]:
    """Give the role, in the place of the one held there before."""

    async def act() -> Response[str]:
        role = _role(data.role)
        site_id = _site(data.site, role)
        user_id = await services.give_role(
            somebody(request), data.login, role, site_id, now=clock.now()
        )
        return redirect(request, f"/staff/{user_id}", flash=Flash("ok", _("The role is given.")))

    return await answer_form(request, act, "sites/staff_add.html", **await _options(request, data))


@get("/staff/{user_id:uuid}", guards=COORDINATORS, include_in_schema=False)
async def show_one(request: AnyRequest, user_id: FromPath[UUID]) -> Response[str]:
    """One colleague: roles, and what can be done about the account."""
    actor = somebody(request)
    person = await queries.colleague(actor, user_id)
    roles = queries.seen_by(actor, person).roles
    grantable = [rules.may_grant(actor, role.role, role.site_id) for role in roles]
    return page(
        request,
        "sites/staff_member.html",
        person=person,
        roles=list(zip(roles, grantable, strict=True)),
        role_texts=ROLE_TEXTS,
        skills=await skill_texts(user_id),
        everywhere=EVERYWHERE,
        is_oneself=person.id == actor.id,
        manageable=rules.may_manage(actor, person.site_roles),
        looked_after=person.id == actor.id or rules.may_look_after(actor, person.site_roles),
    )


@post("/staff/{user_id:uuid}/take-role", guards=COORDINATORS, include_in_schema=False)
async def take_role(
    request: AnyRequest, user_id: FromPath[UUID], data: Form[SiteForm]
) -> Response[str]:
    """Somebody no longer works there."""
    site_id = _site(data.site, Role.RECEPTION)
    await services.take_role(somebody(request), user_id, site_id, now=clock.now())
    return redirect(request, "/staff", flash=Flash("ok", _("The role is taken away.")))


@get("/staff/{user_id:uuid}/reset", guards=COORDINATORS, include_in_schema=False)
async def ask_reset(request: AnyRequest, user_id: FromPath[UUID]) -> Response[str]:
    """Say what a reset does, before it does it."""
    person = await _manageable(somebody(request), user_id)
    return page(
        request,
        "core/confirm.html",
        title=_("Reset the access of %(name)s?", name=person.name),
        text=_(
            "Password, PIN, badge and codes stop working at once, and every browser is signed "
            "out. You get a link for a new password, to hand over in person."
        ),
        action=f"/staff/{user_id}/reset",
        label=_("Reset access"),
        back=f"/staff/{user_id}",
        kind="danger",
        fields={},
    )


@post("/staff/{user_id:uuid}/reset", guards=COORDINATORS, include_in_schema=False)
async def reset(request: AnyRequest, user_id: FromPath[UUID]) -> Response[str]:
    """Reset; the link is shown on this page and never again."""
    link = await services.reset_access(somebody(request), user_id, now=clock.now())
    return await _show_link(request, link)


@get("/staff/{user_id:uuid}/deactivate", guards=COORDINATORS, include_in_schema=False)
async def ask_deactivate(request: AnyRequest, user_id: FromPath[UUID]) -> Response[str]:
    """Say what it does, before it does it."""
    person = await _manageable(somebody(request), user_id)
    return page(
        request,
        "core/confirm.html",
        title=_("Stop the account of %(name)s?", name=person.name),
        text=_(
            "This person is signed out everywhere and cannot sign in any more. You can put the "
            "account back in use later."
        ),
        action=f"/staff/{user_id}/deactivate",
        label=_("Stop the account"),
        back=f"/staff/{user_id}",
        kind="danger",
        fields={},
    )


@post("/staff/{user_id:uuid}/deactivate", guards=COORDINATORS, include_in_schema=False)
async def deactivate(request: AnyRequest, user_id: FromPath[UUID]) -> Response[str]:
    """Put the account out of use."""
    await services.deactivate(somebody(request), user_id, now=clock.now())
    return redirect(request, f"/staff/{user_id}", flash=Flash("ok", _("The account is stopped.")))


@post("/staff/{user_id:uuid}/reactivate", guards=COORDINATORS, include_in_schema=False)
async def reactivate(request: AnyRequest, user_id: FromPath[UUID]) -> Response[str]:
    """Put it back in use; the link is shown on this page and never again."""
    link = await services.reactivate(somebody(request), user_id, now=clock.now())
    return await _show_link(request, link)


async def _manageable(actor: Principal, user_id: UUID) -> Colleague:
    """Somebody whose whole account the actor may see to: it is said before a question is."""
    person = await queries.colleague(actor, user_id)
    if not rules.may_manage(actor, person.site_roles):
        raise NotYourColleague
    return person


async def _show_link(request: AnyRequest, link: Link) -> Response[str]:
    url = f"{accounts_of(request.app).settings.base_url}/invitations/{link.token}"
    person = await queries.colleague(somebody(request), link.user_id)
    place = place_of(request.scope)
    zone = place.time_zone if place else "UTC"
    with use_language(person.language):  # the sheet is for the colleague to read
        sheet = [
            _(
                "Open this link to choose your password. Your user name is %(login)s.",
                login=person.login,
            ),
            _(
                "It works once, until %(when)s.",
                when=format_moment(clock.now() + VALID_FOR, zone, "full"),
            ),
        ]
    return page(
        request,
        "sites/staff_link.html",
        person=person,
        url=url,
        qr=qr_symbol(url),
        sheet=sheet,
    )


async def _options(request: AnyRequest, form: InviteForm | RoleForm) -> dict[str, Any]:
    """What the actor may choose: roles up to their own, at their own sites."""
    actor = somebody(request)
    places = await _places(request, actor)
    roles = [role for role in Role if role is not Role.ADMIN or actor.has_role(Role.ADMIN)]
    return {
        "form": form,
        "role_options": [(role.value, ROLE_TEXTS[role], _ROLE_HINTS[role]) for role in roles],
        "site_options": _site_options(actor, places),
        "several": len(places) > 1 or rules.may_coordinate(actor, None),
    }


async def _places(request: AnyRequest, actor: Principal) -> list[Place]:
    places = await accounts_of(request.app).directory.places(actor)
    return [place for place in places if rules.may_coordinate(actor, place.id)]


def _site_options(actor: Principal, places: list[Place]) -> list[tuple[str, str]]:
    options = [(str(place.id), place.name) for place in places]
    if rules.may_coordinate(actor, None):
        options.append((EVERYWHERE, _("All sites")))
    return options


def _chosen(site: str, places: list[Place], actor: Principal) -> Place | None:
    """The site asked for, else the one the actor is at, else their first; None: all of theirs.

    Raises:
        SiteNotFound: the actor does not coordinate the one that was asked for.
    """
    if site == EVERYWHERE:
        return None
    by_id: dict[UUID | None, Place] = {place.id: place for place in places}
    if site and id_or_none(site) not in by_id:
        raise SiteNotFound
    found = by_id.get(id_or_none(site) or actor.site_id)
    return found or next(iter(places), None)


async def _need_known(request: AnyRequest, site: str) -> None:
    actor = somebody(request)
    _chosen(site, await _places(request, actor), actor)


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise RoleMissingInForm from None


def _site(text: str, role: Role) -> UUID | None:
    if text == EVERYWHERE or role is Role.ADMIN:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise SiteMissing from None


ROUTES: list[ControllerRouterHandler] = [
    show_all,
    show_invite,
    invite,
    show_add,
    give_role,
    show_one,
    take_role,
    ask_reset,
    reset,
    ask_deactivate,
    deactivate,
    reactivate,
]
