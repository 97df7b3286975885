"""The page that takes vouchers in from a file: looked at, then imported by one click.

Between the two, the file is kept nowhere: the page carries it, encrypted, and for one person
and an hour.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get, post

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import ngettext
from comptoir.core.principal import Principal, Role
from comptoir.core.vault import Untold
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import FormData, in_form, read_day
from comptoir.core.web.once import made_once
from comptoir.core.web.uploads import sent_file
from comptoir.inventory.vouchers import imports, queries
from comptoir.inventory.vouchers.batch_form import INPUTS, BatchForm, choices, first_site
from comptoir.inventory.vouchers.carrying import LARGEST_FORM, LARGEST_SEALED, Carrier, said_columns
from comptoir.inventory.vouchers.formats import NAMES, FileFormat
from comptoir.inventory.vouchers.formats.columns import Table
from comptoir.inventory.vouchers.formats.mapped_csv import FIELDS, table_of
from comptoir.inventory.vouchers.imports import Preview, VoucherFile

Page = Request[Principal, Any, Any]
PATH = "/vouchers/import"
COORDINATOR = [require(Role.COORDINATOR)]
#: A refused file of so many letters is carried on whatever is wrong with it.
_SMALL = 100_000


class Carried(Untold, frozen=True):
    """What the page carries from looking at a file to importing it."""

    form: BatchForm
    file_format: FileFormat
    text: str


_CARRIER = Carrier("voucher import", Carried)


@get(PATH, guards=COORDINATOR)
async def import_form(request: Page) -> Response[str]:
    """Choose a file, and say what it is."""
    return await _form(request, BatchForm(site=first_site(request.user)), [])


@post(f"{PATH}/check", guards=COORDINATOR, request_max_body_size=LARGEST_FORM)
async def check_file(request: Page) -> Response[str]:
    """Say what the file would do, and what is wrong with it."""
    data = await FormData.of(request)
    form, chosen = BatchForm.of(data), data.text("file_format")
    errors = []
    if chosen not in list(FileFormat):
        message = _("Choose where the file is from.")
        errors.append(FieldError("file_format", "inventory.format-missing", message))
    content = await sent_file(request)
    if not content:
        message = _("Choose a file.")
        errors.append(FieldError("file", "inventory.import-file-missing", message))
    try:
        form.command()
    except Invalid as invalid:
        errors = invalid.errors + errors
    if errors:
        return await _form(request, form, errors, chosen)
    try:
        text, table = await asyncio.to_thread(_read, content, FileFormat(chosen))
    except Invalid as invalid:
        return await _form(request, form, invalid.errors, chosen)
    carried = Carried(form, FileFormat(chosen), text)
    columns = {place: each.field for place, each in enumerate(table.columns)} if table else {}
    return await _look(request, carried, columns, named=bool(table and table.named))


@post(f"{PATH}/columns", guards=COORDINATOR, request_max_body_size=LARGEST_SEALED)
async def choose_columns(request: Page) -> Response[str]:
    """The same file again, with what its columns are said to be."""
    data = await FormData.of(request)
    carried = await _CARRIER.opened(request, data, now=clock.now())
    if carried is None:
        return await _expired(request)
    return await _look(request, carried, said_columns(data, FIELDS), named=data.checked("named"))


@post(PATH, guards=COORDINATOR, request_max_body_size=LARGEST_SEALED)
async def import_file(request: Page) -> Response[str]:
    """Import the file that was looked at."""
    data = await FormData.of(request)
    carried = await _CARRIER.opened(request, data, now=clock.now())
    if carried is None:
        return await _expired(request)
    columns, named = said_columns(data, FIELDS), data.checked("named")
    file = VoucherFile(carried.text, carried.file_format, columns, named)
    now = clock.now()
    try:
        command = carried.form.command()
        batch_id = await made_once(
            request,
            lambda: imports.import_vouchers(request.user, command, file, now=now),
            now=now,
        )
    except Invalid:  # what changed since it was looked at is said there
        return await _look(request, carried, columns, named=named)
    batch = await queries.batch(request.user, batch_id)
    text = ngettext("%(num)s voucher taken in.", "%(num)s vouchers taken in.", batch.quantity)
    return redirect(request, f"/vouchers/batches/{batch_id}", flash=Flash("ok", text))


def _read(content: bytes, file_format: FileFormat) -> tuple[str, Table | None]:
    """The text of a file, and its columns where these are chosen. In a thread: it may be long.

    Raises:
        VouchersInvalid: it cannot be what it is said to be, or is too large.
    """
    text = imports.read_text(content)
    imports.refuse_other_format(text, file_format)
    return text, table_of(text) if file_format is FileFormat.CSV else None


def _columns_may_be_wrong(carried: Carried, found: Preview) -> bool:
    """Whether a refused file is carried on, for its columns to be said anew.

    Of a large one, in which some lines are right, they are: it is mended and chosen again. One
    of too many vouchers is split.
    """
    too_many = any(each.code == "inventory.too-many-vouchers" for each in found.problems)
    if carried.file_format is not FileFormat.CSV or too_many:
        return False
    return len(carried.text) <= _SMALL or found.wrong >= found.count


async def _look(
    request: Page, carried: Carried, columns: dict[int, str], *, named: bool
) -> Response[str]:
    file = VoucherFile(carried.text, carried.file_format, columns, named)
    now = clock.now()
    found = await imports.preview(request.user, carried.form.command(), file, now=now)
    table, sealed = None, ""
    if not found.wrong or _columns_may_be_wrong(carried, found):
        sealed = await _CARRIER.seal(request, carried, now=now)
        if carried.file_format is FileFormat.CSV:
            table = await asyncio.to_thread(table_of, carried.text)
    return await _form(
        request,
        carried.form,
        [],
        carried.file_format,
        found=found,
        carried=sealed,
        table=table,
        columns=columns,
        named=named,
    )


async def _expired(request: Page) -> Response[str]:
    message = _("This page is too old. Choose the file again.")
    error = FieldError("file", "inventory.import-expired", message)
    return await _form(request, BatchForm(site=first_site(request.user)), [error])


async def _form(
    request: Page,
    form: BatchForm,
    errors: Sequence[FieldError],
    chosen: str = "",
    *,
    found: Preview | None = None,
    carried: str = "",
    table: Table | None = None,
    columns: dict[int, str] | None = None,
    named: bool = False,
) -> Response[str]:
    offered = await choices(request.user)
    return page(
        request,
        "inventory/vouchers/import.html",
        status=422 if errors or (found and found.wrong) else 200,
        form=form,
        errors=in_form(errors, INPUTS),
        chosen=chosen,
        formats=[*NAMES.items(), (FileFormat.CSV, _("Another CSV file"))],
        found=found,
        activate_by=read_day(form.activate_by),
        site_name={str(key): name for key, name in offered["sites"]}.get(form.site, ""),
        carried=carried,
        table=table,
        columns=columns or {},
        named=named,
        meanings=[
            ("code", _("Code or number of the card")),
            ("user", _("User name")),
            ("pin", "PIN"),
            ("puk", "PUK"),
            ("number", _("Phone number")),
        ],
        **offered,
    )


ROUTES = [import_form, check_file, choose_columns, import_file]
