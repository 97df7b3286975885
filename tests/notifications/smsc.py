"""A network that speaks SMPP (smpp34), and the phone that is in it; and a bad line to it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import smpp34

from comptoir.notifications.gateways.smpp.units import HEADER, Unit
from tests.notifications.gsm_table import decoded
from tests.roof.commands import free_port

Submit = smpp34.SubmitSmEvent
#: What the network does with the nth message or part of one that it is given.
Reply = Callable[["Smsc", Submit, int], Awaitable[None]]
#: True of a client that is not the desk.
Elsewhere = Callable[[smpp34.Esme], bool]


async def accept(smsc: Smsc, submit: Submit, number: int) -> None:
    """As usual: what it is called, and a receipt where one is wanted."""
    submit.accept(f"m{number}")
    if submit.registered_delivery:
        await smsc.tell(f"m{number}", "DELIVRD")


class Smsc:
    """Where it listens, what it was given, and whole texts as the phone shows them."""

    def __init__(self, port: int, reply: Reply, elsewhere: Elsewhere) -> None:
        self.port, self.reply, self._elsewhere = port, reply, elsewhere
        self.submitted: list[Submit] = []
        self.texts: asyncio.Queue[str] = asyncio.Queue()
        self.binds = 0
        self._bound = asyncio.Event()
        self._parts: dict[bytes, dict[int, str]] = {}
        self._esme: smpp34.Esme | None = None
        # smpp34 1.5 waits for ever when two are on their way to one client.
        self._line = asyncio.Lock()

    async def serve(self, server: smpp34.Server) -> None:
        numbers = itertools.count(1)
        replies: set[asyncio.Task[None]] = set()
        while True:
            event = await server.next()
            if isinstance(event, smpp34.Esme):
                if self._elsewhere(event):
                    continue
                self._esme = event
                self.binds += 1
                self._bound.set()
            elif isinstance(event, smpp34.SubmitSmEvent):
                self.submitted.append(event)
                self._show(event)
                task = asyncio.create_task(_run(self.reply(self, event, next(numbers))))
                replies.add(task)
                task.add_done_callback(replies.discard)

    async def bound_times(self, times: int) -> None:
        """Until the client has connected so often, and not more."""
        async with asyncio.timeout(60):
            while self.binds < times:
                self._bound.clear()
                await self._bound.wait()
        assert self.binds == times

    def _show(self, submit: Submit) -> None:
        """Put the parts of a text together, as a phone does."""
        octets = submit.short_message
        reference, total, number = b"", 1, 1
        if submit.esm_class & 0x40:
            assert octets[:3] == b"\x05\x00\x03"
            reference, (total, number), octets = octets[3:4], octets[4:6], octets[6:]
        assert submit.data_coding in (0, 8)
        text = octets.decode("utf-16-be") if submit.data_coding else decoded(octets)
        parts = self._parts.setdefault(reference, {})
        parts[number] = text
        if len(parts) == total:
            del self._parts[reference]
            self.texts.put_nowait("".join(parts[each] for each in range(1, total + 1)))

    async def gets(self) -> str:
        """The next text on the phone."""
        async with asyncio.timeout(60):
            return await self.texts.get()

    async def deliver(
        self,
        octets: bytes,
        *,
        kind: int = 0,
        coding: int = 0,
        sender: str = "41791234567",
        options: dict[int, bytes] | None = None,
    ) -> int:
        """Hand something to the client: the status that it answers."""
        async with self._line:
            assert self._esme is not None
            answer = await self._esme.deliver_sm(
                "41265550110",
                octets,
                source_addr=sender,
                source_addr_ton=1,
                source_addr_npi=1,
                dest_addr_ton=1,
                esm_class=kind,
                data_coding=coding,
                tlvs=[smpp34.Tlv(tag, value) for tag, value in (options or {}).items()],
            )
        return answer.command_status

    async def says(self, text: str, *, sender: str = "41791234567") -> int:
        """Something is written on the phone."""
        return await self.deliver(text.encode("utf-16-be"), coding=8, sender=sender)

    async def tell(self, called: str, state: str) -> int:
        """What became of a message."""
        text = (
            f"id:{called} sub:001 dlvrd:001 submit date:2611252200 done date:2611252201 "
            f"stat:{state} err:000 text:Bonjour"
        )
        return await self.deliver(text.encode(), kind=0x04)


async def _run(reply: Awaitable[None]) -> None:
    with suppress(smpp34.SmppError):  # the client went away meanwhile
        await reply


@asynccontextmanager
async def smsc(
    reply: Reply = accept, *, elsewhere: Elsewhere = lambda _: False
) -> AsyncIterator[Smsc]:
    """Listen until the block ends."""
    port = free_port()
    server = smpp34.Server("127.0.0.1", port, system_id="SMSC")
    await server.start()
    network = Smsc(port, reply, elsewhere)
    serving = asyncio.create_task(network.serve(server))
    try:
        yield network
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        await server.stop()


def account(port: int) -> dict[str, str]:
    """The environment of a desk that has an account at it."""
    return {
        "COMPTOIR_GATEWAYS": "smpp:+41",
        "COMPTOIR_SMPP_URL": f"smpp://127.0.0.1:{port}",
        "COMPTOIR_SMPP_USER": "comptoir",
        "COMPTOIR_SMPP_PASSWORD": "a-password-of-smpp",
        "COMPTOIR_SMPP_SENDER": "+41265550110",
        "COMPTOIR_SMPP_PRICE": "0.055 CHF",
    }


class Cut(Exception):
    """The line breaks after so many octets."""

    def __init__(self, octets: bytes) -> None:
        super().__init__()
        self.octets = octets


@asynccontextmanager
async def bad_line(port: int, tamper: Callable[[Unit], bytes]) -> AsyncIterator[int]:
    """A port that leads to another, and changes what comes back: ``tamper`` says into what."""

    async def there(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while octets := await reader.read(4096):
            writer.write(octets)

    async def back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            length, command, status, sequence = HEADER.unpack(await reader.readexactly(HEADER.size))
            body = await reader.readexactly(length - HEADER.size)
            try:
                writer.write(tamper(Unit(command, status, sequence, body)))
            except Cut as cut:
                writer.write(cut.octets)
                return

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        tasks = [
            asyncio.create_task(there(reader, far_writer)),
            asyncio.create_task(back(far_reader, writer)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            writer.close()
            far_writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
