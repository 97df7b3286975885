"""Swisscom: what is asked of it, and what its answers mean."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from httpx import AsyncClient, Response

from comptoir.core.ids import new_id
from comptoir.core.settings import SettingsInvalid
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.gateways.protocol import Accepted, Answer, NotTaken, Unknown
from comptoir.notifications.gateways.swisscom import SwisscomGateway
from comptoir.notifications.gateways.variables import Variables
from comptoir.notifications.inquiring import inquire
from comptoir.notifications.reasons import Reason
from comptoir.notifications.routing import Route
from comptoir.notifications.statuses import Status
from comptoir.notifications.tables import HookCall
from tests.http_client import client_of
from tests.notifications import rows
from tests.notifications.gateways.faults import assert_faults_are_told_apart, message
from tests.notifications.recording import RecordingGateway
from tests.notifications.wire import http, listening

SECRET = "a-secret-that-swisscom-says"
HOOK = "/hooks/swisscom/reports"


def gateway(url: str, sender: str = "Comptoir", secret: str = "") -> SwisscomGateway:
    return SwisscomGateway(
        url,
        client="hidden",
        sender=sender,
        report_url=f"https://desk.example.org{HOOK}",
        secret=secret,
    )


async def test_a_message_is_handed_over_with_all_that_swisscom_needs() -> None:
    sent = message("fête – œ")
    async with listening(lambda _: http(201, "")) as wire:
        assert await gateway(wire.url).send(sent) == Accepted()
        await gateway(wire.url, sender="").send(sent)
        await gateway(wire.url, secret=SECRET).send(sent)
    first, second, third = wire.requests
    assert (first.method, first.target) == ("POST", "/cgi-bin/sendsms")
    assert (first.headers["client_id"], first.headers["scs-version"]) == ("hidden", "2")
    assert first.headers["scs-request-id"] == str(sent.id)
    said = {"to": "+41791234567", "text": "fête – œ"}
    assert json.loads(first.body) == said | {"from": "Comptoir"}
    assert json.loads(second.body) == said
    callback = urlsplit(json.loads(third.body)["callbackUrl"])
    assert (callback.hostname, callback.path) == ("desk.example.org", HOOK)
    assert dict(parse_qsl(callback.query)) == {"message": str(sent.id), "secret": SECRET}


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, Unknown(Reason.GATEWAY_ERROR)),
        (400, NotTaken(Reason.GATEWAY_ERROR)),
        (401, NotTaken(Reason.GATEWAY_LOGIN)),
        (403, NotTaken(Reason.GATEWAY_LOGIN)),
        (404, NotTaken(Reason.GATEWAY_ERROR)),
        (429, NotTaken(Reason.GATEWAY_BUSY)),
        (500, Unknown(Reason.GATEWAY_ERROR)),
        (503, Unknown(Reason.GATEWAY_ERROR)),
    ],
)
async def test_what_an_answer_means(status: int, answer: Answer) -> None:
    async with listening(lambda _: http(status, '{"status": 1, "message": "No"}')) as wire:
        assert await gateway(wire.url).send(message()) == answer


async def test_what_goes_wrong_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    await assert_faults_are_told_apart(gateway, monkeypatch, whole=http(201, "{}"))
    assert await gateway("http://127.0.0.1:1").ask(message()) == Unknown()


def test_its_variables_are_refused_by_name() -> None:
    given = {"COMPTOIR_SWISSCOM_CLIENT": "given", "COMPTOIR_SWISSCOM_PRICE": "0.07 CHF"}
    made = SwisscomGateway.of(Variables(given, "swisscom"), base_url="https://desk.example.org")
    assert (made.url, made.terms.part_price) == ("https://api.swisscom.com/messaging/sms", 700)
    with pytest.raises(SettingsInvalid, match="COMPTOIR_SWISSCOM_CLIENT"):
        SwisscomGateway.of(Variables({}, "swisscom"), base_url="")
    with pytest.raises(SettingsInvalid, match="COMPTOIR_SWISSCOM_SECRET"):
        SwisscomGateway.of(
            Variables(given | {"COMPTOIR_SWISSCOM_SECRET": "short"}, "swisscom"), base_url=""
        )


@pytest.mark.parametrize(
    ("status", "text", "became"),
    [
        (200, '{"messageId": "0001", "status": "201"}', Status.DELIVERED),
        (201, '{"messageId": "0001", "status": 201}', Status.DELIVERED),
        (200, '{"messageId": "0001", "status": "102", "description": "?"}', None),
        (404, "{}", None),
    ],
)
async def test_what_became_of_a_message(status: int, text: str, became: Status | None) -> None:
    async with listening(lambda _: http(status, text)) as wire:
        receipt = await gateway(wire.url).became("0001")
    assert (receipt.status if receipt else None) is became
    (request,) = wire.requests
    assert (request.method, request.target) == ("GET", "/cgi-bin/sendsms/0001")
    assert (request.headers["client_id"], request.headers["scs-version"]) == ("hidden", "2")


@pytest.fixture
async def client(database: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    monkeypatch.setenv("COMPTOIR_SWISSCOM_SECRET", SECRET)
    async with client_of() as client:
        client.headers.pop("Sec-Fetch-Site")  # no browser asks
        yield client


async def changed(
    client: AsyncClient, about: object, location: str, secret: str = SECRET
) -> Response:
    query = {"message": str(about), "secret": secret}
    return await client.put(HOOK, params=query, headers={"Location": location})


async def test_it_says_that_something_changed_and_is_asked_what(
    client: AsyncClient, now: datetime
) -> None:
    made = await rows.message(now=now)
    taken = RecordingGateway(lambda _: Accepted(), name="swisscom")
    await dispatch([Route(taken)], now=now)
    for location in ("https://api.swisscom.com/messaging/sms/0001", "0001"):  # told twice
        answer = await changed(client, made, location)
        assert (answer.status_code, answer.text) == (200, "")
    found = await rows.read(made)
    assert (found.status, found.reference) == ("accepted", "0001")
    (call,) = await HookCall.objects()
    assert SECRET not in call.told
    async with listening(lambda _: http(200, '{"messageId": "0001", "status": "201"}')) as wire:
        await inquire([Route(gateway(wire.url))], now=now)
    assert await rows.status(made) == "delivered"
    assert (await changed(client, made, "0001")).status_code == 200
    assert await rows.status(made) == "delivered"


async def test_before_its_own_answer_it_says_that_it_has_the_message(
    client: AsyncClient, now: datetime
) -> None:
    made = await rows.message(now=now)
    lost = RecordingGateway(lambda _: Unknown(), name="swisscom")
    await dispatch([Route(lost)], now=now)
    await changed(client, made, "0001")
    found = await rows.read(made)
    assert (found.status, found.reference) == ("accepted", "0001")


async def test_what_has_no_secret_or_no_sense_is_refused(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ("", "é", SECRET[:-1]):
        assert (await changed(client, new_id(), "0001", wrong)).status_code == 404
    for location in ("", "/", "https://evil.example.org/a?b=c&d", "0 1", "x" * 101, "a%2Fb"):
        expected = 200 if location.startswith("https") else 422
        assert (await changed(client, new_id(), location)).status_code == expected
    assert (await changed(client, "nonsense", "0001")).status_code == 422
    large = await client.put(
        HOOK, params={"message": str(new_id()), "secret": SECRET}, content=b"x" * 1_000_000
    )
    assert large.status_code == 413
    messages = await client.get("/hooks/swisscom/messages", params={"secret": SECRET})
    assert messages.status_code == 422
    monkeypatch.delenv("COMPTOIR_SWISSCOM_SECRET")
    assert (await changed(client, new_id(), "0001", "")).status_code == 404
