"""One item: what it is, where it is, what is wrong with it, what happened to it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, Flash, page, panels, redirect
from comptoir.core.web.forms import FormData
from comptoir.inventory import codes
from comptoir.inventory.errors import ItemNotFound
from comptoir.inventory.pages.wording import (
    BUTTONS,
    CHIPS,
    CONDITIONS,
    DONE,
    PROBLEMS,
    QUESTIONS,
    STATUSES,
)
from comptoir.inventory.permissions import may_manage, sees_item
from comptoir.inventory.queries import items
from comptoir.inventory.reported import accessory_id, problem_kind
from comptoir.inventory.rules import ItemAction, possible_actions
from comptoir.inventory.schemas import ItemView, ReportProblem, SendItem
from comptoir.inventory.services import actions, problems
from comptoir.inventory.timeline import item_lines
from comptoir.sites.queries import site_names

Page = Request[Principal, Any, Any]
SLOT = "inventory.item"
_LINES = 30
_SIMPLE = {
    ItemAction.SET_ASIDE: actions.set_aside,
    ItemAction.CHECK: actions.check_item,
    ItemAction.SEND_TO_REPAIR: actions.send_to_repair,
    ItemAction.RETURN_FROM_REPAIR: actions.return_from_repair,
    ItemAction.MARK_LOST: actions.mark_lost,
    ItemAction.MARK_STOLEN: actions.mark_stolen,
    ItemAction.RETIRE: actions.retire_item,
    ItemAction.RESTORE: actions.restore_item,
}
_AT_A_SITE = {
    ItemAction.MARK_FOUND: actions.mark_found,
    ItemAction.RECEIVE: actions.receive_item,
}
_FOR_MANAGERS = (ItemAction.RETIRE, ItemAction.RESTORE)


def read_code(text: str) -> str:
    """The eight letters of a code in an address.

    Raises:
        ItemNotFound: it is none.
    """
    code = codes.read(text)
    if code is None:
        raise ItemNotFound
    return code


@get("/items/{code:str}", guards=[require(Role.RECEPTION)])
async def item_detail(request: Page, code: FromPath[str]) -> Response[str]:
    """An item with everything that is known of it."""
    item = await items.item(request.user, read_code(code))
    return page(request, "inventory/item.html", **await _context(request, item))


async def _context(request: Page, item: ItemView) -> dict[str, Any]:
    actor = request.user
    sites = await site_names()
    manages = may_manage(actor, item.home_site.id, item.present_site.id)
    acts = sees_item(actor, item.sites)
    possible = possible_actions(item.status) if acts else frozenset[ItemAction]()
    buttons = [
        (action, BUTTONS[action], action in QUESTIONS)
        for action in BUTTONS
        if action in possible and (manages or action not in _FOR_MANAGERS)
    ]
    before = Filters(request).after("before")
    lines = await item_lines(item.id, sites, before=before, limit=_LINES + 1)
    return {
        "item": item,
        "status_word": STATUSES[item.status],
        "chip_kind": CHIPS[item.status],
        "price": None if item.price_cents is None else Decimal(item.price_cents) / 100,
        "condition": CONDITIONS[item.condition],
        "problem_words": PROBLEMS,
        "buttons": [button for button in buttons if not button[2]],
        "grave_buttons": [button for button in buttons if button[2]],
        "reportable": ItemAction.REPORT_PROBLEM in possible,
        "destinations": [(site.id, site.name) for site in sites if site != item.present_site]
        if ItemAction.SEND in possible
        else [],
        "manages": manages,
        "acts": acts,
        "panels": await panels.fill(SLOT, actor, item.id, now=clock.now()),
        "lines": lines[:_LINES],
        "earlier": lines[_LINES - 1].id if len(lines) > _LINES else None,
    }


@get("/items/{code:str}/actions/{action:str}", guards=[require(Role.RECEPTION)])
async def ask_action(request: Page, code: FromPath[str], action: FromPath[str]) -> Response[str]:
    """Ask before something is done that is hard to take back."""
    item = await items.item(request.user, read_code(code))
    question = QUESTIONS.get(_action(action))
    if question is None:
        return redirect(request, f"/items/{item.code}")
    return page(
        request,
        "core/confirm.html",
        title=question.title,
        text=f"{item.model.full_name}, {codes.display(item.code)}. {question.text}",
        action=request.url.path,
        label=question.label,
        back=f"/items/{item.code}",
        kind="danger",
        fields={},
    )


@post("/items/{code:str}/actions/{action:str}", guards=[require(Role.RECEPTION)])
async def do_action(request: Page, code: FromPath[str], action: FromPath[str]) -> Response[str]:
    """Do what a button of the item's page says."""
    known, code = _action(action), read_code(code)
    now = clock.now()
    if known in _SIMPLE:
        await _SIMPLE[known](request.user, code, now=now)
    else:
        site_id = request.user.site_id or (await items.item(request.user, code)).home_site.id
        await _AT_A_SITE[known](request.user, code, site_id=site_id, now=now)
    return redirect(request, f"/items/{code}", flash=Flash("ok", str(DONE[known])))


@post("/items/{code:str}/problems", guards=[require(Role.RECEPTION)])
async def add_problem(request: Page, code: FromPath[str]) -> Response[str]:
    """Report that something is missing or damaged."""
    form, code = await FormData.of(request), read_code(code)
    command = ReportProblem(
        kind=problem_kind(form.text("kind")),
        accessory=accessory_id(form.text("accessory")),
        note=form.text("note"),
    )
    try:
        await problems.report_problem(request.user, code, command, now=clock.now())
    except Invalid as invalid:
        return await _again(request, code, invalid, note=command.note)
    flash = Flash("ok", _("Noted. Until it is solved, the item is not lent."))
    return redirect(request, f"/items/{code}", flash=flash)


async def _again(request: Page, code: str, invalid: Invalid, **form: str) -> Response[str]:
    context = await _context(request, await items.item(request.user, code))
    return page(
        request, "inventory/item.html", status=422, errors=invalid.errors, form=form, **context
    )


@post("/items/{code:str}/send", guards=[require(Role.RECEPTION)])
async def send(request: Page, code: FromPath[str]) -> Response[str]:
    """Send the item to another site."""
    form, code = await FormData.of(request), read_code(code)
    destination = form.identifier("destination")
    if destination is None:
        return redirect(
            request, f"/items/{code}", flash=Flash("error", _("Choose where the item goes."))
        )
    command = SendItem(destination, stays=form.checked("stays"))
    await actions.send_item(request.user, code, command, now=clock.now())
    flash = Flash("ok", _("On its way. The other site says when it has arrived."))
    return redirect(request, f"/items/{code}", flash=flash)


def _action(text: str) -> ItemAction:
    """The action of an address.

    Raises:
        ItemNotFound: there is no such button.
    """
    try:
        action = ItemAction(text)
    except ValueError:
        raise ItemNotFound from None
    if action not in BUTTONS:
        raise ItemNotFound
    return action


ROUTES = [item_detail, ask_action, do_action, add_problem, send]
