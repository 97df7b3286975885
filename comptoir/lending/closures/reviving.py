"""A loan that is open again, or due as before a renewal, is due by the calendar of today.

While it was closed, or due later, nothing that was announced could move it, and nothing that
was withdrawn could take its moves back.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal
from comptoir.lending.closures.causes import MoveCause
from comptoir.lending.closures.moving import carry_out
from comptoir.lending.closures.planning import LoanMove, SiteMoves, plan_loan
from comptoir.sites import calendars

_LOCK_SITE = (
    "SELECT site.id FROM sites_site site "
    "JOIN lending_loan loan ON loan.return_site = site.id WHERE loan.id = :loan_id"
)
#: What was announced for a day, the latest first.
_ANNOUNCED = """
SELECT id, batch FROM sites_exception
WHERE site = :site_id AND first_day <= :day AND last_day >= :day
ORDER BY id DESC LIMIT 1
"""


async def lock_return_site(loan_id: UUID) -> None:
    """Let nothing be announced where a loan is brought back until the transaction's end.

    To be called before anything of the loan is locked: the site comes before its loans.
    """
    await db.fetch(_LOCK_SITE + db.for_share("site"), loan_id=loan_id)


async def settle_revived(actor: Principal, loan_id: UUID, site_id: UUID, *, now: datetime) -> None:
    """Settle anew when a loan is due; the site is locked by ``lock_return_site``.

    What moves it is on the list to call of the announcement that shuts the door that day.
    """
    sites = await plan_loan(site_id, loan_id, now=now)
    for site in sites:
        for move in site.moves:
            await _carry_out(actor, site, move, now=now)


async def _carry_out(actor: Principal, site: SiteMoves, move: LoanMove, *, now: datetime) -> None:
    calendar = await calendars.calendar(site.site_id)
    announced = calendar and await db.fetch_one(
        _ANNOUNCED, site_id=site.site_id, day=calendar.local_date(move.before)
    )
    batch = announced["batch"] if announced else new_id()
    origins = {site.site_id: announced["id"] if announced else batch}
    cause = MoveCause.CLOSURE if announced else MoveCause.OPENING_HOURS
    await carry_out(actor, batch, [site], origins, cause=cause, now=now)
