"""One connection to a network: bound, kept awake, and closed when anything is wrong with it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from comptoir.core.logging import without_values
from comptoir.notifications.gateways.smpp.account import Account
from comptoir.notifications.gateways.smpp.units import (
    HEADER,
    LONGEST,
    Command,
    Delivered,
    Status,
    Submitted,
    Unit,
    bind_transceiver,
    read_delivered,
    read_text,
)

#: To connect, to bind, and for each answer; half of ``protocol.SECONDS_TO_SEND``.
ANSWER_SECONDS = 10.0
#: After so long in which nothing came, the network is asked whether it is there.
QUIET_SECONDS = 30.0
#: To say good-bye.
UNBIND_SECONDS = 1.0

log = structlog.get_logger("comptoir.notifications")

#: Keeps what came in. If it raises, the network is told to deliver it again.
Hear = Callable[[Delivered], Awaitable[None]]


class NotBound(Exception):
    """The network could not be reached, or does not let us in: then with a ``status``."""

    def __init__(self, status: int | None = None) -> None:
        super().__init__()
        self.status = status


class Lost(Exception):
    """A unit was sent, or a part of it, and no answer came."""


class Session:
    """A bound connection. It is ``open`` until either side ends it, or it breaks."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hear: Hear
    ) -> None:
        self._reader, self._writer, self._hear = reader, writer, hear
        self._sequence = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Unit]] = {}
        self._came_at = asyncio.get_running_loop().time()
        self._heard: asyncio.Queue[Unit] = asyncio.Queue(100)
        self._tasks = [asyncio.create_task(act()) for act in (self._read, self._keep_what_is_heard)]

    @classmethod
    async def bound(cls, account: Account, hear: Hear) -> Session:
        """Connect and bind.

        Raises:
            NotBound: it could not.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                reader, writer = await asyncio.open_connection(
                    account.host, account.port, ssl=account.context, limit=LONGEST
                )
        except (OSError, TimeoutError) as error:
            raise NotBound from error
        session = cls(reader, writer, hear)
        body = bind_transceiver(account.user, account.password, account.kind)
        try:
            answer = await session._ask(Command.BIND_TRANSCEIVER, body)
        except Lost as error:
            await session.close()
            raise NotBound from error
        except BaseException:
            session._drop()
            raise
        if answer.status != Status.OK:
            await session.close()
            raise NotBound(answer.status)
        return session

    @property
    def open(self) -> bool:
        """True as long as something may be sent."""
        return not self._writer.is_closing()

    async def submit(self, message: Submitted) -> tuple[int, str]:
        """Hand over a message, or a part of one: the status, and what the network calls it.

        Raises:
            Lost: it may have it. The connection is no longer open.
        """
        answer = await self._ask(Command.SUBMIT_SM, message.body())
        return answer.status, read_text(answer.body)

    async def keep_awake(self) -> None:
        """Where nothing has come for a while, ask whether the network is there.

        Where it is not, the connection ends.
        """
        if asyncio.get_running_loop().time() - self._came_at < QUIET_SECONDS:
            return
        with suppress(Lost):
            await self._ask(Command.ENQUIRE_LINK)

    async def close(self) -> None:
        """End it, with good-bye where that is possible."""
        if self.open:
            with suppress(Lost, TimeoutError):
                async with asyncio.timeout(UNBIND_SECONDS):
                    await self._ask(Command.UNBIND)
        self._drop()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _ask(self, command: Command, body: bytes = b"") -> Unit:
        if not self.open:
            raise Lost
        unit = Unit(command, 0, next(self._sequence), body)
        answer: asyncio.Future[Unit] = asyncio.get_running_loop().create_future()
        self._waiting[unit.sequence] = answer
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._send(unit)
                return await answer
        except (OSError, TimeoutError) as error:
            self._end()  # an answer that comes later would be to nothing that we know
            raise Lost from error
        finally:
            del self._waiting[unit.sequence]

    async def _send(self, unit: Unit) -> None:
        self._writer.write(unit.octets())
        await self._writer.drain()

    def _drop(self) -> None:
        self._end()
        for task in self._tasks:
            task.cancel()

    def _end(self) -> None:
        self._writer.close()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(Lost())

    async def _read(self) -> None:
        try:
            while True:
                unit = await self._next()
                self._came_at = asyncio.get_running_loop().time()
                if unit.is_answer:
                    if (waiting := self._waiting.get(unit.sequence)) and not waiting.done():
                        waiting.set_result(unit)
                elif unit.command == Command.DELIVER_SM:
                    await self._heard.put(unit)
                elif unit.command in (Command.ENQUIRE_LINK, Command.UNBIND):
                    await self._send(unit.answer())
                    if unit.command == Command.UNBIND:
                        return
                else:
                    refusal = Unit(Command.GENERIC_NACK, Status.INVALID_COMMAND, unit.sequence)
                    await self._send(refusal)
        except (OSError, EOFError, ValueError):
            pass  # it broke off, or does not speak SMPP
        finally:
            self._end()

    async def _next(self) -> Unit:
        length, command, status, sequence = HEADER.unpack(
            await self._reader.readexactly(HEADER.size)
        )
        if not HEADER.size <= length <= LONGEST:
            raise ValueError("length")
        body = await self._reader.readexactly(length - HEADER.size)
        return Unit(command, status, sequence, body)

    async def _keep_what_is_heard(self) -> None:
        """One after the other, and answered once it is kept: what is not comes again."""
        while True:
            unit = await self._heard.get()
            with suppress(OSError):
                await self._send(unit.answer(await self._kept(unit)))

    async def _kept(self, unit: Unit) -> Status:
        try:
            delivered = read_delivered(unit.body)
        except ValueError:
            log.warning("message not understood", octets=len(unit.body))
            return Status.INVALID_LENGTH
        try:
            await self._hear(delivered)
        except Exception as error:
            log.error("message not kept", **without_values(error))
            return Status.NOT_NOW
        return Status.OK
