"""The code of a voucher that was given a moment ago, in a text message."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from comptoir.core import events
from comptoir.core.principal import Principal
from comptoir.lending.errors import IssueRefused
from comptoir.lending.events import VoucherToSend
from comptoir.lending.refusals import Refusal
from comptoir.lending.vouchers.showing import ShownIssue, open_issued


async def send_issued(actor: Principal, issue_id: UUID, *, now: datetime) -> ShownIssue:
    """Have the code sent to the person's own number. Its code is told to nobody here.

    Raises:
        VoucherIssueNotFound, vault.KeyMissing, vault.Unreadable: as ``show_issued``.
        IssueRefused: as there, or the kind may not go out so, or the person has no number, or
            it is known that the message would not go, or not arrive (``obstacles``).
    """
    async with open_issued(actor, issue_id, action="voucher.sent_to_phone", now=now) as shown:
        if shown.not_sent is not None:
            raise IssueRefused(Refusal(shown.not_sent))
        await events.publish(VoucherToSend(issue_id=issue_id, site_id=shown.site_id, at=now))
    return shown
