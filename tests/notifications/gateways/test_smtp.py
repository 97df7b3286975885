"""E-mail by SMTP, to a real server: what arrives, and what is known when it does not."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path

import msgspec
import pytest

from comptoir.core.ids import new_id
from comptoir.core.settings import Settings, SettingsInvalid
from comptoir.notifications.gateways import smtp
from comptoir.notifications.gateways.configuration import channels_of, read_routes
from comptoir.notifications.gateways.protocol import (
    Accepted,
    Answer,
    NotTaken,
    Outgoing,
    Rejected,
    Unknown,
)
from comptoir.notifications.gateways.smtp import SmtpGateway
from comptoir.notifications.gateways.variables import Server
from comptoir.notifications.reasons import Reason
from tests.notifications.mail import PASSWORD, USER, MailServer, contexts, mail_server

TEXT = "Bonjour, à rapporter demain : œuvre prêtée, ça.\n.\n..deux points\nBüro 9–12 h, 😀"


def gateway(
    server: MailServer,
    scheme: str = "smtp+plain",
    *,
    password: str = "",
    context: ssl.SSLContext | None = None,
) -> SmtpGateway:
    return SmtpGateway(
        Server(scheme, "127.0.0.1", server.port),
        sender="desk@example.org",
        user=USER if password else "",
        password=password,
        context=context,
    )


def message(address: str = "amina@example.org", text: str = TEXT) -> Outgoing:
    return Outgoing(
        id=new_id(),
        address=address,
        text=text,
        subject="À rapporter bientôt",
        place='Espace "Œuvre"\r\nBcc: x@example.org',
        reply_to="info@example.org",
        language="fr",
    )


LONG = "https://" + "a-long-name." * 6 + "example.org/u/"


async def test_an_e_mail_to_a_borrower_says_how_to_stop_them() -> None:
    sent = msgspec.structs.replace(message(), can_be_stopped=True)
    async with mail_server() as server:
        where = Server("smtp+plain", "127.0.0.1", server.port)
        for url in (LONG, "http://desk.example.org/u/"):  # by one request only where it is safe
            made = SmtpGateway(
                where,
                sender="desk@example.org",
                returns_to="bounces@example.org",
                stop_url=lambda about, url=url: f"{url}{about}",  # type: ignore[misc]
            )
            assert await made.send(sent) == Accepted()
            assert await made.send(message()) == Accepted()
    first, *others = server.mails
    assert first["List-Unsubscribe"] == f"<{LONG}{sent.id}?lang=fr>"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert first["Subject"] == "À rapporter bientôt"
    assert [each["List-Unsubscribe"] for each in others] == [None] * 3
    assert {each[0] for each in server.envelopes} == {"bounces@example.org"}
    assert first["From"].addresses[0].addr_spec == "desk@example.org"


async def test_every_letter_arrives() -> None:
    sent = message()
    async with mail_server() as server:
        assert await gateway(server).send(sent) == Accepted()
    [mail] = server.mails
    assert server.envelopes == [("desk@example.org", ["amina@example.org"])]
    assert mail.get_content().replace("\r\n", "\n").rstrip("\n") == TEXT
    assert mail["Subject"] == "À rapporter bientôt"
    assert mail["From"].addresses[0].addr_spec == "desk@example.org"
    assert mail["From"].addresses[0].display_name == 'Espace "Œuvre" Bcc: x@example.org'
    assert (mail["To"], mail["Reply-To"]) == ("amina@example.org", "info@example.org")
    assert mail["Message-ID"] == f"<{sent.id}@example.org>"
    assert (mail["Content-Language"], mail["Auto-Submitted"]) == ("fr", "auto-generated")
    assert mail.get_content_type() == "text/plain"
    assert not mail["Bcc"]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_it_goes_encrypted_and_with_a_password(scheme: str, tmp_path: Path) -> None:
    ours, theirs = contexts(tmp_path)
    async with mail_server(tls=ours, at_once=scheme == "smtps") as server:
        right = gateway(server, scheme, password=PASSWORD, context=theirs)
        assert await right.send(message()) == Accepted()
        wrong = gateway(server, scheme, password="no", context=theirs)
        assert await wrong.send(message()) == NotTaken(Reason.GATEWAY_LOGIN)
    assert set(server.logins) == {USER}
    assert len(server.mails) == 1


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_server_that_cannot_prove_itself_is_told_nothing(
    scheme: str, tmp_path: Path
) -> None:
    ours, _ = contexts(tmp_path)
    async with mail_server(tls=ours, at_once=scheme == "smtps") as server:
        answer = await gateway(server, scheme, password=PASSWORD).send(message())
    assert answer == NotTaken(Reason.GATEWAY_UNREACHABLE)
    assert not server.logins


async def test_without_starttls_nothing_is_sent() -> None:
    async with mail_server() as server:
        answer = await gateway(server, "smtp", password=PASSWORD).send(message())
    assert answer == NotTaken(Reason.GATEWAY_UNREACHABLE)
    assert not server.logins + server.mails


@pytest.mark.parametrize(
    ("command", "reply", "answer"),
    [
        ("MAIL", "451 Later", NotTaken(Reason.GATEWAY_BUSY)),
        ("MAIL", "550 Not from you", NotTaken(Reason.GATEWAY_ERROR)),
        ("RCPT", "450 Greylisted", NotTaken(Reason.GATEWAY_BUSY)),
        ("RCPT", "550 5.1.1 No such user", Rejected(Reason.ADDRESS_INVALID)),
        ("RCPT", "550 No such user", Rejected(Reason.ADDRESS_INVALID)),
        ("RCPT", "554 5.7.1 Relay denied", Rejected(Reason.GATEWAY_ERROR)),
        ("DATA", "452 Out of space", NotTaken(Reason.GATEWAY_BUSY)),
        ("DATA", "554 Spam", Rejected(Reason.TEXT_REFUSED)),
        ("DATA", "wat", Unknown(Reason.GATEWAY_ERROR)),
        # Nothing of the message had been sent, and then all of it.
        ("MAIL", "", NotTaken(Reason.GATEWAY_UNREACHABLE)),
        ("RCPT", "", NotTaken(Reason.GATEWAY_UNREACHABLE)),
        ("DATA", "", Unknown()),
    ],
)
async def test_what_an_answer_means(command: str, reply: str, answer: Answer) -> None:
    async with mail_server({command: reply}) as server:
        assert await gateway(server).send(message()) == answer


async def test_a_server_that_hangs_with_the_message_leaves_it_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp, "STEP_SECONDS", 0.3)
    async with mail_server({"DATA": "hang"}) as server:
        assert await gateway(server).send(message()) == Unknown()


async def test_one_that_says_nothing_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "STEP_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        where = Server("smtp+plain", "127.0.0.1", silent.getsockname()[1])
        answer = await SmtpGateway(where, sender="desk@example.org").send(message())
    assert answer == NotTaken(Reason.GATEWAY_UNREACHABLE)
    assert await SmtpGateway(where, sender="desk@example.org").send(message()) == answer


async def test_what_is_given_up_lets_go_of_the_connection() -> None:
    async with mail_server({"DATA": "hang"}) as server:
        sending = asyncio.create_task(gateway(server).send(message()))
        async with asyncio.timeout(5):  # less than a step: it is the cancelling that ends it
            await server.hung.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending


@pytest.mark.parametrize("address", ["amïna@example.org", "nobody", "", "a@b@example.org"])
async def test_what_no_server_takes_is_no_address(address: str) -> None:
    async with mail_server() as server:
        answer = await gateway(server).send(message(address))
    assert answer == Rejected(Reason.ADDRESS_INVALID)
    assert not server.envelopes


async def test_a_domain_with_accents_is_written_as_servers_do() -> None:
    async with mail_server() as server:
        assert await gateway(server).send(message("amina@bücher.example")) == Accepted()
    assert server.envelopes[0][1] == ["amina@xn--bcher-kva.example"]


MAIL = {
    "COMPTOIR_SMTP_URL": "smtp://mail.example.org",
    "COMPTOIR_SMTP_SENDER": "desk@example.org",
}


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", Server("smtp", "mail.example.org", 587)),
        ("smtps://mail.example.org", Server("smtps", "mail.example.org", 465)),
        ("smtp+plain://localhost:2525", Server("smtp+plain", "localhost", 2525)),
    ],
)
def test_the_address_says_how_it_is_encrypted(url: str, server: Server) -> None:
    settings = Settings(gateways="kannel smtp")
    assert channels_of(settings) == {"sms", "email"}
    [route] = read_routes(Settings(gateways="smtp"), MAIL | {"COMPTOIR_SMTP_URL": url})
    assert isinstance(route.gateway, SmtpGateway)
    assert route.gateway.server == server


@pytest.mark.parametrize(
    "wrong",
    [
        {"COMPTOIR_SMTP_URL": ""},
        {"COMPTOIR_SMTP_URL": "mail.example.org:25"},
        {"COMPTOIR_SMTP_URL": "smtp://mail.example.org:nine"},
        {"COMPTOIR_SMTP_URL": "https://mail.example.org"},
        {"COMPTOIR_SMTP_SENDER": ""},
        {"COMPTOIR_SMTP_SENDER": "the desk"},
        {"COMPTOIR_SMTP_USER": "desk", "COMPTOIR_SMTP_PASSWORD": ""},
        {
            "COMPTOIR_SMTP_USER": "desk",
            "COMPTOIR_SMTP_PASSWORD": "secret",
            "COMPTOIR_SMTP_URL": "smtp+plain://mail.example.org",
        },
        {"COMPTOIR_SMTP_PER_SECOND": "many"},
        {"COMPTOIR_SMTP_RETURNS_TO": "the desk"},
        {"COMPTOIR_SMTP_SECRET": "short"},
    ],
)
def test_a_wrong_variable_is_refused_by_name(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsInvalid, match="|".join(wrong)):
        read_routes(Settings(gateways="smtp"), MAIL | wrong)


def test_the_systems_certificates_are_believed() -> None:
    where = Server("smtp", "mail.example.org", 587)
    context = SmtpGateway(where, sender="desk@example.org")._tls()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
