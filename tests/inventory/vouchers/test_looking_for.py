"""A voucher is looked for by its code or its end; whoever guesses is slowed down."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from comptoir.core.accounts import throttle
from comptoir.core.accounts.errors import TooManyAttempts
from comptoir.core.principal import Principal
from comptoir.inventory.vouchers.detail import look_for
from comptoir.inventory.vouchers.errors import VoucherNotFound
from tests import factories as make
from tests.inventory.vouchers.drawer import Drawer

FREE = throttle.vouchers_sought(None).free


async def guess(actor: Principal, code: str, *, now: datetime) -> Any:
    """What is found; None: nothing."""
    try:
        return await look_for(actor, code, limit=5, now=now)
    except VoucherNotFound:
        return None


async def test_who_types_many_codes_that_are_none_waits(database: Any, now: datetime) -> None:
    drawer = await Drawer.made(1)
    actor = await make.principal(site_id=drawer.site.id)
    for number in range(FREE):
        assert await guess(actor, f"NOT-OURS-{number:03}", now=now) is None
        if number < FREE - 1:  # what is found counts for nothing, and forgives nothing
            assert await guess(actor, drawer.codes[0], now=now) == drawer.ids[0]
    with pytest.raises(TooManyAttempts):
        await look_for(actor, drawer.codes[0], limit=5, now=now)
    later = now + timedelta(hours=2)
    assert await guess(actor, drawer.codes[0], now=later) == drawer.ids[0]


async def test_a_code_of_another_site_is_as_unknown_as_any(database: Any, now: datetime) -> None:
    drawer, other = await Drawer.made(1), await Drawer.made(1)
    actor = await make.principal(site_id=drawer.site.id)
    with pytest.raises(VoucherNotFound):
        await look_for(actor, other.codes[0], limit=5, now=now)
