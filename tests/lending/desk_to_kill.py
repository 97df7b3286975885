"""A desk that lends one item, and stops with everything of a second check-out
written but not committed. Run as a program: URL, actor (JSON), card, item, item.
"""

from __future__ import annotations

import asyncio
import sys

import msgspec

from comptoir.core import clock, db, events
from comptoir.core.principal import Principal
from comptoir.lending.events import LoanOpened
from comptoir.lending.loans.check_outs import check_out
from comptoir.lending.loans.schemas import CheckOut
from tests.lending.desks import attempt


async def main(url: str, actor_json: str, card: str, first: str, second: str) -> None:
    actor = msgspec.json.decode(actor_json, type=Principal)
    db.connect(url)
    await check_out(actor, CheckOut(item=first, card=card, attempt=attempt(first)), now=clock.now())
    events.subscribe(LoanOpened, stop)
    await check_out(
        actor, CheckOut(item=second, card=card, attempt=attempt(second)), now=clock.now()
    )


async def stop(_event: LoanOpened) -> None:
    """Inside the transaction: say so, and wait for the end."""
    sys.stdout.write("written\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
