"""The call list as pages: whom to call, what to say, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.api.cursors import LONGEST_CURSOR, cursor_reader, seal_cursor
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import current_language
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, Flash, fragment, page, redirect
from comptoir.core.web.once import made_once
from comptoir.notifications.calls import queries, services
from comptoir.notifications.calls.schemas import (
    CallFilter,
    CallPlace,
    CallState,
    Outcome,
    RecordOutcome,
)
from comptoir.notifications.errors import CallNotFound, CallNotUndone
from comptoir.notifications.inbox import queries as inbox
from comptoir.sites import calendars
from comptoir.sites.queries import names_for

Page = Request[Principal, Any, Any]


class OutcomeForm(msgspec.Struct, frozen=True):
    """The buttons beside a person."""

    site: UUID
    outcome: Outcome
    call_at: str = ""
    phone: str = ""
    next: str = "/calls"

    async def command(self) -> RecordOutcome:
        """What it says; a time is on the clock of the site.

        Raises:
            Invalid: the time is none.
        """
        at = None
        if self.outcome is Outcome.CALL_BACK and self.call_at.strip():
            calendar = await calendars.calendar(self.site)
            try:
                at = datetime.fromisoformat(self.call_at.strip())
            except ValueError as unreadable:
                text = _("Enter a day and a time.")
                raise Invalid(
                    [FieldError("call_at", "notifications.call-time-unreadable", text)]
                ) from unreadable
            at = at.replace(tzinfo=calendar.zone) if calendar else None
        return RecordOutcome(site_id=self.site, outcome=self.outcome, call_at=at, phone=self.phone)


class UndoForm(msgspec.Struct, frozen=True):
    """The button that takes an outcome back."""

    next: str = "/calls"


@get("/calls", guards=[require(Role.RECEPTION)])
async def calls(request: Page) -> Response[str]:
    """Whom to call, and what to say."""
    return await _show(request)


@get("/calls/count", guards=[require(Role.RECEPTION)])
async def count(request: Page) -> Response[str]:
    """How many are to be called now, for the menu."""
    counts = await queries.count_calls(request.user, now=clock.now())
    number = counts.now + await inbox.count_asking(request.user)
    return fragment(request, "notifications/_calls_count.html", number=number)


@post("/calls/{borrower_id:uuid}/outcomes", guards=[require(Role.RECEPTION)])
async def called(
    request: Page,
    borrower_id: FromPath[UUID],
    data: Annotated[OutcomeForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """What came of a call; a time that is none is asked for again, in the list it was sent from."""
    now = clock.now()

    async def record() -> UUID:
        command = await data.command()
        return await services.record_outcome(request.user, borrower_id, command, now=now)

    try:
        await made_once(request, record, now=now)
        flash = Flash("ok", _("It is written down."))
    except Invalid as invalid:
        if data.outcome is Outcome.CALL_BACK:
            wrong = _Wrong(f"{borrower_id}-{data.site}", data.call_at, invalid.errors[0])
            return await _show(request, wrong)
        flash = Flash("error", invalid.errors[0].message)
    except CallNotFound as gone:
        flash = Flash("error", gone.message())
    return redirect(request, data.next, flash=flash)


@post("/calls/outcomes/{outcome_id:uuid}/undo", guards=[require(Role.RECEPTION)])
async def undo(
    request: Page,
    outcome_id: FromPath[UUID],
    data: Annotated[UndoForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Take it back."""
    try:
        await services.undo_outcome(request.user, outcome_id, now=clock.now())
        flash = Flash("ok", _("It is on the list again."))
    except CallNotUndone as late:
        flash = Flash("error", late.message())
    return redirect(request, data.next, flash=flash)


class _Wrong(msgspec.Struct, frozen=True):
    """The entry whose time to call back was none, as it was typed, and what is wrong with it."""

    key: str
    call_at: str
    error: FieldError


async def _show(request: Page, wrong: _Wrong | None = None) -> Response[str]:
    now, filters = clock.now(), Filters(request)
    state = filters.one_of("state", CallState, _("Which calls")) or CallState.NOW
    wanted = CallFilter(
        state=state,
        site_id=filters.site(),
        after=filters.place("after", cursor_reader(request, CallPlace, of="calls")),
    )
    said = {
        "state": state.value,
        "site": wanted.site_id or "",
        "after": filters.text("after", LONGEST_CURSOR) if wanted.after else "",
    }
    found = await queries.list_calls(request.user, wanted, language=current_language(), now=now)
    counts = await queries.count_calls(request.user, site_id=wanted.site_id, now=now)
    asking = await inbox.list_asking(request.user, site_id=wanted.site_id)
    errors = []
    if wrong is not None:
        errors = [msgspec.structs.replace(wrong.error, field=f"call-at-{wrong.key}")]
    return page(
        request,
        "notifications/calls.html",
        status=422 if wrong else 200,
        errors=errors,
        wrong=wrong,
        query=urlencode({name: value for name, value in said.items() if value}),
        found=found,
        next=seal_cursor(request, found.next, of="calls"),
        wanted=wanted,
        # Whoever asked for a call waits for it as those do whom no message reaches.
        asking=asking if state is CallState.NOW and not wanted.after else [],
        counts={each: getattr(counts, each.value) for each in CallState}
        | {CallState.NOW: counts.now + len(asking)},
        done=await queries.just_done(request.user, now=now),
        sites=[(each.id, each.name) for each in await names_for(request.user)],
        now=now,
    )


ROUTES = [calls, count, called, undo]
