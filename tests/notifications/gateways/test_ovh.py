"""OVHcloud: what is asked of it, how that is signed, and what its answers mean."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from comptoir.core import clock
from comptoir.core.settings import SettingsInvalid
from comptoir.notifications.gateways.configuration import read_hook
from comptoir.notifications.gateways.lines import Receipt
from comptoir.notifications.gateways.ovh import OvhGateway
from comptoir.notifications.gateways.protocol import (
    Accepted,
    Answer,
    NotTaken,
    Rejected,
    Unknown,
)
from comptoir.notifications.gateways.variables import Variables
from comptoir.notifications.reasons import Reason
from comptoir.notifications.statuses import Status
from tests.notifications.gateways.faults import assert_faults_are_told_apart, message
from tests.notifications.wire import http, listening


def gateway(url: str, sender: str = "Comptoir") -> OvhGateway:
    return OvhGateway(
        url, service="sms-ab1-1", key="app", secret="hidden", consumer="grant", sender=sender
    )


def job(**more: Any) -> str:
    return json.dumps(
        {
            "totalCreditsRemoved": 1,
            "invalidReceivers": [],
            "ids": [26929925],
            "validReceivers": ["+41791234567"],
            **more,
        }
    )


def error(kind: str, text: str) -> str:
    return json.dumps({"class": kind, "message": text})


async def test_a_message_is_handed_over_and_signed() -> None:
    sent = message("à demain")
    async with listening(lambda _: http(200, job())) as wire:
        assert await gateway(wire.url).send(sent) == Accepted("26929925")
    (request,) = wire.requests
    assert request.target == "/cgi-bin/sendsms/sms/sms-ab1-1/jobs"
    assert json.loads(request.body) == {
        "message": "à demain",
        "receivers": ["+41791234567"],
        "charset": "UTF-8",
        "coding": "7bit",
        "noStopClause": True,
        "priority": "high",
        "validityPeriod": 120,
        "tag": str(sent.id),
        "sender": "Comptoir",
    }
    at = request.headers["x-ovh-timestamp"]
    assert abs(clock.now().timestamp() - int(at)) < 60
    said = f"hidden+grant+POST+{wire.url}/sms/sms-ab1-1/jobs+{request.body}+{at}"
    assert request.headers["x-ovh-signature"] == "$1$" + hashlib.sha1(said.encode()).hexdigest()
    assert request.headers["x-ovh-application"] == "app"
    assert request.headers["x-ovh-consumer"] == "grant"
    assert "hidden" not in str(request)


async def test_letters_that_gsm_lacks_are_kept_and_a_short_number_is_asked_for() -> None:
    async with listening(lambda _: http(200, job())) as wire:
        await gateway(wire.url, sender="").send(message("fête – œ"))
    said = json.loads(wire.requests[0].body)
    assert (said["message"], said["coding"]) == ("fête – œ", "8bit")
    assert said["senderForResponse"] is True
    assert "sender" not in said


@pytest.mark.parametrize(
    ("status", "text", "answer"),
    [
        (200, job(ids=[], invalidReceivers=["+41791234567"]), Rejected(Reason.NUMBER_INVALID)),
        (200, job(ids=[]), Unknown()),
        (200, error("Server::InternalServerError", "Oops"), Unknown(Reason.GATEWAY_ERROR)),
        (400, error("Client::BadRequest", "Invalid signature"), NotTaken(Reason.GATEWAY_LOGIN)),
        (
            400,
            error("Client::BadRequest", "Invalid receiver: +417"),
            Rejected(Reason.NUMBER_INVALID),
        ),
        (400, error("Client::BadRequest", "No sender"), NotTaken(Reason.GATEWAY_ERROR)),
        (402, error("Client::PaymentRequired", "No credit"), NotTaken(Reason.GATEWAY_ERROR)),
        (403, error("Client::Forbidden", "Not granted"), NotTaken(Reason.GATEWAY_LOGIN)),
        (404, error("Client::NotFound", "No service"), NotTaken(Reason.GATEWAY_ERROR)),
        (429, "", NotTaken(Reason.GATEWAY_BUSY)),
        (503, "", Unknown(Reason.GATEWAY_ERROR)),
    ],
)
async def test_what_an_answer_means(status: int, text: str, answer: Answer) -> None:
    async with listening(lambda _: http(status, text)) as wire:
        assert await gateway(wire.url).send(message()) == answer


async def test_what_goes_wrong_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    await assert_faults_are_told_apart(gateway, monkeypatch, whole=http(200, job()))
    assert await gateway("http://127.0.0.1:1").ask(message()) == Unknown()


@pytest.mark.parametrize(
    ("status", "text", "answer"),
    [
        (200, "[26929925]", Accepted("26929925")),
        (200, "[]", Unknown()),  # it may be made yet
        (404, "{}", Unknown()),
        (500, "[26929925]", Unknown()),
        (200, "<p>Please sign in</p>", Unknown()),
    ],
)
async def test_a_message_whose_answer_was_lost_is_asked_for_by_its_tag(
    status: int, text: str, answer: Answer
) -> None:
    sent = message()
    async with listening(lambda _: http(status, text)) as wire:
        assert await gateway(wire.url).ask(sent) == answer
    (request,) = wire.requests
    assert (request.method, request.target) == (
        "GET",
        f"/cgi-bin/sendsms/sms/sms-ab1-1/outgoing?tag={sent.id}",
    )
    at = request.headers["x-ovh-timestamp"]
    url = f"{wire.url}/sms/sms-ab1-1/outgoing?tag={sent.id}"
    said = f"hidden+grant+GET+{url}++{at}"
    assert request.headers["x-ovh-signature"] == "$1$" + hashlib.sha1(said.encode()).hexdigest()


@pytest.mark.parametrize(
    ("receipt", "ptt", "status", "reason"),
    [
        (1, 4, Status.DELIVERED, None),
        (2, 8, Status.FAILED, Reason.NOT_DELIVERED),
        (2, 23, Status.FAILED, Reason.NUMBER_INVALID),
        (16, 1000, Status.FAILED, Reason.NOT_DELIVERED),
    ],
)
async def test_what_became_of_a_message(
    receipt: int, ptt: int, status: Status, reason: Reason | None
) -> None:
    said = json.dumps({"id": 7, "deliveryReceipt": receipt, "ptt": ptt, "receiver": "+41"})
    async with listening(lambda _: http(200, said)) as wire:
        became = await gateway(wire.url).became("7")
    assert became == Receipt("7", f"{receipt}/{ptt}", status, reason)
    assert wire.requests[0].target == "/cgi-bin/sendsms/sms/sms-ab1-1/outgoing/7"


@pytest.mark.parametrize("receipt", [0, 4, 8, 99])
async def test_what_is_not_known_yet_is_not_told(receipt: int) -> None:
    async with listening(lambda _: http(200, json.dumps({"deliveryReceipt": receipt}))) as wire:
        assert await gateway(wire.url).became("7") is None
    async with listening(lambda _: http(404, "{}")) as wire:
        assert await gateway(wire.url).became("7") is None


def test_its_variables_are_refused_by_name() -> None:
    names = ("SERVICE", "KEY", "SECRET", "CONSUMER")
    given = {f"COMPTOIR_OVH_{name}": "given" for name in names}
    made = OvhGateway.of(Variables(given | {"COMPTOIR_OVH_PRICE": "0.07 EUR"}, "ovh"))
    assert (made.url, made.terms.part_price) == ("https://eu.api.ovh.com/1.0/sms/given", 700)
    for name in given:
        with pytest.raises(SettingsInvalid, match=name):
            OvhGateway.of(Variables(given | {name: ""}, "ovh"))
    assert read_hook("ovh", given) is None
