"""The call list as pages: whom to call, what to say, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery, QueryParameter

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.api.cursors import open_cursor, seal_cursor
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import current_language
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, fragment, page, redirect
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
from comptoir.sites import calendars
from comptoir.sites.queries import names_for

Page = Request[Principal, Any, Any]


class OutcomeForm(msgspec.Struct, frozen=True):
    """The buttons beside a person."""

    site: UUID
    outcome: Outcome
    call_at: str = ""
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
        return RecordOutcome(site_id=self.site, outcome=self.outcome, call_at=at)


class UndoForm(msgspec.Struct, frozen=True):
    """The button that takes an outcome back."""

    next: str = "/calls"


@get("/calls", guards=[require(Role.RECEPTION)])
async def calls(
    request: Page,
    which: Annotated[CallState, QueryParameter(name="state")] = CallState.NOW,
    site: FromQuery[UUID | None] = None,
    after: FromQuery[str] = "",
) -> Response[str]:
    """Whom to call, and what to say."""
    return await _show(request, which, site, after)


@get("/calls/count", guards=[require(Role.RECEPTION)])
async def count(request: Page) -> Response[str]:
    """How many are to be called now, for the menu."""
    number = await queries.count_calls(request.user, now=clock.now())
    return fragment(request, "notifications/_calls_count.html", number=number)


@post("/calls/{borrower_id:uuid}/outcomes", guards=[require(Role.RECEPTION)])
async def called(
    request: Page,
    borrower_id: FromPath[UUID],
    data: Annotated[OutcomeForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """What came of a call."""
    now = clock.now()

    async def record() -> UUID:
        command = await data.command()
        return await services.record_outcome(request.user, borrower_id, command, now=now)

    try:
        await made_once(request, record, now=now)
        flash = Flash("ok", _("It is written down."))
    except Invalid as invalid:
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


async def _show(request: Page, state: CallState, site: UUID | None, after: str) -> Response[str]:
    now = clock.now()
    place = open_cursor(request, after, CallPlace, of="calls")
    wanted = CallFilter(state=state, site_id=site, after=place)
    found = await queries.list_calls(request.user, wanted, language=current_language(), now=now)
    counts = {
        each: await queries.count_calls(request.user, site_id=site, state=each, now=now)
        for each in CallState
    }
    return page(
        request,
        "notifications/calls.html",
        found=found,
        next=seal_cursor(request, found.next, of="calls"),
        wanted=wanted,
        counts=counts,
        done=await queries.just_done(request.user, now=now),
        sites=[(each.id, each.name) for each in await names_for(request.user)],
        now=now,
    )


ROUTES = [calls, count, called, undo]
