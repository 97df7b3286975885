"""An account at a network, as the environment describes it."""

from __future__ import annotations

import ssl

from comptoir.core.settings import SettingsInvalid
from comptoir.core.vault import Untold
from comptoir.notifications.gateways.smpp.units import bind_transceiver
from comptoir.notifications.gateways.variables import Variable, Variables

NAME = "smpp"

URL = Variable(
    "COMPTOIR_SMPP_URL",
    "The network's server: `smpp://smsc.example.org:2775`, or `smpps://` where it is encrypted.",
)
USER = Variable("COMPTOIR_SMPP_USER", "The system id of the account.")
PASSWORD = Variable("COMPTOIR_SMPP_PASSWORD", "The password of the account.")
SENDER = Variable(
    "COMPTOIR_SMPP_SENDER",
    "Who a message is from: a number that takes replies (`+41...`), a short number, or at most "
    "11 letters.",
)
KIND = Variable(
    "COMPTOIR_SMPP_SYSTEM_TYPE", "The system type, if the network wants one.", optional=True
)
PRICE = Variable("COMPTOIR_SMPP_PRICE", "What a part costs: `0.055 CHF`.", optional=True)
PACE = Variable("COMPTOIR_SMPP_PER_SECOND", "Messages a second at most.", default="5")
VARIABLES = (URL, USER, PASSWORD, SENDER, KIND, PRICE, PACE)

_PORTS = {"smpp": 2775, "smpps": 3550}


class Account(Untold, frozen=True, kw_only=True):
    """Where a network is, and who we are to it; ``context`` where it is encrypted."""

    host: str
    port: int
    user: str
    password: str
    kind: str = ""
    context: ssl.SSLContext | None = None


def read_account(read: Variables) -> Account:
    """The account that the environment describes.

    Raises:
        SettingsInvalid: a variable is missing or wrong.
    """
    server = read.server(URL, _PORTS, "a network's server")
    account = Account(
        host=server.host,
        port=server.port,
        user=read.text(USER),
        password=read.text(PASSWORD),
        kind=read.text(KIND),
        context=ssl.create_default_context() if server.scheme == "smpps" else None,
    )
    try:
        bind_transceiver(account.user, account.password, account.kind)
    except ValueError:
        raise SettingsInvalid(
            f"{read.name_of(USER)} has at most 15 letters, {read.name_of(PASSWORD)} 64, and "
            f"{read.name_of(KIND)} 12, all of them ASCII."
        ) from None
    return account


def read_sender(read: Variables) -> str:
    """Who messages are from.

    Raises:
        SettingsInvalid: it is unset, too long, or no number.
    """
    sender = read.text(SENDER)
    fits = sender[1:].isdecimal() if sender.startswith("+") else len(sender) <= 15
    if not sender.isascii() or not fits:
        raise SettingsInvalid(f"{read.name_of(SENDER)} is too long, or not a number.")
    return sender
