"""Counting a drawer of vouchers, and what earlier counts found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized, ngettext
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Filters, Flash, page, redirect
from comptoir.core.web.forms import FormData
from comptoir.core.web.once import made_once
from comptoir.inventory.vouchers import parcels
from comptoir.inventory.vouchers.carrying import LARGEST_SEALED
from comptoir.inventory.vouchers.counts import (
    Counted,
    CountVouchers,
    compare_drawer,
    count_vouchers,
)
from comptoir.inventory.vouchers.drawer_errors import (
    DifferenceUnexplained,
)
from comptoir.inventory.vouchers.queries import kinds
from comptoir.inventory.vouchers.scans_kept import keep, scans_of
from comptoir.sites.chosen import chosen_site

Page = Request[Principal, Any, Any]
RECEPTION = [require(Role.RECEPTION)]
_ROWS = 30
#: Vouchers that were not found and are listed: of more nobody looks for each.
_NAMED = 50
#: Lines of a scan that one sentence names.
_LINES = 10
#: Vouchers that one count scans: a drawer, not a depot.
MOST_SCANNED = 2_000


@get("/vouchers/counts", guards=RECEPTION)
async def count_list(request: Page) -> Response[str]:
    """Count, and read what was counted."""
    return await _page(request, Filters(request).site())


async def _page(
    request: Page,
    site: UUID | None,
    form: dict[str, str] | None = None,
    invalid: Invalid | None = None,
    *,
    scans: Sequence[str] = (),
    found_now: Counted | None = None,
) -> Response[str]:
    chosen = await chosen_site(request, site)
    filters = Filters(request)
    older = filters.after("older")
    found = await parcels.counts(request.user, site_id=chosen.id, older=older, limit=_ROWS + 1)
    query = {"site": str(chosen.id)}
    following = urlencode(query | {"older": str(found[_ROWS - 1].id)}) if found[_ROWS:] else ""
    last = filters.after("count")
    counted = next((each for each in found if each.id == last), None)
    missing = await parcels.missed(counted.id, limit=_NAMED) if counted else []
    more = counted.missing - len(missing) if counted else 0
    if found_now:
        missing = await parcels.in_hand(found_now.missing[:_NAMED])
        more = len(found_now.missing) - len(missing)
    answer = page(
        request,
        "inventory/vouchers/counts.html",
        status=422 if invalid else 200,
        chosen=chosen,
        sites=[(str(key), name) for key, name in chosen.options],
        kinds=[
            ("", _("Choose")),
            *((str(each.id), localized(each.names)) for each in await kinds()),
        ],
        form=form or {"kind": "", "counted": "", "explanation": ""},
        errors=invalid.errors if invalid else [],
        found=found[:_ROWS],
        opened=counted,
        difference=_said(found_now) if found_now else "",
        kept=await keep(request, scans, now=clock.now()),
        anew=f"/vouchers/counts?{urlencode(query)}",
        missing=missing,
        more_missing=more,
        zone=chosen.site.time_zone,
        older=str(older or ""),
        next_url=f"/vouchers/counts?{following}" if following else None,
        first_url=f"/vouchers/counts?{urlencode(query)}" if older else None,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@post("/vouchers/counts", guards=RECEPTION, request_max_body_size=LARGEST_SEALED)
async def count(request: Page) -> Response[str]:
    """Write down what lies in a drawer."""
    data = await FormData.of(request)
    form = {name: data.text(name) for name in ("kind", "counted", "explanation")}
    site = await chosen_site(request, data.text("site"))
    codes: tuple[str, ...] = ()
    command = None
    try:
        codes = await scans_of(request, data, now=clock.now())
        kind = _kind(data.identifier("kind"))
        if len(codes) > MOST_SCANNED:
            raise _at("codes", _("Scan at most %(most)s at once.", most=MOST_SCANNED))
        command = CountVouchers(
            site.id,
            kind,
            _number(form["counted"]) if form["counted"] or not codes else None,
            codes or None,
            form["explanation"],
        )
        count_id, flash = await _count_once(request, command)
    except Invalid as invalid:
        found_now = None
        if command is not None and isinstance(invalid, DifferenceUnexplained):
            found_now = await compare_drawer(request.user, command)
        return await _page(
            request,
            site.id,
            form,
            invalid,
            scans=codes[:MOST_SCANNED],
            found_now=found_now,
        )
    query = urlencode({"site": site.id, "count": count_id})
    return redirect(request, f"/vouchers/counts?{query}", flash=flash)


async def _count_once(request: Page, command: CountVouchers) -> tuple[UUID, Flash]:
    """The id of the count and what is said of it; a form that came before is not counted again."""
    flash, now = Flash("ok", _("This was noted already.")), clock.now()

    async def make() -> UUID:
        nonlocal flash
        counted = await count_vouchers(request.user, command, now=now)
        flash = Flash("warn" if counted.differs else "ok", _noted(counted))
        return counted.id

    return await made_once(request, make, now=now), flash


def _noted(counted: Counted) -> str:
    """What was written down of a count."""
    return (
        _("Noted: all is there.")
        if not counted.differs
        else _("Noted: %(found)s", found=_said(counted))
    )


def _said(counted: Counted) -> str:
    """How a count differs, in words whose numbers add up; of a code only its line is said."""
    if not counted.others:
        return _(
            "%(counted)s counted, %(expected)s expected.",
            counted=counted.counted,
            expected=counted.expected,
        )
    said = [
        _(
            "%(counted)s counted: %(right)s of the %(expected)s expected, and %(others)s others.",
            counted=counted.counted,
            right=counted.expected - len(counted.missing),
            expected=counted.expected,
            others=counted.others,
        )
    ]
    said.append(
        ngettext(
            "Line %(lines)s: a voucher that should not lie here, as it was given already "
            "or is of another site or kind.",
            "Lines %(lines)s: vouchers that should not lie here, as they were given already "
            "or are of another site or kind.",
            len(counted.unexpected),
            lines=_lines(counted.unexpected),
        )
    )
    return " ".join(said)


def _lines(lines: tuple[int, ...]) -> str:
    named = ", ".join(str(line) for line in lines[:_LINES])
    return f"{named} …" if lines[_LINES:] else named


def _kind(kind_id: UUID | None) -> UUID:
    if kind_id is None:
        raise _at("kind", _("Choose what you counted."))
    return kind_id


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise _at("counted", _("Write how many there are, or scan them."))
    return int(text)


def _at(field: str, text: str) -> Invalid:
    return Invalid([FieldError(field, "inventory.voucher-count-unfit", text)])


ROUTES = [count_list, count]
