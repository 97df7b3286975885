"""The code of a voucher, for the person it was given to: seen for the first time.

That is a part of giving it, and needs no password: the person stands at the desk. It may be
seen again for a while, to print it or to read it out, by whoever gave it, and at the desk where
the visit of its person is open; each time is in the trail. Later it is revealed as any other
(``inventory.vouchers.revealing``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from math import ceil
from uuid import UUID

import msgspec

from comptoir.core import audit, db, events
from comptoir.core.accounts import throttle
from comptoir.core.accounts.errors import TooManyAttempts
from comptoir.core.i18n import LANGUAGES, current_language, localized, use_language
from comptoir.core.principal import Principal
from comptoir.core.printing.qr import qr_symbol
from comptoir.core.printing.symbols import Symbol
from comptoir.core.vault import Clear, KeyMissing, Unreadable
from comptoir.inventory.names import read_name, read_names
from comptoir.inventory.vouchers.events import VouchersRevealed
from comptoir.inventory.vouchers.guidance import language_from
from comptoir.inventory.vouchers.permissions import let_reveal
from comptoir.inventory.vouchers.phone_texts import PhoneUse, qr_text
from comptoir.inventory.vouchers.revealing import Shown
from comptoir.inventory.vouchers.sealing import Secret, unseal
from comptoir.inventory.vouchers.secret_words import Line, secret_lines
from comptoir.inventory.vouchers.statuses import Medium, WifiCode
from comptoir.lending.errors import IssueRefused, VoucherIssueNotFound, sentence
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.rules import VISIT_TIME
from comptoir.lending.vouchers.obstacles import why_not_sent
from comptoir.sites.queries import of_own_sites

#: For so long after it was first seen, a code is at hand: for the slip, and to be read out.
IN_HAND = timedelta(minutes=10)

_READ = """
SELECT issue.id AS issue_id, issue.voucher, issue.site, issue.borrower, issue.issued_at,
       issue.shown_at, issue.ended_at, issue.loan, voucher.id, voucher.key, voucher.sealed,
       voucher.hint, voucher.activate_by, kind.names, kind.medium, kind.dial, kind.network,
       kind.wifi_code, kind.portal_url, kind.instructions, kind.by_sms, kind.validity_days,
       (SELECT borrower.language FROM lending_borrower borrower
        WHERE borrower.id = issue.borrower) AS language,
       (SELECT borrower.phone FROM lending_borrower borrower
        WHERE borrower.id = issue.borrower) AS phone
FROM lending_voucher_issue issue
JOIN inventory_voucher voucher ON voucher.id = issue.voucher
JOIN inventory_voucher_kind kind ON kind.id = issue.kind
WHERE issue.id = :issue_id
""" + db.for_update("issue")
_SEEN = """
UPDATE lending_voucher_issue SET shown_at = :now
WHERE voucher IN :voucher_ids AND ended_at IS NULL AND shown_at IS NULL
"""
#: Whoever was given it is at a desk of these sites now.
_IS_HERE = """
SELECT 1 AS here FROM lending_voucher_issue issue
JOIN lending_visit visit ON visit.borrower = issue.borrower
WHERE issue.voucher = :voucher_id AND issue.ended_at IS NULL
  AND visit.closed_at IS NULL AND visit.opened_at > :since AND {own}
LIMIT 1
"""
_HOLDER = """
SELECT borrower.language FROM lending_voucher_issue issue
JOIN lending_borrower borrower ON borrower.id = issue.borrower
WHERE issue.voucher = :voucher_id AND issue.ended_at IS NULL
"""
#: The trail says who gave it, and is asked for nothing else.
_GAVE = """
SELECT 1 AS gave FROM core_audit_event
WHERE subject_id = :voucher_id AND action = 'voucher.issued' AND actor_id = :actor_id
  AND at >= :issued_at
LIMIT 1
"""


class ShownIssue(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher as its person sees it. ``language`` is theirs, ``qr`` what a phone can use.

    ``hint`` is how the number on a card ends.
    ``phone`` is theirs (E.164), and ``not_sent`` says why the code does not go there; None: it may.
    """

    issue_id: UUID
    voucher_id: UUID
    site_id: UUID
    names: dict[str, str]
    medium: Medium
    secret: Shown
    qr: Clear | None
    language: str
    dial: str
    network: str
    instructions: str
    activate_by: date | None
    phone: str
    not_sent: RefusalCode | None
    hint: str = ""

    @property
    def sendable(self) -> bool:
        """Whether it may go out in a text message, to a number that they have."""
        return self.not_sent is None

    @property
    def name(self) -> str:
        """What the kind is called in the reader's language."""
        return localized(self.names)

    @property
    def title(self) -> str:
        """What the kind is called in the person's language."""
        return localized(self.names, self.language)

    @property
    def why_not_sent(self) -> str:
        """Why it does not go to their number, where it could else; in the reader's language."""
        code = self.not_sent
        if code is None or code is RefusalCode.VOUCHER_NOT_SENDABLE:
            return ""
        return sentence(Refusal(code))

    @property
    def tells_more(self) -> bool:
        """Whether more is seen than stands on a SIM card: else the card is still as new."""
        return self.secret.tells_more(self.medium)

    @property
    def lines(self) -> list[Line]:
        """What is read of it, in the person's language."""
        with use_language(self.language):
            return secret_lines(self.secret, self.medium, self.dial)

    @property
    def symbol(self) -> Symbol | None:
        """The QR code for the camera of a phone."""
        return qr_symbol(self.qr.text) if self.qr else None


async def show_issued(
    actor: Principal, issue_id: UUID, *, language: str = "", now: datetime
) -> ShownIssue:
    """Open a voucher that was given a moment ago, for the person at the desk.

    It is in their language; in ``language`` where nobody was asked who they are.

    Raises:
        VoucherIssueNotFound: there is none, or it is of a site the actor may not know of.
        IssueRefused: it was taken back, or the code is no longer at hand: its person has left,
            and the actor is not who gave it; or very many were shown for the first time.
        vault.KeyMissing, vault.Unreadable: it cannot be opened.
    """
    async with open_issued(
        actor, issue_id, action="voucher.shown", now=now, language=language
    ) as shown:
        return shown


async def closed_card(
    actor: Principal, issue_id: UUID, *, language: str = "", now: datetime
) -> ShownIssue:
    """A SIM card as it is in its wrapping, for its slip: no secret is read, and nothing written.

    Raises:
        VoucherIssueNotFound, IssueRefused: as ``show_issued``, or it is no card.
    """
    async with db.transaction():
        row = await _read_at_hand(actor, issue_id, now=now)
    if Medium(row["medium"]) is not Medium.SIM:
        raise VoucherIssueNotFound
    return _shown(row, RefusalCode.VOUCHER_NOT_SENDABLE, language, Secret(""))


async def _read_at_hand(actor: Principal, issue_id: UUID, *, now: datetime) -> db.Row:
    row = await db.fetch_one(_READ, issue_id=issue_id)
    if row is None or not actor.sees_site(row["site"]):
        raise VoucherIssueNotFound
    if not await _may_see(actor, row, now=now):
        raise IssueRefused(Refusal(RefusalCode.VOUCHER_NOT_AT_HAND))
    return row


@asynccontextmanager
async def open_issued(
    actor: Principal, issue_id: UUID, *, action: str, language: str = "", now: datetime
) -> AsyncIterator[ShownIssue]:
    """``show_issued`` as the transaction that it is; ``action`` is what the trail says."""
    async with db.transaction():
        row = await _read_at_hand(actor, issue_id, now=now)
        may_go = row["by_sms"] and row["phone"]
        not_sent = await why_not_sent(issue_id) if may_go else RefusalCode.VOUCHER_NOT_SENDABLE
        shown = _shown(row, not_sent, language, unseal(row))
        if shown.tells_more:
            if row["shown_at"] is None:
                await _count_first(actor, now=now)
            await db.execute(_SEEN, now=now, voucher_ids=[row["voucher"]])
        await audit.record(
            actor,
            action,
            "voucher",
            row["voucher"],
            now=now,
            related=(row["borrower"], row["loan"]),
            site_id=row["site"],
            changes={"kind": read_names(row["names"])},
        )
        yield shown


async def _may_see(actor: Principal, row: db.Row, *, now: datetime) -> bool:
    """Whether the code of an issue is seen without more ado, by this actor."""
    if row["ended_at"] is not None or not is_at_hand(row, now=now):
        return False
    gave = await db.fetch_one(
        _GAVE, voucher_id=row["voucher"], actor_id=actor.id, issued_at=row["issued_at"]
    )
    return gave is not None or await is_here(actor, row["voucher"], now)


async def _count_first(actor: Principal, *, now: datetime) -> None:
    """Slow down whoever has very many vouchers shown that nobody has seen.

    It belongs into the transaction that shows one: what is refused counts for nothing.
    """
    try:
        await throttle.count_in([throttle.vouchers_given(actor.id)], now=now)
    except TooManyAttempts as waiting:
        minutes = ceil(waiting.retry_after / 60)
        code = RefusalCode.VOUCHER_SHOWN_TOO_OFTEN
        raise IssueRefused(Refusal(code, {"minutes": minutes})) from None


def has_more(row: db.Row) -> bool:
    """Whether a voucher (``id``, ``key``, ``sealed``, ``medium``) has more than stands on it.

    Nothing of it is told to anybody. Where it cannot be opened, whoever asks for it hears why.
    """
    medium = Medium(row["medium"])
    if medium is not Medium.SIM:
        return True
    try:
        return Shown.of(unseal(row)).tells_more(medium)
    except (KeyMissing, Unreadable):
        return True


async def sim_has_more(voucher_id: UUID) -> bool:
    """``has_more`` of a SIM card."""
    row = await db.fetch_one(
        "SELECT id, key, sealed, 'sim' AS medium FROM inventory_voucher WHERE id = :id",
        id=voucher_id,
    )
    return row is not None and has_more(row)


def is_at_hand(row: db.Row, *, now: datetime) -> bool:
    """Whether the code of an issue (``issued_at``, ``shown_at``) is seen without more ado."""
    seen = row["shown_at"]
    return now - row["issued_at"] < VISIT_TIME and (seen is None or now - seen < IN_HAND)


async def is_here(actor: Principal, voucher_id: UUID, now: datetime) -> bool:
    """Whether the person who was given a voucher is at the actor's desk: then it may be seen."""
    own, values = of_own_sites(actor, "visit.site")
    row = await db.fetch_one(
        _IS_HERE.format(own=own), voucher_id=voucher_id, since=now - VISIT_TIME, **values
    )
    return row is not None


async def _language_of_holder(voucher_id: UUID) -> str:
    row = await db.fetch_one(_HOLDER, voucher_id=voucher_id)
    return row["language"] if row else ""


async def _note_revealed(event: VouchersRevealed) -> None:
    """What was revealed is no more unseen than what was shown at the desk."""
    await db.execute(_SEEN, now=event.at, voucher_ids=[*event.voucher_ids])


def _shown(row: db.Row, not_sent: RefusalCode | None, chosen: str, secret: Secret) -> ShownIssue:
    medium = Medium(row["medium"])
    use = PhoneUse(row["dial"], row["network"], WifiCode(row["wifi_code"]), row["portal_url"])
    qr = qr_text(secret, medium, use)
    wanted = chosen if chosen in LANGUAGES else current_language()
    language = row["language"] or wanted
    return ShownIssue(
        issue_id=row["issue_id"],
        voucher_id=row["voucher"],
        site_id=row["site"],
        names=read_names(row["names"]),
        medium=medium,
        secret=Shown.of(secret),
        qr=Clear(qr) if qr else None,
        language=language,
        dial=row["dial"],
        network=row["network"],
        instructions=read_name(row["instructions"], language),
        activate_by=row["activate_by"],
        phone=row["phone"] or "",
        not_sent=not_sent,
        hint=row["hint"],
    )


def register() -> None:
    """Let reception see what was given to whoever stands before them, and know that it was seen.

    What is shown again is in the language of whoever has it.
    """
    let_reveal(is_here)
    language_from(_language_of_holder)
    events.subscribe(VouchersRevealed, _note_revealed)
