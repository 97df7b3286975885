"""Noticing, while somebody is being registered, that they may be there already."""

from __future__ import annotations

from itertools import permutations
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.phones import read_phone
from comptoir.core.principal import Principal
from comptoir.lending import search
from comptoir.lending.borrowers.finding import find_borrowers
from comptoir.lending.borrowers.place import place_of
from comptoir.lending.borrowers.visibility import seen_by

#: A name of more words is only compared as it stands.
_MOST_WORDS = 3
_MOST_SHOWN = 5


class Namesake(msgspec.Struct, frozen=True):
    """Somebody with the same name or phone; ``phone`` is E.164 or empty."""

    id: UUID
    name: str
    language: str
    phone: str
    referrer: str


async def find_duplicates(
    actor: Principal, name: str, phone: str, *, besides: UUID | None = None
) -> list[Namesake]:
    """Borrowers of the actor's sites with this name, in any order of its words, or this phone.

    Accents and case do not count, nor does a slip of the hand in each word, as at
    the desk. ``besides`` is the borrower being edited.
    """
    spellings = _spellings(search.sort_name(name[: search.LONGEST_SORT_NAME]))
    number = await _number(actor, phone)
    if not spellings and not number:
        return []
    near = await _near(actor, name)
    seen, values = seen_by(actor)
    rows = await db.fetch(
        f"""
        SELECT b.id, b.name, b.language, b.phone, b.referrer FROM lending_borrower AS b
        WHERE (b.sort_name IN :spellings OR (b.phone = :phone AND b.phone <> '')
               {"OR b.id IN :near" if near else ""}) AND {seen}
        ORDER BY b.sort_name, b.id LIMIT :limit
        """,
        **({"near": near} if near else {}),
        spellings=spellings,
        phone=number,
        limit=_MOST_SHOWN + 1,
        **values,
    )
    return [Namesake(**row) for row in rows if row["id"] != besides][:_MOST_SHOWN]


async def _near(actor: Principal, name: str) -> list[UUID]:
    """Whose whole name is this one, but for slips; one word alone fits too many."""
    query = search.parse_query(name)
    if len(query.tokens) < 2 or query.numbers:
        return []
    found = await find_borrowers(actor, name)
    return [each.id for each in found if search.is_nearly(name, each.name)]


def _spellings(folded: str) -> list[str]:
    words = folded.split()
    if not words or len(words) > _MOST_WORDS:
        return [folded] if folded else []
    return sorted({" ".join(order) for order in permutations(words)})


async def _number(actor: Principal, phone: str) -> str:
    if not phone.strip() or len(phone) > search.LONGEST_QUERY:
        return ""
    place = await place_of(actor)
    return read_phone(phone, place.country) or ""
