"""The rest of a body that nobody reads, where a request is refused before its end.

A server that answers and closes while the client is still sending resets the
connection, and the client may never see the answer (RFC 9112, section 9.6). So
the rest is read and thrown away before an error goes out, up to a size and a
time that no form or call of ours comes near. A client that asks first
(``Expect: 100-continue``) sends nothing more once it has its answer.
"""

from __future__ import annotations

import asyncio
from typing import Any

from litestar.types import Receive, Scope, Send

#: In bytes. Of what is larger still, the connection is closed as it is.
MOST_THROWN_AWAY = 64_000_000
SECONDS_TO_SEND = 10


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
    """The same two, but that an error waits until the body has come in."""
    whole, coming = False, not asks_first

    async def listen() -> Any:
        nonlocal whole, coming
        coming = True
        message = await receive()
        whole = message["type"] != "http.request" or not message.get("more_body")
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
            async with asyncio.timeout(SECONDS_TO_SEND):
                while not whole and size < MOST_THROWN_AWAY:
                    size += len((await listen()).get("body", b""))
        except TimeoutError:
            pass

    return listen, answer
