"""Twilio, by its REST interface.

Source: Twilio documentation, "Messages resource" and "Error and Warning Dictionary".
"""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote, urlencode

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

NAME = "twilio"

URL = Variable(
    "COMPTOIR_TWILIO_URL", "Address of Twilio's interface.", default="https://api.twilio.com"
)
ACCOUNT = Variable("COMPTOIR_TWILIO_ACCOUNT", "The account's SID: `AC...`.")
TOKEN = Variable("COMPTOIR_TWILIO_TOKEN", "The account's auth token, which also signs reports.")
SENDER = Variable(
    "COMPTOIR_TWILIO_SENDER",
    "Who a message is from: a number of the account, a messaging service (`MG...`), or at most "
    "11 letters.",
)
PRICE = Variable("COMPTOIR_TWILIO_PRICE", "What a part costs: `0.07 USD`.", optional=True)
PACE = Variable("COMPTOIR_TWILIO_PER_SECOND", "Messages a second at most.", default="1")
VARIABLES = (URL, ACCOUNT, TOKEN, SENDER, PRICE, PACE)

#: In seconds. What waited for longer would arrive in the night.
_VALID_FOR = 2 * 3600
#: What an error says of the number or the text. Other errors are of the account or the sender.
REASONS: dict[int, Reason] = {
    21211: Reason.NUMBER_INVALID,
    21217: Reason.NUMBER_INVALID,
    21614: Reason.NUMBER_INVALID,
    21635: Reason.NUMBER_INVALID,
    21610: Reason.OPTED_OUT,
    21602: Reason.TEXT_REFUSED,
    21617: Reason.TEXT_REFUSED,
}


class _Told(msgspec.Struct):
    """What it says: of a message, or of an error."""

    sid: str | None = None
    status: str | int | None = None
    error_code: int | None = None
    code: int | None = None


class TwilioGateway:
    """One account. ``report_url`` is where it tells what became of a message."""

    name = NAME
    channels = frozenset({Channel.SMS})

    def __init__(
        self,
        url: str,
        *,
        account: str,
        token: str,
        sender: str,
        report_url: str,
        terms: Terms = FOR_NOTHING,
    ) -> None:
        self.url = f"{url.rstrip('/')}/2010-04-01/Accounts/{quote(account, safe='')}/Messages.json"
        login = b64encode(f"{account}:{token}".encode()).decode()
        self._headers = {
            "Authorization": f"Basic {login}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._sender = sender
        self._report_url = report_url
        self.terms = terms

    @classmethod
    def of(cls, read: Variables, *, base_url: str) -> TwilioGateway:
        """The gateway that the environment describes.

        Raises:
            SettingsInvalid: a variable is missing or wrong.
        """
        return cls(
            read.url(URL),
            account=read.text(ACCOUNT),
            token=read.secret(TOKEN),
            sender=read.text(SENDER),
            report_url=f"{base_url}/hooks/{read.gateway}/reports",
            terms=read.terms(PACE, PRICE),
        )

    async def send(self, message: Outgoing) -> Answer:
        """Hand a message over."""
        is_service = self._sender.startswith("MG")
        form = {
            "To": message.address,
            "MessagingServiceSid" if is_service else "From": self._sender,
            "Body": message.text,
            "ValidityPeriod": str(_VALID_FOR),
            "StatusCallback": f"{self._report_url}?{urlencode({'message': message.id})}",
        }
        return await http.hand_over(
            _meaning, "POST", self.url, body=urlencode(form).encode(), headers=self._headers
        )

    async def ask(self, message: Outgoing) -> Answer:
        """It knows no id of ours; a report may still come."""
        return Unknown()


def _meaning(answer: http.Answered) -> Answer:
    try:
        told = msgspec.json.decode(answer.text, type=_Told)
    except msgspec.MsgspecError:
        told = _Told()
    match answer.status:
        case 200 | 201 if told.sid:
            if told.status in ("failed", "undelivered", "canceled"):
                return Rejected(REASONS.get(told.error_code or 0, Reason.NOT_DELIVERED))
            return Accepted(told.sid)
        case 400 if told.code in REASONS:
            return Rejected(REASONS[told.code])
        case 401 | 403:
            return NotTaken(Reason.GATEWAY_LOGIN)
        case 400 | 404 | 405:
            return NotTaken(Reason.GATEWAY_ERROR)
        case 429:
            return NotTaken(Reason.GATEWAY_BUSY)
    return Unknown(Reason.GATEWAY_ERROR)
