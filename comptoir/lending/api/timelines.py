"""What happened to loans and borrowers."""

from __future__ import annotations

from uuid import UUID

from comptoir.core.api import (
    Call,
    Page,
    PageQuery,
    TimelineEvent,
    decode_cursor,
    get,
    timeline_page,
)
from comptoir.core.audit import sentences
from comptoir.lending.borrowers.queries import names_of_things, read_borrower
from comptoir.lending.borrowers.visibility import done_elsewhere
from comptoir.lending.errors import BorrowerNotFound, LoanNotFound
from comptoir.lending.loans.listing import read_loan

READERS = ("desk", "borrowers")


@get("/loans/{loan_id:uuid}/timeline", scopes=READERS, tag="Loans", errors=(LoanNotFound,))
async def list_loan_events(call: Call, loan_id: UUID, query: PageQuery) -> Page[TimelineEvent]:
    """List what happened to a loan, the latest first.

    Who of the staff did it is not told.
    """
    if await read_loan(call.actor, loan_id, now=call.now) is None:
        raise LoanNotFound
    before = decode_cursor(query.cursor, UUID)
    lines = await sentences.lines(loan_id, {}, before=before, limit=query.limit + 1)
    return timeline_page(lines, query.limit)


@get(
    "/borrowers/{borrower_id:uuid}/timeline",
    scopes=READERS,
    tag="Borrowers",
    errors=(BorrowerNotFound,),
)
async def list_borrower_events(
    call: Call, borrower_id: UUID, query: PageQuery
) -> Page[TimelineEvent]:
    """List what happened to a borrower, the latest first, their loans included.

    What was done at sites that the token does not know is left out. Who of the
    staff did it is not told.
    """
    await read_borrower(call.actor, borrower_id, now=call.now)
    lines = await sentences.lines(
        borrower_id,
        await names_of_things(borrower_id),
        besides=await done_elsewhere(call.actor, borrower_id),
        before=decode_cursor(query.cursor, UUID),
        limit=query.limit + 1,
    )
    return timeline_page(lines, query.limit)


ROUTES = [list_loan_events, list_borrower_events]
