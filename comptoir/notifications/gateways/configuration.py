"""The gateways that the operator chose, in their order."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec

from comptoir.core.keys import Keyring
from comptoir.core.settings import Settings, SettingsInvalid
from comptoir.notifications.channels import BY_GATEWAY, Channel
from comptoir.notifications.gateways import android, aspsms, kannel, ovh, smtp, swisscom, twilio
from comptoir.notifications.gateways.android_hook import AndroidHook
from comptoir.notifications.gateways.aspsms_hook import AspsmsHook
from comptoir.notifications.gateways.hooks import Hook
from comptoir.notifications.gateways.kannel_hook import KannelHook
from comptoir.notifications.gateways.local import (
    CONSOLE,
    FILE,
    ConsoleGateway,
    FileGateway,
    kept_by,
)
from comptoir.notifications.gateways.protocol import Gateway, Terms
from comptoir.notifications.gateways.smpp import account as smpp
from comptoir.notifications.gateways.smpp.gateway import SmppGateway
from comptoir.notifications.gateways.smtp_hook import SmtpHook
from comptoir.notifications.gateways.swisscom_hook import SwisscomHook
from comptoir.notifications.gateways.twilio_hook import TwilioHook
from comptoir.notifications.gateways.variables import Variable, Variables
from comptoir.notifications.routing import Route
from comptoir.notifications.unsubscribe.tokens import PATH as STOP_PATH
from comptoir.notifications.unsubscribe.tokens import token_of

Make = Callable[[Settings, Variables], Gateway]

#: Each gateway there is, by the name it is chosen by.
_KINDS: dict[str, Make] = {
    FILE: lambda settings, _: FileGateway(settings.data / "messages.jsonl"),
    CONSOLE: lambda *_: ConsoleGateway(),
    kannel.NAME: lambda settings, read: kannel.KannelGateway.of(read, base_url=settings.base_url),
    android.NAME: lambda _, read: android.AndroidGateway.of(read),
    twilio.NAME: lambda settings, read: twilio.TwilioGateway.of(read, base_url=settings.base_url),
    ovh.NAME: lambda _, read: ovh.OvhGateway.of(read),
    swisscom.NAME: lambda settings, read: swisscom.SwisscomGateway.of(
        read, base_url=settings.base_url
    ),
    smtp.NAME: lambda settings, read: smtp.SmtpGateway.of(read, stop_url=_stop_url(settings)),
    smpp.NAME: lambda _, read: SmppGateway.of(read),
    aspsms.NAME: lambda settings, read: aspsms.AspsmsGateway.of(read, base_url=settings.base_url),
}
_BY_EMAIL = frozenset({smtp.NAME})
#: What each needs of the environment.
VARIABLES: tuple[Variable, ...] = (
    *kannel.VARIABLES,
    *android.VARIABLES,
    *twilio.VARIABLES,
    *ovh.VARIABLES,
    *swisscom.VARIABLES,
    *aspsms.VARIABLES,
    *smpp.VARIABLES,
    *smtp.VARIABLES,
)

#: What passes on what phones send.
_HEARING = (kannel.NAME, smpp.NAME, android.NAME, ovh.NAME, twilio.NAME)

_ENTRY = re.compile(
    r"(?P<name>(?P<kind>[a-z0-9]+)(?:-[a-z0-9]{1,10})?)(?::(?P<prefixes>\+\d{1,6}(?:,\+\d{1,6})*))?"
)


def is_of_gateway(variable: str) -> bool:
    """True if it may be a variable of one of these, of a second of a kind too."""
    kinds = {each.name.split("_")[1] for each in VARIABLES}
    return variable.split("_")[1] in kinds


def _stop_url(settings: Settings) -> Callable[[UUID], str]:
    keys = Keyring(settings.signing_secret)
    return lambda message_id: f"{settings.base_url}{STOP_PATH}{token_of(keys, message_id)}"


def read_routes(settings: Settings, environ: Mapping[str, str] | None = None) -> list[Route]:
    """The gateways of ``COMPTOIR_GATEWAYS``, made from the environment.

    Raises:
        SettingsInvalid: one is not known, or lacks a variable.
    """
    environ = os.environ if environ is None else environ
    routes = []
    for entry in settings.gateways.split():
        found = _ENTRY.fullmatch(entry)
        if not found or found["kind"] not in _KINDS:
            raise SettingsInvalid(
                f"COMPTOIR_GATEWAYS: `{entry}` is none. There are {', '.join(_KINDS)}; "
                "countries follow as in `kannel:+41,+33`, and a second one is `kannel-lyon`."
            )
        gateway = _KINDS[found["kind"]](settings, Variables(environ, found["name"]))
        gateway.name = found["name"]
        prefixes = tuple(found["prefixes"].split(",")) if found["prefixes"] else ()
        routes.append(Route(gateway, prefixes))
    names = [route.gateway.name for route in routes]
    if len(set(names)) < len(names):  # their pace is counted, and their reports come, by name
        raise SettingsInvalid("COMPTOIR_GATEWAYS: two have one name. Write `kannel kannel-lyon`.")
    return routes


def text_terms(settings: Settings, environ: Mapping[str, str] | None = None) -> Terms | None:
    """What a text message costs, by the first gateway with a price; None where none has one."""
    try:
        routes = read_routes(settings, environ)
    except SettingsInvalid:  # a process that sends nothing may lack what they need
        return None
    terms = (route.gateway.terms for route in routes if Channel.SMS in route.gateway.channels)
    return next((each for each in terms if each.part_price), None)


def sends_nothing(settings: Settings) -> bool:
    """True if what was chosen only keeps messages here."""
    return all(kept_by(entry.partition(":")[0]) for entry in settings.gateways.split())


def hears(settings: Settings) -> bool:
    """True if a gateway that was chosen passes on what phones send."""
    entries = [_ENTRY.match(entry) for entry in settings.gateways.split()]
    return any(found["kind"] in _HEARING for found in entries if found)


def channels_of(settings: Settings) -> frozenset[Channel]:
    """The channels by which people are written to; all of them while everything is only tried.

    A file beside a gateway that sends is for what that one does not carry: whoever waits for
    an e-mail is not told by it.
    """
    if sends_nothing(settings):
        return BY_GATEWAY
    entries = [_ENTRY.match(entry) for entry in settings.gateways.split()]
    kinds = {found["kind"] for found in entries if found}
    return frozenset(
        Channel.EMAIL if kind in _BY_EMAIL else Channel.SMS for kind in kinds if not kept_by(kind)
    )


def read_hook(name: str, environ: Mapping[str, str] | None = None) -> Hook | None:
    """What reads that which a gateway tells by itself; None for one that tells nothing.

    It needs its secret alone: a gateway that is no longer chosen may still report.
    """
    read = Variables(os.environ if environ is None else environ, name)
    try:
        return _hook(read)
    except SettingsInvalid:  # too short to be trusted
        return None


def _hook(read: Variables) -> Hook | None:
    match read.gateway.partition("-")[0]:
        case kannel.NAME:
            return KannelHook(read.secret(kannel.SECRET))
        case android.NAME:
            return AndroidHook(read.secret(android.SECRET))
        case aspsms.NAME:
            return AspsmsHook(read.secret(aspsms.SECRET))
        case smtp.NAME:
            return SmtpHook(read.secret(smtp.SECRET))
        case swisscom.NAME:
            return SwisscomHook(read.secret(swisscom.SECRET))
        case twilio.NAME:
            optional = msgspec.structs.replace(twilio.TOKEN, optional=True)
            return TwilioHook(read.secret(optional))
    return None
