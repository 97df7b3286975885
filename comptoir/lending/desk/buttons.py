"""What the buttons of the desk post to: back a step, and what a tap does to an item or a loan."""

from __future__ import annotations

from litestar import post

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.principal import Role
from comptoir.core.web.forms import id_or_none
from comptoir.inventory.codes import display
from comptoir.inventory.reported import accessory_id
from comptoir.inventory.schemas import SendItem
from comptoir.inventory.services.actions import check_item, receive_item, send_item
from comptoir.lending.closures.told import take_telling_back, tell
from comptoir.lending.desk.answer import Answer, Page, Posted, answer_desk, refused, site_of, stay
from comptoir.lending.desk.forms import (
    BroughtForm,
    ProblemForm,
    ReadyForm,
    RenewForm,
    TakeBackForm,
    ToldForm,
    TransferForm,
    UndoForm,
)
from comptoir.lending.desk.kept import UndoKind, decode_recent, encode_recent
from comptoir.lending.desk.missing import take_in, take_in_undone
from comptoir.lending.desk.reports import last_report, take_report_back
from comptoir.lending.desk.scanning import scan, taken_back
from comptoir.lending.desk.schemas import DeskScan, Step, StepKind
from comptoir.lending.desk.setting_aside import set_aside
from comptoir.lending.errors import LendingRefused
from comptoir.lending.loans.check_ins import check_in
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.loans.schemas import CheckIn
from comptoir.lending.loans.undo import undo_check_in, undo_check_out, undo_found, undo_renewal
from comptoir.lending.vouchers.releasing import undo_reservation
from comptoir.lending.vouchers.undoing import undo_issue
from comptoir.sites import queries as sites

_UNDO = {
    UndoKind.CHECK_OUT: undo_check_out,
    UndoKind.CHECK_IN: undo_check_in,
    UndoKind.RENEWAL: undo_renewal,
    UndoKind.PROBLEM: take_report_back,
    UndoKind.BROUGHT: take_in_undone,
    UndoKind.FOUND: undo_found,
    UndoKind.VOUCHER: undo_issue,
    UndoKind.RESERVATION: undo_reservation,
}
#: What these undo is told by the name of a kind; the others by the code of an item.
_NAMED = (UndoKind.VOUCHER, UndoKind.RESERVATION)


@post("/desk/undo", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_undo(request: Page, data: Posted[UndoForm]) -> Answer:
    """Undo what a scan or a tap did, within a minute."""
    now = clock.now()
    recent = data.recent
    try:
        undone = await _UNDO[data.kind](request.user, data.of, now=now)
        what = undone if data.kind in _NAMED else display(undone)
        step = Step(kind=StepKind.UNDONE, text=what)
        recent = encode_recent(
            done
            for done in decode_recent(recent, now=now)
            if (done.kind, done.id) != (data.kind, data.of)
        )
    except LendingRefused as error:
        step = refused(error)
    return await answer_desk(request, stay(data.visit, step, now=now), recent)


@post("/desk/returns", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_take_back(request: Page, data: Posted[TakeBackForm]) -> Answer:
    """Take back an item whose scan was refused, as somebody else was faster to lend it."""
    now = clock.now()
    order = CheckIn(item=data.item, site_id=site_of(request.user))
    try:
        step = taken_back(await check_in(request.user, order, now=now))
    except LendingRefused as error:
        step = refused(error)
    return await answer_desk(request, stay(data.visit, step, now=now), data.recent)


@post("/desk/renew", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_renew(request: Page, data: Posted[RenewForm]) -> Answer:
    """Renew a loan from the list of what the person has."""
    now = clock.now()
    try:
        loan = await renew_loan(
            request.user, data.loan, seen=data.renewals, due_seen=data.due, now=now
        )
        step = Step(kind=StepKind.RENEWED, loan=loan)
    except LendingRefused as error:
        step = refused(error)
    return await answer_desk(request, stay(data.visit, step, now=now), data.recent)


@post("/desk/told", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_told(request: Page, data: Posted[ToldForm]) -> Answer:
    """The person heard at the desk that a due date has moved; or did not after all."""
    now = clock.now()
    change = tell if data.told else take_telling_back
    await change(request.user, data.announcement, data.borrower, now=now)
    told = Step(kind=StepKind.TOLD, borrower_id=data.borrower, text=str(data.announcement))
    steps = (told,) if data.told else ()
    return await answer_desk(request, stay(data.visit, *steps, now=now), data.recent)


@post("/desk/problems", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_problem(request: Page, data: Posted[ProblemForm]) -> Answer:
    """Something is missing or damaged: set the item aside."""
    now = clock.now()
    done = await set_aside(
        request.user,
        data.item,
        kind=data.kind,
        accessory_id=accessory_id(data.accessory),
        loan_id=id_or_none(data.loan),
        now=now,
    )
    step = Step(
        kind=StepKind.SET_ASIDE,
        item=data.item,
        came_from=id_or_none(data.loan),
        problem=await last_report(data.item),
        text=done.value,
    )
    return await answer_desk(request, stay(data.visit, step, now=now), data.recent)


@post("/desk/brought", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_brought(request: Page, data: Posted[BroughtForm]) -> Answer:
    """What was missing of an item has been brought."""
    now = clock.now()
    item = await take_in(request.user, data.problem, now=now)
    step = Step(kind=StepKind.BROUGHT, item=item, problem=data.problem)
    return await answer_desk(request, stay(data.visit, step, now=now), data.recent)


@post("/desk/transfer", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_transfer(request: Page, data: Posted[TransferForm]) -> Answer:
    """Send an item that came back here to the site it belongs to, or was to go back to."""
    now = clock.now()
    await send_item(request.user, data.item, SendItem(destination=data.site), now=now)
    destination = await sites.site(data.site)
    step = Step(kind=StepKind.SENT, item=data.item, text=destination.short_name)
    return await answer_desk(request, stay(data.visit, step, now=now), data.recent)


@post("/desk/ready", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_ready(request: Page, data: Posted[ReadyForm]) -> Answer:
    """An item that was refused has arrived here, or was looked at and is in order.

    Amid a visit its scan meant to lend it, so what arrived is: it is in somebody's hand
    already. Without one it waits for nobody's card: ten that arrive would be the next person's.
    """
    now = clock.now()
    if data.what == "arrived":
        here, visit_id = site_of(request.user), id_or_none(data.visit)
        await receive_item(request.user, data.item, site_id=here, now=now)
        if visit_id is not None:
            meant = DeskScan(text=data.item, site_id=here, visit_id=visit_id)
            result = await scan(request.user, meant, now=now)
            return await answer_desk(request, result, data.recent)
    else:
        await check_item(request.user, data.item, now=now)
    step = Step(kind=StepKind.READY, item=data.item)
    return await answer_desk(request, stay(data.visit, step, now=now), data.recent)


ROUTES = [
    desk_undo,
    desk_take_back,
    desk_renew,
    desk_told,
    desk_problem,
    desk_brought,
    desk_transfer,
    desk_ready,
]
