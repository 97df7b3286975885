"""What somebody at the desk may take: how many more of each category, as a scan would decide."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.inventory.names import read_name
from comptoir.lending import due_dates, rules
from comptoir.lending.loans import facts
from comptoir.lending.refusals import Refusal
from comptoir.sites.calendars import calendar_of

#: What one may take of so many categories is said; of how many more, below it.
ALLOWANCES_SHOWN = 12


class Allowance(msgspec.Struct, frozen=True):
    """How many more of a category; ``left`` of None is no limit.

    ``shared``: it is the household that has so many, more than the person.
    """

    category: str
    left: int | None
    shared: bool = False


_ALLOWANCES = f"""
SELECT category.names, {facts.POLICY_COLUMNS},
       {facts.OWN_LOANS.format(borrower=":borrower_id", category="category.id")} AS own_loans,
       {facts.HOUSEHOLD_LOANS.format(household=":household", category="category.id")}
       AS household_loans
FROM inventory_category category
JOIN lending_policy policy ON policy.id =
    {facts.POLICY_ID.format(category="category.id", borrower_group=":borrower_group")}
WHERE category.active
ORDER BY category.position, category.id
"""


async def allowances_of(visit: db.Row, now: datetime) -> list[Allowance]:
    """What the person may borrow of: no category of which a scan would now say no to all."""
    rows = await db.fetch(
        _ALLOWANCES,
        borrower_id=visit["borrower"],
        household=visit["household"],
        borrower_group=visit["borrower_group"],
    )
    return [_allowance(row, visit["household"]) for row in rows if _is_lent_now(row, visit, now)]


def _is_lent_now(row: db.Row, visit: db.Row, now: datetime) -> bool:
    """Whether there is a due date for things of this policy, brought back where the visit says.

    There is none for a computer in the room after closing time.
    """
    policy = facts.policy_facts(row)
    if policy is None or rules.refuse_return_site(_return_choice(visit), policy):
        return False
    calendar, cap = calendar_of(visit), visit["eligible_until"]
    due = due_dates.due_at(policy.length, policy.mode, now, calendar, cap)
    return not isinstance(due, Refusal)


def _return_choice(visit: db.Row) -> rules.ReturnChoice:
    if visit["return_site"] is None:
        return rules.ReturnChoice.HERE
    public = visit["is_public"]
    return rules.ReturnChoice.ELSEWHERE if public else rules.ReturnChoice.NOT_PUBLIC


def _allowance(row: dict[str, Any], household: UUID | None) -> Allowance:
    own = _left(row["limit_person"], row["own_loans"])
    together = row["household_loans"] if household else row["own_loans"]
    shared = _left(row["limit_household"], together)
    if shared is None or (own is not None and own <= shared):
        return Allowance(name_of(row), own)
    return Allowance(name_of(row), shared, shared=household is not None)


def _left(limit: int | None, count: int) -> int | None:
    return None if limit is None else max(0, limit - count)


def name_of(row: dict[str, Any]) -> str:
    """What a category or an accessory is called in the reader's language."""
    return read_name(row["names"])
