"""How much waits at each site, by kind of thing: a statement for each kind, for all sites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.principal import Principal, Role
from comptoir.inventory.names import read_names
from comptoir.inventory.statuses import GONE, ItemStatus
from comptoir.inventory.vouchers.overview import expiring_by_site, low_by_site
from comptoir.inventory.vouchers.reveal_counts import shown_often
from comptoir.inventory.vouchers.transfers import parcels_by_site
from comptoir.lending.loans.listing import count_overdue
from comptoir.notifications.calls.queries import count_by_site
from comptoir.notifications.letters.queries import count_by_site as letters_by_site
from comptoir.notifications.messages.queries import COUNTED_TO_DECIDE, WISH
from comptoir.notifications.reminders.plans import THANKS
from comptoir.notifications.statuses import TO_DECIDE
from comptoir.sites.confirming import to_confirm
from comptoir.sites.queries import names_for

_A_WEEK = timedelta(days=7)

_FAILED = f"""
SELECT message.site, COUNT(*) AS number FROM notifications_message message {WISH}
WHERE message.site IN :sites AND message.status IN :statuses AND {COUNTED_TO_DECIDE}
GROUP BY message.site
"""
_REPLIES = """
SELECT talk.site, COUNT(*) AS number FROM notifications_conversation talk
WHERE talk.site IN :sites AND talk.waiting_since IS NOT NULL
GROUP BY talk.site
"""
_USED_UP = """
SELECT stock.site, stock.category, category.names FROM (
    SELECT item.home_site AS site, model.category
    FROM inventory_item item
    JOIN inventory_model model ON model.id = item.model
    WHERE item.home_site IN :sites AND item.status NOT IN :gone
    GROUP BY item.home_site, model.category
    HAVING SUM(CASE WHEN item.status = :free THEN 1 ELSE 0 END) = 0) AS stock
JOIN inventory_category category ON category.id = stock.category AND category.active
ORDER BY stock.site, category.position, category.id
"""


class UsedUp(msgspec.Struct, frozen=True):
    """A kind of things of which none is free, and what it is called by language."""

    category_id: UUID
    names: dict[str, str]


class SiteWeek(msgspec.Struct, frozen=True, kw_only=True):
    """What waits at a site.

    `used_up` are kinds of things of which none is free, `calls` people to call, `letters` those
    to print, `failed` messages that somebody must decide about, `replies` those that somebody
    must read. `codes_shown` are codes of vouchers that were shown within a day of the last
    seven, where these are many; `vouchers_low` kinds of which there are few, `vouchers_expiring`
    vouchers to be activated within 30 days, `parcels` those sent there and not confirmed.
    """

    site_id: UUID
    name: str
    late: int
    calls: int
    letters: int
    replies: int
    failed: int
    used_up: tuple[UsedUp, ...]
    vouchers_low: int
    vouchers_expiring: int
    parcels: int
    hours_to_confirm: bool
    codes_shown: int


async def weeks_for(actor: Principal, *, now: datetime) -> list[SiteWeek]:
    """What waits at the sites where the actor is coordinator, by name."""
    sites = [
        (each.id, each.name)
        for each in await names_for(actor)
        if actor.has_role(Role.COORDINATOR, each.id)
    ]
    return await weeks_of(sites, now=now)


async def weeks_of(sites: Sequence[tuple[UUID, str]], *, now: datetime) -> list[SiteWeek]:
    """What waits at these sites (their ids and names), in their order."""
    ids = [site_id for site_id, _ in sites]
    if not ids:
        return []
    late = await count_overdue(ids, now=now)
    calls = await count_by_site(ids, now=now)
    letters = await letters_by_site(ids)
    replies = await _count(_REPLIES, sites=ids)
    failed = await _count(
        _FAILED, sites=ids, statuses=[each.value for each in TO_DECIDE], thanks=THANKS, now=now
    )
    gone = [each.value for each in (*GONE, ItemStatus.RETIRED)]
    used_up: defaultdict[UUID, list[UsedUp]] = defaultdict(list)
    free = ItemStatus.AVAILABLE.value
    for row in await db.fetch(_USED_UP, sites=ids, gone=gone, free=free):
        names = read_names(row["names"])
        used_up[row["site"]].append(UsedUp(row["category"], names))
    low = await low_by_site(ids)
    expiring = await expiring_by_site(ids, now=now)
    parcels = await parcels_by_site(ids)
    unsure = await to_confirm(ids, now=now)
    codes_shown = await shown_often(ids, within=_A_WEEK, now=now)
    return [
        SiteWeek(
            site_id=site_id,
            name=name,
            late=late.get(site_id, 0),
            calls=calls.get(site_id, 0),
            letters=letters.get(site_id, 0),
            replies=replies.get(site_id, 0),
            failed=failed.get(site_id, 0),
            used_up=tuple(used_up[site_id]),
            vouchers_low=low.get(site_id, 0),
            vouchers_expiring=expiring.get(site_id, 0),
            parcels=parcels.get(site_id, 0),
            hours_to_confirm=site_id in unsure,
            codes_shown=codes_shown.get(site_id, 0),
        )
        for site_id, name in sites
    ]


async def _count(sql: str, **values: object) -> dict[UUID, int]:
    return {row["site"]: row["number"] for row in await db.fetch(sql, **values)}
