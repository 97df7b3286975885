"""Bodies as they come in: not for ever, and to their end also where nobody reads them.

A client that sends nothing more is given up, or a few hundred of them would keep
everybody else out. And a server that answers and closes while the client is still
sending resets the connection, so that the client may never see the answer (RFC 9112,
section 9.6): the rest of a refused body is read and thrown away before the error
goes out, up to a size and a time that no form or call of ours comes near. A client
that asks first (``Expect: 100-continue``) sends nothing more once it has its answer.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from litestar.exceptions import ClientException, HTTPException
from litestar.types import Receive, Scope, Send

#: In bytes. Of what is larger still, the connection is closed as it is.
MOST_THROWN_AWAY = 64_000_000
SECONDS_TO_THROW_AWAY = 10
#: Until more comes, and for the whole: a photo over a slow telephone takes a minute.
SECONDS_FOR_MORE = 15
SECONDS_FOR_ALL = 120


class BodyTooSlow(HTTPException):
    """Nothing more came for too long."""

    status_code = 408


class BodyCutShort(ClientException):
    """The client has gone in the middle; nobody reads the answer."""


def has_body(scope: Scope) -> bool:
    """True if the client sends a body with its request."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"


def asks_first(scope: Scope) -> bool:
    """True if the client waits with its body until somebody wants to read it."""
    return (b"expect", b"100-continue") in scope["headers"]


def read_to_its_end(
    receive: Receive, send: Send, *, asks_first: bool = False
) -> tuple[Receive, Send]:
    """The same two, with an end to waiting, and errors that wait until the body has come in."""
    whole, coming = False, not asks_first
    end = time.monotonic() + SECONDS_FOR_ALL

    async def listen() -> Any:
        nonlocal whole, coming
        coming = True
        if whole:
            return await receive()
        try:
            async with asyncio.timeout(min(SECONDS_FOR_MORE, end - time.monotonic())):
                message = await receive()
        except TimeoutError:
            raise BodyTooSlow from None
        whole = not message.get("more_body")
        if message["type"] == "http.disconnect":
            raise BodyCutShort
        return message

    async def answer(message: Any) -> None:
        if message["type"] == "http.response.start" and message["status"] >= 400 and not whole:
            if coming:
                await throw_away()
            if not whole:
                message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
        await send(message)

    async def throw_away() -> None:
        size = 0
        try:
            async with asyncio.timeout(SECONDS_TO_THROW_AWAY):
                while not whole and size < MOST_THROWN_AWAY:
                    size += len((await listen()).get("body", b""))
        except (TimeoutError, BodyTooSlow, BodyCutShort):
            pass

    return listen, answer
