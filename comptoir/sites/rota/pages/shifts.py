"""Forms of shifts: a new one, and what can be done with one on one of its days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.ids import new_id
from comptoir.core.principal import Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.formats import format_day_of_year
from comptoir.core.web.forms import FormData, read_day
from comptoir.sites.chosen import Chosen, chosen_site
from comptoir.sites.exceptions.queries import public_calendar
from comptoir.sites.opening_hours import ONE_DAY
from comptoir.sites.rota import queries, shifts
from comptoir.sites.rota.errors import GapFilled, ShiftNotFound
from comptoir.sites.rota.occurrences import CLASH_DAYS, Shift
from comptoir.sites.rota.pages.forms import FormReader, texts
from comptoir.sites.rota.pages.places import Page, rota_address
from comptoir.sites.rota.schemas import AddShift, ChangeShift, Reach
from comptoir.sites.rota.validation import FURTHEST
from comptoir.sites.rota.wording import added_text, change_text, minutes_text, removal_text
from comptoir.sites.times import time_field

RECEPTION = [require(Role.RECEPTION)]
COORDINATOR = [require(Role.COORDINATOR)]
FIELDS = ("person", "day", "starts", "ends", "every_weeks", "last_day")
CHANGED = ("person", "new_day", "starts", "ends", "reach")


@get("/rota/shifts/new", guards=COORDINATOR)
async def new_shift(request: Page) -> Response[str]:
    """The form of a new shift, filled in as far as the address says."""
    query = request.query_params
    chosen = await chosen_site(request, query.get("site", ""))
    await shifts.need_editor(request.user, chosen.id)
    day = read_day(query.get("day", "")) or chosen.today
    day = min(max(day, chosen.today), chosen.today + FURTHEST)
    form = {name: query.get(name, "") for name in (*FIELDS, "for_gap")}
    form["day"] = day.isoformat()
    if not form["starts"]:
        form |= await _door(chosen, day)
    return await _new_form(request, chosen, form, [])


@post("/rota/shifts/new", guards=COORDINATOR)
async def add_shift(request: Page) -> Response[str]:
    """Put somebody on the rota."""
    data = await FormData.of(request)
    chosen = await chosen_site(request, data.text("site"))
    read = FormReader(data)
    day, last_day = read.day("day"), read.day_or_none("last_day")
    starts, ends = read.times()
    every_weeks = read.number("every_weeks", range(3)) or 0
    try:
        read.done()
        command = AddShift(
            site=chosen.id,
            person=data.identifier("person") or new_id(),
            day=day,
            starts=starts,
            ends=ends,
            every_weeks=every_weeks,
            last_day=last_day,
            for_gap=data.checked("for_gap"),
        )
        added = await shifts.add_shift(request.user, command, now=clock.now())
    except Invalid as invalid:
        form = texts(data, (*FIELDS, "for_gap"))
        return await _new_form(request, chosen, form, invalid.errors)
    except GapFilled:
        return await _new_form(request, chosen, texts(data, FIELDS), [], filled=True)
    names = {each.id: each.name for each in await queries.team(chosen.id)}
    undo = f"/rota/shifts/{added}/remove?day={day}&reach={Reach.FOLLOWING}"
    flash = Flash("ok", added_text(command, names), undo)
    return redirect(request, rota_address(chosen.id, day), flash=flash)


@get("/rota/shifts/{shift_id:uuid}", guards=RECEPTION)
async def show_shift(request: Page, shift_id: FromPath[UUID]) -> Response[str]:
    """A shift on one of its days: the one in the address, else the next."""
    shift, day = await _asked(request, shift_id)
    chosen = await chosen_site(request, str(shift.site))
    form = {
        "person": str(shift.person),
        "new_day": day.isoformat(),
        "starts": time_field(shift.starts),
        "ends": time_field(shift.ends),
        "reach": Reach.DAY,
    }
    return await _shift_page(request, chosen, shift, day, form, [])


@post("/rota/shifts/{shift_id:uuid}", guards=COORDINATOR)
async def change_shift(request: Page, shift_id: FromPath[UUID]) -> Response[str]:
    """Change a shift; also where it was dragged to another day or person."""
    data = await FormData.of(request)
    day = read_day(data.text("day")) or date.min
    shift = await shifts.found(request.user, shift_id, day)
    read = FormReader(data)
    new_day, (starts, ends) = read.day("new_day"), read.times()
    try:
        read.done()
        command = ChangeShift(
            day=day,
            person=data.identifier("person") or new_id(),
            new_day=new_day,
            starts=starts,
            ends=ends,
            reach=_reach(data.text("reach")),
        )
        changed = await shifts.change_shift(request.user, shift_id, command, now=clock.now())
    except Invalid as invalid:
        chosen = await chosen_site(request, str(shift.site))
        form = texts(data, CHANGED)
        return await _shift_page(request, chosen, shift, day, form, invalid.errors)
    names = {each.id: each.name for each in await queries.team(shift.site)}
    # The fragment keeps the focus on the shift, wherever it went.
    address = f"{rota_address(shift.site, new_day)}#shift-{changed}"
    return redirect(request, address, flash=Flash("ok", change_text(shift, command, names)))


@get("/rota/shifts/{shift_id:uuid}/remove", guards=COORDINATOR)
async def ask_remove(request: Page, shift_id: FromPath[UUID]) -> Response[str]:
    """Ask before a shift is taken off the rota on one of its days and all later ones."""
    shift, day = await _asked(request, shift_id)
    await shifts.need_editor(request.user, shift.site)
    return page(
        request,
        "core/confirm.html",
        title=_("Take all later shifts off the rota?"),
        text=_(
            "%(name)s would not be on the rota any more at %(times)s, from %(day)s on. "
            "This cannot be undone.",
            name=await _name(shift),
            times=minutes_text(shift.starts, shift.ends),
            day=format_day_of_year(day),
        ),
        action=request.url.path,
        label=_("Take off the rota"),
        back=f"/rota/shifts/{shift_id}?day={day}",
        kind="danger",
        fields={"day": day, "reach": Reach.FOLLOWING},
    )


@post("/rota/shifts/{shift_id:uuid}/remove", guards=COORDINATOR)
async def remove_shift(request: Page, shift_id: FromPath[UUID]) -> Response[str]:
    """Take a shift off the rota; also to undo, which says in its address what."""
    data = await FormData.of(request)
    query = request.query_params
    day = read_day(data.text("day") or query.get("day", "")) or date.min
    shift = await shifts.found(request.user, shift_id, day)
    reach = _reach(data.text("reach") or query.get("reach", ""))
    await shifts.remove_shift(request.user, shift_id, day, reach, now=clock.now())
    following = reach is Reach.FOLLOWING and not shift.once
    flash = Flash("ok", removal_text(shift, day, await _name(shift), following=following))
    return redirect(request, rota_address(shift.site, day), flash=flash)


async def _asked(request: Page, shift_id: UUID) -> tuple[Shift, date]:
    """The shift, and the day of it that the address names, else the next."""
    shift = await queries.shift(shift_id)
    if shift is None or not request.user.sees_site(shift.site):
        raise ShiftNotFound
    today = (await chosen_site(request, str(shift.site))).today
    day = read_day(request.query_params.get("day", "")) or next(
        shift.days(today, today + CLASH_DAYS * ONE_DAY), shift.first_day
    )
    # What is over is told to nobody but whose it is, by their calendar.
    if day < today or not shift.falls_on(day):
        raise ShiftNotFound
    return shift, day


async def _name(shift: Shift) -> str:
    team = await queries.team(shift.site)
    return next((each.name for each in team if each.id == shift.person), "")


async def _new_form(
    request: Page,
    chosen: Chosen,
    form: dict[str, str],
    errors: Sequence[FieldError],
    *,
    filled: bool = False,
) -> Response[str]:
    """The form; ``filled``: somebody else has filled the gap that it was for."""
    return page(
        request,
        "sites/shift_new.html",
        status=422 if errors else 409 if filled else 200,
        chosen=chosen,
        form={"for_gap": ""} | form,
        errors=errors,
        filled=filled,
        team=[(each.id, each.name) for each in await queries.team(chosen.id)],
        often=[
            ("0", _("On this day only")),
            ("1", _("Every week")),
            ("2", _("Every other week")),
        ],
        back=_back(chosen, form["day"]),
    )


async def _shift_page(
    request: Page,
    chosen: Chosen,
    shift: Shift,
    day: date,
    form: dict[str, str],
    errors: Sequence[FieldError],
) -> Response[str]:
    team = await queries.team(chosen.id)
    offers = await queries.offers(chosen.id, day, day)
    open_offers = [each.id for each in offers if each.shift == shift.id and not each.taken_by]
    return page(
        request,
        "sites/shift.html",
        status=422 if errors else 200,
        chosen=chosen,
        shift=shift,
        day=day,
        times=minutes_text(shift.starts, shift.ends),
        name=next((each.name for each in team if each.id == shift.person), ""),
        own=shift.person == request.user.id,
        offer=next(iter(open_offers), None),
        form=form,
        errors=errors,
        team=[(each.id, each.name) for each in team],
        reaches=[
            (Reach.DAY, _("On this day only")),
            (Reach.FOLLOWING, _("On this day and all later ones")),
        ],
        back=rota_address(chosen.id, day),
    )


async def _door(chosen: Chosen, day: date) -> dict[str, str]:
    """From when to when the door is open on a day, for a form; empty where it is not."""
    calendar = await public_calendar(chosen.site, since=day)
    opened = calendar.intervals(day)
    if not opened:
        return {}
    first, last = opened[0].opens, opened[-1].closes
    zone = calendar.zone
    return {"starts": f"{first.astimezone(zone):%H:%M}", "ends": f"{last.astimezone(zone):%H:%M}"}


def _reach(text: str) -> Reach:
    return Reach.FOLLOWING if text == Reach.FOLLOWING else Reach.DAY


def _back(chosen: Chosen, day: str) -> str:
    return rota_address(chosen.id, read_day(day) or chosen.today)


ROUTES = [new_shift, add_shift, show_shift, change_shift, ask_remove, remove_shift]
