"""The code of a voucher in a text message: put in when it is handed over, as links are.

The outbox holds what stands for it, and by its key which voucher it is of: so the list of
messages, the API, a backup and a copy of the database hold no code.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from comptoir.core import audit, db
from comptoir.core.principal import Principal
from comptoir.core.vault import KeyMissing, Unreadable
from comptoir.inventory.names import read_name, read_names
from comptoir.inventory.vouchers.sealing import Secret, unseal
from comptoir.lending.errors import IssueRefused
from comptoir.lending.events import VoucherToSend
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.notifications import outbox
from comptoir.notifications.errors import MessageMoot
from comptoir.notifications.gateways.protocol import Outgoing
from comptoir.notifications.inbound.senders import read_place
from comptoir.notifications.outbox import Draft
from comptoir.notifications.own_wordings.reading import wording_of
from comptoir.notifications.reasons import Reason
from comptoir.notifications.values import Facts, message_text

log = structlog.get_logger("comptoir.notifications")

KIND = "voucher"
#: Signs of the alphabet of text messages, and as many as most codes have.
STAND_IN = "#" * 12

_TO = """
SELECT issue.id, issue.borrower, kind.names, borrower.phone, borrower.language, wish.barest
FROM lending_voucher_issue issue
JOIN inventory_voucher_kind kind ON kind.id = issue.kind
JOIN lending_borrower borrower ON borrower.id = issue.borrower
LEFT JOIN notifications_borrower_wish wish ON wish.borrower = borrower.id
WHERE issue.id = :issue
"""
#: The first of those that tried to send it has the voucher in its key.
_KEYS = """
WITH RECURSIVE tried (id, dedupe_key, again_of) AS (
    SELECT message.id, message.dedupe_key, message.again_of
    FROM notifications_message message WHERE message.id IN :ids
    UNION ALL
    SELECT tried.id, before.dedupe_key, before.again_of
    FROM tried JOIN notifications_message before ON before.id = tried.again_of
)
SELECT id, dedupe_key FROM tried WHERE again_of IS NULL
"""
_SEALED = """
SELECT issue.id AS issue, issue.borrower, issue.loan, issue.site, voucher.id, voucher.key,
       voucher.sealed, kind.dial, kind.names, kind.by_sms
FROM lending_voucher_issue issue
JOIN inventory_voucher voucher ON voucher.id = issue.voucher
JOIN inventory_voucher_kind kind ON kind.id = issue.kind
WHERE issue.id IN :issues AND issue.ended_at IS NULL
"""


async def write_voucher(event: VoucherToSend) -> None:
    """Put the message into the outbox; once for each voucher given.

    Raises:
        IssueRefused: there is nobody to send it to, or no place that it would be from: whoever
            asked must not think that it goes.
    """
    row = await db.fetch_one(_TO, issue=event.issue_id)
    place, _is_sure = await read_place(event.site_id)
    if row is None or place is None:
        raise IssueRefused(Refusal(RefusalCode.VOUCHER_NOT_SENDABLE))
    language = row["language"]
    facts = Facts(
        place=place.name,
        calendar=place.calendar,
        phone=place.phone,
        voucher=read_name(row["names"], language),
        code=STAND_IN,
    )
    wording = await wording_of(KIND, language, barest=bool(row["barest"]))
    draft = Draft(
        site_id=event.site_id,
        borrower_id=row["borrower"],
        kind=KIND,
        channel="sms",
        address=row["phone"],
        language=language,
        text=message_text(wording, facts, language, now=event.at),
        dedupe_key=f"{KIND}:{event.issue_id}",
    )
    await outbox.write(draft, now=event.at)


async def send_again(actor: Principal, message_id: UUID, *, now: datetime) -> None:
    """Write down that a message with a code is tried again, in the trail of its voucher.

    It belongs into the transaction that writes the other message.

    Raises:
        MessageMoot: the voucher was taken back, or its kind goes out in messages no more.
    """
    voucher = (await _sealed([message_id])).get(message_id)
    if voucher is None or not voucher["by_sms"]:
        raise MessageMoot
    await audit.record(
        actor,
        "voucher.sent_to_phone",
        "voucher",
        voucher["id"],
        now=now,
        related=(voucher["borrower"], voucher["loan"]),
        site_id=voucher["site"],
        changes={"kind": read_names(voucher["names"])},
    )


async def drop_taken_back(rows: Sequence[db.Row], *, now: datetime) -> set[UUID]:
    """Drop those of some queued messages whose voucher was taken back; which these were.

    It belongs into the transaction that claims them.
    """
    ids = [row["id"] for row in rows if row["kind"] == KIND]
    gone = set(ids) - set(await _sealed(ids))
    return await outbox.drop([*gone], Reason.OVERTAKEN, now=now) if gone else set()


async def not_opened(rows: Sequence[db.Row]) -> set[UUID]:
    """Those of some queued messages whose code this process cannot open.

    It was not given the key, as while keys change, or the voucher's row was altered. These
    wait, and all others are sent.
    """
    sealed = await _sealed([row["id"] for row in rows if row["kind"] == KIND])
    return {each for each, voucher in sealed.items() if not _opens(voucher)}


def _opens(voucher: db.Row) -> bool:
    try:
        return bool(unseal(voucher).code)  # nothing is left of one whose key was given up
    except (KeyMissing, Unreadable):
        log.warning("code not opened", voucher_id=str(voucher["id"]))
        return False


async def with_codes(messages: Sequence[Outgoing]) -> list[Outgoing]:
    """The messages as they go out, each with its code; in the transaction that claims them."""
    ids = [each.id for each in messages if STAND_IN in each.text]
    sealed = await _sealed(ids)
    codes = {each: _text(unseal(row), row["dial"]) for each, row in sealed.items()}
    return [
        msgspec.structs.replace(each, text=each.text.replace(STAND_IN, codes[each.id]))
        if each.id in codes
        else each
        for each in messages
    ]


async def _sealed(ids: Sequence[UUID]) -> dict[UUID, db.Row]:
    """The vouchers of messages, by the ids of these; none for those that were taken back.

    They stay as they are until the transaction ends.
    """
    if not ids:
        return {}
    keys = {row["id"]: row["dedupe_key"].split(":") for row in await db.fetch(_KEYS, ids=[*ids])}
    issues = {each: UUID(key[1]) for each, key in keys.items() if key[0] == KIND}
    if not issues:
        return {}
    rows = await db.fetch(_SEALED + db.for_share("issue"), issues=[*issues.values()])
    found = {row["issue"]: row for row in rows}
    return {each: found[issue] for each, issue in issues.items() if issue in found}


def _text(secret: Secret, dial: str) -> str:
    """What is typed: a user name with its password, or what is dialled, or the code."""
    if secret.user:
        return f"{secret.user} / {secret.code}"
    return dial.replace("{code}", secret.code) if dial else secret.code
