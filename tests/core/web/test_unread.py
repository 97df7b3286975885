"""How much of a body that nobody reads is thrown away, and for how long."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from litestar.types import Receive

from comptoir.core.web import unread

PIECE = b"a" * 1000
REFUSED = {"type": "http.response.start", "status": 413, "headers": []}
CLOSE = (b"connection", b"close")


async def start_of(receive: Receive, message: Any) -> Any:
    """What goes out when an application that read nothing answers so."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    _, answer = unread.read_to_its_end(receive, send)
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
    monkeypatch.setattr(unread, "MOST_THROWN_AWAY", 3000)
    receive, read = pieces(1_000_000)
    assert CLOSE in (await start_of(receive, REFUSED))["headers"]
    assert sum(read) == 3000


async def test_what_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unread, "SECONDS_TO_SEND", 0.01)

    async def receive() -> Any:
        await asyncio.Event().wait()

    assert CLOSE in (await start_of(receive, REFUSED))["headers"]


async def test_a_client_that_left_ends_it() -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    assert CLOSE not in (await start_of(receive, REFUSED))["headers"]
