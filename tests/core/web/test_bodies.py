"""Bodies that nobody reads are thrown away, up to an end; those that stop coming are given up."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from litestar.types import Receive

from comptoir.core.web import bodies

PIECE = b"a" * 1000
REFUSED = {"type": "http.response.start", "status": 413, "headers": []}
CLOSE = (b"connection", b"close")


async def start_of(receive: Receive, message: Any) -> Any:
    """What goes out when an application that read nothing answers so."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    _, answer = bodies.read_to_its_end(receive, send)
    await answer(message)
    [start] = sent
    return start


def pieces(number: int) -> tuple[Receive, list[int]]:
    """A body of so many pieces, and the sizes of those that were read."""
    read: list[int] = []

    async def receive() -> Any:
        read.append(len(PIECE))
        return {"type": "http.request", "body": PIECE, "more_body": len(read) < number}

    return receive, read


async def test_a_body_is_read_to_its_end_before_an_error_goes_out() -> None:
    receive, read = pieces(7)
    assert CLOSE not in (await start_of(receive, REFUSED))["headers"]
    assert len(read) == 7


async def test_an_answer_that_is_no_error_waits_for_nothing() -> None:
    receive, read = pieces(7)
    assert await start_of(receive, REFUSED | {"status": 200}) == REFUSED | {"status": 200}
    assert read == []


async def test_what_is_too_large_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST_THROWN_AWAY", 3000)
    receive, read = pieces(1_000_000)
    assert CLOSE in (await start_of(receive, REFUSED))["headers"]
    assert sum(read) == 3000


async def test_what_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SECONDS_TO_THROW_AWAY", 0.01)

    async def receive() -> Any:
        await asyncio.Event().wait()

    assert CLOSE in (await start_of(receive, REFUSED))["headers"]


async def test_a_client_that_left_ends_it() -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    assert CLOSE not in (await start_of(receive, REFUSED))["headers"]


def client(*pieces: dict[str, Any]) -> Any:
    """A client that sends these, and then nothing for ever."""
    left = list(pieces)

    async def receive() -> Any:
        if left:
            return left.pop(0)
        return await asyncio.Event().wait()

    return receive


async def never(_message: Any) -> None:
    raise AssertionError("nothing is answered here")


HALF = {"type": "http.request", "body": b"ab", "more_body": True}
REST = {"type": "http.request", "body": b"c", "more_body": False}
GONE = {"type": "http.disconnect"}


async def test_a_client_that_sends_nothing_more_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "SECONDS_FOR_MORE", 0.01)
    listen, _ = bodies.read_to_its_end(client(HALF), never)
    assert await listen() == HALF
    with pytest.raises(bodies.BodyTooSlow):
        await listen()


async def test_so_is_one_that_goes_on_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SECONDS_FOR_ALL", 0)
    listen, _ = bodies.read_to_its_end(client(), never)
    with pytest.raises(bodies.BodyTooSlow):
        await listen()


async def test_a_client_that_has_gone_is_no_error_of_ours() -> None:
    listen, _ = bodies.read_to_its_end(client(HALF, GONE), never)
    await listen()
    with pytest.raises(bodies.BodyCutShort) as gone:
        await listen()
    assert gone.value.status_code == 400


async def test_after_the_whole_body_one_waits_for_the_client_to_go() -> None:
    listen, _ = bodies.read_to_its_end(client(HALF, REST, GONE), never)
    assert [await listen(), await listen(), await listen()] == [HALF, REST, GONE]
