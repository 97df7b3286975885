"""SMPP, to a real server: what arrives, and what is known when it does not."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from comptoir.core.ids import new_id
from comptoir.core.settings import Settings, SettingsInvalid
from comptoir.notifications.gateways.configuration import channels_of, read_routes
from comptoir.notifications.gateways.lines import Named, Part, Receipt, Said
from comptoir.notifications.gateways.protocol import (
    Accepted,
    Answer,
    NotTaken,
    Outgoing,
    Rejected,
    Unknown,
)
from comptoir.notifications.gateways.smpp import gateway as smpp
from comptoir.notifications.gateways.smpp import session
from comptoir.notifications.gateways.smpp.account import Account
from comptoir.notifications.gateways.smpp.gateway import SmppGateway
from comptoir.notifications.gateways.smpp.units import Command, Delivered, Status, Unit
from comptoir.notifications.reasons import Reason
from tests.notifications.smsc import Cut, Reply, Smsc, Submit, accept, bad_line, smsc

GSM7 = "À rapporter demain : àéèùì €[x] Ç É"
UCS2 = "À rapporter : œuvre prêtée, ça – fête 👍"
ACCEPTED = Command.SUBMIT_SM | 0x80000000
BOUND = Command.BIND_TRANSCEIVER | 0x80000000


class Ear:
    """Keeps what a gateway hears; ``deaf``: it fails."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.deaf = deaf
        self.receipts: list[tuple[Receipt, UUID | None]] = []
        self.texts: list[Said] = []
        self.heard = asyncio.Event()

    async def receipt(self, gateway: str, receipt: Receipt, message_id: UUID | None) -> bool:
        if self.deaf:
            raise ConnectionError
        self.receipts.append((receipt, message_id))
        if message_id is not None:
            self.heard.set()
        return message_id is not None

    async def text(self, gateway: str, said: Said) -> None:
        if self.deaf:
            raise ConnectionError
        self.texts.append(said)


def made(port: int) -> SmppGateway:
    account = Account(host="127.0.0.1", port=port, user="comptoir", password="a-long-password")
    return SmppGateway(account, sender="+41265550110")


@asynccontextmanager
async def opened(port: int, ear: Ear | None = None) -> AsyncIterator[SmppGateway]:
    """A gateway with its connection."""
    gateway = made(port)
    await gateway.open(ear or Ear())
    try:
        yield gateway
    finally:
        await gateway.close()


def message(text: str = GSM7) -> Outgoing:
    return Outgoing(id=new_id(), address="+41791234567", text=text)


def rejecting(*statuses: int) -> Reply:
    """The first messages get these statuses."""

    async def reply(network: Smsc, submit: Submit, number: int) -> None:
        if number <= len(statuses) and statuses[number - 1]:
            submit.reject(statuses[number - 1])
        else:
            await accept(network, submit, number)

    return reply


def answering(command: int, status: int) -> Callable[[Unit], bytes]:
    """A line on which answers to something have another status."""

    def tamper(unit: Unit) -> bytes:
        if unit.command == command:
            unit = Unit(unit.command, status, unit.sequence)
        return unit.octets()

    return tamper


async def silent(network: Smsc, submit: Submit, number: int) -> None:
    """It takes a message, and never says so."""
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    "text",
    [GSM7, UCS2, GSM7 * 9, UCS2 * 9],
    ids=["gsm-7", "ucs-2", "gsm-7 in parts", "ucs-2 in parts"],
)
async def test_every_letter_arrives_and_is_reported_on(text: str) -> None:
    ear, sent = Ear(), message(text)
    async with smsc() as network, opened(network.port, ear) as gateway:
        answer = await gateway.send(sent)
        assert await network.gets() == text
        async with asyncio.timeout(60):
            await ear.heard.wait()
    assert answer == Accepted(f"m{len(network.submitted)}")
    receipt, message_id = ear.receipts[-1]  # it may have come before the answer, too
    assert (receipt.state, message_id) == ("DELIVRD", sent.id)
    first = network.submitted[0]
    assert (first.source_addr, first.destination_addr) == ("41265550110", "41791234567")
    receipts = [each.registered_delivery for each in network.submitted]
    assert receipts == [0] * (len(receipts) - 1) + [1]


async def test_a_receipt_before_the_answer_is_of_the_message_on_its_way() -> None:
    async def reply(network: Smsc, submit: Submit, number: int) -> None:
        # It waits for our answer to that before it answers us.
        assert await network.tell("m1", "DELIVRD") == Status.OK
        submit.accept("m1")

    ear, sent = Ear(), message()
    async with smsc(reply) as network, opened(network.port, ear) as gateway:
        assert await gateway.send(sent) == Accepted("m1")
    assert [(each.state, about) for each, about in ear.receipts] == [
        ("DELIVRD", None),
        ("DELIVRD", sent.id),
    ]


async def test_a_receipt_while_the_answer_is_read_is_not_lost() -> None:
    class Slow(Ear):
        async def receipt(self, gateway: str, receipt: Receipt, message_id: UUID | None) -> bool:
            if message_id is None:
                asked.set()
                await answered.wait()
            return await super().receipt(gateway, receipt, message_id)

    asked, answered, message_id = asyncio.Event(), asyncio.Event(), new_id()
    ear, gateway = Slow(), made(1)
    gateway._ear = ear
    receipt = Delivered(
        sender="",
        recipient="",
        octets=b"id:m1 stat:DELIVRD",
        is_receipt=True,
        is_message=False,
    )
    hearing = asyncio.create_task(gateway._hear(receipt))
    await asked.wait()
    await gateway._remember(Named("m1", "+41791234567", message_id))
    answered.set()
    await hearing
    assert ear.receipts[-1][1] == message_id


@pytest.mark.parametrize(("called", "told"), [("4D2", "1234"), ("1234", "000004d2")])
@pytest.mark.parametrize("early", [True, False])
async def test_a_network_may_call_a_message_by_a_number_of_another_radix(
    called: str, told: str, early: bool
) -> None:
    async def reply(network: Smsc, submit: Submit, number: int) -> None:
        if early:
            assert await network.tell(told, "DELIVRD") == Status.OK
        submit.accept(called)
        if not early:
            await network.tell(told, "DELIVRD")

    ear, sent = Ear(), message()
    async with smsc(reply) as network, opened(network.port, ear) as gateway:
        assert await gateway.send(sent) == Accepted(called)
        async with asyncio.timeout(10):
            await ear.heard.wait()
    assert [about for _, about in ear.receipts if about] == [sent.id]


async def test_a_receipt_that_came_early_for_another_phone_is_of_another_message() -> None:
    async def reply(network: Smsc, submit: Submit, number: int) -> None:
        text = b"id:1234 stat:UNDELIV"
        assert await network.deliver(text, kind=0x04, sender="41790000000") == Status.OK
        submit.accept("4D2")

    ear = Ear()
    async with smsc(reply) as network, opened(network.port, ear) as gateway:
        assert await gateway.send(message()) == Accepted("4D2")
    assert [about for _, about in ear.receipts] == [None]


async def test_receipts_come_in_any_order_twice_and_of_the_unknown() -> None:
    ear, sent = Ear(), [message() for _ in range(2)]
    async with smsc(rejecting()) as network, opened(network.port, ear) as gateway:
        for each in sent:
            await gateway.send(each)
        for called, state in (("m2", "DELIVRD"), ("m1", "ACCEPTD"), ("m2", "DELIVRD"), ("m9", "X")):
            assert await network.tell(called, state) == Status.OK
    told = [(each.reference, each.state, about) for each, about in ear.receipts]
    assert told[-4:] == [
        ("m2", "DELIVRD", sent[1].id),
        ("m1", "ACCEPTD", sent[0].id),
        ("m2", "DELIVRD", sent[1].id),
        ("m9", "X", None),
    ]


async def test_what_is_written_on_a_phone_is_heard() -> None:
    ear = Ear()
    async with smsc() as network, opened(network.port, ear):
        await network.bound_times(1)
        assert await network.says("Prolongez, s’il vous plaît 👍") == Status.OK
        part = b"\x05\x00\x03\x07\x02\x01" + b"PRO"
        assert await network.deliver(part, kind=0x40) == Status.OK
        assert await network.deliver(b"ok", kind=0x08) == Status.OK  # another phone's own receipt
    assert ear.texts == [
        Said("+41791234567", "+41265550110", "Prolongez, s’il vous plaît 👍"),
        Said("+41791234567", "+41265550110", "PRO", Part(7, 2, 1)),
    ]


async def test_what_cannot_be_kept_is_to_come_again() -> None:
    ear = Ear(deaf=True)
    async with smsc() as network, opened(network.port, ear):
        await network.bound_times(1)
        assert await network.says("PROLONGER") == Status.NOT_NOW
        ear.deaf = False
        assert await network.says("PROLONGER") == Status.OK
    assert [each.text for each in ear.texts] == ["PROLONGER"]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (Status.THROTTLED, NotTaken(Reason.GATEWAY_BUSY)),
        (Status.QUEUE_FULL, NotTaken(Reason.GATEWAY_BUSY)),
        (Status.INVALID_DESTINATION, Rejected(Reason.NUMBER_INVALID)),
        (Status.INVALID_LENGTH, Rejected(Reason.TEXT_REFUSED)),
        (0x08, NotTaken(Reason.GATEWAY_ERROR)),
        (0x45, NotTaken(Reason.GATEWAY_ERROR)),
        (0x4FF, NotTaken(Reason.GATEWAY_ERROR)),
    ],
)
async def test_what_an_error_means(status: int, answer: Answer) -> None:
    async with (
        smsc() as network,
        bad_line(network.port, answering(ACCEPTED, status)) as port,
        opened(port) as gateway,
    ):
        assert await gateway.send(message()) == answer


async def test_a_network_that_has_had_enough_is_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smpp, "FIRST_PAUSE", 0.3)
    async with smsc(rejecting(Status.THROTTLED)) as network, opened(network.port) as gateway:
        for _ in range(3):
            assert await gateway.send(message()) == NotTaken(Reason.GATEWAY_BUSY)
        assert len(network.submitted) == 1
        while gateway._throttled.is_on:
            await gateway.keep()  # for a third of a second
        assert isinstance(await gateway.send(message()), Accepted)
        assert len(network.submitted) == 2


async def test_a_text_that_was_begun_is_ended_in_spite_of_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smpp, "SECONDS_BETWEEN_PARTS", (0.01, 0.01, 0.01))
    text, slow = UCS2 * 4, rejecting(0, Status.THROTTLED, Status.THROTTLED)
    async with smsc(slow) as network, opened(network.port) as gateway:
        assert isinstance(await gateway.send(message(text)), Accepted)
        assert await network.gets() == text


async def test_a_text_of_which_only_a_part_was_taken_is_unknown() -> None:
    async with smsc(rejecting(0, 0x08)) as network, opened(network.port) as gateway:
        assert await gateway.send(message(UCS2 * 4)) == Unknown(Reason.GATEWAY_ERROR)
    assert len(network.submitted) == 2


def _cut(octets: int) -> Callable[[Unit], bytes]:
    def tamper(unit: Unit) -> bytes:
        if unit.command == ACCEPTED:
            raise Cut(unit.octets()[:octets])
        return unit.octets()

    return tamper


@pytest.mark.parametrize("octets", [0, 7, 16, 18])
async def test_an_answer_that_breaks_off_leaves_it_unknown(octets: int) -> None:
    async with (
        smsc() as network,
        bad_line(network.port, _cut(octets)) as port,
        opened(port) as gateway,
    ):
        assert await gateway.send(message()) == Unknown()
    assert len(network.submitted) == 1


async def test_an_answer_that_is_none_leaves_it_unknown() -> None:
    def garbage(unit: Unit) -> bytes:
        return b"HTTP/1.1 400 Bad\r\n\r\n" if unit.command == ACCEPTED else unit.octets()

    async with (
        smsc() as network,
        bad_line(network.port, garbage) as port,
        opened(port) as gateway,
    ):
        assert await gateway.send(message()) == Unknown()


async def test_a_network_that_hangs_leaves_it_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "ANSWER_SECONDS", 0.3)
    async with smsc(silent) as network, opened(network.port) as gateway:
        waiting = [asyncio.create_task(gateway.send(message())) for _ in range(2)]
        assert await asyncio.gather(*waiting) == [Unknown(), Unknown()]
        await network.bound_times(2)  # on another connection: the first was of no more use
    assert len(network.submitted) == 2


async def test_who_waits_too_long_for_others_was_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smpp, "LONGEST_WAIT", 0.1)
    async with smsc(silent) as network, opened(network.port) as gateway:
        first = asyncio.create_task(gateway.send(message()))
        async with asyncio.timeout(60):
            await network.texts.get()
        assert await gateway.send(message()) == NotTaken(Reason.GATEWAY_BUSY)
        first.cancel()
    assert len(network.submitted) == 1


async def test_a_network_that_is_not_there_is_asked_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, and not listening: refused
        async with opened(nobody.getsockname()[1]) as gateway:
            assert await gateway.send(message()) == NotTaken(Reason.GATEWAY_UNREACHABLE)
    tries = 0

    async def refused(*_: object, **__: object) -> object:
        nonlocal tries
        tries += 1
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio, "open_connection", refused)
    async with opened(1) as gateway:
        for _ in range(5):
            await gateway.send(message())
            await gateway.keep()
    assert tries == 1


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.INVALID_PASSWORD, Reason.GATEWAY_LOGIN),
        (Status.BIND_FAILED, Reason.GATEWAY_LOGIN),
        (Status.ALREADY_BOUND, Reason.GATEWAY_BUSY),
        (0x08, Reason.GATEWAY_UNREACHABLE),
    ],
)
async def test_a_network_that_lets_nobody_in_has_taken_nothing(
    status: int, reason: Reason, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smpp, "FIRST_PAUSE", 0.0)
    async with (
        smsc() as network,
        bad_line(network.port, answering(BOUND, status)) as port,
        opened(port) as gateway,
    ):
        assert await gateway.send(message()) == NotTaken(reason)
    assert not network.submitted


async def test_a_connection_that_broke_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smpp, "FIRST_PAUSE", 0.0)
    ear, cut = Ear(), _cut(0)
    broken = False

    def once(unit: Unit) -> bytes:
        nonlocal broken
        if unit.command == ACCEPTED and not broken:
            broken = True
            return cut(unit)
        return unit.octets()

    async with (
        smsc() as network,
        bad_line(network.port, once) as port,
        opened(port, ear) as gateway,
    ):
        assert await gateway.send(message()) == Unknown()
        await gateway.keep()
        await network.bound_times(2)
        sent = message()
        assert await gateway.send(sent) == Accepted("m2")
        async with asyncio.timeout(60):
            await ear.heard.wait()
    assert ear.receipts[-1][1] == sent.id


async def test_a_network_that_is_quiet_is_asked_whether_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(session, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(smpp, "FIRST_PAUSE", 0.0)
    deaf = False

    def quiet(unit: Unit) -> bytes:
        return b"" if deaf and unit.command == Command.ENQUIRE_LINK | 0x80000000 else unit.octets()

    async with (
        smsc() as network,
        bad_line(network.port, quiet) as port,
        opened(port) as gateway,
    ):
        await gateway.keep()
        await network.bound_times(1)
        deaf = True
        await gateway.keep()  # finds out
        deaf = False
        await gateway.keep()  # and connects anew
        await network.bound_times(2)


ACCOUNT = {
    "COMPTOIR_SMPP_URL": "smpp://smsc.example.org",
    "COMPTOIR_SMPP_USER": "comptoir",
    "COMPTOIR_SMPP_PASSWORD": "secret",
    "COMPTOIR_SMPP_SENDER": "+41265550110",
}


@pytest.mark.parametrize(
    ("url", "port", "encrypted"),
    [
        ("smpp://smsc.example.org", 2775, False),
        ("smpps://smsc.example.org", 3550, True),
        ("smpp://127.0.0.1:27750", 27750, False),
    ],
)
def test_the_address_says_how_to_connect(url: str, port: int, encrypted: bool) -> None:
    assert channels_of(Settings(gateways="smpp")) == {"sms"}
    [route] = read_routes(Settings(gateways="smpp:+41"), ACCOUNT | {"COMPTOIR_SMPP_URL": url})
    assert isinstance(route.gateway, SmppGateway)
    account = route.gateway._account
    assert (account.port, account.context is not None) == (port, encrypted)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("COMPTOIR_SMPP_URL", ""),
        ("COMPTOIR_SMPP_URL", "smsc.example.org:2775"),
        ("COMPTOIR_SMPP_URL", "smpp://smsc.example.org:many"),
        ("COMPTOIR_SMPP_USER", ""),
        ("COMPTOIR_SMPP_USER", "a name that is too long"),
        ("COMPTOIR_SMPP_PASSWORD", ""),
        ("COMPTOIR_SMPP_SENDER", ""),
        ("COMPTOIR_SMPP_SENDER", "+41 26"),
        ("COMPTOIR_SMPP_SENDER", "a name that is too long"),
        ("COMPTOIR_SMPP_PRICE", "cheap"),
        ("COMPTOIR_SMPP_PER_SECOND", "0"),
    ],
)
def test_a_wrong_variable_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(SettingsInvalid, match=variable):
        read_routes(Settings(gateways="smpp"), ACCOUNT | {variable: value})
