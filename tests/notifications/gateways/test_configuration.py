"""The gateways that the operator chose: read from the environment, refused by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from comptoir.core.settings import Settings, SettingsInvalid
from comptoir.notifications.gateways.configuration import (
    channels_of,
    hears,
    read_hook,
    read_routes,
    text_terms,
)
from comptoir.notifications.gateways.hooks import Delivery
from comptoir.notifications.gateways.kannel import KannelGateway
from comptoir.notifications.gateways.protocol import Terms

KANNEL = {
    "COMPTOIR_KANNEL_URL": "http://127.0.0.1:13013/cgi-bin/sendsms",
    "COMPTOIR_KANNEL_USER": "comptoir",
    "COMPTOIR_KANNEL_PASSWORD": "secret",
    "COMPTOIR_KANNEL_SENDER": "Comptoir",
    "COMPTOIR_KANNEL_PRICE": "0.055 CHF",
    "COMPTOIR_KANNEL_PER_SECOND": "0.5",
}


def test_without_a_word_messages_go_into_a_file(tmp_path: Path) -> None:
    (route,) = read_routes(Settings(data=tmp_path), {})
    assert (route.gateway.name, route.prefixes) == ("file", ())


def test_gateways_come_in_their_order_with_their_countries() -> None:
    routes = read_routes(Settings(gateways="kannel:+41,+33 console"), KANNEL)
    assert [(each.gateway.name, each.prefixes) for each in routes] == [
        ("kannel", ("+41", "+33")),
        ("console", ()),
    ]
    kannel = routes[0].gateway
    assert isinstance(kannel, KannelGateway)
    assert kannel.terms == Terms(per_second=0.5, part_price=550, currency="CHF")


@pytest.mark.parametrize(
    ("gateways", "can"),
    [
        ("file", False),
        ("console smtp aspsms swisscom", False),
        *(
            (f"file {kind}", True)
            for kind in ("kannel-lyon:+33", "smpp", "android", "ovh", "twilio")
        ),
    ],
)
def test_who_can_answer_is_known_by_what_gateways_pass_on(gateways: str, can: bool) -> None:
    assert hears(Settings(gateways=gateways)) is can


def test_a_text_costs_what_the_first_gateway_with_a_price_says() -> None:
    settings = Settings(gateways="smtp console kannel kannel-lyon")
    smtp = {"COMPTOIR_SMTP_URL": "smtp://mail.example.org", "COMPTOIR_SMTP_SENDER": "a@b.ch"}
    dear = {name.replace("KANNEL", "KANNEL_LYON"): value for name, value in KANNEL.items()}
    dear["COMPTOIR_KANNEL_LYON_PRICE"] = "1.00 EUR"
    found = text_terms(settings, KANNEL | smtp | dear)
    assert found is not None
    assert (found.part_price, found.currency) == (550, "CHF")
    assert text_terms(Settings(gateways="console"), {}) is None
    # A process that sends nothing may lack what its gateways need.
    assert text_terms(Settings(gateways="kannel"), {}) is None


@pytest.mark.parametrize(
    "gateways", ["pigeon", "kannel:41", "file,console", "kannel:", "kannel kannel", "kannel-"]
)
def test_what_is_no_gateway_is_refused(gateways: str) -> None:
    with pytest.raises(SettingsInvalid, match="COMPTOIR_GATEWAYS"):
        read_routes(replace(Settings(), gateways=gateways), KANNEL)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("COMPTOIR_KANNEL_URL", ""),
        ("COMPTOIR_KANNEL_URL", "127.0.0.1:13013"),
        ("COMPTOIR_KANNEL_URL", "http://127.0.0.1/?username=me"),
        ("COMPTOIR_KANNEL_USER", ""),
        ("COMPTOIR_KANNEL_PASSWORD", " "),
        ("COMPTOIR_KANNEL_SENDER", ""),
        ("COMPTOIR_KANNEL_SECRET", "short"),
        ("COMPTOIR_KANNEL_PRICE", "5 Rappen"),
        ("COMPTOIR_KANNEL_PRICE", "0.055CHF"),
        ("COMPTOIR_KANNEL_PER_SECOND", "0"),
        ("COMPTOIR_KANNEL_PER_SECOND", "many"),
    ],
)
def test_a_wrong_variable_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(SettingsInvalid, match=variable):
        read_routes(Settings(gateways="kannel"), KANNEL | {variable: value})


@pytest.mark.parametrize(
    ("gateways", "channels"),
    [
        ("file", {"sms", "email"}),
        ("console file", {"sms", "email"}),
        ("kannel:+41 file", {"sms"}),
    ],
)
def test_people_are_written_to_where_something_is_sent(gateways: str, channels: set[str]) -> None:
    assert channels_of(Settings(gateways=gateways)) == channels


LYON = {name.replace("_KANNEL_", "_KANNEL_LYON_"): value for name, value in KANNEL.items()}


def test_two_of_a_kind_have_names_and_variables_of_their_own() -> None:
    other = LYON | {"COMPTOIR_KANNEL_LYON_PRICE": "0.07 EUR"}
    routes = read_routes(Settings(gateways="kannel:+41 kannel-lyon"), KANNEL | other)
    assert [each.gateway.name for each in routes] == ["kannel", "kannel-lyon"]
    assert [each.gateway.terms.currency for each in routes] == ["CHF", "EUR"]
    with pytest.raises(SettingsInvalid, match="COMPTOIR_KANNEL_LYON_USER"):
        read_routes(
            Settings(gateways="kannel kannel-lyon"),
            KANNEL | LYON | {"COMPTOIR_KANNEL_LYON_USER": ""},
        )


@pytest.mark.parametrize("secret", ["short", ""])
def test_a_gateway_without_a_good_secret_may_tell_nothing(secret: str, now: datetime) -> None:
    hook = read_hook("kannel-lyon", {"COMPTOIR_KANNEL_LYON_SECRET": secret})
    said = Delivery(f"secret={secret}".encode(), b"", {}, "https://desk.example.org/hooks/")
    assert hook is None or not hook.trusts(said, now=now)


def test_each_of_two_knows_its_own_secret_alone(now: datetime) -> None:
    given = {"COMPTOIR_KANNEL_SECRET": "k" * 20, "COMPTOIR_KANNEL_LYON_SECRET": "l" * 20}
    said = Delivery(b"secret=" + b"l" * 20, b"", {}, "https://desk.example.org/hooks/")
    trusting = [
        name
        for name in ("kannel", "kannel-lyon")
        if (hook := read_hook(name, given)) and hook.trusts(said, now=now)
    ]
    assert trusting == ["kannel-lyon"]
