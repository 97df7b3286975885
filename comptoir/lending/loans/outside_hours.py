"""Open loans whose due moment the present hours of their site leave out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import db
from comptoir.lending.due_dates import DueMode, is_open_until
from comptoir.sites import calendars

#: A policy of calendar days lets a loan be due on a closed day: nothing is odd about it.
_DUE = """
SELECT loan.due_at, COUNT(*) AS loans
FROM lending_loan loan LEFT JOIN lending_policy policy ON policy.id = loan.policy
WHERE loan.return_site = :site_id AND loan.returned_at IS NULL AND loan.due_at > :now
  AND COALESCE(policy.mode, '') <> :any_day
GROUP BY loan.due_at
"""


async def outside_hours(site_id: UUID, *, now: datetime) -> int:
    """How many open loans are due later than ``now`` while the door of the site is shut.

    0 where no hours are known: nothing can be said of them then.
    """
    calendar = await calendars.calendar(site_id)
    if calendar is None or calendar.open_day_from(calendar.local_date(now)) is None:
        return 0
    rows = await db.fetch(_DUE, site_id=site_id, now=now, any_day=DueMode.CALENDAR_DAYS.value)
    return sum(row["loans"] for row in rows if not is_open_until(row["due_at"], calendar))
