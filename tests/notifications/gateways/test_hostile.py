"""Each gateway at its worst: whatever it does, a message goes once, and what is known is true."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from httpx import AsyncClient, Response

from comptoir.core import clock
from comptoir.core.ids import new_id
from comptoir.core.settings import Settings
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.gateways import http as http_client
from comptoir.notifications.gateways import smtp
from comptoir.notifications.gateways.configuration import read_routes
from comptoir.notifications.gateways.protocol import (
    Accepted,
    Answer,
    NotTaken,
    Outgoing,
    Rejected,
    Unknown,
)
from comptoir.notifications.gateways.smpp import session
from comptoir.notifications.gateways.smpp.units import Unit
from comptoir.notifications.reasons import Reason
from comptoir.notifications.routing import Route
from comptoir.notifications.tables import HookCall
from tests.http_client import ORIGIN, client_of
from tests.notifications import rows
from tests.notifications.gateways.test_smpp import ACCEPTED, Ear, silent
from tests.notifications.gateways.test_smtp_hook import returned
from tests.notifications.mail import mail_server
from tests.notifications.recording import RecordingGateway
from tests.notifications.smsc import Cut, Smsc, Submit, account, bad_line, smsc
from tests.notifications.wire import http, listening

SECRET = "a-secret-that-each-of-them-says"
#: What a gateway of each kind needs; where it is stands before it.
ACCOUNTS = {
    "kannel": {"USER": "u", "PASSWORD": "p", "SENDER": "Comptoir", "SECRET": SECRET},
    "android": {"USER": "u", "PASSWORD": "p"},
    "twilio": {"ACCOUNT": "AC1", "TOKEN": SECRET, "SENDER": "+41265550110"},
    "ovh": {"SERVICE": "sms-1", "KEY": "k", "SECRET": "s", "CONSUMER": "c"},
    "swisscom": {"CLIENT": "c"},
    "aspsms": {"USER": "u", "PASSWORD": "p", "SENDER": "Comptoir"},
}
#: The route to one that does this, and how often it was asked.
Way = AbstractAsyncContextManager[tuple[Route, Callable[[], int]]]


def _route(kind: str, url: str, **values: str) -> Route:
    given = {"URL": url, **values}
    environment = {f"COMPTOIR_{kind.upper()}_{name}": value for name, value in given.items()}
    [route] = read_routes(Settings(gateways=kind), environment)
    return route


FAULTS: dict[str, bytes | None] = {
    "an error with 200": http(200, '{"error": "Internal error", "message": "Try later"}'),
    "a page with 200": http(200, "<html><p>Please sign in</p></html>"),
    "500": http(500, "Internal error"),
    "502": http(502, "Bad gateway"),
    "closed": None,
    "cut": http(202, "x" * 200)[:-150],
    "cut in its head": b"HTTP/1.1 20",
    "no HTTP": b"\x00\xff\r\n\r\n",
    "1 MB": http(200, "x" * 1_000_000),
}


@asynccontextmanager
async def by_http(kind: str, fault: str) -> AsyncIterator[tuple[Route, Callable[[], int]]]:
    if fault == "hangs":
        with socket.create_server(("127.0.0.1", 0)) as server:  # takes the request, says nothing
            url = f"http://127.0.0.1:{server.getsockname()[1]}"
            yield _route(kind, url, **ACCOUNTS[kind]), lambda: 1
        return
    async with listening(lambda _: FAULTS[fault]) as wire:
        yield _route(kind, wire.url, **ACCOUNTS[kind]), lambda: len(wire.requests)


@asynccontextmanager
async def by_email(kind: str, fault: str) -> AsyncIterator[tuple[Route, Callable[[], int]]]:
    reply = {"hangs": "hang", "closed": "", "no SMTP": "wat"}[fault]
    async with mail_server({"DATA": reply}) as server:
        url = f"smtp+plain://127.0.0.1:{server.port}"
        yield _route("smtp", url, SENDER="desk@example.org"), lambda: 1


@asynccontextmanager
async def by_smpp(kind: str, fault: str) -> AsyncIterator[tuple[Route, Callable[[], int]]]:
    def tamper(unit: Unit) -> bytes:
        if unit.command != ACCEPTED or fault == "hangs":
            return unit.octets()
        if fault == "no SMPP":
            return b"HTTP/1.1 400 Bad\r\n\r\n"
        raise Cut(unit.octets()[: 0 if fault == "closed" else 10])

    async def accept(network: Smsc, submit: Submit, number: int) -> None:
        submit.accept(f"m{number}")

    reply = silent if fault == "hangs" else accept
    async with smsc(reply) as network, bad_line(network.port, tamper) as port:
        [route] = read_routes(Settings(gateways="smpp:+41"), account(port))
        gateway: Any = route.gateway
        await gateway.open(Ear())
        try:
            yield route, lambda: len(network.submitted)
        finally:
            await gateway.close()


WAYS: list[Any] = [
    *(
        pytest.param(by_http, kind, fault, id=f"{kind}: {fault}")
        for kind in ACCOUNTS
        for fault in (*FAULTS, "hangs")
    ),
    *(pytest.param(by_email, "smtp", f, id=f"smtp: {f}") for f in ("hangs", "closed", "no SMTP")),
    *(
        pytest.param(by_smpp, "smpp", fault, id=f"smpp: {fault}")
        for fault in ("hangs", "closed", "cut", "no SMPP")
    ),
]


@pytest.mark.parametrize(("way", "kind", "fault"), WAYS)
async def test_without_an_answer_that_makes_sense_nobody_knows_and_nothing_is_sent_again(
    database: Any,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[[str, str], Way],
    kind: str,
    fault: str,
) -> None:
    for module, name in (
        (http_client, "STEP_SECONDS"),
        (smtp, "STEP_SECONDS"),
        (session, "ANSWER_SECONDS"),
    ):
        monkeypatch.setattr(module, name, 0.5 if fault == "hangs" else 20.0)
    by_mail = kind == "smtp"
    message = await rows.message(
        now=now,
        channel="email" if by_mail else "sms",
        address="amina@example.org" if by_mail else "+41791234567",
    )
    async with way(kind, fault) as (route, asked):
        assert await dispatch([route], now=now) == 1
        assert await dispatch([route], now=now) == 0
        assert asked() == 1
    found = await rows.read(message)
    assert (found.status, found.attempts) == ("unknown", 1), found.reason


Tell = Callable[[AsyncClient, object, str, str], Awaitable[Response]]
#: Stands in for bytes that are in no charset.
ODD = b"\xe9\x00\xff"


async def by_kannel(client: AsyncClient, about: object, what: str, secret: str) -> Response:
    status = {"delivered": "1", "failed": "2", "accepted": "8"}[what]
    query = {"message": str(about), "status": status, "secret": secret}
    return await client.get("/hooks/kannel/reports", params=query)


async def by_android(client: AsyncClient, about: object, what: str, secret: str) -> Response:
    name = {"delivered": "sms:delivered", "failed": "sms:failed", "accepted": "sms:sent"}[what]
    said = {"event": name, "id": str(new_id()), "payload": {"messageId": str(about)}}
    body = json.dumps(said).encode()
    at = str(int(clock.now().timestamp()))
    signed = hmac.new(secret.encode(), body + at.encode(), hashlib.sha256).hexdigest()
    headers = {"X-Timestamp": at, "X-Signature": signed}
    return await client.post("/hooks/android/reports", content=body, headers=headers)


async def by_aspsms(client: AsyncClient, about: object, what: str, secret: str) -> Response:
    status = {"accepted": "buffered"}.get(what, what)
    query = {"message": str(about), "status": status, "secret": secret}
    return await client.get("/hooks/aspsms/reports", params=query)


async def by_twilio(client: AsyncClient, about: object, what: str, secret: str) -> Response:
    form = {"MessageStatus": {"accepted": "sent"}.get(what, what), "MessageSid": "SM1"}
    path = f"/hooks/twilio/reports?message={about}"
    said = ORIGIN + path + "".join(name + form[name] for name in sorted(form))
    signed = b64encode(hmac.new(secret.encode(), said.encode(), hashlib.sha1).digest()).decode()
    headers = {
        "X-Twilio-Signature": signed,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return await client.post(path, content=urlencode(form), headers=headers)


async def by_returned_mail(client: AsyncClient, about: object, what: str, secret: str) -> Response:
    body = returned(about, action={"accepted": "delayed"}.get(what, what))
    return await client.post("/hooks/smtp/returned", params={"secret": secret}, content=body)


TELLERS: dict[str, Tell] = {
    "kannel": by_kannel,
    "android": by_android,
    "aspsms": by_aspsms,
    "twilio": by_twilio,
    "smtp": by_returned_mail,
}
HOOKS = [
    "/hooks/kannel/reports",
    "/hooks/kannel/messages",
    "/hooks/android/reports",
    "/hooks/android/messages",
    "/hooks/aspsms/reports",
    "/hooks/swisscom/reports",
    "/hooks/twilio/reports",
    "/hooks/twilio/messages",
    "/hooks/smtp/returned",
]


@pytest.fixture
async def client(database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    for kind in ("KANNEL", "ANDROID", "ASPSMS", "SMTP", "SWISSCOM"):
        monkeypatch.setenv(f"COMPTOIR_{kind}_SECRET", SECRET)
    monkeypatch.setenv("COMPTOIR_TWILIO_TOKEN", SECRET)
    async with client_of() as client:
        client.headers.pop("Sec-Fetch-Site")  # no browser asks
        yield client


class Hasty(RecordingGateway):
    """It reports before it answers, and waits until that is acknowledged."""

    def __init__(
        self, name: str, report: Callable[[UUID], Awaitable[Response]], answer: Answer
    ) -> None:
        super().__init__(lambda _: answer, name=name)
        self._report = report

    async def send(self, message: Outgoing) -> Answer:
        """Report, then answer."""
        answer = await super().send(message)
        assert (await self._report(message.id)).status_code == 200
        return answer


@pytest.mark.parametrize("what", ["delivered", "failed"])
@pytest.mark.parametrize(
    "answer",
    [Accepted("m1"), Unknown(), NotTaken(Reason.GATEWAY_BUSY), Rejected(Reason.TEXT_REFUSED)],
    ids=["accepted", "unknown", "not taken", "rejected"],
)
@pytest.mark.parametrize("teller", TELLERS)
async def test_a_report_before_the_answer_counts_and_ends_it(
    client: AsyncClient, now: datetime, teller: str, answer: Answer, what: str
) -> None:
    message = await rows.message(now=now)
    gateway = Hasty(teller, lambda about: TELLERS[teller](client, about, what, SECRET), answer)
    await dispatch([Route(gateway)], now=now)
    await dispatch([Route(gateway)], now=now)
    assert await rows.status(message) == what
    assert len(gateway.sent) == 1


@pytest.mark.parametrize("teller", TELLERS)
async def test_reports_in_any_order_twice_at_once_and_of_nothing_known(
    client: AsyncClient, now: datetime, teller: str
) -> None:
    tell, message = TELLERS[teller], await rows.message(now=now)
    await dispatch([Route(RecordingGateway(name=teller))], now=now)
    for what in ("accepted", "failed", "delivered", "accepted", "failed", "delivered"):
        assert (await tell(client, message, what, SECRET)).status_code == 200
    both = await asyncio.gather(*(tell(client, message, "delivered", SECRET) for _ in range(2)))
    assert [each.status_code for each in both] == [200, 200]
    assert await rows.status(message) == "delivered"
    assert await HookCall.count() == 3
    unknown = await tell(client, new_id(), "delivered", SECRET)
    assert (unknown.status_code, unknown.text) == (200, "")
    another = await tell(client, message, "failed", "another-secret-of-many-letters")
    assert another.status_code == 404


@pytest.mark.parametrize("path", HOOKS)
async def test_nothing_that_comes_is_an_error_of_ours(
    client: AsyncClient, now: datetime, path: str
) -> None:
    method = "PUT" if "swisscom" in path else "POST"
    for content in (b"", ODD, ODD * 100, b"{" * 10_000, b"a=b&" * 2_000, b"\x00"):
        for kind in (
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "text/plain; charset=utf-7",
            "message/rfc822",
            "nonsense",
        ):
            answer = await client.request(
                method,
                f"{path}?secret={SECRET}&message=%E9%00%FF&status=%00",
                content=content,
                headers={b"Content-Type": kind.encode(), b"Location": ODD[:1]},
            )
            assert answer.status_code in (404, 413, 422), (kind, content[:20])
    large = await client.request(method, f"{path}?secret={SECRET}", content=b"x" * 1_000_000)
    assert large.status_code == 413
    assert await HookCall.count() == 0
