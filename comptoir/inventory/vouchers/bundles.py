"""What goes with an item of a model: a phone with its SIM card."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from comptoir.core import audit, db
from comptoir.core.principal import Principal
from comptoir.inventory.permissions import need_catalogue
from comptoir.inventory.queries import catalogue
from comptoir.inventory.vouchers import queries

_INSERT = "INSERT INTO inventory_voucher_bundle (model, kind) VALUES (:model, :kind)"


async def goes_with(model_id: UUID) -> list[UUID]:
    """The kinds of vouchers that go with an item of a model, in their order.

    Raises:
        ModelNotFound: there is no such model.
    """
    await catalogue.model(model_id)
    rows = await db.fetch(
        "SELECT bundle.kind FROM inventory_voucher_bundle bundle "
        "JOIN inventory_voucher_kind kind ON kind.id = bundle.kind "
        "WHERE bundle.model = :model ORDER BY kind.position, kind.id",
        model=model_id,
    )
    return [row["kind"] for row in rows]


async def set_bundle(
    actor: Principal, model_id: UUID, kinds: Collection[UUID], *, now: datetime
) -> None:
    """Say which kinds of vouchers go with an item of a model; of others, none does any more.

    What was lent before stays as it is.

    Raises:
        CoordinatorNeeded: the actor is no coordinator.
        ModelNotFound: there is no such model.
        VoucherKindNotFound: there is no such kind.
    """
    need_catalogue(actor)
    wanted = sorted(set(kinds))
    async with db.transaction():
        await db.take_turns(f"bundle {model_id}")
        before = sorted(await goes_with(model_id))
        if before == wanted:
            return
        for kind in wanted:
            await queries.kind(kind)
        await db.execute(
            "DELETE FROM inventory_voucher_bundle WHERE model = :model", model=model_id
        )
        await db.insert_many(_INSERT, [{"model": model_id, "kind": kind} for kind in wanted])
        await audit.record(
            actor,
            "model.vouchers_set",
            "model",
            model_id,
            now=now,
            changes={"vouchers": [before, wanted]},
        )
