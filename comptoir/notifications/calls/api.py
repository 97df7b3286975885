"""The call list for other programs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import (
    Call,
    Moment,
    Page,
    PageQuery,
    decode_cursor,
    delete,
    encode_cursor,
    get,
    post,
)
from comptoir.core.i18n import current_language
from comptoir.notifications.calls import queries, services
from comptoir.notifications.calls.schemas import (
    CallEntry,
    CallFilter,
    CallPlace,
    CallState,
    Outcome,
    RecordOutcome,
    Script,
)
from comptoir.notifications.errors import CallNotFound, CallNotUndone
from comptoir.sites.errors import SiteNotFound

TAG = "Calls"


class CallsQuery(PageQuery, frozen=True, kw_only=True):
    """Which calls."""

    state: Annotated[
        CallState,
        msgspec.Meta(
            description="Now; later, at an agreed time or the day after a voicemail; or nobody "
            "can reach them: ask at the next visit."
        ),
    ] = CallState.NOW
    site: Annotated[UUID, msgspec.Meta(description="Of this site.")] | None = None


class CallLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to call for a site. `at` is since when, or when to call again.

    `phone` is empty where there is none that is theirs: then `counsellor` says through whom, and
    `counsellor_phone` is the number that stands in it, if one does. `proposed` is a time to call
    again, on the clock of the site. `scripts` say what to tell them, in the language of the call
    and in their own.
    """

    site_id: UUID
    borrower_id: UUID
    language: str
    phone: str
    email: str
    counsellor: str
    counsellor_phone: str
    at: Moment
    proposed: str
    scripts: list[Script]
    last: Outcome | None
    last_at: Moment | None


class Recorded(msgspec.Struct, frozen=True):
    """What was written down; `id` takes it back within a minute."""

    id: UUID


@get("/calls", scopes=("borrowers",), tag=TAG, errors=(SiteNotFound,))
async def list_calls(call: Call, query: CallsQuery) -> Page[CallLine]:
    """List whom to call, the longest wait first."""
    wanted = CallFilter(
        state=query.state,
        site_id=query.site,
        after=decode_cursor(query.cursor, CallPlace),
        limit=query.limit,
    )
    found = await queries.list_calls(call.actor, wanted, language=current_language(), now=call.now)
    following = encode_cursor(found.next) if found.next else None
    return Page([_line(entry) for entry in found.entries], following)


@post(
    "/calls/{borrower_id:uuid}/outcomes",
    scopes=("borrowers",),
    tag=TAG,
    status=201,
    errors=(CallNotFound,),
)
async def record_call(call: Call, borrower_id: UUID, data: RecordOutcome) -> Recorded:
    """Write down what came of calling somebody.

    `reached` settles all that there was to tell; `voicemail` comes again the next day;
    `wrong-number` stops messages to the number and asks for another at the next visit;
    `call-back` comes again at `call_at`.
    """
    return Recorded(await services.record_outcome(call.actor, borrower_id, data, now=call.now))


@delete(
    "/call-outcomes/{outcome_id:uuid}",
    scopes=("borrowers",),
    tag=TAG,
    errors=(CallNotFound, CallNotUndone),
)
async def undo_call(call: Call, outcome_id: UUID) -> None:
    """Take back what came of a call, within a minute."""
    await services.undo_outcome(call.actor, outcome_id, now=call.now)


def _line(entry: CallEntry) -> CallLine:
    """An entry without the person's name."""
    values = {
        name: getattr(entry, name) for name in CallLine.__struct_fields__ if name != "scripts"
    }
    return CallLine(scripts=list(entry.scripts), **values)


ROUTES = [list_calls, record_call, undo_call]
