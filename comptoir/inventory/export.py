"""Items as a table for a spreadsheet (``core.spreadsheets``).

An IMEI is written in its groups, or it would be shown as a rounded number.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence

from comptoir.core.i18n import gettext as _
from comptoir.core.i18n import localized
from comptoir.core.spreadsheets import first_lines, more_lines
from comptoir.inventory import codes
from comptoir.inventory.pages.wording import CONDITIONS, STATUSES
from comptoir.inventory.schemas import ItemRow


async def csv_of(found: AsyncIterator[Sequence[ItemRow]]) -> AsyncIterator[bytes]:
    """The whole file, in pieces, as the items are read."""
    yield csv_head()
    async for rows in found:
        yield csv_lines(rows)


def csv_head() -> bytes:
    """The mark of UTF-8, and the line of column names."""
    names = [
        _("Code"),
        _("Category"),
        _("Model"),
        _("Serial number"),
        _("IMEI"),
        _("Second IMEI"),
        _("Status"),
        _("Condition"),
        _("Belongs to"),
        _("Is at"),
        _("On its way to"),
        _("Paid by"),
        _("Bought on"),
        _("Price"),
        _("Currency"),
        _("Notes"),
    ]
    return first_lines([names])


def csv_lines(rows: Iterable[ItemRow]) -> bytes:
    """A line per item."""
    return more_lines(_cells(row) for row in rows)


def _cells(row: ItemRow) -> list[str]:
    first, second = (*map(_grouped, row.imeis), "", "")[:2]
    price = "" if row.price_cents is None else f"{row.price_cents / 100:.2f}"
    return [
        codes.display(row.code),
        localized(row.category_names),
        row.model,
        row.serial,
        first,
        second,
        str(STATUSES[row.status]),
        str(CONDITIONS[row.condition]),
        row.home_site.name,
        row.present_site.name,
        row.destination_site.name if row.destination_site else "",
        row.funder,
        row.purchased_on.isoformat() if row.purchased_on else "",
        price,
        row.currency if price else "",
        row.notes,
    ]


def _grouped(imei: str) -> str:
    return f"{imei[:2]}-{imei[2:8]}-{imei[8:14]}-{imei[14:]}"
