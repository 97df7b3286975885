"""Vouchers at the desk: given by one tap or one scan, shown, printed, sent, taken back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, post

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.i18n import localized
from comptoir.core.phones import show_phone
from comptoir.core.principal import Principal, Role
from comptoir.core.printing.pdf import in_background
from comptoir.core.web.forms import id_or_none
from comptoir.core.web.shell import shell_of
from comptoir.inventory.vouchers.actions import activate_voucher
from comptoir.inventory.vouchers.statuses import Medium
from comptoir.lending.desk.answer import Answer, Page, Posted, answer_desk, refused, site_of, stay
from comptoir.lending.desk.forms import Tap, attempt_of
from comptoir.lending.desk.schemas import Step, StepKind
from comptoir.lending.desk.visits import borrower_of
from comptoir.lending.errors import IssueRefused, LendingRefused, VisitNotFound
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.vouchers.issuing import issue_voucher
from comptoir.lending.vouchers.obstacles import leaves_nothing
from comptoir.lending.vouchers.reading import read_issue
from comptoir.lending.vouchers.replacing import replace_voucher
from comptoir.lending.vouchers.returning import take_back_voucher
from comptoir.lending.vouchers.schemas import IssueView, IssueVoucher, ReplaceVoucher
from comptoir.lending.vouchers.sending import send_issued
from comptoir.lending.vouchers.showing import ShownIssue, closed_card, show_issued, sim_has_more
from comptoir.lending.vouchers.slip import SlipPaper, place_of, render_slip
from comptoir.lending.vouchers.to_take import card_to_take


class GiveForm(msgspec.Struct, frozen=True):
    """One tap on a kind; ``reason`` passes a limit.

    ``language`` is that of the slip, where nobody is asked who they are.
    """

    kind: UUID
    attempt_id: Tap
    language: str = ""
    loan: str = ""
    reason: str = ""
    visit: str = ""
    recent: str = ""


class ShowForm(msgspec.Struct, frozen=True):
    """One tap on "show", beside what was given a moment ago; ``language`` as it was given in."""

    issue: UUID
    language: str = ""
    visit: str = ""
    recent: str = ""


class ReturnForm(msgspec.Struct, frozen=True):
    """One tap: it came back unopened, or is in use."""

    issue: UUID
    visit: str = ""
    recent: str = ""


class ReplaceForm(msgspec.Struct, frozen=True):
    """One tap: it does not work, and another is given for it."""

    issue: UUID
    attempt_id: Tap
    visit: str = ""
    recent: str = ""


class SlipForm(msgspec.Struct, frozen=True):
    """One tap on "print", beside what is at hand; ``closed``: a card stays as it is wrapped."""

    issue: UUID
    language: str = ""
    paper: SlipPaper = SlipPaper.RECEIPT
    closed: bool = False


async def give(
    actor: Principal, command: IssueVoucher, *, language: str = "", now: datetime
) -> Step:
    """Give a voucher. The code of what is no card is shown with it: one waits for nothing else.

    What a card has is on it, but for its PIN: that is shown when somebody asks. ``language`` is
    that of somebody who is not asked who they are.
    """
    try:
        issue = await issue_voucher(actor, command, now=now)
        in_hand = command.voucher_id is not None
        return await _shown(actor, issue, in_hand=in_hand, language=language, now=now)
    except LendingRefused as error:
        return refused(error)


async def _shown(
    actor: Principal,
    issue: IssueView,
    *,
    in_hand: bool = False,
    language: str = "",
    now: datetime,
) -> Step:
    if issue.medium is Medium.SIM:
        card = None if in_hand else await card_to_take(issue.voucher_id)
        return msgspec.structs.replace(await given(issue), card=card)
    try:
        shown = await show_issued(actor, issue.id, language=language, now=now)
        return await given(issue, shown)
    except IssueRefused as error:
        if error.refusal.code is not RefusalCode.VOUCHER_SHOWN_TOO_OFTEN:
            raise
        # It is theirs all the same: it can be shown later, or undone.
        return msgspec.structs.replace(await given(issue), refusal=error.refusal)


async def given(issue: IssueView, shown: ShownIssue | None = None) -> Step:
    """The step that gave a voucher."""
    is_sim = issue.medium is Medium.SIM
    return Step(
        kind=StepKind.GIVEN,
        issue=issue,
        shown=shown,
        asks_more=shown is None and (not is_sim or await sim_has_more(issue.voucher_id)),
        text=localized(issue.names),
    )


@post("/desk/vouchers", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_give(request: Page, data: Posted[GiveForm]) -> Answer:
    """Give a voucher of a kind to whoever's visit is open, or to somebody who is not asked."""
    now = clock.now()
    visit_id = id_or_none(data.visit)
    borrower_id = await borrower_of(request.user, visit_id, now=now)
    # A page that was left open is no way around the limits of its person.
    if data.visit and borrower_id is None:
        raise VisitNotFound
    command = IssueVoucher(
        kind_id=data.kind,
        borrower_id=borrower_id,
        site_id=site_of(request.user),
        visit_id=visit_id,
        loan_id=id_or_none(data.loan),
        reason=data.reason,
        attempt=attempt_of(
            data.attempt_id, "desk", "voucher", str(data.kind), data.visit, data.reason
        ),
    )
    step = await give(request.user, command, language=data.language, now=now)
    return await answer_desk(request, stay(data.visit, step, now=now), data.recent)


@post("/desk/vouchers/show", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_show(request: Page, data: Posted[ShowForm]) -> Answer:
    """Show the code of a voucher that was given a moment ago."""
    now = clock.now()
    try:
        shown = await show_issued(request.user, data.issue, language=data.language, now=now)
        step = Step(kind=StepKind.GIVEN, shown=shown)
    except LendingRefused as error:
        step = refused(error)
    return await answer_desk(request, stay(data.visit, step, now=now), data.recent)


@post("/desk/vouchers/return", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_return(request: Page, data: Posted[ReturnForm]) -> Answer:
    """Take back a voucher that nobody has opened."""
    now = clock.now()
    try:
        name = await take_back_voucher(request.user, data.issue, now=now)
        step = Step(kind=StepKind.CAME_BACK, text=name)
    except LendingRefused as error:
        step = refused(error)
    return await answer_desk(request, stay(data.visit, step, now=now), data.recent)


@post("/desk/vouchers/activate", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_activate(request: Page, data: Posted[ReturnForm]) -> Answer:
    """Its person says that it works."""
    now = clock.now()
    issue = await read_issue(request.user, data.issue)
    await activate_voucher(request.user, issue.voucher_id, now=now)
    step = Step(kind=StepKind.IN_USE, text=localized(issue.names))
    return await answer_desk(request, stay(data.visit, step, now=now), data.recent)


@post("/desk/vouchers/replace", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_replace(request: Page, data: Posted[ReplaceForm]) -> Answer:
    """Give another voucher for one that does not work."""
    now = clock.now()
    command = ReplaceVoucher(
        issue_id=data.issue,
        site_id=site_of(request.user),
        visit_id=id_or_none(data.visit),
        attempt=attempt_of(data.attempt_id, "desk", "replace", str(data.issue), data.visit),
    )
    try:
        step = await _shown(
            request.user, await replace_voucher(request.user, command, now=now), now=now
        )
    except LendingRefused as error:
        step = refused(error)
    return await answer_desk(request, stay(data.visit, step, now=now), data.recent)


@post("/desk/vouchers/slip", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_slip(request: Page, data: Posted[SlipForm]) -> Response[bytes]:
    """A voucher that was given a moment ago, on paper; posted, so that no address leads to it."""
    now = clock.now()
    read = closed_card if data.closed else show_issued
    shown = await read(request.user, data.issue, language=data.language, now=now)
    place = await place_of(shown.site_id)
    document = await in_background(render_slip, shown, data.paper, place, now=now)
    return Response(document, media_type="application/pdf", headers={"Cache-Control": "no-store"})


@post("/desk/vouchers/sms", status_code=200, guards=[require(Role.RECEPTION)])
async def desk_send(request: Page, data: Posted[ShowForm]) -> Answer:
    """Send the code of a voucher that was given a moment ago to the person's own number."""
    now = clock.now()
    try:
        shown = await send_issued(request.user, data.issue, now=now)
        number = show_phone(shown.phone)
        step = Step(
            kind=StepKind.SMS_SENT,
            text=shown.name,
            sent=data.issue,
            number=number,
            stays_here=leaves_nothing(shell_of(request.app).settings),
        )
    except LendingRefused as error:
        step = msgspec.structs.replace(refused(error), sent=data.issue)
    return await answer_desk(request, stay(data.visit, step, now=now), data.recent)


ROUTES = [desk_give, desk_show, desk_return, desk_activate, desk_replace, desk_slip, desk_send]
