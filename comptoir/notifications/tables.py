"""The outbox, and what limits it. Rows hold addresses and texts: as personal as loans."""

from __future__ import annotations

from piccolo.columns import (
    UUID,
    BigInt,
    Boolean,
    DoublePrecision,
    ForeignKey,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from comptoir.core.ids import new_id
from comptoir.lending.tables import Borrower
from comptoir.sites.tables import Site


class Message(Table, tablename="notifications_message"):
    """One message to one address, from when it was decided to what became of it.

    ``status`` is a ``statuses.Status`` and only moves forward. ``next_attempt_at`` is when a
    dispatcher may take a queued one: not before the end of a lease, nor before
    ``not_before``. ``cost`` is in ten-thousandths of ``currency``, for a part often costs
    a fraction of the smallest coin. ``again_of`` is the message that this one tries again.
    """

    id = UUID(default=new_id, primary_key=True)
    site = ForeignKey(Site, on_delete=OnDelete.restrict, index=True, null=False)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.cascade, index=True)
    kind = Varchar(40)  # such as "due-soon"; the registry of kinds knows them
    channel = Varchar(10)  # sms, email, letter, call
    address = Varchar(200, default="")  # E.164 where the channel is sms
    language = Varchar(2)
    text = Text(default="")
    dedupe_key = Varchar(200, unique=True)
    not_before = Timestamptz(default=None, null=True)
    status = Varchar(10, default="queued")
    attempts = SmallInt(default=0)
    next_attempt_at = Timestamptz(default=None)
    lease_owner = UUID(default=None, null=True)
    lease_until = Timestamptz(default=None, null=True)
    gateway = Varchar(20, default="")
    reference = Varchar(120, default="")  # what the gateway calls it
    parts = SmallInt(default=0)
    cost = BigInt(default=0)
    currency = Varchar(3, default="")
    reason = Varchar(40, default="")  # a reasons.Reason, where it failed or was dropped
    again_of = UUID(default=None, null=True)
    sent_at = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None)
    updated_at = Timestamptz(default=None)


class Sending(Table, tablename="notifications_sending"):
    """The one row of what coordinators decide about all sending; its lock orders dispatchers.

    ``budget`` is for a calendar month (UTC), in ten-thousandths of ``currency``; null is
    no limit.
    """

    id = SmallInt(primary_key=True, default=1)
    paused_at = Timestamptz(default=None, null=True)
    budget = BigInt(default=None, null=True)
    currency = Varchar(3, default="CHF")
    version = Integer(default=1)


class GatewayPace(Table, tablename="notifications_gateway_pace"):
    """How many messages a gateway may be given now: a bucket that fills with time.

    ``tokens`` were in it at ``counted_at``.
    """

    name = Varchar(20, primary_key=True)
    tokens = DoublePrecision(default=0.0)
    counted_at = Timestamptz(default=None)


class HookCall(Table, tablename="notifications_hook_call"):
    """What a gateway told, once: ``fingerprint`` is unique. ``told`` is without its secrets.

    ``message`` is the one that a report was about, where it is known.
    """

    id = UUID(default=new_id, primary_key=True)
    gateway = Varchar(20)
    kind = Varchar(10)  # report, message
    fingerprint = Varchar(64, unique=True)
    message = ForeignKey(Message, on_delete=OnDelete.set_null, index=True)
    told = Text(default="")
    received_at = Timestamptz(default=None, index=True)


class Reply(Table, tablename="notifications_reply"):
    """A message that came in. ``borrower`` is whose number it is, where it is one person's.

    ``wish`` is the ``replies.Wish`` that it was taken for, ``answer`` what the program wrote
    back by itself, if anything.
    """

    id = UUID(default=new_id, primary_key=True)
    gateway = Varchar(20)
    sender = Varchar(40, index=True)
    recipient = Varchar(40, default="")
    text = Text(default="")
    borrower = ForeignKey(Borrower, on_delete=OnDelete.cascade, index=True)
    wish = Varchar(10, default="")
    answer = ForeignKey(Message, on_delete=OnDelete.set_null, index=True)
    sent_at = Timestamptz(default=None)
    received_at = Timestamptz(default=None, index=True)


class Conversation(Table, tablename="notifications_conversation"):
    """A number that wrote to us. Its row is locked while something from it is answered.

    ``site`` is whose desk reads it; null: of those who see all sites. ``borrower`` is whose
    number it was when it wrote last, where it is one person's. ``waiting_since`` is set while
    somebody at the desk has to read or do something, ``call_wanted`` where that is to call
    back. ``version`` grows with each message and each thing done.
    """

    id = UUID(default=new_id, primary_key=True)
    number = Varchar(40, unique=True)
    site = ForeignKey(Site, on_delete=OnDelete.cascade, index=True)
    borrower = ForeignKey(Borrower, on_delete=OnDelete.cascade, index=True)
    waiting_since = Timestamptz(default=None, null=True)
    call_wanted = Boolean(default=False)
    version = Integer(default=0)
