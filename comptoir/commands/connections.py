"""Connections over which nothing comes, or too much, before there is a request.

uvicorn waits for ever for the head of a request, and takes one of any size.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: How long a connection may stay open without a whole head of a request.
SECONDS_TO_ASK = 10
#: In bytes: address and headers. Browsers send a few thousand.
LONGEST_HEAD = 65_536
#: Open at once, of each worker.
CONNECTIONS = 4096


class _Unread(list[Any]):
    """Takes what comes after a body: such fields are no headers (RFC 9110, section 6.5.1)."""

    def append(self, _: Any) -> None:
        """Forget it."""


class Connection(HttpToolsProtocol):
    """uvicorn's, which a client keeps only as long as it asks something."""

    # uvicorn narrows the type too: it is only ever given connections.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._in_head, self._head_size = False, 0
        self._wait_for_head()
        if len(self.connections) > CONNECTIONS:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_of_waiting.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head:
            self._head_size += len(data)
            if self._head_size > LONGEST_HEAD:
                self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_size = True, 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._end_of_waiting.cancel()
        super().on_headers_complete()
        self.headers = _Unread()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete:  # else the next request is here already
            self._wait_for_head()

    def _wait_for_head(self) -> None:
        self._end_of_waiting = self.loop.call_later(SECONDS_TO_ASK, self.transport.close)
