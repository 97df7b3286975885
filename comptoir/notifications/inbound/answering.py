"""Acts upon a message that came in, in the transaction that keeps it.

The conversation's row is locked first: what comes from one number is answered one after
the other, by however many processes. The answer goes into the outbox with the key of what
it answers. It waits for no quiet hours: whoever has just written is awake.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.ids import new_id
from comptoir.notifications import outbox
from comptoir.notifications.events import ReplyArrived
from comptoir.notifications.inbound import rules, wishes
from comptoir.notifications.inbound.activating import Waiting, begin_use, meant_by
from comptoir.notifications.inbound.renewing import Renewed, renew_next
from comptoir.notifications.inbound.rules import Answers, Decision, Step
from comptoir.notifications.inbound.senders import Place, Sender, read_place, read_sender
from comptoir.notifications.outbox import Draft
from comptoir.notifications.own_wordings.reading import wording_of
from comptoir.notifications.replies import Wish, read_reply
from comptoir.notifications.texts import language_file
from comptoir.notifications.values import Facts, Thing, message_text

# The update of a row that is there locks it.
_LOCK = """
INSERT INTO notifications_conversation (id, number, call_wanted, version)
VALUES (:id, :number, :call_wanted, 1)
ON CONFLICT (number) DO UPDATE SET version = notifications_conversation.version + 1
RETURNING id
"""
_KEEP = """
UPDATE notifications_conversation
SET site = CAST(:site AS uuid), borrower = CAST(:borrower AS uuid)
WHERE id = :id
"""
_HAND_OVER = """
UPDATE notifications_conversation
SET waiting_since = COALESCE(waiting_since, :now), call_wanted = (call_wanted OR :call_wanted)
WHERE id = :id
"""
_UNDERSTOOD = """
UPDATE notifications_reply SET wish = :wish, answer = CAST(:answer AS uuid) WHERE id = :id
"""
_ANSWERS = """
SELECT COALESCE(SUM(CASE WHEN reply.received_at > :hour THEN 1 ELSE 0 END), 0) AS hour,
       COUNT(*) AS day
FROM notifications_reply reply
WHERE reply.sender = :number AND reply.received_at > :day AND reply.answer IS NOT NULL
"""
_TO_STRANGERS = """
SELECT COUNT(*) AS number FROM notifications_reply reply
WHERE reply.received_at > :day AND reply.borrower IS NULL AND reply.answer IS NOT NULL
"""


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What to write back: a kind, and what stands in its places."""

    kind: str
    things: tuple[Thing, ...] = ()
    refused: tuple[Thing, ...] = ()
    reason: str = "other"
    site_id: UUID | None = None
    last_day: date | None = None


async def answer_reply(event: ReplyArrived) -> None:
    """Do what a message asks for, write back, and give it to a person where one is needed."""
    now = event.at
    conversation = await _lock(event.sender)
    read, sender = read_reply(event.text), await read_sender(event.sender)
    answers = await _answers(event.sender, now=now)
    waiting = await meant_by(read.wish, sender.borrower_id, now=now)
    decision = rules.decide(
        read.wish,
        sender.whose,
        answers,
        sent_at=event.sent_at,
        now=now,
        has_voucher=waiting is not None,
    )
    language = read.language or sender.language
    answer = await _act(decision.step, sender, language, waiting, now=now)
    message = None
    if answer is not None and decision.answer:
        key = f"answer:{event.reply_id}"
        message = await _write(answer, sender, language, conversation, key=key, now=now)
    await _note(event, read.wish, message)
    await _keep(conversation, decision, read.wish, sender, now=now)


async def _lock(number: str) -> UUID:
    rows = await db.fetch(_LOCK, id=new_id(), number=number, call_wanted=False)
    return UUID(str(rows[0]["id"]))


async def _answers(number: str, *, now: datetime) -> Answers:
    day, hour = now - timedelta(days=1), now - timedelta(hours=1)
    own = await db.fetch_one(_ANSWERS, number=number, day=day, hour=hour)
    strangers = await db.fetch_one(_TO_STRANGERS, day=day)
    assert own is not None and strangers is not None  # noqa: S101, PT018 – they count
    return Answers(own["hour"], own["day"], strangers["number"])


async def _act(
    step: Step, sender: Sender, language: str, waiting: Waiting | None, *, now: datetime
) -> _Answer | None:
    match step:
        case Step.ACTIVATE if waiting is not None:
            in_use = await begin_use(waiting, now=now)
            if in_use is None:
                return None
            return _Answer(kind="answer-in-use", site_id=in_use.site_id, last_day=in_use.last_day)
        case Step.RENEW if sender.borrower_id is not None:
            return _renewed(await renew_next(sender.borrower_id, language, now=now))
        case Step.NOT_RENEW:
            return _Answer(kind="answer-not-renewed")
        case Step.TELL_HOURS:
            return _Answer(kind="answer-hours")
        case Step.CALL_BACK:
            return _Answer(kind="answer-help")
        case Step.SAY_UNKNOWN:
            return _Answer(kind="answer-unknown")
        case Step.STOP:
            stopped = await wishes.stop(sender.number, now=now)
            return _Answer(kind="answer-stopped") if stopped else None
        case Step.START:
            await wishes.start(sender.number, now=now)
            return _Answer(kind="answer-started")
        case Step.NOT_ME:
            stopped = await wishes.stop(sender.number, is_wrong=True, now=now)
            return _Answer(kind="answer-not-me") if stopped else None
    return None


def _renewed(found: Renewed) -> _Answer:
    if not found.done:
        return _Answer(kind="answer-not-renewed", reason=found.reason, site_id=found.site_id)
    return _Answer(
        kind="answer-renewed", things=found.done, refused=found.refused, site_id=found.site_id
    )


async def _write(
    answer: _Answer,
    sender: Sender,
    language: str,
    conversation: UUID,
    *,
    key: str,
    now: datetime,
) -> UUID | None:
    """The id of the answer; None where a stranger had theirs today, or there is no site."""
    place, is_sure = await read_place(answer.site_id or sender.site_id)
    if place is None:
        return None
    if answer.kind == "answer-unknown":
        key = f"answer-unknown:{conversation}:{place.calendar.local_date(now)}"
    draft = Draft(
        site_id=place.id,
        borrower_id=sender.borrower_id,
        kind=answer.kind,
        channel="sms",
        address=sender.number,
        language=language,
        text=await _text(answer, place, language, barest=sender.barest or not is_sure, now=now),
        dedupe_key=key,
    )
    return await outbox.write(draft, now=now)


async def _text(
    answer: _Answer, place: Place, language: str, *, barest: bool, now: datetime
) -> str:
    refused = answer.refused
    if barest:
        unnamed = language_file(language).phrases.thing
        refused = tuple(Thing(unnamed, each.due_at) for each in refused)
    facts = Facts(
        place=place.name,
        calendar=place.calendar,
        phone=place.phone,
        things=answer.things,
        refused=refused,
        due_at=min((each.due_at for each in answer.things if each.due_at), default=None),
        reason=answer.reason,
        last_day=answer.last_day,
    )
    wording = await wording_of(answer.kind, language, barest=barest)
    return message_text(wording, facts, language, now=now)


async def _note(event: ReplyArrived, wish: Wish, message: UUID | None) -> None:
    await db.execute(_UNDERSTOOD, id=event.reply_id, wish=wish.value, answer=message)


async def _keep(
    conversation: UUID, decision: Decision, wish: Wish, sender: Sender, *, now: datetime
) -> None:
    site_id = sender.site_id
    if site_id is None:
        place, is_sure = await read_place(None)
        site_id = place.id if place and is_sure else None
    await db.execute(_KEEP, id=conversation, site=site_id, borrower=sender.borrower_id)
    if decision.to_read:
        called = wish is Wish.HELP
        await db.execute(_HAND_OVER, id=conversation, call_wanted=called, now=now)
