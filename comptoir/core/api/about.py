"""What the reference says in words: how calls are made, and what each code means."""

from __future__ import annotations

import inspect
import re

import msgspec
from babel.support import LazyProxy

from comptoir.core.api.calls import LONGEST_KEY
from comptoir.core.errors import ComptoirError
from comptoir.core.i18n import use_language
from comptoir.core.web.problems import Problem, title_of

ABOUT = f"""\
Everything that the pages do, for other programs.

**Tokens.** Each integration has its own, made by `comptoir token add NAME --scope desk` or by an
administrator. It is sent as `Authorization: Bearer TOKEN`. Each call names the scopes of which the
token needs one. A token that is bound to a site acts there; what belongs to other sites is not
found, and what all sites share is not changed. A token gives no other token, and nobody by a role,
more than it has itself.

**Trying again.** A call that changes something takes an `Idempotency-Key`: 1 to {LONGEST_KEY}
visible ASCII characters of your choice, such as a random UUID. The same key with the same request
gives the first answer, whatever has happened since. The same key with another request is refused
with 422. After a refusal of a check-out or a check-in the key gives that refusal again; other calls
are judged anew until one succeeds.

**Editing.** An answer about one thing has an `ETag`. Send it back as `If-Match` with the edit: 412
if somebody changed the thing meanwhile, 428 without the header. `*` changes whatever there is, seen
or not. What stands before the hyphen is the version, and all that counts for that.

**Reading again.** Send the `ETag` of what you have as `If-None-Match`: 304, without a body, says
that the answer would be the same.

**Lists** come by pages. `next` is the address of the next one, and null at the end. Lists of which
there is little come whole, and have `items` alone.

**Errors** are problem details (RFC 9457). Their `code` is stable and the one to test for; the text
is for people, in the language of `Accept-Language`: French, German, Italian or English. `errors`
names each field by its path in what was sent: `hours[0].opens` is in the first of a list,
`names.fr` in an object. Where the field is a file, `line` and `column` say where in it. 404 may
also mean what is named in the body, such as a model: the code says which. Beside those named at a
call, 405 says that an address takes other methods (`Allow` names them), 500 that
the mistake is ours, and 503 to try again in a moment. `instance`, like the header `X-Request-Id`,
is the number to report.

**Codes** of items and cards may be sent as they are scanned: with or without the hyphen, in small
letters; in a body also as the whole address of a QR code.

**What may be added** to this version: calls, fields of answers, parameters, values such as a new
status, and codes of errors. Pass over what you do not know. Nothing is renamed or taken away.
"""

TAGS = {
    "Agreements": "What was signed for loans, and how.",
    "Borrowers": "Who borrows: finding, registering, cards, households, suspensions.",
    "Catalogue": "Categories and models of what is lent.",
    "Desk": "Lend and take back.",
    "Items": "What is lent: its state, where it is, what is wrong with it, labels.",
    "Loans": "What is out, what is late, what came back; renewing and undoing.",
    "Operation": "What the program does by itself, for monitors.",
    "Policies": "For how long which group of borrowers may keep what.",
    "Rota": "Who means to be where and when, what is lacking, who could come. A plan, no record.",
    "Sites": "Places, their opening hours, and days that are not as the week says.",
    "Staff": "Who works where, as what, and what they speak and can do.",
    "Letters": "Messages as letters: what waits to be printed, and the bundles that were.",
    "Calls": "Whom a person has to call: no message reaches them, or it is time to talk.",
    "Messages": "Text messages to borrowers: what became of each; the switch and the budget.",
    "Tokens": "Access tokens for other programs.",
    "Vouchers": "SIMs, top-ups and codes that are counted like money: their stock and their life.",
    "Wordings": "What messages say: the texts of the installation in place of the usual ones.",
    "Visits": "How many come in: a tally at the door, without names.",
}

_MEANINGS: dict[str, LazyProxy | str] = {
    "accounts.sign-in-needed": "No token came with the call.",
    "accounts.token-refused": "No such token, or it was revoked, or it is past its end.",
    "accounts.scope-missing": "The token was not made for this.",
    "core.not-found": "The address names nothing; an id in it is none.",
    "core.malformed": "The body is not JSON.",
    "core.too-large": "The body is larger than a million bytes.",
    "core.media-type": "The body says that it is something else than JSON.",
    "core.invalid": "A field or a parameter is wrong; `errors` says which.",
}
_PLACE = re.compile(r"%\((\w+)\)s")


def explain_code(code: str, sentence: LazyProxy) -> None:
    """Say what the code of a refusal means, by the sentence that people read."""
    _MEANINGS[code] = sentence


def meaning(error: type[ComptoirError] | str) -> tuple[str, str]:
    """The code of an error, and what it means."""
    if isinstance(error, str):
        with use_language("en"):
            return error, _PLACE.sub(r"`\1`", str(_MEANINGS[error]))
    return error.code, (inspect.getdoc(error) or "").partition("\n")[0].replace("``", "`")


def problem_example(status: int, code: str, about: str) -> dict[str, object]:
    """How such an error is answered."""
    with use_language("en"):
        problem = Problem(
            type=f"urn:comptoir:problem:{code}",
            title=title_of(status),
            status=status,
            code=code,
            detail=about,
            instance="urn:comptoir:request:019a1f6e7c007000800000000001ab42",
        )
    example: dict[str, object] = msgspec.to_builtins(problem)
    return example
