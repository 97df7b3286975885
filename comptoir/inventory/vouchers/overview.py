"""What lies in the drawers: by site and kind, for how long it lasts, and what expires soon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.i18n import localized
from comptoir.core.principal import Principal
from comptoir.inventory.names import read_names
from comptoir.inventory.vouchers.rates import RATE_DAYS, days_left, is_low
from comptoir.inventory.vouchers.statuses import Medium
from comptoir.inventory.vouchers.validity import today_at
from comptoir.sites import queries as sites

#: Sites on a page; each has a line for each kind that it has or wants.
SITES_AT_ONCE = 20
#: What is to be activated within so many days expires soon.
SOON = timedelta(days=30)

_COUNTS = """
SELECT voucher.site, voucher.kind, voucher.status, voucher.activate_by, kind.time_zone,
       COUNT(*) AS number
FROM inventory_voucher voucher JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
WHERE voucher.site IN :sites AND voucher.status IN ('available', 'reserved', 'in_transit')
GROUP BY voucher.site, voucher.kind, voucher.status, voucher.activate_by, kind.time_zone
"""
_GIVEN = """
SELECT voucher.site, voucher.kind, COUNT(*) AS number
FROM inventory_voucher voucher
WHERE voucher.site IN :sites AND voucher.issued_at > :since
GROUP BY voucher.site, voucher.kind
"""
#: Whether a day is soon depends on the operator's calendar: these are some too many.
_PERHAPS_SOON = """
SELECT voucher.site, voucher.activate_by, kind.time_zone, COUNT(*) AS number
FROM inventory_voucher voucher JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
WHERE voucher.site IN :sites AND voucher.status = 'available' AND voucher.activate_by <= :until
GROUP BY voucher.site, voucher.activate_by, kind.time_zone
"""
_LEVELS = """
SELECT level.site, level.kind, level.low FROM inventory_voucher_level level
WHERE level.site IN :sites
"""
_KINDS = """
SELECT id, CAST(names AS TEXT) AS names, medium, position FROM inventory_voucher_kind
WHERE active OR id IN :held ORDER BY position, id
"""


class StockLine(msgspec.Struct, frozen=True, kw_only=True):
    """One kind at one site. ``given`` counts the last four weeks.

    ``days`` is for how many days what is free lasts at that rate (``rates.days_left``); None
    where none was given.
    ``low`` is the number from which on downwards the stock is low; None: nobody wants to know.
    """

    kind_id: UUID
    names: dict[str, str]
    medium: Medium
    free: int = 0
    reserved: int = 0
    in_transit: int = 0
    given: int = 0
    days: int | None = None
    soon: int = 0
    soon_first: date | None = None
    low: int | None = None

    @property
    def name(self) -> str:
        """The kind's name in the reader's language."""
        return localized(self.names)

    @property
    def is_low(self) -> bool:
        """True if there are as few as somebody wants to know of."""
        return is_low(self.free, self.low)


class SiteStock(msgspec.Struct, frozen=True):
    """The drawers of a site."""

    site_id: UUID
    name: str
    lines: list[StockLine]


async def stock_of(
    actor: Principal,
    *,
    site_id: UUID | None = None,
    after: sites.SitePlace | None = None,
    now: datetime,
) -> tuple[list[SiteStock], sites.SitePlace | None]:
    """The stock of the actor's sites by name, or of one; and where the next page begins.

    Raises:
        SiteNotFound: there is no such site, or the actor does not work there.
    """
    if site_id is not None:
        here = [await sites.site(site_id, actor)]
    else:
        here = await sites.sites_of(actor, after=after, limit=SITES_AT_ONCE + 1)
    shown = here[:SITES_AT_ONCE]
    lines = await _lines([site.id for site in shown], now=now) if shown else {}
    found = [SiteStock(site.id, site.name, lines[site.id]) for site in shown]
    more = len(here) > SITES_AT_ONCE
    return found, sites.SitePlace(shown[-1].name, shown[-1].id) if more else None


async def low_by_site(site_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Of how many kinds each of these sites has too few; those with none are left out."""
    rows = await db.fetch(
        """
        SELECT level.site, COUNT(*) AS number FROM inventory_voucher_level level
        JOIN inventory_voucher_kind kind ON kind.id = level.kind AND kind.active
        WHERE level.site IN :sites AND level.low >=
              (SELECT COUNT(*) FROM inventory_voucher voucher
               WHERE voucher.site = level.site AND voucher.kind = level.kind
                 AND voucher.status = 'available')
        GROUP BY level.site
        """,
        sites=list(site_ids),
    )
    return {row["site"]: row["number"] for row in rows}


async def expiring_by_site(site_ids: Sequence[UUID], *, now: datetime) -> dict[UUID, int]:
    """How many free vouchers of each of these sites expire soon; those with none are left out."""
    latest = (now + SOON + timedelta(days=1)).date()  # somewhere it is tomorrow
    found: Counter[UUID] = Counter()
    for row in await db.fetch(_PERHAPS_SOON, sites=list(site_ids), until=latest):
        if _is_soon(row["activate_by"], row["time_zone"], now=now):
            found[row["site"]] += row["number"]
    return dict(found)


def _is_soon(activate_by: date, time_zone: str, *, now: datetime) -> bool:
    return activate_by <= today_at(now, time_zone) + SOON


async def _lines(ids: list[UUID], *, now: datetime) -> dict[UUID, list[StockLine]]:
    cells: dict[tuple[UUID, UUID], dict[str, Any]] = {}
    free: dict[tuple[UUID, UUID], list[tuple[int | None, int]]] = {}

    def cell(row: db.Row) -> dict[str, Any]:
        return cells.setdefault((row["site"], row["kind"]), {})

    names = {"available": "free", "reserved": "reserved", "in_transit": "in_transit"}
    for row in await db.fetch(_COUNTS, sites=ids):
        here, name = cell(row), names[row["status"]]
        here[name] = here.get(name, 0) + row["number"]
        if name == "free":
            day = row["activate_by"]
            left = (day - today_at(now, row["time_zone"])).days if day else None
            free.setdefault((row["site"], row["kind"]), []).append((left, row["number"]))
            if day and _is_soon(day, row["time_zone"], now=now):
                here["soon"] = here.get("soon", 0) + row["number"]
                here["soon_first"] = min(day, here.get("soon_first", day))
    for row in await db.fetch(_GIVEN, sites=ids, since=now - timedelta(days=RATE_DAYS)):
        cell(row)["given"] = row["number"]
        where = (row["site"], row["kind"])
        cell(row)["days"] = days_left(free.get(where, []), row["number"])
    for row in await db.fetch(_LEVELS, sites=ids):
        cell(row)["low"] = row["low"]
    held = sorted({kind for _, kind in cells})
    kinds = await db.fetch(_KINDS, held=held or [ids[0]])
    return {
        site: [
            _line(kind, cells[site, kind["id"]]) for kind in kinds if (site, kind["id"]) in cells
        ]
        for site in ids
    }


def _line(kind: db.Row, cell: dict[str, Any]) -> StockLine:
    return StockLine(
        kind_id=kind["id"],
        names=read_names(kind["names"]),
        medium=Medium(kind["medium"]),
        **cell,
    )
