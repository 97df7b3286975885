"""The desk's page and what its field and buttons post to.

Every answer to a post is the whole of what stands under the field, so that the
screen is always the state; without JavaScript it comes as a page.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery

from comptoir.core import clock
from comptoir.core.accounts import credentials
from comptoir.core.accounts.errors import SessionEnded
from comptoir.core.accounts.guards import require, session_of
from comptoir.core.accounts.pages.desk_lock import let_in
from comptoir.core.i18n import current_language
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.core.web import fragment, is_htmx, page, redirect
from comptoir.core.web.forms import id_or_none
from comptoir.core.web.texts import ANY_TEXT
from comptoir.inventory.reported import accessory_id
from comptoir.inventory.schemas import SendItem
from comptoir.inventory.services.actions import check_item, receive_item, send_item
from comptoir.lending.agreed_loans import leaves_unsigned
from comptoir.lending.borrowers.forms import form_about
from comptoir.lending.borrowers.pages import CONTACTS, found_context
from comptoir.lending.desk import visits
from comptoir.lending.desk.forms import (
    ChosenForm,
    CloseForm,
    ProblemForm,
    ReadyForm,
    RenewForm,
    ScanForm,
    TransferForm,
    UndoForm,
    attempt_of,
)
from comptoir.lending.desk.kept import (
    Done,
    UndoKind,
    decode_recent,
    decode_waiting,
    encode_recent,
    encode_waiting,
)
from comptoir.lending.desk.naming import is_barcode, things_named
from comptoir.lending.desk.recent import done_by, done_with, handled_here, read_recent
from comptoir.lending.desk.reports import last_report, take_report_back
from comptoir.lending.desk.scanning import begin_visit, scan
from comptoir.lending.desk.schemas import DeskResult, DeskScan, Step, StepKind
from comptoir.lending.desk.setting_aside import set_aside
from comptoir.lending.desk.view import name_of, read_item, read_visit
from comptoir.lending.errors import LendingRefused, NoSiteChosen, sentence
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.undo import (
    UNDO_TIME,
    undo_check_in,
    undo_check_out,
    undo_found,
    undo_renewal,
)
from comptoir.lending.scans import WaitingItem, still_waiting

Page = Request[Principal, Any, Any]
Answer = Response[str]
Sent = TypeVar("Sent")
#: A body sent by a form.
Posted = Annotated[Sent, Body(media_type=RequestEncodingType.URL_ENCODED)]


async def answer_desk(request: Page, result: DeskResult, recent: str = "") -> Answer:
    """The state of the desk after a step, as a fragment or as a page.

    Whatever was posted to, the script puts ``address`` into the browser's
    line, so that a reload comes back to the visit. ``recent`` is what the desk
    has done in the minute before, as the browser kept it.
    """
    done = decode_recent(recent, now=result.at)
    if is_htmx(request.scope) and await _is_repeated(result, done):
        return Response("", status_code=204)
    context = await _context(request.user, result, done)
    if is_htmx(request.scope):
        return fragment(request, "lending/_desk.html", **context)
    return page(request, "lending/desk.html", **context)


async def _is_repeated(result: DeskResult, done: tuple[Done, ...]) -> bool:
    """Whether the same scan came twice, so that what is on the screen still holds.

    A scan that did nothing was of an item handled this moment. At another desk, or
    for the next person at this one, that is no repetition: it must be said.
    """
    if not result.steps or result.steps[0].kind is not StepKind.IGNORED:
        return False
    return await handled_here(result.steps[0].item, done, result.visit_id)


async def _context(
    actor: Principal, result: DeskResult, recent: tuple[Done, ...] = ()
) -> dict[str, Any]:
    just_done = done_by(result.steps, now=result.at)
    told = {(done.kind, done.id) for done in just_done}
    recent = tuple(done for done in recent if (done.kind, done.id) not in told)
    step = result.steps[-1] if result.steps else None
    items = {each.item: await read_item(each.item) for each in result.steps if each.item}
    searched = step is not None and step.kind is StepKind.SEARCHED
    typed = step.text if searched and step else ""
    visit = await read_visit(actor, result.visit_id, now=result.at)
    found = await found_context(actor, typed) if searched else {}
    return {
        "visit": visit,
        "address": _address(visit.id if visit else None),
        "steps": result.steps,
        "step": step,
        "items": items,
        "who": await _who_had(actor, result.steps),
        "form": form_about(typed, language=current_language(), borrower_id=new_id()),
        "contacts": CONTACTS,
        **found,
        "things": await things_named(actor, typed) if searched and not found["found"] else [],
        "barcode": is_barcode(typed),
        # Whoever is registered from here is lent these, however long that takes.
        "waiting_value": encode_waiting(_still(result)),
        "recent": await read_recent(actor, recent, now=result.at),
        "recent_value": encode_recent((*recent, *just_done)),
        "attempt_id": new_id(),
        "undo_seconds": int(UNDO_TIME.total_seconds()),
        "sentence": sentence,
        "now": result.at,
    }


async def _who_had(actor: Principal, steps: tuple[Step, ...]) -> dict[UUID, str]:
    """The names of those from whom something was taken back."""
    had = {each.check_in.borrower_id for each in steps if each.check_in}
    return {person: await name_of(actor, person) for person in had if person}


_UNDO = {
    UndoKind.CHECK_OUT: undo_check_out,
    UndoKind.CHECK_IN: undo_check_in,
    UndoKind.RENEWAL: undo_renewal,
    UndoKind.PROBLEM: take_report_back,
    UndoKind.FOUND: undo_found,
}


def _address(visit_id: UUID | None) -> str:
    return f"/desk?visit={visit_id}" if visit_id else "/desk"


def _still(result: DeskResult) -> tuple[WaitingItem, ...]:
    wait = still_waiting(result.waiting, now=result.at)
    return tuple(item for item in result.waiting if item.item_id in wait)


def _stay(visit: str, *steps: Step, now: datetime) -> DeskResult:
    return DeskResult(visit_id=id_or_none(visit), steps=steps, at=now)


def _refused(error: LendingRefused) -> Step:
    return Step(kind=StepKind.REFUSED, refusal=error.refusal)


def site_of(actor: Principal) -> UUID:
    """The site of the desk.

    Raises:
        NoSiteChosen: the actor has not said at which site they work.
    """
    if actor.site_id is None:
        raise NoSiteChosen
    return actor.site_id


@get("/desk", guards=[require(Role.RECEPTION)])
async def desk(request: Page, visit: FromQuery[str] = "", changed: FromQuery[str] = "") -> Answer:
    """The desk, with the visit that is open; ``changed`` says who works here from now on."""
    if request.user.site_id is None:
        return redirect(request, "/site?next=/desk")
    steps = [Step(kind=StepKind.PERSON_CHANGED, text=request.user.name)] if changed else []
    now = clock.now()
    borrower_id = await visits.borrower_of(request.user, id_or_none(visit), now=now)
    recent = await done_with(borrower_id, now=now) if borrower_id else ()
    context = await _context(request.user, _stay(visit, *steps, now=now), recent)
    return page(request, "lending/desk.html", **context)


@post("/desk/scan", status_code=200, guards=[require(Role.RECEPTION)], opt=ANY_TEXT)
async def desk_scan(request: Page, data: Posted[ScanForm]) -> Answer:
    """Whatever the one field was given: a badge, a code, a name, a number."""
    now = clock.now()
    if credentials.badge_of(data.scan):
        return await _change_person(request, data)
    if not data.scan.strip():
        return await answer_desk(request, _stay(data.visit, now=now), data.recent)
    command = DeskScan(
        text=data.scan,
        site_id=site_of(request.user),
        visit_id=id_or_none(data.visit),
        waiting=decode_waiting(data.waiting),
        attempt=attempt_of(data.attempt_id, "desk", data.scan, data.visit),
    )
    return await answer_desk(request, await scan(request.user, command, now=now), data.recent)


async def _change_person(request: Page, data: ScanForm) -> Answer:
    """A colleague's badge: they are at the desk now, and the visit goes on.

    The whole page comes anew: its menus and its language are the colleague's.
    """
    session = session_of(request)
    if session is None:
        raise SessionEnded
    cookies = await let_in(request, session, data.scan)
    address = _address(id_or_none(data.visit))
    mark = "&" if "?" in address else "?"
    return redirect(request, f"{address}{mark}changed=1", cookies=cookies)


@post("/desk/visits", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_open_visit(request: Page, data: Posted[ChosenForm]) -> Answer:
    """Open the visit of a borrower found by name or phone."""
    now = clock.now()
    result = await begin_visit(
        request.user,
        data.borrower,
        site_of(request.user),
        lend=still_waiting(decode_waiting(data.waiting), now=now),
        instead_of=id_or_none(data.visit),
        now=now,
    )
    return await answer_desk(request, result, data.recent)


@post("/desk/visits/close", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_close_visit(request: Page, data: Posted[CloseForm]) -> Answer:
    """The person leaves, after having signed; the desk is free for the next."""
    now = clock.now()
    visit_id = id_or_none(data.visit)
    if visit_id is not None:
        if not data.unsigned and await leaves_unsigned(visit_id):
            return await answer_desk(
                request, _stay(data.visit, Step(kind=StepKind.UNSIGNED), now=now), data.recent
            )
        await visits.close_visit(request.user, visit_id, now=now)
    return await answer_desk(request, DeskResult(visit_id=None, at=now), data.recent)


@post("/desk/undo", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_undo(request: Page, data: Posted[UndoForm]) -> Answer:
    """Undo what a scan or a tap did, within a minute."""
    now = clock.now()
    recent = data.recent
    try:
        undone = await _UNDO[data.kind](request.user, data.of, now=now)
        step = Step(kind=StepKind.UNDONE, text=undone)
        recent = encode_recent(
            done
            for done in decode_recent(recent, now=now)
            if (done.kind, done.id) != (data.kind, data.of)
        )
    except LendingRefused as error:
        step = _refused(error)
    return await answer_desk(request, _stay(data.visit, step, now=now), recent)


@post("/desk/renew", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_renew(request: Page, data: Posted[RenewForm]) -> Answer:
    """Renew a loan from the list of what the person has."""
    now = clock.now()
    try:
        loan = await renew_loan(request.user, data.loan, seen=data.renewals, now=now)
        step = Step(kind=StepKind.RENEWED, loan=loan)
    except LendingRefused as error:
        step = _refused(error)
    return await answer_desk(request, _stay(data.visit, step, now=now), data.recent)


@post("/desk/problems", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_problem(request: Page, data: Posted[ProblemForm]) -> Answer:
    """Something is missing or damaged: set the item aside."""
    now = clock.now()
    undone = await set_aside(
        request.user,
        data.item,
        kind=data.kind,
        accessory_id=accessory_id(data.accessory),
        now=now,
    )
    step = Step(
        kind=StepKind.SET_ASIDE,
        item=data.item,
        problem=await last_report(data.item),
        text="undone" if undone else "",
    )
    return await answer_desk(request, _stay(data.visit, step, now=now), data.recent)


@post("/desk/transfer", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_transfer(request: Page, data: Posted[TransferForm]) -> Answer:
    """Send an item that came back here to the site it belongs to."""
    now = clock.now()
    await send_item(request.user, data.item, SendItem(destination=data.site), now=now)
    step = Step(kind=StepKind.SENT, item=data.item)
    return await answer_desk(request, _stay(data.visit, step, now=now), data.recent)


@post("/desk/ready", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_ready(request: Page, data: Posted[ReadyForm]) -> Answer:
    """An item that was refused has arrived here, or was looked at and is in order."""
    now = clock.now()
    if data.what == "arrived":
        await receive_item(request.user, data.item, site_id=site_of(request.user), now=now)
    else:
        await check_item(request.user, data.item, now=now)
    step = Step(kind=StepKind.READY, item=data.item)
    return await answer_desk(request, _stay(data.visit, step, now=now), data.recent)


ROUTES = [
    desk,
    desk_scan,
    desk_open_visit,
    desk_close_visit,
    desk_undo,
    desk_renew,
    desk_problem,
    desk_transfer,
    desk_ready,
]
