"""From a loan to a mailbox, through a real mail server."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from comptoir.notifications.dispatcher import dispatch
from comptoir.notifications.gateways.configuration import read_routes
from comptoir.notifications.reasons import Reason
from comptoir.notifications.reminders.sweep import sweep
from comptoir.notifications.reminders.tables import BorrowerWish
from comptoir.notifications.routing import Route
from comptoir.sites.tables import Site
from tests.http_client import SETTINGS, client_of
from tests.notifications.mail import MailServer, mail_server
from tests.notifications.reminders.world import World, at, written

THEIRS = "amina@example.org"
#: Three days before what is lent is due.
SOON = at("10-06 08:00")


@pytest.fixture
async def world(database: Any) -> World:
    return await World.made()


URL = "https://desk.example.org"


def route(server: MailServer) -> Route:
    environment = {
        "COMPTOIR_SMTP_URL": f"smtp+plain://127.0.0.1:{server.port}",
        "COMPTOIR_SMTP_SENDER": "desk@example.org",
    }
    [made] = read_routes(replace(SETTINGS, gateways="smtp", public_url=URL), environment)
    return made


async def reminded(world: World) -> datetime:
    person = await world.person(contact_kind="email", email=THEIRS, language="fr")
    await world.loan(person)
    assert await sweep(now=SOON) == 1
    return SOON


async def test_a_reminder_arrives_and_says_whom_to_answer(world: World) -> None:
    await Site.update({Site.email: "info@example.org"}).where(Site.id == world.site.id)
    now = await reminded(world)
    async with mail_server() as server:
        await dispatch([route(server)], now=now)
    [mail] = server.mails
    [message] = await written()
    assert (message.status, message.gateway, message.parts, message.cost) == (
        "accepted",
        "smtp",
        1,
        0,
    )
    assert mail["To"] == THEIRS
    assert mail["Subject"] == "À rapporter bientôt"
    assert mail["From"].addresses[0].display_name == world.site.short_name
    assert mail["Reply-To"] == "info@example.org"
    said = mail.get_content()
    assert said.splitlines() == message.text.splitlines()
    assert "Pour prolonger, répondez à cet e-mail." in said
    assert "Pour ne plus recevoir d’e-mails, dites-le-nous en répondant à celui-ci." in said


async def test_the_barest_form_names_no_place_either(world: World) -> None:
    person = await world.person(contact_kind="email", email=THEIRS)
    await BorrowerWish(borrower=person.id, barest=True).save()
    await world.loan(person)
    await sweep(now=SOON)
    async with mail_server() as server:
        await dispatch([route(server)], now=SOON)
    [mail] = server.mails
    assert str(mail["From"]) == "desk@example.org"
    assert world.site.short_name not in mail.as_string()


@pytest.mark.parametrize(
    ("reply", "status", "reason"),
    [
        ("550 5.1.1 No such user", "failed", Reason.ADDRESS_INVALID),
        ("450 Greylisted", "queued", Reason.GATEWAY_BUSY),
    ],
)
async def test_what_is_refused_says_why(
    world: World, reply: str, status: str, reason: Reason
) -> None:
    now = await reminded(world)
    async with mail_server({"RCPT": reply}) as server:
        await dispatch([route(server)], now=now)
    [message] = await written()
    assert (message.status, message.reason) == (status, reason.value)


async def test_a_connection_lost_after_the_message_leaves_it_unknown(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    now = await reminded(world)
    async with mail_server({"DATA": ""}) as server:
        await dispatch([route(server)], now=now)
        await dispatch([route(server)], now=now)
    [message] = await written()
    assert (message.status, message.reason) == ("unknown", Reason.ANSWER_LOST.value)
    assert len(server.mails) == 1
    assert THEIRS not in caplog.text + "".join(capsys.readouterr())


async def test_the_link_in_it_stops_the_next_one(world: World) -> None:
    now = await reminded(world)
    async with mail_server() as server:
        await dispatch([route(server)], now=now)
        [mail] = server.mails
        stop = urlsplit(str(mail["List-Unsubscribe"]).strip("<>"))
        assert (stop.scheme, stop.netloc) == ("https", "desk.example.org")
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        async with client_of() as client:
            client.headers.pop("Sec-Fetch-Site")  # the provider of their mailbox asks
            answer = await client.post(
                f"{stop.path}?{stop.query}", data={"List-Unsubscribe": "One-Click"}
            )
        assert answer.status_code == 200
        assert 'lang="fr"' in answer.text
        await sweep(now=now + timedelta(days=4))
        await dispatch([route(server)], now=now + timedelta(days=4))
    assert len(server.mails) == 1
