"""A closure says which vouchers are set aside until a day on which the door would be shut."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from comptoir.core.principal import Principal, Role
from comptoir.lending.vouchers import aside_then
from comptoir.lending.vouchers.reserving import reserve_voucher
from comptoir.lending.vouchers.schemas import ReserveVoucher
from comptoir.sites.calendar import ExceptionKind
from comptoir.sites.exceptions.consequences import Consequence
from comptoir.sites.exceptions.previews import preview_exception
from comptoir.sites.exceptions.schemas import AnnounceException
from tests import factories as make
from tests.lending.vouchers.drawer import Drawer

THURSDAY, FRIDAY = date(2026, 11, 26), date(2026, 11, 27)


@pytest.fixture
async def coordinator(drawer: Drawer) -> Principal:
    aside_then.register()
    return await make.principal(Role.COORDINATOR, drawer.site.id)


async def aside(drawer: Drawer, until: date, now: datetime) -> None:
    await drawer.add()
    person = await drawer.add_person(name=f"Until {until:%A}")
    command = ReserveVoucher(borrower_id=person.id, kind_id=drawer.kind.id, until=until)
    await reserve_voucher(drawer.actor, command, now=now)


async def looked(
    drawer: Drawer,
    actor: Principal,
    now: datetime,
    kind: ExceptionKind = ExceptionKind.CLOSED,
    day: date = THURSDAY,
) -> tuple[list[Consequence], str]:
    shut = AnnounceException((drawer.site.id,), day, day, kind)
    found = await preview_exception(actor, shut, now=now)
    return [each for each in found.consequences if each.kind == aside_then.KIND], found.seen


async def test_a_closure_names_who_would_come_for_a_voucher_in_vain(
    drawer: Drawer, coordinator: Principal, now: datetime
) -> None:
    await aside(drawer, THURSDAY, now)
    await aside(drawer, FRIDAY, now)
    [found], _ = await looked(drawer, coordinator, now)
    assert (found.count, found.happens) == (1, False)
    assert isinstance(found.data, list)
    assert [(each.borrower, each.until) for each in found.data] == [("Until Thursday", THURSDAY)]
    assert found.panel is not None


async def test_a_voucher_set_aside_since_is_not_what_was_seen(
    drawer: Drawer, coordinator: Principal, now: datetime
) -> None:
    await aside(drawer, THURSDAY, now)
    _, seen = await looked(drawer, coordinator, now)
    await aside(drawer, THURSDAY, now)
    [found], again = await looked(drawer, coordinator, now)
    assert (found.count, seen == again) == (2, False)


async def test_nobody_is_named_where_the_door_opens_or_another_day_is_shut(
    drawer: Drawer, coordinator: Principal, now: datetime
) -> None:
    await aside(drawer, THURSDAY, now)
    assert (await looked(drawer, coordinator, now, ExceptionKind.AS_USUAL))[0] == []
    assert (await looked(drawer, coordinator, now, day=FRIDAY))[0] == []
    other = await Drawer().set_up()
    await aside(other, FRIDAY, now)
    assert (await looked(drawer, coordinator, now, day=FRIDAY))[0] == []
