"""SMS Gateway for Android: what is asked of it, and what its answers mean."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest

from comptoir.core.settings import SettingsInvalid
from comptoir.notifications.gateways.android import AndroidGateway
from comptoir.notifications.gateways.protocol import (
    Accepted,
    Answer,
    NotTaken,
    Outgoing,
    Rejected,
    Unknown,
)
from comptoir.notifications.gateways.variables import Variables
from comptoir.notifications.reasons import Reason
from tests.notifications.gateways.faults import assert_faults_are_told_apart, message
from tests.notifications.wire import http, listening


def gateway(url: str) -> AndroidGateway:
    return AndroidGateway(url, user="desk", password="pass:wörd")


def said(sent: Outgoing, state: str = "Pending", **more: Any) -> str:
    """A message as the interface describes it."""
    return json.dumps(
        {
            "id": str(sent.id),
            "deviceId": "yVULogr4Y1ksRfnos1Dsw",
            "state": state,
            "isHashed": False,
            "isEncrypted": False,
            "recipients": [{"phoneNumber": sent.address, "state": state, "error": None}],
            "states": {state: "2026-11-25T09:00:00.000+01:00"},
            **more,
        }
    )


async def test_a_message_is_handed_over_in_its_letters_under_our_id() -> None:
    sent = message("à demain, 9h – fête œ")
    async with listening(lambda _: http(202, said(sent))) as wire:
        assert await gateway(wire.url).send(sent) == Accepted(str(sent.id))
    (request,) = wire.requests
    assert (request.method, request.target) == ("POST", "/cgi-bin/sendsms/messages")
    scheme, login = request.headers["authorization"].split(" ")
    assert (scheme, b64decode(login).decode()) == ("Basic", "desk:pass:wörd")
    assert json.loads(request.body) == {
        "id": str(sent.id),
        "textMessage": {"text": "à demain, 9h – fête œ"},
        "phoneNumbers": ["+41791234567"],
        "withDeliveryReport": True,
        "ttl": 7200,
    }


@pytest.mark.parametrize(
    ("status", "text", "answer"),
    [
        (202, "{}", Unknown(Reason.GATEWAY_ERROR)),
        (202, '{"id": "another", "state": "Pending"}', Unknown(Reason.GATEWAY_ERROR)),
        (200, '{"message": "something went wrong"}', Unknown(Reason.GATEWAY_ERROR)),
        (
            400,
            '{"message": "can\'t use phone in row 1: invalid phone number"}',
            Rejected(Reason.NUMBER_INVALID),
        ),
        (400, '{"message": "device not found"}', NotTaken(Reason.GATEWAY_ERROR)),
        (401, '{"message": "Unauthorized"}', NotTaken(Reason.GATEWAY_LOGIN)),
        (403, '{"message": "Forbidden"}', NotTaken(Reason.GATEWAY_LOGIN)),
        (404, "Not found", NotTaken(Reason.GATEWAY_ERROR)),
        (503, '{"error": "QueueLimitExceeded"}', NotTaken(Reason.GATEWAY_BUSY)),
        (500, '{"message": "failed to handle request"}', Unknown(Reason.GATEWAY_ERROR)),
    ],
)
async def test_what_an_answer_means(status: int, text: str, answer: Answer) -> None:
    async with listening(lambda _: http(status, text)) as wire:
        assert await gateway(wire.url).send(message()) == answer


async def test_what_failed_at_once_is_rejected() -> None:
    sent = message()
    async with listening(lambda _: http(202, said(sent, "Failed"))) as wire:
        assert await gateway(wire.url).send(sent) == Rejected(Reason.NOT_DELIVERED)


async def test_what_it_has_already_is_not_sent_again() -> None:
    sent = message()
    async with listening(lambda _: http(409, '{"message": "message already exists"}')) as wire:
        assert await gateway(wire.url).send(sent) == Accepted(str(sent.id))


@pytest.mark.parametrize(
    ("status", "text", "answer"),
    [
        (404, '{"message": "message not found"}', NotTaken(Reason.ANSWER_LOST)),
        (404, "<h1>No such site</h1>", Unknown()),
        (404, '"no"', Unknown()),
        (500, "", Unknown()),
        (401, "", Unknown()),
    ],
)
async def test_it_can_be_asked_what_it_has(status: int, text: str, answer: Answer) -> None:
    async with listening(lambda _: http(status, text)) as wire:
        assert await gateway(wire.url).ask(message()) == answer


async def test_what_it_has_it_says() -> None:
    sent = message()
    async with listening(lambda _: http(200, said(sent, "Sent"))) as wire:
        assert await gateway(wire.url).ask(sent) == Accepted(str(sent.id))
    (request,) = wire.requests
    assert (request.method, request.target) == ("GET", f"/cgi-bin/sendsms/messages/{sent.id}")
    async with listening(lambda _: None) as wire:
        assert await gateway(wire.url).ask(sent) == Unknown()


async def test_what_goes_wrong_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    await assert_faults_are_told_apart(gateway, monkeypatch, whole=http(202, said(message())))


def test_its_variables_are_read_and_refused_by_name() -> None:
    given = {"COMPTOIR_ANDROID_USER": "desk", "COMPTOIR_ANDROID_PASSWORD": "secret"}
    made = AndroidGateway.of(Variables(given | {"COMPTOIR_ANDROID_PRICE": "0.1 CHF"}, "android"))
    assert (made.url, made.terms.per_second) == ("https://api.sms-gate.app/3rdparty/v1", 0.1)
    assert (made.terms.part_price, made.terms.currency) == (1000, "CHF")
    for name in ("COMPTOIR_ANDROID_USER", "COMPTOIR_ANDROID_PASSWORD"):
        with pytest.raises(SettingsInvalid, match=name):
            AndroidGateway.of(Variables(given | {name: ""}, "android"))
    with pytest.raises(SettingsInvalid, match="COMPTOIR_ANDROID_SECRET"):
        AndroidGateway.of(Variables(given | {"COMPTOIR_ANDROID_SECRET": "short"}, "android"))
