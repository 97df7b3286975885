"""A letter came back: nothing more is written to that address, and somebody calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core import audit, db
from comptoir.core.ids import first_id_of, new_id
from comptoir.core.principal import Principal, Role
from comptoir.core.web.panels import Fill, Panel
from comptoir.lending.borrowers.visibility import find_visible
from comptoir.notifications import outbox
from comptoir.notifications.calls.failing import call_instead_of_letters
from comptoir.notifications.errors import AddressNotAsked, LetterNotReturned, MessageNotFound
from comptoir.notifications.kinds import title_of
from comptoir.notifications.reasons import Reason
from comptoir.notifications.reminders.about import hand_on
from comptoir.notifications.statuses import Status
from comptoir.sites.queries import of_own_sites

#: The post keeps what it cannot hand over for some weeks. Later ones are not shown.
COMES_BACK_WITHIN = timedelta(days=60)
#: Letters on the page of whoever they were for.
_SHOWN = 3

_LETTER = """
SELECT message.site, message.borrower, message.kind, message.status, message.reason
FROM notifications_message message
WHERE message.id = :id AND message.channel = 'letter'
"""
_END = """
UPDATE notifications_message SET status = :status, reason = :reason, updated_at = :now
WHERE id IN :ids
"""
_WRONG = """
INSERT INTO notifications_borrower_wish (id, borrower, barest, wrong_address, version)
VALUES (:id, :borrower, :barest, :address, 1)
ON CONFLICT (borrower) DO UPDATE SET wrong_address = excluded.wrong_address
"""
_KNOWN = "SELECT wrong_address FROM notifications_borrower_wish WHERE borrower = :borrower"
_RIGHT = "UPDATE notifications_borrower_wish SET wrong_address = '' WHERE borrower = :borrower"
# Nobody has called yet: the letter was as good as ever.
_LINES = f"""
SELECT line.id, letter.id AS letter
FROM notifications_message line
JOIN notifications_message letter ON letter.id = line.again_of
WHERE line.borrower = :borrower AND line.channel = 'call' AND line.status = 'queued'
  AND letter.channel = 'letter' AND letter.reason = :reason
ORDER BY line.id {db.for_update("line")}
"""
# It may come back once more, and a letter has one line.
_APART = "UPDATE notifications_message SET again_of = NULL WHERE id IN :lines"
_SENT = """
SELECT message.id, message.kind, message.sent_at, site.time_zone
FROM notifications_message message JOIN sites_site site ON site.id = message.site
WHERE message.borrower = :borrower AND message.channel = 'letter' AND message.id > :first
  AND message.status = 'accepted' AND {seen}
ORDER BY message.id DESC LIMIT :limit
"""


class ConfirmAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody says that the address, as it was shown, is right."""

    address: Annotated[str, msgspec.Meta(max_length=400, examples=["Rue Haute 1\n1700 Fribourg"])]


class SentLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that was printed. ``sent_at`` is UTC."""

    id: UUID
    kind: str
    sent_at: datetime
    time_zone: str

    @property
    def title(self) -> str:
        """What coordinators call its kind."""
        return title_of(self.kind)


async def mark_returned(actor: Principal, letter_id: UUID, *, now: datetime) -> UUID:
    """The post brought a letter back; whose it was. Twice is as once.

    No letter goes to the address that is known of them now, until it is another or somebody
    says that it is right. What it was about is said in a call.

    Raises:
        MessageNotFound: there is no such letter at the actor's sites.
        LetterNotReturned: it was not printed, or is not on its way any more.
    """
    found = await db.fetch_one(_LETTER, id=letter_id)
    if found is None or not actor.has_role(Role.RECEPTION, found["site"]):
        raise MessageNotFound
    async with db.transaction():
        person = await find_visible(actor, found["borrower"], lock=True)
        borrower_id: UUID = person["id"]
        [row] = await db.fetch(_LETTER + db.for_update("message"), id=letter_id)
        if row["reason"] == Reason.RETURNED:
            return borrower_id
        if row["status"] != Status.ACCEPTED:
            raise LetterNotReturned
        await _end([letter_id], Status.FAILED, Reason.RETURNED.value, now=now)
        await db.execute(
            _WRONG,
            id=new_id(),
            borrower=borrower_id,
            barest=False,
            address=person["address"],
        )
        await audit.record(
            actor,
            "borrower.letter_returned",
            "borrower",
            borrower_id,
            now=now,
            site_id=row["site"],
            changes={"kind": [None, row["kind"]]},
        )
        await call_instead_of_letters([letter_id], now=now)
    return borrower_id


async def confirm_address(
    actor: Principal, borrower_id: UUID, command: ConfirmAddress, *, now: datetime
) -> None:
    """The address is right after all: letters go there again. Twice is as once.

    Those of which it was said that they came back count as sent again, unless somebody has
    called meanwhile.

    Raises:
        BorrowerNotFound: there is none, or the actor may not know of them.
        AddressNotAsked: the address is another by now.
    """
    async with db.transaction():
        person = await find_visible(actor, borrower_id, lock=True)
        if person["address"] != command.address.replace("\r\n", "\n"):
            raise AddressNotAsked
        known = await db.fetch_one(_KNOWN, borrower=borrower_id)
        if known is None or not known["wrong_address"]:
            return
        await db.execute(_RIGHT, borrower=borrower_id)
        lines = await db.fetch(_LINES, borrower=borrower_id, reason=Reason.RETURNED.value)
        for line in lines:
            await hand_on([line["id"]], line["letter"])
        letters = [line["letter"] for line in lines]
        await _end(letters, Status.ACCEPTED, "", now=now)
        await _drop([line["id"] for line in lines], actor, now=now)
        await audit.record(actor, "borrower.address_confirmed", "borrower", borrower_id, now=now)


async def _drop(lines: Sequence[UUID], actor: Principal, *, now: datetime) -> None:
    if lines:
        await outbox.drop(lines, Reason.OVERTAKEN, actor=actor, now=now)
        await db.execute(_APART, lines=lines)


async def _end(ids: Sequence[UUID], status: Status, reason: str, *, now: datetime) -> None:
    if ids:
        await db.execute(_END, ids=[*ids], status=status.value, reason=reason, now=now)


async def panel(about: Fill) -> Panel | None:
    """On the page of a borrower: the last letters to them, which may come back."""
    seen, values = of_own_sites(about.principal, "message.site")
    rows = await db.fetch(
        _SENT.format(seen=seen),
        borrower=about.subject_id,
        first=first_id_of(about.now - COMES_BACK_WITHIN),
        limit=_SHOWN,
        **values,
    )
    letters = [SentLetter(**row) for row in rows]
    return Panel("notifications/_letters_sent.html", letters) if letters else None
