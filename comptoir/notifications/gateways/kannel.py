"""Kannel, by the HTTP interface of its smsbox ("sendsms").

Source: Kannel 1.4.5 User's Guide, chapter "Using the HTTP interface", sections on
sending and on delivery reports.
"""

from __future__ import annotations

from urllib.parse import urlencode

from comptoir.notifications.channels import Channel
from comptoir.notifications.gateways import http
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
from comptoir.notifications.gateways.variables import Variable, Variables
from comptoir.notifications.gsm7 import is_gsm7
from comptoir.notifications.reasons import Reason
from comptoir.notifications.statuses import Status

NAME = "kannel"

URL = Variable("COMPTOIR_KANNEL_URL", "Kannel's sendsms: `http://127.0.0.1:13013/cgi-bin/sendsms`.")
USER = Variable("COMPTOIR_KANNEL_USER", "User of a `sendsms-user` group of Kannel.")
PASSWORD = Variable("COMPTOIR_KANNEL_PASSWORD", "The password of that user.")
SENDER = Variable(
    "COMPTOIR_KANNEL_SENDER",
    "Who a message is from: a number that takes replies, or at most 11 letters.",
)
SECRET = Variable(
    "COMPTOIR_KANNEL_SECRET",
    "At least 20 letters that Kannel says when it reports. Unset: it cannot report.",
    optional=True,
)
PRICE = Variable("COMPTOIR_KANNEL_PRICE", "What a part costs: `0.055 CHF`.", optional=True)
PACE = Variable("COMPTOIR_KANNEL_PER_SECOND", "Messages a second at most.", default="5")
VARIABLES = (URL, USER, PASSWORD, SENDER, SECRET, PRICE, PACE)

#: Delivered, not delivered, accepted by the network, refused by it.
_REPORTS = 1 + 2 + 8 + 16
#: What the number of a report means. 4 is "waits in Kannel", which we know.
MEANINGS: dict[str, tuple[Status, Reason | None]] = {
    "1": (Status.DELIVERED, None),
    "2": (Status.FAILED, Reason.NOT_DELIVERED),
    "4": (Status.ACCEPTED, None),
    "8": (Status.ACCEPTED, None),
    "16": (Status.FAILED, Reason.NUMBER_INVALID),
}


class KannelGateway:
    """One smsbox. ``report_url`` is where it tells what became of a message; empty: nowhere."""

    name = NAME
    channels = frozenset({Channel.SMS})

    def __init__(
        self,
        url: str,
        *,
        user: str,
        password: str,
        sender: str,
        report_url: str = "",
        secret: str = "",
        terms: Terms = FOR_NOTHING,
    ) -> None:
        self.url = url
        self._user = user
        self._password = password
        self._sender = sender
        self._report_url = report_url
        self._secret = secret
        self.terms = terms

    @classmethod
    def of(cls, read: Variables, *, base_url: str) -> KannelGateway:
        """The gateway that the environment describes.

        Raises:
            SettingsInvalid: a variable is missing or wrong.
        """
        return cls(
            read.url(URL),
            user=read.text(USER),
            password=read.text(PASSWORD),
            sender=read.text(SENDER),
            report_url=f"{base_url}/hooks/{read.gateway}/reports",
            secret=read.secret(SECRET),
            terms=read.terms(PACE, PRICE),
        )

    async def send(self, message: Outgoing) -> Answer:
        """Hand a message to smsbox."""
        return await http.hand_over(
            meaning_of, "GET", f"{self.url}?{urlencode(self._query(message))}"
        )

    async def ask(self, message: Outgoing) -> Answer:
        """Kannel cannot be asked; a report may still come."""
        return Unknown()

    def _query(self, message: Outgoing) -> dict[str, str]:
        query = {
            "username": self._user,
            "password": self._password,
            "from": self._sender,
            "to": message.address,
            "text": message.text,
            # In the wrong one Kannel replaces letters without a word.
            "coding": "0" if is_gsm7(message.text) else "2",
            "charset": "UTF-8",
        }
        if self._secret:
            told = urlencode({"message": message.id, "secret": self._secret})
            query |= {
                "dlr-mask": str(_REPORTS),
                "dlr-url": f"{self._report_url}?{told}&status=%d",
            }
        return query


def meaning_of(answer: http.Answered) -> Answer:
    """What smsbox means by its status and its line of text."""
    match answer.status:
        case 200 | 202 if answer.text.startswith(("0:", "3:")):
            return Accepted()
        case 400 | 414:
            return Rejected(Reason.TEXT_REFUSED)
        case 401 | 403:
            return NotTaken(Reason.GATEWAY_LOGIN)
        case 404 | 405:
            return NotTaken(Reason.GATEWAY_ERROR)
        case 429 | 503:
            return NotTaken(Reason.GATEWAY_BUSY)
    # An error inside it, or one of a proxy in between: it may have gone before.
    return Unknown(Reason.GATEWAY_ERROR)
