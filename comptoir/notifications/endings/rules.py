"""Which vouchers of one person expire soon, and are told of now. Pure.

A person is told so many days before the last day, at the first moment when a message may arrive,
and later where the program was off: never "exactly so many days before". What the rules add:

1. Nothing is said of a voucher that was given, or begun, in these last days: its person was told
   then until when it is good. So the Wi-Fi of a day makes no message.
2. One text names all that have the same last day.
3. One text a person a day: what can wait for another day, before the end, waits.
4. Nothing is said once it has ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from uuid import UUID

import msgspec

from comptoir.notifications.rules import Place, can_wait, is_same_day
from comptoir.sites.opening_hours import ONE_DAY, first_moment


class End(StrEnum):
    """Why a voucher ends. Of each its person is told once."""

    UNBEGUN = "unbegun"  #: it had to be begun by its last day
    USED = "used"  #: its days are over


class HeldVoucher(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher that somebody has, and of whose end they were not told.

    ``site_id`` is where it was given, ``since`` when it was given, or begun. ``last_day`` is
    the operator's, ``ends_at`` (UTC) the midnight after it. ``days`` is how long before its
    person is told; None: not at all.
    """

    issue_id: UUID
    site_id: UUID
    end: End
    last_day: date
    ends_at: datetime
    since: datetime
    days: int | None


def due_endings(
    held: Sequence[HeldVoucher],
    sites: Mapping[UUID, Place],
    *,
    last_text: datetime | None,
    now: datetime,
) -> list[tuple[HeldVoucher, ...]]:
    """What is said now of the vouchers of one person: one text for each of the tuples.

    Mostly it is one at most. ``last_text`` is when they got their last text of anything.
    The first of a tuple, the one that ends first, is whose site writes.
    """
    reached = [each for each in held if _is_reached(each, sites[each.site_id], now=now)]
    reached.sort(key=lambda each: (each.last_day, each.ends_at, each.issue_id))
    texts = []
    for _last_day, some in groupby(reached, key=lambda each: each.last_day):
        together = tuple(some)
        first = together[0]
        site = sites[first.site_id]
        if is_same_day(last_text, now, site.zone) and can_wait(site.again, first.ends_at):
            continue
        texts.append(together)
        last_text = now
    return texts


def _is_reached(held: HeldVoucher, site: Place, *, now: datetime) -> bool:
    if held.days is None or not site.may_write:
        return False
    threshold = first_moment(held.last_day - held.days * ONE_DAY, 0, site.zone)
    return held.since < threshold <= now < held.ends_at
