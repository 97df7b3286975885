"""A batch that was taken in wrongly: its form, and the page that asks before it goes out again."""

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
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized, ngettext
from comptoir.core.principal import Principal, Role
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import (
    FormData,
    in_form,
    read_day,
    read_hundredths,
    shown_again,
    status_of_form,
)
from comptoir.inventory.permissions import need_manager
from comptoir.inventory.validation import CURRENCIES
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.batch_form import INPUTS, field_errors, known_funders
from comptoir.inventory.vouchers.correcting import change_batch, take_out_batch, use_of
from comptoir.inventory.vouchers.errors import VoucherBatchUsed
from comptoir.inventory.vouchers.schemas import BatchView, ChangeBatch

Page = Request[Principal, Any, Any]
PATH = "/vouchers/batches/{batch_id:uuid}"
COORDINATOR = [require(Role.COORDINATOR)]


class ChangeForm(msgspec.Struct, frozen=True):
    """What was typed."""

    funder: str
    order_number: str
    activate_by: str
    cost: str
    currency: str

    @classmethod
    def of(cls, data: FormData) -> ChangeForm:
        """What a request sent."""
        return cls(**{name: data.text(name) for name in cls.__struct_fields__})

    @classmethod
    def shown(cls, batch: BatchView) -> ChangeForm:
        """A batch as it is."""
        return cls(
            funder=batch.funder,
            order_number=batch.order_number,
            activate_by=batch.activate_by.isoformat() if batch.activate_by else "",
            cost="" if batch.cost_cents is None else f"{batch.cost_cents / 100:.2f}",
            currency=batch.currency,
        )

    def command(self) -> ChangeBatch:
        """The batch as it shall be.

        Raises:
            Invalid: a field cannot be read.
        """
        if errors := field_errors(self.activate_by, self.cost):
            raise Invalid(errors)
        return ChangeBatch(
            funder=self.funder,
            order_number=self.order_number,
            activate_by=read_day(self.activate_by),
            cost_cents=read_hundredths(self.cost),
            currency=self.currency,
        )


@get(f"{PATH}/edit", guards=COORDINATOR)
async def batch_form(request: Page, batch_id: FromPath[UUID]) -> Response[str]:
    """What is said of a batch, to be corrected."""
    batch = await _managed(request.user, batch_id)
    return await _form(request, batch, ChangeForm.shown(batch), [], batch.version)


@post(f"{PATH}/edit", guards=COORDINATOR)
async def save_batch(request: Page, batch_id: FromPath[UUID]) -> Response[str]:
    """Correct what is said of a batch."""
    data = await FormData.of(request)
    form, version = ChangeForm.of(data), data.whole("version") or 0
    try:
        await change_batch(request.user, batch_id, form.command(), version=version, now=clock.now())
    except (Invalid, PreconditionFailed) as error:
        batch = await _managed(request.user, batch_id)
        errors, version = shown_again(error, sent=version, saved=batch.version)
        return await _form(request, batch, form, errors, version)
    return redirect(request, f"/vouchers/batches/{batch_id}", flash=Flash("ok", _("Saved.")))


@get(f"{PATH}/take-out", guards=COORDINATOR)
async def ask_to_take_out(request: Page, batch_id: FromPath[UUID]) -> Response[str]:
    """How many go out, and what that means; or why they stay."""
    batch = await _managed(request.user, batch_id)
    use = await use_of(batch_id)
    title = ngettext(
        "Take the batch with its %(num)s voucher out again?",
        "Take the batch with its %(num)s vouchers out again?",
        batch.quantity,
    )
    return page(
        request,
        "inventory/vouchers/take_out.html",
        batch=batch,
        kind_name=localized(batch.kind.names),
        title=title,
        refused=VoucherBatchUsed(use).message() if use else "",
        back=f"/vouchers/batches/{batch_id}",
    )


@post(f"{PATH}/take-out", guards=COORDINATOR)
async def take_out(request: Page, batch_id: FromPath[UUID]) -> Response[str]:
    """Take it out again, as it was confirmed."""
    quantity = (await FormData.of(request)).whole("quantity")
    await take_out_batch(
        request.user, batch_id, quantity=-1 if quantity is None else quantity, now=clock.now()
    )
    flash = Flash("ok", _("The batch was taken out again. Its codes can come in again."))
    return redirect(request, "/vouchers/batches", flash=flash)


async def _managed(actor: Principal, batch_id: UUID) -> BatchView:
    batch = await queries.batch(actor, batch_id)
    need_manager(actor, batch.site.id)
    return batch


async def _form(
    request: Page, batch: BatchView, form: ChangeForm, errors: Sequence[FieldError], version: int
) -> Response[str]:
    return page(
        request,
        "inventory/vouchers/batch_edit.html",
        status=status_of_form(errors),
        batch=batch,
        kind_name=localized(batch.kind.names),
        form=form,
        version=version,
        errors=in_form(errors, INPUTS),
        currencies=[(currency, currency) for currency in CURRENCIES],
        funders=await known_funders(request.user),
        possible=await use_of(batch.id) is None,
    )


ROUTES = [batch_form, save_batch, ask_to_take_out, take_out]
