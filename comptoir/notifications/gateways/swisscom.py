"""Swisscom's "Text Messaging". It takes messages, and nothing is heard back from it.

Source: Swisscom developer documentation, "Smart Messaging", section "Sending SMS". It would
call an address at each change, yet says there neither what has changed nor who it is.
"""

from __future__ import annotations

import msgspec

from comptoir.notifications.channels import Channel
from comptoir.notifications.gateways import http
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
PRICE = Variable("COMPTOIR_SWISSCOM_PRICE", "What a part costs: `0.07 CHF`.", optional=True)
PACE = Variable("COMPTOIR_SWISSCOM_PER_SECOND", "Messages a second at most.", default="1")
VARIABLES = (URL, CLIENT, SENDER, PRICE, PACE)


class SwisscomGateway:
    """One subscription."""

    name = NAME
    channels = frozenset({Channel.SMS})

    def __init__(
        self,
        url: str,
        *,
        client: str,
        sender: str = "",
        terms: Terms = FOR_NOTHING,
    ) -> None:
        self.url = url
        self._client = client
        self._sender = sender
        self.terms = terms

    @classmethod
    def of(cls, read: Variables) -> SwisscomGateway:
        """The gateway that the environment describes.

        Raises:
            SettingsInvalid: a variable is missing or wrong.
        """
        return cls(
            read.url(URL),
            client=read.text(CLIENT),
            sender=read.text(SENDER),
            terms=read.terms(PACE, PRICE),
        )

    async def send(self, message: Outgoing) -> Answer:
        """Hand a message over."""
        body = {"to": message.address, "text": message.text}
        if self._sender:
            body["from"] = self._sender
        headers = {
            "client_id": self._client,
            "SCS-Version": "2",
            "SCS-Request-ID": str(message.id),
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        return await http.hand_over(
            _meaning, "POST", self.url, body=msgspec.json.encode(body), headers=headers
        )

    async def ask(self, message: Outgoing) -> Answer:
        """It knows no id of ours."""
        return Unknown()


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
