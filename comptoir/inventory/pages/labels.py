"""Choosing a sheet and the first free place on it, then the labels as a PDF."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar import Request, Response, get, post

from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import current_language
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal, Role
from comptoir.core.printing.pdf import in_background
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import FormData
from comptoir.core.web.shell import shell_of
from comptoir.inventory import codes
from comptoir.inventory.labels import SHEETS, render_labels
from comptoir.inventory.queries.labels import labels_of

Page = Request[Principal, Any, Any]
#: Labels of one print; an address holds no more codes.
MOST = 500


@get("/items/labels", guards=[require(Role.RECEPTION)])
async def choose_sheet(request: Page) -> Response[str]:
    """Which sheet, and where to begin on it."""
    asked = request.query_params.getall("code", [])
    labels = await labels_of(request.user, read_codes(asked))
    if not labels:
        flash = Flash("info", _("Tick the items whose labels you want to print."))
        return redirect(request, "/items", flash=flash)
    return page(request, "inventory/labels.html", labels=labels, sheets=SHEETS)


@post("/items/labels", status_code=200, guards=[require(Role.RECEPTION)])
async def print_labels(request: Page) -> Response[Any]:
    """The labels as a PDF. Nothing is changed by it."""
    form = await FormData.of(request)
    labels = await labels_of(request.user, read_codes(form.texts("code")))
    if not labels:
        flash = Flash("info", _("Tick the items whose labels you want to print."))
        return redirect(request, "/items", flash=flash)
    sheet = SHEETS.get(form.text("sheet"))
    if sheet is None:
        raise Invalid([FieldError("sheet", "inventory.sheet-unknown", _("Choose a sheet."))])
    start = form.whole(f"start_{sheet.name}") if form.text(f"start_{sheet.name}") else 1
    if start is None or not 1 <= start <= sheet.labels:
        text = _("Enter a whole number from %(least)s to %(most)s.", least=1, most=sheet.labels)
        raise Invalid([FieldError(f"start_{sheet.name}", "inventory.start-unfit", text)])
    pdf = await in_background(
        render_labels,
        labels,
        sheet,
        start,
        shell_of(request.app).settings.base_url,
        current_language(),
    )
    return Response(
        pdf,
        media_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="labels.pdf"'},
    )


def read_codes(texts: Iterable[str]) -> list[str]:
    """The codes of a form or an address, which may also be joined by dots; ``MOST`` at most."""
    parts = (part for text in texts for part in text[:10_000].split("."))
    return [code for part in parts if (code := codes.read(part))][:MOST]


ROUTES = [choose_sheet, print_labels]
