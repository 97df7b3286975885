"""Loans: what is out, what is late, what came back."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import (
    Call,
    Code,
    Moment,
    Page,
    PageQuery,
    decode_cursor,
    encode_cursor,
    get,
    post,
    put,
)
from comptoir.core.clock import localtime
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.inventory import codes
from comptoir.lending.errors import LoanChanged, LoanCoordinatorNeeded, LoanNotFound
from comptoir.lending.loans import elsewhere, listing, renewals, reopening, searching, undo
from comptoir.lending.loans.listing import LoanFilter, LoanPlace, LoanRow, LoanState
from comptoir.lending.refusals import RefusalCode
from comptoir.lending.rules import Signature
from comptoir.sites.errors import SiteNotFound

READERS = ("desk", "borrowers")
TAG = "Loans"
#: Why a step back is refused, and why one that would open a loan again is.
NOT_UNDONE = (RefusalCode.UNDO_TOO_LATE, RefusalCode.UNDO_OVERTAKEN)
NOT_OPEN_AGAIN = (
    *NOT_UNDONE,
    RefusalCode.PERSON_LIMIT_REACHED,
    RefusalCode.HOUSEHOLD_LIMIT_REACHED,
)
#: Why a loan cannot be brought back to a site.
NO_RETURN_THERE = (
    RefusalCode.LOAN_RETURNED,
    RefusalCode.RETURN_SITE_UNKNOWN,
    RefusalCode.RETURN_SITE_FOR_USE_HERE,
    RefusalCode.RETURN_SITE_NOT_ALLOWED,
    RefusalCode.RETURN_SITE_NOT_PUBLIC,
    RefusalCode.SITE_NEVER_OPEN,
    RefusalCode.SITE_CLOSED_FOR_LONG,
)
UNDO_ERRORS = (LoanNotFound, *NOT_UNDONE)
NOT_RENEWED = (
    RefusalCode.LOAN_RETURNED,
    RefusalCode.RENEWALS_USED,
    RefusalCode.ITEM_LOST,
    RefusalCode.ITEM_STOLEN,
    RefusalCode.NO_POLICY,
    RefusalCode.BORROWER_SUSPENDED,
    RefusalCode.BORROWER_INELIGIBLE,
    RefusalCode.SITE_NEVER_OPEN,
    RefusalCode.SITE_CLOSED_FOR_LONG,
    RefusalCode.SITE_CLOSED_TODAY,
    RefusalCode.ELIGIBILITY_ENDING,
)


class LoansQuery(PageQuery, frozen=True, kw_only=True):
    """Which loans."""

    state: Annotated[
        LoanState,
        msgspec.Meta(
            description="Overdue: the door of the return site was open since the loan was due. "
            "Unsigned: open, and not signed for as its policy wants. "
            "Undone: closed as never meant; closed ones are the others."
        ),
    ] = LoanState.OPEN
    site: Annotated[UUID, msgspec.Meta(description="To be brought back at this site.")] | None = (
        None
    )
    borrower: Annotated[UUID, msgspec.Meta(description="The id of a borrower.")] | None = None
    item: Code | None = None


class LoanLine(msgspec.Struct, frozen=True, kw_only=True):
    """A loan. `due_local` is when it is due by the clock of the return site, `due_day` that day.

    `late_days` counts the days on which that site was open since. `returned_at` is
    when it was closed. `undone` says that it was closed as never meant,
    `written_off` that the item will not come back. `signature` is what its policy
    wants; `signed` is true once an agreement was signed, on the screen or on paper.
    """

    id: UUID
    item: Code
    model: str
    borrower_id: UUID
    site_id: UUID
    return_site_id: UUID
    checked_out_at: Moment
    due_at: Moment
    due_local: Moment
    due_day: date
    returned_at: Moment | None
    late_days: int
    renewals: int
    renewals_left: int
    signature: Signature
    signed: bool
    undone: bool
    written_off: bool
    version: int


class LoanSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to look for."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=200, examples=["diallo"])]
    state: LoanState = LoanState.OPEN
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50


class FoundLoans(msgspec.Struct, frozen=True):
    """The loans found, in the order of the list of their state."""

    items: list[LoanLine]


@get("/loans", scopes=READERS, tag=TAG, errors=(SiteNotFound,))
async def list_loans(call: Call, query: LoansQuery) -> Page[LoanLine]:
    """List loans.

    Open ones with the earliest due first, overdue ones with the most days late
    first, closed and undone ones with the last closed first. Only those of the
    token's sites, lent there or to be brought back there.
    """
    item = codes.read(query.item) if query.item is not None else None
    if query.item is not None and item is None:
        message = _("This is no whole code. A code has eight letters, such as those on a label.")
        raise Invalid([FieldError("item", "inventory.code-invalid", message)])
    wanted = LoanFilter(
        state=query.state,
        site_id=query.site,
        borrower_id=query.borrower,
        item=item,
        after=decode_cursor(query.cursor, LoanPlace),
        limit=query.limit,
    )
    found = await listing.list_loans(call.actor, wanted, now=call.now)
    following = encode_cursor(found.next) if found.next else None
    return Page([line(row) for row in found.rows], following)


@post("/loans/searches", scopes=("read", *READERS), tag=TAG)
async def find_loans(call: Call, data: LoanSearch) -> FoundLoans:
    """Find loans of a state by the borrower's name, phone or card, or by the item's code.

    It is a `POST` so that no name stands in an address; it changes nothing.
    """
    found = await searching.find_loans(
        call.actor, data.text, state=data.state, limit=data.limit, now=call.now
    )
    return FoundLoans([line(row) for row in found.rows])


@get("/loans/{loan_id:uuid}", scopes=READERS, tag=TAG, errors=(LoanNotFound,))
async def read_loan(call: Call, loan_id: UUID) -> LoanLine:
    """Read a loan."""
    return await _read(call, loan_id)


@post(
    "/loans/{loan_id:uuid}/renewals",
    scopes=("desk",),
    tag=TAG,
    status=201,
    errors=(LoanNotFound, LoanChanged, *NOT_RENEWED),
    conditional=True,
)
async def renew_loan(call: Call, loan_id: UUID) -> LoanLine:
    """Renew a loan: its due date moves as its policy grants.

    With `If-Match`, so that two who renew it at once do not renew it twice.
    """
    await renewals.renew_loan(call.actor, loan_id, version=call.version, now=call.now)
    return await _read(call, loan_id)


class ChooseReturnSite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The site to which a loan is to be brought back."""

    return_site_id: UUID


@put(
    "/loans/{loan_id:uuid}/return-site",
    scopes=("desk",),
    tag=TAG,
    errors=(LoanNotFound, LoanChanged, *NO_RETURN_THERE),
    conditional=True,
)
async def choose_return_site(call: Call, loan_id: UUID, data: ChooseReturnSite) -> LoanLine:
    """Let a loan be brought back to another site.

    It is due on the day that was agreed, by the hours of that site; where that is shut then,
    on a later day, as its policy counts. Whoever brings it to the site that lent it is never
    refused. As at the desk it may be any site that the public sees, also one at which the token
    does not work: the policy alone says whether.
    """
    await elsewhere.choose_return_site(
        call.actor, loan_id, data.return_site_id, version=call.version, now=call.now
    )
    return await _read(call, loan_id)


@post("/loans/{loan_id:uuid}/undo-check-out", scopes=("desk",), tag=TAG, errors=UNDO_ERRORS)
async def undo_check_out(call: Call, loan_id: UUID) -> LoanLine:
    """Undo a check-out within a minute, as if it had never been."""
    await undo.undo_check_out(call.actor, loan_id, now=call.now)
    return await _read(call, loan_id)


@post(
    "/loans/{loan_id:uuid}/undo-check-in",
    scopes=("desk",),
    tag=TAG,
    errors=(LoanNotFound, *NOT_OPEN_AGAIN),
)
async def undo_check_in(call: Call, loan_id: UUID) -> LoanLine:
    """Undo a check-in within a minute: the loan is open again.

    Refused where something else was done to the item since, or where the borrower
    has had so much since that it would go past a limit.
    """
    await undo.undo_check_in(call.actor, loan_id, now=call.now)
    return await _read(call, loan_id)


@post(
    "/loans/{loan_id:uuid}/reopen",
    scopes=("borrowers",),
    tag=TAG,
    errors=(LoanNotFound, LoanCoordinatorNeeded, *NOT_OPEN_AGAIN),
)
async def reopen_loan(call: Call, loan_id: UUID) -> LoanLine:
    """Open a loan again that was closed by a wrong check-in, however long ago.

    For a coordinator of the site that lent, while nothing was done to the item since.
    """
    await reopening.reopen_loan(call.actor, loan_id, now=call.now)
    return await _read(call, loan_id)


@post("/loans/{loan_id:uuid}/undo-renewal", scopes=("desk",), tag=TAG, errors=UNDO_ERRORS)
async def undo_renewal(call: Call, loan_id: UUID) -> LoanLine:
    """Undo a renewal within a minute: the loan is due as before."""
    await undo.undo_renewal(call.actor, loan_id, now=call.now)
    return await _read(call, loan_id)


async def _read(call: Call, loan_id: UUID) -> LoanLine:
    found = await listing.read_loan(call.actor, loan_id, now=call.now)
    if found is None:
        raise LoanNotFound
    return line(found)


def line(row: LoanRow) -> LoanLine:
    """A loan without what is known of the person."""
    return LoanLine(
        id=row.id,
        item=row.code,
        model=row.model,
        borrower_id=row.borrower_id,
        site_id=row.site_id,
        return_site_id=row.return_site_id,
        checked_out_at=row.checked_out_at,
        due_at=row.due_at,
        due_local=localtime(row.due_at, row.time_zone),
        due_day=row.due_day,
        returned_at=row.returned_at,
        late_days=row.days_late,
        renewals=row.renewals,
        renewals_left=row.renewals_left,
        signature=row.signature,
        signed=row.signed,
        undone=row.undone,
        written_off=row.written_off,
        version=row.version,
    )


ROUTES = [
    list_loans,
    find_loans,
    read_loan,
    renew_loan,
    choose_return_site,
    undo_check_out,
    undo_check_in,
    reopen_loan,
    undo_renewal,
]
