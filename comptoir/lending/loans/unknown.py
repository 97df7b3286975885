"""What to say where a code names nothing: told apart only after the read found no row."""

from __future__ import annotations

from comptoir.core import db, idempotency
from comptoir.core.principal import Principal
from comptoir.inventory import codes
from comptoir.lending.errors import CheckOutRefused
from comptoir.lending.loans import outcomes
from comptoir.lending.loans.schemas import CheckOut, LoanView
from comptoir.lending.refusals import Refusal, RefusalCode


async def refuse_unknown(actor: Principal, command: CheckOut) -> LoanView:
    """The first outcome of this attempt, or the refusal of whichever code is unknown.

    Raises:
        CheckOutRefused: always, where the attempt is new.
    """
    if command.attempt is not None:
        first = await idempotency.find(actor, command.attempt)
        if first is not None:
            return outcomes.decode(first, LoanView, CheckOutRefused)
    item = await db.fetch_one("SELECT id FROM inventory_item WHERE code = :code", code=command.item)
    unknown = command.item if item is None else command.card or ""
    raise CheckOutRefused(Refusal(RefusalCode.CODE_UNKNOWN, {"code": codes.display(unknown)}))
