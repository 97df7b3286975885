"""Which messages a dispatcher may send now: theirs alone for the time of a lease.

What several dispatchers share is in the database: the switch that stops all
sending, the budget of the month, the pace of each gateway. The row of the
first is locked while one of them chooses, so that together they keep to all three.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.notifications import limits
from comptoir.notifications.channels import Channel
from comptoir.notifications.gateways.local import kept_by
from comptoir.notifications.gateways.protocol import SECONDS_TO_SEND, Gateway, Outgoing
from comptoir.notifications.holding import hold_back
from comptoir.notifications.links.making import with_links
from comptoir.notifications.reasons import Reason
from comptoir.notifications.reminders.moot import drop_moot, take_telling_back
from comptoir.notifications.routing import Route, choose
from comptoir.notifications.segments import split
from comptoir.notifications.texts import subject_of
from comptoir.notifications.voucher_codes import drop_taken_back, not_opened, with_codes

#: Messages that are claimed together, and how many of them are sent at the same time.
BATCH = 40
AT_ONCE = 10
#: Long enough for all of a batch, each with the slowest answer, and as much again.
LEASE = timedelta(seconds=2 * SECONDS_TO_SEND * BATCH / AT_ONCE)
#: When messages that the budget holds back are looked at again.
HELD_FOR = timedelta(minutes=15)

# The channels of ``BY_GATEWAY``, as the index has them: call lists may be long.
_DUE = f"""
SELECT message.id, message.channel, message.address, message.text, message.attempts,
       message.kind, message.language, message.borrower, message.site, site.short_name,
       COALESCE(NULLIF(site.email, ''), organisation.email) AS site_email,
       wish.barest
FROM notifications_message message
JOIN sites_site site ON site.id = message.site
JOIN sites_organisation organisation ON organisation.id = site.organisation
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = message.borrower
WHERE message.status = 'queued' AND message.channel IN ('sms', 'email')
  AND message.next_attempt_at <= :now
ORDER BY message.next_attempt_at, message.id
LIMIT :limit
{db.for_update_of_free("message")}
"""
_LEASE = """
UPDATE notifications_message
SET lease_owner = :owner, lease_until = :until, next_attempt_at = :until, sent_at = :now,
    gateway = :gateway, parts = :parts, cost = :cost, currency = :currency, updated_at = :now
WHERE id IN :ids
"""
_POSTPONE = """
UPDATE notifications_message SET next_attempt_at = :until, updated_at = :now WHERE id IN :ids
"""
_HOLD = """
UPDATE notifications_message SET next_attempt_at = :until, reason = :reason, updated_at = :now
WHERE id IN :ids
"""
_NO_GATEWAY = """
UPDATE notifications_message SET status = 'failed', reason = :reason, updated_at = :now
WHERE id IN :ids
"""


class Claimed(msgspec.Struct, frozen=True):
    """A message that is its dispatcher's to send, by which gateway, and as what."""

    message: Outgoing
    gateway: Gateway
    channel: Channel


async def claim(routes: Sequence[Route], owner: UUID, *, now: datetime) -> list[Claimed]:
    """Take some messages whose time has come; none while sending is stopped.

    What makes no sense any more is dropped, and what no gateway carries fails. What comes in the
    quiet hours, or is too much for a person, a gateway's pace or the budget, waits.
    """
    async with db.transaction():
        sending = await limits.lock_sending()
        if sending.paused_at is not None:
            return []
        rows = await db.fetch(_DUE, now=now, limit=BATCH)
        moot = await drop_moot([row["id"] for row in rows], now=now)
        rows = [row for row in rows if row["id"] not in moot]
        gone = await drop_taken_back(rows, now=now)
        rows = [row for row in rows if row["id"] not in gone]
        if unopened := await not_opened(rows):
            await db.execute(_POSTPONE, ids=[*unopened], until=now + HELD_FOR, now=now)
            rows = [row for row in rows if row["id"] not in unopened]
        held = await hold_back(rows, now=now)
        rows = [row for row in rows if row["id"] not in held]
        chosen: list[Claimed] = []
        stranded: list[UUID] = []
        for row in rows:
            channel = Channel(row["channel"])
            gateway = choose(routes, channel, row["address"], attempts=row["attempts"])
            if gateway is None:
                stranded.append(row["id"])
                continue
            chosen.append(Claimed(_outgoing(row), gateway, channel))
        if stranded:
            await db.execute(_NO_GATEWAY, ids=stranded, reason=Reason.NO_GATEWAY.value, now=now)
            await take_telling_back(stranded, now=now)
        # Before anything is counted: a code may be longer than what stands for it.
        # What sends nothing keeps what it is given: a code is in no file, and on no console.
        leave = [each.message for each in chosen if not kept_by(each.gateway.name)]
        whole = {message.id: message for message in await with_codes(leave)}
        claimed: dict[str, list[Claimed]] = defaultdict(list)
        for each in chosen:
            message = whole.get(each.message.id, each.message)
            claimed[each.gateway.name].append(msgspec.structs.replace(each, message=message))
        taken: list[Claimed] = []
        for several in claimed.values():
            within = await _within_limits(several, sending, now=now)
            await _lease(within, owner, now=now)  # the next gateway's share is what is left then
            taken += within
        outgoing = await with_links([each.message for each in taken], now=now)
    return [
        msgspec.structs.replace(each, message=message)
        for each, message in zip(taken, outgoing, strict=True)
    ]


def _outgoing(row: db.Row) -> Outgoing:
    """A message with what an e-mail needs besides. The barest form names no place either."""
    return Outgoing(
        id=row["id"],
        address=row["address"],
        text=row["text"],
        subject=subject_of(row["kind"], row["language"]),
        place="" if row["barest"] else row["short_name"],
        reply_to=row["site_email"],
        can_be_stopped=row["borrower"] is not None,
        language=row["language"],
    )


async def _within_limits(
    several: list[Claimed], sending: limits.SendingState, *, now: datetime
) -> list[Claimed]:
    """Those of one gateway's messages that its pace and the budget allow; the rest waits."""
    gateway = several[0].gateway
    allowed, next_at = await limits.take_tokens(gateway, len(several), now=now)
    if several[allowed:]:
        await db.execute(
            _POSTPONE, ids=[each.message.id for each in several[allowed:]], until=next_at, now=now
        )
    affordable: list[Claimed] = []
    held: list[UUID] = []
    left = await limits.money_left(sending, now=now) if gateway.terms.part_price else None
    for each in several[:allowed]:
        price = price_of(each)
        if left is not None and price > left:
            held.append(each.message.id)
            continue
        left = None if left is None else left - price
        affordable.append(each)
    if held:
        await db.execute(
            _HOLD, ids=held, until=now + HELD_FOR, reason=Reason.OVER_BUDGET.value, now=now
        )
    return affordable


def parts_of(claimed: Claimed) -> int:
    """How many parts a message takes; an empty one is sent as one, and so is an e-mail."""
    if claimed.channel is not Channel.SMS:
        return 1
    return max(1, len(split(claimed.message.text).parts))


def price_of(claimed: Claimed) -> int:
    """What a message costs, in ten-thousandths of its gateway's currency."""
    return parts_of(claimed) * claimed.gateway.terms.part_price


async def _lease(taken: list[Claimed], owner: UUID, *, now: datetime) -> None:
    alike: dict[tuple[str, int], list[Claimed]] = defaultdict(list)
    for each in taken:
        alike[each.gateway.name, parts_of(each)].append(each)
    for (name, parts), several in alike.items():
        values: dict[str, Any] = {
            "owner": owner,
            "until": now + LEASE,
            "gateway": name,
            "parts": parts,
            "cost": price_of(several[0]),
            "currency": several[0].gateway.terms.currency,
        }
        await db.execute(_LEASE, ids=[each.message.id for each in several], now=now, **values)
