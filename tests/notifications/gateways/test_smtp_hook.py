"""E-mails that came back, as mail servers write them: what becomes of the message."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response

from comptoir.core.ids import new_id
from comptoir.notifications.channels import Channel
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.gateways.hooks import LARGEST_RETURNED
from comptoir.notifications.gateways.protocol import Accepted, Unknown
from comptoir.notifications.routing import Route
from comptoir.notifications.tables import HookCall
from tests.http_client import client_of
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway

SECRET = "a-secret-that-the-mail-server-says"
HOOK = "/hooks/smtp/returned"
THEIRS = "amina@example.org"


def returned(
    message: object,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    head: str = "message/rfc822",
    text: str = "Bonjour",
) -> bytes:
    """As Postfix writes it (RFC 3464); ``head`` is the kind of the part with what was sent."""
    return f"""\
Return-Path: <>
Date: Tue, 24 Nov 2026 15:00:00 +0100 (CET)
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4bRk.1700000000/mail.example.org"
Message-Id: <20261124140000.ABCDEF@mail.example.org>

This is a MIME-encapsulated message.

--4bRk.1700000000/mail.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<{THEIRS}>: host mx.example.org said: 550 5.1.1 User unknown

--4bRk.1700000000/mail.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Tue, 24 Nov 2026 15:00:00 +0100 (CET)

Final-Recipient: rfc822; {THEIRS}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--4bRk.1700000000/mail.example.org
Content-Description: Undelivered Message
Content-Type: {head}

From: desk@example.org
To: {THEIRS}
Message-ID: <{message}@example.org>

{text}

--4bRk.1700000000/mail.example.org--
""".replace("\n", "\r\n").encode()


@pytest.fixture
async def client(database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    monkeypatch.setenv("COMPTOIR_SMTP_SECRET", SECRET)
    async with client_of() as client:
        client.headers.pop("Sec-Fetch-Site")  # no browser asks
        yield client


async def sent(now: datetime, *, lost: bool = False) -> UUID:
    message = await rows.message(now=now, channel="email", address=THEIRS)
    gateway = RecordingGateway(
        lambda _: Unknown() if lost else Accepted(),
        name="smtp",
        channels=frozenset({Channel.EMAIL}),
    )
    await dispatch([Route(gateway)], now=now)
    return message


async def hand_on(client: AsyncClient, body: bytes, secret: str = SECRET) -> Response:
    headers = {"Content-Type": "message/rfc822"}
    return await client.post(HOOK, params={"secret": secret}, content=body, headers=headers)


@pytest.mark.parametrize("head", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(
    ("action", "status", "known", "reason"),
    [
        ("failed", "5.1.1", "failed", "address-invalid"),
        ("failed", "5.2.2 (mailbox full)", "failed", "not-delivered"),
        ("Failed", "5.1.10", "failed", "address-invalid"),
        ("delayed", "4.4.1", "accepted", ""),
        ("delivered", "2.0.0", "delivered", ""),
        ("failed", "nonsense", "failed", "not-delivered"),
    ],
)
async def test_what_came_back_says_why(
    client: AsyncClient,
    now: datetime,
    head: str,
    action: str,
    status: str,
    known: str,
    reason: str,
) -> None:
    message = await sent(now)
    answer = await hand_on(client, returned(message, action=action, status=status, head=head))
    assert (answer.status_code, answer.text) == (200, "")
    found = await rows.read(message)
    assert (found.status, found.reason) == (known, reason)
    (call,) = await HookCall.objects()
    assert call.message == message
    assert THEIRS not in call.told
    assert SECRET not in call.told


async def test_in_any_order_twice_before_the_answer_and_of_nothing_known(
    client: AsyncClient, now: datetime
) -> None:
    message = await sent(now, lost=True)
    for action in ("delayed", "failed", "delayed", "failed"):
        assert (await hand_on(client, returned(message, action=action))).status_code == 200
    assert await rows.status(message) == "failed"
    assert await HookCall.count() == 2
    assert (await hand_on(client, returned(new_id()))).status_code == 200


async def test_all_of_a_long_message_may_come_back(client: AsyncClient, now: datetime) -> None:
    message = await sent(now)
    assert (await hand_on(client, returned(message, text="x " * 20_000))).status_code == 200
    assert await rows.status(message) == "failed"
    large = returned(message, text="x" * LARGEST_RETURNED)
    assert (await hand_on(client, large)).status_code == 413
    assert (await hand_on(client, b"x" * 1_000_000)).status_code == 413


async def test_a_wrong_charset_is_read_all_the_same(client: AsyncClient, now: datetime) -> None:
    message = await sent(now)
    wrong = returned(message, text="é").replace("é".encode(), b"\xe9\x00\xff")
    assert (await hand_on(client, wrong)).status_code == 200
    assert await rows.status(message) == "failed"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff",
        b"From: a@example.org\r\nSubject: Out of office\r\n\r\nI am away.",
        b"Content-Type: multipart/report; boundary=a\r\n\r\n--a--",
        b"Content-Type: multipart/report\r\n\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        returned("nobody"),
        returned(new_id(), action="lost"),
        returned(new_id()).replace(b"multipart/report", b"multipart/mixed"),
        returned(new_id()).replace(b"message/delivery-status", b"text/plain"),
    ],
)
async def test_what_is_no_such_thing_is_refused(client: AsyncClient, body: bytes) -> None:
    assert (await hand_on(client, body)).status_code == 422
    assert await HookCall.count() == 0


async def test_without_the_secret_nothing_is_believed(
    client: AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await sent(now)
    for wrong in ("", "é", SECRET[:-1]):
        assert (await hand_on(client, returned(message), wrong)).status_code == 404
    assert (await client.post("/hooks/smtp/messages?secret=" + SECRET)).status_code == 422
    monkeypatch.delenv("COMPTOIR_SMTP_SECRET")
    assert (await hand_on(client, returned(message), "")).status_code == 404
    assert await rows.status(message) == "accepted"
