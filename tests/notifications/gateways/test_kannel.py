"""Kannel's sendsms: what is asked of it, and what its answers mean."""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import parse_qs, urlsplit

import pytest

from comptoir.core.ids import new_id
from comptoir.notifications.gateways import http as client
from comptoir.notifications.gateways.kannel import KannelGateway
from comptoir.notifications.gateways.protocol import (
    Accepted,
    Answer,
    NotTaken,
    Outgoing,
    Rejected,
    Unknown,
)
from comptoir.notifications.reasons import Reason
from tests.notifications.wire import http, listening

SECRET = "a secret of twenty letters"


def gateway(url: str, secret: str = SECRET) -> KannelGateway:
    return KannelGateway(
        url,
        user="comptoir",
        password="pass&word",
        sender="41265550110",
        report_url="https://desk.example.org/hooks/kannel/reports",
        secret=secret,
    )


def message(text: str = "Bonjour") -> Outgoing:
    return Outgoing(id=new_id(), address="+41791234567", text=text)


async def test_a_message_is_asked_for_with_all_that_kannel_needs() -> None:
    sent = message("à demain, 9h & 12h")
    async with listening(lambda _: http(202, "0: Accepted for delivery")) as wire:
        assert await gateway(wire.url).send(sent) == Accepted()
    (query,) = wire.queries
    told = parse_qs(urlsplit(query.pop("dlr-url")).query)
    assert told == {"message": [str(sent.id)], "secret": [SECRET], "status": ["%d"]}
    assert query == {
        "username": "comptoir",
        "password": "pass&word",
        "from": "41265550110",
        "to": "+41791234567",
        "text": "à demain, 9h & 12h",
        "coding": "0",
        "charset": "UTF-8",
        "dlr-mask": "27",
    }


@pytest.mark.parametrize(("text", "coding"), [("à è é ù Ç É €", "0"), ("fête", "2"), ("👍", "2")])
async def test_the_coding_is_that_of_the_text(text: str, coding: str) -> None:
    async with listening(lambda _: http(202, "0: Accepted for delivery")) as wire:
        await gateway(wire.url).send(message(text))
    assert (wire.queries[0]["coding"], wire.queries[0]["text"]) == (coding, text)


async def test_without_a_secret_no_report_is_asked_for() -> None:
    async with listening(lambda _: http(202, "0: Accepted for delivery")) as wire:
        await gateway(wire.url, secret="").send(message())
    assert not {"dlr-url", "dlr-mask"} & wire.queries[0].keys()


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (http(202, "0: Accepted for delivery"), Accepted()),
        (http(202, "3: Queued for later delivery"), Accepted()),
        (http(200, "Sorry, something went wrong"), Unknown(Reason.GATEWAY_ERROR)),
        (http(202, ""), Unknown(Reason.GATEWAY_ERROR)),
        (http(400, "Missing receiver and/or sender number"), Rejected(Reason.TEXT_REFUSED)),
        (http(403, "Authorization failed for sendsms"), NotTaken(Reason.GATEWAY_LOGIN)),
        (http(404, "Not found"), NotTaken(Reason.GATEWAY_ERROR)),
        (http(503, "Temporal failure, try again later."), NotTaken(Reason.GATEWAY_BUSY)),
        (http(500, "Internal error"), Unknown(Reason.GATEWAY_ERROR)),
        (http(302, "Elsewhere"), Unknown(Reason.GATEWAY_ERROR)),
        (None, Unknown()),
        (http(202, "0: Accepted for delivery")[:20], Unknown(Reason.GATEWAY_ERROR)),
        (http(202, "0: Accepted for delivery")[:-5], Unknown()),
        (b"\x00\xff not HTTP at all\r\n\r\n", Unknown()),
        (http(202, "0: Accepted").replace(b"11", b"999999999"), Unknown()),
    ],
)
async def test_what_an_answer_means(reply: bytes | None, answer: Answer) -> None:
    async with listening(lambda _: reply) as wire:
        assert await gateway(wire.url).send(message()) == answer
    assert len(wire.queries) == 1


async def test_a_gateway_that_is_not_there_has_taken_nothing() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, and not listening: refused
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/cgi-bin/sendsms"
        assert await gateway(url).send(message()) == NotTaken(Reason.GATEWAY_UNREACHABLE)


async def test_a_name_that_nobody_has_has_taken_nothing() -> None:
    answer = await gateway("http://kannel.invalid/cgi-bin/sendsms").send(message())
    assert answer == NotTaken(Reason.GATEWAY_UNREACHABLE)


async def test_a_gateway_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "STEP_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the request, says nothing
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/cgi-bin/sendsms"
        assert await gateway(url).send(message()) == Unknown()


async def test_one_that_answers_letter_by_letter_is_given_up_too() -> None:
    given_up = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            begun.set()
            while await reader.read(1):
                pass
            given_up.set()
        finally:
            writer.close()

    begun = asyncio.Event()
    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/cgi-bin/sendsms"
        sending = asyncio.create_task(gateway(url).send(message()))
        await begun.wait()
        sending.cancel()
        async with asyncio.timeout(5):  # less than a step: it is the cancelling that ends it
            await given_up.wait()
        with pytest.raises(asyncio.CancelledError):
            await sending
