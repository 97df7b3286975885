"""The page behind a link: what one has, until when, where, and a button to keep it longer.

No account, no cookie, no script, four languages. Opening it changes nothing: programs that
look at a link before its reader does, as messengers do, renew nothing. The secret is in the
address alone, which no log of ours and no other site gets to see.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.authentication import accounts_of, origin_of
from comptoir.core.accounts.errors import TooManyAttempts
from comptoir.core.accounts.guards import ANONYMOUS
from comptoir.core.i18n import LANGUAGES, current_language, set_language
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import SYSTEM
from comptoir.core.web import speak_publicly, unlisted_page
from comptoir.core.web.context import chosen_language, in_languages
from comptoir.core.web.forms import FormData
from comptoir.core.web.middleware import SELF_PROVING
from comptoir.lending.agreement_pdf import trouble_cases
from comptoir.lending.errors import LoanNotFound, RenewalRefused
from comptoir.lending.loans.held import HeldLoan, held_by
from comptoir.lending.loans.renewals import renew_loan
from comptoir.notifications.links.opening import Opened, open_link
from comptoir.notifications.links.tokens import PATH
from comptoir.notifications.links.views import (
    Said,
    nothing_changed,
    places_to_go,
    refused_text,
    unnamed,
)

Page = Request[Any, Any, Any]
_PURPOSE = "borrower-link"


@get(f"{PATH}{{token:str}}", opt=ANONYMOUS, include_in_schema=False)
async def link(request: Page, token: FromPath[str]) -> Response[str]:
    """What somebody has."""
    now = clock.now()
    try:
        opened = await _open(request, token, now=now)
    except TooManyAttempts as error:
        return _nowhere(request, wait=error.retry_after)
    return await _shown(request, token, opened, now=now) if opened else _nowhere(request)


@post(
    f"{PATH}{{token:str}}", status_code=200, opt=ANONYMOUS | SELF_PROVING, include_in_schema=False
)
async def renew(request: Page, token: FromPath[str]) -> Response[str]:
    """Keep one of the things longer, once for each time that the page was looked at."""
    now = clock.now()
    try:
        opened = await _open(request, token, now=now)
    except TooManyAttempts as error:
        return _nowhere(request, wait=error.retry_after)
    if opened is None:
        return _nowhere(request)
    data = await FormData.of(request)
    held = await held_by(opened.borrower_id, now=now)
    loan_id, seen = data.identifier("loan"), data.whole("seen")
    loan = next((each for each in held if each.id == loan_id), None)
    due = _moment(data.text("due"))
    said = Said(None, nothing_changed(), False)
    if loan and seen is not None and due:
        proof = _proof(request, token, loan.id, seen, due)
        if hmac.compare_digest(data.text("proof").encode(errors="replace"), proof.encode()):
            said = await _renew(loan, seen, due, now=now)
    return await _shown(request, token, opened, said, now=now)


async def _renew(loan: HeldLoan, seen: int, due: datetime, *, now: datetime) -> Said:
    try:
        await renew_loan(SYSTEM, loan.id, seen=seen, due_seen=due, now=now)
    except RenewalRefused as error:
        return Said(loan.id, refused_text(error.refusal) or nothing_changed(), False)
    except LoanNotFound:  # it was deleted meanwhile
        return Said(None, nothing_changed(), False)
    return Said(loan.id, _("It is renewed. The new date is above."), True)


async def _open(request: Page, token: str, *, now: datetime) -> Opened | None:
    """Whose link it is; speaks their language, unless another was asked for."""
    speak_publicly(request)
    opened = await open_link(token, address=origin_of(request).address, now=now)
    if opened and request.query_params.get("lang", "") not in LANGUAGES:
        set_language(opened.language)
    return opened


async def _shown(
    request: Page, token: str, opened: Opened, said: Said | None = None, *, now: datetime
) -> Response[str]:
    loans = await held_by(opened.borrower_id, now=now)
    if not loans:  # the last of them came back this moment
        return _nowhere(request)
    return unlisted_page(
        request,
        "notifications/link.html",
        status=409 if said and not said.is_good else 200,
        places=await places_to_go(unnamed(loans) if opened.barest else loans, now=now),
        said=said,
        action=request.url.path + chosen_language(request),
        proof=lambda thing: _proof(request, token, thing.loan_id, thing.seen, thing.due_at),
        cases=trouble_cases(),
        languages=in_languages(request),
        lang=f"?lang={current_language()}",
    )


def _nowhere(request: Page, *, wait: int = 0) -> Response[str]:
    """One answer to all links that lead nowhere: it does not tell whether they ever did."""
    return unlisted_page(
        request,
        "notifications/link_nowhere.html",
        status=429 if wait else 404,
        headers={"Retry-After": str(wait)} if wait else {},
        wait=wait,
        languages=in_languages(request),
        lang=f"?lang={current_language()}",
    )


def _proof(request: Page, token: str, loan_id: UUID, seen: int, due: datetime) -> str:
    """What only a page of ours can have put into the form, for this loan as it was then."""
    said = f"{token}:{loan_id}:{seen}:{due.isoformat()}"
    return accounts_of(request.app).keys.mac(_PURPOSE, said)[:32]


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


ROUTES = [link, renew]
