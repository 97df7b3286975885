"""What a telephone tells: signed, now, and once."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock
from comptoir.core.ids import new_id
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.routing import Route
from comptoir.notifications.tables import HookCall, Reply
from tests import factories as make
from tests.http_client import client_of
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway

SECRET = "a signing key of many letters"
REPORTS, MESSAGES = "/hooks/android/reports", "/hooks/android/messages"


@pytest.fixture
async def client(database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    monkeypatch.setenv("COMPTOIR_ANDROID_SECRET", SECRET)
    async with client_of() as client:
        client.headers.pop("Sec-Fetch-Site")  # no browser asks
        yield client


def event(name: str, /, **payload: Any) -> bytes:
    frame = {"deviceId": "ffffffffceb0b1db", "event": name, "id": str(new_id())}
    return json.dumps({**frame, "webhookId": "w1", "payload": payload}, ensure_ascii=False).encode()


def received(**values: Any) -> bytes:
    return event(
        "sms:received",
        **{
            "messageId": "abc123",
            "message": "PROLONGER",
            "sender": "+41791234567",
            "recipient": None,
            "simNumber": None,
            "receivedAt": clock.now().astimezone().isoformat(timespec="milliseconds"),
            **values,
        },
    )


async def tell(
    client: AsyncClient,
    path: str,
    body: bytes,
    *,
    secret: str = SECRET,
    age: timedelta = timedelta(),
    **headers: str,
) -> Response:
    at = str(int((clock.now() - age).timestamp()))
    signed = hmac.new(secret.encode(), body + at.encode(), hashlib.sha256).hexdigest()
    told = {"X-Timestamp": at, "X-Signature": signed} | headers
    return await client.post(path, content=body, headers=told)


async def sent(now: datetime) -> UUID:
    message = await rows.message(now=now)
    await dispatch([Route(RecordingGateway(name="android"))], now=now)
    return message


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("sms:sent", "accepted", ""),
        ("sms:delivered", "delivered", ""),
        ("sms:failed", "failed", "not-delivered"),
    ],
)
async def test_a_report_says_what_became_of_it(
    client: AsyncClient, now: datetime, name: str, status: str, reason: str
) -> None:
    message = await sent(now)
    body = event(name, messageId=str(message), recipient="+41791234567", reason="Generic failure")
    answer = await tell(client, REPORTS, body)
    assert (answer.status_code, answer.text) == (200, "")
    found = await rows.read(message)
    assert (found.status, found.reason) == (status, reason)


async def test_reports_out_of_order_and_twice_end_the_same(
    client: AsyncClient, now: datetime
) -> None:
    message = await sent(now)
    for name in ("sms:delivered", "sms:sent", "sms:delivered", "sms:sent", "sms:failed"):
        assert (await tell(client, REPORTS, event(name, messageId=str(message)))).status_code == 200
    assert (await rows.read(message)).status == "delivered"
    assert await HookCall.count() == 3


async def test_a_report_of_nothing_known_is_kept_and_changes_nothing(client: AsyncClient) -> None:
    body = event("sms:delivered", messageId=str(new_id()))
    assert (await tell(client, REPORTS, body)).status_code == 200
    (call,) = await HookCall.objects()
    assert call.message is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "another key of many letters"},
        {"secret": ""},
        {"age": timedelta(minutes=6)},
        {"age": -timedelta(minutes=6)},
        {"X-Signature": ""},
        {"X-Timestamp": ""},
        {"X-Timestamp": "9" * 40},
    ],
)
@pytest.mark.parametrize("path", [REPORTS, MESSAGES])
async def test_what_is_not_signed_now_is_not_believed(
    client: AsyncClient, path: str, wrong: dict[str, Any]
) -> None:
    assert (await tell(client, path, received(), **wrong)).status_code == 404
    assert await HookCall.count() == 0


async def test_a_signature_is_for_one_body(client: AsyncClient) -> None:
    first, second = received(message="OUI"), received(message="STOP")
    at = str(int(clock.now().timestamp()))
    signed = hmac.new(SECRET.encode(), first + at.encode(), hashlib.sha256).hexdigest()
    headers = {"X-Timestamp": at, "X-Signature": signed}
    answer = await client.post(MESSAGES, content=second, headers=headers)
    assert (answer.status_code, await Reply.count()) == (404, 0)


async def test_without_a_key_nobody_has_it(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMPTOIR_ANDROID_SECRET")
    assert (await tell(client, MESSAGES, received(), secret="")).status_code == 404


@pytest.mark.parametrize(
    ("values", "text", "sender"),
    [
        ({"message": "ça, s’il vous plaît 👍"}, "ça, s’il vous plaît 👍", "+41791234567"),
        ({"sender": None, "phoneNumber": "0041791234567"}, "PROLONGER", "+41791234567"),
        ({"message": None}, "", "+41791234567"),
        ({"message": "a\x00b"}, "ab", "+41791234567"),
    ],
)
async def test_a_message_is_kept_once(
    client: AsyncClient, values: dict[str, Any], text: str, sender: str
) -> None:
    borrower = await make.borrower(phone="+41791234567")
    body = received(**values)
    for _ in range(2):
        assert (await tell(client, MESSAGES, body)).status_code == 200
    (kept,) = await Reply.objects()
    assert (kept.text, kept.sender, kept.borrower) == (text, sender, borrower.id)


async def test_a_text_in_a_wrong_charset_is_read_as_well_as_can_be(client: AsyncClient) -> None:
    body = received(message="né").decode().encode("latin-1")
    assert (await tell(client, MESSAGES, body)).status_code == 200
    (kept,) = await Reply.objects()
    assert kept.text == "n\ufffd"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (REPORTS, b""),
        (REPORTS, b"[]"),
        (REPORTS, b'{"event": "sms:sent", "id": "1", "payload": null}'),
        (REPORTS, event("sms:sent", messageId="nonsense")),
        (REPORTS, event("sms:sent", messageId=7)),
        (REPORTS, event("system:ping", messageId=str(new_id()))),
        (MESSAGES, event("sms:sent", messageId=str(new_id()))),
        (MESSAGES, event("sms:received", sender="+41791234567", message="hello")),
        (MESSAGES, event("sms:received", message="hello", receivedAt="2026-11-25T09:00:00Z")),
        (
            MESSAGES,
            event("sms:received", sender="+41791234567", receivedAt="2026-11-25T09:00:00"),
        ),
    ],
)
async def test_what_makes_no_sense_is_refused(client: AsyncClient, path: str, body: bytes) -> None:
    assert (await tell(client, path, body)).status_code == 422
    assert await HookCall.count() == 0


async def test_what_is_too_long_or_too_old_is_refused(client: AsyncClient) -> None:
    assert (await tell(client, MESSAGES, b"x" * 1_000_000)).status_code == 413
    old = (clock.now() - timedelta(days=31)).isoformat()
    assert (await tell(client, MESSAGES, received(receivedAt=old))).status_code == 422
    assert await Reply.count() == 0
