"""The categories: what they are called in four languages, and their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid, PreconditionFailed
from comptoir.core.i18n import LANGUAGES
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import FormData, in_form, shown_again, status_of_form
from comptoir.core.web.once import made_once
from comptoir.inventory.names import NAME_INPUTS, Names
from comptoir.inventory.queries import catalogue
from comptoir.inventory.schemas import CategoryView, SaveCategory
from comptoir.inventory.services.catalogue import (
    create_category,
    edit_category,
    move_category,
)

Page = Request[Principal, Any, Any]
PATH = "/settings/categories"
COORDINATOR = [require(Role.COORDINATOR)]


def read_names(form: FormData, field: str) -> Names:
    """The names of fields such as ``name_fr``; those left empty are absent."""
    typed = {language: form.text(f"{field}_{language}") for language in LANGUAGES}
    return {language: name for language, name in typed.items() if name}


@get(PATH, guards=COORDINATOR)
async def category_list(request: Page) -> Response[str]:
    """All categories in their order."""
    return page(request, "inventory/categories.html", categories=await catalogue.categories())


@get(f"{PATH}/new", guards=COORDINATOR)
async def new_category(request: Page) -> Response[str]:
    """The empty form."""
    return _form(request, SaveCategory({}), [])


@post(f"{PATH}/new", guards=COORDINATOR)
async def add_category(request: Page) -> Response[str]:
    """Add a category."""
    form = await FormData.of(request)
    command, now = SaveCategory(read_names(form, "name")), clock.now()
    try:
        await made_once(request, lambda: create_category(request.user, command, now=now), now=now)
    except Invalid as invalid:
        return _form(request, command, invalid.errors)
    return redirect(request, PATH, flash=Flash("ok", _("Category added.")))


@get(f"{PATH}/{{category_id:uuid}}", guards=COORDINATOR)
async def category_form(request: Page, category_id: FromPath[UUID]) -> Response[str]:
    """The form of a category."""
    view = await catalogue.category(category_id)
    return _form(request, SaveCategory(view.names, view.active), [], view)


@post(f"{PATH}/{{category_id:uuid}}", guards=COORDINATOR)
async def save_category(request: Page, category_id: FromPath[UUID]) -> Response[str]:
    """Change a category."""
    form = await FormData.of(request)
    command = SaveCategory(read_names(form, "name"), form.checked("active"))
    version = form.whole("version") or 0
    try:
        await edit_category(request.user, category_id, command, version=version, now=clock.now())
    except (Invalid, PreconditionFailed) as error:
        view = await catalogue.category(category_id)
        errors, version = shown_again(error, sent=version, saved=view.version)
        view = msgspec.structs.replace(view, version=version)
        return _form(request, command, errors, view)
    return redirect(request, PATH, flash=Flash("ok", _("Saved.")))


@post(f"{PATH}/{{category_id:uuid}}/move", guards=COORDINATOR)
async def move(request: Page, category_id: FromPath[UUID]) -> Response[str]:
    """Let a category change places with the one above or below it."""
    form = await FormData.of(request)
    await move_category(request.user, category_id, up=form.text("to") == "up", now=clock.now())
    return redirect(request, PATH)


def _form(
    request: Page,
    form: SaveCategory,
    errors: Sequence[FieldError],
    category: CategoryView | None = None,
) -> Response[str]:
    return page(
        request,
        "inventory/category_form.html",
        status=status_of_form(errors),
        form=form,
        errors=in_form(errors, NAME_INPUTS),
        category=category,
    )


ROUTES = [category_list, new_category, add_category, category_form, save_category, move]
