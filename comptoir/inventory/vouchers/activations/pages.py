"""The page on which a file of the operator's is looked at, then confirmed by one click."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post

from comptoir.core import clock
from comptoir.core.accounts.guards import require
from comptoir.core.errors import FieldError, Invalid
from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized, ngettext
from comptoir.core.ids import new_id
from comptoir.core.principal import Principal, Role
from comptoir.core.vault import Untold
from comptoir.core.web import Flash, page, redirect
from comptoir.core.web.forms import FormData
from comptoir.core.web.once import made_once
from comptoir.core.web.uploads import sent_file
from comptoir.inventory.vouchers import queries
from comptoir.inventory.vouchers.activations import reading, services
from comptoir.inventory.vouchers.activations.reading import (
    COLUMNS_WRONG,
    FIELDS,
    OperatorFile,
    ReadFile,
    table_of,
)
from comptoir.inventory.vouchers.activations.reasons import SENTENCES, Left, Reason
from comptoir.inventory.vouchers.activations.services import Preview
from comptoir.inventory.vouchers.activations.states import MOST_STATES
from comptoir.inventory.vouchers.carrying import LARGEST_FORM, LARGEST_SEALED, Carrier, said_columns
from comptoir.inventory.vouchers.errors import ActivationsChanged
from comptoir.inventory.vouchers.formats.columns import Table
from comptoir.inventory.vouchers.imports import read_text

Page = Request[Principal, Any, Any]
PATH = "/vouchers/activations"
COORDINATOR = [require(Role.COORDINATOR)]
#: The end of a code behind the number of its line, never on the next line of the screen.
_END = "\u00a0(…\u2060{})"
#: So many lines of a reason are named; of more, how many there are.
_LINES_NAMED = 50


class Carried(Untold, frozen=True):
    """What the page carries from looking at a file to confirming it."""

    kind: UUID
    text: str


_CARRIER = Carrier("voucher activations", Carried)


class Group(msgspec.Struct, frozen=True):
    """The lines that are left out for one reason; of many, the first come."""

    sentence: str
    lines: str
    more: int


@get(PATH, guards=COORDINATOR)
async def activations_form(request: Page) -> Response[str]:
    """Choose a file, and which kind it is of."""
    return await _form(request)


@post(f"{PATH}/check", guards=COORDINATOR, request_max_body_size=LARGEST_FORM)
async def check_activations(request: Page) -> Response[str]:
    """Say what the file would confirm, and what it would not."""
    data = await FormData.of(request)
    kind, content = data.identifier("kind"), await sent_file(request)
    errors = []
    if kind is None:
        errors.append(FieldError("kind", "inventory.kind-missing", _("Choose the kind.")))
    if not content:
        message = _("Choose a file.")
        errors.append(FieldError("file", "inventory.import-file-missing", message))
    if kind is None or errors:
        return await _form(request, errors, kind=kind)
    await queries.kind(kind)
    try:
        text, table = await asyncio.to_thread(_table, content)
    except Invalid as invalid:
        return await _form(request, invalid.errors, kind=kind)
    columns = {place: each.field for place, each in enumerate(table.columns)}
    return await _look(request, Carried(kind, text), OperatorFile(text, columns, table.named))


@post(f"{PATH}/columns", guards=COORDINATOR, request_max_body_size=LARGEST_SEALED)
async def choose_activation_columns(request: Page) -> Response[str]:
    """The same file again, with what its columns and its states are said to be."""
    data = await FormData.of(request)
    carried = await _CARRIER.opened(request, data, now=clock.now())
    if carried is None:
        return await _expired(request)
    return await _look(request, carried, _file(carried, data))


@post(PATH, guards=COORDINATOR, request_max_body_size=LARGEST_SEALED)
async def confirm_activations(request: Page) -> Response[str]:
    """Confirm what was looked at."""
    data, now = await FormData.of(request), clock.now()
    carried = await _CARRIER.opened(request, data, now=now)
    if carried is None:
        return await _expired(request)
    file, expected = _file(carried, data), data.text("expected")

    async def make() -> UUID:
        read = await _read(carried, file)
        await services.confirm(request.user, carried.kind, read.rows, expected=expected, now=now)
        return new_id()

    try:
        await made_once(request, make, now=now)
    except (Invalid, ActivationsChanged):  # what is otherwise now is said there
        return await _look(request, carried, file, changed=True)
    number = int(expected.partition("-")[0])  # it stood for exactly these
    text = ngettext("%(num)s voucher is in use.", "%(num)s vouchers are in use.", number)
    return redirect(request, PATH, flash=Flash("ok", text))


def _table(content: bytes) -> tuple[str, Table]:
    text = read_text(content)
    return text, table_of(text)


def _file(carried: Carried, data: FormData) -> OperatorFile:
    """The file with what was said of it. States are those of a column: of another, guess anew."""
    columns = said_columns(data, FIELDS)
    states = [place for place, field in columns.items() if field == "state"]
    active = None
    if states and data.whole("states_of") == states[-1]:
        active = tuple(place for place in range(MOST_STATES) if data.checked(f"state_{place}"))
    return OperatorFile(carried.text, columns, data.checked("named"), active)


async def _read(carried: Carried, file: OperatorFile) -> ReadFile:
    kind = await queries.kind(carried.kind)
    # In a thread: a large file takes part of a second, in which others want to be answered.
    return await asyncio.to_thread(reading.read, file, kind.time_zone)


async def _look(
    request: Page, carried: Carried, file: OperatorFile, *, changed: bool = False
) -> Response[str]:
    now = clock.now()
    read, found, errors = None, None, []
    try:
        read = await _read(carried, file)
        found = await services.preview(request.user, carried.kind, read.rows, now=now)
    except Invalid as invalid:
        errors = invalid.errors
    if any(each.code not in COLUMNS_WRONG for each in errors):  # another file is needed
        return await _form(request, errors, kind=carried.kind)
    return await _form(
        request,
        errors,
        kind=carried.kind,
        carried=await _CARRIER.seal(request, carried, now=now),
        file=file,
        read=read,
        found=found,
        changed=changed,
    )


async def _expired(request: Page) -> Response[str]:
    message = _("This page is too old. Choose the file again.")
    return await _form(request, [FieldError("file", "inventory.import-expired", message)])


async def _form(
    request: Page,
    errors: Sequence[FieldError] = (),
    *,
    kind: UUID | None = None,
    carried: str = "",
    file: OperatorFile | None = None,
    read: ReadFile | None = None,
    found: Preview | None = None,
    changed: bool = False,
) -> Response[str]:
    left = sorted(read.left + found.left, key=lambda each: each.line) if read and found else []
    states = [place for place, field in file.columns.items() if field == "state"] if file else []
    return page(
        request,
        "inventory/vouchers/activations.html",
        status=422 if errors else 409 if changed else 200,
        errors=errors,
        kinds=[(each.id, localized(each.names)) for each in await queries.kinds()],
        kind=kind,
        carried=carried,
        table=table_of(file.text) if file else None,
        columns=file.columns if file else {},
        named=bool(file and file.named),
        states_of=states[-1] if states else None,
        states=read.states.listed if read and read.states else (),
        others=read.others if read else 0,
        found=found,
        left=len(left),
        groups=_groups(left),
        changed=changed,
        meanings=[
            ("code", _("Number of the card, or code")),
            ("own", _("Number of the voucher in Comptoir")),
            ("day", _("Date of the activation")),
            ("state", _("Whether it is activated")),
        ],
    )


def _groups(left: Sequence[Left]) -> list[Group]:
    order = list(Reason)
    by_reason = sorted(left, key=lambda each: order.index(each.reason))
    return [
        Group(str(SENTENCES[reason]), _lines(lines), max(0, len(lines) - _LINES_NAMED))
        for reason, each in groupby(by_reason, key=lambda each: each.reason)
        for lines in [list(each)]
    ]


def _lines(left: Sequence[Left]) -> str:
    named = ", ".join(map(_line, left[:_LINES_NAMED]))
    return ngettext("Line %(lines)s", "Lines %(lines)s", len(left), lines=named)


def _line(left: Left) -> str:
    """A line by its number, and the end of its code where that gives nothing away."""
    text = f"{left.line}{_END.format(left.end)}" if left.end else str(left.line)
    return _("%(line)s as in %(earlier)s", line=text, earlier=left.also) if left.also else text


ROUTES = [activations_form, check_activations, choose_activation_columns, confirm_activations]
