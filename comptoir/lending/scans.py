"""What a scan at the desk means: the desk's decision table as one function.

The caller says what the scanned text names, and how the desk stands; the
``Meaning`` says what to do. Nothing is changed here. ``docs/adr/0101`` tells why
two scans may come in either order, and when a scan is a repetition.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec.structs import replace

from comptoir.inventory.statuses import GONE, ItemStatus
from comptoir.lending.refusals import Refusal, RefusalCode
from comptoir.lending.rules import ItemFacts, refuse_item
from comptoir.lending.vouchers.rules import HeldVoucher, refuse_voucher

#: A code seen again so soon was held in view, or the scanner was triggered twice.
REPEAT_WINDOW = timedelta(seconds=2)

#: For how long an item that was scanned first waits for its borrower's card.
WAITING_TIME = timedelta(minutes=1)


class CardNamed(msgspec.Struct, frozen=True):
    """The live card of a borrower."""

    borrower_id: UUID


class ReplacedCardNamed(msgspec.Struct, frozen=True):
    """A card that was lost and replaced."""


class ItemNamed(msgspec.Struct, frozen=True):
    """An item; ``handled_at`` is when it was last lent, taken back or found."""

    item: ItemFacts
    handled_at: datetime | None = None


class VoucherNamed(msgspec.Struct, frozen=True):
    """A SIM card of ours, by the number on it; ``kind`` is what it is, for people.

    ``issued_at`` is when it was given to somebody, if it was. ``held`` names its own site.
    ``aside_for`` is the borrower for whom it is set aside now.
    """

    voucher_id: UUID
    kind: str
    site_id: UUID
    held: HeldVoucher
    issued_at: datetime | None = None
    aside_for: UUID | None = None


class StrangeSimNamed(msgspec.Struct, frozen=True):
    """The number of a SIM card that is not in our stock, or with a wrong digit."""

    misread: bool = False


class UnknownCodeNamed(msgspec.Struct, frozen=True):
    """A sound code, as shown to people, that nothing carries."""

    code: str


class MisreadCodeNamed(msgspec.Struct, frozen=True):
    """A wrong check letter. ``suggestion``: the one code, as shown, that was probably meant."""

    suggestion: str | None = None


class ForeignTextNamed(msgspec.Struct, frozen=True):
    """Something that is no code of ours."""

    too_long: bool = False


#: A text by which nothing can be done.
Unusable = (
    ReplacedCardNamed | UnknownCodeNamed | MisreadCodeNamed | ForeignTextNamed | StrangeSimNamed
)

Named = CardNamed | ItemNamed | VoucherNamed | Unusable


class WaitingItem(msgspec.Struct, frozen=True):
    """A free item that was scanned while no visit was open."""

    item_id: UUID
    scanned_at: datetime


class DeskState(msgspec.Struct, frozen=True):
    """How the desk stands: its site, whose visit is open, which items wait for a card.

    ``sets_aside``: somebody said that the next SIM card is not given, but set aside.
    """

    site_id: UUID
    visitor_id: UUID | None = None
    waiting: tuple[WaitingItem, ...] = ()
    sets_aside: bool = False


class OpenVisit(msgspec.Struct, frozen=True, tag="open_visit"):
    """Open the borrower's visit, or show it again; lend them what waited."""

    borrower_id: UUID
    lend: tuple[UUID, ...] = ()


class SwitchVisit(msgspec.Struct, frozen=True, tag="switch_visit"):
    """Close the visit of ``previous_id`` and open the borrower's."""

    borrower_id: UUID
    previous_id: UUID


class Lend(msgspec.Struct, frozen=True, tag="lend"):
    """Lend the item, unless the borrower or their policy is in the way."""

    item_id: UUID
    borrower_id: UUID


class TakeBack(msgspec.Struct, frozen=True, tag="take_back"):
    """Close the loan, whoever's visit is open.

    ``transfer_to`` is the item's own site where that is another: offer to send
    it there.
    """

    item_id: UUID
    loan_id: UUID
    borrower_id: UUID
    transfer_to: UUID | None = None


class FoundAgain(msgspec.Struct, frozen=True, tag="found_again"):
    """A lost or stolen item is here: close its loan if one is open, and have it checked."""

    item_id: UUID
    was: ItemStatus
    loan_id: UUID | None = None
    transfer_to: UUID | None = None


class AwaitCard(msgspec.Struct, frozen=True, tag="await_card"):
    """Show the free item and ask for a card; until then it waits."""

    item_id: UUID
    transfer_to: UUID | None = None


class GiveVoucher(msgspec.Struct, frozen=True, tag="give_voucher"):
    """Give the SIM card to whoever's visit is open, unless something is in the way."""

    voucher_id: UUID
    borrower_id: UUID


class SetVoucherAside(msgspec.Struct, frozen=True, tag="set_voucher_aside"):
    """Set the SIM card aside for whoever's visit is open, unless something is in the way."""

    voucher_id: UUID
    borrower_id: UUID


class Refuse(msgspec.Struct, frozen=True, tag="refuse"):
    """Say why not, and what to do. ``borrower_id`` is whose visit would do, if one's would."""

    refusal: Refusal
    borrower_id: UUID | None = None


class Ignore(msgspec.Struct, frozen=True, tag="ignore"):
    """Leave everything as it is, the screen too; no sound of a mistake."""

    refusal: Refusal


Meaning = (
    OpenVisit
    | SwitchVisit
    | Lend
    | TakeBack
    | FoundAgain
    | AwaitCard
    | GiveVoucher
    | SetVoucherAside
    | Refuse
    | Ignore
)


def scan_meaning(named: Named, desk: DeskState, *, now: datetime) -> Meaning:
    """What the desk does with a scan. The table, first match wins:

    ====================================== ======================================
    a live card, no visit or their own     open it, lend what waits
    a live card, another visit             switch
    a replaced card, no code, a wrong one  refuse
    an item handled under 2 s ago          ignore (see ``_repetition``)
    an item lost or stolen                 found again
    an item on loan, to whomever           take back
    an item that cannot be lent            refuse
    a free item, a visit open              lend
    a free item, no visit                  await a card
    a SIM card given under 2 s ago         ignore
    a SIM card, a visit open               give, or set aside where that was said
    a SIM card, no visit                   refuse (``refuse_voucher``), or ask for a card:
                                           of whom it is set aside for, if it is
    ====================================== ======================================
    """
    match named:
        case CardNamed(borrower_id):
            return _card_meaning(borrower_id, desk, now)
        case ItemNamed(item, handled_at):
            return _repetition(item, handled_at, desk, now) or _item_meaning(item, desk)
        case VoucherNamed():
            return _voucher_meaning(named, desk, now)
        case _:
            return Refuse(refuse_text(named))


def refuse_text(named: Unusable) -> Refusal:
    """Why a text by which nothing can be done is refused."""
    match named:
        case ReplacedCardNamed():
            return Refusal(RefusalCode.CARD_REPLACED)
        case UnknownCodeNamed(code):
            return Refusal(RefusalCode.CODE_UNKNOWN, {"code": code})
        case MisreadCodeNamed(suggestion):
            data: dict[str, object] = {"suggestion": suggestion} if suggestion else {}
            return Refusal(RefusalCode.CODE_MISREAD, data)
        case StrangeSimNamed(misread):
            return Refusal(RefusalCode.VOUCHER_MISREAD if misread else RefusalCode.VOUCHER_UNKNOWN)
        case ForeignTextNamed(too_long):
            return Refusal(RefusalCode.CODE_TOO_LONG if too_long else RefusalCode.CODE_FOREIGN)


def still_waiting(
    waiting: tuple[WaitingItem, ...], *, now: datetime, within: timedelta = WAITING_TIME
) -> tuple[UUID, ...]:
    """The items that whoever comes now is lent: not those looked up a while ago."""
    return tuple(item.item_id for item in waiting if now - item.scanned_at < within)


def _card_meaning(borrower_id: UUID, desk: DeskState, now: datetime) -> Meaning:
    if desk.visitor_id is not None and desk.visitor_id != borrower_id:
        return SwitchVisit(borrower_id, desk.visitor_id)
    return OpenVisit(borrower_id, still_waiting(desk.waiting, now=now))


def _voucher_meaning(named: VoucherNamed, desk: DeskState, now: datetime) -> Meaning:
    if named.issued_at is not None and abs(now - named.issued_at) < REPEAT_WINDOW:
        return Ignore(Refusal(RefusalCode.SCAN_REPEATED))
    if desk.visitor_id is None:
        here = named.site_id == desk.site_id
        held = replace(named.held, place="") if here else named.held
        if refusal := refuse_voucher(held):
            return Refuse(refusal)
        if named.aside_for is not None:
            return Refuse(Refusal(RefusalCode.VOUCHER_AWAITS_ITS_VISIT), named.aside_for)
        return Refuse(Refusal(RefusalCode.VOUCHER_AWAITS_VISIT, {"kind": named.kind}))
    if desk.sets_aside:
        return SetVoucherAside(named.voucher_id, desk.visitor_id)
    return GiveVoucher(named.voucher_id, desk.visitor_id)


def _repetition(
    item: ItemFacts, handled_at: datetime | None, desk: DeskState, now: datetime
) -> Meaning | None:
    """The meaning of an item handled a moment ago, or None if it was not.

    One scan lends and the next takes back, so a repeated one would undo the
    first. Where another desk was faster by that moment, its loan must not be
    taken back: to the second visitor it is a refusal. Clocks of two machines
    may differ a little, hence the ``abs``.
    """
    if handled_at is None or abs(now - handled_at) >= REPEAT_WINDOW:
        return None
    if item.loan and desk.visitor_id not in (None, item.loan.borrower_id):
        return Refuse(Refusal(RefusalCode.ITEM_ON_LOAN))
    return Ignore(Refusal(RefusalCode.SCAN_REPEATED))


def _item_meaning(item: ItemFacts, desk: DeskState) -> Meaning:
    transfer_to = item.home_site_id if item.home_site_id != desk.site_id else None
    if item.status in GONE:
        loan_id = item.loan.id if item.loan else None
        return FoundAgain(item.id, item.status, loan_id, transfer_to)
    if item.loan:
        return TakeBack(item.id, item.loan.id, item.loan.borrower_id, transfer_to)
    if refusal := refuse_item(item):
        return Refuse(refusal)
    if desk.visitor_id is None:
        return AwaitCard(item.id, transfer_to)
    return Lend(item.id, desk.visitor_id)
