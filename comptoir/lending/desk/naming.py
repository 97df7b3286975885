"""What a scanned or typed text names: an item, a card, or nothing of ours.

What is not a code is searched for: people first, and things where there are none.
"""

from __future__ import annotations

import re
from datetime import datetime

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory import codes
from comptoir.inventory.names import read_name
from comptoir.inventory.queries import catalogue
from comptoir.inventory.queries.listing import items_after
from comptoir.inventory.schemas import ItemFilter, ItemRow
from comptoir.inventory.statuses import ItemStatus
from comptoir.inventory.vouchers import sealing
from comptoir.inventory.vouchers.iccid import looks_like_iccid, read_iccid
from comptoir.inventory.vouchers.statuses import VoucherStatus
from comptoir.inventory.vouchers.taking import is_past
from comptoir.lending import scans
from comptoir.lending.loans import facts
from comptoir.lending.vouchers.rules import HeldVoucher

_WHAT_CARRIES = """
SELECT 'card' AS kind, card.borrower AS id, card.revoked_at AS revoked_at
FROM lending_borrower_card card WHERE card.code = :code
UNION ALL
SELECT 'item', item.id, NULL FROM inventory_item item WHERE item.code = :code
"""
#: With its trunk zero or its country, as it is dialled.
_WHOLE_PHONE = re.compile(r"\s*\(?(\+|0)[\d\s()./-]{8,24}")
#: A number has so many digits with its country (E.164); a code that is dialled may have more.
_LONGEST_PHONE = 15
_WORD_OF_CAPITALS = re.compile(r"\s*(?:[A-Z]-?){8,}\s*")
#: As many things as one looks through; who types more of the number finds the one.
_MOST_THINGS = 6
_HANDLED = """
SELECT MAX(loan.checked_out_at) AS "lent_at [TIMESTAMPTZ]",
       MAX(loan.returned_at) AS "returned_at [TIMESTAMPTZ]"
FROM lending_loan loan WHERE loan.item = :item_id AND loan.undone_at IS NULL
"""

_VOUCHER = """
SELECT voucher.id, voucher.site, voucher.status, voucher.issued_at, voucher.activate_by,
       kind.names, kind.time_zone, site.short_name AS place, reserved.borrower AS aside_for
FROM inventory_voucher voucher
JOIN inventory_voucher_kind kind ON kind.id = voucher.kind
JOIN sites_site site ON site.id = voucher.site
LEFT JOIN lending_voucher_reservation reserved ON reserved.voucher = voucher.id
     AND voucher.status = 'reserved' AND voucher.reserved_until > :now
WHERE voucher.id = :id
"""


async def name_scan(text: str, *, now: datetime) -> scans.Named | None:
    """What a text names, or None where it is a name or a number to search for."""
    if looks_like_iccid(text):
        return await _sim_named(text, now)
    return await name_code(text)


async def name_code(text: str) -> scans.Named | None:
    """``name_scan`` for what is not the number of a SIM card."""
    reading = codes.scan(text)
    match reading.outcome:
        case codes.Outcome.TEXT:
            return await _nearly_a_code(text)
        case codes.Outcome.FOREIGN:
            return scans.ForeignTextNamed()
        case codes.Outcome.TOO_LONG:
            return scans.ForeignTextNamed(too_long=True)
        case codes.Outcome.WRONG_CHECK:
            return await _misread(text)
    return await _named(reading.code or "", reading.kind)


async def things_named(actor: Principal, text: str) -> list[ItemRow]:
    """Items that the actor may know of, by a serial number, an IMEI or the name of a model.

    What can be lent comes first.
    """
    if not text.strip():
        return []
    wanted = ItemFilter(text=text)
    models = await catalogue.models()
    found = await items_after(actor, wanted, models, older=None, limit=_MOST_THINGS)
    return sorted(found, key=lambda item: item.status is not ItemStatus.AVAILABLE)


def reads_like_a_code(text: str) -> bool:
    """Whether this is rather a number of a thing, or a label misread, than a name or a phone.

    It may be the code of a voucher, so it is never shown again.
    Digits that are not a whole phone number, or one word of eight capitals or more.
    """
    if re.search(r"\d", text):
        digits = sum(sign.isdecimal() for sign in text)
        return not _WHOLE_PHONE.fullmatch(text) or digits > _LONGEST_PHONE
    return bool(_WORD_OF_CAPITALS.fullmatch(text))


async def _sim_named(text: str, now: datetime) -> scans.VoucherNamed | scans.StrangeSimNamed:
    number = read_iccid(text)
    if number is None:
        return scans.StrangeSimNamed(misread=True)
    voucher_id = await sealing.find(sealing.Secret(code=number))
    row = await db.fetch_one(_VOUCHER, id=voucher_id, now=now) if voucher_id else None
    if row is None:
        return scans.StrangeSimNamed()
    held = HeldVoucher(
        status=VoucherStatus(row["status"]),
        place=row["place"],
        is_past=is_past(row["activate_by"], row["time_zone"], now=now),
        activate_by=row["activate_by"],
    )
    kind = read_name(row["names"])
    return scans.VoucherNamed(
        row["id"], kind, row["site"], held, row["issued_at"], row["aside_for"]
    )


async def _nearly_a_code(text: str) -> scans.MisreadCodeNamed | None:
    """A typed code that lacks a letter, has one too many, or a wrong one; None for a name.

    Seven consonants of the alphabet are no name in the four languages, and with
    one strange letter it is a code only if the code that it resembles exists.
    """
    letters = [sign for sign in text.upper() if sign.isalnum()]
    strange = sum(letter not in codes.ALPHABET for letter in letters)
    if not 0 <= len(letters) - codes.LENGTH + 1 <= 2 or strange > 1:
        return None
    misread = await _misread(text)
    return misread if misread.suggestion or not strange else None


async def _named(code: str, kind: codes.Kind | None) -> scans.Named:
    carriers = {row["kind"]: row for row in await db.fetch(_WHAT_CARRIES, code=code)}
    if "item" in carriers and (kind is not codes.Kind.CARD or "card" not in carriers):
        return await item_named(code)
    card = carriers.get("card")
    if card is None:
        return scans.UnknownCodeNamed(codes.display(code))
    if card["revoked_at"] is not None:
        return scans.ReplacedCardNamed()
    return scans.CardNamed(card["id"])


async def item_named(code: str) -> scans.ItemNamed:
    """The item that carries a code, as it stands now."""
    row = await db.fetch_one(facts.ITEM, item=code)
    if row is None:
        raise LookupError(code)
    handled = await db.fetch_one(_HANDLED, item_id=row["item_id"]) or {}
    moments = [moment for moment in handled.values() if moment is not None]
    latest, item = max(moments, default=None), facts.item_facts(row)
    if item.loan is None and latest is not None and latest == handled["lent_at"]:
        # Another desk lent it between the two statements: whose it is now decides.
        item = facts.item_facts(await db.fetch_one(facts.ITEM, item=code) or row)
    return scans.ItemNamed(item, latest)


async def _misread(text: str) -> scans.MisreadCodeNamed:
    candidates = codes.suggestions(text)
    if not candidates:
        return scans.MisreadCodeNamed()
    rows = await db.fetch(
        "SELECT code FROM inventory_item WHERE code IN :codes "
        "UNION SELECT code FROM lending_borrower_card "
        "WHERE code IN :codes AND revoked_at IS NULL",
        codes=candidates,
    )
    # With two that exist, either could be meant: saying one would be a guess.
    return scans.MisreadCodeNamed(codes.display(rows[0]["code"]) if len(rows) == 1 else None)
