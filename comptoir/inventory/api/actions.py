"""What happens to items."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import Call, Code, post
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.inventory.api.items import TAG, read_code
from comptoir.inventory.errors import (
    AccessoryNotFound,
    CoordinatorNeeded,
    ItemNotFound,
    NotYourSite,
    SameSite,
)
from comptoir.inventory.queries import items
from comptoir.inventory.rules import ItemAction
from comptoir.inventory.schemas import ItemView, ReportProblem, SendItem
from comptoir.inventory.services import actions, problems
from comptoir.inventory.statuses import ItemStatus
from comptoir.sites.errors import SiteNotFound

SCOPES = ("desk", "inventory")

#: An item's status does not allow the step: one code for each status.
STATUS = tuple(f"inventory.item-{status.replace('_', '-')}" for status in ItemStatus)


class Step(StrEnum):
    """What can be done with an item and needs no more said."""

    SET_ASIDE = ItemAction.SET_ASIDE
    CHECK = ItemAction.CHECK
    SEND_TO_REPAIR = ItemAction.SEND_TO_REPAIR
    RETURN_FROM_REPAIR = ItemAction.RETURN_FROM_REPAIR
    MARK_LOST = ItemAction.MARK_LOST
    MARK_STOLEN = ItemAction.MARK_STOLEN
    RETIRE = ItemAction.RETIRE
    RESTORE = ItemAction.RESTORE


_STEPS: dict[Step, Callable[..., Awaitable[None]]] = {
    Step.SET_ASIDE: actions.set_aside,
    Step.CHECK: actions.check_item,
    Step.SEND_TO_REPAIR: actions.send_to_repair,
    Step.RETURN_FROM_REPAIR: actions.return_from_repair,
    Step.MARK_LOST: actions.mark_lost,
    Step.MARK_STOLEN: actions.mark_stolen,
    Step.RETIRE: actions.retire_item,
    Step.RESTORE: actions.restore_item,
}


class StepBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happened to the item."""

    step: Step


class Whereabouts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The site where the item is."""

    site: Annotated[UUID, msgspec.Meta(description="Without it, that of the token.")] | None = None


@post(
    "/items/{code:str}/steps",
    scopes=SCOPES,
    tag=TAG,
    errors=(ItemNotFound, CoordinatorNeeded, *STATUS),
)
async def take_step(call: Call, code: Code, data: StepBody) -> ItemView:
    """Set an item aside, check it, mark it as lost, retire it, and so on.

    `check` says that all is there and works: its problems are solved by it. To
    `retire` and to `restore`, the token needs the scope `inventory`.
    """
    code = read_code(code)
    await _STEPS[data.step](call.actor, code, now=call.now)
    return await items.item(call.actor, code)


@post(
    "/items/{code:str}/problems",
    scopes=SCOPES,
    tag=TAG,
    status=201,
    errors=(ItemNotFound, AccessoryNotFound, *STATUS),
)
async def report_problem(call: Call, code: Code, data: ReportProblem) -> ItemView:
    """Report that something is missing or damaged.

    An item that is in the house is set aside by it.
    """
    code = read_code(code)
    await problems.report_problem(call.actor, code, data, now=call.now)
    return await items.item(call.actor, code)


@post(
    "/items/{code:str}/transfers",
    scopes=SCOPES,
    tag=TAG,
    status=201,
    errors=(ItemNotFound, SiteNotFound, SameSite, *STATUS),
)
async def send_item(call: Call, code: Code, data: SendItem) -> ItemView:
    """Send an item to another site; it is in transit until it has arrived."""
    code = read_code(code)
    await actions.send_item(call.actor, code, data, now=call.now)
    return await items.item(call.actor, code)


@post(
    "/items/{code:str}/arrivals",
    scopes=SCOPES,
    tag=TAG,
    errors=(ItemNotFound, NotYourSite, SiteNotFound, *STATUS),
)
async def receive_item(call: Call, code: Code, data: Whereabouts) -> ItemView:
    """Say that an item in transit has arrived, where it was sent or elsewhere."""
    code = read_code(code)
    await actions.receive_item(call.actor, code, site_id=_site(call, data), now=call.now)
    return await items.item(call.actor, code)


@post(
    "/items/{code:str}/finds",
    scopes=SCOPES,
    tag=TAG,
    errors=(ItemNotFound, NotYourSite, SiteNotFound, *STATUS),
)
async def find_item(call: Call, code: Code, data: Whereabouts) -> ItemView:
    """Say that a lost or stolen item has turned up; it must be checked."""
    code = read_code(code)
    await actions.mark_found(call.actor, code, site_id=_site(call, data), now=call.now)
    return await items.item(call.actor, code)


def _site(call: Call, data: Whereabouts) -> UUID:
    site_id = data.site or call.actor.site_id
    if site_id is None:
        text = _("Name the site: this token is bound to none.")
        raise Invalid([FieldError("site", "core.missing-field", text)])
    return site_id


ROUTES = [take_step, report_problem, send_item, receive_item, find_item]
