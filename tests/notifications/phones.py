"""The network that a phone is in, behind the one that the desk is connected to.

It speaks SMPP by aiosmpplib and the network between by smpp34: what the desk sends is taken
apart, and receipts and replies are written, by code that is not ours. Octets are passed on as
they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import smpp34
from aiosmpplib import ESME, DeliverSm, PhoneNumber, SmppMessage, SubmitSm
from aiosmpplib.hook import AbstractHook
from aiosmpplib.state import NPI, TON

from tests.notifications.smsc import Smsc, Submit, smsc

NAME = "phones"
#: Kinds of message: one who got a text says so; that, as the network between tells it.
_ACKNOWLEDGED, _RECEIPT = 0x08, 0x04
#: The option that says what the network calls a message (``receipted_message_id``).
_CALLED = 0x001E


class Phone(AbstractHook):  # type: ignore[misc]
    """One number in that network."""

    def __init__(self, port: int, number: str) -> None:
        self.esme = ESME("127.0.0.1", port, NAME, "secret", hook=self, log_level="ERROR")
        self._number = PhoneNumber(number.lstrip("+"), TON.INTERNATIONAL, NPI.ISDN)
        self._texts: asyncio.Queue[str] = asyncio.Queue()

    async def gets(self) -> str:
        """The next text, once all parts of it are there."""
        async with asyncio.timeout(60):
            return await self._texts.get()

    async def says(self, text: str, *, to: str) -> None:
        """Send a text."""
        recipient = PhoneNumber(to.lstrip("+"), TON.INTERNATIONAL, NPI.ISDN)
        await self._send(text, recipient, kind=0)

    async def received(self, smpp_message: SmppMessage | None, pdu: bytes, client_id: str) -> None:
        """A whole text: show it, and say that it arrived."""
        if not isinstance(smpp_message, DeliverSm):
            return
        self._texts.put_nowait(smpp_message.short_message)
        named = {each.tag: each.value for each in smpp_message.optional_params}
        called = named.get(_CALLED)
        if called is not None:
            now = datetime.now(UTC)
            told = {"id": called, "sub": 1, "dlvrd": 1, "stat": "DELIVRD"}
            told |= {"submit date": now, "done date": now}
            text = DeliverSm.encode_receipt(told)
            await self._send(text, smpp_message.source, kind=_ACKNOWLEDGED)

    async def sending(self, smpp_message: SmppMessage, pdu: bytes, client_id: str) -> None:
        """Nothing: it is sent as it is."""

    async def send_error(self, smpp_message: SmppMessage, error: Exception, client_id: str) -> None:
        """Nothing is lost unseen."""
        raise error

    async def _send(self, text: str, recipient: PhoneNumber, *, kind: int) -> None:
        message = SubmitSm(
            short_message=text,
            source=self._number,
            destination=recipient,
            esm_class=kind,
            registered_delivery=0,
        )
        await self.esme.broker.enqueue(message)


class _Between:
    """Passes on what either side hands over; a message has the name that it was given first."""

    def __init__(self) -> None:
        self.phones: smpp34.Esme | None = None
        self._line = asyncio.Lock()

    def is_phones(self, esme: smpp34.Esme) -> bool:
        """The other side has come."""
        if esme.system_id != NAME:
            return False
        self.phones = esme
        return True

    async def reply(self, network: Smsc, submit: Submit, number: int) -> None:
        called = f"m{number}"
        submit.accept(called)
        assert self.phones is not None
        if submit.session_id == self.phones.session_id:
            kind = _RECEIPT if submit.esm_class == _ACKNOWLEDGED else submit.esm_class
            answer = await network.deliver(
                submit.short_message,
                kind=kind,
                coding=submit.data_coding,
                sender=submit.source_addr,
            )
            assert answer == 0
            return
        asked = [smpp34.Tlv(_CALLED, called.encode())]
        async with self._line:
            await self.phones.deliver_sm(
                submit.destination_addr,
                submit.short_message,
                source_addr=submit.source_addr,
                source_addr_ton=submit.source_addr_ton,
                source_addr_npi=submit.source_addr_npi,
                dest_addr_ton=submit.dest_addr_ton,
                dest_addr_npi=submit.dest_addr_npi,
                esm_class=submit.esm_class,
                data_coding=submit.data_coding,
                tlvs=asked if submit.registered_delivery else [],
            )


@asynccontextmanager
async def phone(number: str) -> AsyncIterator[tuple[Smsc, Phone]]:
    """A network, and a phone in one behind it, until the block ends."""
    between = _Between()
    async with smsc(between.reply, elsewhere=between.is_phones) as network:
        phone = Phone(network.port, number)
        connection = asyncio.create_task(phone.esme.start())
        try:
            yield network, phone
        finally:
            writer = phone.esme._writer  # aiosmpplib 0.7 leaves it open
            connection.cancel()
            with suppress(asyncio.CancelledError):
                await connection
            if writer is not None:
                writer.close()
                with suppress(ConnectionError):
                    await writer.wait_closed()
