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
from tests import factories as make
from tests.inventory.vouchers.drawer import Drawer

ZONE = "Europe/Zurich"
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
    report = await funding_report(SYSTEM, LORO, time_zone=ZONE)
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
    report = await funding_report(SYSTEM, LORO, time_zone=ZONE)
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
    report = await funding_report(SYSTEM, LORO, time_zone=ZONE)
    assert [kind.used for kind in report.kinds] == [None, Amount(6, 6 * 1990)]
    assert [total.used for total in report.totals] == [Amount(6, 6 * 1990)]
    assert [each.used for each in report.periods if each.period == "year"] == [6]
    assert (report.uses_known, report.uses_all_known) == (True, False)
    # One that was confirmed in another year is enough to know that none was in this.
    await _given(drawer, 1, "2025-01-10 10:00", activated_at=at("2025-02-03 10:00"))
    report = await funding_report(SYSTEM, LORO, time_zone=ZONE)
    assert [kind.used for kind in report.kinds] == [Amount(0, 0), Amount(6, 6 * 1990)]
    assert report.uses_all_known


async def test_months_begin_at_midnight_where_the_sites_are(database: Any) -> None:
    drawer = await Drawer.made(0)
    await _given(drawer, 5, "2025-12-31 23:00")
    await _given(drawer, 6, "2026-12-31 22:59")
    report = await funding_report(SYSTEM, LORO, time_zone=ZONE)
    by_period = {each.period: each.given for each in report.periods}
    assert (by_period[1], by_period[12], by_period["year"]) == (5, 6, 11)


async def test_fewer_than_five_are_not_told_nor_found_by_subtraction(database: Any) -> None:
    drawer = await Drawer.made(0)
    await _given(drawer, 4, "2026-01-10 10:00")
    await _given(drawer, 10, "2026-02-10 10:00")
    await _given(drawer, 20, "2026-03-10 10:00")
    report = await funding_report(SYSTEM, LORO, time_zone=ZONE)
    by_period = {each.period: each.given for each in report.periods}
    assert [by_period[each] for each in (1, 2, 3, "q1", "year")] == [None, None, 20, 34, 34]


async def test_of_a_kind_too_rare_to_tell_the_money_is_not_told_either(database: Any) -> None:
    drawer = await Drawer.made(0)
    await _given(drawer, 3, "2026-01-10 10:00")
    report = await funding_report(SYSTEM, LORO, time_zone=ZONE)
    assert report.kinds[0].given == Amount(None, None)
    assert report.kinds[0].unused == Amount(0, 0)


async def test_the_money_of_all_is_told_where_that_of_each_kind_is(database: Any) -> None:
    drawer = await Drawer.made(0)
    await _given(drawer, 3, "2026-01-10 10:00")
    for cost in (500, 300):
        kind = await make.voucher_kind()
        batch = await make.voucher_batch(kind, site_id=drawer.site.id, cost_cents=cost)
        for _ in range(cost // 50):
            await make.voucher(batch, status="issued", issued_at=at("2026-02-10 10:00"))
    report = await funding_report(SYSTEM, LORO, time_zone=ZONE)
    # From 19 in all, their money and the prices, the three could be found.
    assert sorted(str(each.given.number) for each in report.kinds) == ["10", "None", "None"]
    [total] = report.totals
    assert total.given == Amount(19, None)
    assert total.unused == Amount(0, 0)


async def test_a_currency_that_would_tell_of_another_is_left_out(database: Any) -> None:
    drawer = await Drawer.made(0)
    await _given(drawer, 20, "2026-01-10 10:00")
    euros = await make.voucher_batch(drawer.kind, site_id=drawer.site.id, currency="EUR")
    for _ in range(3):
        await make.voucher(euros, status="issued", issued_at=at("2026-01-10 10:00"))
    report = await funding_report(SYSTEM, LORO, time_zone=ZONE)
    assert [each.given for each in report.kinds] == [Amount(None, None)] * 2
    assert [each.given for each in report.totals] == [Amount(None, None)] * 2
    assert report.periods[-1].given == 23


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
    report = await funding_report(SYSTEM, LORO, time_zone=ZONE)
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
        return (await funding_report(actor, wanted, time_zone=ZONE)).periods[-1].given

    assert await given(SYSTEM) == 11
    assert await given(SYSTEM, other.site.id) == 6
    assert await given(coordinator) == 5
    assert await given(reception) == 0
    assert await given(reception, drawer.site.id) == 0
    assert await funders_of(reception) == []
    with pytest.raises(SiteNotFound):
        await given(coordinator, other.site.id)
