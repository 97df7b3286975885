"""SMS Gateway for Android: a telephone in the office that sends and receives.

The same interface is on the telephone itself ("local") and in the cloud of its makers, or
on a server of one's own ("cloud", "private").

Source: SMSGate documentation, "Sending Messages" and "Status Tracking"; its OpenAPI
specification, ``POST /messages`` and ``GET /messages/{id}``.
"""

from __future__ import annotations

from base64 import b64encode

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

NAME = "android"

URL = Variable(
    "COMPTOIR_ANDROID_URL",
    "Address of the interface of SMS Gateway for Android; on a telephone `http://192.168.1.10:8080`.",
    default="https://api.sms-gate.app/3rdparty/v1",
)
USER = Variable("COMPTOIR_ANDROID_USER", "The user that the app shows.")
PASSWORD = Variable("COMPTOIR_ANDROID_PASSWORD", "The password that the app shows.")
SECRET = Variable(
    "COMPTOIR_ANDROID_SECRET",
    "The signing key in the app's webhook settings, at least 20 letters. Unset: it cannot report.",
    optional=True,
)
PRICE = Variable("COMPTOIR_ANDROID_PRICE", "What a part costs: `0.10 CHF`.", optional=True)
PACE = Variable("COMPTOIR_ANDROID_PER_SECOND", "Messages a second at most.", default="0.1")
VARIABLES = (URL, USER, PASSWORD, SECRET, PRICE, PACE)

#: In seconds. A telephone that was off for longer would send in the night.
_VALID_FOR = 2 * 3600


class _State(msgspec.Struct):
    """What the interface says of a message."""

    id: str
    state: str


class AndroidGateway:
    """One account, or one telephone. Our ids are its ids: it can be asked, and takes none twice."""

    name = NAME
    channels = frozenset({Channel.SMS})

    def __init__(
        self,
        url: str,
        *,
        user: str,
        password: str,
        terms: Terms = FOR_NOTHING,
    ) -> None:
        self.url = url.rstrip("/")
        login = b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
        self.terms = terms

    @classmethod
    def of(cls, read: Variables) -> AndroidGateway:
        """The gateway that the environment describes.

        Raises:
            SettingsInvalid: a variable is missing or wrong.
        """
        read.secret(SECRET)
        return cls(
            read.url(URL),
            user=read.text(USER),
            password=read.text(PASSWORD),
            terms=read.terms(PACE, PRICE),
        )

    async def send(self, message: Outgoing) -> Answer:
        """Hand a message to the telephone's queue."""
        body = msgspec.json.encode(
            {
                "id": str(message.id),
                "textMessage": {"text": message.text},
                "phoneNumbers": [message.address],
                "withDeliveryReport": True,
                "ttl": _VALID_FOR,
            }
        )

        def meaning(answer: http.Answered) -> Answer:
            if answer.status == 409:  # it has this id from us, so this very message
                return Accepted(str(message.id))
            return _meaning(answer, message)

        url = f"{self.url}/messages"
        return await http.hand_over(meaning, "POST", url, body=body, headers=self._headers)

    async def ask(self, message: Outgoing) -> Answer:
        """Look whether it is in the queue."""
        try:
            answer = await http.request(
                "GET", f"{self.url}/messages/{message.id}", headers=self._headers
            )
        except (http.NotConnected, http.AnswerLost):
            return Unknown()
        if answer.status == 404:
            # Only the interface itself says so in this form; a proxy that lost it does not.
            return NotTaken(Reason.ANSWER_LOST) if _is_said_by_it(answer) else Unknown()
        return _meaning(answer, message) if answer.status == 200 else Unknown()


def _meaning(answer: http.Answered, message: Outgoing) -> Answer:
    match answer.status:
        case 200 | 201 | 202:
            return _taken(answer, message)
        case 400:
            if "phone" in answer.text.lower():
                return Rejected(Reason.NUMBER_INVALID)
            return NotTaken(Reason.GATEWAY_ERROR)  # no telephone is registered, for one
        case 401 | 403:
            return NotTaken(Reason.GATEWAY_LOGIN)
        case 404 | 405:
            return NotTaken(Reason.GATEWAY_ERROR)
        case 429 | 503:
            return NotTaken(Reason.GATEWAY_BUSY)
    return Unknown(Reason.GATEWAY_ERROR)


def _taken(answer: http.Answered, message: Outgoing) -> Answer:
    try:
        state = msgspec.json.decode(answer.text, type=_State)
    except msgspec.MsgspecError:
        return Unknown(Reason.GATEWAY_ERROR)
    if state.id != str(message.id):
        return Unknown(Reason.GATEWAY_ERROR)
    return Rejected(Reason.NOT_DELIVERED) if state.state == "Failed" else Accepted(state.id)


def _is_said_by_it(answer: http.Answered) -> bool:
    try:
        said = msgspec.json.decode(answer.text)
    except msgspec.MsgspecError:
        return False
    return isinstance(said, dict) and "message" in said
