"""What the desk answers: the whole of what stands under its field, after each step.

So the screen is always the state; without JavaScript it comes as a page.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from litestar import Request, Response
from litestar.enums import RequestEncodingType
from litestar.params import Body

from comptoir.core.i18n import current_language
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.core.web import fragment, is_htmx, page, panels
from comptoir.core.web.forms import id_or_none
from comptoir.inventory.pages.wording import CHIPS, STATUSES
from comptoir.lending import search
from comptoir.lending.borrowers.forms import form_about
from comptoir.lending.borrowers.pages import CONTACTS, found_context
from comptoir.lending.desk.kept import Done, decode_recent, encode_recent, encode_waiting
from comptoir.lending.desk.naming import reads_like_a_code, things_named
from comptoir.lending.desk.recent import done_by, handled_here, read_recent
from comptoir.lending.desk.recent_cookie import keep_recent
from comptoir.lending.desk.schemas import DeskResult, Step, StepKind
from comptoir.lending.desk.view import names_of, read_items, read_visit
from comptoir.lending.errors import LendingRefused, NoSiteChosen, sentence
from comptoir.lending.loans.last_steps import UNDO_TIME
from comptoir.lending.scans import WaitingItem, still_waiting
from comptoir.lending.vouchers.at_desk import Choice, for_anybody
from comptoir.lending.vouchers.went_with import went_with
from comptoir.sites.confirming import hours_to_confirm

Page = Request[Principal, Any, Any]
Answer = Response[str]
Sent = TypeVar("Sent")
#: A body sent by a form.
Posted = Annotated[Sent, Body(media_type=RequestEncodingType.URL_ENCODED)]
#: What higher floors have waiting for whoever is at a desk; the subject is its site.
SLOT = "lending.desk"


async def answer_desk(request: Page, result: DeskResult, recent: str = "") -> Answer:
    """The state of the desk after a step, as a fragment or as a page.

    Whatever was posted to, the script puts ``address`` into the browser's
    line, so that a reload comes back to the visit. ``recent`` is what the desk
    has done in the minute before, as the browser kept it.
    """
    done = decode_recent(recent, now=result.at)
    if is_htmx(request.scope) and await _is_repeated(result, done):
        return Response("", status_code=204)
    context = await desk_context(request.user, result, done)
    cookies = [keep_recent(request, context["recent_value"])]
    if is_htmx(request.scope):
        return fragment(request, "lending/_desk.html", cookies=cookies, **context)
    return await whole_desk(request, context, menu_at="/desk", cookies=cookies)


async def whole_desk(request: Page, context: dict[str, Any], **values: Any) -> Answer:
    """The page of the desk, with what waits at its site."""
    site_id = request.user.site_id
    waiting = await panels.fill(SLOT, request.user, site_id, now=context["now"]) if site_id else []
    return page(request, "lending/desk.html", waiting=waiting, **values, **context)


async def _is_repeated(result: DeskResult, done: tuple[Done, ...]) -> bool:
    """Whether the same scan came twice, so that what is on the screen still holds.

    A scan that did nothing was of an item handled this moment. At another desk, or
    for the next person at this one, that is no repetition: it must be said.
    """
    if not result.steps or result.steps[0].kind is not StepKind.IGNORED:
        return False
    return await handled_here(result.steps[0].item, done, result.visit_id)


async def desk_context(
    actor: Principal, result: DeskResult, recent: tuple[Done, ...] = ()
) -> dict[str, Any]:
    """What the templates show after a step; ``recent`` was done in the minute before it."""
    just_done = done_by(result.steps, now=result.at)
    told = {(done.kind, done.id) for done in just_done}
    recent = tuple(done for done in recent if (done.kind, done.id) not in told)
    step = result.steps[-1] if result.steps else None
    items = await read_items({each.item for each in result.steps if each.item})
    searched = step is not None and step.kind is StepKind.SEARCHED
    typed = step.text if searched and step else ""
    visit = await read_visit(actor, result.visit_id, now=result.at)
    found = await found_context(actor, typed) if searched else {}
    # So long a text is no name and no number either.
    like_a_code = reads_like_a_code(typed) or len(typed) > search.LONGEST_QUERY
    return {
        "visit": visit,
        "address": address_of(visit.id if visit else None),
        "steps": result.steps,
        "step": step,
        "items": items,
        "who": await _who_was_here(actor, result.steps),
        "just_lent": [loan for loan in map(_lent_and_back, result.steps) if loan],
        "went_with": await went_with(
            {back.loan_id for each in result.steps if (back := each.check_in) and back.loan_id}
        ),
        "form": form_about(
            "" if like_a_code else typed, language=current_language(), borrower_id=new_id()
        ),
        "contacts": CONTACTS,
        **found,
        "things": await things_named(actor, typed) if searched and not found["found"] else [],
        "statuses": STATUSES,
        "chips": CHIPS,
        "like_a_code": like_a_code,
        # Whoever is registered from here is lent these, however long that takes.
        "waiting_value": encode_waiting(_still(result)),
        "recent": await read_recent(actor, recent, visit, now=result.at),
        "recent_value": encode_recent((*recent, *just_done)),
        "attempt_id": new_id(),
        "for_anybody": await _for_anybody(actor, visit is None and _has_time(step), now=result.at),
        "undo_seconds": int(UNDO_TIME.total_seconds()),
        "sentence": sentence,
        "hours_to_confirm": await _asks_about_hours(
            actor, visit is None and step is None, now=result.at
        ),
        "sets_rules": actor.has_role(Role.COORDINATOR),
        "sets_hours": actor.has_role(Role.COORDINATOR, actor.site_id),
        "now": result.at,
    }


def _has_time(step: Step | None) -> bool:
    """Whether the desk has nothing in hand: after one who was not asked, the next may come."""
    return step is None or step.kind is StepKind.GIVEN


async def _for_anybody(actor: Principal, is_free: bool, *, now: datetime) -> tuple[Choice, ...]:
    """What is given to somebody who is not asked who they are, at a desk that is free."""
    if not is_free or actor.site_id is None:
        return ()
    return await for_anybody(actor.site_id, now=now)


async def _asks_about_hours(actor: Principal, is_free: bool, *, now: datetime) -> bool:
    """Whether to ask if the hours are still right: of a desk that is free, not amid a visit."""
    return is_free and actor.site_id is not None and await hours_to_confirm(actor.site_id, now=now)


async def _who_was_here(actor: Principal, steps: tuple[Step, ...]) -> dict[UUID, str]:
    """The names of those from whom something was taken back, who left unsigned, or were told."""
    people = {each.check_in.borrower_id if each.check_in else each.borrower_id for each in steps}
    return await names_of(actor, {person for person in people if person})


def _lent_and_back(step: Step) -> UUID | None:
    """The loan that was over so soon that the scan may have been to see whether it was made."""
    back = step.check_in
    if back is None or back.checked_out_at is None:
        return None
    return back.loan_id if back.returned_at - back.checked_out_at < UNDO_TIME else None


def address_of(visit_id: UUID | None) -> str:
    """The address of the desk with this visit open."""
    return f"/desk?visit={visit_id}" if visit_id else "/desk"


def _still(result: DeskResult) -> tuple[WaitingItem, ...]:
    wait = still_waiting(result.waiting, now=result.at)
    return tuple(item for item in result.waiting if item.item_id in wait)


def stay(visit: str, *steps: Step, now: datetime) -> DeskResult:
    """The visit of a hidden field stays open, and this was done."""
    return DeskResult(visit_id=id_or_none(visit), steps=steps, at=now)


def refused(error: LendingRefused) -> Step:
    """The step that says why not."""
    return Step(kind=StepKind.REFUSED, refusal=error.refusal)


def site_of(actor: Principal) -> UUID:
    """The site of the desk.

    Raises:
        NoSiteChosen: the actor has not said at which site they work.
    """
    if actor.site_id is None:
        raise NoSiteChosen
    return actor.site_id
