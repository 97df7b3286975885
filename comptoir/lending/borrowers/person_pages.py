"""One borrower's page, and what is done from it: suspend, household, card."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.api.cursors import cursor_reader, seal_cursor
from comptoir.core.audit import sentences
from comptoir.core.errors import Invalid
from comptoir.core.i18n import current_language
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.phones import show_phone
from comptoir.core.principal import Role
from comptoir.core.web import Filters, Flash, fragment, is_htmx, page, panels, redirect
from comptoir.core.web.shell import shell_of
from comptoir.lending import cards
from comptoir.lending.agreed_loans import unsigned
from comptoir.lending.agreement_queries import agreements_of_borrower
from comptoir.lending.borrowers.cards import issue_card, printable_card
from comptoir.lending.borrowers.errors import FormatUnknown
from comptoir.lending.borrowers.forms import (
    CardForm,
    LivesWithForm,
    SearchForm,
    SuspensionForm,
)
from comptoir.lending.borrowers.households import join_household, leave_household
from comptoir.lending.borrowers.pages import CONTACTS, Answer, Page, Posted, found_context
from comptoir.lending.borrowers.queries import names_of_things, read_borrower
from comptoir.lending.borrowers.services import lift_suspension, suspend_borrower
from comptoir.lending.borrowers.visibility import done_elsewhere
from comptoir.lending.desk.missing import owed_by
from comptoir.lending.desk.view import held_by
from comptoir.lending.loans.listing import LoanFilter, LoanPlace, LoanState, list_loans

#: The latest; those before are on the pages of their loans.
AGREEMENTS = 5
PAST_LOANS = 10
HISTORY = 20

FORMATS = {
    "card": _l("Card, for a card printer"),
    "A4": _l("Ten cards on A4, to cut"),
    "L7160": _l("Label L7160, to stick on"),
}


@get("/borrowers/{borrower_id:uuid}", guards=[require(Role.RECEPTION)])
async def borrower(request: Page, borrower_id: FromPath[UUID]) -> Answer:
    """One person: what they have, how to reach them, and what happened."""
    now, filters = clock.now(), Filters(request)
    person = await read_borrower(request.user, borrower_id, now=now)
    after = filters.place("loans_after", cursor_reader(request, LoanPlace, of="past loans"))
    before = filters.after("before")
    past = await list_loans(
        request.user,
        LoanFilter(state=LoanState.CLOSED, borrower_id=borrower_id, after=after, limit=PAST_LOANS),
        now=now,
    )
    hidden = await done_elsewhere(request.user, borrower_id)
    things = await names_of_things(borrower_id)
    lines = await sentences.lines(
        borrower_id, things, besides=hidden, before=before, limit=HISTORY + 1
    )
    return page(
        request,
        "lending/borrower_detail.html",
        borrower=person,
        left_visit=filters.after("visit"),  # at the desk, where the card was asked for
        now=now,
        held=await held_by(request.user, borrower_id, now=now),
        unsigned=await unsigned(request.user, borrower_id),
        owed=await owed_by(request.user, borrower_id),
        past=past,
        past_next=seal_cursor(request, past.next, of="past loans"),
        agreements=await agreements_of_borrower(request.user, borrower_id, limit=AGREEMENTS),
        everywhere=request.user.all_sites,
        loans_after=after,
        lines=sentences.folded(lines[:HISTORY]),
        older=lines[HISTORY - 1].id if len(lines) > HISTORY else None,
        before=before,
        group=person.group.name(current_language()),
        contact=CONTACTS[person.contact_kind],
        formats=[(name, FORMATS.get(name, name)) for name in cards.FORMATS],
        may_suspend=request.user.has_role(Role.COORDINATOR),
        show_phone=show_phone,
        panels=await panels.fill("lending.borrower", request.user, borrower_id, now=now),
    )


@get("/borrowers/{borrower_id:uuid}/suspend", guards=[require(Role.COORDINATOR)])
async def suspension_form(request: Page, borrower_id: FromPath[UUID]) -> Answer:
    """Ask until when."""
    person = await read_borrower(request.user, borrower_id, now=clock.now())
    return page(
        request, "lending/borrower_suspend.html", borrower=person, form=SuspensionForm(), errors=[]
    )


@post("/borrowers/{borrower_id:uuid}/suspend", status_code=200, guards=[require(Role.COORDINATOR)])
async def suspend(
    request: Page, borrower_id: FromPath[UUID], data: Posted[SuspensionForm]
) -> Answer:
    """Let somebody borrow nothing for a while."""
    now = clock.now()
    try:
        await suspend_borrower(request.user, borrower_id, may_borrow_from=data.day(), now=now)
    except Invalid as invalid:
        person = await read_borrower(request.user, borrower_id, now=now)
        return page(
            request,
            "lending/borrower_suspend.html",
            status=422,
            borrower=person,
            form=data,
            errors=invalid.errors,
        )
    return _back(request, borrower_id, _("Suspended."))


@post("/borrowers/{borrower_id:uuid}/lift", status_code=200, guards=[require(Role.COORDINATOR)])
async def lift(request: Page, borrower_id: FromPath[UUID]) -> Answer:
    """Let somebody borrow again."""
    await lift_suspension(request.user, borrower_id, now=clock.now())
    return _back(request, borrower_id, _("The suspension is over."))


@get("/borrowers/{borrower_id:uuid}/household", guards=[require(Role.RECEPTION)])
async def household(request: Page, borrower_id: FromPath[UUID]) -> Answer:
    """Choose with whom somebody lives."""
    return await _household(request, borrower_id, "")


@post(
    "/borrowers/{borrower_id:uuid}/household/search",
    status_code=200,
    guards=[require(Role.RECEPTION)],
)
async def search_household(
    request: Page, borrower_id: FromPath[UUID], data: Posted[SearchForm]
) -> Answer:
    """Who it may be that they live with."""
    return await _household(request, borrower_id, data.q)


@post("/borrowers/{borrower_id:uuid}/household", status_code=200, guards=[require(Role.RECEPTION)])
async def join(request: Page, borrower_id: FromPath[UUID], data: Posted[LivesWithForm]) -> Answer:
    """Put two people into one household."""
    await join_household(request.user, borrower_id, lives_with=data.borrower, now=clock.now())
    return _back(request, borrower_id, _("Saved."))


@post(
    "/borrowers/{borrower_id:uuid}/household/leave",
    status_code=200,
    guards=[require(Role.RECEPTION)],
)
async def leave(request: Page, borrower_id: FromPath[UUID]) -> Answer:
    """Take somebody out of their household."""
    await leave_household(request.user, borrower_id, now=clock.now())
    return _back(request, borrower_id, _("Saved."))


@get("/borrowers/{borrower_id:uuid}/card/replace", guards=[require(Role.RECEPTION)])
async def ask_to_replace(request: Page, borrower_id: FromPath[UUID]) -> Answer:
    """Ask before the card in somebody's pocket stops working."""
    person = await read_borrower(request.user, borrower_id, now=clock.now())
    return page(
        request,
        "core/confirm.html",
        title=_("Replace the card?"),
        text=_(
            "The person gets a card with a new code. The old one is refused from now on, "
            "also if it is found again."
        ),
        action=f"/borrowers/{borrower_id}/card",
        label=_("Replace the card"),
        back=f"/borrowers/{borrower_id}",
        kind="danger",
        fields={"replaces": person.card.code if person.card else ""},
    )


@post("/borrowers/{borrower_id:uuid}/card", status_code=200, guards=[require(Role.RECEPTION)])
async def give_card(request: Page, borrower_id: FromPath[UUID], data: Posted[CardForm]) -> Answer:
    """Give somebody a first card, or another one."""
    await issue_card(
        request.user, borrower_id, replaces=data.replaces[:20] or None, now=clock.now()
    )
    anchor = f"?visit={data.visit}#card" if data.visit else "#card"
    return _back(request, borrower_id, _("The card is ready to print."), anchor=anchor)


@get("/borrowers/{borrower_id:uuid}/card.pdf", guards=[require(Role.RECEPTION)])
async def print_card(
    request: Page,
    borrower_id: FromPath[UUID],
    sheet: Annotated[str, QueryParameter(name="format")] = "card",
    start: FromQuery[str] = "",
) -> Response[bytes]:
    """The card as a PDF, from position ``start`` of a sheet: the first, if none is said."""
    card, language = await printable_card(request.user, borrower_id)
    if sheet not in cards.FORMATS:
        raise FormatUnknown
    pdf = await asyncio.to_thread(
        cards.render_cards,
        [card],
        cards.FORMATS[sheet],
        1 if sheet == "card" else _position(start),
        shell_of(request.app).settings.base_url,
        language,
    )
    return Response(
        pdf,
        media_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="card.pdf"'},
    )


def _position(text: str) -> int:
    """A place on a sheet as it was typed; 0, which no sheet has, for what is no number."""
    if not text.strip():
        return 1
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text.strip()) else 0


async def _household(request: Page, borrower_id: UUID, text: str) -> Answer:
    person = await read_borrower(request.user, borrower_id, now=clock.now())
    context = await found_context(request.user, text)
    context["found"] = [each for each in context["found"] if each.id != borrower_id]
    template = "_household_choice.html" if is_htmx(request.scope) else "household.html"
    render = fragment if is_htmx(request.scope) else page
    return render(request, f"lending/{template}", borrower=person, **context)


def _back(request: Page, borrower_id: UUID, text: str, anchor: str = "") -> Answer:
    return redirect(request, f"/borrowers/{borrower_id}{anchor}", flash=Flash("ok", text))


ROUTES = [
    borrower,
    suspension_form,
    suspend,
    lift,
    household,
    search_household,
    join,
    leave,
    ask_to_replace,
    give_card,
    print_card,
]
