"""Finding a borrower by name, phone or card, in one field, while it is typed.

First whoever the text fits as it stands: each word starts a word of the name,
or the digits start or end the phone. If that leaves room, whoever it fits with
one slip of the hand in a word (``lending.search``), then as one word. Five
statements at most.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from comptoir.core import db
from comptoir.core.principal import Principal
from comptoir.inventory import codes
from comptoir.lending import search
from comptoir.lending.borrowers.visibility import seen_by
from comptoir.lending.search import Nearness, Query

#: Sorts after everything that starts with what stands before it.
_LAST = "\U0010ffff"

#: A word shorter than this is not looked for with a slip.
_SHORTEST_SLIPPED = search.SHORTEST_WITH_SLIP - 1


class FoundBorrower(msgspec.Struct, frozen=True):
    """A borrower as search results show them: enough to tell two namesakes apart.

    ``phone`` is E.164 or empty. ``open_loans`` counts what they hold.
    """

    id: UUID
    name: str
    language: str
    phone: str
    referrer: str
    eligible_until: date | None
    suspended_at: datetime | None
    suspended_until: datetime | None
    open_loans: int

    def is_suspended(self, now: datetime) -> bool:
        """True while they may borrow nothing."""
        until = self.suspended_until
        return self.suspended_at is not None and (until is None or now < until)


async def find_borrowers(actor: Principal, text: str, *, limit: int = 20) -> list[FoundBorrower]:
    """The borrowers a text may mean, best first, of those known at the actor's sites.

    ``text`` is a name (words in any order, each maybe unfinished, with at most
    one slip in each), a phone (written in any way, from the fourth digit, or
    its end), or the code of a valid card. At most ``limit`` are given: ask for
    one more than is shown to know whether there are others.
    """
    code = _card_code(text)
    if code is not None:
        ids = await _by_card(actor, code)
    else:
        ids = await _by_words(actor, search.parse_query(text), limit)
    return await _details(ids) if ids else []


def _card_code(text: str) -> str | None:
    reading = codes.scan(text)
    is_card = reading.outcome is codes.Outcome.CODE and reading.kind is not codes.Kind.ITEM
    return reading.code if is_card else None


async def _by_card(actor: Principal, code: str) -> list[UUID]:
    seen, values = seen_by(actor)
    rows = await db.fetch(
        "SELECT b.id FROM lending_borrower_card AS card JOIN lending_borrower AS b "
        f"ON b.id = card.borrower WHERE card.code = :code AND card.revoked_at IS NULL AND {seen}",
        code=code,
        **values,
    )
    return [row["id"] for row in rows]


async def _by_words(actor: Principal, query: Query, limit: int) -> list[UUID]:
    if not query.tokens:
        return []
    if query.numbers:
        return await _by_number(actor, query, limit)
    if max(map(len, query.tokens)) == 1:
        return await _by_initials(actor, query, limit)
    words = [Word(token) for token in query.tokens]
    found = await _by_terms(actor, words, limit)
    if len(found) < limit and (slipped := await _with_slips(words)):
        found = _add(found, await _by_terms(actor, slipped, limit + len(found)))
    if len(found) < limit and query.joined:
        found = _add(found, await _by_terms(actor, [Word(query.joined)], limit + len(found)))
    return found[:limit]


def _add(found: list[UUID], more: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys([*found, *more]))


class Word(msgspec.Struct, frozen=True):
    """A word of the query; ``near`` are the name tokens it may be a slip of."""

    typed: str
    near: tuple[str, ...] = ()

    def matches(self, name: str) -> tuple[str, dict[str, Any]]:
        """A condition on a term, its values prefixed by ``name``."""
        values: dict[str, Any] = {f"{name}_from": self.typed, f"{name}_to": self.typed + _LAST}
        condition = f"term >= :{name}_from AND term < :{name}_to"
        if self.near:
            values[f"{name}_near"] = self.near
            condition = f"({condition} OR term IN :{name}_near)"
        return f"kind = '{search.Kind.TOKEN}' AND {condition}", values


async def _by_terms(actor: Principal, words: list[Word], limit: int) -> list[UUID]:
    """Who has a name token for each word; whole words first, then by name.

    The longest word, the rarest as a rule, leads; the others are only looked
    up of those whom it finds.
    """
    first, *others = sorted(words, key=lambda word: -len(word.typed))
    condition, values = first.matches("first")
    seen, more = seen_by(actor)
    conditions = [seen]
    for place, word in enumerate(others):
        matches, its = word.matches(f"other_{place}")
        conditions.append(
            f"EXISTS (SELECT 1 FROM lending_borrower_term WHERE borrower = b.id AND {matches})"
        )
        more |= its
    rows = await db.fetch(
        f"""
        SELECT b.id
        FROM (
            SELECT borrower, MAX(CASE WHEN term = :first_from THEN 1 ELSE 0 END) AS whole
            FROM lending_borrower_term WHERE {condition} GROUP BY borrower
        ) AS hit
        JOIN lending_borrower AS b ON b.id = hit.borrower
        WHERE {" AND ".join(conditions)}
        ORDER BY hit.whole DESC, b.sort_name, b.id LIMIT :limit
        """,
        limit=limit,
        **values,
        **more,
    )
    return [row["id"] for row in rows]


async def _with_slips(words: list[Word]) -> list[Word]:
    """The words with the tokens each may be a slip of; empty if none is."""
    slippable = [word.typed for word in words if len(word.typed) >= _SHORTEST_SLIPPED]
    variants = sorted({variant for typed in slippable for variant in search.variants(typed)})
    if not variants:
        return []
    parts = []
    values: dict[str, Any] = {}
    for place, variant in enumerate(variants):
        # A range each: one condition with many of them would be a walk through everything.
        parts.append(
            "SELECT term FROM lending_borrower_term"
            f" WHERE kind = '{search.Kind.VARIANT}'"
            f" AND term >= :from_{place} AND term < :to_{place}"
        )
        values |= {f"from_{place}": f"{variant} ", f"to_{place}": f"{variant}!"}
    rows = await db.fetch(" UNION ".join(parts), **values)
    tokens = sorted({search.token_of(row["term"]) for row in rows})
    slipped = [
        Word(word.typed, tuple(token for token in tokens if _is_slip(word.typed, token)))
        for word in words
    ]
    return slipped if any(word.near for word in slipped) else []


def _is_slip(typed: str, token: str) -> bool:
    if len(typed) < _SHORTEST_SLIPPED:
        return False
    return search.nearness(typed, token) in (Nearness.SLIP, Nearness.SLIP_IN_START)


async def _by_initials(actor: Principal, query: Query, limit: int) -> list[UUID]:
    """Single letters fit so many that reading the names in order is quickest."""
    seen, values = seen_by(actor)
    conditions = [seen]
    for place, token in enumerate(query.tokens):
        conditions.append(f"' ' || b.sort_name LIKE :like_{place} {db.ESCAPE_LIKE}")
        values[f"like_{place}"] = db.containing(f" {token}")
    rows = await db.fetch(
        f"SELECT b.id FROM lending_borrower AS b WHERE {' AND '.join(conditions)}"
        " ORDER BY b.sort_name, b.id LIMIT :limit",
        limit=limit,
        **values,
    )
    return [row["id"] for row in rows]


async def _by_number(actor: Principal, query: Query, limit: int) -> list[UUID]:
    """Whose phone starts or ends so, or whose pseudonym is a number ("4711")."""
    seen, values = seen_by(actor)
    kinds = f"('{search.Kind.PHONE}', '{search.Kind.TOKEN}')"
    parts = []
    for place, number in enumerate(query.numbers):
        values |= {f"from_{place}": number, f"to_{place}": number + _LAST}
        parts.append(
            "SELECT borrower, 0 AS at_end FROM lending_borrower_term"
            f" WHERE kind IN {kinds} AND term >= :from_{place} AND term < :to_{place}"
        )
    backwards = query.numbers[0][::-1]
    values |= {"end": backwards, "end_to": backwards + _LAST}
    parts.append(
        "SELECT borrower, 1 AS at_end FROM lending_borrower_term"
        f" WHERE kind = '{search.Kind.PHONE_END}' AND term >= :end AND term < :end_to"
    )
    rows = await db.fetch(
        f"""
        SELECT b.id
        FROM (
            SELECT borrower, MIN(at_end) AS at_end
            FROM ({" UNION ALL ".join(parts)}) AS part GROUP BY borrower
        ) AS hit
        JOIN lending_borrower AS b ON b.id = hit.borrower
        WHERE {seen}
        ORDER BY hit.at_end, b.sort_name, b.id LIMIT :limit
        """,
        limit=limit,
        **values,
    )
    return [row["id"] for row in rows]


async def _details(ids: list[UUID]) -> list[FoundBorrower]:
    rows = await db.fetch(
        """
        SELECT b.id, b.name, b.language, b.phone, b.referrer, b.eligible_until, b.suspended_at,
               b.suspended_until,
               (SELECT COUNT(*) FROM lending_loan AS loan
                WHERE loan.borrower = b.id AND loan.returned_at IS NULL) AS open_loans
        FROM lending_borrower AS b WHERE b.id IN :ids
        """,
        ids=ids,
    )
    by_id = {row["id"]: FoundBorrower(**row) for row in rows}
    return [by_id[each] for each in ids if each in by_id]
