"""What a funder's money bought, and what became of it in a year: for the funder to read.

It counts vouchers, names nobody, and leaves out what is too small to tell (``core.disclosure``).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from comptoir.core import db
from comptoir.core.disclosure import hidden_cells
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
_MONTH = "CASE " + " ".join(
    f"WHEN {{column}} < :month_{month} THEN {month - 1}" for month in range(2, 13)
)
_COUNT = """
SELECT voucher.kind, batch.currency, {month} ELSE 12 END AS month,
       COUNT(*) AS number, COALESCE(SUM(batch.cost_cents), 0) AS cents
FROM inventory_voucher_batch batch
JOIN inventory_voucher voucher ON voucher.batch = batch.id
WHERE batch.funder = :funder AND {own} AND {column} >= :month_1 AND {column} < :month_13
  AND {also}
GROUP BY voucher.kind, batch.currency, {month} ELSE 12 END
"""
_BOUGHT = """
SELECT batch.kind, batch.currency, SUM(batch.quantity) AS number,
       SUM(COALESCE(batch.cost_cents, 0) * batch.quantity) AS cents
FROM inventory_voucher_batch batch
WHERE batch.funder = :funder AND {own}
  AND batch.received_at >= :month_1 AND batch.received_at < :month_13
GROUP BY batch.kind, batch.currency
"""
#: Of these kinds somebody says, sooner or later, that one is in use.
_CONFIRMED = """
SELECT kind.id FROM inventory_voucher_kind kind
WHERE kind.id IN :kinds AND EXISTS (
    SELECT 1 FROM inventory_voucher voucher
    WHERE voucher.kind = kind.id AND voucher.activated_at IS NOT NULL AND {own})
"""


class Amount(msgspec.Struct, frozen=True):
    """A number of vouchers, and what they cost in hundredths; both None: too few to tell."""

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
    """All kinds that were paid in one currency. The money is told where each kind's is.

    ``used`` counts those of which it is known; None: of none.
    """

    currency: str
    bought: Amount
    given: Amount
    used: Amount | None
    unused: Amount


class PeriodOfYear(msgspec.Struct, frozen=True):
    """All kinds together in a month, a quarter, or the year. None: too few to tell."""

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
    actor: Principal, wanted: FundingWanted, *, time_zone: str
) -> FundingReport:
    """What a funder's vouchers did in a year whose months begin at midnight in a time zone.

    Raises:
        SiteNotFound: there is no such site, or the actor does not work there.
    """
    await sites.need_in_sight(actor, wanted.site)
    moments = {
        f"month_{month}": datetime(
            wanted.year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=ZoneInfo(time_zone)
        )
        for month in range(1, 14)
    }
    own, values = of_coordinated_sites(actor, "voucher.site", wanted.site)
    values |= {"funder": wanted.funder, **moments}
    counted = _Counted()
    for measure, (column, also) in _WHEN.items():
        month = _MONTH.format(column=column)
        sql = _COUNT.format(month=month, column=column, also=also, own=own)
        for row in await db.fetch(sql, **values):
            counted.add(measure, row)
    own, values = of_coordinated_sites(actor, "batch.site", wanted.site)
    values |= {"funder": wanted.funder}
    values |= {name: moments[name] for name in ("month_1", "month_13")}
    for row in await db.fetch(_BOUGHT.format(own=own), **values):
        counted.bought[row["kind"], row["currency"]] = Amount(row["number"], row["cents"])
    kinds = [kind for kind, _ in counted.products]
    own, values = of_coordinated_sites(actor, "voucher.site", wanted.site)
    rows = await db.fetch(_CONFIRMED.format(own=own), kinds=kinds or [UUID(int=0)], **values)
    counted.confirmed = {row["id"] for row in rows}
    return counted.report(wanted, await _names(kinds))


class _Counted:
    """Numbers as they are, and the report of those that may be told."""

    def __init__(self) -> None:
        self.bought: dict[tuple[UUID, str], Amount] = {}
        self.confirmed: set[UUID] = set()
        self._numbers: defaultdict[tuple[Measure, Any], int] = defaultdict(int)
        self._cents: defaultdict[tuple[Measure, Any], int] = defaultdict(int)
        self._given: set[tuple[UUID, str]] = set()

    def add(self, measure: Measure, row: db.Row) -> None:
        """Count a month of a kind."""
        product = (row["kind"], row["currency"])
        self._given.add(product)
        quarter = next(name for name, months in QUARTERS.items() if row["month"] in months)
        for cell in (row["month"], quarter, "year", product, row["currency"]):
            self._numbers[measure, cell] += int(row["number"])
        for cell in (product, row["currency"]):
            self._cents[measure, cell] += int(row["cents"])

    @property
    def products(self) -> list[tuple[UUID, str]]:
        """Kinds with the currency they were paid in: there may be two of one kind."""
        return sorted(self._given | set(self.bought))

    @property
    def currencies(self) -> list[str]:
        """What was paid in."""
        return sorted({currency for _, currency in self.products})

    def report(self, wanted: FundingWanted, names: dict[UUID, dict[str, str]]) -> FundingReport:
        """What may be told."""
        hidden = {measure: self._hidden(measure) for measure in Measure}

        def number(measure: Measure, cell: Any) -> int | None:
            return None if cell in hidden[measure] else self._numbers[measure, cell]

        def amount(measure: Measure, product: tuple[UUID, str]) -> Amount:
            told = number(measure, product)
            return Amount(told, None if told is None else self._cents[measure, product])

        def total(measure: Measure, currency: str) -> Amount:
            # From the money of a kind left out and two prices, its number could be found.
            kinds = [each for each in self.products if each[1] == currency]
            told = all(each not in hidden[measure] for each in kinds)
            cents = self._cents[measure, currency] if told else None
            return Amount(number(measure, currency), cents)

        def used(product: tuple[UUID, str]) -> Amount | None:
            return amount(Measure.USED, product) if product[0] in self.confirmed else None

        def all_used(currency: str) -> Amount | None:
            known = any(kind in self.confirmed for kind, paid in self.products if paid == currency)
            return total(Measure.USED, currency) if known else None

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
                    self.bought.get((kind, currency), Amount(0, 0)),
                    given=amount(Measure.GIVEN, (kind, currency)),
                    used=used((kind, currency)),
                    unused=amount(Measure.UNUSED, (kind, currency)),
                )
                for kind, currency in self.products
            ],
            [
                TotalOfYear(
                    currency,
                    self._bought_in(currency),
                    given=total(Measure.GIVEN, currency),
                    used=all_used(currency),
                    unused=total(Measure.UNUSED, currency),
                )
                for currency in self.currencies
            ],
            [
                PeriodOfYear(period, *(number(measure, period) for measure in Measure))
                for period in (*periods, "year")
            ],
        )

    def _bought_in(self, currency: str) -> Amount:
        """Nothing of it is hidden: what a place buys speaks of nobody."""
        bought = [amount for (_, paid), amount in self.bought.items() if paid == currency]
        return Amount(
            sum(each.number or 0 for each in bought), sum(each.cents or 0 for each in bought)
        )

    def _hidden(self, measure: Measure) -> set[Any]:
        lines: list[list[Any]] = [[*months, quarter] for quarter, months in QUARTERS.items()]
        lines.append([*QUARTERS, "year"])
        for currency in self.currencies:
            lines.append([*(each for each in self.products if each[1] == currency), currency])
        lines.append([*self.currencies, "year"])
        values = {cell: self._numbers[measure, cell] for line in lines for cell in line}
        return hidden_cells(values, lines)


async def _names(kinds: list[UUID]) -> dict[UUID, dict[str, str]]:
    rows = await db.fetch(
        "SELECT id, CAST(names AS TEXT) AS names FROM inventory_voucher_kind WHERE id IN :kinds",
        kinds=kinds or [UUID(int=0)],
    )
    return {row["id"]: read_names(row["names"]) for row in rows}
