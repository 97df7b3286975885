"""What a wording makes on each way: of an example, or of a real loan; how many parts it takes."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.phones import show_phone
from comptoir.core.principal import Principal
from comptoir.inventory.names import read_name
from comptoir.lending.errors import LoanNotFound
from comptoir.notifications.channels import BY_GATEWAY, Channel
from comptoir.notifications.errors import NoSite
from comptoir.notifications.gateways.protocol import Terms
from comptoir.notifications.gsm7_wording import gsm7_wording
from comptoir.notifications.letters.paper import heading_of
from comptoir.notifications.messages.queries import PART_OF_UNIT
from comptoir.notifications.own_wordings.queries import need_wording
from comptoir.notifications.own_wordings.schemas import (
    ForcingSign,
    Key,
    Preview,
    TryWording,
    WayPreview,
)
from comptoir.notifications.own_wordings.services import lines_of, read_wording, ways_of
from comptoir.notifications.placeholders import Wording
from comptoir.notifications.reminders.plans import ENDING, THANKS, USUAL
from comptoir.notifications.reminders.reading import Sender, read_sender
from comptoir.notifications.reminders.writing import FORMS
from comptoir.notifications.segments import forcing, split
from comptoir.notifications.texts import default_wording, subject_of
from comptoir.notifications.values import (
    Facts,
    Thing,
    example_facts,
    example_vouchers,
    message_text,
)
from comptoir.sites.queries import of_own_sites

#: What a message owes its reader: where to go, when, and how to be left alone.
OWED = ("place", "opening", "stop")
_LOANS_SHOWN = 10
_LOANS = """
SELECT loan.id, loan.due_at, loan.return_site, category.names, loan.renewals,
       COALESCE(policy.renewals, 0) AS most_renewals
FROM lending_loan loan JOIN inventory_category category ON category.id = loan.category
LEFT JOIN lending_policy policy ON policy.id = loan.policy
WHERE {which}
"""
_NEXT = "loan.returned_at IS NULL AND {mine} ORDER BY loan.due_at, loan.id LIMIT :limit"
# The part of an index that says what sent messages cost.
_LAST_COST = """
SELECT cost, parts, currency FROM notifications_message
WHERE cost > 0 AND parts > 0 AND sent_at > :since
ORDER BY sent_at DESC LIMIT 1
"""
_PRICE_HOLDS_FOR = timedelta(days=90)
_FIRST_SITE = "SELECT site.id FROM sites_site site WHERE {mine} ORDER BY site.id LIMIT 1"


class Example(msgspec.Struct, frozen=True):
    """A loan to see a wording with: what it is, and when it is due (no name)."""

    id: UUID
    name: str
    due_at: datetime


async def loans_to_try(actor: Principal) -> list[Example]:
    """The loans at the actor's sites that are due next."""
    mine, sites = of_own_sites(actor, "loan.return_site")
    which = _NEXT.format(mine=mine)
    rows = await db.fetch(_LOANS.format(which=which), limit=_LOANS_SHOWN, **sites)
    return [_example(row, None) for row in rows]


async def make_preview(
    actor: Principal,
    key: Key,
    command: TryWording,
    *,
    base_url: str,
    terms: Terms | None = None,
    now: datetime,
) -> Preview:
    """What a wording makes, as it would be read now. ``base_url`` is where links lead.

    ``terms`` say what a part costs; where nobody has said that, it is what one cost last.

    Raises:
        WordingNotFound: there is no such kind or language.
        Invalid: the wording cannot be used.
        LoanNotFound: no such loan is on loan at the actor's sites.
        NoSite: there is no place for it to speak of.
    """
    need_wording(key)
    text = lines_of(command.text)
    wording = read_wording(text, key)
    sender = await sender_for(actor, command, base_url)
    facts = await _facts(actor, key, command, sender, now=now)
    ways = [_way(channel, wording, facts, key, sender, now=now) for channel in ways_of(key)]
    made = ways[0].text
    lacking = _lacking(key, wording)
    if Channel.SMS not in ways_of(key):
        return Preview(
            text=made,
            ways=ways,
            lacking=lacking,
            parts=0,
            free=0,
            encoding=None,
            forcing=[],
            offered=None,
            cost=None,
            currency="",
        )
    segments = split(made)
    price, currency = await _price(terms, now=now)
    return Preview(
        text=made,
        ways=ways,
        lacking=lacking,
        parts=len(segments.parts),
        free=segments.free,
        encoding=segments.encoding,
        forcing=[ForcingSign(each.character, each.name) for each in forcing(made)],
        offered=gsm7_wording(text),
        cost=None if price is None else price * len(segments.parts),
        currency=currency,
    )


def _lacking(key: Key, wording: Wording) -> list[str]:
    usual = default_wording(key.kind, key.language, barest=key.barest, full=key.full).names()
    return [name for name in OWED if name in usual - wording.names()]


async def _price(terms: Terms | None, *, now: datetime) -> tuple[Decimal | None, str]:
    """What a part costs, in whole units, and of what; None where nobody knows."""
    if terms is not None:
        return Decimal(terms.part_price) / PART_OF_UNIT, terms.currency
    last = await db.fetch_one(_LAST_COST, since=now - _PRICE_HOLDS_FOR)
    if last is None:
        return None, ""
    return Decimal(last["cost"]) / last["parts"] / PART_OF_UNIT, last["currency"]


def _way(
    channel: Channel,
    wording: Wording,
    facts: Facts,
    key: Key,
    sender: Sender,
    *,
    now: datetime,
) -> WayPreview:
    is_two_way = facts.is_two_way
    if channel is Channel.EMAIL:
        is_two_way = bool(sender.email)
    facts = msgspec.structs.replace(
        facts,
        form=FORMS[channel],
        is_two_way=is_two_way,
        link=sender.link if channel in BY_GATEWAY else "",
    )
    title = ""
    if channel is Channel.EMAIL:
        title = subject_of(key.kind, key.language)
    elif channel is Channel.LETTER:
        title = heading_of(key.kind, key.language)
    return WayPreview(
        channel=channel,
        text=message_text(wording, facts, key.language, now=now),
        title=title,
        sender=sender.name if channel is Channel.EMAIL and not key.barest else "",
    )


async def sender_for(actor: Principal, command: TryWording, base_url: str) -> Sender:
    """The site that a message speaks for: the loan's, the actor's own, or the first there is.

    Raises:
        LoanNotFound: no such loan is on loan at the actor's sites.
        NoSite: there is none.
    """
    site: UUID | None = actor.site_id
    if command.loan:
        site = (await _loan(actor, command.loan))["return_site"]
    elif site is None:
        mine, sites = of_own_sites(actor, "site.id")
        row = await db.fetch_one(_FIRST_SITE.format(mine=mine), **sites)
        site = row["id"] if row else None
    sender = await read_sender(site, base_url) if site else None
    if sender is None:
        raise NoSite
    return sender


async def _facts(
    actor: Principal, key: Key, command: TryWording, sender: Sender, *, now: datetime
) -> Facts:
    facts = msgspec.structs.replace(
        example_facts(key.language, sender.calendar, now=now, several=command.several),
        place=sender.name,
        phone=show_phone(sender.phone) if sender.phone else "",
        is_two_way=sender.habits.takes_answers,
    )
    if key.kind == ENDING:
        things = example_vouchers(key.language, several=command.several)
        last_day = sender.calendar.local_date(now) + timedelta(days=USUAL.voucher_days or 0)
        return msgspec.structs.replace(facts, things=things, last_day=last_day)
    if command.loan:
        row = await _loan(actor, command.loan)
        loan = _example(row, key.language)
        due = None if key.kind == THANKS else loan.due_at
        facts = msgspec.structs.replace(
            facts,
            things=(Thing(loan.name, due),),
            due_at=due,
            is_renewable=row["renewals"] < row["most_renewals"],
        )
    return facts


async def _loan(actor: Principal, loan_id: UUID) -> db.Row:
    row = await db.fetch_one(
        _LOANS.format(which="loan.id = :id AND loan.returned_at IS NULL"), id=loan_id
    )
    if row is None or not actor.sees_site(row["return_site"]):
        raise LoanNotFound
    return row


def _example(row: db.Row, language: str | None) -> Example:
    name = read_name(row["names"], language)
    return Example(row["id"], name, row["due_at"])
