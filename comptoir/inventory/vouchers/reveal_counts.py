"""Whether many codes were shown at a site: told to its coordinators, never whose hand it was.

Two counts: codes that were shown again, and vouchers that were given, which shows each once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from comptoir.core import db

#: So many within a day at one site are told.
MANY = 20
#: And so many that were given: more than most places give in a week.
MANY_GIVEN = 100
A_DAY = timedelta(days=1)

# The literal lets both engines use the index of these rows alone.
_SHOWN = """
SELECT site_id, at, COUNT(*) AS number FROM core_audit_event
WHERE action = 'voucher.revealed' AND site_id IN :sites AND at > :since AND at <= :now
GROUP BY site_id, at ORDER BY at
"""
_GIVEN = """
SELECT site AS site_id, issued_at AS at, COUNT(*) AS number FROM inventory_voucher
WHERE site IN :sites AND issued_at > :since AND issued_at <= :now
GROUP BY site, issued_at ORDER BY issued_at
"""


async def given_often(sites: Collection[UUID], *, now: datetime) -> dict[UUID, int]:
    """The sites where very many vouchers were given within the last day, and how many."""
    return await _often(_GIVEN, sites, within=A_DAY, many=MANY_GIVEN, now=now)


async def shown_often(
    sites: Collection[UUID], *, within: timedelta, now: datetime
) -> dict[UUID, int]:
    """The sites where many codes were shown on one day of these, and the most within a day.

    What is exported counts as what is shown on pages; what is shown when a voucher is given
    does not.
    """
    return await _often(_SHOWN, sites, within=within, many=MANY, now=now)


async def _often(
    statement: str, sites: Collection[UUID], *, within: timedelta, many: int, now: datetime
) -> dict[UUID, int]:
    if not sites:
        return {}
    moments: defaultdict[UUID, list[tuple[datetime, int]]] = defaultdict(list)
    for row in await db.fetch(statement, sites=[*sites], since=now - within, now=now):
        moments[row["site_id"]].append((row["at"], row["number"]))
    most = {site: most_within(found, A_DAY) for site, found in moments.items()}
    return {site: number for site, number in most.items() if number >= many}


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
