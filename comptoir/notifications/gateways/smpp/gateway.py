"""A network by SMPP: what its answers mean, and how the connection to it comes and goes."""

from __future__ import annotations

import asyncio
import random
from collections import OrderedDict
from contextlib import suppress
from typing import Any
from uuid import UUID

import structlog

from comptoir.core.logging import without_values
from comptoir.notifications.channels import Channel
from comptoir.notifications.gateways.lines import Ear, Named, Receipt, Said, message_of
from comptoir.notifications.gateways.protocol import (
    FOR_NOTHING,
    Accepted,
    Answer,
    NotTaken,
    Outgoing,
    Rejected,
    Terms,
    Unknown,
)
from comptoir.notifications.gateways.smpp import coding
from comptoir.notifications.gateways.smpp.account import (
    NAME,
    PACE,
    PRICE,
    Account,
    read_account,
    read_sender,
)
from comptoir.notifications.gateways.smpp.receipts import other_names, read_receipt
from comptoir.notifications.gateways.smpp.session import Lost, NotBound, Session
from comptoir.notifications.gateways.smpp.units import (
    Delivered,
    Status,
    Submitted,
)
from comptoir.notifications.gateways.variables import Variables
from comptoir.notifications.reasons import Reason

#: A message that waits longer than this for those before it is tried again later.
LONGEST_WAIT = 5.0
#: After a connection that failed, and after "too fast"; each time twice as long, up to the last.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
#: How long a part of a text that was begun waits, each time it is told "too fast".
SECONDS_BETWEEN_PARTS = (1.0, 2.0, 4.0)
#: What the network calls the last messages, as receipts may come before that is written down;
#: and receipts that came before even the network's own answer.
_REMEMBERED, _EARLY = 10_000, 1_000

log = structlog.get_logger("comptoir.notifications")

_BUSY = (Status.THROTTLED, Status.QUEUE_FULL)
_MEANINGS: dict[int, Answer] = {
    Status.THROTTLED: NotTaken(Reason.GATEWAY_BUSY),
    Status.QUEUE_FULL: NotTaken(Reason.GATEWAY_BUSY),
    Status.INVALID_DESTINATION: Rejected(Reason.NUMBER_INVALID),
    Status.INVALID_DESTINATION_TON: Rejected(Reason.NUMBER_INVALID),
    Status.INVALID_DESTINATION_NPI: Rejected(Reason.NUMBER_INVALID),
    Status.INVALID_LENGTH: Rejected(Reason.TEXT_REFUSED),
}
_NOT_LET_IN = (Status.BIND_FAILED, Status.INVALID_PASSWORD, Status.INVALID_SYSTEM_ID)


class _Pause:
    """How long nothing is asked of a network that has had enough, or is not there."""

    def __init__(self) -> None:
        self._seconds, self._until = 0.0, 0.0

    @property
    def is_on(self) -> bool:
        return asyncio.get_running_loop().time() < self._until

    def begin(self) -> None:
        self._seconds = min(max(FIRST_PAUSE, 2 * self._seconds), LONGEST_PAUSE)
        chance = random.uniform(2 / 3, 1)  # noqa: S311 – spreads, hides nothing
        self._until = asyncio.get_running_loop().time() + self._seconds * chance

    def end(self) -> None:
        self._seconds, self._until = 0.0, 0.0


class SmppGateway:
    """One account at one network, with one connection, and one message on its way at a time."""

    name = NAME
    channels = frozenset({Channel.SMS})

    def __init__(
        self,
        account: Account,
        *,
        sender: str,
        terms: Terms = FOR_NOTHING,
    ) -> None:
        self._account = account
        self._sender = sender
        self.terms = terms
        self._session: Session | None = None
        self._ear: Ear | None = None
        self._turn = asyncio.Lock()
        self._away, self._throttled = _Pause(), _Pause()
        self._called: OrderedDict[str, Named] = OrderedDict()
        self._early: OrderedDict[str, list[Receipt]] = OrderedDict()

    @classmethod
    def of(cls, read: Variables) -> SmppGateway:
        """The gateway that the environment describes.

        Raises:
            SettingsInvalid: a variable is missing or wrong.
        """
        return cls(
            read_account(read),
            sender=read_sender(read),
            terms=read.terms(PACE, PRICE),
        )

    async def open(self, ear: Ear) -> None:
        """Connect, if the network lets us; what it tells goes to ``ear``."""
        self._ear = ear
        await self.keep()

    async def keep(self) -> None:
        """Connect anew where it broke; ask a network that is quiet whether it is there."""
        if self._turn.locked():  # a message is on its way: that finds out, too
            return
        async with self._turn:
            with suppress(NotBound):
                await (await self._bound()).keep_awake()

    async def close(self) -> None:
        """Say good-bye. What was not kept yet, the network tells again."""
        if self._session is not None:
            await self._session.close()

    async def send(self, message: Outgoing) -> Answer:
        """Hand a message over, in as many parts as it takes."""
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                await self._turn.acquire()
        except TimeoutError:
            return NotTaken(Reason.GATEWAY_BUSY)
        try:
            return await self._in_turn(message)
        finally:
            self._turn.release()

    async def ask(self, message: Outgoing) -> Answer:
        """Without the name that the network gave it, a message cannot be asked about."""
        return Unknown()

    async def _in_turn(self, message: Outgoing) -> Answer:
        if self._throttled.is_on:
            return NotTaken(Reason.GATEWAY_BUSY)
        try:
            session = await self._bound()
        except NotBound as error:
            return NotTaken(_why_not_bound(error.status))
        data_coding, parts = coding.encode(message.text, reference=message.id.int & 0xFF)
        called = ""
        for number, octets in enumerate(parts, 1):
            part = Submitted(
                sender=self._sender,
                recipient=message.address,
                octets=octets,
                coding=data_coding,
                has_header=len(parts) > 1,
                # A phone shows a text once it has all of it: the last part tells of it.
                wants_receipt=number == len(parts),
            )
            try:
                status, called = await self._submit(session, part, patient=number > 1)
            except Lost:
                return Unknown()
            if status != Status.OK:
                # With some of its parts it is neither taken nor not.
                if number > 1:
                    return Unknown(Reason.GATEWAY_ERROR)
                return _MEANINGS.get(status, NotTaken(Reason.GATEWAY_ERROR))
        self._throttled.end()
        await self._remember(Named(called, message.address, message.id))
        return Accepted(called[:120])

    async def _submit(self, session: Session, part: Submitted, *, patient: bool) -> tuple[int, str]:
        """Hand over a part. One that is not the first waits until the network takes more."""
        for seconds in SECONDS_BETWEEN_PARTS:
            status, called = await session.submit(part)
            if status not in _BUSY:
                return status, called
            self._throttled.begin()
            if not patient:
                break
            await asyncio.sleep(seconds)
        return status, called

    async def _bound(self) -> Session:
        """The connection, made anew where it broke.

        Raises:
            NotBound: it cannot be had now.
        """
        if self._session is not None:
            if self._session.open:
                return self._session
            await self._session.close()
            self._session = None
        if self._ear is None or self._away.is_on:
            raise NotBound
        try:
            self._session = await Session.bound(self._account, self._hear)
        except NotBound as error:
            log.warning("gateway not connected", gateway=self.name, status=error.status)
            self._away.begin()
            raise
        self._away.end()
        return self._session

    async def _remember(self, sent: Named) -> None:
        """What the network calls a message, and what it told of it already."""
        self._called[sent.reference] = sent
        _shorten(self._called, _REMEMBERED)
        for name in (sent.reference, *other_names(sent.reference)):
            early = self._early.pop(name, [])
            others = [each for each in early if message_of(each, [sent]) is None]
            if others:
                self._early[name] = others
            for receipt in early:
                if receipt in others:
                    continue
                try:
                    assert self._ear is not None  # noqa: S101 – there is no connection without
                    await self._ear.receipt(self.name, receipt, sent.message_id)
                except Exception as error:  # it is accepted all the same
                    log.error("receipt not kept", **without_values(error))

    def _about(self, receipt: Receipt) -> UUID | None:
        """The message that a receipt is about, of the last ones."""
        names = (receipt.reference, *receipt.names)
        return message_of(receipt, [self._called[name] for name in names if name in self._called])

    async def _hear(self, delivered: Delivered) -> None:
        assert self._ear is not None  # noqa: S101 – there is no connection without
        if delivered.is_message:
            text, part = coding.read(delivered)
            said = Said(delivered.sender, delivered.recipient, text, part)
            await self._ear.text(self.name, said)
        elif delivered.is_receipt and (receipt := read_receipt(delivered)):
            if await self._ear.receipt(self.name, receipt, self._about(receipt)):
                return
            message_id = self._about(receipt)
            if message_id is not None:  # it was answered while nobody was found to know of it
                await self._ear.receipt(self.name, receipt, message_id)
            else:
                # Perhaps of the message on its way. To wait for that with our answer would be
                # no use: there are networks that wait for it before they answer us.
                self._early.setdefault(receipt.reference, []).append(receipt)
                _shorten(self._early, _EARLY)


def _shorten(several: OrderedDict[str, Any], most: int) -> None:
    while len(several) > most:
        several.popitem(last=False)


def _why_not_bound(status: int | None) -> Reason:
    if status in _NOT_LET_IN:
        return Reason.GATEWAY_LOGIN
    # Another program, or one of ours that just died, has the connection.
    return Reason.GATEWAY_BUSY if status == Status.ALREADY_BOUND else Reason.GATEWAY_UNREACHABLE
