"""The program as it is run, and the clients that ask it over HTTP."""

from __future__ import annotations

import asyncio
import compileall
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psutil

import comptoir

SECRET = "a secret for measuring alone, 32 characters"


class Program(msgspec.Struct):
    """What serves, its workers included; ``started`` is how many seconds that took."""

    process: psutil.Process
    port: int
    started: float

    def cpu(self) -> float:
        """Seconds of processor time of all processes so far."""
        return processor_time(self.process)

    def memory(self) -> float:
        """Resident memory of the largest process, in MB (10^6 bytes)."""
        return max(float(each.memory_info().rss / 1e6) for each in _family(self.process))


def processor_time(process: psutil.Process) -> float:
    """Seconds that a process has used, with its children: those that run and those that ended."""
    while True:
        ended = _of_ended(process)
        times = []
        with suppress(psutil.NoSuchProcess):  # one has ended meanwhile, and is looked at again
            times = [each.cpu_times() for each in _family(process)]
        if times and ended == _of_ended(process):
            return ended + sum(float(each.user + each.system) for each in times)


def _of_ended(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.children_user + times.children_system)


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children()]


@contextmanager
def serving(url: str, folder: Path, *, workers: int = 1) -> Iterator[Program]:
    """``comptoir serve`` in production, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "COMPTOIR_ENV": "production",
        "MALLOC_ARENA_MAX": "2",  # as deploy/ sets it
        "COMPTOIR_SECRET": SECRET,
        "COMPTOIR_DATA": str(folder),
        "COMPTOIR_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "COMPTOIR_WORKERS": str(workers),
        "DATABASE_URL": url if not url.startswith("sqlite") else "",
    }
    # As an installer does. Where Python is told to keep no bytecode, as on machines for tests,
    # each start would compile 400 files: a third of it.
    compileall.compile_dir(Path(comptoir.__file__).parent, quiet=1)
    begun = time.perf_counter()
    log = (folder / "log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "comptoir", "serve", "--port", str(port)],
        env=environment,
        stdout=log,
        stderr=log,
    )
    try:
        _wait_until_healthy(server, port)
        yield Program(psutil.Process(server.pid), port, time.perf_counter() - begun)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()


def _wait_until_healthy(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.01)
    raise RuntimeError("the program did not start")


class Client:
    """One connection, kept open: as little work beside the program's as Python can."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.head = f"Host: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nAccept-Language: en\r\n"

    async def __aenter__(self) -> Client:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()
        await self.writer.wait_closed()

    async def ask(
        self, method: str, path: str, body: Any = None, key: str = ""
    ) -> tuple[int, bytes]:
        """Status and body of one request."""
        content = msgspec.json.encode(body) if body is not None else b""
        lines = f"{method} {path} HTTP/1.1\r\n{self.head}"
        if body is not None:
            lines += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        if key:
            lines += f"Idempotency-Key: {key}\r\n"
        self.writer.write(lines.encode() + b"\r\n" + content)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        return int(head[9:12]), await self.reader.readexactly(length)


async def for_seconds(
    seconds: float, clients: int, act: Callable[[int], Any]
) -> tuple[int, list[float]]:
    """``act(client)`` over and over, from so many clients at once.

    Gives how often, and how long each took in seconds. ``act`` is an async
    generator function whose every step is one operation.
    """
    until = time.perf_counter() + seconds
    times: list[float] = []

    async def one(number: int) -> None:
        begun = time.perf_counter()
        async with aclosing(act(number)) as steps:
            async for _ in steps:
                now = time.perf_counter()
                times.append(now - begun)
                if now > until:
                    return
                begun = time.perf_counter()

    await asyncio.gather(*(one(number) for number in range(clients)))
    return len(times), times
