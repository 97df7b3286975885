"""ASPSMS, by its JSON interface.

Source: ASPSMS JSON API documentation, "SendTextSMS" with its notification addresses, and
its list of status codes.
"""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec

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
from comptoir.notifications.reasons import Reason

NAME = "aspsms"

URL = Variable(
    "COMPTOIR_ASPSMS_URL", "Address of ASPSMS's interface.", default="https://json.aspsms.com"
)
USER = Variable("COMPTOIR_ASPSMS_USER", "The userkey of the account.")
PASSWORD = Variable("COMPTOIR_ASPSMS_PASSWORD", "The interface's password of that account.")
SENDER = Variable(
    "COMPTOIR_ASPSMS_SENDER",
    "Who a message is from: a number that ASPSMS has unlocked, or at most 11 letters.",
)
SECRET = Variable(
    "COMPTOIR_ASPSMS_SECRET",
    "At least 20 letters that ASPSMS says when it reports. Unset: it cannot report.",
    optional=True,
)
PRICE = Variable("COMPTOIR_ASPSMS_PRICE", "What a part costs: `0.08 CHF`.", optional=True)
PACE = Variable("COMPTOIR_ASPSMS_PER_SECOND", "Messages a second at most.", default="2")
VARIABLES = (URL, USER, PASSWORD, SENDER, SECRET, PRICE, PACE)

#: Which address is asked for what, and the word that stands in it.
REPORTS = {
    "URLBufferedMessageNotification": "buffered",
    "URLDeliveryNotification": "delivered",
    "URLNonDeliveryNotification": "failed",
}
_TAKEN = "1"
#: What a status code means, where it says surely that the message was not taken.
_REFUSED: dict[str, Answer] = {
    "3": NotTaken(Reason.GATEWAY_LOGIN),
    "5": NotTaken(Reason.GATEWAY_ERROR),  # no credits left
    "8": NotTaken(Reason.GATEWAY_LOGIN),
    "9": NotTaken(Reason.GATEWAY_LOGIN),
    "10": NotTaken(Reason.GATEWAY_ERROR),  # the sender
    "11": Rejected(Reason.TEXT_REFUSED),
    "17": NotTaken(Reason.GATEWAY_ERROR),  # an address for reports
    "18": NotTaken(Reason.GATEWAY_ERROR),
    "19": NotTaken(Reason.GATEWAY_ERROR),
    "20": Rejected(Reason.NUMBER_INVALID),
    "24": NotTaken(Reason.GATEWAY_BUSY),
    "25": NotTaken(Reason.GATEWAY_LOGIN),
}


class _Told(msgspec.Struct):
    """What it answers, with HTTP 200 whatever it is."""

    status: str | int = msgspec.field(name="StatusCode")


class AspsmsGateway:
    """One account. ``report_url`` is where it tells what became of a message."""

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
        self.url = f"{url.rstrip('/')}/SendTextSMS"
        self._user = user
        self._password = password
        self._sender = sender
        self._report_url = report_url
        self._secret = secret
        self.terms = terms

    @classmethod
    def of(cls, read: Variables, *, base_url: str) -> AspsmsGateway:
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
        """Hand a message over."""
        body = msgspec.json.encode(self._body(message))
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return await http.hand_over(_meaning, "POST", self.url, body=body, headers=headers)

    async def ask(self, message: Outgoing) -> Answer:
        """It does not know whether it has a message; a report may still come."""
        return Unknown()

    def _body(self, message: Outgoing) -> dict[str, object]:
        body: dict[str, object] = {
            "UserName": self._user,
            "Password": self._password,
            "Originator": self._sender,
            "Recipients": [message.address],
            "MessageText": message.text,
            # With it, letters that GSM-7 lacks would be replaced without a word.
            "ForceGSM7bit": False,
        }
        if self._secret:
            for field, status in REPORTS.items():
                told = {"message": message.id, "secret": self._secret, "status": status}
                # It adds its own reference to the end.
                body[field] = f"{self._report_url}?{urlencode(told)}&reference="
        return body


def _meaning(answer: http.Answered) -> Answer:
    match answer.status:
        case 200:
            try:
                code = str(msgspec.json.decode(answer.text, type=_Told).status)
            except msgspec.MsgspecError:
                return Unknown(Reason.GATEWAY_ERROR)
            if code == _TAKEN:
                return Accepted()
            return _REFUSED.get(code, Unknown(Reason.GATEWAY_ERROR))
        case 401 | 403:
            return NotTaken(Reason.GATEWAY_LOGIN)
        case 404 | 405:
            return NotTaken(Reason.GATEWAY_ERROR)
        case 429:
            return NotTaken(Reason.GATEWAY_BUSY)
    return Unknown(Reason.GATEWAY_ERROR)
