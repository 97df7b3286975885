"""Activations that the operator confirms, for other programs. No call tells a code."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.api import Call, post
from comptoir.core.fields import example
from comptoir.core.vault import Untold
from comptoir.inventory.errors import CoordinatorNeeded
from comptoir.inventory.vouchers.activations import services
from comptoir.inventory.vouchers.activations.dates import Said
from comptoir.inventory.vouchers.activations.reading import Row
from comptoir.inventory.vouchers.activations.reasons import SENTENCES, Reason
from comptoir.inventory.vouchers.api import LARGEST_BATCH, TAG, WRITERS
from comptoir.inventory.vouchers.drawer_errors import (
    TooManyUnknown,
)
from comptoir.inventory.vouchers.errors import (
    ActivationsChanged,
    ActivationsUnknown,
    VoucherKindNotFound,
)
from comptoir.inventory.vouchers.schemas import MOST_AT_ONCE


class Activation(Untold, frozen=True, forbid_unknown_fields=True):
    """A voucher that is in use, by its code, or without one by its id.

    ``activated_on`` is a day of the operator's; left out, it is in use from now on.
    """

    code: Annotated[str, example("8941030012345678904")] = ""
    voucher: UUID | None = None
    activated_on: Annotated[date, example("2026-11-24")] | None = None


class LookAtActivations(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an operator says is in use, all of one kind."""

    kind: UUID
    activations: Annotated[list[Activation], msgspec.Meta(max_length=MOST_AT_ONCE)]


class ConfirmActivations(LookAtActivations, frozen=True, kw_only=True):
    """The same again. ``expected`` is the ``token`` that the preview gave."""

    expected: Annotated[str, example("1-0f3a")]


class LeftView(msgspec.Struct, frozen=True):
    """One that is not confirmed: its number in ``activations`` (from 1), and why.

    ``also`` is the number of the same voucher before it.
    """

    number: int
    reason: Reason
    message: str
    also: int | None


class ActivationsPreview(msgspec.Struct, frozen=True):
    """What would be confirmed: how many, how many were in use already, and what is left out."""

    confirms: int
    confirmed_before: int
    left: list[LeftView]
    token: str


class ActivationsConfirmed(msgspec.Struct, frozen=True):
    """How many are in use now that were not before."""

    confirmed: int


@post(
    "/voucher-activations/preview",
    scopes=WRITERS,
    tag=TAG,
    errors=(CoordinatorNeeded, VoucherKindNotFound, ActivationsUnknown, TooManyUnknown),
    looks=True,
    largest_body=LARGEST_BATCH,
)
async def look_at_voucher_activations(call: Call, data: LookAtActivations) -> ActivationsPreview:
    """Look at what an operator says is in use. Nothing changes.

    What cannot be confirmed is listed with its reason, and stops nothing else. Of what was not
    given out at the token's sites (`unknown`), two hundred are told in one call, and a thousand
    in an hour in all calls together, confirming among them (429).
    """
    found = await services.preview(call.actor, data.kind, _rows(data), now=call.now)
    left = [
        LeftView(each.line, each.reason, str(SENTENCES[each.reason]), each.also)
        for each in found.left
    ]
    return ActivationsPreview(found.confirms, found.before, left, found.token)


@post(
    "/voucher-activations",
    scopes=WRITERS,
    tag=TAG,
    errors=(
        CoordinatorNeeded,
        VoucherKindNotFound,
        ActivationsChanged,
        ActivationsUnknown,
        TooManyUnknown,
    ),
    largest_body=LARGEST_BATCH,
)
async def confirm_voucher_activations(call: Call, data: ConfirmActivations) -> ActivationsConfirmed:
    """Put into use exactly what the preview said, or nothing at all."""
    confirmed = await services.confirm(
        call.actor, data.kind, _rows(data), expected=data.expected, now=call.now
    )
    return ActivationsConfirmed(confirmed)


def _rows(data: LookAtActivations) -> list[Row]:
    return [
        Row(number, each.code, each.voucher, Said(each.activated_on) if each.activated_on else None)
        for number, each in enumerate(data.activations, start=1)
    ]


ROUTES = [look_at_voucher_activations, confirm_voucher_activations]
