"""HTTP to a gateway, so told apart that it is known whether a request may have arrived.

The standard library's client in a thread: a gateway is asked a few times a second at
most, and a client for more would be megabytes of every worker.
"""

from __future__ import annotations

import asyncio
import http.client
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import msgspec

from comptoir.notifications.gateways.protocol import Answer, NotTaken, Unknown
from comptoir.notifications.reasons import Reason

#: For each step; all of them together end with ``protocol.SECONDS_TO_SEND``.
STEP_SECONDS = 10.0
#: More of an answer is not read.
LARGEST_ANSWER = 65_536


class NotConnected(Exception):
    """Nothing was sent: the gateway could not be reached."""


class AnswerLost(Exception):
    """The request may have arrived, but no whole answer came back."""


class TooLong(AnswerLost):
    """An answer came, and more of it than is read."""


class Answered(msgspec.Struct, frozen=True):
    """A whole answer; ``text`` is read as UTF-8, whatever it is.

    ``has_end`` is False where it did not say how long it is: it may be the start of one.
    """

    status: int
    text: str
    has_end: bool = True


async def request(
    method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answered:
    """Ask a gateway. Redirects are not followed: they would carry passwords elsewhere.

    Raises:
        NotConnected: nothing was sent.
        AnswerLost: it may have arrived.
    """
    connection = _connection(url)
    asking = asyncio.to_thread(_ask, connection, method, url, body, dict(headers or {}))
    try:
        return await asking
    except asyncio.CancelledError:
        # The thread waits for bytes that come one by one, or never: this ends it.
        with suppress(OSError):
            if connection.sock is not None:
                connection.sock.shutdown(2)
        raise


async def hand_over(
    meaning: Callable[[Answered], Answer],
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Ask a gateway to send: what it answers means, or what can be said without an answer.

    A message whose answer was lost is not one that was not taken: it may be on its way.
    """
    try:
        answer = await request(method, url, body=body, headers=headers)
    except NotConnected:
        return NotTaken(Reason.GATEWAY_UNREACHABLE)
    except AnswerLost:
        return Unknown()
    return meaning(answer)


def _connection(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        return http.client.HTTPSConnection(
            host, port, timeout=STEP_SECONDS, context=ssl.create_default_context()
        )
    return http.client.HTTPConnection(host, port, timeout=STEP_SECONDS)


def _ask(
    connection: http.client.HTTPConnection,
    method: str,
    url: str,
    body: bytes | None,
    headers: dict[str, str],
) -> Answered:
    parts = urlsplit(url)
    path = parts.path or "/"
    try:
        try:
            connection.connect()
        except OSError as error:
            raise NotConnected from error
        try:
            target = f"{path}?{parts.query}" if parts.query else path
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            has_end = response.chunked or response.length is not None
            data = response.read(LARGEST_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            raise AnswerLost from error
        if response.length:  # it closed in the middle of what it announced, or that was too much
            raise AnswerLost if len(data) < LARGEST_ANSWER else TooLong
        return Answered(response.status, data.decode("utf-8", "replace"), has_end)
    finally:
        connection.close()
