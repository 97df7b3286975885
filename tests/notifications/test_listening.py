"""What is heard over a connection: kept once, in any order, and whole."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from comptoir.core import clock, db
from comptoir.core.jobs import Turn, run_if_due
from comptoir.core.settings import Settings
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.gateways.lines import Part, Receipt, Said
from comptoir.notifications.gateways.protocol import Accepted
from comptoir.notifications.gateways.smpp.receipts import other_names
from comptoir.notifications.jobs import SENDING
from comptoir.notifications.listening import SAME_WITHIN, Keeper
from comptoir.notifications.reasons import Reason
from comptoir.notifications.routing import Route
from comptoir.notifications.statuses import Status
from comptoir.notifications.tables import HookCall, Reply
from comptoir.notifications.text_parts import WAITS_FOR
from tests import factories as make
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway
from tests.notifications.smsc import account, smsc

THEIRS, OURS = "+41791234567", "+41265550110"
DELIVERED = Receipt("m1", "DELIVRD", Status.DELIVERED, None)
ACCEPTED = Receipt("m1", "ACCEPTD", Status.ACCEPTED, None)
FAILED = Receipt("m1", "UNDELIV", Status.FAILED, Reason.NOT_DELIVERED)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Any:
    """Sets the clock."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_to(now)
    return set_to


async def sent(now: datetime) -> UUID:
    message = await rows.message(now=now)
    gateway = RecordingGateway(lambda _: Accepted("m1"), name="smpp")
    await dispatch([Route(gateway)], now=now)
    return message


async def texts() -> list[str]:
    return [reply.text for reply in await Reply.objects().order_by(Reply.received_at, Reply.id)]


async def test_receipts_end_in_the_same_state_in_any_order(
    database: Any, now: datetime, at: Any
) -> None:
    message, keeper = await sent(now), Keeper()
    for receipt in (DELIVERED, ACCEPTED, DELIVERED, FAILED):
        assert await keeper.receipt("smpp", receipt, None)
    assert await rows.status(message) is Status.DELIVERED
    calls = await HookCall.objects()
    assert {(call.kind, call.message) for call in calls} == {("report", message)}
    assert len(calls) == 3


async def test_a_failure_says_why(database: Any, now: datetime, at: Any) -> None:
    message = await sent(now)
    await Keeper().receipt("smpp", FAILED, None)
    failed = await rows.read(message)
    assert (failed.status, failed.reason) == (Status.FAILED, Reason.NOT_DELIVERED)


async def test_a_receipt_is_of_its_own_network(database: Any, now: datetime, at: Any) -> None:
    message = await sent(now)
    keeper = Keeper()
    for gateway, receipt in (
        ("smpp-lyon", DELIVERED),
        ("smpp", Receipt("m2", "DELIVRD", Status.DELIVERED, None)),
        ("smpp", Receipt("", "DELIVRD", Status.DELIVERED, None)),
    ):
        assert not await keeper.receipt(gateway, receipt, None)
    assert await rows.status(message) is Status.ACCEPTED


async def taken(now: datetime, called: str, address: str) -> UUID:
    """A message to somebody that the network took by a name."""
    message = await rows.message(now=now, address=address)
    await dispatch([Route(RecordingGateway(lambda _: Accepted(called), name="smpp"))], now=now)
    return message


def about(told: str, sender: str = "") -> Receipt:
    return Receipt(told, "DELIVRD", Status.DELIVERED, None, other_names(told), sender)


@pytest.mark.parametrize("sender", [THEIRS, "0791234567", ""])
@pytest.mark.parametrize(("called", "told"), [("4D2", "1234"), ("1234", "4D2"), ("00000012", "12")])
async def test_a_receipt_may_write_the_name_otherwise(
    database: Any, now: datetime, at: Any, called: str, told: str, sender: str
) -> None:
    message = await taken(now, called, THEIRS)
    assert await Keeper().receipt("smpp", about(told, sender), None)
    assert await rows.status(message) is Status.DELIVERED


async def test_the_phone_says_which_message_a_number_means(
    database: Any, now: datetime, at: Any
) -> None:
    in_hex = await taken(now, "4D2", THEIRS)
    in_decimal = await taken(now, "1234", "+41790000001")
    keeper = Keeper()
    assert not await keeper.receipt("smpp", about("4660", "+41790000002"), None)
    assert await keeper.receipt("smpp", about("1234", THEIRS), None)
    assert [await rows.status(each) for each in (in_hex, in_decimal)] == ["delivered", "accepted"]
    assert await keeper.receipt("smpp", about("1234", "+41790000001"), None)
    assert await rows.status(in_decimal) is Status.DELIVERED
    # A network that says another phone, such as our own number, means what it says.
    again = await taken(now, "77", THEIRS)
    assert await keeper.receipt("smpp", about("77", OURS), None)
    assert await rows.status(again) is Status.DELIVERED


async def test_one_that_is_faster_than_the_answer_counts(
    database: Any, now: datetime, at: Any
) -> None:
    keeper = Keeper()

    class Fast(RecordingGateway):
        async def send(self, message: Any) -> Any:
            await keeper.receipt("smpp", DELIVERED, message.id)
            return Accepted("m1")

    message = await rows.message(now=now)
    await dispatch([Route(Fast(name="smpp"))], now=now)
    delivered = await rows.read(message)
    assert (delivered.status, delivered.reference) == (Status.DELIVERED, "m1")


async def test_a_text_is_kept_and_answered_once(database: Any, now: datetime, at: Any) -> None:
    borrower = await make.borrower(phone=THEIRS)
    keeper = Keeper()
    for _ in range(2):  # the network lost our answer to it
        await keeper.text("smpp", Said(THEIRS, OURS, "AIDE"))
    [reply] = await Reply.objects()
    assert (reply.gateway, reply.sender, reply.recipient) == ("smpp", THEIRS, OURS)
    assert (reply.text, reply.borrower) == ("AIDE", borrower.id)
    assert keeper.heard.is_set()
    at(now + SAME_WITHIN)
    await keeper.text("smpp", Said(THEIRS, OURS, "AIDE"))
    assert await texts() == ["AIDE", "AIDE"]


async def test_parts_in_any_order_make_one_text(database: Any, now: datetime, at: Any) -> None:
    keeper = Keeper()

    async def comes(number: int, text: str, *, reference: int = 7, sender: str = THEIRS) -> None:
        await keeper.text("smpp", Said(sender, OURS, text, Part(reference, 3, number)))

    await comes(3, " demain")
    await comes(1, "Je")
    await comes(1, "Je")  # twice
    await comes(2, " non", sender="+41790000000")
    await comes(2, " non", reference=8)
    assert await texts() == []
    assert not keeper.heard.is_set()
    await comes(2, " viens")
    assert await texts() == ["Je viens demain"]
    for number, text in enumerate(("Ou", " après", "-demain"), 1):  # with the same reference
        await comes(number, text)
    assert set(await texts()) == {"Je viens demain", "Ou après-demain"}


async def test_a_text_that_never_becomes_whole_is_read_as_far_as_it_came(
    database: Any, now: datetime, at: Any
) -> None:
    keeper = Keeper()
    await keeper.text("smpp", Said(THEIRS, OURS, "Hier", Part(7, 3, 1)))
    await keeper.text("smpp", Said(THEIRS, OURS, "après-demain", Part(7, 3, 3)))
    await keeper.late_texts()
    assert await texts() == []
    at(now + WAITS_FOR * 2)
    await keeper.text("smpp", Said("+41790000000", OURS, "Je", Part(7, 2, 1)))
    await keeper.late_texts()
    await keeper.late_texts()
    [reply] = await Reply.objects()
    assert (reply.text, reply.sender, reply.gateway) == ("Hier…après-demain", THEIRS, "smpp")
    # What comes with the same reference is of another text.
    await keeper.text("smpp", Said(THEIRS, OURS, "non", Part(7, 3, 2)))
    assert len(await texts()) == 1


async def test_what_fails_is_not_kept_by_half(
    database: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any, **__: Any) -> None:
        raise ConnectionError

    keeper = Keeper()
    await keeper.text("smpp", Said(THEIRS, OURS, "PROLON", Part(7, 2, 1)))
    with monkeypatch.context() as broken:
        broken.setattr("comptoir.notifications.listening.keep_reply", fails)
        with pytest.raises(ConnectionError):
            await keeper.text("smpp", Said(THEIRS, OURS, "GER", Part(7, 2, 2)))
    assert not keeper.heard.is_set()
    await keeper.text("smpp", Said(THEIRS, OURS, "GER", Part(7, 2, 2)))
    assert await texts() == ["PROLONGER"]
    assert await db.fetch("SELECT 1 AS one FROM notifications_hook_call WHERE kind = 'part'") == []


async def test_one_process_has_the_connection_and_gives_it_back(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping = asyncio.Event()
    async with smsc() as network:
        for name, value in account(network.port).items():
            monkeypatch.setenv(name, value)
        settings = Settings(gateways="smpp")
        turn = Turn(settings, clock.now(), stopping.is_set)
        first = asyncio.create_task(run_if_due(SENDING, turn))
        await network.bound_times(1)
        assert not await run_if_due(SENDING, Turn(settings, clock.now()))
        message = await rows.message(now=clock.now(), text="À demain")
        assert await network.gets() == "À demain"
        async with asyncio.timeout(60):
            while await rows.status(message) is not Status.DELIVERED:
                assert not first.done()
        stopping.set()
        assert await first
        later = Turn(settings, clock.now() + timedelta(minutes=1), stopping.is_set)
        assert await run_if_due(SENDING, later)
        await network.bound_times(2)
