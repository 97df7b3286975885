"""Whether many codes were shown at a site: told to its coordinators, never whose hand it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from comptoir.core import db

#: So many within a day at one site are told.
MANY = 20
A_DAY = timedelta(days=1)

# The literal lets both engines use the index of these rows alone.
_SHOWN = """
SELECT site_id, at, COUNT(*) AS number FROM core_audit_event
WHERE action = 'voucher.revealed' AND site_id IN :sites AND at > :since AND at <= :now
GROUP BY site_id, at ORDER BY at
"""


async def shown_often(
    sites: Collection[UUID], *, within: timedelta, now: datetime
) -> dict[UUID, int]:
    """The sites where many codes were shown on one day of these, and the most within a day.

    What is exported counts as what is shown on pages; what is shown when a voucher is given
    does not.
    """
    if not sites:
        return {}
    moments: defaultdict[UUID, list[tuple[datetime, int]]] = defaultdict(list)
    for row in await db.fetch(_SHOWN, sites=[*sites], since=now - within, now=now):
        moments[row["site_id"]].append((row["at"], row["number"]))
    most = {site: most_within(shown, A_DAY) for site, shown in moments.items()}
    return {site: number for site, number in most.items() if number >= MANY}


def most_within(moments: Sequence[tuple[datetime, int]], span: timedelta) -> int:
    """How many there were within one span of time at most: how many at each moment, in order."""
    most = within = first = 0
    for moment, number in moments:
        within += number
        while moment - moments[first][0] >= span:
            within -= moments[first][1]
            first += 1
        most = max(most, within)
    return most
