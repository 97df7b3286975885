"""Borrowers as pages: find, list, register, change.

Names and numbers are sent by POST, also to search: they must not stand in an
address, where a browser's history and a server's log would keep them.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.api.cursors import cursor_reader, seal_cursor
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import LANGUAGE_NAMES, current_language
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import lazy as _l
from comptoir.core.ids import new_id
from comptoir.core.phones import show_phone
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, Flash, fragment, is_htmx, page, redirect
from comptoir.inventory import codes
from comptoir.lending.borrowers.cards import look_up_card
from comptoir.lending.borrowers.duplicates import find_duplicates
from comptoir.lending.borrowers.errors import BorrowerChanged, BorrowerRegisteredBefore
from comptoir.lending.borrowers.finding import FoundBorrower, find_borrowers
from comptoir.lending.borrowers.forms import (
    BorrowerForm,
    DuplicateForm,
    SearchForm,
    form_of,
    read_id,
)
from comptoir.lending.borrowers.queries import list_borrowers, read_borrower
from comptoir.lending.borrowers.schemas import (
    BorrowerFilter,
    BorrowerPlace,
    BorrowerState,
    ContactKind,
)
from comptoir.lending.borrowers.services import edit_borrower, register_borrower
from comptoir.lending.policies.groups import groups
from comptoir.lending.policies.words import name_in

Page = Request[Principal, Any, Any]
Answer = Response[str]
Sent = TypeVar("Sent")
#: A body sent by a form.
Posted = Annotated[Sent, Body(media_type=RequestEncodingType.URL_ENCODED)]

#: Search results shown; with more, it is quicker to type on.
MOST_FOUND = 20

STATES = {
    BorrowerState.HOLDING: _l("With something on loan"),
    BorrowerState.SUSPENDED: _l("Suspended"),
}
CONTACTS = {
    ContactKind.PHONE: _l("Phone or SMS"),
    ContactKind.EMAIL: _l("E-mail"),
    ContactKind.LETTER: _l("Letter"),
    ContactKind.COUNSELLOR: _l("Through the counsellor"),
    ContactKind.NONE: _l("Not at all"),
}

#: The fields of the form, as it names them.
FIELDS = {
    "name": _l("Name or pseudonym"),
    "language": _l("Language of the person"),
    "group": _l("Group"),
    "contact_kind": _l("How can we reach this person?"),
    "phone": _l("Phone"),
    "email": _l("E-mail"),
    "address": _l("Address"),
    "referrer": _l("Organisation that sent this person"),
    "counsellor": _l("Counsellor"),
    "eligible_until": _l("Last day on which this person may borrow"),
    "note": _l("Note"),
}


@get("/borrowers", guards=[require(Role.RECEPTION)])
async def borrowers(request: Page) -> Answer:
    """The borrowers of one's sites, by name."""
    filters = Filters(request)
    wanted = BorrowerFilter(
        state=filters.one_of("state", BorrowerState, _("Who")),
        group=filters.identifier("group", _("Group"), [each.id for each in await groups()]),
        after=filters.place("after", cursor_reader(request, BorrowerPlace, of="borrowers")),
    )
    return page(request, "lending/borrowers.html", **await _list_context(request, wanted))


@post("/borrowers/search", status_code=200, guards=[require(Role.RECEPTION)])
async def search_borrowers(request: Page, data: Posted[SearchForm]) -> Answer:
    """Who a name, phone or card may mean, while it is typed; everybody if nothing is."""
    context = await _list_context(request, BorrowerFilter())
    context |= await found_context(request.user, data.q)
    if is_htmx(request.scope):
        return fragment(request, "lending/_borrower_list.html", **context)
    return page(request, "lending/borrowers.html", **context)


@get("/borrowers/new", guards=[require(Role.RECEPTION)])
async def new_borrower(request: Page, desk: FromQuery[bool] = False) -> Answer:
    """The form for somebody new; from the desk, it leads back there."""
    form = BorrowerForm(id=str(new_id()), language=current_language())
    return await borrower_page(request, form, [], at_desk=desk)


@post("/borrowers/new", status_code=200, guards=[require(Role.RECEPTION)])
async def add_borrower(request: Page, data: Posted[BorrowerForm]) -> Answer:
    """Register somebody, then show their page."""
    try:
        borrower_id = await register(request.user, data)
    except Invalid as invalid:
        return await borrower_page(request, data, invalid.errors)
    except BorrowerRegisteredBefore as before:
        return await registered_before_page(request, data, before.borrower_id)
    return redirect(request, f"/borrowers/{borrower_id}", flash=Flash("ok", _("Registered.")))


@post("/borrowers/duplicates", status_code=200, guards=[require(Role.RECEPTION)])
async def duplicates(request: Page, data: Posted[DuplicateForm]) -> Answer:
    """Who of those known may be the person who is being typed in."""
    there = await find_duplicates(request.user, data.name, data.phone, besides=read_id(data.id))
    return fragment(
        request, "lending/_borrower_duplicates.html", duplicates=there, show_phone=show_phone
    )


@get("/borrowers/{borrower_id:uuid}/edit", guards=[require(Role.RECEPTION)])
async def borrower_form(request: Page, borrower_id: FromPath[UUID]) -> Answer:
    """The form to change somebody."""
    borrower = await read_borrower(request.user, borrower_id, now=clock.now())
    return await borrower_page(request, form_of(borrower), [], borrower_id=borrower_id)


@post("/borrowers/{borrower_id:uuid}/edit", status_code=200, guards=[require(Role.RECEPTION)])
async def change_borrower(
    request: Page, borrower_id: FromPath[UUID], data: Posted[BorrowerForm]
) -> Answer:
    """Change somebody; if somebody else did since, show what they saved beside what was typed."""
    version = int(data.version) if data.version.isdecimal() and len(data.version) < 9 else 0
    try:
        await edit_borrower(
            request.user, borrower_id, data.command(), version=version, now=clock.now()
        )
    except Invalid as invalid:
        return await borrower_page(request, data, invalid.errors, borrower_id=borrower_id)
    except BorrowerChanged:
        saved = form_of(await read_borrower(request.user, borrower_id, now=clock.now()))
        form = msgspec.structs.replace(data, version=saved.version)
        return await borrower_page(request, form, [], borrower_id=borrower_id, saved=saved)
    return redirect(request, f"/borrowers/{borrower_id}", flash=Flash("ok", _("Saved.")))


async def register(actor: Principal, form: BorrowerForm) -> UUID:
    """Register whoever a form describes; give their id.

    Raises:
        Invalid: a field is wrong.
        BorrowerRegisteredBefore: the form registered somebody, and was changed since.
    """
    return await register_borrower(
        actor, form.command(), borrower_id=read_id(form.id), now=clock.now()
    )


async def borrower_page(
    request: Page,
    form: BorrowerForm,
    errors: list[FieldError],
    *,
    borrower_id: UUID | None = None,
    at_desk: bool = False,
    saved: BorrowerForm | None = None,
) -> Answer:
    """The form for a borrower, with what is wrong in it; ``at_desk`` is the short one.

    ``saved`` is what somebody else has saved while the form was filled in.
    """
    known = [(str(group.id), name_in(group.names)) for group in await groups()]
    return page(
        request,
        "lending/borrower_quick.html" if at_desk else "lending/borrower_form.html",
        status=412 if saved else 422 if errors else 200,
        menu_at="/desk" if at_desk else "",
        changed=_changed(form, saved, dict(known)) if saved else None,
        form=form,
        errors=errors,
        borrower_id=borrower_id,
        contacts=CONTACTS,
        groups=known,
    )


async def registered_before_page(
    request: Page, form: BorrowerForm, borrower_id: UUID, *, at_desk: bool = False
) -> Answer:
    """Whether a form that was gone back to corrects somebody, or registers one more.

    Nothing but a click decides: on a page with fields, Enter would.
    """
    there = await read_borrower(request.user, borrower_id, now=clock.now())
    return page(
        request,
        "lending/borrower_again.html",
        status=409,
        menu_at="/desk" if at_desk else "",
        there=there,
        name=form.name.strip(),
        # As it was registered: what somebody else has changed since is shown before it is lost.
        correcting=msgspec.structs.asdict(msgspec.structs.replace(form, version="1")),
        another=msgspec.structs.asdict(msgspec.structs.replace(form, id=str(new_id()))),
        action="/borrowers/quick" if at_desk else "/borrowers/new",
        back="/desk" if at_desk else "/borrowers",
    )


def _changed(
    form: BorrowerForm, saved: BorrowerForm, known_groups: dict[str, str]
) -> list[tuple[str, str]]:
    """What is saved where the form has something else, each with the name of its field."""
    words = {
        "language": LANGUAGE_NAMES.get(saved.language, saved.language),
        "group": known_groups.get(saved.group, ""),
        "contact_kind": str(CONTACTS[ContactKind(saved.contact_kind)]),
    }
    return [
        (str(label), words.get(field, getattr(saved, field)))
        for field, label in FIELDS.items()
        if getattr(form, field).strip() != getattr(saved, field)
    ]


async def found_context(actor: Principal, text: str) -> dict[str, Any]:
    """What ``_borrower_results.html`` shows for a text."""
    found: list[FoundBorrower] = []
    if text.strip():
        found = await find_borrowers(actor, text, limit=MOST_FOUND + 1)
    return {
        "q": text if len(text) <= 200 else "",
        "searched": bool(text.strip()),
        "found": found[:MOST_FOUND],
        "more": len(found) > MOST_FOUND,
        "replaced": not found and await _is_replaced(text),
        "show_phone": show_phone,
        "now": clock.now(),
    }


async def _is_replaced(text: str) -> bool:
    code = codes.read(text)
    card = await look_up_card(code) if code else None
    return card is not None and card.replaced


async def _list_context(request: Page, wanted: BorrowerFilter) -> dict[str, Any]:
    known = await groups()
    listed = await list_borrowers(request.user, wanted, now=clock.now())
    return {
        "listed": listed,
        "next": seal_cursor(request, listed.next, of="borrowers"),
        "wanted": wanted,
        "states": [(state.value, label) for state, label in STATES.items()],
        "groups": [(group.id, name_in(group.names)) for group in known],
        "searched": False,
        "q": "",
        "show_phone": show_phone,
    }


ROUTES = [
    borrowers,
    search_borrowers,
    new_borrower,
    add_borrower,
    duplicates,
    borrower_form,
    change_borrower,
]
