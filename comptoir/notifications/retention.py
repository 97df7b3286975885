"""What is forgotten of messages, and when: texts and numbers long before the rest."""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.core import db
from comptoir.core.ids import first_id_of
from comptoir.notifications.hook_calls import OLDEST
from comptoir.notifications.letters.services import put_back_old
from comptoir.notifications.links import making as links

#: A text and a number serve to answer for a message; afterwards that it was sent is enough.
TEXTS_KEPT_FOR = timedelta(days=90)
#: For so long no message with the same key is written again.
MESSAGES_KEPT_FOR = timedelta(days=730)
#: What is told again later than this is refused as too old.
CALLS_KEPT_FOR = 2 * OLDEST
#: Gateways whose messages say no time, by the start of their names: ``twilio-lyon`` is one.
UNDATED = "twilio%"

_BLANK = """
UPDATE notifications_message SET text = '', address = ''
WHERE id < :before AND (text <> '' OR address <> '') AND status NOT IN ('queued', 'sending')
"""
_DELETE = """
DELETE FROM notifications_message WHERE id < :before AND status NOT IN ('queued', 'sending')
"""
_BLANK_CALLS = """
UPDATE notifications_hook_call SET told = '' WHERE received_at < :before AND told <> ''
"""
# A message whose gateway says no time is told apart from its recording by this row alone.
_CALLS = """
DELETE FROM notifications_hook_call
WHERE received_at < :before AND NOT (kind = 'message' AND gateway LIKE :undated)
"""
_CONVERSATIONS = """
DELETE FROM notifications_conversation WHERE NOT EXISTS (
    SELECT 1 FROM notifications_reply reply
    WHERE reply.sender = notifications_conversation.number)
"""
_CALLED = "DELETE FROM notifications_call_outcome WHERE at < :before"
_BATCHES = "DELETE FROM notifications_letter_batch WHERE made_at < :before"
_REPLIES = "DELETE FROM notifications_reply WHERE received_at < :before"


async def forget(*, now: datetime) -> None:
    """Delete what nobody needs any more."""
    await put_back_old(before=now - TEXTS_KEPT_FOR, now=now)
    await db.execute(_BLANK, before=first_id_of(now - TEXTS_KEPT_FOR))
    await db.execute(_DELETE, before=first_id_of(now - MESSAGES_KEPT_FOR))
    await db.execute(_BLANK_CALLS, before=now - CALLS_KEPT_FOR)
    await db.execute(_CALLS, before=now - CALLS_KEPT_FOR, undated=UNDATED)
    await db.execute(_BATCHES, before=now - MESSAGES_KEPT_FOR)
    await db.execute(_CALLED, before=now - TEXTS_KEPT_FOR)
    await db.execute(_REPLIES, before=now - TEXTS_KEPT_FOR)
    await db.execute(_CONVERSATIONS)
    await links.forget(now=now)
