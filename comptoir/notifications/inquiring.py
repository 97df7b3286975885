"""Gateways that have to be asked: what became of their messages, and what came in.

What is heard is kept as what others tell by themselves is: once each, in any order. One
process asks at a time, as with all jobs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import datetime, timedelta

import structlog

from comptoir.core import db
from comptoir.core.ids import first_id_of
from comptoir.notifications import outcomes
from comptoir.notifications.gateways.asked import Mailbox, NotTold, NotUnderstood, Register
from comptoir.notifications.gateways.protocol import SECONDS_TO_SEND, Accepted, Gateway, Outgoing
from comptoir.notifications.hook_calls import keep_incoming, unheard
from comptoir.notifications.listening import Keeper
from comptoir.notifications.routing import Route
from comptoir.notifications.statuses import Status

#: What became of a message is asked for in each turn at first, then twice an hour, then no more.
OFTEN_FOR, SELDOM_FOR = timedelta(hours=1), timedelta(days=3)
SELDOM_MINUTES = 30
#: Replies that came in longer ago were taken in before, whatever failed meanwhile.
REPLIES_SINCE = timedelta(days=2)
#: A message is written at most so long before it is handed over.
_WRITTEN_BEFORE = timedelta(days=7)
#: In a turn, of each gateway; the rest is the next turn's.
MOST = 100

_WAITING = """
SELECT id, address, text, reference FROM notifications_message
WHERE status IN ('accepted', 'unknown') AND id > :first AND gateway = :gateway
  AND sent_at > :since
ORDER BY sent_at DESC LIMIT :limit
"""

log = structlog.get_logger("comptoir.notifications")


async def inquire(routes: Sequence[Route], *, now: datetime) -> None:
    """Ask each gateway that has to be asked, whatever the others say.

    Raises:
        NotTold: one of them, at least, did not answer, or not in a way that makes sense.
    """
    silent = False
    for gateway in (route.gateway for route in routes):
        for ask in (_ask_for_replies, _ask_for_outcomes):
            try:
                await ask(gateway, now=now)
            except (NotTold, TimeoutError) as error:
                log.warning("gateway not heard", gateway=gateway.name, why=type(error).__name__)
                silent = True
    if silent:
        raise NotTold


async def _ask_for_replies(gateway: Gateway, *, now: datetime) -> None:
    if not isinstance(gateway, Mailbox):
        return
    async with asyncio.timeout(SECONDS_TO_SEND):
        names = await gateway.replies(since=now - REPLIES_SINCE)
    with _one_by_one() as each:
        for name in (await unheard(gateway.name, names))[:MOST]:
            async with each():
                incoming = await gateway.reply(name)
                if incoming is not None:
                    await keep_incoming(gateway.name, incoming, "", now=now)


async def _ask_for_outcomes(gateway: Gateway, *, now: datetime) -> None:
    if not isinstance(gateway, Register):
        return
    all_of_them = now.minute % SELDOM_MINUTES == 0
    rows = await db.fetch(
        _WAITING,
        gateway=gateway.name,
        first=first_id_of(now - _WRITTEN_BEFORE),
        since=now - (SELDOM_FOR if all_of_them else OFTEN_FOR),
        limit=MOST,
    )
    keeper = Keeper()
    with _one_by_one() as each:
        for row in rows:
            async with each():
                reference = row["reference"] or await _name_of(gateway, row, now=now)
                receipt = await gateway.became(reference) if reference else None
                if receipt is not None:
                    await keeper.receipt(gateway.name, receipt, row["id"])


async def _name_of(gateway: Gateway, row: db.Row, *, now: datetime) -> str:
    """What a gateway calls a message whose answer was lost, if it has it after all."""
    answer = await gateway.ask(Outgoing(id=row["id"], address=row["address"], text=row["text"]))
    if not isinstance(answer, Accepted) or not answer.reference:
        return ""
    async with db.transaction():
        await outcomes.report(row["id"], Status.ACCEPTED, now=now, reference=answer.reference)
    return answer.reference


@contextmanager
def _one_by_one() -> Iterator[Callable[[], AbstractAsyncContextManager[None]]]:
    """What makes no sense does not keep the others from being asked about; at the end it is told.

    Raises:
        NotUnderstood: at least one of them made none.
    """
    failed = False

    @asynccontextmanager
    async def each() -> AsyncIterator[None]:
        nonlocal failed
        try:
            async with asyncio.timeout(SECONDS_TO_SEND):
                yield
        except NotUnderstood:
            failed = True

    yield each
    if failed:
        raise NotUnderstood
