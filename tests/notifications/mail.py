"""A mail server for tests (aiosmtpd): it keeps what it takes, and misbehaves as told."""

from __future__ import annotations

import asyncio
import email
import email.policy
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from comptoir.commands import certificates
from comptoir.core.settings import Settings

USER, PASSWORD = "desk", "a-password-of-mail"

# What it says of addresses is its own affair: tests look at what we log.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class MailServer:
    """What came, and what is answered: ``answers`` by the command, "" closes in the middle."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.port = 0
        self.answers = answers
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.logins: list[str] = []
        self.hung = asyncio.Event()

    def _answer(self, server: SMTP, command: str, usual: str) -> str:
        answer = self.answers.get(command, usual)
        if not answer:
            cast(asyncio.Transport, server.transport).abort()
        return answer

    async def handle_MAIL(  # noqa: N802 – aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._answer(server, "MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802 – aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer(server, "RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 – aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.answers.get("DATA") == "hang":
            self.hung.set()
            await asyncio.Event().wait()
        answer = self._answer(server, "DATA", "250 OK")
        read = email.message_from_bytes(cast(bytes, envelope.content), policy=email.policy.default)
        self.mails.append(read)
        self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        return answer

    def authenticate(self, *given: Any) -> AuthResult:
        """Of the one user there is."""
        login = cast(LoginPassword, given[-1])
        self.logins.append(login.login.decode())
        right = login == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)


@asynccontextmanager
async def mail_server(
    answers: dict[str, str] | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    at_once: bool = False,
) -> AsyncIterator[MailServer]:
    """Listen until the block ends: with STARTTLS, TLS ``at_once``, or neither."""
    handler = MailServer(answers or {})

    def protocol() -> SMTP:
        return SMTP(
            handler,
            hostname="mail.example.org",
            tls_context=None if at_once else tls,
            require_starttls=tls is not None and not at_once,
            authenticator=handler.authenticate,
            auth_require_tls=not at_once,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if at_once else None)
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        server.close()


def contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for this machine, as its server has it, and as a client that believes it."""
    settings = Settings(data=folder, public_url="https://127.0.0.1")
    found = certificates.certificate_of(settings)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(found.chain, found.key)
    return server, ssl.create_default_context(cafile=str(found.chain))
