"""A server that answers as a gateway may: well, badly, or in the middle of a word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlsplit

import msgspec

#: What is sent back for the query of a request; None closes without a word.
Reply = Callable[[dict[str, str]], bytes | None]


def http(status: int, text: str) -> bytes:
    """A whole answer."""
    body = text.encode()
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Request(msgspec.Struct):
    """What came."""

    method: str
    target: str
    headers: dict[str, str]
    body: str


class Wire:
    """Where it listens, and what came, in order."""

    def __init__(self, port: int, reply: Reply) -> None:
        self.url = f"http://127.0.0.1:{port}/cgi-bin/sendsms"
        self.queries: list[dict[str, str]] = []
        self.requests: list[Request] = []
        self.reply = reply


def _request(head: str) -> Request:
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    return Request(method, target, {name.lower(): value for name, value in headers.items()}, "")


@asynccontextmanager
async def listening(reply: Reply) -> AsyncIterator[Wire]:
    """Serve until the block ends."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            request = _request(head)
            request.body = (
                await reader.readexactly(int(request.headers.get("content-length", 0)))
            ).decode()
            wire.requests.append(request)
            query = dict(parse_qsl(urlsplit(request.target).query))
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
