"""E-mail, by SMTP to the mail server of the organisation or its provider.

Source: RFC 5321 (what is asked and answered, and that a message is taken with the answer to
the end of its data), RFC 3207 (STARTTLS), RFC 3834 (``Auto-Submitted``), RFC 3463 (codes
such as 5.1.1), RFC 8058 (a link that stops messages by one request). The standard library's
client in a thread, as in ``http``.
"""

from __future__ import annotations

import asyncio
import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from uuid import UUID

import msgspec

from comptoir.core.emails import is_email
from comptoir.core.settings import SettingsInvalid
from comptoir.notifications.channels import Channel
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
from comptoir.notifications.gateways.variables import Server, Variable, Variables
from comptoir.notifications.reasons import Reason

NAME = "smtp"

URL = Variable(
    "COMPTOIR_SMTP_URL",
    "The mail server: `smtp://mail.example.org:587` (with STARTTLS), "
    "`smtps://mail.example.org:465`, or `smtp+plain://127.0.0.1:25` for one on this machine.",
)
USER = Variable("COMPTOIR_SMTP_USER", "User of the mail server, if it wants one.", optional=True)
PASSWORD = Variable("COMPTOIR_SMTP_PASSWORD", "The password of that user.", optional=True)
SENDER = Variable(
    "COMPTOIR_SMTP_SENDER",
    "The address that messages are from, such as `desk@example.org`.",
)
RETURNS_TO = Variable(
    "COMPTOIR_SMTP_RETURNS_TO",
    "The address to which what cannot be delivered later comes back, if another than the sender.",
    optional=True,
)
SECRET = Variable(
    "COMPTOIR_SMTP_SECRET",
    "At least 20 letters that the mail server says when it hands on what came back. Unset: "
    "it cannot.",
    optional=True,
)
PACE = Variable("COMPTOIR_SMTP_PER_SECOND", "Messages a second at most.", default="2")
VARIABLES = (URL, USER, PASSWORD, SENDER, RETURNS_TO, SECRET, PACE)

#: For each step; all of them together end with ``protocol.SECONDS_TO_SEND``.
STEP_SECONDS = 10.0

#: The usual port of each scheme: with STARTTLS, encrypted from the start, not at all.
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class SmtpGateway:
    """One mail server. ``context`` is what it proves itself by; by default, the system's.

    ``stop_url`` makes the address at which a message's reader stops the next ones; ``returns_to``
    is where what cannot be delivered later comes back to (empty: to the sender).
    """

    name = NAME
    channels = frozenset({Channel.EMAIL})

    def __init__(
        self,
        server: Server,
        *,
        sender: str,
        user: str = "",
        password: str = "",
        returns_to: str = "",
        stop_url: Callable[[UUID], str] | None = None,
        terms: Terms = FOR_NOTHING,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.server = server
        self._sender = sender
        self._user = user
        self._password = password
        self._returns_to = returns_to or sender
        self._stop_url = stop_url
        self.terms = terms
        self._context = context

    @classmethod
    def of(cls, read: Variables, *, stop_url: Callable[[UUID], str]) -> SmtpGateway:
        """The gateway that the environment describes.

        Raises:
            SettingsInvalid: a variable is missing or wrong.
        """
        server, sender, user = (
            read.server(URL, _PORTS, "a mail server"),
            read.text(SENDER),
            read.text(USER),
        )
        returns_to = read.text(RETURNS_TO)
        for variable, address in ((SENDER, sender), (RETURNS_TO, returns_to or sender)):
            if not (is_email(address) and address.isascii()):
                raise SettingsInvalid(f"{read.name_of(variable)} must be an e-mail address.")
        password = read.text(msgspec.structs.replace(PASSWORD, optional=not user))
        if user and server.scheme == "smtp+plain":
            raise SettingsInvalid(
                f"{read.name_of(USER)}: no password is sent without encryption. Set "
                f"{read.name_of(URL)} to `smtp://` or `smtps://`, or unset the user."
            )
        read.secret(SECRET)
        return cls(
            server,
            sender=sender,
            user=user,
            password=password,
            returns_to=returns_to,
            stop_url=stop_url,
            terms=read.terms(PACE),
        )

    async def send(self, message: Outgoing) -> Answer:
        """Hand a message to the mail server."""
        address = _ascii_address(message.address)
        if address is None:
            return Rejected(Reason.ADDRESS_INVALID)
        stop_url = ""
        if self._stop_url is not None and message.can_be_stopped:
            stop_url = f"{self._stop_url(message.id)}?lang={message.language}"
        data = _data(message, address, self._sender, stop_url)
        client = self._client()
        try:
            return await asyncio.to_thread(self._hand_over, client, address, data)
        except asyncio.CancelledError:
            # The thread waits for a line that comes letter by letter, or never: this ends it.
            with suppress(OSError):
                if client.sock is not None:
                    client.sock.shutdown(2)
            raise

    async def ask(self, message: Outgoing) -> Answer:
        """A mail server cannot be asked."""
        return Unknown()

    def _client(self) -> smtplib.SMTP:
        if self.server.scheme == "smtps":
            return smtplib.SMTP_SSL(timeout=STEP_SECONDS, context=self._tls())
        return smtplib.SMTP(timeout=STEP_SECONDS)

    def _tls(self) -> ssl.SSLContext:
        return self._context or ssl.create_default_context()

    def _hand_over(self, client: smtplib.SMTP, address: str, data: bytes) -> Answer:
        try:
            try:
                return self._announce(client, address) or _give(client, data)
            except smtplib.SMTPAuthenticationError as error:
                busy = 400 <= error.smtp_code < 500
                return NotTaken(Reason.GATEWAY_BUSY if busy else Reason.GATEWAY_LOGIN)
            except (OSError, smtplib.SMTPException, ValueError):
                return NotTaken(Reason.GATEWAY_UNREACHABLE)
        finally:
            client.close()

    def _announce(self, client: smtplib.SMTP, address: str) -> Answer | None:
        """All that comes before the message itself; an answer if it is not wanted."""
        # STARTTLS checks the certificate against the name that was connected to.
        client._host = self.server.host  # type: ignore[attr-defined]  # a private name
        client.connect(self.server.host, self.server.port)
        if self.server.scheme == "smtp":
            client.starttls(context=self._tls())
        client.ehlo_or_helo_if_needed()
        if self._user:
            client.login(self._user, self._password)
        code, text = client.mail(self._returns_to)
        if code != 250:
            return NotTaken(Reason.GATEWAY_BUSY if code < 500 else Reason.GATEWAY_ERROR)
        code, text = client.rcpt(address)
        if code in (250, 251):
            return None
        if code < 500:
            return NotTaken(Reason.GATEWAY_BUSY)
        # 5.7: it is the server that does not let us write there.
        refused = text.startswith(b"5.7.")
        return Rejected(Reason.GATEWAY_ERROR if refused else Reason.ADDRESS_INVALID)


def _give(client: smtplib.SMTP, data: bytes) -> Answer:
    """The message itself. From its first letter to the server's answer, nobody knows."""
    code, _ = client.docmd("DATA")
    if code != 354:
        return NotTaken(Reason.GATEWAY_BUSY if code < 500 else Reason.GATEWAY_ERROR)
    try:
        client.send(data)
        code, _ = client.getreply()
    except (OSError, smtplib.SMTPException):
        return Unknown()
    match code // 100:
        case 2:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
            return Accepted()
        case 4:
            return NotTaken(Reason.GATEWAY_BUSY)
        case 5:
            return Rejected(Reason.TEXT_REFUSED)
    return Unknown(Reason.GATEWAY_ERROR)


def _data(message: Outgoing, address: str, sender: str, stop_url: str) -> bytes:
    """The message as it is sent, with its end. Its id is the same however often it is sent."""
    mail = EmailMessage(policy=SMTP)
    # By the header's own rules, what a place is called cannot add another one.
    mail["From"] = _with_name(message.place, sender)
    mail["To"] = address
    mail["Subject"] = message.subject
    if message.reply_to and message.reply_to.isascii():
        mail["Reply-To"] = message.reply_to
    mail["Date"] = formatdate(usegmt=True)
    mail["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
    # No machine that is on holiday answers.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, cte="quoted-printable")
    mail["Content-Language"] = message.language
    data = _stopping(stop_url) + mail.as_bytes()
    return re.sub(rb"(?m)^\.", b"..", data) + b".\r\n"


def _stopping(url: str) -> bytes:
    """How to stop messages by one request. By hand: the library would encode a long address."""
    if not url.startswith("https://") or not url.isascii():
        return b""
    post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
    return f"List-Unsubscribe: <{url}>\r\n{post}\r\n".encode()


def _with_name(name: str, address: str) -> str:
    escaped = re.sub(r'([\\"])', r"\\\1", " ".join(name.split()))
    return f'"{escaped}" <{address}>' if escaped else address


def _ascii_address(address: str) -> str | None:
    """The address as every server takes it; None where there is no such form of it."""
    local, _, domain = address.rpartition("@")
    try:
        made = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None
    return made if is_email(made) and made.isascii() else None
