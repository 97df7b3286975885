"""The desk's page, what its one field posts to, and the visits it opens and closes."""

from __future__ import annotations

from litestar import get, post
from litestar.params import FromQuery

from comptoir.core import clock
from comptoir.core.accounts import credentials
from comptoir.core.accounts.errors import SessionEnded
from comptoir.core.accounts.guards import require, session_of
from comptoir.core.accounts.pages.desk_lock import let_in
from comptoir.core.idempotency import IdempotencyKeyReused
from comptoir.core.principal import Role
from comptoir.core.web import redirect
from comptoir.core.web.forms import id_or_none
from comptoir.core.web.texts import ANY_TEXT
from comptoir.lending.agreed_loans import AgreementNotFound, leaves_unsigned
from comptoir.lending.agreement_queries import read_agreement
from comptoir.lending.desk import visits
from comptoir.lending.desk.answer import (
    Answer,
    Page,
    Posted,
    address_of,
    answer_desk,
    desk_context,
    site_of,
    stay,
    whole_desk,
)
from comptoir.lending.desk.forms import ChosenForm, CloseForm, ScanForm, attempt_of
from comptoir.lending.desk.kept import decode_recent, decode_waiting
from comptoir.lending.desk.recent_cookie import kept_recent
from comptoir.lending.desk.scanning import begin_visit, scan
from comptoir.lending.desk.schemas import DeskResult, DeskScan, Step, StepKind
from comptoir.lending.errors import ScanUnclear
from comptoir.lending.scans import still_waiting


@get("/desk", guards=[require(Role.RECEPTION)])
async def desk(
    request: Page,
    visit: FromQuery[str] = "",
    changed: FromQuery[str] = "",
    signed: FromQuery[str] = "",
) -> Answer:
    """The desk, with the visit that is open.

    ``changed`` says who works here from now on, ``signed`` which agreement was signed just now.
    """
    if request.user.site_id is None:
        return redirect(request, "/site?next=/desk")
    steps = [Step(kind=StepKind.PERSON_CHANGED, text=request.user.name)] if changed else []
    steps += await _signed(request, signed)
    now = clock.now()
    recent = decode_recent(kept_recent(request), now=now)
    context = await desk_context(request.user, stay(visit, *steps, now=now), recent)
    return await whole_desk(request, context)


@post("/desk/scan", status_code=200, guards=[require(Role.RECEPTION)], opt=ANY_TEXT)
async def desk_scan(request: Page, data: Posted[ScanForm]) -> Answer:
    """Whatever the one field was given: a badge, a code, a name, a number."""
    now = clock.now()
    if credentials.badge_of(data.scan):
        return await _change_person(request, data)
    if not data.scan.strip():
        return await answer_desk(request, stay(data.visit, now=now), data.recent)
    command = DeskScan(
        text=data.scan,
        site_id=site_of(request.user),
        visit_id=id_or_none(data.visit),
        waiting=decode_waiting(data.waiting),
        sets_aside=data.sets_aside,
        attempt=attempt_of(data.attempt_id, "desk", data.scan, data.visit, _purpose(data)),
    )
    try:
        result = await scan(request.user, command, now=now)
    except IdempotencyKeyReused as error:
        raise ScanUnclear from error  # the key is the page's own: nobody can use a new one
    return await answer_desk(request, result, data.recent)


def _purpose(data: ScanForm) -> str:
    return "aside" if data.sets_aside else ""


async def _signed(request: Page, signed: str) -> list[Step]:
    agreement_id = id_or_none(signed)
    if agreement_id is None:
        return []
    try:
        found = await read_agreement(request.user, agreement_id)
    except AgreementNotFound:
        return []  # an address kept from before, or by somebody else
    return [
        Step(
            kind=StepKind.SIGNED,
            borrower_id=found.borrower_id,
            agreement=found.id,
            text=found.number,
        )
    ]


async def _change_person(request: Page, data: ScanForm) -> Answer:
    """A colleague's badge: they are at the desk now, and the visit goes on.

    The whole page comes anew: its menus and its language are the colleague's.
    """
    session = session_of(request)
    if session is None:
        raise SessionEnded
    cookies = await let_in(request, session, data.scan)
    address = address_of(id_or_none(data.visit))
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
                request, stay(data.visit, Step(kind=StepKind.UNSIGNED), now=now), data.recent
            )
        await visits.close_visit(request.user, visit_id, now=now)
    return await answer_desk(request, DeskResult(visit_id=None, at=now), data.recent)


ROUTES = [desk, desk_scan, desk_open_visit, desk_close_visit]
