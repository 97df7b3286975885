"""What lies in the drawers, for how long it lasts, and when it is low."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.core.principal import SYSTEM, Role
from comptoir.inventory.errors import CoordinatorNeeded
from comptoir.inventory.vouchers.errors import VoucherKindNotFound
from comptoir.inventory.vouchers.levels import LevelOutOfRange, SetLevel, set_level
from comptoir.inventory.vouchers.overview import (
    SITES_AT_ONCE,
    expiring_by_site,
    low_by_site,
    stock_of,
)
from comptoir.inventory.vouchers.rates import RATE_DAYS, days_left, is_low
from comptoir.sites.errors import SiteNotFound
from tests import factories as make
from tests.inventory.vouchers.drawer import Drawer

FREE = st.lists(st.tuples(st.none() | st.integers(-5, 800), st.integers(1, 300)), max_size=6)
GIVEN = st.integers(1, 400)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_it_lasts_as_long_as_the_last_four_weeks_say(free: int, given: int) -> None:
    days = days_left([(None, free)], given)
    if given == 0:
        assert days is None
    else:
        assert days is not None
        assert days * given <= free * RATE_DAYS < (days + 1) * given


@given(FREE, GIVEN)
def test_what_expires_before_its_turn_does_not_count(
    free: list[tuple[int | None, int]], given: int
) -> None:
    each = sorted(800_000 if day is None else day for day, number in free for _ in range(number))
    until = Fraction(0)  # one after the other, the first to expire first
    for day in each:
        until = max(until, min(until + Fraction(RATE_DAYS, given), Fraction(day)))
    assert days_left(free, given) == int(until)


@given(FREE, GIVEN, st.none() | st.integers(0, 800))
def test_one_more_never_makes_it_shorter(
    free: list[tuple[int | None, int]], given: int, day: int | None
) -> None:
    before, after = days_left(free, given), days_left([*free, (day, 1)], given)
    assert before is not None
    assert after is not None
    assert before <= after
    assert before <= sum(number for _, number in free) * RATE_DAYS // given


def test_a_stock_that_expires_lasts_until_then_at_most() -> None:
    assert days_left([(60, 1000)], 28) == 60
    assert days_left([(60, 1000), (None, 10)], 28) == 70
    assert days_left([(-1, 5)], 28) == 0


def test_it_is_low_from_its_level_on_downwards() -> None:
    assert [is_low(free, 5) for free in (4, 5, 6)] == [True, True, False]
    assert is_low(0, 0)
    assert not is_low(0, None)


async def test_a_line_says_what_there_is_and_for_how_long(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(6)
    for number, status in enumerate(("reserved", "in_transit", "void", "expired")):
        await drawer.add(f"KQ7-x{number}", status=status)
    for number in range(4):
        given = now - timedelta(days=number * 9)  # 0, 9, 18 and 27 days ago
        await drawer.add(f"KQ7-g{number}", status="issued", issued_at=given)
    await drawer.add("KQ7-old", status="activated", issued_at=now - timedelta(days=28))
    soon = (now + timedelta(days=30)).date()
    await drawer.add("KQ7-soon", activate_by=soon)
    await drawer.add("KQ7-sooner", activate_by=date(2026, 12, 1))
    await drawer.add("KQ7-later", activate_by=soon + timedelta(days=1))
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    [site], following = await stock_of(reception, now=now)
    [line] = site.lines
    assert (line.free, line.reserved, line.in_transit, line.given) == (9, 1, 1, 4)
    assert line.days == 9 * 28 // 4
    assert (line.soon, line.soon_first) == (2, date(2026, 12, 1))
    assert (line.low, line.is_low) == (None, False)
    assert following is None


async def test_days_are_those_of_the_operator(database: Any) -> None:
    just_after_midnight = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # the 25th in Zurich
    drawer = await Drawer.made(0)
    await drawer.add("KQ7-1", activate_by=date(2026, 12, 25))
    await drawer.add("KQ7-2", activate_by=date(2026, 12, 26))
    for number in range(28):
        await drawer.add(f"KQ7-g{number}", status="issued", issued_at=just_after_midnight)
    ids = [drawer.site.id]
    assert await expiring_by_site(ids, now=just_after_midnight) == {drawer.site.id: 1}
    [site], _ = await stock_of(SYSTEM, site_id=drawer.site.id, now=just_after_midnight)
    [line] = site.lines
    assert (line.soon, line.soon_first) == (1, date(2026, 12, 25))
    await drawer.add("KQ7-3", activate_by=date(2026, 11, 25))
    [site], _ = await stock_of(SYSTEM, site_id=drawer.site.id, now=just_after_midnight)
    assert site.lines[0].days == 2  # what is to be activated today lasts no day


async def test_the_trail_has_the_level_before_and_after(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(0)
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    for low in (3, 5, 5, None):
        await set_level(coordinator, SetLevel(drawer.site.id, drawer.kind.id, low), now=now)
    rows = await db.fetch(
        "SELECT CAST(changes AS TEXT) AS changes FROM core_audit_event "
        "WHERE action = 'voucher_kind.level_set' ORDER BY id"
    )
    assert [msgspec.json.decode(row["changes"])["low"] for row in rows] == [
        [None, 3],
        [3, 5],
        [5, None],
    ]


async def test_only_own_sites_are_shown(database: Any, now: datetime) -> None:
    drawer, other = await Drawer.made(1), await Drawer.made(2)
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    shown, _ = await stock_of(reception, now=now)
    assert [site.site_id for site in shown] == [drawer.site.id]
    with pytest.raises(SiteNotFound):
        await stock_of(reception, site_id=other.site.id, now=now)
    [one], _ = await stock_of(SYSTEM, site_id=other.site.id, now=now)
    assert [line.free for line in one.lines] == [2]


async def test_many_sites_come_in_pages_and_few_statements(database: Any, now: datetime) -> None:
    for number in range(SITES_AT_ONCE + 1):
        await make.site(name=f"Site {number:02}")
    with db.count_statements() as sent:
        first, following = await stock_of(SYSTEM, now=now)
    assert len(sent) <= 6
    assert following is not None
    second, end = await stock_of(SYSTEM, after=following, now=now)
    assert [site.name for site in (*first, *second)] == [
        f"Site {number:02}" for number in range(SITES_AT_ONCE + 1)
    ]
    assert end is None


async def test_a_coordinator_says_when_a_stock_is_low(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(2)
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    where = (drawer.site.id, drawer.kind.id)
    for low, is_it in ((1, False), (2, True), (3, True), (None, False)):
        await set_level(coordinator, SetLevel(*where, low), now=now)
        [site], _ = await stock_of(coordinator, now=now)
        assert (site.lines[0].low, site.lines[0].is_low) == (low, is_it)
        assert await low_by_site([drawer.site.id]) == ({drawer.site.id: 1} if is_it else {})


async def test_a_kind_that_is_used_up_is_low_and_shown(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(0)
    coordinator = await make.principal(Role.COORDINATOR, drawer.site.id)
    await set_level(coordinator, SetLevel(drawer.site.id, drawer.kind.id, 0), now=now)
    [site], _ = await stock_of(coordinator, now=now)
    assert [(line.free, line.is_low) for line in site.lines] == [(0, True)]


async def test_levels_are_for_coordinators_and_whole_numbers(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(0)
    here, kind = drawer.site.id, drawer.kind.id
    coordinator = await make.principal(Role.COORDINATOR, here)
    with pytest.raises(CoordinatorNeeded):
        await set_level(
            await make.principal(Role.RECEPTION, here), SetLevel(here, kind, 1), now=now
        )
    with pytest.raises(SiteNotFound):
        await set_level(coordinator, SetLevel((await make.site()).id, kind, 1), now=now)
    with pytest.raises(VoucherKindNotFound):
        await set_level(coordinator, SetLevel(here, new_id(), 1), now=now)
    for wrong in (-1, 30_001):
        with pytest.raises(LevelOutOfRange):
            await set_level(coordinator, SetLevel(here, kind, wrong), now=now)
