"""What a funder's money bought, and what became of it in a year: for the funder to read.

It counts vouchers and names nobody. There is a report for each site, for all that somebody
coordinates, and for each year, and funders may have several of them. So no report decides what it
hides: fewer than five of a product at a site in a month are counted with the next month there, for
everybody alike (``core.disclosure.carried``), and each number of each report is a sum of these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core import db
from comptoir.core.disclosure import carried
from comptoir.core.i18n import localized
from comptoir.core.principal import Principal
from comptoir.inventory.names import read_names
from comptoir.inventory.vouchers.permissions import of_coordinated_sites
from comptoir.sites import queries as sites

#: A period of a year: a month from 1 to 12, a quarter, or all of it.
Period = int | Literal["q1", "q2", "q3", "q4", "year"]

QUARTERS: dict[Literal["q1", "q2", "q3", "q4"], tuple[int, int, int]] = {
    "q1": (1, 2, 3),
    "q2": (4, 5, 6),
    "q3": (7, 8, 9),
    "q4": (10, 11, 12),
}


class Measure(StrEnum):
    """What is counted of a period. ``unused`` are those that expired in the drawer."""

    GIVEN = "given"
    USED = "used"
    UNUSED = "unused"


#: When a voucher belongs to a period, by measure, and what else must be true of it.
_WHEN = {
    Measure.GIVEN: ("voucher.issued_at", "1 = 1"),
    Measure.USED: ("voucher.activated_at", "1 = 1"),
    Measure.UNUSED: (
        "voucher.ended_at",
        # What was given may have been used, and nobody said so.
        "voucher.status = 'expired' AND voucher.issued_at IS NULL",
    ),
}
#: Since when vouchers are counted: what waits for its month may wait since then.
FIRST_YEAR = 2020
#: On the second day of a month, the last one is over wherever a site may be.
_OVER_AFTER = timedelta(days=1)
_COUNT = """
SELECT site, kind, currency, cents, month, COUNT(*) AS number FROM (
  SELECT voucher.site, voucher.kind, batch.currency, COALESCE(batch.cost_cents, 0) AS cents,
         {month} AS month
  FROM inventory_voucher_batch batch
  JOIN inventory_voucher voucher ON voucher.batch = batch.id
  WHERE batch.funder = :funder AND voucher.site IN :sites
    AND {column} >= :month_0 AND {column} < :month_{end} AND {also}
) AS counted
GROUP BY site, kind, currency, cents, month
"""
_BOUGHT = """
SELECT batch.kind, batch.currency, SUM(batch.quantity) AS number,
       SUM(COALESCE(batch.cost_cents, 0) * batch.quantity) AS cents
FROM inventory_voucher_batch batch
WHERE batch.funder = :funder AND batch.site IN :sites
  AND batch.received_at >= :begin AND batch.received_at < :end
GROUP BY batch.kind, batch.currency
"""
#: Of these kinds somebody says, sooner or later, that one is in use.
_CONFIRMED = """
SELECT kind.id FROM inventory_voucher_kind kind
WHERE kind.id IN :kinds AND EXISTS (
    SELECT 1 FROM inventory_voucher voucher
    WHERE voucher.kind = kind.id AND voucher.activated_at < :over AND {own})
"""


class Amount(msgspec.Struct, frozen=True):
    """A number of vouchers, and what they cost in hundredths; both None: not told yet."""

    number: int | None
    cents: int | None


class KindOfYear(msgspec.Struct, frozen=True):
    """One kind in the year: what was bought of it, and what became of it.

    ``used`` is None where nobody ever said of one of this kind that it is in use: not known.
    """

    names: dict[str, str]
    currency: str
    bought: Amount
    given: Amount
    used: Amount | None
    unused: Amount

    @property
    def name(self) -> str:
        """The kind's name in the reader's language."""
        return localized(self.names)


class TotalOfYear(msgspec.Struct, frozen=True):
    """All kinds that were paid in one currency.

    ``used`` counts those of which it is known; None: of none.
    """

    currency: str
    bought: Amount
    given: Amount
    used: Amount | None
    unused: Amount


class PeriodOfYear(msgspec.Struct, frozen=True):
    """All kinds together in a month, a quarter, or the year. None: not told yet."""

    period: Period
    given: int | None
    used: int | None
    unused: int | None


class FundingReport(msgspec.Struct, frozen=True):
    """A year of one funder's vouchers, at all sites that the reader coordinates, or at one."""

    funder: str
    year: int
    kinds: list[KindOfYear]
    totals: list[TotalOfYear]
    periods: list[PeriodOfYear]

    @property
    def uses_known(self) -> bool:
        """Whether of one kind at least it is known how many were used."""
        return not self.kinds or any(kind.used for kind in self.kinds)

    @property
    def uses_all_known(self) -> bool:
        """Whether it is known of each kind."""
        return all(kind.used for kind in self.kinds)


class FundingWanted(msgspec.Struct, frozen=True):
    """Which report: of whom (empty: nobody named), a year, and a site or all of one’s own."""

    funder: str
    year: int
    site: UUID | None = None


async def funders_of(actor: Principal) -> list[str]:
    """Who paid for vouchers at the sites that the actor coordinates, by name; last, nobody."""
    own, values = of_coordinated_sites(actor, "batch.site")
    rows = await db.fetch(
        f"SELECT DISTINCT batch.funder FROM inventory_voucher_batch batch WHERE {own}",
        **values,
    )
    return sorted((row["funder"] for row in rows), key=lambda name: (not name, name.casefold()))


async def funding_report(
    actor: Principal, wanted: FundingWanted, *, now: datetime
) -> FundingReport:
    """What a funder's vouchers did in a year, in the months that are over.

    A month begins at midnight where the site is.

    Raises:
        SiteNotFound: there is no such site, or the actor does not work there.
    """
    await sites.need_in_sight(actor, wanted.site)
    year = Year.of(wanted.year, now=now)
    counted = Counted(year)
    bought: defaultdict[tuple[UUID, str], list[int]] = defaultdict(lambda: [0, 0])
    for moments, site_ids in await _sites_by_months(actor, wanted.site, year):
        common: dict[str, Any] = {"funder": wanted.funder, "sites": site_ids}
        ends = {"begin": moments[year.first], "end": moments[year.first + 12]}
        for row in await db.fetch(_BOUGHT, **common, **ends):
            of_kind = bought[row["kind"], row["currency"]]
            of_kind[0] += int(row["number"])
            of_kind[1] += int(row["cents"])
        if not year.over:
            continue
        common |= {f"month_{month}": moments[month] for month in range(year.over + 1)}
        for measure, (column, also) in _WHEN.items():
            month = _month_of(column, 0, year.over)
            sql = _COUNT.format(month=month, column=column, also=also, end=year.over)
            counted.add(measure, await db.fetch(sql, **common))
    products = sorted(counted.products | set(bought))
    kinds = [kind for kind, _ in products]
    own, values = of_coordinated_sites(actor, "voucher.site", wanted.site)
    # Up to the months that are over, as all that is told.
    values |= {"kinds": kinds or [UUID(int=0)], "over": _this_month(now)}
    known = {row["id"] for row in await db.fetch(_CONFIRMED.format(own=own), **values)}
    names = await _names(kinds)
    amounts = {product: Amount(*bought[product]) for product in products}
    return counted.report(wanted, amounts, names, known)


class Year(NamedTuple):
    """The first month of a year, from ``FIRST_YEAR`` on, and how many are over up to its end."""

    first: int
    over: int

    @classmethod
    def of(cls, year: int, *, now: datetime) -> Year:
        """A year as it is at a moment."""
        first = (year - FIRST_YEAR) * 12
        month = _this_month(now)
        over = (month.year - FIRST_YEAR) * 12 + month.month - 1
        return cls(first, max(0, min(over, first + 12)))


def _this_month(now: datetime) -> datetime:
    """When the first month begins that is not over."""
    day = now - _OVER_AFTER
    return datetime(day.year, day.month, 1, tzinfo=UTC)


async def _sites_by_months(
    actor: Principal, site_id: UUID | None, year: Year
) -> Iterable[tuple[tuple[datetime, ...], list[UUID]]]:
    """Sites that the actor coordinates, by when each month begins there, to the end of a year."""
    own, values = of_coordinated_sites(actor, "site.id", site_id)
    rows = await db.fetch(
        f"SELECT site.id, site.time_zone FROM sites_site site WHERE {own}", **values
    )
    of_zone: dict[str, tuple[datetime, ...]] = {}
    found: defaultdict[tuple[datetime, ...], list[UUID]] = defaultdict(list)
    for row in rows:
        zone = row["time_zone"]
        if zone not in of_zone:
            of_zone[zone] = _beginnings(year.first + 13, ZoneInfo(zone))
        found[of_zone[zone]].append(row["id"])
    return found.items()


def _beginnings(months: int, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When each month begins in a time zone, in UTC: equal ones are of zones with one midnight."""
    return tuple(
        datetime(FIRST_YEAR + month // 12, month % 12 + 1, 1, tzinfo=zone).astimezone(UTC)
        for month in range(months)
    )


def _month_of(column: str, first: int, end: int) -> str:
    """The month that a moment lies in, of those from ``first`` to before ``end``, by halving."""
    if end - first == 1:
        return str(first)
    middle = (first + end) // 2
    before, after = _month_of(column, first, middle), _month_of(column, middle, end)
    return f"CASE WHEN {column} < :month_{middle} THEN {before} ELSE {after} END"


class _Told:
    """A number that a report tells: a sum of what may be told, and whether something waits."""

    def __init__(self) -> None:
        self.number = self.cents = 0
        self.waits = False

    def add(self, number: int | None, cents: int) -> None:
        """Add what one place tells of one product in one month, at a price."""
        self.waits |= number is None
        self.number += number or 0
        self.cents += (number or 0) * cents

    def amount(self, *, over: bool) -> Amount:
        """What is told of it. A nought is told once all its months are ``over``: before, it
        would read as if nothing were to come.
        """
        if not self.number and (self.waits or not over):
            return Amount(None, None)
        return Amount(self.number, self.cents)


class Counted:
    """What each site tells of each product and price, month by month, put together."""

    def __init__(self, year: Year) -> None:
        self._year = year
        self._cells: defaultdict[tuple[Measure, Any], _Told] = defaultdict(_Told)
        self.products: set[tuple[UUID, str]] = set()

    def add(self, measure: Measure, rows: Iterable[db.Row]) -> None:
        """Add the vouchers of some sites, by month."""
        numbers: defaultdict[tuple[Any, ...], list[int]] = defaultdict(
            lambda: [0] * self._year.over
        )
        for row in rows:
            # With the price: of two prices' money together, their numbers could be found.
            of = (row["site"], row["kind"], row["currency"], row["cents"])
            numbers[of][row["month"]] += int(row["number"])
        for (_, kind, currency, cents), months in numbers.items():
            for month, number in enumerate(carried(months)[self._year.first :], 1):
                if number == 0:
                    continue
                self.products.add((kind, currency))
                quarter = next(name for name, of_it in QUARTERS.items() if month in of_it)
                for cell in (month, quarter, "year", (kind, currency), currency):
                    self._cells[measure, cell].add(number, cents)

    def report(
        self,
        wanted: FundingWanted,
        bought: dict[tuple[UUID, str], Amount],
        names: dict[UUID, dict[str, str]],
        known: set[UUID],
    ) -> FundingReport:
        """What is told; ``known`` are the kinds of which somebody says that one is in use."""

        def amount(measure: Measure, cell: Any) -> Amount:
            return self._cells[measure, cell].amount(over=self._is_over(12))

        def used(cell: Any, kinds: Iterable[UUID]) -> Amount | None:
            return amount(Measure.USED, cell) if known.intersection(kinds) else None

        periods: list[Period] = []
        for quarter, months in QUARTERS.items():
            periods += [*months, quarter]
        return FundingReport(
            wanted.funder,
            wanted.year,
            [
                KindOfYear(
                    names[kind],
                    currency,
                    of_kind,
                    given=amount(Measure.GIVEN, (kind, currency)),
                    used=used((kind, currency), [kind]),
                    unused=amount(Measure.UNUSED, (kind, currency)),
                )
                for (kind, currency), of_kind in bought.items()
            ],
            [
                TotalOfYear(
                    currency,
                    _sum_of(bought, currency),
                    given=amount(Measure.GIVEN, currency),
                    used=used(currency, [kind for kind, paid in bought if paid == currency]),
                    unused=amount(Measure.UNUSED, currency),
                )
                for currency in sorted({currency for _, currency in bought})
            ],
            [self._period(period) for period in (*periods, "year")],
        )

    def _period(self, period: Period) -> PeriodOfYear:
        if isinstance(period, int):
            ends = period
        else:
            ends = 12 if period == "year" else QUARTERS[period][-1]
        over = self._is_over(ends)
        return PeriodOfYear(
            period, *(self._cells[measure, period].amount(over=over).number for measure in Measure)
        )

    def _is_over(self, month: int) -> bool:
        """Whether a month of the year is over."""
        return self._year.first + month <= self._year.over


def _sum_of(bought: dict[tuple[UUID, str], Amount], currency: str) -> Amount:
    """What was bought in a currency: it speaks of nobody."""
    of_it = [amount for (_, paid), amount in bought.items() if paid == currency]
    return Amount(sum(each.number or 0 for each in of_it), sum(each.cents or 0 for each in of_it))


async def _names(kinds: list[UUID]) -> dict[UUID, dict[str, str]]:
    rows = await db.fetch(
        "SELECT id, CAST(names AS TEXT) AS names FROM inventory_voucher_kind WHERE id IN :kinds",
        kinds=kinds or [UUID(int=0)],
    )
    return {row["id"]: read_names(row["names"]) for row in rows}
