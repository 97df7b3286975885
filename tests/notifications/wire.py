"""A server that answers as a gateway may: well, badly, or in the middle of a word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlsplit

#: What is sent back for the query of a request; None closes without a word.
Reply = Callable[[dict[str, str]], bytes | None]


def http(status: int, text: str) -> bytes:
    """A whole answer."""
    body = text.encode()
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Wire:
    """Where it listens, and the queries that came, in order."""

    def __init__(self, port: int, reply: Reply) -> None:
        self.url = f"http://127.0.0.1:{port}/cgi-bin/sendsms"
        self.queries: list[dict[str, str]] = []
        self.reply = reply


@asynccontextmanager
async def listening(reply: Reply) -> AsyncIterator[Wire]:
    """Serve until the block ends."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            query = dict(parse_qsl(urlsplit(head.split(" ")[1]).query))
            wire.queries.append(query)
            answer = wire.reply(query)
            if answer is not None:
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    wire = Wire(server.sockets[0].getsockname()[1], reply)
    async with server:
        yield wire
