"""A site with vouchers in its drawer, for tests of what becomes of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.tables import Voucher, VoucherBatch, VoucherKind
from comptoir.sites.tables import Site
from tests import factories as make


class Drawer:
    """Vouchers of one batch at one site."""

    def __init__(self, site: Site, kind: VoucherKind, batch: VoucherBatch) -> None:
        self.site, self.kind, self.batch = site, kind, batch
        self.vouchers: list[Voucher] = []
        self.codes: list[str] = []

    @classmethod
    async def made(cls, count: int = 1, *, status: str = "available", **kind: Any) -> Drawer:
        site = await make.site()
        product = await make.voucher_kind(**kind)
        drawer = cls(site, product, await make.voucher_batch(product, site_id=site.id))
        for number in range(count):
            await drawer.add(f"KQ7-{site.id.hex[-6:]}-{number:05}", status=status)
        return drawer

    async def add(self, code: str, **values: Any) -> Voucher:
        """One more, with this code."""
        voucher = await make.voucher(self.batch, Secret(code=code), **values)
        self.vouchers.append(voucher)
        self.codes.append(code)
        return voucher

    @property
    def ids(self) -> list[UUID]:
        return [voucher.id for voucher in self.vouchers]

    async def now_is(self) -> list[Voucher]:
        """Its vouchers as they stand now, in the order in which they were added."""
        rows = {row.id: row for row in await Voucher.objects().where(Voucher.id.is_in(self.ids))}
        return [rows[each] for each in self.ids]

    async def statuses(self) -> list[str]:
        return [row.status for row in await self.now_is()]
