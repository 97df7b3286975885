"""Vouchers from a file: looked at first, then taken in, all of them or none."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from comptoir.core.errors import FieldError
from comptoir.core.i18n import gettext as _
from comptoir.core.principal import Principal
from comptoir.core.text_files import NoText, text_of
from comptoir.core.vault import Untold
from comptoir.inventory.permissions import need_manager
from comptoir.inventory.vouchers import formats, queries
from comptoir.inventory.vouchers.errors import VouchersInvalid
from comptoir.inventory.vouchers.formats import FileFormat
from comptoir.inventory.vouchers.formats.reading import Reading, problem
from comptoir.inventory.vouchers.known import known_errors
from comptoir.inventory.vouchers.schemas import MOST_AT_ONCE, KindView, NewVoucher, TakeIn
from comptoir.inventory.vouchers.sealing import Secret, hint
from comptoir.inventory.vouchers.taking_in import (
    checked,
    errors_of_batch,
    place_of,
    take_in,
)
from comptoir.sites import queries as sites

#: In bytes: twenty thousand vouchers with all that they may have.
LARGEST_FILE = 2_000_000
#: A voucher may take two lines, and there are lines without one.
MOST_LINES = 2 * MOST_AT_ONCE
#: So many vouchers of a preview are shown, by their last characters.
_SHOWN = 5


class VoucherFile(Untold, frozen=True):
    """The text of a file, and what it is said to be. The last two are of a CSV alone.

    ``columns`` says which field each column is (places from 0); ``named``: the first line has
    their names.
    """

    text: str
    file_format: FileFormat
    columns: dict[int, str] = msgspec.field(default_factory=dict)
    named: bool = False


class Preview(msgspec.Struct, frozen=True):
    """What an import would do. ``wrong`` counts all ``problems``, of which the first come.

    ``ends`` are the last characters of the first codes, where these give nothing away.
    """

    count: int
    kind: KindView
    ends: tuple[str, ...]
    wrong: int
    problems: Sequence[FieldError]


def read_text(content: bytes) -> str:
    """The text of a file.

    Raises:
        VouchersInvalid: it is none, or there is nothing in it, or it is too large or too long.
    """
    if len(content) > LARGEST_FILE:
        raise _refused("file-too-large", _("The file is too large. Split it in two."))
    try:
        text = text_of(content)
    except NoText:
        text = "\x00"
    if "\x00" in text:  # a picture, perhaps
        message = _("This is no text file. In the spreadsheet, save it as “CSV UTF-8”.")
        raise _refused("file-no-text", message)
    if not text.strip():
        raise _refused("file-empty", _("The file is empty. Choose another one."))
    if text.count("\n") > MOST_LINES:
        message = _(
            "The file has more than %(most)s lines. Split it, and take in at most %(vouchers)s "
            "vouchers at once.",
            most=MOST_LINES,
            vouchers=MOST_AT_ONCE,
        )
        raise _refused("file-too-long", message)
    return text


def refuse_other_format(text: str, chosen: FileFormat) -> None:
    """Let a file pass that may be what it is said to be.

    Raises:
        VouchersInvalid: it seems to be of another system, or of none that is known.
    """
    found = formats.seems(text)
    tables = (FileFormat.OPNSENSE, FileFormat.UNIFI, FileFormat.OPENWISP)
    if found is chosen or (chosen is FileFormat.CSV and (found is None or found in tables)):
        return
    if found is None or found is FileFormat.CSV:
        message = _(
            "This is no file of %(chosen)s. Choose where it is from, or “another CSV file”.",
            chosen=formats.NAMES[chosen],
        )
    else:
        message = _(
            "This seems to be a file of %(found)s. Choose that, or the right file.",
            found=formats.NAMES[found],
        )
    raise VouchersInvalid([FieldError("file_format", "inventory.file-of-another-kind", message)])


async def preview(
    actor: Principal, command: TakeIn, file: VoucherFile, *, now: datetime
) -> Preview:
    """What ``import_vouchers`` would do; it changes nothing.

    Raises:
        CoordinatorNeeded: the actor is no coordinator of the site.
        SiteNotFound, VoucherKindNotFound: there is none such.
    """
    kind, secrets, problems = await _judge(actor, command, file, now=now)
    ends = tuple(hint(secret.code) for secret in secrets[:_SHOWN])
    most = VouchersInvalid.MOST
    return Preview(len(secrets), kind, ends, len(problems), problems[:most])


async def import_vouchers(
    actor: Principal, command: TakeIn, file: VoucherFile, *, now: datetime
) -> UUID:
    """Take in a batch with the vouchers of a file; give its id.

    Raises:
        CoordinatorNeeded: the actor is no coordinator of the site.
        SiteNotFound, VoucherKindNotFound: there is none such.
        VouchersInvalid: something is wrong with the file or the batch; it says where.
        VoucherKeyUnset: the program was given no key.
    """
    _kind, secrets, problems = await _judge(actor, command, file, now=now)
    if problems:
        raise VouchersInvalid(problems)
    vouchers = tuple(NewVoucher(**msgspec.structs.asdict(secret)) for secret in secrets)
    return await take_in(actor, msgspec.structs.replace(command, vouchers=vouchers), now=now)


async def _judge(
    actor: Principal, command: TakeIn, file: VoucherFile, *, now: datetime
) -> tuple[KindView, list[Secret], list[FieldError]]:
    """The vouchers of a file, and everything wrong with it, in the order of its lines."""
    need_manager(actor, command.site)
    await sites.need_site(command.site)
    kind = await queries.kind(command.kind)
    # In a thread: a large file takes part of a second, in which others want to be answered.
    reading, secrets, wrong = await asyncio.to_thread(_read, file, kind)
    lines = [entry.line for entry in reading.entries]
    wrong = wrong + await known_errors(actor, secrets)
    problems = reading.problems + [_in_file(each, lines, reading.columns) for each in wrong]
    problems.sort(key=lambda each: each.line or 0)
    if not secrets and not problems:
        problems.append(_refused("file-empty", _("The file has no vouchers.")).errors[0])
    return kind, secrets, errors_of_batch(command, kind, now=now) + problems


def _read(file: VoucherFile, kind: KindView) -> tuple[Reading, list[Secret], list[FieldError]]:
    reading = formats.read(file.text, file.file_format, file.columns, named=file.named)
    if len(reading.entries) > MOST_AT_ONCE:
        message = _("Take in at most %(most)s at once. Make two batches.", most=MOST_AT_ONCE)
        reading.problems.insert(0, problem(1, "too-many-vouchers", message))
        reading.entries = []
    vouchers = [entry.secret for entry in reading.entries]
    lines = [entry.line for entry in reading.entries]
    secrets, wrong = checked(vouchers, kind, lines=lines)
    return reading, secrets, wrong


def _in_file(error: FieldError, lines: Sequence[int], columns: Mapping[str, str]) -> FieldError:
    """What is wrong with a voucher, at its line and column."""
    place, field = place_of(error.field)
    code = error.code.removeprefix("inventory.")
    # In a file there is no card to scan.
    message = _("The cell is empty.") if code == "code-missing" else error.message
    return problem(lines[place], code, message, columns.get(field, ""))


def _refused(code: str, message: str) -> VouchersInvalid:
    return VouchersInvalid([FieldError("file", f"inventory.{code}", message)])
