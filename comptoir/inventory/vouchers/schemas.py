"""Commands that change the stock of vouchers, and views of it. No view holds a code."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.fields import example
from comptoir.inventory.names import Names
from comptoir.inventory.vouchers.sealing import Secret
from comptoir.inventory.vouchers.statuses import Medium, VoucherStatus, WifiCode
from comptoir.sites.schemas import SiteName

#: More come in several batches: a statement of all marks at once has its limits.
MOST_AT_ONCE = 20_000

Operator = Annotated[str, example("Salt")]
Funder = Annotated[str, example("Loterie Romande")]
OrderNumber = Annotated[str, example("2026-118")]


class SaveKind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of voucher as it shall be. At least one name is needed.

    ``cost_cents`` is what one costs, in hundredths of the currency. ``dial`` has ``{code}``
    where a phone dials the code. ``wifi_code`` says whether the code of a Wi-Fi is the password of
    ``network``, which its QR code then joins, or is typed on a page; ``portal_url``, if that page
    has an address, is what the QR code opens. Instructions are read aloud, or on the slip.
    """

    medium: Medium
    names: Names
    operator: Operator = ""
    volume: Annotated[str, example("10 GB")] = ""
    validity_days: Annotated[int, example(30)] | None = None
    time_zone: str = "Europe/Zurich"
    cost_cents: Annotated[int, example(1990)] | None = None
    currency: str = "CHF"
    instructions: Names = {}
    dial: Annotated[str, example("")] = ""
    network: Annotated[str, example("")] = ""
    wifi_code: WifiCode = WifiCode.PORTAL
    portal_url: Annotated[str, example("")] = ""
    by_sms: bool = False
    without_borrower: bool = False
    active: bool = True


class KindView(SaveKind, frozen=True, kw_only=True):
    """A kind of voucher. ``fixed``: some were taken in, so its medium cannot change."""

    id: UUID
    position: int
    fixed: bool
    version: int


class NewVoucher(Secret, frozen=True, forbid_unknown_fields=True):
    """What one voucher holds; it is sealed at once, and no call tells it again.

    ``code`` is the ICCID of a SIM, the code of a top-up, a code or password of a Wi-Fi, the
    activation text of an eSIM (``LPA:1$…``). ``user`` is the name that a password goes with.
    """

    code: Annotated[str, example("8941030012345678904")]
    user: Annotated[str, example("")] = ""
    pin: Annotated[str, example("")] = ""
    puk: Annotated[str, example("")] = ""
    number: Annotated[str, example("")] = ""


class TakeIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Vouchers that came together to a site; without any, the batch is open to be scanned into.

    ``cost_cents`` is what one of them cost, in hundredths; left out, it is that of the kind.
    """

    kind: UUID
    site: UUID
    funder: Funder = ""
    order_number: OrderNumber = ""
    activate_by: Annotated[date, example("2027-06-30")] | None = None
    cost_cents: Annotated[int, example(1990)] | None = None
    currency: Annotated[str, example("CHF")] | None = None
    vouchers: Annotated[tuple[NewVoucher, ...], msgspec.Meta(max_length=MOST_AT_ONCE)] = ()


class ChangeBatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of a batch as it shall be. Its kind, and the site that it came to, stay.

    ``activate_by`` holds for those of its vouchers that nobody has begun to use.
    """

    funder: Funder = ""
    order_number: OrderNumber = ""
    activate_by: Annotated[date, example("2027-06-30")] | None = None
    cost_cents: Annotated[int, example(1990)] | None = None
    currency: Annotated[str, example("CHF")]


class TakeOutBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many vouchers the batch has, as whoever takes it out knows."""

    quantity: Annotated[int, example(25)]


class KindName(msgspec.Struct, frozen=True):
    """A kind as a batch names it."""

    id: UUID
    medium: Medium
    names: Names


class BatchRow(msgspec.Struct, frozen=True, kw_only=True):
    """A batch in a list. ``available`` of its ``quantity`` can still be given at one's own sites.

    ``site`` is where it came to; parts of it may have been sent to others since.
    """

    id: UUID
    kind: KindName
    site: SiteName
    funder: str
    order_number: str
    activate_by: date | None
    cost_cents: int | None
    currency: str
    quantity: int
    available: int
    received_at: datetime


Counts = Annotated[dict[VoucherStatus, int], example({"available": 23, "issued": 2})]


class BatchAtSite(msgspec.Struct, frozen=True):
    """How many of a batch at a site stand where; empty statuses are left out."""

    site: SiteName
    counts: Counts


class BatchView(BatchRow, frozen=True, kw_only=True):
    """A batch, and how many of it at one's own sites stand where, together and by site.

    Those on their way to another site are counted where they left.
    """

    counts: Counts
    at_sites: tuple[BatchAtSite, ...]
    version: int


class BatchFilter(msgspec.Struct, frozen=True):
    """Which batches a list shows. What is not given does not matter."""

    site: UUID | None = None
    kind: UUID | None = None
