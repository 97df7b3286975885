"""Gateways that send nothing: to try everything without an account."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import msgspec

from comptoir.core import clock
from comptoir.notifications.channels import BY_GATEWAY
from comptoir.notifications.gateways.protocol import Accepted, Answer, NotTaken, Outgoing, Terms
from comptoir.notifications.reasons import Reason

#: What gateways are called that send nothing.
FILE, CONSOLE = "file", "console"


def kept_by(name: str) -> str:
    """Which of them a gateway is by its name; empty: it sends. A second one is ``file-try``."""
    kind = name.partition("-")[0]
    return kind if kind in (FILE, CONSOLE) else ""


class _Line(msgspec.Struct):
    """A line of the file."""

    id: str
    at: str
    to: str
    text: str


class FileGateway:
    """Adds each message to a file that only its owner may read, a JSON object a line."""

    name = FILE
    channels = BY_GATEWAY
    terms = Terms(per_second=1000.0)

    def __init__(self, path: Path) -> None:
        self.path = path

    async def send(self, message: Outgoing) -> Answer:
        """Write it to the end of the file."""
        line = _Line(str(message.id), clock.now().isoformat(), message.address, message.text)
        try:
            await asyncio.to_thread(self._append, msgspec.json.encode(line) + b"\n")
        except OSError:
            return NotTaken(Reason.GATEWAY_ERROR)
        return Accepted(str(message.id))

    async def ask(self, message: Outgoing) -> Answer:
        """Look whether it stands in the file."""
        found = await asyncio.to_thread(self._has, str(message.id))
        return Accepted(str(message.id)) if found else NotTaken(Reason.ANSWER_LOST)

    def _append(self, line: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "ab", buffering=0) as file:
            file.write(line)  # one write, so that several processes do not mix their lines

    def _has(self, message_id: str) -> bool:
        if not self.path.exists():
            return False
        start = f'{{"id":"{message_id}"'.encode()
        with self.path.open("rb") as file:
            return any(line.startswith(start) and line.endswith(b"}\n") for line in file)


class ConsoleGateway:
    """Prints each message where the program was started."""

    name = CONSOLE
    channels = BY_GATEWAY
    terms = Terms(per_second=1000.0)

    async def send(self, message: Outgoing) -> Answer:
        """Print it."""
        sys.stdout.write(f"To {message.address}: {message.text}\n")
        sys.stdout.flush()
        return Accepted(str(message.id))

    async def ask(self, message: Outgoing) -> Answer:
        """Nothing keeps what was printed; nobody is hurt by printing it again."""
        return NotTaken(Reason.ANSWER_LOST)
