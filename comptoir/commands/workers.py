"""Workers: one that serves in this process, or several beside each other."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait
from typing import Any

from litestar import Litestar
from uvicorn.config import Config
from uvicorn.server import Server

from comptoir.commands.connections import SECONDS_TO_ASK, Connection

if sys.platform == "win32":
    from asyncio import run
else:
    from uvloop import run  # a sixth less processor time for each request

#: How long workers may take to finish what they are doing once told to stop.
SECONDS_TO_STOP = 5
#: Between a worker's end and the start of the one that replaces it.
SECONDS_TO_REPLACE = 0.5

Make = Callable[[], Litestar]
Announce = Callable[[], None]

_TOLD_TO_STOP = (signal.SIGINT, signal.SIGTERM)


def quiet() -> None:
    """Announce nothing."""


class Worker(Server):
    """uvicorn's server, which ends without an error when it is told to stop."""

    def __init__(self, app: Litestar, announce: Announce = quiet, **more: Any) -> None:
        super().__init__(
            Config(
                app,
                http=Connection,
                loop="none",
                ws="none",
                lifespan="on",
                interface="asgi3",
                log_config=None,
                log_level="error",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=SECONDS_TO_ASK,
                timeout_graceful_shutdown=SECONDS_TO_STOP,
                **more,
            )
        )
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Announce it once somebody can be answered."""
        await super().startup(sockets)
        self._announce()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop when told so. uvicorn would raise the signal once more at the end."""
        with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; another thread
            for number in _TOLD_TO_STOP:
                asyncio.get_running_loop().add_signal_handler(number, self.stop)
        yield

    def stop(self) -> None:
        """Take no more requests, finish those that there are, and end."""
        self.should_exit = True


def serve_alone(make: Make, listening: socket.socket, announce: Announce, **more: Any) -> None:
    """Serve in this process: half the memory of a worker and its parent."""
    run(Worker(make(), announce, **more).serve([listening]))


def serve_together(
    count: int, make: Make, listening: socket.socket, announce: Announce, **more: Any
) -> None:
    """Workers beside each other; one that dies is replaced."""
    told = False

    def stop(*_: object) -> None:
        nonlocal told
        told = True

    # What a fork shares with its parent is there once.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in methods else None)

    def start() -> Any:
        process = context.Process(target=_work, args=(make, listening, more))
        process.start()
        return process

    for number in _TOLD_TO_STOP:
        signal.signal(number, stop)
    workers = [start() for _ in range(count)]
    announce()
    while not told:
        wait([worker.sentinel for worker in workers], timeout=SECONDS_TO_REPLACE)
        alive = [worker for worker in workers if worker.is_alive()]
        if len(alive) < count and not told:
            time.sleep(SECONDS_TO_REPLACE)  # one that cannot start is not tried without a rest
            alive += [start() for _ in range(count - len(alive))]
        workers = alive
    _end(workers)


def _work(make: Make, listening: socket.socket, more: dict[str, Any]) -> None:
    for number in _TOLD_TO_STOP:
        signal.signal(number, signal.SIG_DFL)  # until it serves: the parent's would lose it
    run(Worker(make(), **more).serve([listening]))


def _end(workers: Iterable[Any]) -> None:
    for worker in workers:
        worker.terminate()
    until = time.monotonic() + SECONDS_TO_STOP + 1
    for worker in workers:
        worker.join(max(0.0, until - time.monotonic()))
        if worker.is_alive():
            worker.kill()
