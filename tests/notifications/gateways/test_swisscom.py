"""Swisscom: what is asked of it, and what its answers mean."""

from __future__ import annotations

import json

import pytest

from comptoir.core.settings import SettingsInvalid
from comptoir.notifications.gateways.configuration import read_hook
from comptoir.notifications.gateways.protocol import Accepted, Answer, NotTaken, Unknown
from comptoir.notifications.gateways.swisscom import SwisscomGateway
from comptoir.notifications.gateways.variables import Variables
from comptoir.notifications.reasons import Reason
from tests.notifications.gateways.faults import assert_faults_are_told_apart, message
from tests.notifications.wire import http, listening


def gateway(url: str, sender: str = "Comptoir") -> SwisscomGateway:
    return SwisscomGateway(url, client="hidden", sender=sender)


async def test_a_message_is_handed_over_with_all_that_swisscom_needs() -> None:
    sent = message("fête – œ")
    async with listening(lambda _: http(201, "")) as wire:
        assert await gateway(wire.url).send(sent) == Accepted()
        await gateway(wire.url, sender="").send(sent)
    first, second = wire.requests
    assert (first.method, first.target) == ("POST", "/cgi-bin/sendsms")
    assert (first.headers["client_id"], first.headers["scs-version"]) == ("hidden", "2")
    assert first.headers["scs-request-id"] == str(sent.id)
    said = {"to": "+41791234567", "text": "fête – œ"}
    assert json.loads(first.body) == said | {"from": "Comptoir"}
    assert json.loads(second.body) == said


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
    made = SwisscomGateway.of(Variables(given, "swisscom"))
    assert (made.url, made.terms.part_price) == ("https://api.swisscom.com/messaging/sms", 700)
    with pytest.raises(SettingsInvalid, match="COMPTOIR_SWISSCOM_CLIENT"):
        SwisscomGateway.of(Variables({}, "swisscom"))
    assert read_hook("swisscom", given) is None
