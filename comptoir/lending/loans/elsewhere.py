"""Bring something back to another site than the one that was agreed, while it is on loan."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core import audit, db, events
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.lending import rules
from comptoir.lending.closures.causes import MoveCause
from comptoir.lending.errors import LoanChanged, LoanNotFound, ReturnSiteRefused
from comptoir.lending.events import DueDateMoved, ReturnSiteChosen
from comptoir.lending.loans import contention, facts
from comptoir.lending.refusals import Refusal
from comptoir.lending.rules import ReturnChoice
from comptoir.sites import calendars

# Before the loan, and in one order, as whoever announces a closure locks them.
_LOCK_SITES = """
SELECT site.id FROM sites_site site
WHERE site.id = :chosen OR site.id = (SELECT return_site FROM lending_loan WHERE id = :loan_id)
ORDER BY site.id
"""
_SITES = f"""
SELECT site.id, site.short_name, (site.active AND site.published) AS is_public,
       {calendars.COLUMNS}
FROM sites_site site WHERE site.id IN :sites
"""
_CHOOSE = """
UPDATE lending_loan SET return_site = :chosen, due_at = :due, version = version + 1
WHERE id = :loan_id
"""
# Whoever has yet to hear of a moved date has to hear of this one instead.
_TO_TELL_STILL = """
UPDATE lending_due_date_move SET due_after = :due
WHERE loan = :loan_id AND due_after = :before AND undone_at IS NULL AND told_at IS NULL
"""
# And whoever was told of a move that was taken back, but not of that: it is due then instead.
_TO_TELL_BACK_STILL = """
UPDATE lending_due_date_move SET due_before = :due
WHERE loan = :loan_id AND due_before = :before AND undone_at IS NOT NULL
  AND told_at IS NOT NULL AND told_back_at IS NULL
"""


class ChosenReturn(msgspec.Struct, frozen=True):
    """Where a loan is to be brought back now, and until when, in UTC."""

    place: str
    time_zone: str
    due_at: datetime
    moved: bool


async def choose_return_site(
    actor: Principal,
    loan_id: UUID,
    site_id: UUID,
    *,
    version: int | None = None,
    now: datetime,
) -> ChosenReturn:
    """Let a loan be brought back to this site; it is due by that one's hours.

    ``version`` is the one that a program has read. A loan that is to be brought back there
    already stays as it is.

    Raises:
        LoanNotFound: there is none, or it is of a site the actor may not know of.
        LoanChanged: the loan is of another ``version`` by now.
        ReturnSiteRefused: a rule said no (``rules.elsewhere_due``).
    """
    return await contention.settle(
        lambda _: _choose(actor, loan_id, site_id, version=version, now=now)
    )


async def _choose(
    actor: Principal, loan_id: UUID, chosen: UUID, *, version: int | None, now: datetime
) -> ChosenReturn:
    async with db.transaction():
        locked = await db.fetch(_LOCK_SITES + db.for_share("site"), loan_id=loan_id, chosen=chosen)
        row = await db.fetch_one(facts.RETURN_ELSEWHERE, loan_id=loan_id)
        if row is None or not (
            actor.sees_site(row["loan_site"]) or actor.sees_site(row["loan_return_site"])
        ):
            raise LoanNotFound
        before = row["loan_return_site"]
        if before not in {each["id"] for each in locked}:
            raise contention.FactsChanged
        if version is not None and version != row["loan_version"]:
            raise LoanChanged
        places = {each["id"]: each for each in await db.fetch(_SITES, sites=[before, chosen])}
        if chosen == before and row["returned_at"] is None:
            return _chosen(places[chosen], row["due_at"], moved=False)
        due = rules.elsewhere_due(_facts(row, places, chosen), now=now)
        if isinstance(due, Refusal):
            raise ReturnSiteRefused(due)
        await _write(actor, row, chosen, due, now=now)
        return _chosen(places[chosen], due, moved=due != row["due_at"])


def _facts(row: db.Row, places: dict[UUID, db.Row], chosen: UUID) -> rules.ElsewhereFacts:
    before = calendars.calendar_of(places[row["loan_return_site"]])
    return rules.ElsewhereFacts(
        returned=row["returned_at"] is not None,
        due_at=row["due_at"],
        eligible_until=row["eligible_until"],
        policy=facts.policy_facts(row),
        choice=_choice(places.get(chosen), lent_at=row["loan_site"]),
        before=before,
        calendar=calendars.calendar_of(places[chosen]) if chosen in places else before,
    )


def _choice(place: db.Row | None, *, lent_at: UUID) -> ReturnChoice:
    if place is None:
        return ReturnChoice.UNKNOWN
    if place["id"] == lent_at:
        return ReturnChoice.HERE
    return ReturnChoice.ELSEWHERE if place["is_public"] else ReturnChoice.NOT_PUBLIC


async def _write(
    actor: Principal, row: db.Row, chosen: UUID, due: datetime, *, now: datetime
) -> None:
    loan_id, borrower_id = row["loan_id"], row["loan_borrower"]
    await db.execute(_CHOOSE, loan_id=loan_id, chosen=chosen, due=due)
    for still in (_TO_TELL_STILL, _TO_TELL_BACK_STILL):
        await db.execute(still, loan_id=loan_id, before=row["due_at"], due=due)
    # Who waits for it there must be able to call its borrower.
    await db.execute(facts.KNOW_BORROWER, borrower_id=borrower_id, known_at=chosen)
    await audit.record(
        actor,
        "loan.return_site_chosen",
        "loan",
        loan_id,
        now=now,
        related=(row["item_id"], borrower_id),
        site_id=chosen,
        changes={
            "return_site": [str(row["loan_return_site"]), str(chosen)],
            "due_at": [row["due_at"], due],
            "item": row["code"],
        },
    )
    await events.publish(ReturnSiteChosen(loan_id, chosen, now))
    if due != row["due_at"]:
        cause = MoveCause.RETURN_SITE
        await events.publish(
            DueDateMoved(
                loan_id, borrower_id, new_id(), row["due_at"], due, cause, undone=False, at=now
            )
        )


def _chosen(place: db.Row, due: datetime, *, moved: bool) -> ChosenReturn:
    return ChosenReturn(place["short_name"], place["time_zone"], due, moved)
