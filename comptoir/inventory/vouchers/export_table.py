"""Vouchers as a table for a spreadsheet (``core.spreadsheets``), with their codes or without.

Each code stands behind an apostrophe, always exactly one: a spreadsheet takes it for a text, and
neither rounds nor calculates it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from zoneinfo import ZoneInfo

from comptoir.core.i18n import gettext as _
from comptoir.core.spreadsheets import exact, first_lines, more_lines
from comptoir.core.vault import Clear
from comptoir.inventory.vouchers.exporting import ExportLine
from comptoir.inventory.vouchers.wording import STATUSES


async def masked_csv(found: AsyncIterator[list[ExportLine]]) -> AsyncIterator[bytes]:
    """The whole file, in pieces, without codes."""
    yield first_lines([[_("Code"), *_columns()]])
    async for lines in found:
        yield more_lines([f"••••{line.hint}", *_cells(line)] for line in lines)


async def codes_csv(found: AsyncIterator[list[ExportLine]], *, pins: bool) -> AsyncIterator[bytes]:
    """The whole file, in pieces, with codes, and with PIN and PUK where these were asked for."""
    names = [_("Code"), _("User name"), _("Phone number")] + [_("PIN"), _("PUK")] * pins
    yield first_lines([[*names, *_columns()]])
    async for lines in found:
        yield more_lines([*_secrets(line, pins=pins), *_cells(line)] for line in lines)


def _secrets(line: ExportLine, *, pins: bool) -> list[str]:
    shown = line.shown
    if shown is None:
        return [""] * (5 if pins else 3)
    told = [shown.code, shown.user, shown.number] + [shown.pin, shown.puk] * pins
    return [exact(each.text) if isinstance(each, Clear) else "" for each in told]


def _columns() -> list[str]:
    return [
        _("Status"),
        _("Site"),
        _("To be activated by"),
        _("Given on"),
        _("In use since"),
        _("Good until"),
        _("Ended on"),
    ]


def _cells(line: ExportLine) -> list[str]:
    moments = (line.issued_at, line.activated_at, line.expires_at, line.ended_at)
    return [
        str(STATUSES[line.status]),
        line.site_name,
        line.activate_by.isoformat() if line.activate_by else "",
        *(_moment(each, line.time_zone) for each in moments),
    ]


def _moment(moment: datetime | None, time_zone: str) -> str:
    """A moment where the voucher is, as a spreadsheet reads it."""
    if moment is None:
        return ""
    return moment.astimezone(ZoneInfo(time_zone)).strftime("%Y-%m-%d %H:%M")
