"""The units of data of SMPP 3.4 that a desk needs, as octets.

Source: SMPP Protocol Specification v3.4, Issue 1.2, sections 3.2 (layout), 4 (each unit)
and 5 (commands, statuses, optional parameters).
"""

from __future__ import annotations

import struct
from enum import IntEnum

import msgspec

HEADER = struct.Struct("!IIII")
#: More than a text in its longest form: whoever announces more does not speak SMPP.
LONGEST = 65_536 + 1024
#: Set in the command of a unit that answers one.
_ANSWER = 0x80000000


class Command(IntEnum):
    """What a unit asks for. Its answer has ``answer_to`` it."""

    UNBIND = 0x06
    DELIVER_SM = 0x05
    SUBMIT_SM = 0x04
    BIND_TRANSCEIVER = 0x09
    ENQUIRE_LINK = 0x15
    GENERIC_NACK = 0x80000000


class Status(IntEnum):
    """What is told of a request: some of section 5.1.3. Networks have more of their own."""

    OK = 0x00
    INVALID_LENGTH = 0x01
    INVALID_COMMAND = 0x03
    ALREADY_BOUND = 0x05
    INVALID_DESTINATION = 0x0B
    BIND_FAILED = 0x0D
    INVALID_PASSWORD = 0x0E
    INVALID_SYSTEM_ID = 0x0F
    QUEUE_FULL = 0x14
    INVALID_DESTINATION_TON = 0x50
    INVALID_DESTINATION_NPI = 0x51
    THROTTLED = 0x58
    NOT_NOW = 0x64  #: ours, to something that could not be kept: it is delivered again


class Option(IntEnum):
    """Optional parameters."""

    RECEIPTED_MESSAGE_ID = 0x001E
    SAR_REFERENCE = 0x020C
    SAR_TOTAL = 0x020E
    SAR_NUMBER = 0x020F
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


class Unit(msgspec.Struct, frozen=True):
    """One of them; ``sequence`` joins a request and its answer."""

    command: int
    status: int
    sequence: int
    body: bytes = b""

    @property
    def is_answer(self) -> bool:
        """It answers one of ours."""
        return bool(self.command & _ANSWER)

    def octets(self) -> bytes:
        """As it is sent."""
        length = HEADER.size + len(self.body)
        return HEADER.pack(length, self.command, self.status, self.sequence) + self.body

    def answer(self, status: int = Status.OK) -> Unit:
        """The answer to it; what a message is called in ours is always empty."""
        body = b"\x00" if self.command == Command.DELIVER_SM else b""
        return Unit(self.command | _ANSWER, status, self.sequence, body)


class Submitted(msgspec.Struct, frozen=True, kw_only=True):
    """A message, or a part of one with its header, to send."""

    sender: str
    recipient: str
    octets: bytes
    coding: int
    has_header: bool
    wants_receipt: bool

    def body(self) -> bytes:
        """As it is sent."""
        return b"".join(
            (
                b"\x00",  # the usual service
                _address(self.sender),
                _address(self.recipient),
                bytes((0x40 if self.has_header else 0, 0, 0)),
                b"\x00\x00",  # at once, and for as long as is usual
                bytes((int(self.wants_receipt), 0, self.coding, 0, len(self.octets))),
                self.octets,
            )
        )


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """What came in: a message, or with ``is_receipt`` what became of one of ours."""

    sender: str
    recipient: str
    octets: bytes
    coding: int = 0
    has_header: bool = False
    is_receipt: bool = False
    is_message: bool = True
    options: dict[int, bytes] = {}

    def number(self, option: Option) -> int | None:
        """An option that is a whole number; None where it is not there."""
        octets = self.options.get(option)
        return int.from_bytes(octets) if octets else None


def bind_transceiver(user: str, password: str, kind: str) -> bytes:
    """The body of the request for a connection that sends and receives.

    Raises:
        ValueError: a text is not ASCII, or too long.
    """
    return b"".join(
        (
            _text(user, 15),
            # Eight in the specification; many networks give longer ones.
            _text(password, 64),
            _text(kind, 12),
            b"\x34\x00\x00\x00",
        )
    )


def read_text(body: bytes) -> str:
    """The text with a zero at its end that a body begins with; the whole where there is none."""
    return body.partition(b"\x00")[0].decode("latin-1")


def read_delivered(body: bytes) -> Delivered:
    """The body of a ``deliver_sm``.

    Raises:
        ValueError: it is cut, or no such body.
    """
    reader = _Reader(body)
    reader.text()
    sender, recipient = reader.address(), reader.address()
    kind = reader.number()
    reader.take(2)
    reader.text(), reader.text()
    reader.take(2)
    coding = reader.number()
    reader.take(1)
    octets = reader.take(reader.number())
    options = dict(reader.options())
    return Delivered(
        sender=sender,
        recipient=recipient,
        octets=octets or options.get(Option.MESSAGE_PAYLOAD, b""),
        coding=coding,
        has_header=bool(kind & 0x40),
        is_receipt=kind & 0x3C in (0x04, 0x20),  # also one that says how it goes
        is_message=kind & 0x3C == 0,
        options=options,
    )


class _Reader:
    def __init__(self, octets: bytes) -> None:
        self._octets, self._at = octets, 0

    def take(self, count: int) -> bytes:
        taken = self._octets[self._at : self._at + count]
        if len(taken) < count:
            raise ValueError("cut")
        self._at += count
        return taken

    def number(self) -> int:
        return self.take(1)[0]

    def text(self) -> str:
        end = self._octets.index(b"\x00", self._at)  # a ValueError where there is none
        found = self._octets[self._at : end].decode("latin-1")
        self._at = end + 1
        return found

    def address(self) -> str:
        """A number with its country code begins with ``+``."""
        kind = self.take(2)[0]
        text = self.text()
        return f"+{text}" if kind == 1 and not text.startswith("+") else text

    def options(self) -> list[tuple[int, bytes]]:
        found = []
        while self._at < len(self._octets):
            tag, length = struct.unpack("!HH", self.take(4))
            found.append((tag, self.take(length)))
        return found


def _text(text: str, longest: int) -> bytes:
    if len(text) > longest:
        raise ValueError("too long")
    return text.encode("ascii") + b"\x00"


def _address(address: str) -> bytes:
    """By its kind: with country code, short number, or letters."""
    if address.startswith("+"):
        return b"\x01\x01" + _text(address[1:], 20)
    if address.isdecimal():
        return b"\x00\x01" + _text(address, 20)
    return b"\x05\x00" + _text(address, 20)
