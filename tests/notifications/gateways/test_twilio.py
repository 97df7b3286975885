"""Twilio: what is asked of it, what its answers mean, and what it tells."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock, db
from comptoir.core.ids import new_id
from comptoir.core.settings import SettingsInvalid
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.gateways.protocol import (
    Accepted,
    Answer,
    NotTaken,
    Rejected,
    Unknown,
)
from comptoir.notifications.gateways.twilio import TwilioGateway
from comptoir.notifications.gateways.variables import Variables
from comptoir.notifications.reasons import Reason
from comptoir.notifications.retention import CALLS_KEPT_FOR, forget
from comptoir.notifications.routing import Route
from comptoir.notifications.tables import HookCall, Reply
from tests import factories as make
from tests.http_client import ORIGIN, client_of
from tests.notifications import rows
from tests.notifications.gateways.faults import assert_faults_are_told_apart, message
from tests.notifications.recording import RecordingGateway
from tests.notifications.wire import http, listening

TOKEN = "12345678901234567890123456789012"
REPORTS, MESSAGES = "/hooks/twilio/reports", "/hooks/twilio/messages"
TAKEN = json.dumps({"sid": "SM123", "status": "queued", "error_code": None, "num_segments": "1"})


def gateway(url: str, sender: str = "+41265550110") -> TwilioGateway:
    return TwilioGateway(
        url, account="AC1", token=TOKEN, sender=sender, report_url=f"{ORIGIN}{REPORTS}"
    )


def error(code: int) -> str:
    return json.dumps({"code": code, "message": "No", "more_info": "https://…", "status": 400})


async def test_a_message_is_handed_over_with_all_that_twilio_needs() -> None:
    sent = message("à demain & fête œ")
    async with listening(lambda _: http(201, TAKEN)) as wire:
        assert await gateway(wire.url).send(sent) == Accepted("SM123")
        await gateway(wire.url, "MG1").send(sent)
    first, second = wire.requests
    assert first.target == "/cgi-bin/sendsms/2010-04-01/Accounts/AC1/Messages.json"
    login = b64encode(f"AC1:{TOKEN}".encode()).decode()
    assert (first.method, first.headers["authorization"]) == ("POST", f"Basic {login}")
    assert dict(parse_qsl(first.body)) == {
        "To": "+41791234567",
        "From": "+41265550110",
        "Body": "à demain & fête œ",
        "ValidityPeriod": "7200",
        "StatusCallback": f"{ORIGIN}{REPORTS}?message={sent.id}",
    }
    assert dict(parse_qsl(second.body))["MessagingServiceSid"] == "MG1"


@pytest.mark.parametrize(
    ("status", "text", "answer"),
    [
        (400, error(21211), Rejected(Reason.NUMBER_INVALID)),
        (400, error(21614), Rejected(Reason.NUMBER_INVALID)),
        (400, error(21610), Rejected(Reason.OPTED_OUT)),
        (400, error(21617), Rejected(Reason.TEXT_REFUSED)),
        (400, error(21408), NotTaken(Reason.GATEWAY_ERROR)),
        (400, "?", NotTaken(Reason.GATEWAY_ERROR)),
        (401, error(20003), NotTaken(Reason.GATEWAY_LOGIN)),
        (404, error(20404), NotTaken(Reason.GATEWAY_ERROR)),
        (429, error(20429), NotTaken(Reason.GATEWAY_BUSY)),
        (503, error(20503), Unknown(Reason.GATEWAY_ERROR)),
        (200, error(21211), Unknown(Reason.GATEWAY_ERROR)),
        (
            201,
            '{"sid": "SM1", "status": "failed", "error_code": 21610}',
            Rejected(Reason.OPTED_OUT),
        ),
        (201, '{"sid": "SM1", "status": "failed"}', Rejected(Reason.NOT_DELIVERED)),
    ],
)
async def test_what_an_answer_means(status: int, text: str, answer: Answer) -> None:
    async with listening(lambda _: http(status, text)) as wire:
        assert await gateway(wire.url).send(message()) == answer


async def test_what_goes_wrong_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    await assert_faults_are_told_apart(gateway, monkeypatch, whole=http(201, TAKEN))
    assert await gateway("http://127.0.0.1:1").ask(message()) == Unknown()


def test_its_variables_are_refused_by_name() -> None:
    given = {
        "COMPTOIR_TWILIO_ACCOUNT": "AC1",
        "COMPTOIR_TWILIO_TOKEN": TOKEN,
        "COMPTOIR_TWILIO_SENDER": "Comptoir",
    }
    made = TwilioGateway.of(Variables(given, "twilio"), base_url=ORIGIN)
    assert made.url == "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
    for name in given:
        with pytest.raises(SettingsInvalid, match=name):
            TwilioGateway.of(Variables(given | {name: ""}, "twilio"), base_url=ORIGIN)


async def stopped(number: str) -> bool:
    found = await db.fetch(
        "SELECT wish.stopped_at FROM notifications_borrower_wish wish "
        "JOIN lending_borrower borrower ON borrower.id = wish.borrower "
        "WHERE borrower.phone = :phone AND wish.stopped_at IS NOT NULL",
        phone=number,
    )
    return bool(found)


async def test_whoever_opted_out_at_twilio_has_stopped(database: Any, now: datetime) -> None:
    await make.borrower(phone="+41791112233")
    sent = await rows.message(now=now, address="+41791112233")
    async with listening(lambda _: http(400, error(21610))) as wire:
        await dispatch([Route(gateway(wire.url))], now=now)
    found = await rows.read(sent)
    assert (found.status, found.reason) == ("failed", "opted-out")
    assert await stopped("+41791112233")


@pytest.fixture
async def client(database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    monkeypatch.setenv("COMPTOIR_TWILIO_TOKEN", TOKEN)
    async with client_of() as client:
        client.headers.pop("Sec-Fetch-Site")  # no browser asks
        yield client


def signature(path: str, form: dict[str, str], token: str = TOKEN) -> str:
    said = ORIGIN + path + "".join(name + form[name] for name in sorted(form))
    return b64encode(hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()).decode()


async def tell(
    client: AsyncClient, path: str, form: dict[str, str], signed: str | None = None
) -> Response:
    headers = {
        "X-Twilio-Signature": signature(path, form) if signed is None else signed,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return await client.post(path, content=urlencode(form), headers=headers)


async def told(client: AsyncClient, sent: object, status: str, code: str = "") -> Response:
    form = {"MessageSid": "SM123", "MessageStatus": status, "To": "+41791234567", "AccountSid": ""}
    form |= {"ErrorCode": code} if code else {}
    return await tell(client, f"{REPORTS}?message={sent}", form)


def reply(**values: str) -> dict[str, str]:
    sid = f"SM{new_id().hex}"
    return {
        "MessageSid": sid,
        "From": "+41791234567",
        "To": "+41265550110",
        "Body": "ça, s’il vous plaît 👍",
        "FromCity": "",
        **values,
    }


async def sent(now: datetime, **values: Any) -> UUID:
    made = await rows.message(now=now, **values)
    await dispatch([Route(RecordingGateway(name="twilio"))], now=now)
    return made


@pytest.mark.parametrize(
    ("status", "code", "known", "reason"),
    [
        ("sent", "", "accepted", ""),
        ("delivered", "", "delivered", ""),
        ("undelivered", "30003", "failed", "not-delivered"),
        ("failed", "21614", "failed", "number-invalid"),
        ("failed", "²", "failed", "not-delivered"),
    ],
)
async def test_a_report_says_what_became_of_it(
    client: AsyncClient, now: datetime, status: str, code: str, known: str, reason: str
) -> None:
    made = await sent(now)
    answer = await told(client, made, status, code)
    assert (answer.status_code, answer.text) == (200, "")
    found = await rows.read(made)
    assert (found.status, found.reason) == (known, reason)


async def test_a_report_of_an_opt_out_stops(client: AsyncClient, now: datetime) -> None:
    await make.borrower(phone="+41791112233")
    made = await sent(now, address="+41791112233")
    assert (await told(client, made, "failed", "21610")).status_code == 200
    assert await stopped("+41791112233")


async def test_reports_out_of_order_twice_and_of_nothing_known(
    client: AsyncClient, now: datetime
) -> None:
    made = await sent(now)
    for status in ("delivered", "sent", "queued", "delivered"):
        assert (await told(client, made, status)).status_code == 200
    assert await rows.status(made) == "delivered"
    assert await HookCall.count() == 3
    assert (await told(client, new_id(), "delivered")).status_code == 200


async def test_what_is_not_signed_is_not_believed(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = reply()
    good = signature(MESSAGES, form)
    for wrong in ("", "%", good[:-1], good.lower()):
        assert (await tell(client, MESSAGES, form, wrong)).status_code == 404
    assert (await tell(client, MESSAGES, form | {"Body": "STOP"}, good)).status_code == 404
    assert (await tell(client, f"{MESSAGES}?a=b", form, good)).status_code == 404
    many = {f"n{number}": "" for number in range(200)}
    assert (await tell(client, MESSAGES, many)).status_code == 404
    monkeypatch.delenv("COMPTOIR_TWILIO_TOKEN")
    assert (await tell(client, MESSAGES, form, signature(MESSAGES, form, ""))).status_code == 404
    assert await HookCall.count() == 0


@pytest.mark.parametrize("path", [MESSAGES, "/hooks/twilio-lyon/messages"])
async def test_a_message_is_kept_once_for_ever(
    client: AsyncClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPTOIR_TWILIO_LYON_TOKEN", TOKEN)
    form = reply()
    for _ in range(2):
        assert (await tell(client, path, form)).status_code == 200
    (kept,) = await Reply.objects()
    assert (kept.text, kept.sender) == ("ça, s’il vous plaît 👍", "+41791234567")
    # Long after, when texts are forgotten, somebody sends the recording.
    await forget(now=clock.now() + 2 * CALLS_KEPT_FOR)
    assert (await tell(client, path, form)).status_code == 200
    assert await Reply.count() == 0
    (call,) = await HookCall.objects()
    assert call.told == ""


async def test_what_makes_no_sense_is_refused(client: AsyncClient) -> None:
    assert (await told(client, "nonsense", "sent")).status_code == 422
    assert (await told(client, new_id(), "lost")).status_code == 422
    assert (await tell(client, MESSAGES, reply(From=""))).status_code == 422
    assert (await tell(client, MESSAGES, reply(MessageSid=""))).status_code == 422
    assert (await tell(client, MESSAGES, reply(Body="x" * 1_000_000))).status_code == 413
    assert await HookCall.count() == 0
