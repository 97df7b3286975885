"""Swisscom's "Text Messaging". It tells that something changed, and is asked what. No replies.

Source: Swisscom developer documentation, "Smart Messaging", sections "Sending SMS" (with the
schema of ``callbackUrl``) and "Get status information for an SMS". Of the statuses, that names
one: 201, delivered. What another means, it does not say.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

import msgspec

from comptoir.notifications.channels import Channel
from comptoir.notifications.gateways import http
from comptoir.notifications.gateways.asked import told
from comptoir.notifications.gateways.lines import Receipt
from comptoir.notifications.gateways.protocol import (
    FOR_NOTHING,
    Accepted,
    Answer,
    NotTaken,
    Outgoing,
    Terms,
    Unknown,
)
from comptoir.notifications.gateways.variables import Variable, Variables
from comptoir.notifications.reasons import Reason
from comptoir.notifications.statuses import Status

NAME = "swisscom"

URL = Variable(
    "COMPTOIR_SWISSCOM_URL",
    "Address of Swisscom's interface.",
    default="https://api.swisscom.com/messaging/sms",
)
CLIENT = Variable("COMPTOIR_SWISSCOM_CLIENT", "The client id of the subscription. It is a secret.")
SENDER = Variable(
    "COMPTOIR_SWISSCOM_SENDER",
    "Who a message is from: a number, or at most 11 letters. Unset: the number of the account.",
    optional=True,
)
SECRET = Variable(
    "COMPTOIR_SWISSCOM_SECRET",
    "At least 20 letters that Swisscom says when it reports. Unset: it cannot report.",
    optional=True,
)
PRICE = Variable("COMPTOIR_SWISSCOM_PRICE", "What a part costs: `0.07 CHF`.", optional=True)
PACE = Variable("COMPTOIR_SWISSCOM_PER_SECOND", "Messages a second at most.", default="1")
VARIABLES = (URL, CLIENT, SENDER, SECRET, PRICE, PACE)

_DELIVERED = "201"


class _State(msgspec.Struct):
    status: str | int


class SwisscomGateway:
    """One subscription. ``report_url`` is where it tells that something has changed."""

    name = NAME
    channels = frozenset({Channel.SMS})

    def __init__(
        self,
        url: str,
        *,
        client: str,
        sender: str = "",
        report_url: str = "",
        secret: str = "",
        terms: Terms = FOR_NOTHING,
    ) -> None:
        self.url = url.rstrip("/")
        self._client = client
        self._sender = sender
        self._report_url = report_url
        self._secret = secret
        self.terms = terms

    @classmethod
    def of(cls, read: Variables, *, base_url: str) -> SwisscomGateway:
        """The gateway that the environment describes.

        Raises:
            SettingsInvalid: a variable is missing or wrong.
        """
        return cls(
            read.url(URL),
            client=read.text(CLIENT),
            sender=read.text(SENDER),
            report_url=f"{base_url}/hooks/{read.gateway}/reports",
            secret=read.secret(SECRET),
            terms=read.terms(PACE, PRICE),
        )

    async def send(self, message: Outgoing) -> Answer:
        """Hand a message over."""
        body = {"to": message.address, "text": message.text}
        if self._sender:
            body["from"] = self._sender
        if self._secret:
            about = {"message": str(message.id), "secret": self._secret}
            body["callbackUrl"] = f"{self._report_url}?{urlencode(about)}"
        headers = {
            **self._headers,
            "SCS-Request-ID": str(message.id),
            "Content-Type": "application/json",
        }
        return await http.hand_over(
            _meaning, "POST", self.url, body=msgspec.json.encode(body), headers=headers
        )

    async def ask(self, message: Outgoing) -> Answer:
        """It knows no id of ours."""
        return Unknown()

    async def became(self, reference: str) -> Receipt | None:
        """Delivered, or what it does not explain.

        Raises:
            NotTold: it could not be asked.
        """
        state = await told(f"{self.url}/{quote(reference, safe='')}", self._headers, _State)
        if state is None or str(state.status) != _DELIVERED:
            return None
        return Receipt(reference, _DELIVERED, Status.DELIVERED, None)

    @property
    def _headers(self) -> dict[str, str]:
        return {"client_id": self._client, "SCS-Version": "2", "Accept": "application/json"}


def _meaning(answer: http.Answered) -> Answer:
    match answer.status:
        case 201:  # it has no content, so only its end shows that it is whole
            return Accepted() if answer.has_end else Unknown()
        case 400 | 404 | 405 | 406:
            # It does not say whether the number, the text or the sender is why.
            return NotTaken(Reason.GATEWAY_ERROR)
        case 401 | 403:
            return NotTaken(Reason.GATEWAY_LOGIN)
        case 429:
            return NotTaken(Reason.GATEWAY_BUSY)
    return Unknown(Reason.GATEWAY_ERROR)
