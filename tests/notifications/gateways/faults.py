"""What may go wrong on the way to any gateway over HTTP, and what it then says."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from comptoir.core.ids import new_id
from comptoir.notifications.gateways import http as client
from comptoir.notifications.gateways.protocol import Gateway, NotTaken, Outgoing, Unknown
from comptoir.notifications.reasons import Reason
from tests.notifications.wire import http, listening

Make = Callable[[str], Gateway]


def message(text: str = "Bonjour") -> Outgoing:
    return Outgoing(id=new_id(), address="+41791234567", text=text)


async def assert_faults_are_told_apart(
    make: Make, monkeypatch: pytest.MonkeyPatch, *, whole: bytes
) -> None:
    """Nothing sent is "not taken"; anything sent without a whole answer is "unknown".

    ``whole`` is an answer that accepts; it is cut in its middle. Each is asked once.
    """
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, and not listening: refused
        gateway = make(f"http://127.0.0.1:{nobody.getsockname()[1]}")
        assert await gateway.send(message()) == NotTaken(Reason.GATEWAY_UNREACHABLE)
    error, html = http(500, "Internal error"), http(200, "<p>Please sign in</p>")
    for reply in (None, whole[:20], whole[:-5], b"\x00\xff no HTTP\r\n\r\n", error, html):
        async with listening(lambda _, reply=reply: reply) as wire:  # type: ignore[misc]
            answer = await make(wire.url).send(message())
        assert isinstance(answer, Unknown), reply
        assert len(wire.requests) == 1
    monkeypatch.setattr(client, "STEP_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the request, says nothing
        gateway = make(f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert await gateway.send(message()) == Unknown()
