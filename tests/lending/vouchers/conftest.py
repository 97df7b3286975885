"""What tests of giving vouchers begin with."""

from __future__ import annotations

from typing import Any

import pytest

from comptoir.inventory.vouchers.sealing import Secret
from tests import factories as make
from tests.lending.reception import Reception
from tests.lending.vouchers.at_the_desk import CODE, ICCID
from tests.lending.vouchers.drawer import Drawer


@pytest.fixture
async def drawer(database: Any) -> Drawer:
    """A drawer of one kind, with nothing in it yet."""
    return await Drawer().set_up()


@pytest.fixture
async def wifi(reception: Reception) -> Any:
    """One Wi-Fi code of the site, for everybody."""
    kind = await make.voucher_kind(
        names=make.names("Wi-Fi"), medium="wifi", network="Pont", without_borrower=True
    )
    await make.voucher_policy(kind, limit_person=1)
    await make.voucher(await make.voucher_batch(kind, site_id=reception.site.id), Secret(CODE))
    return kind


@pytest.fixture
async def sim(reception: Reception) -> Any:
    """One SIM card in the drawer."""
    kind = await make.voucher_kind()
    await make.voucher_policy(kind)
    secret = Secret(ICCID, pin="1234", puk="12345678", number="+41790000000")
    return await make.voucher(await make.voucher_batch(kind, site_id=reception.site.id), secret)
