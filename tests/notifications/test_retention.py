"""What is forgotten of messages: texts and numbers first, the rest later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import clock
from comptoir.core.principal import Role
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.errors import NotTriedAgain
from comptoir.notifications.gateways.protocol import Unknown
from comptoir.notifications.messages.queries import count_to_decide
from comptoir.notifications.messages.services import try_again
from comptoir.notifications.retention import MESSAGES_KEPT_FOR, TEXTS_KEPT_FOR, forget
from comptoir.notifications.routing import Route
from comptoir.notifications.tables import HookCall, Message, Reply
from tests import factories as make
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway

HOUR = timedelta(hours=1)


async def unknown(now: datetime) -> UUID:
    message = await rows.message(now=now)
    await dispatch([Route(RecordingGateway(lambda _: Unknown()))], now=now)
    return message


async def test_text_and_number_go_and_the_rest_stays(database: Any) -> None:
    now = clock.now()  # ids tell the real time
    message = await unknown(now)
    await forget(now=now + TEXTS_KEPT_FOR - HOUR)
    assert (await rows.read(message)).text != ""
    await forget(now=now + TEXTS_KEPT_FOR + HOUR)
    found = await rows.read(message)
    assert (found.text, found.address, found.status) == ("", "", "unknown")
    await forget(now=now + MESSAGES_KEPT_FOR + HOUR)
    assert await Message.count() == 0


async def test_a_number_goes_also_without_a_text(database: Any) -> None:
    now = clock.now()
    message = await rows.message(now=now, text="")
    await dispatch([Route(RecordingGateway())], now=now)
    await forget(now=now + TEXTS_KEPT_FOR + HOUR)
    assert (await rows.read(message)).address == ""


async def test_what_has_no_text_any_more_is_not_tried_again(database: Any) -> None:
    now, admin = clock.now(), await make.principal(Role.ADMIN)
    message = await unknown(now)
    assert await count_to_decide(admin, None, now=now) == 1
    await forget(now=now + TEXTS_KEPT_FOR + HOUR)
    assert await count_to_decide(admin, None, now=now) == 0
    with pytest.raises(NotTriedAgain):
        await try_again(admin, message, now=now)


async def test_what_waits_is_kept(database: Any) -> None:
    now = clock.now()
    message = await rows.message(now=now)
    await forget(now=now + MESSAGES_KEPT_FOR + HOUR)
    assert (await rows.read(message)).text != ""


async def test_what_gateways_told_goes(database: Any, now: datetime) -> None:
    for age in (timedelta(days=100), timedelta(days=1)):
        at = now - age
        await HookCall(gateway="kannel", kind="report", fingerprint=str(age), received_at=at).save()
        await Reply(gateway="kannel", sender="+41791234567", sent_at=at, received_at=at).save()
    await forget(now=now)
    assert [await table.count() for table in (HookCall, Reply)] == [1, 1]
