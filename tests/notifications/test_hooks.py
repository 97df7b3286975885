"""What gateways tell by themselves: believed with the secret alone, and once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from comptoir.core import clock, db, events
from comptoir.core.ids import new_id
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.events import ReplyArrived
from comptoir.notifications.gateways.hooks import LARGEST_DELIVERY
from comptoir.notifications.hook_calls import OLDEST
from comptoir.notifications.routing import Route
from comptoir.notifications.tables import HookCall, Reply
from tests import factories as make
from tests.http_client import client_of
from tests.notifications import rows
from tests.notifications.hook import MESSAGES, REPORTS, SECRET, reply, report
from tests.notifications.recording import RecordingGateway


@pytest.fixture
async def client(database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    monkeypatch.setenv("COMPTOIR_KANNEL_SECRET", SECRET)
    async with client_of() as client:
        client.headers.pop("Sec-Fetch-Site")  # no browser asks
        yield client


async def sent(now: datetime, gateway: str = "kannel") -> UUID:
    message = await rows.message(now=now)
    await dispatch([Route(RecordingGateway(name=gateway))], now=now)
    return message


@pytest.mark.parametrize(
    ("number", "status", "reason"),
    [
        (1, "delivered", ""),
        (2, "failed", "not-delivered"),
        (8, "accepted", ""),
        (16, "failed", "number-invalid"),
    ],
)
async def test_a_report_says_what_became_of_it(
    client: AsyncClient, now: datetime, number: int, status: str, reason: str
) -> None:
    message = await sent(now)
    answer = await report(client, message, number)
    assert (answer.status_code, answer.text) == (200, "")
    found = await rows.read(message)
    assert (found.status, found.reason) == (status, reason)
    (call,) = await HookCall.objects()
    assert (call.kind, call.message) == ("report", message)
    assert SECRET not in call.told


async def test_reports_out_of_order_and_twice_end_the_same(
    client: AsyncClient, now: datetime
) -> None:
    message = await sent(now)
    for number in (1, 8, 1, 8):
        assert (await report(client, message, number)).status_code == 200
    assert await rows.status(message) == "delivered"
    assert await HookCall.count() == 2


async def test_a_report_of_nothing_known_is_kept_and_changes_nothing(
    client: AsyncClient,
) -> None:
    assert (await report(client, new_id(), 1)).status_code == 200
    (call,) = await HookCall.objects()
    assert call.message is None


@pytest.mark.parametrize("gateway", ["twilio", "kannel-lyon"])
async def test_a_gateway_tells_nothing_of_what_another_was_given(
    client: AsyncClient, now: datetime, gateway: str
) -> None:
    message = await sent(now, gateway)
    assert (await report(client, message, 1)).status_code == 200
    assert await rows.status(message) == "accepted"
    (call,) = await HookCall.objects()
    assert call.message is None


@pytest.mark.parametrize("channel", ["sms", "call", "letter"])
async def test_a_gateway_tells_nothing_of_what_none_was_given(
    client: AsyncClient, now: datetime, channel: str
) -> None:
    message = await rows.message(now=now, channel=channel)
    assert (await report(client, message, 1)).status_code == 200
    assert await rows.status(message) == "queued"


@pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], SECRET + "x", "é"])
@pytest.mark.parametrize("path", [REPORTS, MESSAGES])
async def test_without_the_secret_nothing_is_believed(
    client: AsyncClient, now: datetime, path: str, secret: str
) -> None:
    message = await sent(now)
    query = {"message": str(message), "status": "1", "from": "+41791234567", "id": "1", "at": "1"}
    answer = await client.get(path, params=query | {"secret": secret})
    assert answer.status_code == 404
    assert await rows.status(message) == "accepted"
    assert await HookCall.count() == 0


async def test_where_no_secret_is_set_nobody_has_it(
    client: AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await sent(now)
    monkeypatch.delenv("COMPTOIR_KANNEL_SECRET")
    assert (await report(client, message, 1, secret="")).status_code == 404


async def test_a_gateway_that_tells_nothing_has_no_address(client: AsyncClient) -> None:
    assert (await client.get("/hooks/file/reports")).status_code == 404


@pytest.mark.parametrize(
    ("message", "number"),
    [("nonsense", "1"), ("01a2144c-8d2f-753a-ba61-a636a5160cb4", "3"), ("", ""), ("\x00", "1")],
)
async def test_what_makes_no_sense_is_refused(
    client: AsyncClient, message: str, number: str
) -> None:
    assert (await report(client, message, number)).status_code == 422
    assert await HookCall.count() == 0


async def test_what_is_too_long_is_refused(client: AsyncClient) -> None:
    assert (await reply(client, b"x" * LARGEST_DELIVERY)).status_code == 422
    answer = await client.post(f"{MESSAGES}?secret={SECRET}", content=b"x" * 1_000_000)
    assert answer.status_code == 413
    assert await Reply.count() == 0


@pytest.mark.parametrize("path", [REPORTS, MESSAGES])
async def test_a_query_of_too_many_fields_is_nobodys(client: AsyncClient, path: str) -> None:
    answer = await client.get(f"{path}?secret={SECRET}{'&x=1' * 30}")
    assert answer.status_code == 404


async def test_zero_signs_in_a_reply_are_left_out(client: AsyncClient) -> None:
    assert (await reply(client, sender="Comp\x00toir", to="+4126\x00")).status_code == 200
    (kept,) = await Reply.objects()
    assert (kept.sender, kept.recipient) == ("Comptoir", "+4126")


async def test_what_hides_or_turns_the_writing_around_is_left_out(client: AsyncClient) -> None:
    text = "\u202ea\u200bb\nc\ufeff".encode()
    assert (await reply(client, text, sender="\u202eComptoir")).status_code == 200
    (kept,) = await Reply.objects()
    assert (kept.sender, kept.text) == ("Comptoir", "ab\nc")


@pytest.mark.parametrize(
    ("data", "coding", "text"),
    [
        (
            "Prolongez-moi ça, s’il vous plaît 👍".encode(),
            "0",
            "Prolongez-moi ça, s’il vous plaît 👍",
        ),
        ("fête 👍".encode("utf-16-be"), "2", "fête 👍"),
        ("né à l’été".encode("cp1252"), "0", "né à l’été"),
        (b"\x00P\x00R\x00", "2", "PR\ufffd"),
        (b"a\x00b", "0", "ab"),
        (b"", "0", ""),
        (b"x" * 5000, "0", "x" * 2000),
    ],
)
async def test_a_reply_is_kept_in_its_letters(
    client: AsyncClient, data: bytes, coding: str, text: str
) -> None:
    assert (await reply(client, data, coding=coding)).status_code == 200
    (kept,) = await Reply.objects()
    assert kept.text == text


async def test_a_reply_told_twice_is_one(client: AsyncClient) -> None:
    for _ in range(2):
        answer = await reply(client, id="the same")
        assert (answer.status_code, answer.text) == (200, "")
    assert await Reply.count() == 1


@pytest.mark.parametrize("age", [OLDEST + timedelta(hours=1), timedelta(days=30_000)])
async def test_a_reply_of_long_ago_is_refused(client: AsyncClient, age: timedelta) -> None:
    at = str(int((clock.now() - age).timestamp()))
    assert (await reply(client, at=at)).status_code == 422
    assert await Reply.count() == 0


async def test_a_reply_knows_whose_number_it_is_unless_two_share_it(client: AsyncClient) -> None:
    alone = await make.borrower(phone="+41791110001")
    for _ in range(2):
        await make.borrower(phone="+41791110002")
    for sender in ("0041791110001", "+41791110002", "+41791110003", "Comptoir"):
        await reply(client, sender=sender)
    kept = await db.fetch("SELECT sender, borrower FROM notifications_reply ORDER BY id")
    assert [(row["sender"], row["borrower"]) for row in kept] == [
        ("+41791110001", alone.id),
        ("+41791110002", None),
        ("+41791110003", None),
        ("Comptoir", None),
    ]


async def test_whoever_reacts_to_a_reply_is_told_once_and_its_failure_undoes_it(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[ReplyArrived] = []

    async def hear(event: ReplyArrived) -> None:
        heard.append(event)
        if event.text == "fail":
            raise RuntimeError("as told")

    monkeypatch.setitem(events._handlers, ReplyArrived, [hear])
    await reply(client, id="1")
    await reply(client, id="1")
    assert [each.text for each in heard] == ["PROLONGER"]
    answer = await reply(client, b"fail", id="2")
    assert (answer.status_code, await Reply.count()) == (500, 1)
