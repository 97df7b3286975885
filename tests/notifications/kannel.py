"""Kannel from Debian, with its fakesmsc as the phone: started for a test, on ports of its own."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import unquote_to_bytes

from tests.roof.commands import free_port
from tests.waiting import until

_CONFIGURATION = """
group = core
admin-port = {admin}
admin-password = {password}
smsbox-port = {box}
admin-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
log-level = 2

group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
port = {phone}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-interface = 127.0.0.1
sendsms-port = {sendsms}
log-level = 2

group = sendsms-user
username = comptoir
password = {password}
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = yes
max-messages = 0
get-url = "{desk}/hooks/kannel/messages?secret={secret}&id=%I&from=%p&to=%P&at=%T&coding=%c&text=%b"
"""
_GOT = re.compile(r"Got message \d+: <(.*)>$")
PASSWORD = "a-password-of-kannel"
OURS = "+41265550110"


def installed() -> None:
    """Fail, and say what to install, where there is no Kannel."""
    missing = [name for name in ("bearerbox", "smsbox") if not shutil.which(name)]
    if missing or not _fakesmsc():
        raise AssertionError("Kannel is missing: apt-get install kannel kannel-extras")


def _fakesmsc() -> str | None:
    return shutil.which("fakesmsc") or shutil.which("fakesmsc", path="/usr/lib/kannel/test")


class Phone:
    """Shows what it gets, as ``FROM TO KIND TEXT``: ``ucs-2`` comes as bytes written %XX."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def gets(self) -> str:
        """The next message that it gets, its text decoded."""
        assert self._process.stderr is not None
        async with asyncio.timeout(60):
            while line := (await self._process.stderr.readline()).decode():
                if found := _GOT.search(line):
                    _, _, kind, text = found[1].split(" ", 3)
                    raw = unquote_to_bytes(text.replace("+", " "))
                    return raw.decode("utf-16-be") if kind == "ucs-2" else text
        raise AssertionError("the phone has gone")


class Kannel:
    """Where its sendsms is, and the phones of its network."""

    def __init__(self, sendsms: int, phone: int) -> None:
        self.url = f"http://127.0.0.1:{sendsms}/cgi-bin/sendsms"
        self._phone = phone

    @asynccontextmanager
    async def phone(self, *writes: str) -> AsyncIterator[Phone]:
        """The one phone there is: it writes what is said, ``FROM TO KIND TEXT`` each."""
        messages = writes or ("1 1 text unused",)
        async with _running(
            _fakesmsc() or "",
            *("-H", "127.0.0.1", "-r", str(self._phone), "-i", "0.01", "-v", "0"),
            *("-m", str(len(writes))),
            *messages,
            output=asyncio.subprocess.PIPE,
        ) as process:
            yield Phone(process)


@asynccontextmanager
async def kannel(folder: Path, *, sendsms: int, desk: str, secret: str) -> AsyncIterator[Kannel]:
    """Bearerbox and smsbox that tell ``desk`` what they hear, until the block ends."""
    installed()
    admin, box, phone = (free_port() for _ in range(3))
    configuration = folder / "kannel.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            admin=admin,
            box=box,
            phone=phone,
            sendsms=sendsms,
            password=PASSWORD,
            desk=desk,
            secret=secret,
        )
    )
    async with _running("bearerbox", str(configuration)):
        await _listening(box)
        await _listening(phone)
        async with _running("smsbox", str(configuration)):
            await _listening(sendsms)
            yield Kannel(sendsms, phone)


@asynccontextmanager
async def _running(
    *command: str, output: int = asyncio.subprocess.DEVNULL
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(*command, stdout=output, stderr=output)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _listening(port: int) -> None:
    async def look() -> bool:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await writer.wait_closed()
            return True
        return False

    await until(look)
