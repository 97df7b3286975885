"""Tells people of their vouchers that expire soon; a part of the sweep that writes reminders."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from uuid import UUID

from comptoir.notifications.channels import Channel
from comptoir.notifications.endings.reading import Holder, read_holders, who_has
from comptoir.notifications.endings.rules import HeldVoucher, due_endings
from comptoir.notifications.endings.writing import Notice, write
from comptoir.notifications.reminders.plans import Plans
from comptoir.notifications.reminders.reading import Sender
from comptoir.notifications.reminders.writing import Overtaken, channel_for
from comptoir.notifications.rules import Place

#: People read together.
PAGE = 500


async def write_endings(
    plans: Plans,
    senders: Mapping[UUID, Sender],
    places: Mapping[UUID, Place],
    *,
    channels: Collection[Channel],
    stopping: Callable[[], bool],
    now: datetime,
) -> int:
    """Write what is to be said at ``now`` (UTC); how many messages.

    Whoever gets a reminder of a loan today is told tomorrow, where that is early enough: so this
    comes after those.
    """
    if not any(place.may_write for place in places.values()):
        return 0
    who = await who_has(plans, now=now)
    written = 0
    for start in range(0, len(who), PAGE):
        if stopping():
            break
        for holder in await read_holders(who[start : start + PAGE], plans):
            written += await tell(holder, senders, places, channels, now=now)
    return written


async def tell(
    holder: Holder,
    senders: Mapping[UUID, Sender],
    places: Mapping[UUID, Place],
    channels: Collection[Channel],
    *,
    now: datetime,
) -> int:
    """Write what is to be said to one person at ``now``; how many messages."""
    held = [each.held for each in holder.given.values()]
    written = 0
    for together in due_endings(held, places, last_text=holder.last_text, now=now):
        notice = _notice(holder, together, senders, channels, now=now)
        try:
            written += await write(notice, now=now) is not None
        except Overtaken:
            continue
    return written


def _notice(
    holder: Holder,
    together: tuple[HeldVoucher, ...],
    senders: Mapping[UUID, Sender],
    channels: Collection[Channel],
    *,
    now: datetime,
) -> Notice:
    sender = senders[together[0].site_id]
    channel = channel_for(holder.recipient, channels)
    if channel is Channel.LETTER and together[0].last_day <= sender.calendar.local_date(now):
        channel = None  # it would arrive too late
    return Notice(
        recipient=holder.recipient,
        sender=sender,
        channel=channel,
        given=tuple(holder.given[each.issue_id] for each in together),
    )
