"""OVHcloud, by its REST interface. It takes messages, and tells nothing of them by itself.

Source: OVHcloud documentation, "API SMS Cookbook" and "First Steps with the OVHcloud APIs"
(how a request is signed); its schema of ``/sms``.
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote

import msgspec

from comptoir.core import clock
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

NAME = "ovh"

URL = Variable(
    "COMPTOIR_OVH_URL", "Address of OVH's interface.", default="https://eu.api.ovh.com/1.0"
)
SERVICE = Variable("COMPTOIR_OVH_SERVICE", "The account for messages: `sms-ab12345-1`.")
KEY = Variable("COMPTOIR_OVH_KEY", "The application key.")
SECRET = Variable("COMPTOIR_OVH_SECRET", "The application secret.")
CONSUMER = Variable(
    "COMPTOIR_OVH_CONSUMER", "A consumer key that may `POST /sms/*/jobs`, and no more."
)
SENDER = Variable(
    "COMPTOIR_OVH_SENDER",
    "Who a message is from: a sender that OVH has approved. Unset: a short number of OVH.",
    optional=True,
)
PRICE = Variable("COMPTOIR_OVH_PRICE", "What a part costs: `0.07 EUR`.", optional=True)
PACE = Variable("COMPTOIR_OVH_PER_SECOND", "Messages a second at most.", default="2")
VARIABLES = (URL, SERVICE, KEY, SECRET, CONSUMER, SENDER, PRICE, PACE)

#: In minutes. What waited for longer would arrive in the night.
_VALID_FOR = 120


class _Job(msgspec.Struct):
    """What it took."""

    ids: list[int]
    invalidReceivers: list[str]  # noqa: N815 – theirs


class OvhGateway:
    """One account for messages, with the keys of an application."""

    name = NAME
    channels = frozenset({Channel.SMS})

    def __init__(
        self,
        url: str,
        *,
        service: str,
        key: str,
        secret: str,
        consumer: str,
        sender: str = "",
        terms: Terms = FOR_NOTHING,
    ) -> None:
        self.url = f"{url.rstrip('/')}/sms/{quote(service, safe='')}/jobs"
        self._key = key
        self._secret = secret
        self._consumer = consumer
        self._sender = sender
        self.terms = terms

    @classmethod
    def of(cls, read: Variables) -> OvhGateway:
        """The gateway that the environment describes.

        Raises:
            SettingsInvalid: a variable is missing or wrong.
        """
        return cls(
            read.url(URL),
            service=read.text(SERVICE),
            key=read.text(KEY),
            secret=read.text(SECRET),
            consumer=read.text(CONSUMER),
            sender=read.text(SENDER),
            terms=read.terms(PACE, PRICE),
        )

    async def send(self, message: Outgoing) -> Answer:
        """Hand a message over."""
        body = msgspec.json.encode(
            {
                "message": message.text,
                "receivers": [message.address],
                "charset": "UTF-8",
                "coding": "7bit" if is_gsm7(message.text) else "8bit",
                # A reminder is no advertising: it goes at once, and has no text of OVH's in it.
                "noStopClause": True,
                "priority": "high",
                "validityPeriod": _VALID_FOR,
                **({"sender": self._sender} if self._sender else {"senderForResponse": True}),
            }
        )
        return await http.hand_over(
            _meaning, "POST", self.url, body=body, headers=self._signed(body)
        )

    async def ask(self, message: Outgoing) -> Answer:
        """It knows no id of ours."""
        return Unknown()

    def _signed(self, body: bytes) -> dict[str, str]:
        at = str(int(clock.now().timestamp()))
        said = "+".join((self._secret, self._consumer, "POST", self.url, body.decode(), at))
        signature = hashlib.sha1(said.encode()).hexdigest()  # noqa: S324 – OVH prescribes it
        return {
            "Content-Type": "application/json; charset=utf-8",
            "X-Ovh-Application": self._key,
            "X-Ovh-Consumer": self._consumer,
            "X-Ovh-Timestamp": at,
            "X-Ovh-Signature": f"$1${signature}",
        }


def _meaning(answer: http.Answered) -> Answer:
    match answer.status:
        case 200 | 201:
            return _taken(answer.text)
        case 401 | 403:
            return NotTaken(Reason.GATEWAY_LOGIN)
        case 400 if "signature" in answer.text.lower() or "timestamp" in answer.text.lower():
            return NotTaken(Reason.GATEWAY_LOGIN)
        case 400 if "receiver" in answer.text.lower():
            return Rejected(Reason.NUMBER_INVALID)
        case 400 | 402 | 404 | 405 | 409:  # the sender, or no credit left
            return NotTaken(Reason.GATEWAY_ERROR)
        case 429:
            return NotTaken(Reason.GATEWAY_BUSY)
    return Unknown(Reason.GATEWAY_ERROR)


def _taken(text: str) -> Answer:
    try:
        job = msgspec.json.decode(text, type=_Job)
    except msgspec.MsgspecError:
        return Unknown(Reason.GATEWAY_ERROR)
    if job.ids:
        return Accepted(str(job.ids[0]))
    return Rejected(Reason.NUMBER_INVALID) if job.invalidReceivers else Unknown()
