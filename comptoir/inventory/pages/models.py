"""The models, each with what belongs to its items."""

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
from comptoir.core.i18n import LANGUAGES, localized
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import FormData, id_or_none, in_form, shown_again, status_of_form
from comptoir.core.web.once import made_once
from comptoir.inventory.pages.categories import read_names
from comptoir.inventory.queries import catalogue
from comptoir.inventory.schemas import ModelView, SaveAccessory, SaveModel
from comptoir.inventory.services.catalogue import create_model, edit_model
from comptoir.inventory.validation import MOST_ACCESSORIES
from comptoir.inventory.vouchers.bundles import goes_with, set_bundle
from comptoir.inventory.vouchers.queries import kinds

Page = Request[Principal, Any, Any]
PATH = "/settings/models"
COORDINATOR = [require(Role.COORDINATOR)]

#: The inputs of an accessory's names, by the paths of the command.
INPUTS = {
    r"accessories\[(\d+)\]\.names": rf"accessory_\1_{LANGUAGES[0]}",
    r"accessories\[(\d+)\]\.names\.(\w+)": r"accessory_\1_\2",
}


class ModelForm(msgspec.Struct, frozen=True):
    """The fields of a model's form, as they were typed; ``accessories`` has a spare row."""

    category: str = ""
    manufacturer: str = ""
    name: str = ""
    short_name: str = ""
    imei_count: str = "0"
    active: bool = True
    version: str = ""
    accessories: tuple[SaveAccessory, ...] = ()

    @classmethod
    def of(cls, form: FormData) -> ModelForm:
        """What a request sent; accessories without any name are left out."""
        rows = range(MOST_ACCESSORIES + 1)
        accessories = (
            SaveAccessory(
                read_names(form, f"accessory_{row}"), form.identifier(f"accessory_{row}_id")
            )
            for row in rows
        )
        texts = ("category", "manufacturer", "name", "short_name", "imei_count", "version")
        return cls(
            **{name: form.text(name) for name in texts},
            active=form.checked("active"),
            accessories=tuple(accessory for accessory in accessories if accessory.names),
        )

    @classmethod
    def of_model(cls, model: ModelView) -> ModelForm:
        """What is kept of a model."""
        return cls(
            category=str(model.category),
            manufacturer=model.manufacturer,
            name=model.name,
            short_name=model.short_name,
            imei_count=str(model.imei_count),
            active=model.active,
            version=str(model.version),
            accessories=tuple(SaveAccessory(each.names, each.id) for each in model.accessories),
        )

    def command(self) -> SaveModel:
        """The command.

        Raises:
            Invalid: no category was chosen.
        """
        category = id_or_none(self.category)
        if category is None:
            raise Invalid(
                [FieldError("category", "inventory.category-missing", _("Choose the category."))]
            )
        return SaveModel(
            category=category,
            name=self.name,
            manufacturer=self.manufacturer,
            short_name=self.short_name,
            imei_count=int(self.imei_count) if self.imei_count in ("0", "1", "2") else -1,
            active=self.active,
            accessories=self.accessories,
        )


@get(PATH, guards=COORDINATOR)
async def model_list(request: Page) -> Response[str]:
    """All models by category."""
    return page(request, "inventory/models.html", models=await catalogue.models())


@get(f"{PATH}/new", guards=COORDINATOR)
async def new_model(request: Page) -> Response[str]:
    """The empty form."""
    return await _form(request, ModelForm(), [])


@post(f"{PATH}/new", guards=COORDINATOR)
async def add_model(request: Page) -> Response[str]:
    """Add a model, or one more row for an accessory."""
    data = await FormData.of(request)
    form = ModelForm.of(data)
    if data.text("more"):
        return await _form(request, form, [])
    try:
        command, now = form.command(), clock.now()
        model_id = await made_once(
            request, lambda: create_model(request.user, command, now=now), now=now
        )
    except Invalid as invalid:
        return await _form(request, form, invalid.errors)
    flash = Flash("ok", _("Model added. Bring in its items."))
    return redirect(request, f"/items/new?model={model_id}", flash=flash)


@get(f"{PATH}/{{model_id:uuid}}", guards=COORDINATOR)
async def model_form(request: Page, model_id: FromPath[UUID]) -> Response[str]:
    """The form of a model."""
    model = await catalogue.model(model_id)
    return await _form(request, ModelForm.of_model(model), [], model)


@post(f"{PATH}/{{model_id:uuid}}", guards=COORDINATOR)
async def save_model(request: Page, model_id: FromPath[UUID]) -> Response[str]:
    """Change a model, or give its form one more row for an accessory."""
    data = await FormData.of(request)
    form = ModelForm.of(data)
    if data.text("more"):
        return await _form(request, form, [], await catalogue.model(model_id))
    version = data.whole("version") or 0
    try:
        await edit_model(
            request.user,
            model_id,
            form.command(),
            version=version,
            now=clock.now(),
        )
    except (Invalid, PreconditionFailed) as error:
        model = await catalogue.model(model_id)
        errors, version = shown_again(error, sent=version, saved=model.version)
        form = msgspec.structs.replace(form, version=str(version))
        return await _form(request, form, errors, model)
    return redirect(request, PATH, flash=Flash("ok", _("Saved.")))


@post(f"{PATH}/{{model_id:uuid}}/vouchers", guards=COORDINATOR)
async def save_bundle(request: Page, model_id: FromPath[UUID]) -> Response[str]:
    """Say which vouchers go with its items."""
    data = await FormData.of(request)
    chosen = [kind for kind in map(id_or_none, data.texts("kinds")) if kind]
    await set_bundle(request.user, model_id, chosen, now=clock.now())
    return redirect(request, PATH, flash=Flash("ok", _("Saved.")))


async def _form(
    request: Page,
    form: ModelForm,
    errors: Sequence[FieldError],
    model: ModelView | None = None,
) -> Response[str]:
    categories = [
        (each.id, localized(each.names))
        for each in await catalogue.categories()
        if each.active or str(each.id) == form.category
    ]
    return page(
        request,
        "inventory/model_form.html",
        status=status_of_form(errors),
        form=form,
        errors=in_form(errors, INPUTS),
        model=model,
        categories=categories,
        rows=(*form.accessories, SaveAccessory({})),
        vouchers=[
            (kind.id, localized(kind.names)) for kind in await kinds(active_only=True) if model
        ],
        bundle=await goes_with(model.id) if model else [],
    )


ROUTES = [model_list, new_model, add_model, model_form, save_model, save_bundle]
