"""Several items of one model: numbers scanned one after another into one field.

The text of numbers is the whole state. Without JavaScript, Enter in the field
sends the form, which comes back with one line more; with it, ``several.js``
adds the line at once and asks for the list alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import msgspec
from litestar import Request, Response, get, post

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import ngettext
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, fragment, page, redirect
from comptoir.core.web.forms import FormData, id_or_none, in_form
from comptoir.core.web.once import done_once
from comptoir.inventory.errors import ModelNotFound
from comptoir.inventory.pages.basics import BASICS_INPUTS, BasicsForm, choices, read_basics
from comptoir.inventory.queries import catalogue
from comptoir.inventory.schemas import CreateSeveral, ModelView, Numbers
from comptoir.inventory.services.items import check_numbers, create_several
from comptoir.inventory.several import MOST_ITEMS, WITHOUT_NUMBER, read_numbers, write_numbers

Page = Request[Principal, Any, Any]
_LONGEST = 60_000


class SeveralForm(BasicsForm, frozen=True):
    """The fields of the form, as they were typed."""

    numbers: str = ""

    @classmethod
    def of(cls, form: FormData) -> Self:
        """What a request sent."""
        typed = super().of(form)
        return msgspec.structs.replace(typed, numbers=typed.numbers[:_LONGEST])


class NumberLine(msgspec.Struct, frozen=True):
    """One item of the list, and what is wrong with it."""

    place: int
    numbers: Numbers
    text: str
    errors: Sequence[FieldError]


@get("/items/several", guards=[require(Role.COORDINATOR)])
async def several_form(request: Page) -> Response[str]:
    """The empty form, for the site one works at."""
    site = request.user.site_id
    return await _form(request, SeveralForm(home_site=str(site) if site else ""), [])


@post("/items/several", guards=[require(Role.COORDINATOR)])
async def add_several(request: Page) -> Response[str]:
    """One line more, or all of them brought in."""
    data = await FormData.of(request)
    form = SeveralForm.of(data)
    if not data.text("save"):
        return await _form(request, await _with(form, data), [])
    try:
        model = await _model(form)
        numbers = read_numbers(form.numbers, model.imei_count if model else 0)
        values = read_basics(form)
        _refuse_amount(len(numbers))
        command = CreateSeveral(numbers=tuple(numbers), **values)
        codes = await done_once(request, lambda: _bring_in(request.user, command), now=clock.now())
    except Invalid as invalid:
        return await _form(request, form, [*map(_by_line, invalid.errors)])
    flash = Flash(
        "ok",
        ngettext(
            "%(num)s item brought in. Print its label.",
            "%(num)s items brought in. Print their labels.",
            len(numbers),
        ),
    )
    return redirect(request, f"/items/labels?code={codes}", flash=flash)


async def _bring_in(actor: Principal, command: CreateSeveral) -> str:
    """The codes of new items, as the page of labels takes them."""
    return ".".join(await create_several(actor, command, now=clock.now()))


@post("/items/several/check", status_code=200, guards=[require(Role.COORDINATOR)])
async def check_several(request: Page) -> Response[str]:
    """The list of what was scanned so far, each line with what is wrong with it."""
    form = SeveralForm.of(await FormData.of(request))
    lines = await _lines(request.user, form)
    return fragment(request, "inventory/_numbers.html", lines=lines)


async def _with(form: SeveralForm, data: FormData) -> SeveralForm:
    """The form after Enter in its field, or after a button of its list."""
    model = await _model(form)
    numbers = read_numbers(form.numbers, model.imei_count if model else 0)
    if (place := data.whole("remove")) and place <= len(numbers):
        del numbers[place - 1]
        return msgspec.structs.replace(form, numbers=write_numbers(numbers))
    scanned = WITHOUT_NUMBER if data.text("without") else data.text("scan")[:200]
    text = f"{form.numbers}\n{scanned}" if form.numbers else scanned
    return msgspec.structs.replace(form, numbers=text)


async def _form(request: Page, form: SeveralForm, errors: Sequence[FieldError]) -> Response[str]:
    return page(
        request,
        "inventory/several.html",
        status=422 if errors else 200,
        form=form,
        errors=in_form(errors, BASICS_INPUTS),
        lines=await _lines(request.user, form),
        **await choices(request.user),
    )


async def _lines(actor: Principal, form: SeveralForm) -> list[NumberLine]:
    model = await _model(form)
    if model is None:
        numbers = read_numbers(form.numbers, 0)[:MOST_ITEMS]
        problems: list[list[FieldError]] = [[] for _each in numbers]
    else:
        numbers = read_numbers(form.numbers, model.imei_count)[:MOST_ITEMS]
        _cleaned, problems = await check_numbers(actor, model, numbers)
    return [
        NumberLine(place, each, write_numbers([each]).strip(), wrong)
        for place, (each, wrong) in enumerate(zip(numbers, problems, strict=True), 1)
    ]


async def _model(form: SeveralForm) -> ModelView | None:
    model_id = id_or_none(form.model)
    if model_id is None:
        return None
    try:
        return await catalogue.model(model_id)
    except ModelNotFound:
        return None


def _by_line(error: FieldError) -> FieldError:
    """The lines are one field, so what is wrong with one says which (from 1)."""
    place = re.match(r"numbers\[(\d+)\]", error.field)
    if place is None:
        return error
    message = _("Line %(line)s: %(problem)s", line=int(place[1]) + 1, problem=error.message)
    return FieldError("numbers", error.code, message)


def _refuse_amount(count: int) -> None:
    if count == 0:
        raise Invalid(
            [FieldError("scan", "inventory.numbers-missing", _("Scan at least one item."))]
        )
    if count > MOST_ITEMS:
        message = _("Bring in at most %(most)s items at once.", most=MOST_ITEMS)
        raise Invalid([FieldError("numbers", "inventory.too-many-items", message)])


ROUTES = [several_form, add_several, check_several]
