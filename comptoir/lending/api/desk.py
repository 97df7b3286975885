"""Lend and take back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from comptoir.core.accounts.errors import PlaceNotYours
from comptoir.core.api import Call, CardCode, Code, post
from comptoir.core.principal import Principal
from comptoir.lending.api.scanned import scanned_code
from comptoir.lending.loans import check_ins, check_outs
from comptoir.lending.loans.schemas import CheckIn, CheckInView, CheckOut, LoanView
from comptoir.lending.refusals import RefusalCode
from comptoir.sites.errors import SiteNotFound
from comptoir.sites.queries import need_site

UNREAD = (
    RefusalCode.CODE_UNKNOWN,
    RefusalCode.CODE_MISREAD,
    RefusalCode.CODE_FOREIGN,
    RefusalCode.CODE_TOO_LONG,
)
_NOT_LENT = (
    *UNREAD,
    RefusalCode.CARD_REPLACED,
    RefusalCode.ITEM_RETIRED,
    RefusalCode.ITEM_LOST,
    RefusalCode.ITEM_STOLEN,
    RefusalCode.ITEM_IN_REPAIR,
    RefusalCode.ITEM_TO_CHECK,
    RefusalCode.ITEM_IN_TRANSIT,
    RefusalCode.ITEM_ALREADY_THEIRS,
    RefusalCode.ITEM_ON_LOAN,
    RefusalCode.ITEM_DAMAGED,
    RefusalCode.ITEM_INCOMPLETE,
    RefusalCode.NO_POLICY,
    RefusalCode.RETURN_SITE_UNKNOWN,
    RefusalCode.RETURN_SITE_FOR_USE_HERE,
    RefusalCode.RETURN_SITE_NOT_ALLOWED,
    RefusalCode.RETURN_SITE_NOT_PUBLIC,
    RefusalCode.BORROWER_SUSPENDED,
    RefusalCode.BORROWER_INELIGIBLE,
    RefusalCode.PERSON_LIMIT_REACHED,
    RefusalCode.HOUSEHOLD_LIMIT_REACHED,
    RefusalCode.SITE_NEVER_OPEN,
    RefusalCode.SITE_CLOSED_FOR_LONG,
    RefusalCode.SITE_CLOSED_TODAY,
    RefusalCode.ELIGIBILITY_ENDING,
)

_NOT_TAKEN_BACK = (
    RefusalCode.ITEM_NOT_ON_LOAN,
    RefusalCode.ITEM_RETIRED,
    RefusalCode.ITEM_IN_REPAIR,
    RefusalCode.ITEM_TO_CHECK,
    RefusalCode.ITEM_IN_TRANSIT,
    RefusalCode.ITEM_DAMAGED,
    RefusalCode.ITEM_INCOMPLETE,
)

AtSite = Annotated[
    UUID,
    msgspec.Meta(
        description="The site where it happens. Without it, that of the token, or else of the item."
    ),
]


ReturnSite = Annotated[
    UUID,
    msgspec.Meta(
        description="The site where it is to be brought back: published, and allowed by the "
        "policy. Without it, the one that lends. It is due by the hours of this site."
    ),
]


class CheckOutBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The item to lend, and the card of the borrower."""

    item: Code
    borrower: CardCode
    site: AtSite | None = None
    return_site: ReturnSite | None = None


class CheckInBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The item to take back."""

    item: Code
    site: AtSite | None = None


@post(
    "/check-outs",
    scopes=("desk",),
    tag="Desk",
    status=201,
    errors=(PlaceNotYours, SiteNotFound, *_NOT_LENT),
    remembers=True,
    location="/loans/{id}",
)
async def check_out(call: Call, data: CheckOutBody) -> LoanView:
    """Lend an item to a borrower.

    The loan and its due date come back. A refused attempt is recorded with its
    reason, and lends nothing. An item of another site is lent too, though it cannot
    be read: whoever sends its code has it in the hand.
    """
    site_id = await site_of(call.actor, data.site)
    command = CheckOut(
        item=await scanned_code(call, data.item, site_id=site_id),
        card=await scanned_code(call, data.borrower, site_id=site_id),
        site_id=site_id,
        return_site_id=data.return_site,
        attempt=call.attempt,
    )
    return await check_outs.check_out(call.actor, command, now=call.now)


@post(
    "/check-ins",
    scopes=("desk",),
    tag="Desk",
    errors=(PlaceNotYours, SiteNotFound, *UNREAD, *_NOT_TAKEN_BACK),
    remembers=True,
)
async def check_in(call: Call, data: CheckInBody) -> CheckInView:
    """Take an item back, whoever brings it and wherever it was lent.

    A lost or stolen item is found again by it. `transfer_to` is where to send it, if
    anywhere. `expected_at` is the site where it had to be brought back, where the policy
    allows no other: it is taken back all the same.
    """
    site_id = await site_of(call.actor, data.site)
    item = await scanned_code(call, data.item, site_id=site_id)
    command = CheckIn(item=item, site_id=site_id, attempt=call.attempt)
    return await check_ins.check_in(call.actor, command, now=call.now)


async def site_of(actor: Principal, site_id: UUID | None) -> UUID | None:
    """The site that a body names, if the actor works there.

    Raises:
        PlaceNotYours: they do not.
        SiteNotFound: there is no such site.
    """
    if site_id is not None:
        if not actor.sees_site(site_id):
            raise PlaceNotYours
        await need_site(site_id)
    return site_id


ROUTES = [check_out, check_in]
