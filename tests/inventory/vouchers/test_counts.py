"""The drawer counted: by number, or by scanning each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.inventory.vouchers.counts import CountVouchers, count_vouchers
from comptoir.inventory.vouchers.errors import DifferenceUnexplained, VoucherKindNotFound
from comptoir.inventory.vouchers.tables import VoucherCount
from comptoir.sites.errors import SiteNotFound
from tests import factories as make
from tests.inventory.vouchers.drawer import Drawer


async def test_a_right_number_needs_no_words(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(2)
    await drawer.add("KQ7-reserved", status="reserved")
    await drawer.add("KQ7-issued", status="issued")
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    command = CountVouchers(drawer.site.id, drawer.kind.id, counted=3)
    counted = await count_vouchers(reception, command, now=now)
    assert (counted.expected, counted.difference) == (3, 0)


@pytest.mark.parametrize("number", [1, 3])
async def test_another_number_is_explained_and_written_down(
    database: Any, now: datetime, number: int
) -> None:
    drawer = await Drawer.made(2)
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    command = CountVouchers(drawer.site.id, drawer.kind.id, counted=number)
    with pytest.raises(DifferenceUnexplained):
        await count_vouchers(reception, command, now=now)
    assert await VoucherCount.count() == 0
    command = CountVouchers(drawer.site.id, drawer.kind.id, number, explanation="A card is bent.")
    counted = await count_vouchers(reception, command, now=now)
    assert counted.difference == number - 2
    [row] = await VoucherCount.objects()
    assert (row.expected, row.counted, row.scanned) == (2, number, False)
    assert (row.explanation, row.counted_at) == ("A card is bent.", now)
    assert await drawer.statuses() == ["available"] * 2


async def test_by_scanning_one_knows_which_are_missing(database: Any, now: datetime) -> None:
    drawer, other = await Drawer.made(3), await Drawer.made(1)
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    scanned = (drawer.codes[0], drawer.codes[0].replace("-", ""), other.codes[0], drawer.codes[2])
    command = CountVouchers(drawer.site.id, drawer.kind.id, codes=scanned, explanation="?")
    counted = await count_vouchers(reception, command, now=now)
    assert counted.missing == (drawer.ids[1],)
    assert (counted.expected, counted.counted, counted.surplus) == (3, 3, 1)
    rows = await db.fetch(
        "SELECT subject_id FROM core_audit_event WHERE action = 'voucher.not_found' "
        "AND related_a_id = :count",
        count=counted.id,
    )
    assert [row["subject_id"] for row in rows] == [drawer.ids[1]]


async def test_as_many_others_instead_are_a_difference_too(database: Any, now: datetime) -> None:
    drawer, other = await Drawer.made(1), await Drawer.made(1)
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    command = CountVouchers(drawer.site.id, drawer.kind.id, codes=(other.codes[0],))
    with pytest.raises(DifferenceUnexplained):
        await count_vouchers(reception, command, now=now)


async def test_only_what_one_knows_of_is_counted(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(1)
    stranger = await make.principal(Role.COORDINATOR, (await make.site()).id)
    with pytest.raises(SiteNotFound):
        await count_vouchers(
            stranger, CountVouchers(drawer.site.id, drawer.kind.id, counted=1), now=now
        )
    reception = await make.principal(Role.RECEPTION, drawer.site.id)
    with pytest.raises(VoucherKindNotFound):
        await count_vouchers(reception, CountVouchers(drawer.site.id, new_id()), now=now)
