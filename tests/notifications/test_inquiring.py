"""Gateways that are asked: OVH as its schema has it, on a server that answers as told."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from comptoir.core.jobs import Turn, run_if_due
from comptoir.core.settings import Settings
from comptoir.notifications import inquiring
from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.gateways.asked import NotTold
from comptoir.notifications.gateways.ovh import OvhGateway
from comptoir.notifications.gateways.protocol import Accepted, Answer, Unknown
from comptoir.notifications.inquiring import OFTEN_FOR, SELDOM_FOR, inquire
from comptoir.notifications.jobs import INQUIRING
from comptoir.notifications.reasons import Reason
from comptoir.notifications.routing import Route
from comptoir.notifications.tables import HookCall, Reply
from tests import factories as make
from tests.notifications import rows
from tests.notifications.recording import RecordingGateway
from tests.notifications.wire import http, listening

THEIRS = "+41791234567"
Json = Any


class Ovh:
    """What it has: outgoing by id (or by tag), incoming by id. A text is sent as it is."""

    def __init__(self) -> None:
        self.outgoing: dict[str, Json] = {}
        self.tags: dict[str, list[int]] = {}
        self.incoming: dict[str, Json] = {}
        self.asked: list[str] = []
        self.since = ""

    def answer(self, target: str) -> bytes | None:
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        kind, _, name = path.partition("/sms/sms-ab1-1/")[2].partition("/")
        self.asked.append(f"{kind}/{name}")
        if kind == "incoming" and not name:
            [self.since] = query["creationDatetime.from"]
            return http(200, json.dumps([int(each) for each in self.incoming]))
        if kind == "outgoing" and not name:
            return http(200, json.dumps(self.tags.get(query["tag"][0], [])))
        found = (self.incoming if kind == "incoming" else self.outgoing).get(name)
        if found is None:
            return http(404, '{"message": "The requested object does not exist"}')
        return http(200, found if isinstance(found, str) else json.dumps(found))

    def says(self, name: str, text: str, **more: Json) -> None:
        self.incoming[name] = {
            "id": int(name),
            "sender": THEIRS,
            "message": text,
            "creationDatetime": "2026-11-24T15:04:05+01:00",
            "credits": 0,
            "tag": "",
            **more,
        }


@asynccontextmanager
async def ovh(answer: Callable[[str], bytes | None] | None = None) -> AsyncIterator[Any]:
    """What it has, and the way to it."""
    has = Ovh()
    async with listening(lambda _: (answer or has.answer)(wire.requests[-1].target)) as wire:
        gateway = OvhGateway(wire.url, service="sms-ab1-1", key="k", secret="s", consumer="c")
        yield has, [Route(gateway)]


TAKEN = Accepted("7")


async def sent(now: datetime, answer: Answer = TAKEN) -> UUID:
    message = await rows.message(now=now)
    await dispatch([Route(RecordingGateway(lambda _: answer, name="ovh"))], now=now)
    return message


async def test_what_became_of_a_message_is_asked_until_it_is_known(
    database: Any, now: datetime
) -> None:
    message = await sent(now)
    async with ovh() as (has, routes):
        await inquire(routes, now=now)  # it is not in the list yet
        has.outgoing["7"] = {"id": 7, "deliveryReceipt": 4, "ptt": 3}
        await inquire(routes, now=now)
        assert await rows.status(message) == "accepted"
        has.outgoing["7"] = {"id": 7, "deliveryReceipt": 1, "ptt": 4}
        await inquire(routes, now=now)
        assert await rows.status(message) == "delivered"
        before = len(has.asked)
        await inquire(routes, now=now)
        assert has.asked[before:] == ["incoming/"]
    (call,) = await HookCall.objects()
    assert (call.kind, call.message, call.told) == ("report", message, "7 1/4")


async def test_what_failed_says_why(database: Any, now: datetime) -> None:
    message = await sent(now)
    async with ovh() as (has, routes):
        has.outgoing["7"] = {"deliveryReceipt": 2, "ptt": 23}
        await inquire(routes, now=now)
    found = await rows.read(message)
    assert (found.status, found.reason) == ("failed", Reason.NUMBER_INVALID)


async def test_a_message_whose_answer_was_lost_is_found_by_its_tag(
    database: Any, now: datetime
) -> None:
    message = await sent(now, Unknown())
    async with ovh() as (has, routes):
        await inquire(routes, now=now)
        assert await rows.status(message) == "unknown"
        has.tags[str(message)] = [7]
        await inquire(routes, now=now)
        assert await rows.status(message) == "accepted"
        has.outgoing["7"] = {"deliveryReceipt": 1, "ptt": 4}
        await inquire(routes, now=now)
    found = await rows.read(message)
    assert (found.status, found.reference, found.reason) == ("delivered", "7", "")


async def test_it_is_asked_often_at_first_then_seldom_then_no_more(
    database: Any, now: datetime
) -> None:
    await sent(now)
    whole = now.replace(minute=0, second=0)
    moments = {
        now + OFTEN_FOR / 2: True,
        whole + timedelta(hours=2, minutes=1): False,
        whole + timedelta(hours=2, minutes=30): True,
        whole + SELDOM_FOR + timedelta(hours=2): False,
    }
    async with ovh() as (has, routes):
        for moment, expected in moments.items():
            before = len(has.asked)
            await inquire(routes, now=moment)
            assert ("outgoing/7" in has.asked[before:]) is expected, moment


async def test_what_came_in_is_taken_in_once(database: Any, now: datetime) -> None:
    person = await make.borrower(phone=THEIRS)
    async with ovh() as (has, routes):
        has.says("12", "Prolongez-moi ça, s’il vous plaît 👍")
        await inquire(routes, now=now)
        await inquire(routes, now=now)  # it lists it for two days
        has.says("13", "Prolongez-moi ça, s’il vous plaît 👍")
        await inquire(routes, now=now)
        assert has.asked.count("incoming/12") == 1
        assert datetime.fromisoformat(has.since) == now.replace(microsecond=0) - timedelta(days=2)
    kept = await Reply.objects().order_by(Reply.id)
    assert [(each.gateway, each.sender, each.borrower) for each in kept] == [
        ("ovh", THEIRS, person.id)
    ] * 2
    assert kept[0].text == "Prolongez-moi ça, s’il vous plaît 👍"
    assert kept[0].sent_at.isoformat() == "2026-11-24T14:04:05+00:00"


@pytest.mark.parametrize(
    "nonsense",
    [
        "<p>Please sign in</p>",
        '{"id": 12}',
        "[" * 1_000,
        json.dumps({"id": 12, "sender": "", "message": "x", "creationDatetime": "2026-11-24"}),
        json.dumps({"id": 12, "sender": THEIRS, "message": "x" * 1_000_000}),
        '{"id": 12, "sender": "+4179", "message": "\x00", "creationDatetime": "never"}',
    ],
)
async def test_nonsense_keeps_nothing_else_from_coming(
    database: Any, now: datetime, nonsense: str
) -> None:
    message = await sent(now)
    async with ovh() as (has, routes):
        has.incoming["12"] = nonsense
        has.says("13", "HORAIRES")
        has.outgoing["7"] = {"deliveryReceipt": 1, "ptt": 4}
        with pytest.raises(NotTold):
            await inquire(routes, now=now)
    assert await rows.status(message) == "delivered"
    (kept,) = await Reply.objects()
    assert kept.text == "HORAIRES"


@pytest.mark.parametrize(
    "answer",
    [
        http(500, "{}"),
        http(403, "{}"),
        http(200, '{"message": "Oops"}'),
        http(200, "[12")[:-9],
        None,
    ],
    ids=["500", "403", "error with 200", "cut", "closed"],
)
async def test_a_gateway_that_does_not_tell_says_so_and_the_next_is_asked(
    database: Any, now: datetime, answer: bytes | None
) -> None:
    message = await sent(now)
    async with ovh(lambda _: answer) as (_, bad), ovh() as (has, good):
        has.says("12", "HORAIRES")
        bad[0].gateway.name = "ovh-lyon"
        with pytest.raises(NotTold):
            await inquire([*bad, *good], now=now)
    assert await rows.status(message) == "accepted"
    assert await Reply.count() == 1


async def test_one_that_hangs_is_given_up(
    database: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inquiring, "SECONDS_TO_SEND", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        gateway = OvhGateway(url, service="sms-ab1-1", key="k", secret="s", consumer="c")
        with pytest.raises(NotTold):
            await inquire([Route(gateway)], now=now)


async def test_the_job_asks_the_gateways_that_were_chosen(
    database: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await sent(now)
    async with ovh() as (has, routes):
        url = routes[0].gateway.url.removesuffix("/sms/sms-ab1-1")
        for name, value in {"URL": url, "SERVICE": "sms-ab1-1"}.items():
            monkeypatch.setenv(f"COMPTOIR_OVH_{name}", value)
        for name in ("KEY", "SECRET", "CONSUMER"):
            monkeypatch.setenv(f"COMPTOIR_OVH_{name}", "given")
        has.outgoing["7"] = {"deliveryReceipt": 1, "ptt": 4}
        turn = Turn(Settings(gateways="console ovh"), now)
        assert await run_if_due(INQUIRING, turn)
    assert await rows.status(message) == "delivered"
