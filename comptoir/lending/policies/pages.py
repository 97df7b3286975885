"""Policies and groups as pages, for coordinators."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid, PreconditionFailed
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import Version, in_form, shown_again, status_of_form
from comptoir.core.web.once import made_once
from comptoir.inventory.names import NAME_INPUTS
from comptoir.inventory.queries import catalogue
from comptoir.lending.policies import groups as all_groups
from comptoir.lending.policies.errors import GroupNotFound
from comptoir.lending.policies.forms import ANYWHERE, WHERE_LENT, GroupForm, PolicyForm, form_of
from comptoir.lending.policies.queries import own_policy, policy_matrix, what_hangs_on
from comptoir.lending.policies.services import NEW, remove_policy, save_policy
from comptoir.lending.policies.words import MODES, RETURNS, SIGNATURES, in_words, name_in

Page = Request[Principal, Any, Any]
Answer = Response[str]
Sent = TypeVar("Sent")
Posted = Annotated[Sent, Body(media_type=RequestEncodingType.URL_ENCODED)]

COORDINATOR = [require(Role.COORDINATOR)]

#: Stands in an address for "any group".
ANY = "any"


class VersionForm(msgspec.Struct, frozen=True):
    """The version one has seen of what is to be removed."""

    version: Version = 0


@get("/settings/policies", guards=COORDINATOR)
async def policies(request: Page) -> Answer:
    """What applies to whom: every category by every group."""
    return page(
        request,
        "lending/policies.html",
        matrix=await policy_matrix(),
        in_words=in_words,
        name_in=name_in,
        any=ANY,
    )


@get("/settings/policies/{category_id:uuid}/{group:str}", guards=COORDINATOR)
async def policy(request: Page, category_id: FromPath[UUID], group: FromPath[str]) -> Answer:
    """The form of one policy."""
    group_id = group_of(group)
    own = await own_policy(category_id, group_id)
    return await _policy_form(request, category_id, group_id, form_of(own), [])


@post("/settings/policies/{category_id:uuid}/{group:str}", status_code=200, guards=COORDINATOR)
async def set_policy(
    request: Page, category_id: FromPath[UUID], group: FromPath[str], data: Posted[PolicyForm]
) -> Answer:
    """Set one policy."""
    group_id = group_of(group)
    try:
        command = data.command(category_id, group_id)
        await save_policy(request.user, command, version=data.seen, now=clock.now())
    except (Invalid, PreconditionFailed) as error:
        own = await own_policy(category_id, group_id)
        errors, version = shown_again(error, sent=data.seen, saved=own.version if own else NEW)
        data = msgspec.structs.replace(data, version=str(version))
        return await _policy_form(request, category_id, group_id, data, errors)
    return redirect(request, "/settings/policies", flash=Flash("ok", _("Saved.")))


@get("/settings/policies/{category_id:uuid}/{group:str}/remove", guards=COORDINATOR)
async def ask_to_drop_policy(
    request: Page, category_id: FromPath[UUID], group: FromPath[str]
) -> Answer:
    """What hangs on a policy, before it is removed."""
    return page(
        request,
        "lending/policy_remove.html",
        category=name_in((await catalogue.category(category_id)).names),
        removal=await what_hangs_on(category_id, group_of(group)),
        address=f"/settings/policies/{category_id}/{group}",
        in_words=in_words,
        name_in=name_in,
    )


@post(
    "/settings/policies/{category_id:uuid}/{group:str}/remove", status_code=200, guards=COORDINATOR
)
async def drop_policy(
    request: Page, category_id: FromPath[UUID], group: FromPath[str], data: Posted[VersionForm]
) -> Answer:
    """Remove one policy."""
    await remove_policy(
        request.user, category_id, group_of(group), version=data.version, now=clock.now()
    )
    return redirect(request, "/settings/policies", flash=Flash("ok", _("Removed.")))


@get("/settings/groups", guards=COORDINATOR)
async def groups(request: Page) -> Answer:
    """The groups of borrowers."""
    known = await all_groups.groups()
    people = await all_groups.people_in_groups()
    return page(request, "lending/groups.html", groups=known, people=people, name_in=name_in)


@get("/settings/groups/new", guards=COORDINATOR)
async def new_group(request: Page) -> Answer:
    """The form for another group."""
    return _group_form(request, GroupForm(), [])


@post("/settings/groups/new", status_code=200, guards=COORDINATOR)
async def add_group(request: Page, data: Posted[GroupForm]) -> Answer:
    """Add a group."""
    try:
        now = clock.now()
        await made_once(
            request, lambda: all_groups.create_group(request.user, data.command(), now=now), now=now
        )
    except Invalid as invalid:
        return _group_form(request, data, invalid.errors)
    return _to_groups(request, _("Saved."))


@get("/settings/groups/{group_id:uuid}", guards=COORDINATOR)
async def group_form(request: Page, group_id: FromPath[UUID]) -> Answer:
    """The form to rename a group."""
    known = await all_groups.read_group(group_id)
    form = GroupForm.of(known)
    return _group_form(request, form, [], group_id=group_id)


@post("/settings/groups/{group_id:uuid}", status_code=200, guards=COORDINATOR)
async def rename_group(request: Page, group_id: FromPath[UUID], data: Posted[GroupForm]) -> Answer:
    """Rename a group."""
    try:
        await all_groups.edit_group(
            request.user, group_id, data.command(), version=data.version, now=clock.now()
        )
    except (Invalid, PreconditionFailed) as error:
        known = await all_groups.read_group(group_id)
        errors, version = shown_again(error, sent=data.version, saved=known.version)
        data = msgspec.structs.replace(data, version=version)
        return _group_form(request, data, errors, group_id=group_id)
    return _to_groups(request, _("Saved."))


@post("/settings/groups/{group_id:uuid}/default", status_code=200, guards=COORDINATOR)
async def choose_default(request: Page, group_id: FromPath[UUID]) -> Answer:
    """Put new people into this group from now on."""
    await all_groups.make_default(request.user, group_id, now=clock.now())
    return _to_groups(request, _("Saved."))


@post("/settings/groups/{group_id:uuid}/remove", status_code=200, guards=COORDINATOR)
async def drop_group(request: Page, group_id: FromPath[UUID]) -> Answer:
    """Remove a group that nobody is in."""
    await all_groups.remove_group(request.user, group_id, now=clock.now())
    return _to_groups(request, _("Removed."))


async def _policy_form(
    request: Page,
    category: UUID,
    group: UUID | None,
    form: PolicyForm,
    errors: list[FieldError],
) -> Answer:
    kind = await catalogue.category(category)
    known = await all_groups.read_group(group) if group else None
    return page(
        request,
        "lending/policy_form.html",
        status=status_of_form(errors),
        category=name_in(kind.names),
        group=name_in(known.names) if known else "",
        action=f"/settings/policies/{category}/{group or ANY}",
        form=form,
        errors=errors,
        modes=[(mode.value, *texts) for mode, texts in MODES.items()],
        signatures=[(signature.value, *texts) for signature, texts in SIGNATURES.items()],
        returns=[(ANYWHERE, *RETURNS[True]), (WHERE_LENT, *RETURNS[False])],
    )


def _group_form(
    request: Page, form: GroupForm, errors: list[FieldError], *, group_id: UUID | None = None
) -> Answer:
    return page(
        request,
        "lending/group_form.html",
        status=status_of_form(errors),
        form=form,
        errors=in_form(errors, NAME_INPUTS),
        group_id=group_id,
    )


def _to_groups(request: Page, text: str) -> Answer:
    return redirect(request, "/settings/groups", flash=Flash("ok", text))


def group_of(text: str) -> UUID | None:
    """The group that an address names; None: any group.

    Raises:
        GroupNotFound: it is none.
    """
    if text == ANY:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise GroupNotFound from error


ROUTES = [
    policies,
    policy,
    set_policy,
    ask_to_drop_policy,
    drop_policy,
    groups,
    new_group,
    add_group,
    group_form,
    rename_group,
    choose_default,
    drop_group,
]
