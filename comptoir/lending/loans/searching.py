"""Find loans by the name or card of whoever has or had them, or by the item's code: one field."""

from __future__ import annotations

from datetime import datetime

from comptoir.core.principal import Principal
from comptoir.inventory import codes
from comptoir.lending.borrowers.finding import find_borrowers
from comptoir.lending.loans.listing import LoanFilter, LoanPage, LoanState, list_loans

#: People whom a text may mean; with more, one types more of the name.
_MOST_PEOPLE = 20


async def find_loans(
    actor: Principal,
    text: str,
    *,
    state: LoanState = LoanState.OPEN,
    limit: int = 50,
    now: datetime,
) -> LoanPage:
    """The loans of one list that a text may mean, in the order of that list.

    ``text`` is the code of an item or its first half, or what ``find_borrowers`` makes sense of.
    """
    code = codes.scan(text).code or codes.beginning(text)
    if code is not None:
        found = await list_loans(actor, LoanFilter(state=state, item=code, limit=limit), now=now)
        if found.rows:
            return found
    people = await find_borrowers(actor, text, limit=_MOST_PEOPLE)
    if not people:
        return LoanPage(())
    who = tuple(person.id for person in people)
    wanted = LoanFilter(state=state, borrower_ids=who, limit=limit)
    return await list_loans(actor, wanted, now=now)
