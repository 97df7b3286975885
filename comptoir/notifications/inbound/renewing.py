"""Renew what somebody has to bring back next, because they wrote that they want to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core import db
from comptoir.core.principal import SYSTEM
from comptoir.inventory.names import read_name
from comptoir.lending.errors import LoanNotFound, RenewalRefused
from comptoir.lending.loans.renewals import renew_loan
from comptoir.lending.refusals import RefusalCode
from comptoir.notifications.values import Thing

#: Who writes twice, because no answer came at once, wants it once.
JUST_NOW = timedelta(hours=12)
#: Nobody has so many things; a runaway script may.
_MOST = 50

_OPEN = """
SELECT loan.id, loan.due_at, loan.renewals, loan.return_site, site.time_zone, category.names,
       site.short_name AS place,
       EXISTS (SELECT 1 FROM core_audit_event event
               WHERE event.subject_id = loan.id AND event.action = 'loan.renewed'
                 AND event.at > :lately) AS "just_renewed [BOOLEAN]"
FROM lending_loan loan
JOIN sites_site site ON site.id = loan.return_site
JOIN inventory_category category ON category.id = loan.category
WHERE loan.borrower = :borrower AND loan.returned_at IS NULL
ORDER BY loan.due_at, loan.id
LIMIT :most
"""
#: What a borrower is told of a refusal: a field of ``texts.Reasons``, or else ``other``.
REASONS = {
    RefusalCode.RENEWALS_USED: "renewals_used",
    RefusalCode.ELIGIBILITY_ENDING: "eligibility_ending",
    RefusalCode.BORROWER_INELIGIBLE: "eligibility_ending",
}


class Renewed(msgspec.Struct, frozen=True):
    """What became of it. ``reason`` is a field of ``texts.Reasons``, of the first refusal.

    ``site_id`` is where the first of them is to be brought back.
    """

    done: tuple[Thing, ...] = ()
    refused: tuple[Thing, ...] = ()
    reason: str = "nothing_on_loan"
    site_id: UUID | None = None


async def renew_next(borrower_id: UUID, language: str, *, now: datetime) -> Renewed:
    """Renew each open loan that is due on the next day on which any is, and what is overdue.

    The rules of lending hold, and each renewal is a use case of its own inside the
    transaction around. What was renewed in the last hours is told again, not renewed again.
    """
    rows = await db.fetch(_OPEN, borrower=borrower_id, lately=now - JUST_NOW, most=_MOST)
    done, refused, reasons = [], [], []
    renewed_at, refused_at = [], []
    for row in sorted(_due_next(rows, now=now), key=lambda row: (row["return_site"], row["id"])):
        name, place = read_name(row["names"], language), row["place"]
        due: datetime = row["due_at"]
        try:
            if not row["just_renewed"]:
                due = (await renew_loan(SYSTEM, row["id"], seen=row["renewals"], now=now)).due_at
        except RenewalRefused as error:
            if error.refusal.code is RefusalCode.LOAN_RETURNED:
                continue
            refused.append(Thing(name, due, place))
            reasons.append(REASONS.get(error.refusal.code, "other"))
            refused_at.append(row["return_site"])
        except LoanNotFound:  # it was deleted meanwhile
            continue
        else:
            done.append(Thing(name, due, place))
            renewed_at.append(row["return_site"])
    here = next(iter(renewed_at + refused_at), None)
    return Renewed(
        _without_place(done, renewed_at, here),
        _without_place(refused, refused_at, here),
        reasons[0] if reasons else "nothing_on_loan",
        here,
    )


def _without_place(
    things: Sequence[Thing], sites: Sequence[UUID], here: UUID | None
) -> tuple[Thing, ...]:
    """What is to be brought back to the place that answers does not say so."""
    return tuple(
        msgspec.structs.replace(thing, place="") if site == here else thing
        for thing, site in zip(things, sites, strict=True)
    )


def _due_next(rows: Sequence[db.Row], *, now: datetime) -> list[db.Row]:
    """Those of the earliest day, which is today where something is overdue."""

    def day(row: db.Row) -> str:
        zone = ZoneInfo(row["time_zone"])
        due: datetime = max(row["due_at"], now)
        return due.astimezone(zone).date().isoformat()

    first = min((day(row) for row in rows), default="")
    return [row for row in rows if day(row) == first]
