"""OVHcloud, by its REST interface. It takes messages, and is asked for all the rest.

Source: OVHcloud documentation, "API SMS Cookbook" (``tag``, ``incoming``), "First Steps with the
OVHcloud APIs" (how a request is signed) and "Everything you need to know about SMS users" (what
``deliveryReceipt`` and ``ptt`` mean); its schema of ``/sms``. It would also call an address, which
it gives no way to prove; and of a report before its answer, nobody would know whose it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec

from comptoir.core import clock
from comptoir.notifications.channels import Channel
from comptoir.notifications.gateways import http
from comptoir.notifications.gateways.asked import NotTold, NotUnderstood, told
from comptoir.notifications.gateways.hooks import Incoming
from comptoir.notifications.gateways.lines import Receipt
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

_T = TypeVar("_T")

NAME = "ovh"

URL = Variable(
    "COMPTOIR_OVH_URL", "Address of OVH's interface.", default="https://eu.api.ovh.com/1.0"
)
SERVICE = Variable("COMPTOIR_OVH_SERVICE", "The account for messages: `sms-ab12345-1`.")
KEY = Variable("COMPTOIR_OVH_KEY", "The application key.")
SECRET = Variable("COMPTOIR_OVH_SECRET", "The application secret.")
CONSUMER = Variable(
    "COMPTOIR_OVH_CONSUMER",
    "A consumer key that may `POST /sms/*/jobs`, `GET /sms/*/outgoing*` and "
    "`GET /sms/*/incoming*`, and no more.",
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


#: What ``deliveryReceipt`` means; what is not here waits.
_BECAME: dict[int, Status] = {1: Status.DELIVERED, 2: Status.FAILED, 16: Status.FAILED}
#: The one of the codes (``ptt``) that says why, and for good.
_NUMBER_INVALID = 23


class _Sent(msgspec.Struct):
    """What became of one message."""

    deliveryReceipt: int  # noqa: N815 – theirs
    ptt: int = 0


class _Came(msgspec.Struct):
    """One that came in."""

    id: int
    sender: str
    message: str
    creationDatetime: datetime  # noqa: N815 – theirs


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
        self.url = f"{url.rstrip('/')}/sms/{quote(service, safe='')}"
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
                # By this it is found again, should the answer be lost.
                "tag": str(message.id),
                **({"sender": self._sender} if self._sender else {"senderForResponse": True}),
            }
        )
        url = f"{self.url}/jobs"
        headers = self._signed("POST", url, body)
        return await http.hand_over(_meaning, "POST", url, body=body, headers=headers)

    async def ask(self, message: Outgoing) -> Answer:
        """It has the message if one has our tag; one that it has not made yet may still come."""
        query = urlencode({"tag": str(message.id)})
        try:
            ids = await self._told(f"/outgoing?{query}", list[int])
        except NotTold:
            return Unknown()
        return Accepted(str(ids[0])) if ids else Unknown()

    async def became(self, reference: str) -> Receipt | None:
        """Delivered, or failed and why, once that is known.

        Raises:
            NotTold: it could not be asked.
        """
        sent = await self._told(f"/outgoing/{quote(reference, safe='')}", _Sent)
        if sent is None or sent.deliveryReceipt not in _BECAME:
            return None
        status, reason = _BECAME[sent.deliveryReceipt], None
        if status is Status.FAILED:
            invalid = sent.ptt == _NUMBER_INVALID
            reason = Reason.NUMBER_INVALID if invalid else Reason.NOT_DELIVERED
        return Receipt(reference, f"{sent.deliveryReceipt}/{sent.ptt}", status, reason)

    async def replies(self, *, since: datetime) -> Sequence[str]:
        """What came in since.

        Raises:
            NotTold: it could not be asked.
        """
        query = urlencode(
            {"creationDatetime.from": since.astimezone(UTC).isoformat("T", "seconds")}
        )
        ids = await self._told(f"/incoming?{query}", list[int])
        return [str(each) for each in sorted(ids or [])]

    async def reply(self, name: str) -> Incoming | None:
        """One of these.

        Raises:
            NotTold: it could not be asked, or what it says makes no sense.
        """
        came = await self._told(f"/incoming/{quote(name, safe='')}", _Came)
        if came is None:
            return None
        if not came.sender or came.creationDatetime.tzinfo is None:
            raise NotUnderstood
        return Incoming(name, came.sender, "", came.message, came.creationDatetime.astimezone(UTC))

    async def _told(self, path: str, kind: type[_T]) -> _T | None:
        url = self.url + path
        return await told(url, self._signed("GET", url), kind)

    def _signed(self, method: str, url: str, body: bytes = b"") -> dict[str, str]:
        at = str(int(clock.now().timestamp()))
        said = "+".join((self._secret, self._consumer, method, url, body.decode(), at))
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
