"""Scans of a form that comes back with a question: carried on, encrypted, with what follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request

from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal
from comptoir.core.vault import Untold
from comptoir.core.web.forms import FormData
from comptoir.inventory.vouchers.carrying import FIELD, Carrier


class Scans(Untold, frozen=True):
    """What was scanned so far, in its order."""

    codes: tuple[str, ...]


class Kept(msgspec.Struct, frozen=True):
    """What the form that comes back has of them: the hidden field, and how many they are."""

    sealed: str
    number: int


_CARRIER = Carrier("voucher scans", Scans)


async def scans_of(
    request: Request[Principal, Any, Any], data: FormData, *, now: datetime
) -> tuple[str, ...]:
    """Those that a form carries, then those that were scanned into it since.

    Raises:
        Invalid: what it carries is too old, or another person's.
    """
    typed = tuple(each.strip() for each in data.text("codes").split("\n") if each.strip())
    if not data.text(FIELD):
        return typed
    carried = await _CARRIER.opened(request, data, now=now)
    if carried is None:
        message = _("This page is too old. Scan the vouchers again.")
        raise Invalid([FieldError("codes", "inventory.scans-expired", message)])
    return carried.codes + typed


async def keep(
    request: Request[Principal, Any, Any], codes: Sequence[str], *, now: datetime
) -> Kept | None:
    """Carry them on; None where nothing was scanned."""
    if not codes:
        return None
    sealed = await _CARRIER.seal(request, Scans(tuple(codes)), now=now)
    return Kept(sealed, len(codes))
