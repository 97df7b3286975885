"""ASPSMS: what is asked of it, what its answers mean, and what it tells."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from httpx import AsyncClient, Response

from comptoir.core.ids import new_id
from comptoir.core.settings import SettingsInvalid
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.gateways.aspsms import REPORTS, AspsmsGateway
from comptoir.notifications.gateways.protocol import (
    Accepted,
    Answer,
    NotTaken,
    Rejected,
    Unknown,
)
from comptoir.notifications.gateways.variables import Variables
from comptoir.notifications.reasons import Reason
from comptoir.notifications.routing import Route
from comptoir.notifications.tables import HookCall
from tests.http_client import client_of
from tests.notifications import rows
from tests.notifications.gateways.faults import assert_faults_are_told_apart, message
from tests.notifications.recording import RecordingGateway
from tests.notifications.wire import http, listening

SECRET = "a-secret-that-aspsms-says"
HOOK = "/hooks/aspsms/reports"


def gateway(url: str, secret: str = SECRET) -> AspsmsGateway:
    return AspsmsGateway(
        url,
        user="key",
        password="hidden",
        sender="Comptoir",
        report_url=f"https://desk.example.org{HOOK}",
        secret=secret,
    )


def said(code: str) -> str:
    return json.dumps({"StatusCode": code, "StatusInfo": "as told"})


async def test_a_message_is_handed_over_with_all_that_aspsms_needs() -> None:
    sent = message("fête – œ")
    async with listening(lambda _: http(200, said("1"))) as wire:
        assert await gateway(wire.url).send(sent) == Accepted()
        await gateway(wire.url, secret="").send(sent)
    first, second = wire.requests
    assert (first.method, first.target) == ("POST", "/cgi-bin/sendsms/SendTextSMS")
    body = json.loads(first.body)
    for field, status in REPORTS.items():
        url = urlsplit(body.pop(field) + "its-own")
        assert (url.hostname, url.path) == ("desk.example.org", HOOK)
        assert dict(parse_qsl(url.query)) == {
            "message": str(sent.id),
            "secret": SECRET,
            "status": status,
            "reference": "its-own",
        }
    assert body == {
        "UserName": "key",
        "Password": "hidden",
        "Originator": "Comptoir",
        "Recipients": ["+41791234567"],
        "MessageText": "fête – œ",
        "ForceGSM7bit": False,
    }
    assert json.loads(second.body) == body


@pytest.mark.parametrize(
    ("status", "text", "answer"),
    [
        (200, '{"StatusCode": 1}', Accepted()),
        (200, said("3"), NotTaken(Reason.GATEWAY_LOGIN)),
        (200, said("5"), NotTaken(Reason.GATEWAY_ERROR)),
        (200, said("11"), Rejected(Reason.TEXT_REFUSED)),
        (200, said("20"), Rejected(Reason.NUMBER_INVALID)),
        (200, said("24"), NotTaken(Reason.GATEWAY_BUSY)),
        (200, said("6"), Unknown(Reason.GATEWAY_ERROR)),
        (200, said("999"), Unknown(Reason.GATEWAY_ERROR)),
        (200, "{}", Unknown(Reason.GATEWAY_ERROR)),
        (403, "", NotTaken(Reason.GATEWAY_LOGIN)),
        (404, "", NotTaken(Reason.GATEWAY_ERROR)),
        (429, "", NotTaken(Reason.GATEWAY_BUSY)),
        (500, said("1"), Unknown(Reason.GATEWAY_ERROR)),
    ],
)
async def test_what_an_answer_means(status: int, text: str, answer: Answer) -> None:
    async with listening(lambda _: http(status, text)) as wire:
        assert await gateway(wire.url).send(message()) == answer


async def test_what_goes_wrong_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    await assert_faults_are_told_apart(gateway, monkeypatch, whole=http(200, said("1")))
    assert await gateway("http://127.0.0.1:1").ask(message()) == Unknown()


def test_its_variables_are_refused_by_name() -> None:
    given = {f"COMPTOIR_ASPSMS_{name}": "given" for name in ("USER", "PASSWORD", "SENDER")}
    made = AspsmsGateway.of(Variables(given, "aspsms"), base_url="https://desk.example.org")
    assert made.url == "https://json.aspsms.com/SendTextSMS"
    for name in given:
        with pytest.raises(SettingsInvalid, match=name):
            AspsmsGateway.of(Variables(given | {name: ""}, "aspsms"), base_url="")
    with pytest.raises(SettingsInvalid, match="COMPTOIR_ASPSMS_SECRET"):
        AspsmsGateway.of(
            Variables(given | {"COMPTOIR_ASPSMS_SECRET": "short"}, "aspsms"), base_url=""
        )


@pytest.fixture
async def client(database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    monkeypatch.setenv("COMPTOIR_ASPSMS_SECRET", SECRET)
    async with client_of() as client:
        client.headers.pop("Sec-Fetch-Site")  # no browser asks
        yield client


async def told(client: AsyncClient, sent: object, status: str, secret: str = SECRET) -> Response:
    query = {"message": str(sent), "secret": secret, "status": status, "reference": ""}
    return await client.get(HOOK, params=query)


async def sent(now: datetime) -> UUID:
    made = await rows.message(now=now)
    await dispatch([Route(RecordingGateway(name="aspsms"))], now=now)
    return made


@pytest.mark.parametrize(
    ("status", "known", "reason"),
    [
        ("buffered", "accepted", ""),
        ("delivered", "delivered", ""),
        ("failed", "failed", "not-delivered"),
    ],
)
async def test_a_report_says_what_became_of_it(
    client: AsyncClient, now: datetime, status: str, known: str, reason: str
) -> None:
    made = await sent(now)
    answer = await told(client, made, status)
    assert (answer.status_code, answer.text) == (200, "")
    found = await rows.read(made)
    assert (found.status, found.reason) == (known, reason)
    (call,) = await HookCall.objects()
    assert SECRET not in call.told


async def test_reports_out_of_order_twice_and_of_nothing_known(
    client: AsyncClient, now: datetime
) -> None:
    made = await sent(now)
    for status in ("delivered", "buffered", "delivered", "failed"):
        assert (await told(client, made, status)).status_code == 200
    assert await rows.status(made) == "delivered"
    assert await HookCall.count() == 3
    assert (await told(client, new_id(), "delivered")).status_code == 200


async def test_what_has_no_secret_or_no_sense_is_refused(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ("", "é", SECRET[:-1]):
        assert (await told(client, new_id(), "delivered", wrong)).status_code == 404
    many = {"secret": SECRET} | {f"n{number}": "x" for number in range(30)}
    assert (await client.get(HOOK, params=many)).status_code == 404
    assert (await told(client, "nonsense", "delivered")).status_code == 422
    assert (await told(client, new_id(), "lost")).status_code == 422
    messages = await client.get("/hooks/aspsms/messages", params={"secret": SECRET})
    assert messages.status_code == 422
    monkeypatch.delenv("COMPTOIR_ASPSMS_SECRET")
    assert (await told(client, new_id(), "delivered", "")).status_code == 404
    assert await HookCall.count() == 0
