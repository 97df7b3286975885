"""What a funder is told: true, of nobody, and never too little to tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from comptoir.core.i18n import use_language
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM, Role
from comptoir.inventory.vouchers.funding import (
    Amount,
    FundingWanted,
    funders_of,
    funding_report,
)
from comptoir.inventory.vouchers.funding_words import footnote, kind_rows, period_rows
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.tables import Site
from tests import factories as make
from tests.inventory.vouchers.drawer import Drawer

#: All of 2026 is over.
END = datetime(2027, 1, 2, tzinfo=UTC)
LORO = FundingWanted("Loterie Romande", 2026)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def _given(drawer: Drawer, count: int, moment: str, **values: Any) -> None:
    for _ in range(count):
        given = {"status": "issued", "issued_at": at(moment), **values}
        await drawer.add(f"KQ7-{new_id()}", **given)


async def test_a_year_by_month_quarter_and_kind(database: Any) -> None:
    drawer = await Drawer.made(0)
    drawer.batch.quantity, drawer.batch.received_at = 40, at("2026-01-02 10:00")
    await drawer.batch.save()
    await _given(drawer, 5, "2026-01-10 10:00", activated_at=at("2026-02-03 10:00"))
    await _given(drawer, 6, "2026-02-10 10:00")
    lying = {"status": "expired", "ended_at": at("2026-07-01 00:00")}
    await _given(drawer, 7, "2026-05-10 10:00", **lying)
    await _given(drawer, 8, "2026-05-10 10:00", **lying, issued_at=None)
    await _given(drawer, 9, "2025-12-31 22:59")
    report = await funding_report(SYSTEM, LORO, now=END)
    [kind] = report.kinds
    assert kind.bought == Amount(40, 40 * 1990)
    assert kind.given == Amount(18, 18 * 1990)
    assert kind.used == Amount(5, 5 * 1990)
    assert kind.unused == Amount(8, 8 * 1990)
    by_period = {each.period: each for each in report.periods}
    assert list(by_period) == [
        1,
        2,
        3,
        "q1",
        4,
        5,
        6,
        "q2",
        7,
        8,
        9,
        "q3",
        10,
        11,
        12,
        "q4",
        "year",
    ]
    assert [by_period[each].given for each in (1, 2, 3, "q1", 5, "q2", "year")] == [
        *(5, 6, 0, 11),
        *(7, 7, 18),
    ]
    assert (by_period[2].used, by_period[7].unused) == (5, 8)


async def test_uses_of_a_kind_that_nobody_ever_confirms_are_not_known(database: Any) -> None:
    drawer = await Drawer.made(0)
    await _given(drawer, 5, "2026-01-10 10:00")
    report = await funding_report(SYSTEM, LORO, now=END)
    assert [kind.used for kind in report.kinds] == [None]
    assert [total.used for total in report.totals] == [None]
    assert (report.uses_known, report.uses_all_known) == (False, False)
    with use_language("en"):
        assert [row.count("not known") for row in kind_rows(report)] == [1]
        assert all(row.count("not known") == 1 for row in period_rows(report))
        assert "nobody ever said" in footnote(report)
    # Of another kind it is known: the total counts that one.
    other = await Drawer.made(0)
    await _given(other, 6, "2026-01-10 10:00", activated_at=at("2026-02-03 10:00"))
    report = await funding_report(SYSTEM, LORO, now=END)
    assert [kind.used for kind in report.kinds] == [None, Amount(6, 6 * 1990)]
    assert [total.used for total in report.totals] == [Amount(6, 6 * 1990)]
    assert [each.used for each in report.periods if each.period == "year"] == [6]
    assert (report.uses_known, report.uses_all_known) == (True, False)
    # One that was confirmed in another year is enough to know that none was in this.
    await _given(drawer, 5, "2025-01-10 10:00", activated_at=at("2025-02-03 10:00"))
    report = await funding_report(SYSTEM, LORO, now=END)
    assert [kind.used for kind in report.kinds] == [Amount(0, 0), Amount(6, 6 * 1990)]
    assert report.uses_all_known


async def test_what_is_confirmed_at_the_site_of_others_says_nothing_of_ours(database: Any) -> None:
    drawer = await Drawer.made(0)
    await _given(drawer, 5, "2026-01-10 10:00")
    there = (await make.site()).id
    used = {"site": there, "activated_at": at("2026-02-03 10:00")}
    await _given(drawer, 5, "2026-01-10 10:00", **used)
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    report = await funding_report(coordinator, LORO, now=END)
    assert [(kind.given, kind.used) for kind in report.kinds] == [(Amount(5, 5 * 1990), None)]


async def test_months_begin_at_midnight_where_the_sites_are(database: Any) -> None:
    drawer = await Drawer.made(0)
    await _given(drawer, 5, "2025-12-31 23:00")
    await _given(drawer, 6, "2026-12-31 22:59")
    report = await funding_report(SYSTEM, LORO, now=END)
    by_period = {each.period: each.given for each in report.periods}
    assert (by_period[1], by_period[12], by_period["year"]) == (5, 6, 11)


async def test_fewer_than_five_are_told_with_what_follows(database: Any) -> None:
    drawer = await Drawer.made(0)
    await _given(drawer, 4, "2025-12-10 10:00")
    await _given(drawer, 10, "2026-02-10 10:00")
    await _given(drawer, 20, "2026-03-10 10:00")
    await _given(drawer, 3, "2026-11-10 10:00")
    report = await funding_report(SYSTEM, LORO, now=END)
    by_period = {each.period: each.given for each in report.periods}
    assert [by_period[each] for each in (1, 2, 3, "q1")] == [None, 14, 20, 34]
    assert [by_period[each] for each in (10, 11, 12, "q4", "year")] == [0, None, None, None, 34]
    before = await funding_report(SYSTEM, FundingWanted("Loterie Romande", 2025), now=END)
    assert [each.given for each in before.periods][-2:] == [None, None]


async def test_of_a_kind_too_rare_to_tell_the_money_is_not_told_either(database: Any) -> None:
    drawer = await Drawer.made(0)
    await _given(drawer, 3, "2026-01-10 10:00")
    report = await funding_report(SYSTEM, LORO, now=END)
    assert report.kinds[0].given == Amount(None, None)
    assert report.kinds[0].unused == Amount(0, 0)
    assert report.totals[0].given == Amount(None, None)


async def test_a_month_is_told_once_it_is_over_everywhere(database: Any) -> None:
    drawer = await Drawer.made(0)
    await _given(drawer, 5, "2026-01-10 10:00")
    for day, told, year in (("01-31", None, None), ("02-01", None, None), ("02-02", 5, 5)):
        report = await funding_report(SYSTEM, LORO, now=at(f"2026-{day} 00:00"))
        by_period = {each.period: each.given for each in report.periods}
        assert (by_period[1], by_period[2], by_period["q2"]) == (told, None, None)
        assert (by_period["q1"], by_period["year"]) == (told, year)


async def test_each_price_waits_by_itself(database: Any) -> None:
    drawer = await Drawer.made(0)
    await _given(drawer, 4, "2026-01-10 10:00")
    dearer = await make.voucher_batch(drawer.kind, site_id=drawer.site.id, cost_cents=2500)
    for _ in range(6):
        await make.voucher(dearer, status="issued", issued_at=at("2026-02-10 10:00"))
    report = await funding_report(SYSTEM, LORO, now=END)
    # From ten, their money and both prices, the four could be found.
    assert [each.given for each in report.kinds] == [Amount(6, 6 * 2500)]


async def test_all_sites_less_one_are_the_others(database: Any) -> None:
    drawer, other = await Drawer.made(0), await Drawer.made(0)
    await _given(drawer, 40, "2026-01-10 10:00")
    await _given(other, 2, "2026-01-10 10:00")
    for site in (None, drawer.site.id):
        wanted = FundingWanted("Loterie Romande", 2026, site)
        report = await funding_report(SYSTEM, wanted, now=END)
        assert (report.periods[0].given, report.periods[-1].given) == (40, 40)


async def test_a_month_is_that_of_the_site_whoever_reads(database: Any) -> None:
    drawer, lisbon = await Drawer.made(0), await Drawer.made(0)
    await Site.update({Site.time_zone: "Europe/Lisbon"}).where(Site.id == lisbon.site.id)
    for each in (drawer, lisbon):
        await _given(each, 5, "2026-01-31 23:30")
    report = await funding_report(SYSTEM, LORO, now=END)
    assert [each.given for each in report.periods][:2] == [5, 5]


async def test_each_funder_and_each_currency_is_apart(database: Any) -> None:
    drawer = await Drawer.made(0)
    await _given(drawer, 5, "2026-01-10 10:00")
    euros = await make.voucher_batch(
        drawer.kind, site_id=drawer.site.id, currency="EUR", cost_cents=100
    )
    other = await make.voucher_batch(drawer.kind, site_id=drawer.site.id, funder="Canton")
    for batch in (euros, other):
        for _ in range(6):
            await make.voucher(batch, status="issued", issued_at=at("2026-01-10 10:00"))
    report = await funding_report(SYSTEM, LORO, now=END)
    assert [(each.currency, each.given) for each in report.kinds] == [
        ("CHF", Amount(5, 5 * 1990)),
        ("EUR", Amount(6, 600)),
    ]
    assert [(each.currency, each.given) for each in report.totals] == [
        ("CHF", Amount(5, 5 * 1990)),
        ("EUR", Amount(6, 600)),
    ]
    assert await funders_of(SYSTEM) == ["Canton", "Loterie Romande"]


async def test_only_sites_that_one_coordinates_are_counted(database: Any) -> None:
    drawer, other = await Drawer.made(0), await Drawer.made(0)
    await _given(drawer, 5, "2026-01-10 10:00")
    await _given(other, 6, "2026-01-10 10:00")
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    reception = await make.principal(Role.RECEPTION, drawer.site.id)

    async def given(actor: Any, site: Any = None) -> int | None:
        wanted = FundingWanted("Loterie Romande", 2026, site)
        return (await funding_report(actor, wanted, now=END)).periods[-1].given

    assert await given(SYSTEM) == 11
    assert await given(SYSTEM, other.site.id) == 6
    assert await given(coordinator) == 5
    assert await given(reception) == 0
    assert await given(reception, drawer.site.id) == 0
    assert await funders_of(reception) == []
    with pytest.raises(SiteNotFound):
        await given(coordinator, other.site.id)


async def test_nought_of_a_year_is_told_once_the_year_is_over(database: Any) -> None:
    drawer = await Drawer.made(0)
    drawer.batch.received_at = at("2026-01-02 10:00")
    await drawer.batch.save()
    await _given(drawer, 30, "2026-11-10 10:00")
    running = await funding_report(SYSTEM, LORO, now=at("2026-11-26 10:00"))
    by_period = {each.period: each.given for each in running.periods}
    assert [by_period[each] for each in (9, "q3", 10, 11, "q4", "year")] == [0, 0, 0, *[None] * 3]
    assert [kind.given for kind in running.kinds] == [Amount(None, None)]
    assert [total.unused for total in running.totals] == [Amount(None, None)]
    over = await funding_report(SYSTEM, LORO, now=END)
    assert [(kind.given.number, kind.unused.number) for kind in over.kinds] == [(30, 0)]
    assert [total.unused for total in over.totals] == [Amount(0, 0)]
